"""A page of lineage: the runs and data around a start, the nearest first, and what lies beyond it as counts."""

from dataclasses import dataclass, field
from typing import Any

from common.models.access import UserLike
from provenance.briefs import runs_in_short
from provenance.conditions import Sight
from provenance.neighbours import FACTS, MOST_ROWS, Far, Near, beyond, near_runs
from provenance.ties import explain
from provenance.walking import Direction, Start, reached


@dataclass(slots=True)
class Side:
    """What one direction of a walk found: nodes with their number of steps, and the links between them."""

    direction: Direction
    steps: dict[str, int] = field(default_factory=dict)
    runs: set[str] = field(default_factory=set)
    datasets: dict[str, Any] = field(default_factory=dict)
    near: list[Near] = field(default_factory=list)
    far: list[Far] = field(default_factory=list)

    @property
    def may_lack_links(self) -> bool:
        """Whether there are more links than anybody reads for one page."""
        return MOST_ROWS in (len(self.near), len(self.far))


def lineage(
    start: Start,
    about: dict[str, Any],
    user: UserLike,
    *,
    directions: list[Direction],
    depth: int | None,
    limit: int,
) -> dict[str, Any]:
    """The page as it stands on the wire. ``about`` is what the start itself says; the user may see it."""
    sight = Sight.of(user)
    sides = [_side(start, direction, sight, depth=depth, limit=limit) for direction in directions]
    nodes = _nodes(start, about, sides)
    edges = [_edge(*edge) for edge in sorted({edge for side in sides for edge in _edges(side, start)})]
    explain(edges, nodes)
    hidden = {f"hidden_{side.direction}": len(_hidden_of(side)) for side in sides}
    counted = {"hidden_up": None, "hidden_down": None, **hidden}
    return {
        "start": about,
        "is_whole": not any(node["more_up"] or node["more_down"] for node in nodes),
        "counts_are_lower_bounds": any(side.may_lack_links for side in sides),
        **counted,
        "nodes": nodes,
        "edges": edges,
    }


# --- one direction --------------------------------------------------------------------------------------------


def _side(start: Start, direction: Direction, sight: Sight, *, depth: int | None, limit: int) -> Side:
    """Walk, take what fits on the page, see what lies beside it, and leave out what is too far."""
    side = Side(direction)
    order = reached(start, direction, sight, limit=limit, depth=depth)
    side.near = near_runs(order, direction, sight)
    _take(side, order, limit)
    wanted = [*side.datasets, *([start.id] if start.kind == "dataset" else [])]
    side.far = beyond(dict.fromkeys(wanted), start, direction, sight)
    _count_steps(side, start)
    _leave_out(side, depth)
    return side


def _take(side: Side, order: list[str], limit: int) -> None:
    """Runs in the order of the walk, each with its data, until the page is full."""
    links: dict[str, list[Near]] = {}
    for link in side.near:
        if link.is_seen:
            links.setdefault(link.run, []).append(link)
    for run in order:
        if len(side.runs) + len(side.datasets) >= limit:
            return
        side.runs.add(run)
        for link in sorted(links.get(run, ()), key=lambda one: one.dataset):
            if len(side.runs) + len(side.datasets) < limit:
                side.datasets.setdefault(link.dataset, link.facts)


def _count_steps(side: Side, start: Start) -> None:
    """How many runs lie between the start and each node, by the shortest way over what is on the page."""
    data_of, runs_of = _ways(side)
    side.steps = {start.id: 0}
    at_hand, steps = [start.id], 0
    while at_hand:
        data = at_hand if start.kind != "run" or steps else data_of.get(start.id, [])
        for one in data:
            side.steps.setdefault(one, steps)
        steps += 1
        runs = [run for one in data for run in runs_of.get(one, ()) if run not in side.steps]
        for run in runs:
            side.steps.setdefault(run, steps)
        at_hand = [
            one for run in dict.fromkeys(runs) for one in data_of.get(run, ()) if one not in side.steps
        ]
        for one in at_hand:
            side.steps.setdefault(one, steps)


def _ways(side: Side) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """From each run of the page to its data, and from data to the runs of the page beyond."""
    data_of: dict[str, list[str]] = {}
    runs_of: dict[str, list[str]] = {}
    for link in side.near:
        if link.is_seen and link.run in side.runs and link.dataset in side.datasets:
            data_of.setdefault(link.run, []).append(link.dataset)
    for far in side.far:
        if far.is_seen and far.run in side.runs:
            runs_of.setdefault(far.here, []).append(far.run)
    return data_of, runs_of


def _leave_out(side: Side, depth: int | None) -> None:
    """Keep what was reached in ``depth`` steps; and the datasets that tie data of the page to a run of it."""
    farthest = depth if depth is not None else len(side.steps)
    side.runs = {one for one in side.runs if side.steps.get(one, farthest + 1) <= farthest}
    side.datasets = {
        one: f for one, f in side.datasets.items() if side.steps.get(one, farthest + 1) <= farthest
    }
    for far in side.far:
        if far.is_seen and far.run in side.runs and far.here in side.steps and far.there not in side.datasets:
            side.datasets[far.there] = far.facts
            side.steps.setdefault(far.there, side.steps[far.here])


# --- nodes ----------------------------------------------------------------------------------------------------


def _nodes(start: Start, about: dict[str, Any], sides: list[Side]) -> list[dict[str, Any]]:
    """Every node once, the nearest first."""
    runs = runs_in_short(
        {run for side in sides for run in side.runs} | ({start.id} if start.kind == "run" else set())
    )
    facts: dict[str, Any] = {key: value for side in sides for key, value in side.datasets.items()}
    if start.kind != "run":
        facts.pop(start.id, None)
    made = {key: {"kind": "run", **brief, "id": key} for key, brief in runs.items()}
    made |= {
        key: {"kind": "dataset", "id": key, **dict(zip(FACTS, v, strict=True))} for key, v in facts.items()
    }
    made.setdefault(start.id, {**about, "id": start.id})
    for direction in Direction:
        side = next((one for one in sides if one.direction is direction), None)
        names = (f"steps_{direction}", f"more_{direction}", f"hidden_{direction}")
        steps, counted = (side.steps, _counts(side)) if side else ({}, {})
        nothing = (0, 0) if side else (None, None)
        for key, node in made.items():
            node.update(zip(names, (steps.get(key), *counted.get(key, nothing)), strict=True))
    return sorted(made.values(), key=_nearness)


def _nearness(node: dict[str, Any]) -> Any:
    steps = [one for one in (node["steps_up"], node["steps_down"]) if one is not None]
    return min(steps, default=0), node["kind"], node["id"]


def _counts(side: Side) -> dict[str, tuple[int, int]]:
    """For each node: how many neighbours may be seen and are not on the page, and how many may not be seen."""
    more: dict[str, set[str]] = {}
    hidden: dict[str, set[str]] = {}
    seen = {(far.here, far.run) for far in side.far if far.is_seen}
    for link in side.near:
        if not link.is_seen:
            hidden.setdefault(link.run, set()).add(link.dataset)
        elif link.dataset not in side.datasets:
            more.setdefault(link.run, set()).add(link.dataset)
    for far in side.far:
        if not far.is_seen and (far.here, far.run) not in seen:
            hidden.setdefault(far.here, set()).add(far.run)
        elif far.is_seen and far.run not in side.runs:
            more.setdefault(far.here, set()).add(far.run)
    return {key: (len(more.get(key, ())), len(hidden.get(key, ()))) for key in more.keys() | hidden.keys()}


def _hidden_of(side: Side) -> set[str]:
    """All neighbours of nodes of the page that may not be seen."""
    seen = {(far.here, far.run) for far in side.far if far.is_seen}
    beside = {link.dataset for link in side.near if not link.is_seen and link.run in side.runs}
    return beside | {
        far.run
        for far in side.far
        if not far.is_seen and (far.here, far.run) not in seen and far.here in side.steps
    }


# --- edges ----------------------------------------------------------------------------------------------------

Edge = tuple[str, str, str, str]


def _edges(side: Side, start: Start) -> list[Edge]:
    """The links between nodes of the page, as the data flows."""
    here = {*side.datasets, start.id}
    found: list[Edge] = []
    for link in side.near:
        if link.is_seen and link.run in side.runs and link.dataset in here:
            found.append(_arrow(side, link.run, link.dataset, link.data_type, is_near=True))
    for far in side.far:
        if far.is_seen and far.run in side.runs and far.here in here and far.there in here:
            found.append(_arrow(side, far.run, far.there, far.data_type, is_near=False))
            if far.here != far.there:
                up = side.direction is Direction.UP
                pair = (far.there, far.here) if up else (far.here, far.there)
                found.append((*pair, "same", ""))
    return found


def _arrow(side: Side, run: str, dataset: str, data_type: str, *, is_near: bool) -> Edge:
    """Up, the near side of a run is what it used; down, what it made."""
    used = is_near is (side.direction is Direction.UP)
    return (dataset, run, "used", data_type) if used else (run, dataset, "made", data_type)


def _edge(source: str, target: str, kind: str, data_type: str) -> dict[str, Any]:
    return {"source": source, "target": target, "kind": kind, "data_type": data_type or None}
