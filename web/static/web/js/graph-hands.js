// What hands do with a graph: one finger or the mouse moves the picture, two fingers or the wheel with Ctrl zoom,
// arrow keys go from node to node. runstead.hands(graph) listens on the graph's drawing.
"use strict";

window.runstead = window.runstead || {};

(() => {
  const CLOSE = 4; // pixels that a hand may tremble in a click

  // One finger or the mouse moves the picture, two fingers also zoom.
  const drag = (graph, pointers, event, before) => {
    const scale = graph.view.width / graph.svg.getBoundingClientRect().width;
    const share = 1 / pointers.size;
    graph.pan((before.clientX - event.clientX) * scale * share, (before.clientY - event.clientY) * scale * share);
    if (pointers.size !== 2) return;
    const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    const apart = (at) => Math.max(1, Math.hypot(at.clientX - other.clientX, at.clientY - other.clientY));
    graph.zoom(apart(before) / apart(event), {
      clientX: (event.clientX + other.clientX) / 2,
      clientY: (event.clientY + other.clientY) / 2,
    });
  };

  // To the nearest node in a direction; what lies aside counts as farther.
  const go = (graph, element, dx, dy) => {
    const from = element && graph.places.get(element.dataset.id);
    if (!from) return;
    let best = null;
    for (const [id, to] of graph.places) {
      const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
      const aside = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
      const far = along + 2 * aside;
      if (along > 4 && (!best || far < best.far)) best = { id, far };
    }
    if (best) graph.elementOf(best.id).focus({ preventScroll: true });
  };

  const key = (graph, event) => {
    const node = event.target.closest(".g-node");
    const deeds = {
      Enter: () => graph.open(node),
      " ": () => graph.open(node),
      "+": () => graph.zoom(0.8),
      "-": () => graph.zoom(1.25),
      0: () => graph.fit(),
      ArrowLeft: () => go(graph, node, -1, 0),
      ArrowRight: () => go(graph, node, 1, 0),
      ArrowUp: () => go(graph, node, 0, -1),
      ArrowDown: () => go(graph, node, 0, 1),
    };
    const deed = deeds[event.key];
    if (!deed || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    deed();
  };

  const point = (graph) => {
    const { svg } = graph;
    const pointers = new Map();
    let moved = false;
    let start = null;
    svg.addEventListener("pointerdown", (event) => {
      if (!pointers.size) {
        moved = false;
        start = { x: event.clientX, y: event.clientY };
      }
      pointers.set(event.pointerId, { clientX: event.clientX, clientY: event.clientY });
    });
    svg.addEventListener("pointermove", (event) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      if (!moved && Math.hypot(event.clientX - start.x, event.clientY - start.y) < CLOSE) return;
      if (!moved) svg.setPointerCapture(event.pointerId);
      moved = true;
      svg.classList.add("dragging");
      drag(graph, pointers, event, before);
      pointers.set(event.pointerId, { clientX: event.clientX, clientY: event.clientY });
    });
    const end = (event) => {
      pointers.delete(event.pointerId);
      if (!pointers.size) svg.classList.remove("dragging");
    };
    svg.addEventListener("pointerup", end);
    svg.addEventListener("pointercancel", end);
    svg.addEventListener("pointerleave", (event) => {
      if (!svg.hasPointerCapture(event.pointerId)) end(event);
    });
    svg.addEventListener("click", (event) => {
      if (!moved) graph.open(event.target.closest(".g-node"));
      moved = false;
    });
  };

  window.runstead.hands = (graph) => {
    point(graph);
    graph.svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // a plain wheel scrolls the page
      event.preventDefault();
      graph.zoom(event.deltaY > 0 ? 1.12 : 0.89, event);
    }, { passive: false });
    graph.svg.addEventListener("keydown", (event) => key(graph, event));
  };
})();
