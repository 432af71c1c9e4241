// Where a part of a page cannot be fetched, it is told, with a way to try again; one handler for all pages.
"use strict";

(() => {
  const SLOW = 800; // ms after which a request is shown to be under way
  const waiting = new Map();
  let place = null;
  const failing = new Set(); // what the page asks by itself in vain: it is said once, until it is answered again

  const made = (name, className, text) => {
    const element = document.createElement(name);
    element.className = className;
    element.textContent = text;
    return element;
  };

  const clear = () => {
    place?.remove();
    place = null;
  };

  const tell = (text, deed) => {
    clear();
    place = made("div", "trouble", "");
    place.setAttribute("role", "alert");
    const close = made("button", "dismiss", "×");
    close.type = "button";
    close.setAttribute("aria-label", "Dismiss");
    close.addEventListener("click", clear);
    place.append(made("span", "", text), deed, close);
    document.querySelector("main").append(place); // within a landmark, for those who go from one to the next
  };

  // The same request again, with what stands in its form now.
  const again = ({ elt, requestConfig: { verb, path, target, triggeringEvent } }) => {
    const button = made("button", "button small", "Try again");
    button.type = "button";
    button.addEventListener("click", () => {
      clear();
      failing.clear();
      elt.focus?.();
      if (elt.isConnected) htmx.ajax(verb, path, { source: elt, target, event: triggeringEvent });
      else location.reload();
    });
    return button;
  };

  const signIn = () => {
    const link = made("a", "button small", "Sign in");
    link.href = `/sign-in/?next=${encodeURIComponent(location.pathname + location.search)}`;
    return link;
  };

  const REASONS = {
    403: "You may not do this.",
    404: "This is not here any more.",
    413: "This is more than the server takes.",
    429: "These were too many requests. Wait a moment.",
    503: "Runstead is not available at the moment.",
  };
  // What nobody asked for, as a page that keeps itself up to date, has no event of a person.
  const isByItself = ({ requestConfig }) => !requestConfig.triggeringEvent?.isTrusted;
  const addressOf = ({ requestConfig }) => requestConfig.path.split("?")[0];
  const isSaid = ({ detail }) => {
    if (detail.elt.closest("[data-own-trouble]")) return true; // says it itself
    if (!isByItself(detail)) return false;
    const wasKnown = failing.has(addressOf(detail));
    failing.add(addressOf(detail));
    return wasKnown;
  };
  const failed = (event) => {
    if (isSaid(event)) return;
    const { xhr } = event.detail;
    if (xhr.status === 401) tell("Your session has ended.", signIn());
    else tell(REASONS[xhr.status] || `Something went wrong on the server (${xhr.status}).`, again(event.detail));
  };
  const unreachable = (event) => {
    if (!isSaid(event)) tell(navigator.onLine ? "Runstead cannot be reached." : "You are offline.", again(event.detail));
  };

  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", unreachable);
  document.addEventListener("htmx:timeout", (event) => {
    if (!isSaid(event)) tell("The server takes too long to answer.", again(event.detail));
  });
  addEventListener("online", clear);

  // What takes long is shown to be under way.
  document.addEventListener("htmx:beforeSend", (event) => {
    const begun = setTimeout(() => document.documentElement.classList.add("is-waiting"), SLOW);
    waiting.set(event.detail.xhr, begun);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    clearTimeout(waiting.get(event.detail.xhr));
    waiting.delete(event.detail.xhr);
    if (!waiting.size) document.documentElement.classList.remove("is-waiting");
    if (event.detail.successful && failing.delete(addressOf(event.detail))) clear();
  });
})();
