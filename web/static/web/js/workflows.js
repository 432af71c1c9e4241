// Comfort for uploads: what is too large is told at once, and the progress is seen.
"use strict";
(() => {
  const { size } = window.runstead;
  const input = (form) => form.querySelector("input[type=file]");
  const tooLarge = (form) => [...input(form).files].filter((file) => file.size > Number(form.dataset.largest));

  const showChosen = (form) => {
    const list = form.querySelector("[data-chosen]");
    list.replaceChildren(...[...input(form).files].map((file) => {
      const line = document.createElement("li");
      const name = document.createElement("span");
      const bytes = document.createElement("span");
      const isTooLarge = file.size > Number(form.dataset.largest);
      name.textContent = file.name;
      bytes.textContent = isTooLarge ? `${size(file.size)}, too large` : size(file.size);
      line.className = isTooLarge ? "too-large" : "";
      line.append(name, bytes);
      return line;
    }));
    list.hidden = !input(form).files.length;
    form.querySelector("[data-said]").textContent = "";
  };

  const send = (form) => {
    const said = form.querySelector("[data-said]");
    const progress = form.querySelector("[data-progress]");
    const button = form.querySelector(".buttons button");
    const request = new XMLHttpRequest();
    const failed = () => {
      progress.hidden = true;
      button.disabled = false;
      said.textContent = "The upload failed: is the connection still there? Try again.";
    };
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress.value = (100 * event.loaded) / event.total;
      if (event.loaded === event.total) said.textContent = "Taking them in…";
    });
    request.addEventListener("error", failed);
    request.addEventListener("load", () => (request.status < 400 ? location.reload() : failed()));
    const body = new FormData(form);
    button.disabled = true;
    progress.hidden = false;
    said.textContent = "Uploading…";
    // The answer is thrown away; the page that is fetched anew says what came of it.
    request.open("POST", `${form.getAttribute("action")}?quietly=1`);
    request.send(body);
  };

  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-upload]");
    if (form && event.target === input(form)) showChosen(form);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-upload]")) return;
    event.preventDefault();
    const large = tooLarge(event.target);
    if (large.length) event.target.querySelector("[data-said]").textContent = `Too large: ${large.map((file) => file.name).join(", ")}`;
    else send(event.target);
  });
})();
