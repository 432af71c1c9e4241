"""Contents that several pieces of data of a lineage hold: each once, with all the places where it is found."""

from dataclasses import dataclass, field
from typing import Any

MOST_CONTENTS = 30
MOST_PLACES = 12

Node = dict[str, Any]


@dataclass(slots=True)
class Content:
    """A content by its SHA-256, and where it is: data with the name of the file in it."""

    sha256: str
    places: dict[str, tuple[Node, str]] = field(default_factory=dict)

    @property
    def shown(self) -> list[tuple[Node, str]]:
        """The places that a page names."""
        return list(self.places.values())[:MOST_PLACES]

    @property
    def more(self) -> int:
        """How many more there are."""
        return max(0, len(self.places) - MOST_PLACES)


def contents_of(told: dict[str, Any]) -> tuple[list[Content], int]:
    """The contents by which data of the page is tied together, and how many more there are than are told."""
    nodes = {node["id"]: node for node in told["nodes"]}
    found: dict[str, Content] = {}
    for edge in told["edges"]:
        for file in edge.get("files", ()):
            content = found.setdefault(file["sha256"], Content(file["sha256"]))
            for end in ("source", "target"):
                content.places.setdefault(edge[end], (nodes[edge[end]], file[end]))
    contents = sorted(found.values(), key=lambda one: -len(one.places))
    return contents[:MOST_CONTENTS], max(0, len(contents) - MOST_CONTENTS)
