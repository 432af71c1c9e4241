"""Crates as tests look at them."""

import json
from pathlib import Path
from typing import Any

from rocrate_export.crate import Contents, contents_of
from tests.records import content_of
from workflows.records import RunRecord

Entity = dict[str, Any]


class Crate:
    """The entities of a crate by their ``@id``."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.entities: dict[str, Entity] = {one["@id"]: one for one in document["@graph"]}
        assert len(self.entities) == len(document["@graph"]), "an @id stands twice"

    @classmethod
    def of(cls, record: RunRecord, base_url: str = "") -> "Crate":
        return cls(contents_of(record, base_url).document)

    def __getitem__(self, identifier: str) -> Entity:
        return self.entities[identifier]

    @property
    def root(self) -> Entity:
        return self["./"]

    @property
    def run(self) -> Entity:
        """The action of the run itself."""
        (run,) = (one for name, one in self.entities.items() if name == "#run" or name.startswith("#run-"))
        return run

    def named(self, name: str, kind: str) -> Entity:
        """The one entity of this name and type."""
        (found,) = (one for one in self.of_type(kind) if one.get("name") == name)
        return found

    def of_type(self, kind: str) -> list[Entity]:
        return [one for one in self.entities.values() if kind in many(one["@type"])]

    def links(self, entity: Entity, name: str) -> list[str]:
        """The ``@id`` of everything that a property links to."""
        return [one["@id"] for one in many(entity.get(name, []))]

    def targets(self, entity: Entity, name: str) -> list[Entity]:
        """The entities that a property links to."""
        return [self[one] for one in self.links(entity, name)]

    @property
    def profiles(self) -> set[str]:
        return {one["name"] for one in self.targets(self.root, "conformsTo")}


def many(value: Any) -> list[Any]:
    """A property's values, of which there may be one."""
    return value if isinstance(value, list) else [value]


def unpack(contents: Contents, folder: Path) -> Path:
    """Lay a crate down as a directory."""
    stored = [(name, content_of(key)) for name, key, *_ in contents.stored]
    for name, content in [*contents.written, *stored]:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return folder


def text_of(document: Any) -> str:
    """All of a document, to look for what must not be in it."""
    return json.dumps(document, ensure_ascii=False)
