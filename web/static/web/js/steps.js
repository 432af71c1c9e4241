// A node of the graph that is chosen shows its jobs and when they ran, without a new page.
"use strict";

(() => {
  const addressOf = (key) => {
    const address = new URL(location.href);
    for (const name of ["page", "job", "q", "status", "step"]) address.searchParams.delete(name);
    if (key) address.searchParams.set("step", key);
    return `${address.pathname}${address.search}`;
  };

  // What goes is thousands of elements in which htmx would look for what it had tied: it tied only to what goes as well.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.shouldSwap && detail.target.id === "chosen") detail.target.replaceChildren();
  });

  // What is read next is the heading of what came: of the timeline below the graph, or of the jobs.
  const show = async (key, title = "timeline-title") => {
    const address = addressOf(key);
    await htmx.ajax("GET", address, { target: "#chosen", swap: "outerHTML" });
    history.replaceState(history.state, "", address);
    document.querySelector(".graph[data-graph-url]")?.graph?.choose(key);
    const heading = document.getElementById(title);
    heading?.focus({ preventScroll: true });
    if (heading && heading.getBoundingClientRect().top > innerHeight * 0.7) heading.scrollIntoView({ block: "center" });
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

  // A graph that is shown anew keeps its height until it is drawn, and then what was seen of it.
  let seen = null;
  const graphIn = (part) => part.querySelector(".graph[data-graph-url]");
  document.addEventListener("kept-up:before", ({ target }) => {
    const place = graphIn(target);
    const graph = place?.graph;
    const active = place?.contains(document.activeElement) ? document.activeElement : null;
    const { id } = active?.dataset || {};
    const focus = active && (id ? `.g-node[data-id="${CSS.escape(id)}"]` : `[aria-label="${CSS.escape(active.getAttribute("aria-label"))}"]`);
    seen = graph?.view && { view: { ...graph.view }, height: graph.svg.getAttribute("height"), focus };
  });
  document.addEventListener("kept-up:after", ({ target }) => {
    const place = graphIn(target);
    if (place && seen) place.style.minHeight = `${seen.height}px`;
  });
  document.addEventListener("graph:ready", async ({ target }) => {
    if (!seen || !target.graph) return;
    const { view, height, focus } = seen;
    seen = null;
    await target.graph.ready;
    target.graph.svg.setAttribute("height", height);
    Object.assign(target.graph.view, view);
    target.graph.show();
    target.style.minHeight = "";
    if (focus && document.activeElement === document.body) target.querySelector(focus)?.focus({ preventScroll: true });
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
