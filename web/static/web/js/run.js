// Comfort for the pages of a run; each works without this file.
"use strict";

(() => {
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

  // How long a run has been running counts on between two looks; the server tells it anew with each look.
  const said = (seconds) => {
    const pad = (number) => String(number).padStart(2, "0");
    const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
    if (days) return `${days} d ${hours} h`;
    if (hours) return `${hours} h ${pad(minutes)} min`;
    return minutes ? `${minutes} min ${pad(seconds % 60)} s` : `${seconds} s`;
  };
  setInterval(() => {
    const place = document.hidden ? null : document.querySelector("[data-ticks]");
    const seconds = place ? Math.round(Date.now() / 1000 - Number(place.dataset.ticks)) : -1;
    if (seconds >= 0) place.textContent = `${said(seconds)} so far`;
  }, 1000);

  // What is shown anew while a run goes on keeps what somebody opened, how far it was scrolled, and the focus.
  const KEPT = "[data-kept-up]";
  const nameOf = (one) => {
    const row = one.closest("tr.details");
    return row ? row.previousElementSibling?.id : one.querySelector("summary")?.textContent;
  };
  const placesOf = (part) => [...part.querySelectorAll(".scroll, .lanes, pre")];
  const pathOf = (part, one) => {
    if (one.id) return `#${CSS.escape(one.id)}`;
    if (one.matches("a[href]")) return `a[href="${CSS.escape(one.getAttribute("href"))}"]`;
    if (one.matches("summary") && one.closest("tr.details")) return `#${CSS.escape(nameOf(one))} + tr summary`;
    return one.dataset.id ? `[data-id="${CSS.escape(one.dataset.id)}"]` : null;
  };
  let kept = null;

  const isWriting = (part) => part.querySelector("form :focus, [contenteditable]:focus");
  const isMarking = (part) => {
    const marked = getSelection();
    return marked && !marked.isCollapsed && part.contains(marked.anchorNode);
  };

  // Not below the hands of somebody who writes or marks a text: then it waits until that is done.
  let waits = false;
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.target.matches(KEPT) || event.target !== event.detail.elt) return;
    waits = Boolean(isWriting(event.target) || isMarking(event.target));
    if (waits) event.preventDefault();
  });
  document.addEventListener("focusout", () => {
    if (!waits) return;
    waits = false;
    setTimeout(() => htmx.trigger(document.body, "run:changed"), 300);
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.matches(KEPT)) event.detail.path = `${location.pathname}${location.search}`;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const part = event.detail.target;
    if (!part.matches(KEPT) || event.detail.requestConfig.elt !== part) return;
    part.dispatchEvent(new CustomEvent("kept-up:before", { bubbles: true }));
    const active = part.contains(document.activeElement) ? document.activeElement : null;
    kept = {
      id: part.id,
      opened: [...part.querySelectorAll("details[open]")].map(nameOf),
      scrolled: placesOf(part).map((one) => [one.scrollTop, one.scrollLeft]),
      focus: active && pathOf(part, active),
      top: scrollY,
    };
  });
  document.addEventListener("htmx:afterSwap", () => {
    const part = kept && document.getElementById(kept.id);
    if (!part) return;
    const { opened, scrolled, focus, top } = kept;
    kept = null;
    for (const one of part.querySelectorAll("details")) if (opened.includes(nameOf(one))) one.open = true;
    placesOf(part).forEach((one, place) => {
      if (scrolled[place]) [one.scrollTop, one.scrollLeft] = scrolled[place];
    });
    part.dispatchEvent(new CustomEvent("kept-up:after", { bubbles: true }));
    const active = focus && part.querySelector(focus);
    if (active) active.focus({ preventScroll: true });
    scrollTo({ top, behavior: "instant" });
  });

  // Whether the server still answers is said where the news of the run stand.
  const lost = (event) => {
    if (event.target.id !== "run-tiles" && event.detail?.elt?.id !== "run-tiles") return;
    const news = document.getElementById("run-news");
    if (!news || document.getElementById("run-lost")) return;
    const text = document.createElement("p");
    text.id = "run-lost";
    text.className = "notice still";
    text.textContent = "The connection to the server is lost, so this page may be out of date. It tries again by itself.";
    news.append(text);
  };
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(name, lost);
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.elt?.id === "run-tiles" && event.detail.successful) document.getElementById("run-lost")?.remove();
  });
})();
