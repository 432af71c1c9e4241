"""A graph as a value: what is drawn, and what is told."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class GraphKind(StrEnum):
    """What the nodes of a graph are."""

    JOBS = "jobs"
    FILES = "files"
    PARAMETERS = "parameters"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A ``step``, a ``job``, a ``file`` or a ``parameter``. ``facts`` is what else is known, as JSON."""

    id: str
    kind: str
    name: str
    status: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """An arrow in the direction in which data goes.

    ``through`` says how it is known: ``after`` (a job says so), ``files`` (one made what the other used), ``made``,
    ``used`` (between a job and a file), ``parameter`` (a job was given the value of a parameter of the run).
    """

    start: str
    end: str
    through: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph of a run; ``name`` is the run's."""

    name: str
    kind: GraphKind
    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]

    def as_json(self) -> dict[str, Any]:
        """As it stands on the wire."""
        return {
            "name": self.name,
            "kind": str(self.kind),
            "nodes": [
                {"id": one.id, "kind": one.kind, "name": one.name, "status": one.status, **one.facts}
                for one in self.nodes
            ],
            "edges": [{"from": one.start, "to": one.end, "through": list(one.through)} for one in self.edges],
        }
