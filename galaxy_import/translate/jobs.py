"""One job, from its details and its metrics; or, where they cannot be read, from its row in a list."""

from datetime import datetime
from typing import Any

from galaxy_import.answers import Json
from galaxy_import.translate.messages import message_of_job
from galaxy_import.translate.metrics import Measured, read_metrics
from galaxy_import.translate.parameters import parameters_of_job
from galaxy_import.translate.plan import Plan
from galaxy_import.translate.reading import (
    NAME,
    clean,
    cut,
    mapping,
    named_objects,
    number,
    objects,
    text,
    time_of,
)
from galaxy_import.translate.statuses import ACTIVE, status_of_job
from galaxy_import.values import JobReference, ReadJob
from workflows.records import JobRecord

_LONGEST_COMMAND = 100_000
_RAN = frozenset({"ok", "error", "failed", "stopped"})
References = tuple[tuple[str, str], ...]


def read_job(
    plan: Plan, reference: JobReference, detail: Json | None, metrics: list[Json], *, room: int
) -> ReadJob:
    """A job as a record. ``detail`` is None where it could not be read.

    ``room`` is the most characters that are kept of its output, and of its error output: of longer ones the beginning
    and the end. The job's name is that of its step until ``assemble`` knows the element that it worked on.
    """
    known = detail if isinstance(detail, dict) else {}
    row = plan.rows.get(reference.id, {})
    state = text(known, "state") or reference.state
    measured = read_metrics(metrics or objects(known, "job_metrics"))
    return ReadJob(
        record=_record(plan, reference, {**row, **known}, measured, room, state),
        used=_used(known),
        made=_made(known),
        state=state,
        tool_id=text(known, "tool_id") or reference.tool_id,
        created=text(known, "create_time") or reference.created,
        uuids=tuple(filter(None, _uuids(known, "outputs").values())),
        uuids_used=_uuids(known, "inputs"),
        is_known=detail is not None,
    )


def _record(
    plan: Plan, reference: JobReference, told: Json, measured: Measured, room: int, state: str
) -> JobRecord:
    step = plan.step_of.get(reference.step)
    started, completed = _times(reference, told, measured, state)
    code = number(told, "exit_code", 2**31 - 1)
    return JobRecord(
        name=step.name if step else cut(text(told, "tool_id") or reference.tool_id or reference.id, NAME),
        step=step.key if step else "",
        status=status_of_job(state),
        started_at=started,
        completed_at=completed,
        command_line=command_of(told.get("command_line")),
        exit_code=code,
        host=measured.host,
        stdout=excerpt(_stream(told, "stdout"), room),
        stderr=excerpt(_stream(told, "stderr"), room),
        external_id=reference.id,
        resources=measured.resources,
        parameters=parameters_of_job(mapping(told, "params")),
        environment=measured.environment,
        message=message_of_job(state, told, code),
    )


def _times(
    reference: JobReference, told: Json, measured: Measured, state: str
) -> tuple[datetime | None, datetime | None]:
    """When the job began and ended: as measured, else as near as Galaxy's rows come to it.

    A job's row is made when it is planned and changed last when it ended: without metrics these stand for its times. A
    running job's row was changed last when it began to run.
    """
    planned = time_of(text(told, "create_time") or reference.created)
    changed = time_of(text(told, "update_time") or reference.updated)
    started, completed = measured.started_at, measured.completed_at
    if state in ACTIVE:
        return started or (changed if state == "running" else None), None
    if state in _RAN:
        started, completed = started or planned, completed or changed
    elif state == "deleted":
        completed = completed or changed
    return started, max(started, completed) if started and completed else completed


def command_of(told: Any) -> str:
    """A command line as it is kept."""
    return cut(clean(told), _LONGEST_COMMAND).strip() if isinstance(told, str) else ""


def _stream(told: Json, name: str) -> str:
    """What the job wrote. Galaxy's ``stdout`` is what the tool wrote, and what Galaxy's own script around it did."""
    whole = told.get(name)
    if isinstance(whole, str) and whole:
        return whole
    parts = (told.get(f"{writer}_{name}") for writer in ("tool", "job"))
    return "\n".join(part for part in parts if isinstance(part, str) and part)


def excerpt(whole: str, room: int) -> str:
    """The text if there is room for it, else its beginning and its end, and how much is missing between them."""
    if len(whole) <= room:
        return clean(whole)
    mark = f"\n[… {len(whole)} characters in all; the middle is left out …]\n"
    left = room - len(mark)
    if left < 2:
        return clean(whole[: max(room, 0)])
    end = left // 2
    return clean(whole[: left - end] + mark + whole[len(whole) - end :])


def _used(detail: Json) -> References:
    """What it took in. Of several datasets in one input, Galaxy names the first twice."""
    return _references(detail, "inputs")


def _made(detail: Json) -> References:
    return tuple(dict.fromkeys((*_references(detail, "outputs"), *_references(detail, "output_collections"))))


def _references(detail: Json, key: str) -> References:
    named = ((text(one, "src"), text(one, "id", 64)) for _, one in named_objects(detail, key))
    return tuple(dict.fromkeys(one for one in named if all(one)))


def _uuids(detail: Json, key: str) -> dict[str, str]:
    """The UUIDs of datasets, by their ids."""
    named = [one for _, one in named_objects(detail, key) if text(one, "src") == "hda"]
    return {text(one, "id", 64): text(one, "uuid", 64) for one in named}
