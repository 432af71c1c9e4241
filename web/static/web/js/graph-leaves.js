// Fans of leaves stand as one block: rows in a graph that runs across, a tree with a trunk at its left in one that
// runs down, so that a wide fan needs no wide window, and the layout places one box instead of hundreds. A row is a
// leaf, or a few nodes one after the other.
//
//   const {task, spread} = runstead.leaves(task, direction, room)    lay out the smaller task instead, then
//   spread(laid)     puts the leaves back: their places, and their edges as points, or as {path, tip, angle}
"use strict";

window.runstead = window.runstead || {};

(() => {
  const COLUMN = 3; // so many rows are a block; below each other they are a tree where they fit no more
  const TREE = 4;
  const DEEPEST = 3;
  const GAP = 12;
  const INDENT = 24; // of a tree against its trunk
  const FOOT = 16; // where the trunk of a leaf that has leaves leaves it
  const BEND = 7;

  // The neighbours of each node, by the way that leads to them.
  const neighboursOf = ({ nodes, edges }) => {
    const found = new Map(nodes.map(({ id }) => [id, { down: [], up: [] }]));
    for (const { from, to } of edges) {
      found.get(from).down.push(to);
      found.get(to).up.push(from);
    }
    return found;
  };

  // What hangs on ``from`` at this node: itself and what follows it the same way, if that is a tree; else nothing.
  const treeAt = (id, from, way, near, depth, most) => {
    const { [way]: beyond, [way === "down" ? "up" : "down"]: back } = near.get(id);
    if (back.length !== 1 || back[0] !== from || (beyond.length && !depth) || beyond.length > most) return null;
    const leaves = [];
    for (const one of beyond) {
      const leaf = treeAt(one, id, way, near, depth - 1, most);
      if (!leaf) return null;
      leaves.push(leaf);
    }
    return { id, leaves };
  };

  const sizeOf = (tree) => 1 + tree.leaves.reduce((sum, leaf) => sum + sizeOf(leaf), 0);

  // The rows of trees, each with its indentation and the row that it hangs on; upwards, what hangs stands above.
  const rowsOf = (trees, way, level = 0, at = null) => trees.flatMap((tree) => {
    const row = { id: tree.id, level, at };
    const beyond = rowsOf(tree.leaves, way, level + 1, row);
    return way === "down" ? [row, ...beyond] : [...beyond, row];
  });

  // In a graph that runs across each tree is one row: its nodes stand behind each other, level by level.
  const strandsOf = (trees) => trees.flatMap((tree, line) => {
    const strand = [];
    for (let [one, at] = [tree, null]; one; [one] = one.leaves) {
      at = { id: one.id, level: strand.length, at, line };
      strand.push(at);
    }
    return strand;
  });

  const isTooWide = (trees, sizes, room) => {
    const wide = trees.reduce((sum, { id }) => sum + sizes.get(id).width + GAP, 0);
    return trees.length >= TREE || (trees.length > 1 && wide > room);
  };

  // The blocks of a task; where one lies in another, the larger one counts.
  const blocksOf = (task, isAcross, room) => {
    const near = neighboursOf(task);
    const sizes = new Map(task.nodes.map((node) => [node.id, node]));
    const found = [];
    for (const { id } of task.nodes) for (const way of ["down", "up"]) {
      if (near.get(id)[way].length < 2) continue;
      const trees = near.get(id)[way].map((one) => treeAt(one, id, way, near, DEEPEST, isAcross ? 1 : Infinity)).filter(Boolean);
      if (isAcross ? trees.length >= COLUMN : isTooWide(trees, sizes, room)) found.push({ at: id, way, trees });
    }
    const count = (block) => block.trees.reduce((sum, tree) => sum + sizeOf(tree), 0);
    const taken = new Set();
    return found.sort((a, b) => count(b) - count(a)).filter((block) => {
      if (taken.has(block.at)) return false;
      block.rows = isAcross ? strandsOf(block.trees) : rowsOf(block.trees, block.way);
      for (const { id } of block.rows) taken.add(id);
      return true;
    }).map((block, i) => ({ ...block, id: `leaves:${i}`, sizes }));
  };

  // How far each level of the rows is from the side that they hang on, and at last how wide all are.
  const levelsOf = ({ rows, sizes }, gap) => {
    const wide = [];
    for (const { id, level } of rows) wide[level] = Math.max(wide[level] || 0, sizes.get(id).width);
    return wide.reduce((starts, one) => [...starts, starts[starts.length - 1] + one + gap], [0]);
  };

  const measured = (block, isAcross, gap) => {
    const { id, rows, sizes } = block;
    if (isAcross) {
      const [width, lines] = [levelsOf(block, gap).pop() - gap, rows[rows.length - 1].line + 1];
      return { id, width, height: lines * (sizes.get(rows[0].id).height + GAP) - GAP };
    }
    const width = Math.max(...rows.map((row) => (row.level + 1) * INDENT + sizes.get(row.id).width));
    const height = rows.reduce((sum, row) => sum + sizes.get(row.id).height + GAP, -GAP);
    return { id, width, height };
  };

  // Where the leaves of a block stand, once it has a place itself.
  const placesAcross = (block, { x, y, width: whole, height: all }, gap) => {
    const [levels, sign] = [levelsOf(block, gap), block.way === "down" ? 1 : -1];
    return block.rows.map(({ id, level, line }) => {
      const { width, height } = block.sizes.get(id);
      const near = x - (sign * whole) / 2 + sign * levels[level];
      return [id, { x: near + (sign * width) / 2, y: y - all / 2 + line * (height + GAP) + height / 2, width, height }];
    });
  };

  const placesBelow = ({ rows, sizes }, block) => {
    let top = block.y - block.height / 2;
    const start = block.x - block.width / 2;
    return rows.map((row) => {
      const { width, height } = sizes.get(row.id);
      const left = start + (row.level + 1) * INDENT;
      const place = { x: left + width / 2, y: top + height / 2, width, height };
      top += height + GAP;
      return [row.id, place];
    });
  };

  // From the middle of what a block hangs on to its trunk, along it, and into the leaf; or the other way round.
  const branch = (leaf, host, block, way) => {
    const left = leaf.x - leaf.width / 2;
    const trunk = block ? block.x - block.width / 2 + INDENT / 2 : host.x - host.width / 2 + FOOT;
    const sign = way === "down" ? 1 : -1;
    const from = { x: block ? host.x : trunk, y: host.y + (sign * host.height) / 2 };
    const near = block ? block.y - (sign * block.height) / 2 : from.y;
    const middle = (from.y + near) / 2;
    if (way === "down") {
      const path = `M${from.x},${from.y} C${from.x},${middle} ${trunk},${middle} ${trunk},${near} L${trunk},${leaf.y - BEND} Q${trunk},${leaf.y} ${trunk + BEND},${leaf.y} L${left},${leaf.y}`;
      return { path, tip: { x: left, y: leaf.y }, angle: 0 };
    }
    const path = `M${left},${leaf.y} L${trunk + BEND},${leaf.y} Q${trunk},${leaf.y} ${trunk},${leaf.y + BEND} L${trunk},${near} C${trunk},${middle} ${from.x},${middle} ${from.x},${from.y}`;
    return { path, tip: from, angle: 90 };
  };

  const edgesIn = (block, places, isAcross) => block.rows.map(({ id, at }) => {
    const [leaf, host] = [places.get(id), places.get(at?.id || block.at)];
    const [from, to] = block.way === "down" ? [at?.id || block.at, id] : [id, at?.id || block.at];
    const points = isAcross ? [leaf, host] : branch(leaf, host, at ? null : places.get(block.id), block.way);
    return [`${from} ${to}`, points];
  });

  const smaller = ({ nodes, edges, options }, blocks, isAcross) => {
    const gone = new Set(blocks.flatMap(({ rows }) => rows.map(({ id }) => id)));
    const boxes = blocks.map((block) => measured(block, isAcross, options.ranksep));
    const ties = blocks.map(({ id, at, way }) => (way === "down" ? { from: at, to: id } : { from: id, to: at }));
    const kept = edges.filter(({ from, to }) => !gone.has(from) && !gone.has(to));
    return { nodes: [...nodes.filter(({ id }) => !gone.has(id)), ...boxes], edges: [...kept, ...ties], options };
  };

  window.runstead.leaves = (task, direction, room) => {
    const isAcross = direction === "LR";
    const blocks = blocksOf(task, isAcross, room);
    const spread = (laid) => {
      const places = new Map(laid.nodes);
      const nodes = [...laid.nodes];
      for (const block of blocks) {
        const place = places.get(block.id);
        nodes.push(...(isAcross ? placesAcross(block, place, task.options.ranksep) : placesBelow(block, place)));
      }
      const all = new Map(nodes);
      const edges = [...laid.edges, ...blocks.flatMap((block) => edgesIn(block, all, isAcross))];
      const own = new Set(blocks.map(({ id }) => id));
      return { ...laid, nodes: nodes.filter(([id]) => !own.has(id)), edges };
    };
    return { task: smaller(task, blocks, isAcross), spread };
  };
})();
