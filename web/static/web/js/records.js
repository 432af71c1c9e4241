// Comfort for what can be done with any record; each works without this file.
"use strict";

(() => {
  // A tick is sent at once; the button is only there for those without scripts.
  const prepare = (root) => {
    for (const button of root.querySelectorAll("[data-only-without-script]")) button.hidden = true;
  };
  prepare(document);
  document.addEventListener("htmx:load", (event) => prepare(event.target));
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-send-on-change]");
    if (form) form.requestSubmit();
  });

  // What is saved in the background says so where it could not be sent.
  const failed = (event) => {
    const state = event.detail.elt.querySelector?.(".saved");
    if (!state) return;
    state.textContent = "Not saved: the server did not answer. Save again.";
    state.classList.add("failed");
  };
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", failed);
})();
