// What forms that send files share: files that are dropped on a zone, and sizes as the pages say them.
"use strict";

(() => {
  const UNITS = ["B", "kB", "MB", "GB", "TB"];
  const size = (bytes) => {
    let unit = 0;
    for (; bytes >= 1000 && unit < UNITS.length - 1; unit += 1) bytes /= 1000;
    return `${unit && bytes < 100 ? bytes.toFixed(1) : Math.round(bytes)} ${UNITS[unit]}`;
  };

  const zoneOf = (event) => event.target.closest?.("[data-dropzone]");
  for (const kind of ["dragenter", "dragover"]) {
    document.addEventListener(kind, (event) => {
      const zone = zoneOf(event);
      if (!zone || !event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  document.addEventListener("dragleave", (event) => {
    const zone = zoneOf(event);
    if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    const zone = zoneOf(event);
    if (!zone) return;
    event.preventDefault();
    zone.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    const input = zone.querySelector("input[type=file]");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  window.runstead = { ...window.runstead, size };
})();
