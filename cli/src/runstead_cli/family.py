"""A page of lineage as a tree: data, the runs that made it, what these took in, and so on."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from runstead_cli.output import Node, moment, size

# For each direction: the edge that ties data to a run beyond it, and the one that ties the run to its further data.
STEPS = {"up": ("made", "used"), "down": ("used", "made")}
VERBS = {"up": "made by", "down": "used by"}
PLACES = {"used": "input", "made": "output"}


class Family:
    """The page of one start; ``direction`` is ``up`` (where it comes from) or ``down`` (what came of it)."""

    def __init__(self, page: Mapping[str, Any], direction: str) -> None:
        self.nodes = {node["id"]: node for node in page["nodes"]}
        self.start = str(page["start"]["id"])
        self.direction = direction
        self._beyond: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        self._same: dict[str, list[str]] = defaultdict(list)
        for edge in page["edges"]:
            self._note(edge["kind"], edge["source"], edge["target"], edge["data_type"] or "")
        self._told: set[str] = set()

    def tree(self, label: str) -> Node:
        """The tree of the start; what was told once is only named again."""
        self._told.clear()
        return Node(label, list(self._runs_beyond(self.start)))

    def _note(self, kind: str, source: str, target: str, data_type: str) -> None:
        here, there = (target, source) if self.direction == "up" else (source, target)
        if kind == "same":
            self._same[here].append(there)
        else:
            self._beyond[here, kind].append((there, data_type))

    def _runs_beyond(self, data: str) -> Iterator[Node]:
        kind = STEPS[self.direction][0]
        places = [data, *self._same[data]]
        runs = dict.fromkeys(run for place in places for run, _ in self._beyond[place, kind])
        for run in runs:
            yield self._run(run)
        yield from self._left_out(data, "run")

    def _run(self, run: str) -> Node:
        label = f"{VERBS[self.direction]} {_run_in_words(self.nodes[run])}"
        if run in self._told:
            return Node(f"{label} (told above)")
        self._told.add(run)
        kind = STEPS[self.direction][1]
        data = sorted(self._beyond[run, kind], key=lambda pair: (pair[1], self.nodes[pair[0]]["name"]))
        below = [self._data(one, data_type, kind) for one, data_type in dict.fromkeys(data)]
        return Node(label, [*below, *self._left_out(run, "dataset")])

    def _data(self, data: str, data_type: str, kind: str) -> Node:
        node = self.nodes[data]
        label = (
            f"{data_type.lower() or PLACES[kind]} {node['name']} ({size(node['size']) or 'size not known'})"
        )
        return Node(label, list(self._runs_beyond(data)))

    def _left_out(self, key: str, noun: str) -> Iterator[Node]:
        """What is beyond the page, and what is not to be seen."""
        node = self.nodes.get(key, {})
        for count, why in ((node.get(f"more_{self.direction}"), "not shown; --depth or --limit tells more"),
                           (node.get(f"hidden_{self.direction}"), "that you may not see")):  # fmt: skip
            if count:
                yield Node(f"{count} {noun}{'s' if count > 1 else ''} {why}")


def _run_in_words(run: Mapping[str, Any]) -> str:
    version = run.get("workflow")
    workflow = f"{version['workflow']} {version['version']}" if version else ""
    facts = [run["status"], moment(run.get("started_at")), workflow, run["id"]]
    return f"{run['name']} ({', '.join(filter(None, facts))})"
