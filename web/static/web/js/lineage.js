// Lineage as a picture that unfolds: the API's pages are laid over each other; wide fans are folded into one node.
// lineage-panel.js tells what was chosen.
"use strict";

(() => {
  const WIDE = 8; // of one kind at one node; more are folded
  const STEP = 24; // that many are unfolded at once
  const LIMITS = [40, 200, 1000, 2000];
  const DEPTHS = [2, 5, 12, 30]; // a long chain comes in longer pieces, the farther one goes
  const PLACE = { nodesep: 20, ranksep: 56, marginx: 40, marginy: 20 };
  const { nameOf, sizeOf, dayOf, addressOf, runsAt, tieOf, tell, tellFold, fail } = window.runstead.lineagePanel;

  const many = (count, one) => `${count.toLocaleString("en-GB")} ${one}${count === 1 ? "" : "s"}`;
  const least = (a, b) => (a === null || a === undefined ? b : b === null || b === undefined ? a : Math.min(a, b));

  class Lineage {
    constructor(container) {
      this.container = container;
      this.panel = container.parentNode.querySelector("[data-lineage-panel]");
      this.nodes = new Map();
      this.edges = new Map();
      this.unfolded = new Map();
      this.asked = new Map();
      this.ended = new Set();
      this.steps = { up: 0, down: 0 };
      container.addEventListener("graph:open", (event) => this.opened(event.detail));
    }

    async start() {
      const { lineage, direction } = this.container.dataset;
      const told = await this.ask(`${lineage}&depth=${direction === "both" ? 1 : 2}`);
      this.startId = told.start.id;
      this.lay(told);
      this.container.closest("section").hidden = false;
      const { nodes, edges } = this.visible();
      this.graph = window.runstead.graph(this.container, { nodes, edges, direction: "LR", readable: 0.85, inParts: true, order: PLACE });
      tell(this, this.nodes.get(this.startId));
      window.runstead.layout.warm();
    }

    async ask(address) {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error("The lineage could not be loaded. Try again.");
      return answer.json();
    }

    // --- what is known ------------------------------------------------------------------------------------

    // A page over what is there: what one page holds is not "more" beyond another. Steps are those from the first
    // start; a page of another node begins ``from`` there.
    lay(told, from = { steps_up: 0, steps_down: 0 }) {
      for (const node of told.nodes) {
        const before = this.nodes.get(node.id);
        const merged = { ...before, ...node };
        for (const name of ["more_up", "more_down", "hidden_up", "hidden_down"]) merged[name] = least(before?.[name], node[name]);
        for (const name of ["steps_up", "steps_down"]) merged[name] = before ? before[name] : this.sum(from[name], node[name]);
        this.nodes.set(node.id, merged);
      }
      for (const edge of told.edges) this.edges.set(`${edge.source} ${edge.target} ${edge.kind}`, edge);
    }

    // The steps to a node over another one.
    sum(a, b) {
      return a === null || b === null ? null : a + b;
    }

    neighbours() {
      const found = new Map([...this.nodes.keys()].map((id) => [id, []]));
      for (const edge of this.edges.values()) {
        found.get(edge.source)?.push([edge.target, "down", edge.kind]);
        found.get(edge.target)?.push([edge.source, "up", edge.kind]);
      }
      return found;
    }

    // --- what is shown ------------------------------------------------------------------------------------

    // From the start outwards; where many hang on one node in the same way, they are one node until it is opened.
    reach() {
      const near = this.neighbours();
      const seen = new Set([this.startId]);
      const folds = [];
      for (const id of seen) {
        const ways = this.grouped(near.get(id));
        for (const [way, all] of ways) {
          const fold = `fold:${id}:${way}`;
          const others = all.map(([other]) => other).filter((other) => !seen.has(other));
          const open = others.length > WIDE ? this.unfolded.get(fold) || 0 : others.length;
          for (const other of others.slice(0, open)) seen.add(other);
          if (others.length > open) folds.push({ id: fold, at: id, way, others: others.slice(open) });
        }
      }
      for (const fold of folds) fold.others = fold.others.filter((other) => !seen.has(other));
      return { seen, folds: folds.filter((fold) => fold.others.length) };
    }

    grouped(rows) {
      const found = new Map();
      for (const row of rows) {
        const key = `${row[1]}:${row[2]}`;
        found.set(key, [...(found.get(key) || []), row]);
      }
      return found;
    }

    visible() {
      const { seen, folds } = this.reach();
      const shown = [...seen].map((id) => this.nodes.get(id));
      const namesakes = this.namesakes(shown);
      const nodes = shown.map((node) => this.drawn(node, namesakes.has(node.id)));
      const makers = this.makers();
      const edges = [...this.edges.values()]
        .filter((edge) => seen.has(edge.source) && seen.has(edge.target) && !this.isWithinRun(edge, makers))
        .map((edge) => this.drawnEdge(edge));
      const folded = new Set(folds.map((fold) => this.addFold(fold, nodes, edges)));
      for (const id of seen) for (const way of ["up", "down"]) {
        if (!folded.has(`more:${way}:${id}`)) this.addMore(this.nodes.get(id), way, nodes, edges);
      }
      return { nodes, edges };
    }

    // Data that other shown data is called as well.
    namesakes(shown) {
      const [byName, found] = [new Map(), new Set()];
      for (const node of shown) {
        if (node.kind === "run") continue;
        const other = byName.get(nameOf(node));
        if (other) found.add(other).add(node.id);
        byName.set(nameOf(node), node.id);
      }
      return found;
    }

    drawn(node, hasNamesake = false) {
      const isRun = node.kind === "run";
      const engine = node.workflow && this.container.getAttribute(`data-engine_${node.workflow.engine}`);
      const day = dayOf(node.started_at, this.container.dataset.zone);
      const files = node.file_count === undefined ? "file" : many(node.file_count, "file");
      const about = isRun ? [engine || "run", day] : [files, sizeOf(node.size)];
      const [run] = hasNamesake ? runsAt(this, node) : [];
      const status = node.status && isRun ? `, ${node.status.toLowerCase()}` : "";
      return {
        id: node.id,
        label: nameOf(node),
        sub: about.filter(Boolean).join(" · "),
        about: run && `${run.role} ${nameOf(run.node)}`,
        kind: isRun ? "run" : "data",
        mark: isRun ? "run" : "data",
        status: isRun ? node.status : undefined,
        start: node.id === this.startId,
        title: [nameOf(node), run && `${run.role} ${nameOf(run.node)}`, about.filter(Boolean).join(" · ") + status].filter(Boolean).join("\n"),
      };
    }

    // Used and made order the picture. The same content has a say where data can have come that way.
    drawnEdge(edge) {
      const isTie = edge.kind === "same";
      const ties = isTie ? { loose: true, aside: edge.is_flow === false, title: tieOf(edge) } : {};
      return { from: edge.source, to: edge.target, kind: edge.kind, ...ties };
    }

    // What a run gave out as it took it in: the run itself stands between the two.
    isWithinRun(edge, makers) {
      return edge.kind === "same" && (makers.get(edge.source) || []).some((run) => this.edges.has(`${edge.target} ${run} used`));
    }

    makers() {
      const found = new Map();
      for (const { source, target, kind } of this.edges.values()) {
        if (kind === "made") found.set(target, [...(found.get(target) || []), source]);
      }
      return found;
    }

    // What is known and folded, and what is not even asked for yet, are one node: returns what it stands for.
    addFold(fold, nodes, edges) {
      const isRun = this.nodes.get(fold.others[0]).kind === "run";
      const [way, kind] = fold.way.split(":");
      const more = kind !== "same" && this.nodes.get(fold.at)[`more_${way}`];
      const count = many(fold.others.length + (more || 0), isRun ? "run" : "dataset");
      const label = this.unfolded.has(fold.id) ? count.replace(" ", " more ") : count;
      nodes.push({ id: fold.id, label, sub: "click to show", kind: "more", title: `${label}: show`, fold });
      edges.push(this.towards(fold.at, fold.id, way));
      return more ? `more:${way}:${fold.at}` : null;
    }

    addMore(node, way, nodes, edges) {
      const many = node[`more_${way}`];
      if (!many) return;
      const id = `more:${way}:${node.id}`;
      const label = `+${many.toLocaleString("en-GB")} more`;
      const place = way === "up" ? "before this" : "after this";
      const sub = this.ended.has(`${way} ${node.id}`) ? "not in the picture" : place;
      nodes.push({ id, label, sub, kind: "more", more: { id: node.id, way } });
      edges.push(this.towards(node.id, id, way));
    }

    towards(here, there, way) {
      return way === "up" ? { from: there, to: here, kind: "more" } : { from: here, to: there, kind: "more" };
    }

    // Anew, with the node in view at which something was opened.
    draw(id) {
      const { nodes, edges } = this.visible();
      Promise.resolve(this.graph.replace({ nodes, edges })).then(() => {
        this.graph.choose(id);
        this.container.querySelector(`[data-id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
      });
    }

    // --- what a person does -------------------------------------------------------------------------------

    opened(detail) {
      if (detail.fold) {
        this.unfolded.set(detail.id, (this.unfolded.get(detail.id) || 0) + STEP);
        this.draw(detail.fold.at);
        tellFold(this, { ...detail.fold, others: detail.fold.others.slice(0, STEP) });
      } else if (detail.more) this.unfold(detail.more.id, detail.more.way);
      else if (this.nodes.has(detail.id)) tell(this, this.nodes.get(detail.id));
    }

    // More of a node, until something new came, or nothing more can come.
    async unfold(id, way) {
      const key = `${way} ${id}`;
      if (this.ended.has(key)) return tell(this, this.nodes.get(id));
      const node = this.nodes.get(id);
      this.panel.setAttribute("aria-busy", "true");
      try {
        const before = this.nodes.size;
        const steps = this.steps[way] + 1;
        while (this.nodes.size === before && !this.ended.has(key)) await this.askBeyond(node, way, key);
        this.steps[way] = steps;
        this.draw(id);
        tell(this, this.nodes.get(id));
      } catch (error) {
        fail(this.panel, error.message);
      } finally {
        this.panel.removeAttribute("aria-busy");
      }
    }

    // The node's own page of lineage, a longer one each time. What was asked for anew is told anew, also where it is
    // more than before.
    async askBeyond(node, way, key) {
      const times = this.asked.get(key) || 0;
      this.asked.set(key, times + 1);
      const depth = DEPTHS[Math.min(this.steps[way], DEPTHS.length - 1)];
      const told = await this.ask(`${addressOf(this, "api", node)}?direction=${way}&depth=${depth}&limit=${LIMITS[times]}`);
      this.lay(told, node);
      const more = told.nodes.find((one) => one.id === node.id)[`more_${way}`];
      this.nodes.get(node.id)[`more_${way}`] = more;
      if (!more || times + 1 >= LIMITS.length) this.ended.add(key);
    }
  }

  for (const container of document.querySelectorAll("[data-lineage]")) {
    container.lineage = new Lineage(container);
    container.lineage.start().catch((error) => {
      container.closest("section").hidden = false;
      container.textContent = error.message;
    });
  }
})();
