"""Values with a name: parameters, variables, measures, and what a standard has no term for."""

from enum import StrEnum
from typing import Any, TypeVar

from rocrate_export.values import value_of
from rocrate_import.translate.graph import Entity, Graph, clean, is_a, text, values

Word = TypeVar("Word", bound=StrEnum)

_DEEPEST = 20  # of values in values
_EMPTY = ""
_KINDS = {"Boolean": bool, "Integer": int, "Float": float, "Number": float}
_TRUTHS = {"true": True, "false": False, "1": True, "0": False}


def is_value(entity: Entity) -> bool:
    """Whether an entity is a named value."""
    return is_a(entity, "PropertyValue")


def details(graph: Graph, entity: Entity) -> dict[str, Any]:
    """The named values in ``additionalProperty``; the first of each name."""
    found: dict[str, Any] = {}
    if "additionalProperty" in entity:
        for one in graph.linked(entity, "additionalProperty"):
            found.setdefault(text(one, "name"), value(graph, one))
    return found


def word(kind: type[Word], told: Any) -> Word | None:
    """One of the registry's own words, None for any other value."""
    return next((one for one in kind if one.value == told), None) if isinstance(told, str) else None


def data_in(graph: Graph, entity: Entity, depth: int = 0) -> list[Entity]:
    """What a named value links to that is no named value itself: files, in crates made of CWL's lists and records."""
    found: list[Entity] = []
    links = [
        one["@id"] for one in values(entity, "value") if isinstance(one, dict)
    ]  # a text is never a link here
    for one in filter(None, map(graph.get, links if depth < _DEEPEST else [])):
        found.extend(data_in(graph, one, depth + 1) if is_value(one) else [one])
    return found


def named_values(graph: Graph, entity: Entity, name: str) -> dict[str, Any]:
    """The named values that a property links to; the last of each name."""
    linked = (one for one in graph.linked(entity, name) if is_value(one) and not data_in(graph, one))
    return {name_of(graph, one): value(graph, one) for one in linked}


def name_of(graph: Graph, entity: Entity) -> str:
    """The name of a value: its own, else that of the slot that it filled, else what its ``@id`` tells."""
    own = text(entity, "name")
    slots = [text(slot, "name") for slot in graph.linked(entity, "exampleOfWork")] if not own else []
    return own or next(filter(None, slots), "") or entity["@id"].rpartition("#")[2]


def value(graph: Graph, entity: Entity, depth: int = 0) -> Any:
    """What a PropertyValue says: texts become what ``additionalType`` says they were."""
    raw = entity.get("value", _EMPTY)
    kind = text(entity, "additionalType")
    told = [raw] if isinstance(raw, str) else raw
    if isinstance(told, list) and all(isinstance(one, str) for one in told):
        try:
            return (
                clean(value_of(raw, kind if kind in _OURS else "")) if kind else _as_slot(graph, entity, raw)
            )
        except (ValueError, RecursionError):
            return raw
    return _plain(graph, raw, depth)


_SCALARS = ("Text", "Boolean", "Integer", "Float")
_OURS = {"JSON", *_SCALARS, *(f"{kind} list" for kind in _SCALARS)}


def _as_slot(graph: Graph, entity: Entity, raw: Any) -> Any:
    """A text as the slot that it filled says; several texts each."""
    kinds = [text(slot, "additionalType") for slot in graph.linked(entity, "exampleOfWork")]
    kind = next((one for one in kinds if one in _KINDS), "")
    if isinstance(raw, list):
        return [_converted(one, kind) for one in raw]
    return _converted(raw, kind)


def _converted(written: str, kind: str) -> Any:
    try:
        if kind == "Boolean":
            return _TRUTHS.get(written.lower(), written)
        return clean(_KINDS[kind](written)) if kind in _KINDS else written
    except ValueError:
        return written


def _plain(graph: Graph, raw: Any, depth: int) -> Any:
    """A value that is no text: a number, a list, or a link to more named values (a record)."""
    if isinstance(raw, list):
        parts = [graph.get(one["@id"]) for one in raw if isinstance(one, dict)]
        if parts and len(parts) == len(raw) and all(part and is_value(part) for part in parts):
            return {name_of(graph, one): _deeper(graph, one, depth) for one in parts if one}
        return [_plain(graph, one, depth) for one in raw]
    if isinstance(raw, dict):
        part = graph.get(raw["@id"])
        return {name_of(graph, part): _deeper(graph, part, depth)} if part and is_value(part) else raw["@id"]
    return raw


def _deeper(graph: Graph, entity: Entity, depth: int) -> Any:
    return value(graph, entity, depth + 1) if depth < _DEEPEST else entity["@id"]


def first_text(graph: Graph, entity: Entity, *names: str) -> str:
    """The first text of these properties; of what they link to, its value or its name; else the link itself."""
    for one in values(entity, *names):
        if isinstance(one, dict):
            known = graph.get(one["@id"])
            found = text(known, "value", "identifier", "name") if known else ""
            return found or one["@id"]
        if one != "":
            return str(one)
    return ""
