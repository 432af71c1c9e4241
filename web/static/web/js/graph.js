// Draws a graph into an element: laid out by dagre, drawn as SVG, with pan, zoom, keyboard and focus.
//
//   <div class="graph" data-graph-url="…" aria-label="…"></div>    is drawn when the page is ready;
//   const graph = runstead.graph(element, {nodes, edges, direction});
//   graph.merge({nodes, edges});  graph.replace({nodes, edges});  graph.fit();  graph.choose(id);  await graph.ready;
//
// node: {id, label, sub?, kind?, status?, failed?, title?, about?, start?, mark?}   edge: {from, to, kind?, title?, loose?, aside?}
// direction: "LR" or "TB"; in a narrow window it is always "TB". Ids are texts without spaces. ``readable`` is the scale
// below which it is not shown at first, ``order`` more for dagre, ``inParts`` keeps apart what no edge orders. ``mark`` is "run" or "data": its sign stands first.
// A click or Enter on a node sends the event "graph:open" with the node as its detail, and "graph:ready"
// comes after a drawing from an address. One node is in the order of Tab; arrow keys go to its neighbours.
// Loaded before: graph-layout.js says where everything stands (graph-leaves.js: fans),
// graph-shapes.js what a node looks like, graph-hands.js what hands do with it.
"use strict";

window.runstead = window.runstead || {};

(() => {
  const NARROW = 700;
  const READABLE = 0.7; // a graph is not shown smaller at first
  const READABLE_NARROW = 0.58;
  const MANY = 150; // nodes and edges that are drawn at once; more are drawn in slices, and the page stays fluent
  const SLICE = 12; // milliseconds
  const TALL = 2400; // on a phone a finger moves the page up and down, not the picture: all of it is to be seen
  const { measured, places, route } = window.runstead.layout;
  const { make, drawnEdge, drawnNode } = window.runstead.shapes;
  const ORDER = { nodesep: 16, ranksep: 46, marginx: 16, marginy: 16 };

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
      const width = this.container.clientWidth || NARROW;
      const smallest = this.readable || (width < NARROW ? READABLE_NARROW : READABLE);
      const show = (laid) => {
        if (turn !== this.turn) return undefined;
        this.size = laid.size;
        this.places = new Map(laid.nodes);
        this.points = new Map(laid.edges);
        this.fit(smallest);
        const done = () => this.container.removeAttribute("aria-busy");
        const drawn = this.draw(nodes, edges, turn);
        return drawn ? drawn.then((isLast) => isLast && done()) : done();
      };
      const laid = places(task, width, width / smallest);
      if (!(laid instanceof Promise) && nodes.length + edges.length <= MANY) return Promise.resolve(show(laid));
      this.container.setAttribute("aria-busy", "true");
      return Promise.resolve(laid).then(show);
    }

    * pieces(measures, edges) {
      const texts = new Map(measures.map((one) => [one.id, one]));
      for (const edge of edges) {
        const [from, to] = [this.places.get(edge.from), this.places.get(edge.to)];
        yield drawnEdge(edge, route(this.points.get(`${edge.from} ${edge.to}`), from, to, this.direction));
      }
      for (const node of this.nodes.values()) yield [drawnNode(node, this.places.get(node.id), texts.get(node.id))];
    }

    // At once, or a promise whether it was drawn to its end: a later drawing breaks it off.
    draw(measures, edges, turn) {
      const layer = make("g");
      const pieces = this.pieces(measures, edges);
      const { activeElement } = document;
      if (this.svg.contains(activeElement)) this.held = activeElement.dataset.id;
      else if (activeElement !== document.body) this.held = null;
      if (measures.length + edges.length > MANY) return this.drawInSlices(layer, pieces, turn);
      for (const piece of pieces) layer.append(...piece);
      this.svg.replaceChildren(layer);
      this.settle();
      return null;
    }

    async drawInSlices(layer, pieces, turn) {
      let until = performance.now() + SLICE;
      let isFirst = true;
      for (const piece of pieces) {
        layer.append(...piece);
        if (performance.now() < until) continue;
        if (isFirst) this.svg.replaceChildren(layer);
        isFirst = false;
        await new Promise((resolve) => setTimeout(resolve));
        if (turn !== this.turn) return false;
        until = performance.now() + SLICE;
      }
      if (isFirst) this.svg.replaceChildren(layer);
      this.settle();
      return true;
    }

    // What was chosen and had the focus before has it again, and what is seen stays as it is.
    settle() {
      this.stop(this.elementOf(this.chosen) || this.svg.querySelector(".g-node.start, .g-node"));
      this.choose(this.chosen);
      const view = { ...this.view };
      this.elementOf(this.held)?.focus({ preventScroll: true });
      this.held = null;
      this.view = view;
      this.show();
    }

    // --- what is seen of it ---------------------------------------------------------------------------

    // All of it; not smaller than ``smallest`` where that is said: then the beginning of it.
    fit(smallest = 0) {
      const { width, height } = this.size;
      const room = Math.max(1, this.container.clientWidth);
      const most = room < NARROW ? TALL : 560;
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

  // What the address says of the graph; nothing where it cannot be had, for whatever reason.
  const asked = async (address) => {
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error" });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  };

  const offerAgain = (container) => {
    const text = document.createElement("p");
    text.className = "graph-note";
    text.textContent = "The graph could not be loaded. ";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button small";
    button.textContent = "Try again";
    button.addEventListener("click", () => drawFrom(container));
    text.append(button);
    container.replaceChildren(text);
  };

  const drawFrom = async (container) => {
    const data = await asked(container.dataset.graphUrl);
    if (!data) return offerAgain(container);
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
