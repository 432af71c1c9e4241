// Where the nodes of a graph stand: their texts measured and cut, their places by dagre, or in rows where no edge
// is known. graph.js draws what comes of it.
//
//   runstead.layout.measured(node)        {id, width, height, label, sub}: the texts as they fit
//   runstead.layout.places(task, width, room)   {size, nodes: [[id, place]…], edges: [["from to", points]…]}, or a
//                                         promise; ``room`` is the width that can be seen at once
//   runstead.layout.route(points, from, to, direction)     the path of an edge, and where its tip points
//   runstead.layout.warm()                starts the worker before it is needed
//
// An edge that is ``loose`` has a say in the places where it makes no circle; one that is ``aside`` has none.
// Neither then gets points: it is drawn from place to place.
// A large graph is laid out by a worker if this script's element has data-worker and data-dagre (their
// addresses); else, and while small, at once by the dagre of the page.
"use strict";

window.runstead = window.runstead || {};

(() => {
  const NODE_HEIGHT = 44;
  const WIDEST_TEXT = 214;
  const LARGE = 60; // nodes and edges that a page lays out by itself without being felt

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

  const fitted = (node) => {
    const label = cut(node.label, "label");
    const sub = cut(node.sub || "", "sub");
    const width = Math.ceil(Math.max(64, widthOf(label, "label"), widthOf(sub, "sub")) + (node.mark ? 52 : 36));
    return { width, height: NODE_HEIGHT, label, sub };
  };

  // Texts are measured once: a graph is drawn anew with each step of its unfolding.
  const known = new Map();
  document.fonts?.ready.then(() => known.clear()); // until then they had other letters
  const measured = (node) => {
    const key = `${node.label}\n${node.sub || ""}\n${Boolean(node.mark)}`;
    if (!known.has(key)) known.set(key, fitted(node));
    return { ...known.get(key), id: node.id };
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
  const warm = () => {
    if (!workerUrl || worker) return;
    worker = new Worker(workerUrl);
    worker.postMessage({ dagre: new URL(dagreUrl, location.href).href });
  };
  const inWorker = (task) => new Promise((resolve, reject) => {
    warm();
    asked += 1;
    const number = asked;
    const done = ({ data }) => {
      if (data.number !== number) return;
      worker.removeEventListener("message", done);
      resolve(data.laid);
    };
    worker.addEventListener("message", done);
    worker.addEventListener("error", reject, { once: true });
    worker.postMessage({ ...task, number });
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

  // Edges that order the nodes: the firm ones, and each loose one that does not lead back to where it came from.
  const ordering = (edges) => {
    const next = new Map();
    const add = ({ from, to }) => next.set(from, [...(next.get(from) || []), to]);
    const leads = (from, to) => {
      const seen = new Set([from]);
      for (const one of seen) {
        if (one === to) return true;
        for (const other of next.get(one) || []) seen.add(other);
      }
      return false;
    };
    const firm = edges.filter((edge) => !edge.loose && !edge.aside);
    firm.forEach(add);
    const loose = edges.filter((edge) => edge.loose && !edge.aside && !leads(edge.to, edge.from) && (add(edge), true));
    return [...firm, ...loose].map(({ from, to }) => ({ from, to }));
  };

  // --- edges --------------------------------------------------------------------------------------------

  // A curve between two points that leaves and arrives along the direction of the graph.
  const curve = (a, b, isAcross) => {
    const [x, y] = [(a.x + b.x) / 2, (a.y + b.y) / 2];
    return isAcross ? `C${x},${a.y} ${x},${b.y} ${b.x},${b.y}` : `C${a.x},${y} ${b.x},${y} ${b.x},${b.y}`;
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

  const through = (points, isAcross) => {
    let path = `M${points[0].x},${points[0].y}`;
    for (let i = 1; i < points.length; i += 1) path += ` ${curve(points[i - 1], points[i], isAcross)}`;
    return path;
  };

  // Past the right sides of what stands below each other.
  const beside = (a, b) => {
    const [one, other] = [side(a, 1, true), side(b, 1, true)];
    const x = Math.max(one.x, other.x) + 34;
    return `M${one.x},${one.y} C${x},${one.y} ${x},${one.y} ${x},${one.y + Math.sign(other.y - one.y) * 24} L${x},${other.y - Math.sign(other.y - one.y) * 24} C${x},${other.y} ${x},${other.y} ${other.x},${other.y}`;
  };

  // Where the order of the graph knows nothing of it: beside each other a curve, below each other a bow.
  const bow = (a, b, isAcross) => {
    if (!isAcross && Math.abs(a.x - b.x) < (a.width + b.width) / 2) return beside(a, b);
    const [first, second] = (isAcross ? a.x <= b.x : a.y <= b.y) ? [a, b] : [b, a];
    const [start, end] = [side(first, 1, isAcross), side(second, -1, isAcross)];
    if (isAcross ? start.x < end.x : start.y < end.y) return through([start, end], isAcross);
    const [one, other] = [side(first, -1, isAcross), side(second, -1, isAcross)];
    const [x, y] = [Math.min(one.x, other.x) - 34, Math.min(one.y, other.y) - 34];
    const bent = isAcross ? `C${x},${one.y} ${x},${other.y}` : `C${one.x},${y} ${other.x},${y}`;
    return `M${one.x},${one.y} ${bent} ${other.x},${other.y}`;
  };

  const side = ({ x, y, width, height }, sign, isAcross) =>
    (isAcross ? { x: x + (sign * width) / 2, y } : { x, y: y + (sign * height) / 2 });

  // From the end of one node to the beginning of the next; only what runs back goes as dagre says.
  const route = (points, a, b, direction) => {
    if (points?.path) return points;
    const isAcross = direction === "LR";
    if (!points || points.length < 2) return { path: bow(a, b, isAcross) };
    const [start, end] = [side(a, 1, isAcross), side(b, -1, isAcross)];
    if (isAcross ? start.x < end.x : start.y < end.y) {
      const inner = points.length > 3 ? points.slice(1, -1) : [];
      return { path: through([start, ...inner, end], isAcross), tip: end, angle: isAcross ? 0 : 90 };
    }
    const [before, last] = points.slice(-2);
    const angle = (Math.atan2(last.y - before.y, last.x - before.x) * 180) / Math.PI;
    return { path: line(points), tip: last, angle };
  };

  // The parts of a graph that no edge ties together, each a graph of its own, in the order of their first nodes.
  const partsOf = ({ nodes, edges, options }) => {
    const beside = new Map(nodes.map(({ id }) => [id, []]));
    for (const { from, to } of edges) {
      beside.get(from).push(to);
      beside.get(to).push(from);
    }
    const part = new Map();
    let count = 0;
    for (const { id } of nodes) {
      if (part.has(id)) continue;
      const reached = new Set([id]);
      for (const one of reached) for (const other of beside.get(one)) reached.add(other);
      for (const one of reached) part.set(one, count);
      count += 1;
    }
    const parts = Array.from({ length: count }, () => ({ nodes: [], edges: [], options }));
    for (const node of nodes) parts[part.get(node.id)].nodes.push(node);
    for (const edge of edges) parts[part.get(edge.from)].edges.push(edge);
    return parts;
  };

  // One below the other, so that what comes first stands first in each.
  const stacked = (parts) => {
    const whole = { size: { width: 1, height: 0 }, nodes: [], edges: [] };
    for (const { size, nodes, edges } of parts) {
      const down = whole.size.height;
      whole.nodes.push(...nodes.map(([id, place]) => [id, { ...place, y: place.y + down }]));
      whole.edges.push(...edges.map(([key, points]) => [key, points.map(({ x, y }) => ({ x, y: y + down }))]));
      whole.size = { width: Math.max(whole.size.width, size.width), height: down + size.height };
    }
    return whole;
  };

  // Of a small graph the places, of a large one a promise of them. With ``inParts`` what is not tied is laid out apart.
  const places = (asked, width, room) => {
    const whole = { nodes: asked.nodes, edges: ordering(asked.edges), options: asked.options };
    const { task, spread } = window.runstead.leaves(whole, asked.options.rankdir, room);
    const isLarge = task.nodes.length + task.edges.length > LARGE;
    const laid = (part) => {
      if (!part.edges.length) return inRows(part, width);
      return !workerUrl || !(isLarge || !window.dagre) ? here(part) : inWorker(part).catch(() => here(part));
    };
    const parts = asked.inParts ? partsOf(task).map(laid) : [laid(task)];
    const joined = (all) => spread(asked.inParts ? stacked(all) : all[0]);
    return parts.some((one) => one instanceof Promise) ? Promise.all(parts).then(joined) : joined(parts);
  };

  window.runstead.layout = { measured, places, route, warm };
})();
