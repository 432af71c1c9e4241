"""The crate itself: its descriptor, its root, what it conforms to, under which terms, and how it is known."""

import re
from typing import NamedTuple

from rocrate_export.wording import NO_LICENSE
from rocrate_import.translate.graph import ROOT, Entity, Graph, is_a, text, values
from rocrate_import.translate.properties import first_text
from rocrate_import.translate.reading import LONG, Reading
from rocrate_import.translate.remarks import Remarks
from rocrate_import.translate.result import CrateRefused

_METADATA = re.compile(r"(?:^|[/-])ro-crate-metadata\.json(?:ld)?$")
_SPECIFICATION = re.compile(r"w3id\.org/ro/crate/(\d[\w.-]*)")
_RUN_PROFILE = re.compile(r"w3id\.org/ro/wfrun/(process|workflow|provenance)(?:/(\d[\w.-]*))?")
_WORKFLOW_CRATE = re.compile(
    r"(?:w3id\.org/workflowhub/workflow-ro-crate/|about\.workflowhub\.eu/Workflow-RO-Crate)(\d[\w.]*)?"
)
_ABSOLUTE = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]*:\S")
_SPDX = re.compile(r"https?://(?:www\.)?spdx\.org/licenses/([A-Za-z0-9.+-]+?)(?:\.html|\.json)?/?$")
_UUID = re.compile(r"#?(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)
_ORDER = ("process", "workflow", "provenance")
WORKFLOW_CRATE = "workflow-ro-crate"


class Profile(NamedTuple):
    """A profile by its short name, and its version."""

    name: str
    version: str


def find_root(graph: Graph, remarks: Remarks) -> tuple[Entity, Entity]:
    """The descriptor and the root; CrateRefused where nothing can be the root."""
    descriptor = _descriptor(graph)
    if not descriptor:
        remarks.add("", "No entity describes the metadata document itself; the root is taken for the crate.")
    about = graph.linked(descriptor, "about")
    root = next(iter(about), None) or graph.get(ROOT) or _only_dataset(graph)
    if root is None:
        raise CrateRefused(
            "The metadata document describes no root dataset ('./'), so it is no RO-Crate. Describe the crate "
            "itself as a Dataset that the metadata file is about."
        )
    return descriptor, root


def _descriptor(graph: Graph) -> Entity:
    named = [one for one in graph.entities.values() if _METADATA.search(one["@id"])]
    telling = [one for one in named if "about" in one]
    return next(iter(sorted(telling or named, key=lambda one: len(one["@id"]))), {})


def _only_dataset(graph: Graph) -> Entity | None:
    datasets = graph.of_type("Dataset")
    return datasets[0] if len(datasets) == 1 else None


def specification_of(graph: Graph, descriptor: Entity) -> str:
    """The version of RO-Crate that is declared; empty if none is."""
    told = [*graph.ids(descriptor, "conformsTo"), *_texts(descriptor, "conformsTo"), *graph.contexts]
    return next((found[1] for one in told if (found := _SPECIFICATION.search(one))), "").removesuffix("/")


def declared_profile(graph: Graph, root: Entity, descriptor: Entity) -> Profile:
    """The profile with the most to say that root or descriptor declare; its name is empty if there is none."""
    told = [one for entity in (root, descriptor) for one in _conforms(graph, entity)]
    runs = [(found[1], found[2] or "") for one in told if (found := _RUN_PROFILE.search(one))]
    if runs:
        return Profile(*max(runs, key=lambda run: (_ORDER.index(run[0]), run[1])))
    plain = [found[1] or "" for one in told if (found := _WORKFLOW_CRATE.search(one))]
    return Profile(WORKFLOW_CRATE, plain[0]) if plain else Profile("", "")


def _conforms(graph: Graph, entity: Entity) -> list[str]:
    return [*graph.ids(entity, "conformsTo"), *_texts(entity, "conformsTo")]


def _texts(entity: Entity, name: str) -> list[str]:
    return [one for one in values(entity, name) if isinstance(one, str)]


def license_of(reading: Reading, entity: Entity, length: int = LONG) -> str:
    """A licence: the identifier that is recorded, else that of SPDX, else the address or the text."""
    for one in values(entity, "license"):
        known = reading.graph.get(one["@id"]) if isinstance(one, dict) else None
        link = one["@id"] if isinstance(one, dict) else str(one)
        told = link if known is None else _license_entity(known)
        if told:
            return reading.remarks.cut(_short_license(told), length, entity["@id"], "licence")
    return ""


def _license_entity(entity: Entity) -> str:
    identifier, address = text(entity, "identifier"), entity["@id"]
    if identifier:
        return identifier
    if _SPDX.match(address) or "://" in address:
        return str(address)
    name = text(entity, "name")
    return "" if name == NO_LICENSE else name


def _short_license(told: str) -> str:
    found = _SPDX.match(told)
    return found[1] if found else told


def identifiers_of(reading: Reading, run: Entity | None) -> tuple[str, ...]:
    """All by which the run, else the crate, is known, the steadiest first; at most 20 of 255 characters."""
    told = _told_identifiers(reading, reading.root)
    if run is not None:
        told += [*_told_identifiers(reading, run), *_steady(run["@id"])]
    told += _steady(reading.root_id)
    fitting = (one.strip() for one in told if len(one.strip()) <= 255)
    return tuple(dict.fromkeys(filter(None, fitting)))[:20]


def _told_identifiers(reading: Reading, entity: Entity) -> list[str]:
    found = []
    for name in ("identifier", "cite-as", "doi"):
        for one in values(entity, name):
            known = reading.graph.get(one["@id"]) if isinstance(one, dict) else None
            if known is not None and is_a(known, "PropertyValue"):
                found.append(text(known, "value") or first_text(reading.graph, known, "url"))
            elif isinstance(one, dict):
                found.append(one["@id"])
            elif isinstance(one, str):
                found.append(one)
    return [one for one in found if not one.startswith(("_:", "#"))]


def _steady(identifier: str) -> list[str]:
    found = _UUID.fullmatch(identifier)
    if found:
        return [found[1].lower()]
    return [identifier] if _ABSOLUTE.match(identifier) else []
