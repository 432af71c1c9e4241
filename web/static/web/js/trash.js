// Comfort for the trash: all of a page can be chosen at once, and the button says how many are.
"use strict";
(() => {
  const boxes = (form) => [...form.querySelectorAll("input[name=chosen]")];
  const tell = (form) => {
    const chosen = boxes(form).filter((box) => box.checked).length;
    const all = form.querySelector("[data-choose-all]");
    const button = form.querySelector("[data-restore-chosen]");
    button.disabled = !chosen;
    button.querySelector("[data-count]").textContent = chosen ? ` (${chosen})` : "";
    all.checked = chosen > 0 && chosen === boxes(form).length;
    all.indeterminate = chosen > 0 && !all.checked;
  };
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-trash]");
    if (!form) return;
    if (event.target.matches("[data-choose-all]")) for (const box of boxes(form)) box.checked = event.target.checked;
    tell(form);
  });
  const begin = (root) => {
    for (const form of root.querySelectorAll("[data-trash]")) {
      if (!form.querySelector("[data-choose-all]")) continue;
      form.querySelector(".choose-all").hidden = false;
      tell(form);
    }
  };
  begin(document);
  document.addEventListener("htmx:load", (event) => begin(event.target));
})();
