// Draws a graph into an element: laid out by dagre, drawn as SVG, with pan, zoom, keyboard and focus.
//
//   <div class="graph" data-graph-url="…" aria-label="…"></div>    is drawn when the page is ready;
//   const graph = runstead.graph(element, {nodes, edges, direction});
//   graph.merge({nodes, edges});  graph.replace({nodes, edges});  graph.fit();  graph.choose(id);  await graph.ready;
//
// node: {id, label, sub?, kind?, status?, failed?, title?, start?, mark?}   edge: {from, to, kind?, title?, loose?, aside?}
// direction: "LR" or "TB"; in a narrow window it is always "TB". Ids are texts without spaces. ``readable`` is the scale
// below which it is not shown at first, ``order`` more for dagre, ``inParts`` keeps apart what no edge orders. ``mark`` is "run" or "data": its sign stands first.
// A click or Enter on a node sends the event "graph:open" with the node as its detail, and "graph:ready"
// comes after a drawing from an address. One node is in the order of Tab; arrow keys go to its neighbours.
// Loaded before: graph-layout.js says where everything stands, graph-hands.js what hands do with it.
"use strict";

window.runstead = window.runstead || {};

(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const NARROW = 700;
  const READABLE = 0.7; // a graph is not shown smaller at first
  const READABLE_NARROW = 0.58;
  const { measured, places, route } = window.runstead.layout;
  const ORDER = { nodesep: 16, ranksep: 46, marginx: 16, marginy: 16 };

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

  class Graph {
    constructor(container, data) {
      this.container = container;
      this.nodes = new Map();
      this.edges = new Map();
      this.direction = container.clientWidth < NARROW ? "TB" : data.direction || "LR";
      this.readable = data.readable;
      this.order = { ...ORDER, ...data.order };
      this.inParts = data.inParts;
      this.svg = make("svg", { role: "group", tabindex: "-1", "aria-label": container.getAttribute("aria-label") || "Graph" });
      container.replaceChildren(this.tools(), this.svg);
      this.listen();
      this.add(data);
      this.ready = this.redraw();
      if (document.fonts?.status === "loading") document.fonts.ready.then(() => this.redraw());
    }

    add({ nodes, edges }) {
      for (const node of nodes) this.nodes.set(node.id, node);
      for (const edge of edges) this.edges.set(`${edge.from} ${edge.to} ${edge.kind || ""}`, edge);
    }

    // More nodes and edges; what stands already is replaced where it is told again.
    merge(data) {
      this.add(data);
      this.ready = this.redraw();
      return this.ready;
    }

    // Other nodes and edges instead.
    replace(data) {
      this.nodes.clear();
      this.edges.clear();
      return this.merge(data);
    }

    // Whatever came last is what is seen, even if an older layout is finished later.
    redraw() {
      this.turn = (this.turn || 0) + 1;
      const turn = this.turn;
      const nodes = [...this.nodes.values()].map(measured);
      const edges = [...this.edges.values()].filter(({ from, to }) => this.nodes.has(from) && this.nodes.has(to));
      const ends = edges.map(({ from, to, loose, aside }) => ({ from, to, loose, aside }));
      const task = { nodes, edges: ends, inParts: this.inParts, options: { ...this.order, rankdir: this.direction } };
      const show = (laid) => {
        if (turn !== this.turn) return;
        this.draw(laid, nodes, edges);
        this.fit(this.readable || (this.container.clientWidth < NARROW ? READABLE_NARROW : READABLE));
        this.container.removeAttribute("aria-busy");
      };
      const laid = places(task, this.container.clientWidth || NARROW);
      if (!(laid instanceof Promise)) return Promise.resolve(show(laid));
      this.container.setAttribute("aria-busy", "true");
      return laid.then(show);
    }

    draw(laid, measures, edges) {
      this.size = laid.size;
      this.places = new Map(laid.nodes);
      this.points = new Map(laid.edges);
      const texts = new Map(measures.map((one) => [one.id, one]));
      const layer = make("g");
      for (const edge of edges) layer.append(...this.drawEdge(edge));
      for (const node of this.nodes.values()) layer.append(this.drawNode(node, texts.get(node.id)));
      const focused = this.svg.contains(document.activeElement) ? document.activeElement.dataset.id : null;
      this.svg.replaceChildren(layer);
      this.stop(this.elementOf(this.chosen) || this.svg.querySelector(".g-node.start, .g-node"));
      this.choose(this.chosen);
      if (focused) this.elementOf(focused)?.focus();
    }

    drawEdge(edge) {
      const [from, to] = [this.places.get(edge.from), this.places.get(edge.to)];
      const { path: d, tip, angle } = route(this.points.get(`${edge.from} ${edge.to}`), from, to, this.direction);
      const path = make("path", { class: `g-edge ${edge.kind || ""}`, d });
      if (edge.title) path.append(make("title", {}, edge.title));
      path.dataset.from = edge.from;
      path.dataset.to = edge.to;
      if (edge.kind === "same" || !tip) return [path];
      const transform = `translate(${tip.x},${tip.y}) rotate(${angle})`;
      return [path, make("path", { class: "g-tip", d: "M0,0 L-7,-3.5 L-7,3.5 Z", transform })];
    }

    drawNode(node, { label, sub }) {
      const { x, y, width, height } = this.places.get(node.id);
      const classes = ["g-node", `k-${node.kind || "step"}`, `st-${(node.status || "none").toLowerCase()}`];
      if (node.start) classes.push("start");
      if (node.failed) classes.push("has-failed");
      const said = [node.label, node.sub, node.status && node.status.toLowerCase()].filter(Boolean).join(", ");
      const group = make("g", {
        class: classes.join(" "),
        transform: `translate(${x - width / 2},${y - height / 2})`,
        tabindex: "-1",
        role: "button",
        "aria-label": said,
      });
      group.dataset.id = node.id;
      const isData = ["data", "input", "output"].includes(node.kind);
      const left = node.mark ? 34 : 18;
      group.append(
        make("title", {}, node.title || said),
        ...(node.kind === "group" ? [make("rect", { class: "g-behind", x: 4, y: 4, width, height, rx: 7 })] : []),
        make("rect", { class: "g-box", width, height, rx: isData ? height / 2 : 7 }),
        ...(node.mark ? this.markOf(node) : isData ? [] : [make("rect", { class: "g-stripe", x: 7, y: 9, width: 3, height: height - 18, rx: 1.5 })]),
        make("text", { x: left, y: sub ? 19 : 27 }, label),
        ...(sub ? [make("text", { class: "g-sub", x: left, y: 34 }, sub)] : []),
        ...(node.start ? [make("rect", { class: "g-flag", x: 14, y: -9, width: 38, height: 16, rx: 8 }), make("text", { class: "g-flag-text", x: 33, y: 2.5 }, "Start")] : []),
      );
      return group;
    }

    // A run has the sign of its status, data a sheet.
    markOf(node) {
      if (node.mark === "data") return [make("path", { class: "g-sheet", d: SHEET })];
      const sign = SIGNS[(node.status || "").toLowerCase()] || SIGNS.other;
      return [make("circle", { class: "g-disc", cx: 18, cy: 22, r: 8.5 }), make("path", { class: "g-sign", d: sign })];
    }

    // --- what is seen of it ---------------------------------------------------------------------------

    // All of it; not smaller than ``smallest`` where that is said: then the beginning of it.
    fit(smallest = 0) {
      const { width, height } = this.size;
      const room = Math.max(1, this.container.clientWidth);
      const most = room < NARROW ? 720 : 560;
      const natural = height * Math.min(1, Math.max(room / width, smallest)) + 24;
      const wanted = Math.round(Math.min(Math.max(natural, 150), most));
      this.svg.setAttribute("height", wanted);
      let scale = Math.max(width / room, height / wanted, 0.9);
      if (smallest) scale = Math.min(scale, 1 / smallest);
      const size = { width: room * scale, height: wanted * scale };
      this.view = {
        x: size.width >= width ? (width - size.width) / 2 : this.startOf("x", size.width, width),
        y: size.height >= height ? (height - size.height) / 2 : this.startOf("y", size.height, height),
        ...size,
      };
      this.show();
    }

    // Where to look first when not all is seen: at the start node, else at the beginning (across it: the middle).
    startOf(axis, seen, whole) {
      const start = [...this.nodes.values()].find((node) => node.start);
      if (start) return Math.max(0, Math.min(whole - seen, this.places.get(start.id)[axis] - seen / 2));
      const isAlong = (axis === "x") === (this.direction === "LR");
      return isAlong || !this.edges.size ? 0 : (whole - seen) / 2;
    }

    show() {
      const { x, y, width, height } = this.view;
      this.svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
    }

    zoom(factor, at) {
      const box = this.svg.getBoundingClientRect();
      const share = at ? { x: (at.clientX - box.left) / box.width, y: (at.clientY - box.top) / box.height } : { x: 0.5, y: 0.5 };
      const width = Math.min(Math.max(this.view.width * factor, 120), this.size.width * 8 + 2000);
      const height = (this.view.height * width) / this.view.width;
      this.view.x += (this.view.width - width) * share.x;
      this.view.y += (this.view.height - height) * share.y;
      Object.assign(this.view, { width, height });
      this.show();
    }

    pan(dx, dy) {
      this.view.x += dx;
      this.view.y += dy;
      this.show();
    }

    tools() {
      const bar = document.createElement("div");
      bar.className = "graph-tools";
      const deeds = [
        ["+", "Zoom in", () => this.zoom(0.8)],
        ["−", "Zoom out", () => this.zoom(1.25)],
        ["Fit", "Show all", () => this.fit()],
      ];
      for (const [text, label, deed] of deeds) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "button small";
        button.textContent = text;
        button.setAttribute("aria-label", label);
        button.addEventListener("click", deed);
        bar.append(button);
      }
      return bar;
    }

    listen() {
      window.runstead.hands(this);
      this.svg.addEventListener("focusin", (event) => this.reach(event.target.closest(".g-node")));
      this.svg.addEventListener("pointerover", (event) => this.light(event.target.closest(".g-node")));
    }

    // The node that has the focus is seen, and is the one that Tab comes back to.
    reach(element) {
      if (!element) return;
      this.light(element);
      this.stop(element);
      const { x, y, width, height } = this.places.get(element.dataset.id);
      const view = this.view;
      const into = (start, seen, middle, size) => {
        const edge = size / 2 + 12;
        if (middle - edge < start) return middle - edge;
        return middle + edge > start + seen ? middle + edge - seen : start;
      };
      view.x = into(view.x, view.width, x, width);
      view.y = into(view.y, view.height, y, height);
      this.show();
    }

    stop(element) {
      if (!element) return;
      for (const one of this.svg.querySelectorAll('.g-node[tabindex="0"]')) one.setAttribute("tabindex", "-1");
      element.setAttribute("tabindex", "0");
    }

    elementOf(id) {
      return id ? this.svg.querySelector(`.g-node[data-id="${CSS.escape(id)}"]`) : null;
    }

    light(element) {
      const id = element?.dataset.id;
      for (const line of this.svg.querySelectorAll(".g-edge")) {
        line.classList.toggle("lit", Boolean(id) && (line.dataset.from === id || line.dataset.to === id));
      }
    }

    choose(id) {
      this.chosen = id;
      for (const one of this.svg.querySelectorAll(".g-node")) {
        one.classList.toggle("chosen", one.dataset.id === id);
        if (one.dataset.id === id) one.setAttribute("aria-pressed", "true");
        else one.removeAttribute("aria-pressed");
      }
    }

    open(element) {
      if (!element) return;
      this.choose(element.dataset.id);
      const detail = this.nodes.get(element.dataset.id);
      this.container.dispatchEvent(new CustomEvent("graph:open", { detail, bubbles: true }));
    }
  }

  window.runstead.graph = (container, data) => {
    container.graph = new Graph(container, data);
    return container.graph;
  };

  const drawFrom = async (container) => {
    const answer = await fetch(container.dataset.graphUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok) {
      container.textContent = "The graph could not be loaded. Reload the page to try again.";
      return;
    }
    const data = await answer.json();
    if (data.nodes.length) {
      const graph = window.runstead.graph(container, data);
      if (container.dataset.graphChosen) graph.ready.then(() => graph.choose(container.dataset.graphChosen));
    } else container.remove();
    container.dispatchEvent(new CustomEvent("graph:ready", { detail: data, bubbles: true }));
  };

  const drawAll = (root) => {
    for (const one of root.querySelectorAll("[data-graph-url]")) if (!one.graph && !one.dataset.graphAsked) {
      one.dataset.graphAsked = "1";
      drawFrom(one);
    }
  };
  drawAll(document);
  document.addEventListener("htmx:load", (event) => drawAll(event.target.parentNode || document));
})();
