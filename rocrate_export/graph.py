"""The entities of a crate while it grows: flat, each with one ``@id``, in the order in which they came."""

from collections.abc import Iterator
from typing import Any

Reference = dict[str, str]


def reference(identifier: str) -> Reference:
    """A link to the entity of this ``@id``."""
    return {"@id": identifier}


class Graph:
    """Entities by ``@id``. What is not known (None, empty text, empty list) is left out of an entity."""

    def __init__(self) -> None:
        self._entities: dict[str, dict[str, Any]] = {}

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._entities

    def add(self, identifier: str, kind: str | list[str], /, **properties: Any) -> Reference:
        """Add an entity and return a link to it; one that is there already stays as it is."""
        if identifier not in self._entities:
            # Lists may still grow: they are looked at when the entity is written.
            known = {name: value for name, value in properties.items() if value is not None and value != ""}
            self._entities[identifier] = {"@id": identifier, "@type": kind, **known}
        return {"@id": identifier}

    def link(self, source: Reference, name: str, target: Reference) -> None:
        """Add a link to an entity that is there; a link that is there already is not doubled."""
        entity = self._entities[source["@id"]]
        values = entity.get(name)
        if not values:
            entity[name] = target
        elif isinstance(values, _Links):
            values.add(target)
        elif values != target:
            entity[name] = _Links(values)
            entity[name].add(target)

    def __len__(self) -> int:
        return len(self._entities)

    def entities(self) -> Iterator[dict[str, Any]]:
        """All entities, one after the other, as they stand in the metadata document."""
        return map(_compact, self._entities.values())

    def drained(self) -> Iterator[dict[str, Any]]:
        """Like ``entities``, but each is forgotten when it is given out: what is written needs no memory twice."""
        left = [*self._entities.values()][::-1]
        self._entities.clear()
        while left:
            yield _compact(left.pop())


class _Links:
    """Targets of one property, each once."""

    def __init__(self, values: Any) -> None:
        known = values if isinstance(values, list) else [values] if values else []
        self.targets = {value["@id"]: value for value in known}

    def add(self, target: Reference) -> None:
        self.targets.setdefault(target["@id"], target)


def _compact(entity: dict[str, Any]) -> dict[str, Any]:
    """Only what is known; a list of one is its one value, as RO-Crate 1.1 recommends."""
    kept = entity.copy()
    for name, value in entity.items():
        if type(value) is str:  # most are, and none of them is empty
            continue
        value = _kept(value)
        if value is None:
            del kept[name]
        else:
            kept[name] = value
    return kept


def _kept(value: Any) -> Any:
    if isinstance(value, _Links):
        value = list(value.targets.values())
    if isinstance(value, list) and len(value) == 1:
        return value[0]
    return value if value or isinstance(value, bool) else None
