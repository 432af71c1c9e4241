// Comfort for reading a log: long lines wrapped or not, and copying what is shown.
"use strict";

(() => {
  const wrap = (button, log, on) => {
    log.classList.toggle("wrap", on);
    button.setAttribute("aria-pressed", String(on));
  };

  const prepare = () => {
    const log = document.querySelector("[data-log]");
    const [copy, toggle] = ["copy", "wrap"].map((name) => document.querySelector(`[data-log-${name}]`));
    if (!log || !copy || !toggle || toggle.dataset.ready) return;
    toggle.dataset.ready = "1";
    toggle.hidden = false;
    toggle.addEventListener("click", () => wrap(toggle, log, !log.classList.contains("wrap")));
    if (!navigator.clipboard) return;
    copy.hidden = false;
    copy.addEventListener("click", () => {
      const lines = [...log.querySelectorAll(".line")].map((line) => line.textContent);
      window.runstead.copy(copy, lines.join("\n"));
    });
  };
  prepare();
  document.addEventListener("htmx:load", prepare);
})();
