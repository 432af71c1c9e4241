"""A graph of lineage as text: runs by their distance from the start, each with what it used and made, and why."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.utils.dateparse import parse_datetime

NAMED = 8  # datasets that a run names, on either side
REASONS = 3  # pieces of data through which a run is reached

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reason:
    """Data through which a run is reached; or by equal content, through the edge ``tie`` to ``other`` data."""

    data: Node
    tie: dict[str, Any] | None = None
    other: Node | None = None

    @property
    def file(self) -> dict[str, Any] | None:
        """The first file that both hold."""
        return next(iter(self.tie["files"]), None) if self.tie else None

    @property
    def more_files(self) -> int:
        """How many more both hold."""
        return max(0, self.tie["file_count"] - 1) if self.tie else 0


@dataclass(slots=True)
class Passage:
    """A run, and the data of the page that went in and came out."""

    run: Node
    used: list[Node] = field(default_factory=list)
    made: list[Node] = field(default_factory=list)
    used_more: int = 0
    made_more: int = 0
    more: int = 0
    hidden: int = 0
    reasons: list[Reason] = field(default_factory=list)


@dataclass(slots=True)
class Distance:
    """The runs that lie so many runs away; those without ``steps`` hold equal content and nothing else."""

    steps: int | None
    passages: list[Passage]


def by_distance(told: dict[str, Any], direction: str) -> list[Distance]:
    """The page's runs in one direction, the nearest first; at last those that only hold the same content."""
    page = _Page(told, direction)
    steps = page.steps()
    found: dict[int | None, list[Passage]] = defaultdict(list)
    for node in told["nodes"]:
        if node["kind"] == "run" and node[f"steps_{direction}"] is not None and node["id"] != page.start:
            found[steps.get(node["id"])].append(page.passage(node))
    start = _of_start(page, direction)
    far = sorted(one for one in found if one is not None)
    order: list[int | None] = [*far, None] if None in found else [*far]
    return start + [Distance(one, found[one]) for one in order]


def _of_start(page: "_Page", direction: str) -> list[Distance]:
    """Where the start is a run: what it used, or what it made."""
    if page.nodes[page.start]["kind"] != "run":
        return []
    passage = page.passage(page.nodes[page.start])
    if direction == "up":
        passage.made, passage.made_more = [], 0
    else:
        passage.used, passage.used_more = [], 0
    return [Distance(0, [passage])] if passage.used or passage.made else []


class _Page:
    """The links of a page, seen in one direction."""

    def __init__(self, told: dict[str, Any], direction: str) -> None:
        self.direction = direction
        self.start = told["start"]["id"]
        self.nodes: dict[str, Node] = {node["id"]: node for node in told["nodes"]}
        self.used: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.made: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.before: dict[str, list[str]] = defaultdict(
            list
        )  # from data to the runs on the side of the start
        self.beyond: dict[str, list[str]] = defaultdict(list)  # and on the other side
        self.ties: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)  # away from the start
        self.tied_to: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)  # and back
        for edge in told["edges"]:
            self._add(edge)

    def _add(self, edge: dict[str, Any]) -> None:
        is_up = self.direction == "up"
        if edge["kind"] == "same":
            here, there = (edge["target"], edge["source"]) if is_up else (edge["source"], edge["target"])
            self.ties[here].append((there, edge))
            self.tied_to[there].append((here, edge))
            return
        run, data = ("target", "source") if edge["kind"] == "used" else ("source", "target")
        (self.used if edge["kind"] == "used" else self.made)[edge[run]].append(edge)
        if self.nodes[edge[run]][f"steps_{self.direction}"] is not None:
            is_beyond = edge["kind"] == ("made" if is_up else "used")
            (self.beyond if is_beyond else self.before)[edge[data]].append(edge[run])

    def steps(self) -> dict[str, int]:
        """How many runs away each run is, over data that can have come that way."""
        steps = {self.start: 0}
        at_hand = [self.start]
        for one in at_hand:
            for run in self._next(one):
                if run not in steps:
                    steps[run] = steps[one] + 1
                    at_hand.append(run)
        return steps

    def _next(self, one: str) -> list[str]:
        """The runs beyond a run, or beyond the data at the start."""
        if self.nodes[one]["kind"] != "run":
            data = [one]
        elif self.direction == "up":
            data = [edge["source"] for edge in self.used[one]]
        else:
            data = [edge["target"] for edge in self.made[one]]
        tied = [there for key in data for there, tie in self.ties[key] if tie["is_flow"]]
        return [run for key in (*data, *tied) for run in self.beyond[key]]

    def passage(self, run: Node) -> Passage:
        """A run as a page tells it."""
        beyond = {"used": "more_up"} if self.direction == "up" else {"made": "more_down"}
        key, side = run["id"], self.direction
        used = [_data(self.nodes[edge["source"]], edge, beyond) for edge in self.used[key]]
        made = [_data(self.nodes[edge["target"]], edge, beyond) for edge in self.made[key]]
        return Passage(
            _told(run), used[:NAMED], made[:NAMED], max(0, len(used) - NAMED), max(0, len(made) - NAMED),
            run[f"more_{side}"] or 0, run[f"hidden_{side}"] or 0, self._reasons(key),
        )  # fmt: skip

    def _reasons(self, run: str) -> list[Reason]:
        """The data between a run and what lies nearer to the start; the data itself before what equals it.

        Of what is next to the start nothing needs to be said.
        """
        edges = self.made[run] if self.direction == "up" else self.used[run]
        ends = [edge["target" if self.direction == "up" else "source"] for edge in edges]
        direct = [Reason(self.nodes[key]) for key in ends if self._is_nearer(key, run)]
        if any(one.data["id"] == self.start for one in direct):
            return []
        tied = [
            Reason(self.nodes[key], tie, self.nodes[here])
            for key in ends
            for here, tie in self.tied_to[key]
            if self._is_nearer(here, run)
        ]
        tied.sort(key=lambda one: not (one.tie and one.tie["is_flow"]))
        return (direct or tied)[:REASONS]

    def _is_nearer(self, data: str, run: str) -> bool:
        """Whether this data is the start, or belongs to a run that is nearer to it."""
        steps = f"steps_{self.direction}"
        own = self.nodes[run][steps]
        return data == self.start or any(self.nodes[one][steps] < own for one in self.before[data])


def _data(node: Node, edge: dict[str, Any], beyond: dict[str, str]) -> Node:
    """Data as a run names it: as what it went in or came out; on the far side, how much lies beyond it off the page."""
    column = beyond.get(edge["kind"])
    return {**node, "data_type": edge["data_type"], "beyond": (node[column] or 0) if column else 0}


def _told(run: Node) -> Node:
    return {**run, "started_at": parse_datetime(run["started_at"]) if run["started_at"] else None}
