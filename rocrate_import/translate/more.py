"""What our own crates say beyond the standards, read back. Whoever made a crate may have written anything there."""

from collections.abc import Callable, Mapping
from typing import Any

from rocrate_export.wording import JOB_FACTS, RUN_FACTS, VERSION_FACTS
from rocrate_import.translate.graph import Entity
from rocrate_import.translate.properties import details, word
from rocrate_import.translate.reading import Reading
from rocrate_import.translate.times import time_of
from workflows.records import ComputeNodeRecord, DataType, DeclaredFile

_LONGEST = {"source_status": 60, "rerun_of": 255, "node": 255, "source_digest": 140}
_LARGEST = 2**62
Reader = Callable[[Reading, Entity, str, Any], Any]
_MOST_GPUS = 2**31 - 1


def more_of_run(reading: Reading, action: Entity) -> dict[str, Any]:
    """The fields of a RunRecord that only our own crates tell."""
    return _read(reading, action, RUN_FACTS)


def more_of_job(reading: Reading, action: Entity) -> dict[str, Any]:
    """The fields of a JobRecord that only our own crates tell."""
    return _read(reading, action, JOB_FACTS)


def more_of_version(reading: Reading, entity: Entity) -> dict[str, Any]:
    """The fields of a WorkflowRecord that only our own crates tell."""
    return _read(reading, entity, VERSION_FACTS)


def _read(reading: Reading, entity: Entity, names: Mapping[str, str]) -> dict[str, Any]:
    if not reading.is_ours:
        return {}
    known = details(reading.graph, entity)
    told = {field: known[name] for field, name in names.items() if name in known}
    return {field: _reader(field)(reading, entity, field, one) for field, one in told.items()}


def _reader(field: str) -> Reader:
    return _KINDS.get(field, _object)


def _text(reading: Reading, entity: Entity, field: str, told: Any) -> str:
    return reading.remarks.cut(str(told), _LONGEST[field], entity["@id"], field.replace("_", " "))


def _truth(reading: Reading, entity: Entity, field: str, told: Any) -> bool:
    return told is True


def _object(reading: Reading, entity: Entity, field: str, told: Any) -> dict[str, Any]:
    return told if isinstance(told, dict) else {}


def _tags(reading: Reading, entity: Entity, field: str, told: Any) -> dict[str, str]:
    return {name: str(value) for name, value in _object(reading, entity, field, told).items()}


def _declared(reading: Reading, entity: Entity, field: str, told: Any) -> tuple[DeclaredFile, ...]:
    found = (_declared_file(one) for one in told if isinstance(one, dict)) if isinstance(told, list) else ()
    return tuple(filter(None, found))


def _declared_file(told: dict[str, Any]) -> DeclaredFile | None:
    kind, path = word(DataType, told.get("data_type")), told.get("path")
    if kind is None or not isinstance(path, str) or not path:
        return None
    return DeclaredFile(path, kind, told.get("optional") is True)


def _nodes(reading: Reading, entity: Entity, field: str, told: Any) -> tuple[ComputeNodeRecord, ...]:
    listed = told if isinstance(told, list) else []
    named = [one for one in listed if isinstance(one, dict) and isinstance(one.get("key"), str)]
    return tuple({one["key"][:255]: _node(reading, entity, one) for one in named}.values())


def _node(reading: Reading, entity: Entity, told: dict[str, Any]) -> ComputeNodeRecord:
    times = {
        "@id": entity["@id"],
        **{name: str(told.get(name, "")) for name in ("started_at", "completed_at")},
    }
    return ComputeNodeRecord(
        key=told["key"][:255],
        hostname=str(told.get("hostname", ""))[:255],
        kind=str(told.get("kind", ""))[:60],
        started_at=time_of(times, "started_at", reading.remarks),
        completed_at=time_of(times, "completed_at", reading.remarks),
        cpus=_number(told.get("cpus"), float, _LARGEST),
        memory_bytes=_number(told.get("memory_bytes"), int, _LARGEST),
        gpus=_number(told.get("gpus"), int, _MOST_GPUS),
        scheduler=_object(reading, entity, "", told.get("scheduler")),
        statistics=_object(reading, entity, "", told.get("statistics")),
    )


def _number(told: Any, kind: type, most: int) -> Any:
    is_number = isinstance(told, int | float) and not isinstance(told, bool)
    return kind(told) if is_number and 0 <= told <= most else None


_KINDS: dict[str, Reader] = {
    **dict.fromkeys(_LONGEST, _text),
    "source_deleted": _truth,
    "declared": _declared,
    "nodes": _nodes,
    "tags": _tags,
}
