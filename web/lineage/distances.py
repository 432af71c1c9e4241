"""A graph of lineage as text: runs by their distance from the start, each with what it used and made."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.dateparse import parse_datetime

TIES = 30
NAMED = 8  # datasets that a run names, on either side

Node = dict[str, Any]


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


@dataclass(slots=True)
class Distance:
    """The runs that lie so many runs away."""

    steps: int
    passages: list[Passage]


def by_distance(told: dict[str, Any], direction: str) -> list[Distance]:
    """The page's nodes in one direction, the nearest first."""
    nodes = {node["id"]: node for node in told["nodes"]}
    passages = _passages(told["edges"], nodes, direction)
    found: dict[int, Distance] = {}
    for node in told["nodes"]:
        steps = node[f"steps_{direction}"]
        if steps is None or node["id"] == told["start"]["id"]:
            continue
        if node["kind"] == "run":
            found.setdefault(steps, Distance(steps, [])).passages.append(passages[node["id"]])
    start = _of_start(passages.get(told["start"]["id"]), direction)
    return start + [found[steps] for steps in sorted(found)]


def ties_of(told: dict[str, Any]) -> tuple[list[tuple[Node, Node]], int]:
    """Pairs of data that are tied by their content, and how many more there are than are told."""
    nodes = {node["id"]: node for node in told["nodes"]}
    pairs = {
        frozenset((edge["source"], edge["target"])): edge for edge in told["edges"] if edge["kind"] == "same"
    }
    found = [(nodes[edge["source"]], nodes[edge["target"]]) for edge in pairs.values()]
    return found[:TIES], max(0, len(found) - TIES)


def _of_start(passage: Passage | None, direction: str) -> list[Distance]:
    """Where the start is a run: what it used, or what it made."""
    if passage is None:
        return []
    if direction == "up":
        passage.made, passage.made_more = [], 0
    else:
        passage.used, passage.used_more = [], 0
    return [Distance(0, [passage])] if passage.used or passage.made else []


def _passages(edges: list[dict[str, Any]], nodes: dict[str, Node], direction: str) -> dict[str, Passage]:
    passages = {key: Passage(_told(node)) for key, node in nodes.items() if node["kind"] == "run"}
    beyond = {"used": "more_up"} if direction == "up" else {"made": "more_down"}
    for edge in edges:
        if edge["kind"] == "used":
            passages[edge["target"]].used.append(_data(nodes[edge["source"]], edge, beyond))
        elif edge["kind"] == "made":
            passages[edge["source"]].made.append(_data(nodes[edge["target"]], edge, beyond))
    for one in passages.values():
        _cut(one, direction)
    return passages


def _data(node: Node, edge: dict[str, Any], beyond: dict[str, str]) -> Node:
    """Data as a run names it: as what it went in or came out; on the far side, how much lies beyond it off the page."""
    column = beyond.get(edge["kind"])
    return {**node, "data_type": edge["data_type"], "beyond": (node[column] or 0) if column else 0}


def _told(run: Node) -> Node:
    return {**run, "started_at": parse_datetime(run["started_at"]) if run["started_at"] else None}


def _cut(passage: Passage, direction: str) -> None:
    passage.used_more = max(0, len(passage.used) - NAMED)
    passage.made_more = max(0, len(passage.made) - NAMED)
    passage.used, passage.made = passage.used[:NAMED], passage.made[:NAMED]
    passage.more = passage.run[f"more_{direction}"] or 0
    passage.hidden = passage.run[f"hidden_{direction}"] or 0
