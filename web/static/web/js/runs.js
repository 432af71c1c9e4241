// The list of runs by keyboard, and how many runs are selected. Comfort only: the page works without it.
"use strict";

(() => {
  const rows = () => [...document.querySelectorAll("tr[data-run]")];
  const boxes = () => [...document.querySelectorAll("#batch input[name=run]")];

  const tell = () => {
    if (!document.querySelector("#batch")) return;
    const all = boxes();
    const chosen = all.filter((box) => box.checked).length;
    const said = document.querySelector("[data-selected]");
    if (said) said.textContent = chosen === 1 ? "1 run selected" : `${chosen} runs selected`;
    const every = document.querySelector("[data-select-all]");
    if (!every) return;
    every.hidden = false;
    const beyond = document.querySelector("[data-all-pages]");
    if (beyond) {
      beyond.hidden = chosen < all.length;
      if (beyond.hidden) beyond.querySelector("input").checked = false;
    }
    every.checked = chosen > 0 && chosen === all.length;
    every.indeterminate = chosen > 0 && chosen < all.length;
  };
  const select = (some, checked) => {
    for (const box of some) box.checked = checked;
    tell();
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-select-all]")) select(boxes(), event.target.checked);
    else if (event.target.matches("#batch input[name=run]")) tell();
  });

  const move = (step) => {
    const all = rows();
    const here = all.indexOf(document.activeElement?.closest("tr[data-run]"));
    const there = here < 0 ? 0 : Math.min(Math.max(here + step, 0), all.length - 1);
    all[there]?.focus();
    all[there]?.scrollIntoView({ block: "nearest" });
  };
  const showKeys = () => {
    const dialog = document.getElementById("keys");
    if (dialog && !dialog.open) dialog.showModal();
  };
  // The fields are fetched when the panel is opened first.
  const enter = (panel) => panel.querySelector("form :is(input, select):not([type=hidden])")?.focus();
  const addFilter = () => {
    const panel = document.querySelector("[data-add-filter]");
    if (!panel) return;
    panel.addEventListener("htmx:afterSettle", () => panel.open && enter(panel), { once: true });
    panel.open = true;
    panel.querySelector("summary").focus();
    enter(panel);
  };
  const onRow = {
    Enter: (row) => row.querySelector(".title a")?.click(),
    x: (row) => row.querySelector("input[name=run]").click(),
    " ": (row) => row.querySelector("input[name=run]").click(),
  };
  const anywhere = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    j: () => move(1),
    k: () => move(-1),
    f: addFilter,
    "?": showKeys,
    Escape: () => select(boxes(), false),
  };

  const isWriting = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const keyed = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return null;
    if (event.target.id === "search" && event.key === "ArrowDown") return anywhere.ArrowDown;
    if (isWriting(event.target) || event.target.closest("details[open]")) return null;
    if (event.target.matches("tr[data-run]") && onRow[event.key]) return () => onRow[event.key](event.target);
    return anywhere[event.key] ?? null;
  };
  document.addEventListener("keydown", (event) => {
    const deed = document.querySelector("#batch") || "?f".includes(event.key) ? keyed(event) : null;
    if (!deed) return;
    if (event.key !== "Escape") event.preventDefault();
    deed();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys]")) showKeys();
  });

  // What the pointer or the keyboard is on in the picture is said above it.
  const told = () => document.querySelector("[data-strip-told]");
  let usual = null;
  const tellBar = (target) => {
    const bar = target.closest?.(".s-bar a")?.getAttribute("aria-label");
    const place = told();
    if (!place || (!bar && !usual)) return;
    usual ??= [...place.childNodes];
    if (bar) place.textContent = bar;
    else {
      place.replaceChildren(...usual);
      usual = null;
    }
  };
  for (const name of ["pointerover", "focusin"]) document.addEventListener(name, (event) => tellBar(event.target));
  // What is left empty in a form of filters does not belong in the address.
  document.addEventListener("formdata", (event) => {
    if (event.target.method !== "get") return;
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });

  const begin = () => {
    usual = null;
    for (const button of document.querySelectorAll("[data-keys]")) button.hidden = false;
    tell();
  };
  begin();
  document.addEventListener("htmx:load", begin);
})();
