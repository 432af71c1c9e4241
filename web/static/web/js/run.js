// Comfort for the pages of a run; each works without this file.
"use strict";

(() => {
  // Of more tabs than there is room for, the present one is seen.
  for (const tabs of document.querySelectorAll(".tabs")) {
    const here = tabs.querySelector("[aria-current]");
    if (here) tabs.scrollLeft = here.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - here.offsetWidth) / 2;
  }

  // A page that nobody looks at does not ask how far things are.
  document.addEventListener("htmx:confirm", (event) => {
    if (document.hidden && event.target.closest("[data-only-when-seen]")) event.preventDefault();
  });

  // A download begins by itself as soon as it is ready, once.
  document.addEventListener("htmx:afterSettle", () => {
    const ready = document.querySelector("[data-download]:not([data-begun])");
    if (!ready) return;
    ready.dataset.begun = "";
    location.assign(ready.href);
  });
})();
