"""The log of what happened in a run: entries are added at its end, and never changed."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from common.bulk import insert_rows
from common.identifiers import uuid7_batch
from workflows.models import RunEvent, WorkflowRun, WorkflowRunJob
from workflows.models.events import LEVELS
from workflows.records import EventRecord, RunStatus

EVENTS_AT_ONCE = 1000
REGISTRY = "registry"  # the category of what the registry itself did
KNOWN_LEVELS = frozenset(level for level, _ in LEVELS)
LOUDER = {RunStatus.FAILED: "error", RunStatus.CANCELLED: "warning"}
FIELDS = (
    "id", "sequence", "at", "received_at", "category", "type", "level", "message", "data", "job_id",
    "job_external_id", "key",
)  # fmt: skip


def append_events(*, run: WorkflowRun, events: Iterable[EventRecord]) -> int:
    """Add events to the log of a run, in their order; returns how many are new.

    ``events`` may be read from a network as it goes on: a portion at a time is taken and then written in a short
    transaction of its own. An event whose ``key`` the log has already is left out, so that a log may be sent again;
    one without a key is added each time. Texts are cut to what is kept, times without a zone are taken for UTC.
    """
    return sum(_append(run.pk, some) for some in _portions(events))


def tell_status(run: WorkflowRun, before: str, *, by: Any, reason: str = "") -> None:
    """Log that the registry gave the run another status, who did that, and why."""
    data = {"from": str(before), "to": str(run.status)}
    data |= {"by": by.username} if by is not None else {}
    data |= {"reason": reason} if reason else {}
    level = LOUDER.get(RunStatus(run.status), "info")
    told = f"{before} became {run.status}" + (f": {reason}" if reason else "")
    append_events(run=run, events=[_deed("status.changed", told, data, level=level)])


def tell_update(run: WorkflowRun) -> None:
    """Log that whoever brought the run in told it again, and that it was not the same."""
    append_events(run=run, events=[_deed("run.updated", "Brought up to date", {"source": run.source})])


def tell_import(run: WorkflowRun) -> None:
    """Log that a run came in, as the first entry; nobody else knows the run yet, so there is nothing to lock."""
    data = {"source": run.source, "source_url": run.source_url, "external_id": run.external_id}
    told = _deed("run.imported", f"Imported from {run.source or 'elsewhere'}", data)
    _write(run.pk, [told], first=1, jobs={})


def _deed(kind: str, message: str, data: Mapping[str, Any], *, level: str = "info") -> EventRecord:
    return EventRecord(timezone.now(), REGISTRY, kind, message, level, dict(data))


def _portions(events: Iterable[EventRecord]) -> Iterator[list[EventRecord]]:
    rest = iter(events)
    while some := list(islice(rest, EVENTS_AT_ONCE)):
        yield some


@transaction.atomic
def _append(run_id: UUID, events: Sequence[EventRecord]) -> int:
    """Whoever holds the run's row numbers its events: so there is no gap, and no number twice."""
    WorkflowRun.objects.select_for_update(no_key=True).values_list("pk").get(pk=run_id)
    new = _not_known(run_id, events)
    if new:
        last = RunEvent.objects.filter(workflowrun=run_id).aggregate(last=Max("sequence"))["last"] or 0
        _write(run_id, new, first=last + 1, jobs=_jobs_named_by(run_id, new))
    return len(new)


def _not_known(run_id: UUID, events: Sequence[EventRecord]) -> list[EventRecord]:
    keys = {key for one in events if (key := _key(one.key))}
    rows = RunEvent.objects.filter(workflowrun=run_id, key__in=keys) if keys else RunEvent.objects.none()
    seen = set(rows.values_list("key", flat=True))
    new = []
    for one in events:
        key = _key(one.key)
        if key not in seen:
            new.append(one)
        if key:
            seen.add(key)
    return new


def _jobs_named_by(run_id: UUID, events: Sequence[EventRecord]) -> dict[str, UUID]:
    """The job of each external id that an event names; of several attempts the last one."""
    names = {one.job for one in events if one.job}
    if not names:
        return {}
    rows = WorkflowRunJob.objects.filter(workflowrun=run_id, external_id__in=names)
    return dict(rows.order_by("attempt", "id").values_list("external_id", "id"))


def _write(run_id: UUID, events: Sequence[EventRecord], *, first: int, jobs: Mapping[str, UUID]) -> None:
    now, ids = timezone.now(), uuid7_batch(len(events))
    rows = (
        (
            key, first + place, _aware(one.at), now, _text(one.category, 60), _text(one.type, 100),
            one.level if one.level in KNOWN_LEVELS else "info", _text(one.message), _plain_data(one.data),
            jobs.get(one.job), _text(one.job, 255), _key(one.key),
        )
        for place, (key, one) in enumerate(zip(ids, events, strict=True))
    )  # fmt: skip
    insert_rows(RunEvent, FIELDS, rows, workflowrun_id=run_id)


# --- what a database can keep ----------------------------------------------------------------------------------


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _key(key: str) -> str:
    """As it stands, or its digest where it is too long to be kept: a cut one might be another's."""
    clean = _text(key)
    return clean if len(clean) <= 255 else f"sha256:{hashlib.sha256(clean.encode()).hexdigest()}"


def _text(text: str, most: int | None = None) -> str:
    """Without NUL and half characters, at most so long."""
    clean = text.replace("\0", "")
    clean = clean if clean.isascii() else clean.encode("utf-8", "replace").decode()
    return clean[:most]


def _plain_data(data: Any) -> Any:
    """The same, or what can be kept of it where that is not all."""
    try:
        is_plain = b"\\u0000" not in orjson.dumps(data)
    except (TypeError, orjson.JSONEncodeError):
        is_plain = False
    return data if is_plain else _cleaned(data)


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            return _text(value)
        case Mapping():
            return {_text(str(name)): _cleaned(inner) for name, inner in value.items()}
        case list() | tuple() | set():
            return [_cleaned(inner) for inner in value]
        case None | bool() | float():
            return value
        case int():
            return value if -(2**63) <= value < 2**63 else str(value)
    return _text(str(value))
