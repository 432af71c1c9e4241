"""The entities of a crate while it grows: flat, each with one ``@id``, in the order in which they came."""

from collections.abc import Callable, Iterator
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

    def promise(self, identifier: str, tell: Callable[..., dict[str, Any]], *facts: Any) -> Reference:
        """Add an entity, whose ``@id`` is new, that ``tell(identifier, *facts)`` puts together when it is written.

        Of things that come in tens of thousands only what is linked from them is in memory until then.
        """
        self._entities[identifier] = _Promised(tell, (identifier, *facts))
        return {"@id": identifier}

    def link(self, source: Reference, name: str, target: Reference) -> None:
        """Add a link to an entity that is there; a link that is there already is not doubled."""
        _link(self._entities[source["@id"]], name, target)

    def __len__(self) -> int:
        return len(self._entities)

    def entities(self) -> Iterator[dict[str, Any]]:
        """All entities, one after the other, as they stand in the metadata document."""
        return (_compacted(_told(entity).copy()) for entity in self._entities.values())

    def drained(self) -> Iterator[dict[str, Any]]:
        """Like ``entities``, but each is forgotten when it is given out: what is written needs no memory twice."""
        left = [*self._entities.values()][::-1]
        self._entities.clear()
        while left:
            yield _compacted(_told(left.pop()))


class _Links:
    """Targets of one property, each once."""

    __slots__ = ("targets",)

    def __init__(self, values: Any) -> None:
        known = values if isinstance(values, list) else [values] if values else []
        self.targets = {value["@id"]: value for value in known}

    def add(self, target: Reference) -> None:
        self.targets.setdefault(target["@id"], target)


class _Promised(dict[str, Any]):
    """What is linked from an entity that is not put together yet, and how it will be."""

    __slots__ = ("facts", "tell")

    def __init__(self, tell: Callable[..., dict[str, Any]], facts: tuple[Any, ...]) -> None:
        super().__init__()
        self.tell, self.facts = tell, facts


def _link(entity: dict[str, Any], name: str, target: Reference) -> None:
    values = entity.get(name)
    if not values:
        entity[name] = target
    elif type(values) is _Links:
        values.add(target)
    elif values != target:
        entity[name] = _Links(values)
        entity[name].add(target)


def _told(entity: dict[str, Any]) -> dict[str, Any]:
    """An entity as it is; one that was promised is put together now."""
    if type(entity) is not _Promised:
        return entity
    told = entity.tell(*entity.facts)
    for name, value in entity.items():
        for target in value.targets.values() if type(value) is _Links else (value,):
            _link(told, name, target)
    return told


def _compacted(entity: dict[str, Any]) -> dict[str, Any]:
    """The same entity with only what is known; a list of one is its one value, as RO-Crate 1.1 recommends."""
    # Most values are texts, and none of those is empty; or they are one link.
    for name in [
        name for name, value in entity.items() if type(value) is not str and type(value) is not dict
    ]:
        value = _kept(entity[name])
        if value is None:
            del entity[name]
        else:
            entity[name] = value
    return entity


def _kept(value: Any) -> Any:
    if isinstance(value, _Links):
        value = list(value.targets.values())
    if isinstance(value, list) and len(value) == 1:
        return value[0]
    return value if value or isinstance(value, bool) else None
