// Comfort for the text of a file: a range of lines in the address, and lines that are folded.
"use strict";

(() => {
  const RANGE = /^#L(\d+)(?:-L?(\d+))?$/;
  const source = document.getElementById("source");
  if (!source) return;

  const asked = () => {
    const found = RANGE.exec(location.hash);
    if (!found) return null;
    const ends = [Number(found[1]), Number(found[2] ?? found[1])];
    return { first: Math.min(...ends), last: Math.max(...ends) };
  };

  const mark = () => {
    const range = asked();
    for (const line of source.querySelectorAll(".line.chosen")) line.classList.remove("chosen");
    if (!range) return null;
    const lines = [...source.querySelectorAll(".line")].slice(range.first - 1, range.last);
    for (const line of lines) line.classList.add("chosen");
    return lines[0];
  };

  // With Shift, a number ends the range that the address begins.
  source.addEventListener("click", (event) => {
    const number = event.target.closest("a[data-line]");
    const range = asked();
    if (!number || !event.shiftKey || !range) return;
    event.preventDefault();
    const ends = [range.first, Number(number.dataset.line)].sort((one, other) => one - other);
    history.replaceState(null, "", `#L${ends[0]}-L${ends[1]}`);
    mark();
  });

  for (const button of document.querySelectorAll("[data-wrap=source]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const isWrapped = source.classList.toggle("wrapped");
      button.setAttribute("aria-pressed", String(isWrapped));
    });
  }

  window.addEventListener("hashchange", mark);
  mark()?.scrollIntoView({ block: "center" });
})();
