// Uploads that say how far they are; without it the form is sent as any other.
"use strict";

(() => {
  const { size } = window.runstead;

  const say = (form, text, part) => {
    const state = form.querySelector("[data-upload-state]");
    state.hidden = false;
    state.querySelector("[role=status]").textContent = text;
    const bar = state.querySelector("progress");
    if (part === null) bar.removeAttribute("value");
    else bar.value = part;
  };

  // Where the server led to is gone to; a form with errors takes the place of this one.
  const show = (request, here) => {
    if (request.responseURL && request.responseURL.split("#")[0] !== here) {
      location.assign(request.responseURL);
      return;
    }
    const answer = new DOMParser().parseFromString(request.responseText, "text/html");
    const main = answer.querySelector("main");
    if (!main) {
      location.reload();
      return;
    }
    document.querySelector("main").replaceWith(document.adoptNode(main));
    ready(document);
    if (window.htmx) window.htmx.process(document.querySelector("main"));
    document.querySelector("main .errorlist")?.scrollIntoView({ block: "center" });
  };

  const send = (form) => {
    const request = new XMLHttpRequest();
    const stop = form.querySelector("[data-upload-stop]");
    const button = form.querySelector("button.primary");
    const begun = performance.now();
    const rest = () => {
      button.disabled = false;
      stop.hidden = true;
    };
    button.disabled = true;
    stop.hidden = false;
    stop.onclick = () => request.abort();
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      const rate = event.loaded / Math.max((performance.now() - begun) / 1000, 0.1);
      const is_sent = event.loaded >= event.total;
      say(form, is_sent ? "It is checked…" : `${size(event.loaded)} of ${size(event.total)}, ${size(rate)}/s`, is_sent ? null : event.loaded / event.total);
    });
    request.addEventListener("load", () => show(request, form.action));
    request.addEventListener("error", () => {
      rest();
      say(form, "The connection broke. Nothing was imported; send it again.", 0);
    });
    request.addEventListener("abort", () => {
      rest();
      say(form, "Stopped. Nothing was imported.", 0);
    });
    request.open("POST", form.action);
    request.send(new FormData(form));
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-upload]") || !form.querySelector("input[type=file]").files.length) return;
    event.preventDefault();
    send(form);
  });

  const ready = (root) => {
    for (const hint of root.querySelectorAll("[data-drop-hint]")) hint.hidden = false;
  };
  ready(document);
})();
