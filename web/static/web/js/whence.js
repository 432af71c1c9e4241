// "Where is this file from?": files are hashed in a worker, one after the other, and only the checksum is asked for.
"use strict";

window.runstead = window.runstead || {};

(() => {
  const MOST = 50;
  const box = () => document.getElementById("whence");
  // The page for looking files up is the box itself; on all other pages it is a dialog.
  const page = () => document.querySelector("[data-whence-page]");
  const place = () => page() || box();
  const isOpen = () => Boolean(page() || box()?.open);
  let waiting = [];
  let worker = null;

  const made = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  const size = (bytes) => {
    const units = ["B", "kB", "MB", "GB", "TB"];
    let place = 0;
    for (; bytes >= 999.5 && place < units.length - 1; place += 1) bytes /= 1000;
    return `${place && bytes < 99.95 ? bytes.toPrecision(3) : Math.round(bytes)} ${units[place]}`;
  };

  // --- one file -----------------------------------------------------------------------------------------

  // The line of a file: its name, how far it is read, and a way to stop.
  const lineOf = (file) => {
    const line = made("div", "whence-file");
    const head = made("div", "whence-at-work");
    const bar = made("progress");
    bar.max = Math.max(1, file.size);
    bar.value = 0;
    bar.setAttribute("aria-label", `Reading ${file.name}`);
    const stop = made("button", "button small", "Cancel");
    stop.type = "button";
    stop.setAttribute("aria-label", `Cancel ${file.name}`);
    const read = made("span", "said", size(file.size));
    read.setAttribute("aria-live", "off");
    head.append(made("span", "name", file.name), read, bar, stop);
    line.append(head);
    return { file, line, bar, stop, read };
  };

  const say = (job, text) => {
    job.bar.remove();
    job.stop.remove();
    job.read.textContent = size(job.file.size);
    job.line.firstChild.append(made("span", "said", text));
  };

  const answerFor = async (sha256) => {
    const answer = await fetch(`${box().dataset.address}?checksum=${sha256}`, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("[data-whence-answer]");
    if (!answer.ok || !found) throw new Error("no answer");
    return document.importNode(found, true);
  };

  const show = (job, answer, isOpen) => {
    const whole = made("details", "whence-file");
    const head = made("summary");
    const isKnown = answer.dataset.count !== "0";
    const short = answer.querySelector("[data-whence-in-short]")?.textContent || "";
    head.append(made("span", "name", job.file.name), made("span", "said", size(job.file.size)));
    head.append(made("span", isKnown ? "said known" : "said", short));
    whole.open = isOpen;
    whole.append(head, answer);
    job.line.replaceWith(whole);
  };

  const tellProgress = (job, done) => {
    job.bar.value = done;
    job.read.textContent = `${Math.floor((100 * done) / Math.max(1, job.file.size))} % of ${size(job.file.size)}`;
  };

  const hashed = (job) => new Promise((done, failed) => {
    worker = new Worker(box().dataset.worker, { type: "module" });
    worker.addEventListener("message", ({ data }) => {
      if (data.done) tellProgress(job, data.done);
      else if (data.sha256) done(data.sha256);
      else failed(new Error("It could not be read: is it a folder, or was it changed meanwhile?"));
    });
    worker.addEventListener("error", () => failed(new Error("This browser cannot calculate checksums. Paste one instead.")));
    job.stop.addEventListener("click", () => failed(new Error("Cancelled.")));
    if (job.isOff) failed(new Error("Cancelled."));
    else worker.postMessage(job.file);
  });

  const settle = async (job, isOnly) => {
    try {
      const sha256 = await hashed(job);
      job.stop.disabled = true;
      show(job, await answerFor(sha256).catch(() => {
        throw new Error("The registry did not answer. Try again.");
      }), isOnly);
    } catch (error) {
      say(job, error.message);
    } finally {
      worker?.terminate();
      worker = null;
    }
  };

  // --- several ------------------------------------------------------------------------------------------

  const take = async (files) => {
    const jobs = [...files].slice(0, MOST).map(lineOf);
    if (!jobs.length) return;
    const found = place().querySelector("[data-whence-found]");
    const isBusy = waiting.length > 0;
    if (!isBusy) found.replaceChildren();
    for (const job of jobs) {
      job.stop.addEventListener("click", () => { job.isOff = true; });
      found.append(job.line);
    }
    if (files.length > MOST) found.append(made("p", "help", `Only the first ${MOST} files are looked up.`));
    waiting.push(...jobs);
    if (isBusy) return;
    const isOnly = jobs.length === 1;
    while (waiting.length) {
      await settle(waiting[0], isOnly);
      waiting.shift();
    }
  };

  const open = () => {
    const dialog = box();
    if (page()) return void page().querySelector("[data-whence-files]").focus();
    if (!dialog.open) dialog.showModal();
  };

  const close = () => box().close();

  // --- what a person does -------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-whence-open]");
    if (opener && box() && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      open();
    } else if (event.target.closest("[data-whence-close]") || event.target === box()) close();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-whence-files]")) return;
    take([...event.target.files]);
    event.target.value = "";
  });

  // The files of what was dropped, those of folders too; at most one more than are looked up.
  const inEntry = async (entry, files) => {
    if (files.length > MOST) return;
    if (entry.isFile) return void files.push(await new Promise((done, failed) => entry.file(done, failed)));
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!some.length || files.length > MOST) return;
      for (const one of some) await inEntry(one, files);
    }
  };
  const filesIn = async (transfer) => {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.());
    const plain = [...transfer.files];
    if (!entries.some((entry) => entry?.isDirectory)) return plain;
    const files = [];
    for (const entry of entries) if (entry) await inEntry(entry, files).catch(() => undefined);
    return files;
  };

  const hasFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  const mark = (isOver) => place()?.querySelector("[data-whence-drop]").classList.toggle("over", isOver);
  // Files that are dragged over the button open the box; anywhere on the open box they may be dropped.
  document.addEventListener("dragenter", (event) => {
    if (hasFiles(event) && event.target.closest?.("[data-whence-open]")) open();
  });
  document.addEventListener("dragover", (event) => {
    if (!isOpen() || !hasFiles(event)) return;
    event.preventDefault();
    mark(true);
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) mark(false);
  });
  document.addEventListener("drop", (event) => {
    if (!isOpen() || !hasFiles(event)) return;
    event.preventDefault();
    mark(false);
    filesIn(event.dataTransfer).then(take);
  });

  const drop = page()?.querySelector("[data-whence-drop-card]");
  if (drop) drop.hidden = false;
  // Buttons that only make sense with this file are shown by it.
  for (const one of document.querySelectorAll("[data-whence-open]")) {
    one.hidden = false;
    one.setAttribute("aria-haspopup", "dialog");
  }
  window.runstead.whence = { open, take };
})();
