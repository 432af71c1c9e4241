// Where the nodes of a graph stand: their texts measured and cut, their places by dagre, or in rows where no edge
// is known. graph.js draws what comes of it.
//
//   runstead.layout.measured(node)        {id, width, height, label, sub}: the texts as they fit
//   runstead.layout.places(task, width)   {size, nodes: [[id, place]…], edges: [["from to", points]…]}, or a promise
//   runstead.layout.line(points)          the path of an edge
//
// A large graph is laid out by a worker if this script's element has data-worker and data-dagre (their
// addresses); else, and while small, at once by the dagre of the page.
"use strict";

window.runstead = window.runstead || {};

(() => {
  const NODE_HEIGHT = 44;
  const WIDEST_TEXT = 214;
  const LARGE = 120; // nodes and edges that a page lays out by itself without being felt

  const pen = document.createElement("canvas").getContext("2d");
  const family = getComputedStyle(document.documentElement).getPropertyValue("--sans") || "sans-serif";
  const FONTS = { label: `550 13px ${family}`, sub: `400 11px ${family}` };
  const widthOf = (text, font) => {
    pen.font = FONTS[font];
    return pen.measureText(text).width;
  };

  // As much of a text as fits, measured: letters of other scripts are wider, or narrower, than ours.
  const cut = (text, font) => {
    if (widthOf(text, font) <= WIDEST_TEXT) return text;
    const letters = [...text];
    let [fits, not] = [0, letters.length];
    while (not - fits > 1) {
      const middle = (fits + not) >> 1;
      if (widthOf(`${letters.slice(0, middle).join("")}…`, font) <= WIDEST_TEXT) fits = middle;
      else not = middle;
    }
    return `${letters.slice(0, fits).join("").trimEnd()}…`;
  };

  const measured = (node) => {
    const label = cut(node.label, "label");
    const sub = cut(node.sub || "", "sub");
    const width = Math.ceil(Math.max(64, widthOf(label, "label"), widthOf(sub, "sub")) + 36);
    return { id: node.id, width, height: NODE_HEIGHT, label, sub };
  };

  const here = ({ nodes, edges, options }) => {
    const graph = new dagre.graphlib.Graph();
    graph.setGraph(options);
    graph.setDefaultEdgeLabel(() => ({}));
    for (const node of nodes) graph.setNode(node.id, { width: node.width, height: node.height });
    for (const edge of edges) graph.setEdge(edge.from, edge.to);
    dagre.layout(graph);
    return {
      size: { width: graph.graph().width || 1, height: graph.graph().height || 1 },
      nodes: nodes.map(({ id }) => [id, graph.node(id)]),
      edges: edges.map(({ from, to }) => [`${from} ${to}`, graph.edge(from, to)?.points || []]),
    };
  };

  // One worker for all graphs of the page; answers come in the order of the questions.
  const { worker: workerUrl, dagre: dagreUrl } = document.currentScript?.dataset || {};
  let worker = null;
  let asked = 0;
  const beside = (task) => new Promise((resolve, reject) => {
    worker ||= new Worker(workerUrl);
    asked += 1;
    const number = asked;
    const done = ({ data }) => {
      if (data.number !== number) return;
      worker.removeEventListener("message", done);
      resolve(data.laid);
    };
    worker.addEventListener("message", done);
    worker.addEventListener("error", reject, { once: true });
    worker.postMessage({ ...task, number, dagre: new URL(dagreUrl, location.href).href });
  });

  // Without any edge there is nothing to lay out: rows, in the order in which the nodes were told.
  const inRows = ({ nodes, options }, width) => {
    const gap = 18;
    const wide = Math.max(...nodes.map((node) => node.width));
    const columns = Math.max(1, Math.min(nodes.length, Math.floor((width - 32 + gap) / (wide + gap))));
    const place = (node, i) => ({
      x: options.marginx + (i % columns) * (wide + gap) + wide / 2,
      y: options.marginy + Math.floor(i / columns) * (NODE_HEIGHT + gap) + NODE_HEIGHT / 2,
      width: wide,
      height: NODE_HEIGHT,
    });
    const rows = Math.ceil(nodes.length / columns);
    return {
      size: { width: columns * (wide + gap) - gap + 32, height: rows * (NODE_HEIGHT + gap) - gap + 32 },
      nodes: nodes.map((node, i) => [node.id, place(node, i)]),
      edges: [],
    };
  };

  // A smooth line through the points of an edge.
  const line = (points) => {
    const [first, ...rest] = points;
    let path = `M${first.x},${first.y}`;
    for (let i = 0; i < rest.length - 1; i += 1) {
      const middle = { x: (rest[i].x + rest[i + 1].x) / 2, y: (rest[i].y + rest[i + 1].y) / 2 };
      path += ` Q${rest[i].x},${rest[i].y} ${middle.x},${middle.y}`;
    }
    const last = rest[rest.length - 1];
    return `${path} L${last.x},${last.y}`;
  };

  // Of a small graph the places, of a large one a promise of them.
  const places = (task, width) => {
    if (!task.edges.length) return inRows(task, width);
    const isLarge = task.nodes.length + task.edges.length > LARGE;
    if (!workerUrl || !(isLarge || !window.dagre)) return here(task);
    return beside(task).catch(() => here(task));
  };

  window.runstead.layout = { measured, places, line };
})();
