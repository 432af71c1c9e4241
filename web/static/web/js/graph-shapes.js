// What the nodes and edges of a graph look like, as SVG. graph.js says where they stand.
"use strict";

window.runstead = window.runstead || {};

(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const DATA = ["data", "input", "output"];
  const BARE = [...DATA, "more"]; // without a stripe
  const SHEET = "M14,14 h6 l4,4 v11 a1.5,1.5 0 0 1 -1.5,1.5 h-8.5 a1.5,1.5 0 0 1 -1.5,-1.5 v-13.5 a1.5,1.5 0 0 1 1.5,-1.5 z M20,14 v4 h4";
  const SIGNS = {
    success: "M14,22.2 l2.8,2.8 l5.2,-5.8",
    failed: "M14.8,18.8 l6.4,6.4 M21.2,18.8 l-6.4,6.4",
    running: "M15.8,18 l6,4 l-6,4 z",
    cancelled: "M14,22 h8",
    paused: "M16,18.6 v6.8 M20,18.6 v6.8",
    other: "M14.6,22 h0.1 M18,22 h0.1 M21.4,22 h0.1",
  };

  const make = (name, attributes = {}, text) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };

  const drawnEdge = (edge, { path: d, tip, angle }) => {
    const path = make("path", { class: `g-edge ${edge.kind || ""}`, d });
    if (edge.title) path.append(make("title", {}, edge.title));
    path.dataset.from = edge.from;
    path.dataset.to = edge.to;
    if (edge.kind === "same" || !tip) return [path];
    const transform = `translate(${tip.x},${tip.y}) rotate(${angle})`;
    return [path, make("path", { class: "g-tip", d: "M0,0 L-7,-3.5 L-7,3.5 Z", transform })];
  };

  // A run has the sign of its status, data a sheet; a step a stripe in the colour of its status.
  const markOf = (node, height) => {
    if (node.mark === "data") return [make("path", { class: "g-sheet", d: SHEET })];
    if (node.mark) {
      const sign = SIGNS[(node.status || "").toLowerCase()] || SIGNS.other;
      return [make("circle", { class: "g-disc", cx: 18, cy: 22, r: 8.5 }), make("path", { class: "g-sign", d: sign })];
    }
    if (BARE.includes(node.kind)) return [];
    return [make("rect", { class: "g-stripe", x: 7, y: 9, width: 3, height: height - 18, rx: 1.5 })];
  };

  const flag = () => [
    make("rect", { class: "g-flag", x: 14, y: -9, width: 38, height: 16, rx: 8 }),
    make("text", { class: "g-flag-text", x: 33, y: 2.5 }, "Start"),
  ];

  const frameOf = (node, { x, y, width, height }, said) => {
    const classes = ["g-node", `k-${node.kind || "step"}`, `st-${(node.status || "none").toLowerCase()}`];
    if (node.start) classes.push("start");
    if (node.failed) classes.push("has-failed");
    const transform = `translate(${x - width / 2},${y - height / 2})`;
    const group = make("g", { class: classes.join(" "), transform, tabindex: "-1", role: "button", "aria-label": said });
    group.dataset.id = node.id;
    return group;
  };

  const drawnNode = (node, place, { label, sub }) => {
    const { width, height } = place;
    const said = [node.label, node.sub, node.about, node.status && node.status.toLowerCase()].filter(Boolean).join(", ");
    const group = frameOf(node, place, said);
    const left = node.mark ? 34 : 18;
    group.append(
      make("title", {}, node.title || said),
      ...(node.kind === "group" ? [make("rect", { class: "g-behind", x: 4, y: 4, width, height, rx: 7 })] : []),
      make("rect", { class: "g-box", width, height, rx: DATA.includes(node.kind) ? height / 2 : 7 }),
      ...markOf(node, height),
      make("text", { x: left, y: sub ? 19 : 27 }, label),
      ...(sub ? [make("text", { class: "g-sub", x: left, y: 34 }, sub)] : []),
      ...(node.start ? flag() : []),
    );
    return group;
  };

  window.runstead.shapes = { make, drawnEdge, drawnNode };
})();
