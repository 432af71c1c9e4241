// What is told of a node of a lineage beside the picture: facts, files with checksums, why content ties it to other data.
"use strict";

window.runstead = window.runstead || {};

(() => {
  const NOBODY = "00000000-0000-0000-0000-000000000000";
  const FILES = 10;
  const RUNS = 5;
  const KINDS = { run: "Run", dataset: "Dataset", datafile: "File" };

  const made = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  const link = (address, text, className) => {
    const one = made("a", className, text);
    one.href = address;
    return one;
  };

  const nameOf = (node) => node.name || `${KINDS[node.kind]} without a name`;

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
  const inZone = (text, zone, form) => {
    if (!text) return undefined;
    try {
      return new Date(text).toLocaleString("en-GB", { ...form, timeZone: zone || "UTC" });
    } catch {
      return new Date(text).toLocaleString("en-GB", { ...form, timeZone: "UTC" });
    }
  };
  const DAY = { day: "numeric", month: "short", year: "numeric" };
  const dayOf = (text, zone) => inZone(text, zone, DAY);
  const timeOf = (text, zone) => inZone(text, zone, { ...DAY, hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" });

  // The runs of the picture that data belongs to, those that created it first.
  const runsAt = (view, node) => {
    const found = [];
    for (const { source, target, kind } of view.edges.values()) {
      if (kind === "made" && target === node.id) found.unshift({ role: "output of", node: view.nodes.get(source) });
      if (kind === "used" && source === node.id) found.push({ role: "input of", node: view.nodes.get(target) });
    }
    return found.filter((one) => one.node);
  };

  const addressOf = (view, what, node) => view.container.dataset[`${what}_${node.kind}`]?.replace(NOBODY, node.id);

  // Why two pieces of data are the same, in one sentence.
  const tieOf = (edge) => {
    const [first] = edge.files || [];
    if (!first) return "A file of both has the same content";
    const names = first.source === first.target ? first.source : `${first.source} = ${first.target}`;
    const more = edge.file_count > 1 ? `, and ${edge.file_count - 1} more` : "";
    return `Same content: ${names}, SHA-256 ${first.sha256.slice(0, 12)}${more}`;
  };

  // --- the parts of the panel -----------------------------------------------------------------------------

  const distance = (view, node) => {
    if (node.id === view.startId) return "where this lineage starts";
    const steps = Math.min(...[node.steps_up, node.steps_down].filter((one) => one !== null && one !== undefined));
    if (steps === 0) return "next to the start";
    return Number.isFinite(steps) ? `${steps} ${steps === 1 ? "run" : "runs"} away` : undefined;
  };

  const factsOf = (view, node) => {
    const hidden = (node.hidden_up || 0) + (node.hidden_down || 0);
    const { zone } = view.container.dataset;
    const facts = [
      ["Type", KINDS[node.kind]],
      ["Status", node.status && node.status[0] + node.status.slice(1).toLowerCase()],
      ["Workflow", node.workflow && `${node.workflow.workflow} ${node.workflow.version}`],
      ["Engine", node.workflow && view.container.getAttribute(`data-engine_${node.workflow.engine}`)],
      ["Started", timeOf(node.started_at, zone)],
      ["Completed", timeOf(node.completed_at, zone)],
      ["Files", node.file_count?.toLocaleString("en-GB")],
      ["Size", sizeOf(node.size)],
      ["SHA-256", node.sha256],
      ["Distance", distance(view, node)],
      ["No access", hidden && `${hidden} connected to it that you have no access to`],
    ];
    const list = made("dl", "facts");
    for (const [name, value] of facts) {
      if (value === undefined || value === null || value === "" || value === 0) continue;
      const line = made("div");
      line.append(made("dt", "", name), made("dd", "", value));
      list.append(line);
    }
    return list;
  };

  // The first files of a dataset, filled in when they came; nothing if they do not come.
  const filesOf = (view, node) => {
    const part = made("section", "lineage-files");
    if (node.kind !== "dataset" || !node.file_count) return part;
    const address = `${view.container.dataset.files}?dataset=${node.id}&page_size=${FILES}`;
    fetch(address, { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : { results: [] }))
      .then(({ results }) => {
        if (!results.length) return;
        const list = made("ul");
        for (const file of results) {
          const line = made("li");
          const sum = made("code", "", file.sha256 ? file.sha256.slice(0, 12) : "no checksum");
          if (file.sha256) sum.title = `SHA-256 ${file.sha256}`;
          const page = view.container.dataset.lineage_datafile.replace(NOBODY, file.id);
          line.append(link(page, file.path || file.name), made("span", "muted", [sizeOf(file.size), ""].filter(Boolean).join(" ")), sum);
          list.append(line);
        }
        part.append(made("h4", "", "Files"), list);
        const more = node.file_count - results.length;
        if (more > 0) part.append(made("p", "muted", `and ${more.toLocaleString("en-GB")} more`));
      })
      .catch(() => undefined);
    return part;
  };

  const tiesOf = (view, node) => {
    const ties = [...view.edges.values()].filter((edge) => edge.kind === "same" && [edge.source, edge.target].includes(node.id));
    if (!ties.length) return [];
    const list = made("ul");
    for (const edge of ties.slice(0, FILES)) {
      const other = view.nodes.get(edge.source === node.id ? edge.target : edge.source);
      const line = made("li");
      const [run] = runsAt(view, other);
      const place = run && made("span", "muted", `${run.role} ${nameOf(run.node)}`);
      line.append(link(addressOf(view, "page", other) || "#", nameOf(other)), place || "", made("span", "muted", tieOf(edge)));
      list.append(line);
    }
    const part = made("section", "lineage-files");
    part.append(made("h4", "", "The same content as"), list);
    if (ties.length > FILES) part.append(made("p", "muted", `and ${ties.length - FILES} more`));
    return [part];
  };

  // Where the picture unfolds no further, it says so, and that the list of the node's own lineage goes on.
  const endsOf = (view, node) => {
    const ends = [];
    for (const [way, text] of [["up", "before"], ["down", "after"]]) {
      if (!view.ended.has(`${way} ${node.id}`) || !node[`more_${way}`]) continue;
      const many = node[`more_${way}`].toLocaleString("en-GB");
      ends.push(made("p", "notice still", `The picture goes no further here: ${many} more come ${text} it. Continue the lineage from here to list them.`));
    }
    return ends;
  };

  const buttonsOf = (view, node) => {
    const buttons = made("div", "buttons");
    for (const [way, text] of [["up", "Show what came before"], ["down", "Show what came after"]]) {
      const many = node[`more_${way}`];
      if (many === 0 || view.ended.has(`${way} ${node.id}`)) continue;
      const button = made("button", "button small", many ? `${text} (${many.toLocaleString("en-GB")} more)` : text);
      button.type = "button";
      button.addEventListener("click", () => view.unfold(node.id, way));
      buttons.append(button);
    }
    if (node.id !== view.startId) buttons.append(link(addressOf(view, "lineage", node), "Continue lineage from here", "button small"));
    return buttons;
  };

  // The runs that created it, and those that used it.
  const linksOf = (view, node) => {
    const runs = node.kind === "run" ? [] : runsAt(view, node);
    const list = made("dl", "facts");
    for (const [role, title] of [["output of", "Created by"], ["input of", "Used by"]]) {
      const all = runs.filter((run) => run.role === role);
      if (!all.length) continue;
      const [line, told] = [made("div"), made("dd")];
      for (const run of all.slice(0, RUNS)) {
        const place = made("div");
        place.append(link(addressOf(view, "page", run.node), nameOf(run.node)));
        told.append(place);
      }
      if (all.length > RUNS) told.append(made("span", "muted", `and ${(all.length - RUNS).toLocaleString("en-GB")} more`));
      line.append(made("dt", "", title), told);
      list.append(line);
    }
    return list.children.length ? [list] : [];
  };

  const tell = (view, node) => {
    const page = addressOf(view, "page", node);
    const title = made("h3");
    title.append(page ? link(page, nameOf(node)) : document.createTextNode(nameOf(node)));
    const parts = [factsOf(view, node), ...linksOf(view, node), buttonsOf(view, node), ...endsOf(view, node), filesOf(view, node), ...tiesOf(view, node)];
    view.panel.replaceChildren(title, ...parts);
    view.panel.scrollTop = 0;
  };

  const tellFold = (view, fold) => {
    const list = made("ul");
    for (const id of fold.others) {
      const node = view.nodes.get(id);
      const line = made("li");
      line.append(link(addressOf(view, "page", node) || "#", nameOf(node)));
      list.append(line);
    }
    view.panel.replaceChildren(made("h3", "", `${fold.others.length} more shown`), list);
  };

  const fail = (panel, message) => panel.append(made("p", "notice error", message));

  window.runstead.lineagePanel = { nameOf, sizeOf, dayOf, addressOf, runsAt, tieOf, tell, tellFold, fail };
})();
