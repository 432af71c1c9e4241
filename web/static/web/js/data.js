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
})();
