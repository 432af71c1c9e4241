// The search in the header: suggestions while somebody types, chosen by arrow keys. Without this file it is a form.
"use strict";

(() => {
  const field = document.getElementById("site-q");
  const form = field?.form;
  const list = document.getElementById("site-found");
  if (!field || !list) return;
  const said = form.querySelector("[data-search-said]");
  const key = form.querySelector("[data-search-key]");
  const opener = document.querySelector("[data-search-open]");
  const isApple = /Mac|iPhone|iPad/.test(navigator.platform);
  let chosen = -1;

  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("aria-keyshortcuts", isApple ? "Meta+K" : "Control+K");
  list.setAttribute("role", "listbox");
  opener?.setAttribute("aria-expanded", "false");
  opener?.setAttribute("aria-controls", form.id);
  opener?.setAttribute("role", "button");
  if (key) {
    key.textContent = isApple ? "⌘ K" : "Ctrl K";
    key.hidden = false;
  }

  const options = () => [...list.querySelectorAll("[role=option]")];

  const show = (isOpen) => {
    const isShown = isOpen && options().length > 0;
    list.hidden = !isShown;
    field.setAttribute("aria-expanded", String(isShown));
    if (!isShown) choose(-1);
  };

  const choose = (place) => {
    const all = options();
    chosen = place;
    all.forEach((one, number) => one.setAttribute("aria-selected", String(number === place)));
    if (place < 0) field.removeAttribute("aria-activedescendant");
    else {
      field.setAttribute("aria-activedescendant", all[place].id);
      all[place].scrollIntoView({ block: "nearest" });
    }
  };

  // From the field down to the first suggestion, and from the last one back to the field.
  const move = (step) => {
    const count = options().length;
    if (!count) return;
    show(true);
    choose(((chosen + 1 + step + count + 1) % (count + 1)) - 1);
  };

  const forget = () => {
    list.replaceChildren();
    said.textContent = "";
    show(false);
  };

  const open = () => {
    form.classList.add("open");
    opener?.setAttribute("aria-expanded", "true");
    field.focus();
    field.select();
  };
  const close = () => {
    form.classList.remove("open");
    opener?.setAttribute("aria-expanded", "false");
  };

  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      options()[chosen].click();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (!list.hidden) show(false);
      else if (field.value) {
        field.value = "";
        forget();
      } else {
        close();
        (opener?.checkVisibility() ? opener : field).focus();
        field.blur();
      }
    }
  });
  field.addEventListener("input", () => {
    if (!field.value.trim()) forget();
  });
  field.addEventListener("focus", () => show(true));
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) show(false);
  });
  // The field keeps the focus when a suggestion is pressed, so that the list is there until the click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  form.addEventListener("submit", (event) => {
    if (!field.value.trim()) event.preventDefault();
  });
  field.addEventListener("htmx:beforeRequest", (event) => {
    if (!field.value.trim()) event.preventDefault();
  });
  list.addEventListener("htmx:afterSwap", () => {
    const all = options();
    all.forEach((one, number) => { one.id = `suggestion-${number}`; });
    choose(-1);
    if (!field.value.trim()) forget();
    else {
      show(document.activeElement === field);
      const found = all.length - 1;
      said.textContent = found === 1 ? "1 suggestion" : found ? `${found} suggestions` : "No results";
    }
  });

  opener?.addEventListener("click", (event) => {
    event.preventDefault();
    if (form.classList.contains("open")) close();
    else open();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (document.querySelector("dialog[open]")) return;
    event.preventDefault();
    open();
  });
  window.runstead = { ...window.runstead, search: open };
})();
