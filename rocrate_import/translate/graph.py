"""The entities of a metadata document, found by ``@id``, in one form however they are written.

RO-Crate metadata is flattened, compacted JSON-LD; in the wild there are nested objects, full addresses for
terms, single values and lists of one. No context is fetched: the terms of the known vocabularies are known here.
"""

import math
import re
from collections.abc import Iterator
from typing import Any

from rocrate_import.translate.remarks import Remarks
from rocrate_import.translate.result import CrateRefused
from rocrate_packages.document import TOO_DEEP
from rocrate_packages.limits import Limits

Entity = dict[str, Any]

ROOT = "./"
_DEEPEST = 50  # of a value in values
_VOCABULARIES = re.compile(
    r"https?://(?:www\.)?(?:schema\.org/|bioschemas\.org/(?:(?:profiles|types|properties)/)?(?:ComputationalWorkflow#"
    r"|FormalParameter#)?|w3id\.org/ro/terms/workflow-run#|w3id\.org/ro/terms/[\w-]+#|codemeta\.github\.io/terms/"
    r"|purl\.org/dc/terms/|pcdm\.org/(?:\d+/\d+/\d+/)?models#)"
    r"|(?:schema|sdo|bioschemas|wfrun|dct|dcterms|codemeta):(?!//)"
)
_SAME = {"MediaObject": "File", "Workflow": "ComputationalWorkflow", "@reverse": "@reverse"}
_KNOWN_CONTEXT = re.compile(
    r"https?://(?:w3id\.org/ro/(?:crate|terms)/|(?:www\.)?schema\.org|bioschemas\.org)"
)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # what no database keeps, and no UTF-8 says


class _Terms(dict[str, str]):
    """The short form of a term, remembered."""

    def __missing__(self, term: str) -> str:
        short = _VOCABULARIES.sub("", term, count=1) if ":" in term else term
        self[term] = short = _SAME.get(short, short)
        return short


class Graph:
    """All entities in the order of the document, and what was odd about their form.

    ``@type`` is always a tuple of short names; a link is always ``{"@id": …}``.
    """

    def __init__(self, document: Any, remarks: Remarks, limits: Limits) -> None:
        self.entities: dict[str, Entity] = {}
        self._remarks, self._limits, self._nameless = remarks, limits, 0
        self._terms = _Terms()
        self._single: dict[str, tuple[str, ...]] = {}
        self.contexts = tuple(_contexts(document, self._terms, remarks))
        for raw in _raw_entities(document):
            if isinstance(raw, dict):
                self._add(raw, 1, nested=False)
            else:
                remarks.add("", "A member of the graph is no entity; it is left out.")
        self._types: dict[str, list[Entity]] = {}
        for entity in self.entities.values():
            for kind in entity["@type"]:
                self._types.setdefault(kind, []).append(entity)

    def get(self, identifier: str) -> Entity | None:
        """The entity of this ``@id``."""
        return self.entities.get(identifier)

    def of_type(self, *kinds: str) -> list[Entity]:
        """The entities of any of these types, in the order of the document."""
        if len(kinds) == 1:
            return self._types.get(kinds[0], [])
        return [one for one in self.entities.values() if not set(kinds).isdisjoint(one["@type"])]

    def ids(self, entity: Entity, *names: str) -> list[str]:
        """What an entity's properties link to, each once; texts count where they are the ``@id`` of something."""
        found: dict[str, None] = {}
        if len(names) == 1 and names[0] not in entity:
            return []
        for value in values(entity, *names):
            if isinstance(value, dict):
                found[value["@id"]] = None
            elif isinstance(value, str) and (known := normal_id(value)) in self.entities:
                found[known] = None
        return list(found)

    def linked(self, entity: Entity, *names: str) -> list[Entity]:
        """The entities that an entity's properties link to."""
        return [self.entities[one] for one in self.ids(entity, *names) if one in self.entities]

    def _add(self, raw: dict[str, Any], depth: int, *, nested: bool) -> dict[str, str]:
        if depth > self._limits.depth:
            raise CrateRefused(TOO_DEEP)
        if "@graph" in raw and not nested and "@type" not in raw:
            self._remarks.add("", "There is a graph in the graph; its entities are taken as the others.")
            for one in raw["@graph"] if isinstance(raw["@graph"], list) else [raw["@graph"]]:
                if isinstance(one, dict):
                    self._add(one, depth + 1, nested=False)
            return {"@id": ""}
        identifier = self._id_of(raw)
        if nested:
            self._remarks.add(identifier, "The entity stands inside another one; it is taken as the others.")
        entity: Entity = {"@id": identifier, "@type": ()}
        known = self.entities.setdefault(identifier, entity)
        self._fill(entity, raw, depth)
        if known is not entity:
            self._merge(known, entity)
        if len(self.entities) > self._limits.entities:
            raise CrateRefused(
                f"The metadata document describes more than {self._limits.entities} things. Describe folders "
                "of many files as one Dataset."
            )
        return {"@id": identifier}

    def _id_of(self, raw: dict[str, Any]) -> str:
        identifier = raw.get("@id")
        if isinstance(identifier, str) and identifier:
            return normal_id(_clean(identifier))
        self._nameless += 1
        identifier = f"_:nameless-{self._nameless}"
        self._remarks.add(identifier, "The entity has no @id; it was given this one.")
        return identifier

    def _fill(self, entity: Entity, raw: dict[str, Any], depth: int) -> None:
        terms = self._terms
        for name, value in raw.items():
            if name.startswith("@"):
                self._fill_keyword(entity, name, value)
            elif type(value) is str:
                entity[terms[name]] = value if value.isascii() and "\0" not in value else _clean(value)
            elif _is_plain_link(value):
                entity[terms[name]] = value
            else:
                entity[terms[name]] = self._value(value, depth + 1)

    def _fill_keyword(self, entity: Entity, name: str, value: Any) -> None:
        if name == "@type":
            entity["@type"] = self._types_of(value)
        elif name == "@reverse":
            self._remarks.add(entity["@id"], "@reverse is not part of RO-Crate; it is left out.")

    def _types_of(self, value: Any) -> tuple[str, ...]:
        """The short names of types; nearly all things are files, and these share one answer."""
        if type(value) is str:
            return self._single.get(value) or self._single.setdefault(value, (self._terms[value],))
        kinds = value if isinstance(value, list) else ()
        return tuple(self._terms[one] for one in kinds if isinstance(one, str))

    def _value(self, value: Any, depth: int) -> Any:
        if depth > self._limits.depth:
            raise CrateRefused(TOO_DEEP)
        if isinstance(value, str):
            return _clean(value)
        if isinstance(value, list):
            return self._list(value, depth)
        return self._object(value, depth) if isinstance(value, dict) else value

    def _list(self, value: list[Any], depth: int) -> list[Any]:
        flat: list[Any] = []
        for one in value:
            if _is_plain_link(one):  # nearly all that lists hold
                flat.append(one)
                continue
            made = self._value(one, depth + 1)
            if isinstance(made, list):
                flat.extend(made)
            else:
                flat.append(made)
        return flat

    def _object(self, value: dict[str, Any], depth: int) -> Any:
        identifier = value.get("@id")
        if len(value) == 1 and isinstance(identifier, str):
            return {"@id": normal_id(_clean(identifier))}
        for name in ("@value", "@list", "@set"):
            if name in value:
                return self._value(value[name], depth + 1)
        return self._add(value, depth + 1, nested=True)

    def _merge(self, known: Entity, more: Entity) -> None:
        if known.keys() & more.keys() - {"@id", "@type"}:
            self._remarks.add(known["@id"], "The entity is described twice; what comes first is taken.")
        known["@type"] = tuple(dict.fromkeys((*known["@type"], *more["@type"])))
        for name, value in more.items():
            known.setdefault(name, value)


def normal_id(identifier: str) -> str:
    """An ``@id`` in its one form: ``./a`` is ``a``, and the root is ``./``."""
    if identifier.startswith("."):
        identifier = identifier.removeprefix("./")
    return identifier if identifier not in (".", "") else ROOT


def _is_plain_link(value: Any) -> bool:
    """Whether a value is a link in its one form already."""
    if type(value) is not dict or len(value) != 1:
        return False
    told = value.get("@id")
    return type(told) is str and told[:1] not in (".", "") and told.isascii() and "\0" not in told


def values(entity: Entity, *names: str) -> list[Any]:
    """All values of an entity's properties, known or not told: a list in any case."""
    found: list[Any] = []
    for name in names:
        value = entity.get(name)
        if isinstance(value, list):
            found.extend(one for one in value if one is not None)
        elif value is not None:
            found.append(value)
    return found


def text(entity: Entity, *names: str) -> str:
    """The first text or number among the values of these properties; empty if there is none."""
    for name in names:
        told = entity.get(name)
        if told is None:
            continue
        for value in told if isinstance(told, list) else (told,):
            if isinstance(value, str) and value:
                return value
            if isinstance(value, bool | int | float):
                return str(value)
    return ""


def is_a(entity: Entity, *kinds: str) -> bool:
    """Whether an entity is of one of these types."""
    told = entity["@type"]
    return any(kind in told for kind in kinds) if len(kinds) > 1 else kinds[0] in told


def clean(value: Any, depth: int = 0) -> Any:
    """A JSON value whose texts every database keeps; ValueError for one that is too deep or no JSON at all."""
    if isinstance(value, str):
        return _clean(value)
    if (isinstance(value, float) and not math.isfinite(value)) or depth > _DEEPEST:
        raise ValueError("This is no value that JSON can say.")
    if isinstance(value, list):
        return [clean(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {_clean(name): clean(one, depth + 1) for name, one in value.items()}
    return value


def _clean(value: str) -> str:
    if value.isascii() and "\0" not in value:
        return value
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)


def _raw_entities(document: Any) -> list[Any]:
    graph = document.get("@graph") if isinstance(document, dict) else document
    if isinstance(graph, dict):
        graph = [graph]
    if not isinstance(graph, list) or not graph:
        raise CrateRefused(
            "The metadata document has no @graph, so it describes nothing: it is no RO-Crate's metadata."
        )
    return graph


def _contexts(document: Any, terms: _Terms, remarks: Remarks) -> Iterator[str]:
    """The addresses of the contexts; terms that a crate defines as other names of known ones are learnt."""
    context = document.get("@context", []) if isinstance(document, dict) else []
    for one in context if isinstance(context, list) else [context]:
        if isinstance(one, str):
            if not _KNOWN_CONTEXT.match(one):
                remarks.add(one, "This context is not known and was not fetched; its own terms are not read.")
            yield one
        elif isinstance(one, dict):
            for name, meaning in one.items():
                meaning = meaning.get("@id") if isinstance(meaning, dict) else meaning
                if isinstance(meaning, str) and not name.startswith("@") and _VOCABULARIES.match(meaning):
                    terms[name] = terms[meaning] or name
