// Lineage as a picture that unfolds: the API's pages are laid over each other; wide fans are folded into one node.
"use strict";

window.runstead = window.runstead || {};

(() => {
  const NOBODY = "00000000-0000-0000-0000-000000000000";
  const WIDE = 8;
  const LIMITS = [40, 200, 1000, 2000];

  const made = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  const nameOf = (node) => node.name || `A ${node.kind} without a name`;

  // As the pages say sizes: decimal units, three figures.
  const sizeOf = (bytes) => {
    if (bytes === null || bytes === undefined) return undefined;
    const units = ["B", "kB", "MB", "GB", "TB", "PB"];
    let amount = bytes;
    let unit = 0;
    for (; Math.round(amount) >= 1000 && unit < units.length - 1; unit += 1) amount /= 1000;
    if (!unit) return `${bytes} B`;
    return `${amount.toFixed(amount < 9.995 ? 2 : amount < 99.95 ? 1 : 0)} ${units[unit]}`;
  };

  // As the pages say times: in the zone that the person chose.
  const timeOf = (text, zone) => {
    if (!text) return undefined;
    const form = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" };
    try {
      return new Date(text).toLocaleString("en-GB", { ...form, timeZone: zone || "UTC" });
    } catch {
      return new Date(text).toLocaleString("en-GB", { ...form, timeZone: "UTC" });
    }
  };
  const least = (a, b) => (a === null || a === undefined ? b : b === null || b === undefined ? a : Math.min(a, b));

  class Lineage {
    constructor(container) {
      this.container = container;
      this.panel = container.parentNode.querySelector("[data-lineage-panel]");
      this.nodes = new Map();
      this.edges = new Map();
      this.unfolded = new Set();
      this.asked = new Map();
      this.ended = new Set();
      container.addEventListener("graph:open", (event) => this.opened(event.detail));
    }

    async start() {
      const { lineage, direction } = this.container.dataset;
      const told = await this.ask(`${lineage}&depth=${direction === "both" ? 1 : 2}`);
      this.startId = told.start.id;
      this.lay(told);
      this.container.closest("section").hidden = false;
      const { nodes, edges } = this.visible();
      this.graph = window.runstead.graph(this.container, { nodes, edges, direction: "LR" });
      this.shown = new Set(nodes.map((one) => one.id));
      this.tell(this.nodes.get(this.startId));
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
          if (others.length > WIDE && !this.unfolded.has(fold)) folds.push({ id: fold, at: id, way, others });
          else for (const other of others) seen.add(other);
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
      const nodes = [...seen].map((id) => this.drawn(this.nodes.get(id)));
      const edges = [...this.edges.values()]
        .filter((edge) => seen.has(edge.source) && seen.has(edge.target))
        .map((edge) => ({ from: edge.source, to: edge.target, kind: edge.kind }));
      for (const fold of folds) this.addFold(fold, nodes, edges);
      for (const id of seen) for (const way of ["up", "down"]) this.addMore(this.nodes.get(id), way, nodes, edges);
      return { nodes, edges };
    }

    drawn(node) {
      const isRun = node.kind === "run";
      const about = isRun ? node.workflow?.workflow : node.kind === "dataset" ? this.files(node) : "file";
      return {
        id: node.id,
        label: nameOf(node),
        sub: about || (isRun ? "run" : "data"),
        kind: isRun ? "run" : "data",
        status: isRun ? node.status : undefined,
        start: node.id === this.startId,
        title: nameOf(node),
      };
    }

    files(node) {
      return `${node.file_count} ${node.file_count === 1 ? "file" : "files"}`;
    }

    addFold(fold, nodes, edges) {
      const many = fold.others.length;
      const isRun = this.nodes.get(fold.others[0]).kind === "run";
      const label = `${many} ${isRun ? (many === 1 ? "run" : "runs") : many === 1 ? "dataset" : "datasets"}`;
      nodes.push({ id: fold.id, label, sub: "click to unfold", kind: "more", title: `${label}: unfold`, fold });
      edges.push(this.towards(fold.at, fold.id, fold.way.split(":")[0]));
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
      const now = new Set(nodes.map((one) => one.id));
      this.graph.remove([...this.shown].filter((id) => !now.has(id)));
      this.shown = now;
      Promise.resolve(this.graph.merge({ nodes, edges })).then(() => {
        this.graph.choose(id);
        this.container.querySelector(`[data-id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
      });
    }

    // --- what a person does -------------------------------------------------------------------------------

    opened(detail) {
      if (detail.fold) {
        this.unfolded.add(detail.id);
        this.draw(detail.fold.at);
        this.tellFold(detail.fold);
      } else if (detail.more) this.unfold(detail.more.id, detail.more.way);
      else if (this.nodes.has(detail.id)) this.tell(this.nodes.get(detail.id));
    }

    // More of a node, until something new came, or nothing more can come.
    async unfold(id, way) {
      const key = `${way} ${id}`;
      if (this.ended.has(key)) return this.tell(this.nodes.get(id));
      const node = this.nodes.get(id);
      this.panel.setAttribute("aria-busy", "true");
      try {
        const before = this.nodes.size;
        while (this.nodes.size === before && !this.ended.has(key)) await this.askBeyond(node, way, key);
        this.draw(id);
        this.tell(this.nodes.get(id));
      } catch (error) {
        this.panel.append(made("p", "notice error", error.message));
      } finally {
        this.panel.removeAttribute("aria-busy");
      }
    }

    // The node's own page of lineage, a longer one each time. What was asked for anew is told anew, also where it is
    // more than before.
    async askBeyond(node, way, key) {
      const times = this.asked.get(key) || 0;
      this.asked.set(key, times + 1);
      const told = await this.ask(`${this.address("api", node)}?direction=${way}&depth=2&limit=${LIMITS[times]}`);
      this.lay(told, node);
      const more = told.nodes.find((one) => one.id === node.id)[`more_${way}`];
      this.nodes.get(node.id)[`more_${way}`] = more;
      if (!more || times + 1 >= LIMITS.length) this.ended.add(key);
    }

    address(what, node) {
      const pattern = this.container.dataset[`${what}_${node.kind}`];
      return pattern && pattern.replace(NOBODY, node.id);
    }

    // --- the panel ----------------------------------------------------------------------------------------

    tell(node) {
      const page = this.address("page", node);
      const title = made("h3");
      title.append(page ? this.link(page, nameOf(node)) : document.createTextNode(nameOf(node)));
      const facts = made("dl", "facts");
      for (const [name, value] of this.factsOf(node)) {
        const line = made("div");
        line.append(made("dt", "", name), made("dd", "", value));
        facts.append(line);
      }
      this.panel.replaceChildren(title, facts, ...this.endsOf(node), this.buttonsOf(node));
    }

    link(address, text) {
      const link = made("a", "", text);
      link.href = address;
      return link;
    }

    factsOf(node) {
      const hidden = (node.hidden_up || 0) + (node.hidden_down || 0);
      const facts = [
        ["What", { run: "Run", dataset: "Dataset", datafile: "File" }[node.kind]],
        ["Status", node.status && node.status[0] + node.status.slice(1).toLowerCase()],
        ["Workflow", node.workflow && `${node.workflow.workflow} ${node.workflow.version}`],
        ["Engine", node.workflow && this.container.getAttribute(`data-engine_${node.workflow.engine}`)],
        ["Started", timeOf(node.started_at, this.container.dataset.zone)],
        ["Files", node.file_count?.toLocaleString("en-GB")],
        ["Size", sizeOf(node.size)],
        ["SHA-256", node.sha256],
        ["Distance", this.distance(node)],
        ["Not yours", hidden && `${hidden} beside it that you may not see`],
      ];
      return facts.filter(([, value]) => value !== undefined && value !== null && value !== "" && value !== 0);
    }

    // Where the picture unfolds no further, it says so, and that the list of the node's own lineage goes on.
    endsOf(node) {
      const ends = [];
      for (const [way, text] of [["up", "before"], ["down", "after"]]) {
        if (!this.ended.has(`${way} ${node.id}`) || !node[`more_${way}`]) continue;
        const many = node[`more_${way}`].toLocaleString("en-GB");
        ends.push(made("p", "notice still", `The picture unfolds no further here: ${many} more come ${text} it. Its own lineage lists them.`));
      }
      return ends;
    }

    distance(node) {
      if (node.id === this.startId) return "this is the start";
      const steps = Math.min(...[node.steps_up, node.steps_down].filter((one) => one !== null && one !== undefined));
      return Number.isFinite(steps) ? `${steps} ${steps === 1 ? "run" : "runs"} away` : undefined;
    }

    buttonsOf(node) {
      const buttons = made("div", "buttons");
      for (const [way, text] of [["up", "Show what came before it"], ["down", "Show what came of it"]]) {
        const many = node[`more_${way}`];
        if (many === 0 || this.ended.has(`${way} ${node.id}`)) continue;
        const button = made("button", "button small", many ? `${text} (${many} more)` : text);
        button.type = "button";
        button.addEventListener("click", () => this.unfold(node.id, way));
        buttons.append(button);
      }
      if (node.id !== this.startId) {
        const lineage = this.link(this.address("lineage", node), "Its own lineage");
        lineage.className = "button small";
        buttons.append(lineage);
      }
      return buttons;
    }

    tellFold(fold) {
      const list = made("ul");
      for (const id of fold.others) {
        const node = this.nodes.get(id);
        const line = made("li");
        line.append(this.link(this.address("page", node) || "#", nameOf(node)));
        list.append(line);
      }
      this.panel.replaceChildren(made("h3", "", `${fold.others.length} unfolded`), list);
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
