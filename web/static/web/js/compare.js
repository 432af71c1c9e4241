// Comfort for comparing runs: the search for a run to add keeps the cursor, and whole texts open side by side.
"use strict";

(() => {
  // Long texts of one row are read together: opening one opens its neighbours.
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.("table.compare details.long")) return;
    for (const one of event.target.closest("tr").querySelectorAll("details.long")) one.open = event.target.open;
  }, true);
})();
