"""Container images as engines take them, and what a job used of its machine."""

import re
from typing import Any

from rocrate_export.vocabulary import UNITS
from rocrate_import.translate.graph import Entity, text, values
from rocrate_import.translate.properties import name_of, value
from rocrate_import.translate.reading import LONG, Reading

_UNIT_NAMES = {uri: name for name, uri in UNITS.items()}
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def image_of(reading: Reading, entity: Entity) -> str:
    """The container image of an action, a step or a tool; the first where there are several."""
    for one in values(entity, "containerImage"):
        known = reading.graph.get(one["@id"]) if isinstance(one, dict) else None
        told = _reference(known) if known is not None else one["@id"] if isinstance(one, dict) else str(one)
        if len(values(entity, "containerImage")) > 1:
            reading.remarks.add(entity["@id"], "There are several container images; the first is taken.")
        return reading.remarks.cut(told, LONG, entity["@id"], "container image")
    return ""


def _reference(image: Entity) -> str:
    """An image's reference: as it is recorded, else put together as ``registry/name:tag@sha256:digest``."""
    if text(image, "identifier"):
        return text(image, "identifier")
    registry = re.sub(r"^[a-z]+://", "", text(image, "registry")).rstrip("/")
    name, tag, digest = text(image, "name"), text(image, "tag"), text(image, "sha256")
    if not name:
        return str(image["@id"])
    full = name if not registry or name.startswith(f"{registry}/") else f"{registry}/{name}"
    if tag and not full.endswith(f":{tag}"):
        full = f"{full}:{tag}"
    return f"{full}@sha256:{digest.removeprefix('sha256:')}" if digest else full


def resources_of(reading: Reading, action: Entity) -> dict[str, Any]:
    """The use of resources: measures by name, with their unit at the end of it, and numbers."""
    found: dict[str, Any] = {}
    for one in reading.graph.linked(action, "resourceUsage"):
        found[_measure(reading, one)] = _number(value(reading.graph, one))
    return found


def _measure(reading: Reading, entity: Entity) -> str:
    name = text(entity, "name")
    for one in reading.graph.ids(entity, "propertyID") if not name else []:
        known = reading.graph.get(one)
        name = (text(known, "name") if known else "") or one.rpartition("#")[2].rpartition("/")[2]
    name = name or name_of(reading.graph, entity)
    for link in reading.graph.ids(entity, "unitCode") or [text(entity, "unitCode")]:
        unit = _UNIT_NAMES.get(link.replace("http://", "https://", 1), "")
        if unit and not name.endswith(f"_{unit}") and not reading.is_ours:
            name = f"{name}_{unit}"
    return name


def _number(told: Any) -> Any:
    if isinstance(told, str) and _NUMBER.fullmatch(told) and len(told) < 30:
        return float(told) if set(told) & set(".eE") else int(told)
    return told
