// The account: the browser's own time zone, and the way back from an error. Comfort only.
"use strict";

(() => {
  const offer = () => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (const button of document.querySelectorAll("[data-own-zone]")) {
      if (!zone) continue;
      button.textContent = `Use this browser’s time zone: ${zone}`;
      button.hidden = false;
    }
    for (const button of document.querySelectorAll("[data-back]")) button.hidden = history.length < 2;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-own-zone], [data-back]");
    if (!button) return;
    if ("back" in button.dataset) history.back();
    else document.getElementById(button.dataset.ownZone).value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  });
  document.addEventListener("htmx:load", offer);
  offer();
})();
