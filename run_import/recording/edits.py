"""A run that its source tells again: what people changed here stays, the rest is as the source says now. No Django.

It takes three to tell an edit from news: what stands here, what was said the last time, and what is said now. A
value that is no longer what was said the last time was changed here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from workflows.records import ParameterRecord, RunOrigin, RunRecord, RunStatus

PLAIN = (
    "name", "description", "status", "message", "license", "started_at", "completed_at", "run_command",
    "run_environment", "is_imported", "source", "source_url", "external_id",
)  # fmt: skip
ITS_OWN = ("status", "message", "started_at", "completed_at", "is_imported")
TIMES = ("started_at", "completed_at")
ORIGIN = ("source", "source_url", "external_id")
VERSION = "workflowversion"
MAPPINGS = ("tags", "metadata")


@dataclass(frozen=True, slots=True)
class Told:
    """What the source said of the values that people can change here, as JSON can hold it.

    ``fields`` are a run's own by their names, with the id of its workflow version; ``parameters`` are by their names,
    ``mappings`` are the run's tags and metadata. ``tags`` are all annotations that it ever told, ``datasets`` all
    that became datasets, by data type and name.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    mappings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    datasets: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, record: RunRecord) -> "Told":
        """What a record says; its workflow counts by its id."""
        fields = {name: plain(value) for name, value in fields_of(record).items()}
        mappings = {name: getattr(record, name) for name in MAPPINGS}
        return cls(fields, {one.name: one.value for one in record.parameters}, mappings=mappings)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Told":
        """What was kept of it."""
        datasets = tuple((kind, name) for kind, name in kept.get("datasets", ()))
        tags, mappings = tuple(kept.get("tags", ())), kept.get("mappings", {})
        return cls(kept.get("fields", {}), kept.get("parameters", {}), tags, mappings, datasets)

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        told = {"fields": dict(self.fields), "parameters": dict(self.parameters), "tags": list(self.tags)}
        more = {"mappings": dict(self.mappings), "datasets": [list(one) for one in self.datasets]}
        return told | {name: value for name, value in more.items() if value}


def with_edits(now: RunRecord, *, here: RunRecord, told: Told) -> RunRecord:
    """The record as its source tells it now, with what was changed here since it told it the last time.

    ``here`` is the run as it stands. Without an earlier word of it (``told`` is empty: the run came in some other
    way) what was written here counts as written by people, but for how the run went.
    """
    present, new = fields_of(here), fields_of(now)
    merged = {name: _merged(name, present[name], new[name], told.fields) for name in new}
    record = _with_fields(now, _in_order(merged, present))
    if merged["status"] != new["status"]:
        record = replace(record, status_basis=here.status_basis)
    if merged[VERSION] != new[VERSION]:
        record = replace(record, workflow=here.workflow)
    tags, metadata = (_mapping(name, now, here, told) for name in MAPPINGS)
    return replace(
        record,
        parameters=_parameters(now.parameters, here.parameters, told.parameters),
        tags=tags,
        metadata=metadata,
    )


def fields_of(record: RunRecord) -> dict[str, Any]:
    """The values of a run that people can change, by the names of the API."""
    values = {name: getattr(record, name) for name in PLAIN if name not in ORIGIN}
    origin = record.origin
    version = record.workflow.id if record.workflow else None
    return {
        **values, "status": str(record.status), VERSION: str(version) if version else None,
        "source": origin.source, "source_url": origin.source_url, "external_id": origin.external_id,
    }  # fmt: skip


def plain(value: Any) -> Any:
    """A value as JSON can hold it; times in UTC."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _mapping(name: str, now: RunRecord, here: RunRecord, told: Told) -> dict[str, Any]:
    """Entry by entry: what was written or taken away here stays so, what the source took away goes."""
    new, present, before = getattr(now, name), getattr(here, name), told.mappings.get(name, {})
    merged = {key: _merged(key, present.get(key, ""), value, before) for key, value in new.items()}
    merged = {key: value for key, value in merged.items() if key in present or key not in before}
    ours = {
        key: value
        for key, value in present.items()
        if key not in new and not (key in before and _same(value, before[key]))
    }
    return {**merged, **ours}


def _merged(name: str, here: Any, now: Any, told: Mapping[str, Any]) -> Any:
    if name in told:
        return now if _same(here, told[name]) else here
    is_edit = not told and name not in ITS_OWN and here not in ("", None)
    return here if is_edit else now


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON: there ``1`` is not ``true``."""
    return _text(one) == _text(other)


def _text(value: Any) -> str:
    return json.dumps(plain(value), sort_keys=True)


def _in_order(merged: dict[str, Any], here: Mapping[str, Any]) -> dict[str, Any]:
    """An edited start after the source's end, or the other way round, cannot stand: then both stay as they are here."""
    start, end = (merged[name] for name in TIMES)
    return {**merged, **{name: here[name] for name in TIMES}} if start and end and end < start else merged


def _with_fields(record: RunRecord, fields: Mapping[str, Any]) -> RunRecord:
    own = {name: fields[name] for name in PLAIN if name not in (*ORIGIN, "status")}
    origin = RunOrigin(*(fields[name] for name in ORIGIN))
    return replace(record, **own, status=RunStatus(fields["status"]), origin=origin)


def _parameters(
    now: Sequence[ParameterRecord], here: Sequence[ParameterRecord], told: Mapping[str, Any]
) -> tuple[ParameterRecord, ...]:
    """The source's in its order, then those that were added here; what was deleted here stays deleted."""
    present = {one.name: one.value for one in here}
    named = {one.name for one in now}
    kept = [
        replace(one, value=_value(one, present, told))
        for one in now
        if one.name in present or one.name not in told
    ]
    ours = [one for one in here if one.name not in named and not _is_its_own(one, told)]
    return (*kept, *ours)


def _value(now: ParameterRecord, here: Mapping[str, Any], told: Mapping[str, Any]) -> Any:
    is_edited = now.name in here and not (now.name in told and _same(here[now.name], told[now.name]))
    return here[now.name] if is_edited else now.value


def _is_its_own(here: ParameterRecord, told: Mapping[str, Any]) -> bool:
    return here.name in told and _same(here.value, told[here.name])
