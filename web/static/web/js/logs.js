// Comfort for reading a log: long lines wrapped or not, copying what is shown, its end first, one line by its number.
"use strict";

(() => {
  const wrap = (button, log, on) => {
    log.classList.toggle("wrap", on);
    button.setAttribute("aria-pressed", String(on));
  };

  // "#L1234" leads to a line that is in no window yet: the window around it is asked for.
  const lineAsked = () => Number(/^#L(\d{1,9})$/.exec(window.location.hash)?.[1] ?? 0);
  const toLine = (log) => {
    const line = lineAsked();
    if (!line) return;
    const row = document.getElementById(`L${line}`);
    const asked = new URLSearchParams(window.location.search);
    if (row) row.scrollIntoView({ block: "center" });
    else if (!asked.has("search") && !asked.has("from")) {
      window.location.assign(`${log.dataset.log}&from=${Math.max(1, line - 10)}#L${line}`);
    }
  };

  // The address of a line names its log and the window, so that it can be passed on.
  const nameLine = (event) => {
    const link = event.target.closest("[data-log] .line-number a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const log = link.closest("[data-log]");
    const asked = new URLSearchParams(window.location.search);
    const address = new URLSearchParams(log.dataset.log);
    for (const name of ["from", "search"]) if (asked.has(name)) address.set(name, asked.get(name));
    if (!asked.has("from") && !asked.has("search")) {
      address.set("from", log.querySelector("tr[id]").id.slice(1));
    }
    window.history.replaceState(null, "", `?${address}`);
    window.location.replace(link.hash); // marks the line, and moves nothing else
  };

  const prepare = () => {
    const log = document.querySelector("[data-log]");
    const [copy, toggle] = ["copy", "wrap"].map((name) => document.querySelector(`[data-log-${name}]`));
    if (!log || !copy || !toggle || toggle.dataset.ready) return;
    toggle.dataset.ready = "1";
    toggle.hidden = false;
    toggle.addEventListener("click", () => wrap(toggle, log, !log.classList.contains("wrap")));
    if ("atEnd" in log.dataset && !lineAsked()) log.scrollTop = log.scrollHeight;
    toLine(log);
    if (!navigator.clipboard) return;
    copy.hidden = false;
    copy.addEventListener("click", () => {
      const lines = [...log.querySelectorAll(".line")].map((line) => line.textContent);
      window.runstead.copy(copy, lines.join("\n"));
    });
  };
  prepare();
  document.addEventListener("click", nameLine);
  document.addEventListener("htmx:load", prepare);
})();
