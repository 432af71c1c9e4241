// The page of a run that goes on listens to its events; where it cannot, the page asks every few seconds, as ever.
"use strict";

(() => {
  const PAUSE = 1500; // ms between two looks, however much happens
  const QUIET = 30000; // ms after which the page asks although nothing was heard: jobs change without an event, too
  const place = document.querySelector("[data-stream]");
  if (!place || !window.EventSource) return;

  let source = null;
  let wanted = 0;
  let looked = Date.now();

  const isOpen = () => source !== null && source.readyState === EventSource.OPEN;

  const look = () => {
    wanted = 0;
    const tiles = document.getElementById("run-tiles");
    if (tiles && !document.hidden) htmx.trigger(tiles, "look");
  };

  const heard = () => {
    if (!wanted) wanted = setTimeout(look, Math.max(0, looked + PAUSE - Date.now()));
  };

  const close = () => {
    if (source) source.close();
    source = null;
  };

  const open = () => {
    close();
    let isFirst = true;
    source = new EventSource(place.dataset.stream);
    source.addEventListener("event", heard);
    source.addEventListener("run", () => {
      if (!isFirst) heard(); // the first one says what the page shows already
      isFirst = false;
    });
    source.addEventListener("end", () => {
      close();
      heard();
    });
  };

  document.addEventListener("htmx:confirm", (event) => {
    if (event.target.id !== "run-tiles") return;
    const isCalled = event.detail.triggeringEvent && event.detail.triggeringEvent.type === "look";
    if (!isCalled && isOpen() && Date.now() - looked < QUIET) event.preventDefault();
    else if (!event.defaultPrevented) looked = Date.now();
  });
  // A page that nobody looks at takes no place.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return close();
    open();
    heard();
  });
  addEventListener("pagehide", close);
  if (!document.hidden) open();
})();
