// Comfort only: every page works without this file.
"use strict";

(() => {
  // The theme changes at once instead of after a reload; the cookie is the one that the server sets, which is told, too.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-theme-form]") || !event.submitter) return;
    event.preventDefault();
    const theme = event.submitter.value;
    const age = theme ? 31536000 : 0;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${theme}; path=/; max-age=${age}; SameSite=Lax${secure}`;
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    for (const button of event.target.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.value === theme));
    }
    const body = new FormData(event.target);
    body.set("theme", theme);
    fetch(event.target.action, { method: "POST", body, headers: { "HX-Request": "true" }, keepalive: true }).catch(() => {});
  });

  // A menu closes on Escape, and when something else is chosen.
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
  };
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      document.activeElement?.closest("details.menu[open]")?.querySelector("summary").focus();
      closeMenus(null);
    }
    // "/" goes to the search field of the page, else to that of all pages, as long as nobody is writing.
    const writing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    const isPlain = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!isPlain || writing || document.querySelector("dialog[open]")) return;
    const search = [...document.querySelectorAll("main input[type=search]")].find((one) => one.checkVisibility());
    if (!search && !window.runstead.search) return;
    event.preventDefault();
    if (!search) {
      window.runstead.search();
      return;
    }
    search.focus();
    search.select();
  });

  // A message can be put away.
  for (const button of document.querySelectorAll("[data-dismiss]")) button.hidden = false;
  document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest("[data-notice]").remove());

  // Copying what a button says, or what stands in the element that it names, and telling that it is done for a moment.
  // Browsers let pages copy on HTTPS and on this machine; elsewhere it is not offered.
  const COPIES = "[data-copy], [data-copy-value]";
  const offerCopies = () => {
    if (!navigator.clipboard) return;
    for (const button of document.querySelectorAll(COPIES)) button.hidden = false;
  };
  const copy = async (button, text) => {
    await navigator.clipboard.writeText(text);
    if (button.classList.contains("done")) return;
    const { title, childNodes } = button, before = [...childNodes], isIcon = button.matches(".copy");
    button.classList.add("done");
    if (isIcon) button.title = "Copied";
    else button.textContent = "Copied";
    setTimeout(() => {
      button.classList.remove("done");
      if (isIcon) button.title = title;
      else button.replaceChildren(...before);
    }, 2000);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest(COPIES);
    if (!button) return;
    const { copyValue, copy: id } = button.dataset;
    copy(button, copyValue ?? document.getElementById(id).textContent);
  });
  document.addEventListener("htmx:load", offerCopies);
  offerCopies();
  window.runstead = { ...window.runstead, copy };

  // Where tabs are wider than the window, the one that is open is to be seen.
  for (const open of document.querySelectorAll(".tabs [aria-current]")) {
    const tabs = open.closest(".tabs");
    tabs.scrollLeft = open.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - open.offsetWidth) / 2;
  }
})();
