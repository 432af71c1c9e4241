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

  // A note that is edited is saved while one types; its state says how far that is.
  const stateOf = (form) => form?.querySelector(".saved");
  const say = (form, words) => {
    const state = stateOf(form);
    if (!state) return;
    state.textContent = words;
    state.classList.remove("failed");
    state.classList.toggle("still", words !== "Saved");
  };
  const edited = (event) => event.target.closest?.("form[data-saves-itself]");
  document.addEventListener("input", (event) => {
    const form = edited(event);
    if (!form) return;
    form.dataset.unsaved = "1";
    say(form, "Not saved yet");
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt;
    if (!form.matches?.("form[data-saves-itself]")) return;
    delete form.dataset.unsaved;
    say(form, "Saving…");
  });
  // Who leaves before the pause is over has it saved all the same.
  window.addEventListener("pagehide", () => {
    for (const form of document.querySelectorAll("form[data-saves-itself][data-unsaved]")) {
      navigator.sendBeacon(form.action, new FormData(form));
    }
  });

  // What is typed into a new note is kept in this browser until it is added.
  const kept = (area) => `draft ${area.dataset.draft}`;
  const tell = (area, words) => {
    area.form.querySelector("[data-draft-state]").textContent = words;
  };
  const bringBack = () => {
    for (const area of document.querySelectorAll("textarea[data-draft]")) {
      area.form.querySelector("[data-preview-note]").hidden = false;
      const draft = window.localStorage.getItem(kept(area));
      if (!draft || area.value) continue;
      area.value = draft;
      tell(area, "Your draft is back");
    }
  };
  document.addEventListener("input", (event) => {
    const area = event.target.closest?.("textarea[data-draft]");
    if (!area) return;
    if (area.value) window.localStorage.setItem(kept(area), area.value);
    else window.localStorage.removeItem(kept(area));
    tell(area, area.value ? "Draft kept in this browser" : "");
  });
  document.addEventListener("submit", (event) => {
    const area = event.target.querySelector?.("textarea[data-draft]");
    if (area && !event.submitter?.matches("[data-preview-note]")) window.localStorage.removeItem(kept(area));
  });
  bringBack();
  document.addEventListener("htmx:load", bringBack);

  // What is saved in the background says so where it could not be sent.
  const failed = (event) => {
    const form = event.detail.elt;
    const area = form.querySelector?.("textarea[data-draft]");
    if (area) window.localStorage.setItem(kept(area), area.value);
    const state = stateOf(form);
    if (!state) return;
    if (form.matches("[data-saves-itself]")) form.dataset.unsaved = "1";
    state.textContent = "Not saved: the server did not answer. Your text is still here; save again.";
    state.classList.add("failed");
  };
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", failed);
})();
