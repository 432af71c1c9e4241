// A node of the graph that is chosen shows its jobs and when they ran, without a new page.
"use strict";

(() => {
  const addressOf = (key) => {
    const address = new URL(location.href);
    for (const name of ["page", "job", "q", "status", "step"]) address.searchParams.delete(name);
    if (key) address.searchParams.set("step", key);
    return `${address.pathname}${address.search}`;
  };

  // What is read next is the heading of what came: of the timeline below the graph, or of the jobs.
  const show = async (key, title = "timeline-title") => {
    const address = addressOf(key);
    await htmx.ajax("GET", address, { target: "#chosen", swap: "outerHTML" });
    history.replaceState(history.state, "", address);
    document.querySelector(".graph[data-graph-url]")?.graph?.choose(key);
    const heading = document.getElementById(title);
    heading?.focus({ preventScroll: true });
    heading?.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("graph:open", ({ detail }) => {
    if (["input", "output"].includes(detail.kind) || !document.getElementById("chosen")) location.assign(detail.href);
    else show(detail.id);
  });

  // The names of steps in the tables lead to the same place.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-node]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    show(link.dataset.node, link.hash === "#jobs" ? "jobs-title" : undefined);
  });

  // A run that goes on is shown anew as it changes, with what is chosen; not below the hands of somebody who reads.
  const isInUse = (work) => work.querySelector("details[open]") || work.querySelector(".filters :focus");
  document.addEventListener("htmx:confirm", (event) => {
    if (event.target.id === "work" && isInUse(event.target)) event.preventDefault();
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.id === "work") event.detail.path = `${location.pathname}${location.search}`;
  });

  // A link to one job leads to it with its details open.
  const open = () => {
    const row = location.hash.startsWith("#job-") && document.getElementById(location.hash.slice(1));
    const details = row && row.nextElementSibling?.querySelector("details");
    if (details) details.open = true;
  };
  window.addEventListener("hashchange", open);
  open();
})();
