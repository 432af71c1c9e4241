// Lays a large graph out beside the page, which stays fluent meanwhile. The first message names dagre's address alone.
"use strict";

const layOut = ({ nodes, edges, options }) => {
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

self.addEventListener("message", ({ data }) => {
  if (data.dagre) importScripts(data.dagre);
  else self.postMessage({ number: data.number, laid: layOut(data) });
});
