// Comfort for lists and pages of files: dialogs, and addresses that only say what was said.
"use strict";

(() => {
  document.addEventListener("click", (event) => {
    const closes = event.target.closest("[data-closes]");
    if (closes) closes.closest("dialog").close();
    if (event.target.matches("dialog.preview-dialog")) event.target.close(); // beside it
  });

  // What was asked for stands in the dialog: it opens. What it held goes when it closes.
  document.addEventListener("htmx:afterSwap", (event) => {
    const dialog = event.detail.target;
    if (!dialog.matches("dialog.preview-dialog") || dialog.open) return;
    dialog.addEventListener("close", () => dialog.replaceChildren(), { once: true });
    dialog.showModal();
  });

  // Fields that say nothing do not stand in the address.
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.closest("[data-sends-what-is-said]")) return;
    const said = event.detail.formData;
    for (const [name, value] of [...said.entries()]) if (value === "") said.delete(name);
  });

  // All of a page can be selected at once, and the bar says how many are.
  const boxes = (form) => [...form.querySelectorAll("tbody .choice input:enabled")];
  const tell = (form) => {
    const all = form.querySelector("[data-select-all]");
    const count = boxes(form).filter((box) => box.checked).length;
    all.hidden = !boxes(form).length;
    all.checked = count > 0 && count === boxes(form).length;
    all.indeterminate = count > 0 && !all.checked;
    form.querySelector("[data-selected]").textContent = count ? `${count} selected` : "";
  };
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-batch]");
    if (!form) return;
    if (event.target.matches("[data-select-all]")) for (const box of boxes(form)) box.checked = event.target.checked;
    tell(form);
  });
  const begin = (root) => root.querySelectorAll("form[data-batch]").forEach(tell);
  begin(document);
  document.addEventListener("htmx:load", (event) => begin(event.target));
})();
