"""The steps and jobs of a run that is told again: what the run has already keeps its id, only changes are written.

Ids give the order. So what is told again keeps its id as long as the order of the ids is that of the record; from
the first place on where something new stands before something known, all is written anew.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import models

from common.bulk import insert_rows, update_rows
from common.identifiers import uuid7_batch
from workflows.models import JobFileLink, WorkflowRunJob, WorkflowRunStep
from workflows.part_rows import JOB_FIELDS, LINK_FIELDS, STEP_FIELDS, job_files, job_rows, step_rows
from workflows.records import RunRecord

ROWS_AT_ONCE = 500
IDS_AT_ONCE = 5000  # in one statement; SQLite takes 32,766


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which rows of a kind there shall be: ``ids`` in the order of the record, of which the first ``kept`` are there.

    ``doomed`` are those that go.
    """

    ids: list[UUID]
    kept: int
    doomed: list[UUID]


def renew_steps_and_jobs(*, run_id: UUID, record: RunRecord, file_ids: Mapping[str, UUID]) -> None:
    """Make steps, jobs and the files of the jobs equal to the record's. ``file_ids`` gives the file of each path.

    A step is known by its key. A job is known by its step, external id and attempt; one without an external id by
    its place among the jobs of its step.
    """
    keys = {step.key for step in record.steps}
    steps = _plan(_steps_of(run_id), [step.key for step in record.steps])
    jobs = _plan(
        _jobs_of(run_id),
        [_job_key(one.step if one.step in keys else "", one.external_id, one.attempt) for one in record.jobs],
    )
    _remove(steps, jobs)
    step_ids = dict(zip((step.key for step in record.steps), steps.ids, strict=True))
    _write(WorkflowRunStep, STEP_FIELDS, step_rows(record.steps, step_ids), steps, run_id)
    _write(WorkflowRunJob, JOB_FIELDS, job_rows(record.jobs, jobs.ids, step_ids), jobs, run_id)
    _write_links(run_id, dict.fromkeys(job_files(record.jobs, jobs.ids, file_ids)))


def _steps_of(run_id: UUID) -> list[tuple[UUID, Hashable]]:
    return list(WorkflowRunStep.objects.filter(workflowrun=run_id).order_by("id").values_list("id", "key"))


def _jobs_of(run_id: UUID) -> list[tuple[UUID, Hashable]]:
    rows = WorkflowRunJob.objects.filter(workflowrun=run_id).order_by("id")
    told = rows.values_list("id", "step__key", "external_id", "attempt")
    return [(key, _job_key(step or "", external_id, attempt)) for key, step, external_id, attempt in told]


def _job_key(step: str, external_id: str, attempt: int) -> Hashable:
    return (step, external_id, attempt) if external_id else (step,)


def _plan(present: Sequence[tuple[UUID, Hashable]], wanted: Iterable[Hashable]) -> _Plan:
    """Keep the id of what is known as long as the ids ascend; the rest gets new ones, which come after all others."""
    numbered = list(_numbered(wanted))
    known = dict(zip(_numbered(key for _, key in present), (one for one, _ in present), strict=True))
    kept: list[UUID] = []
    for key in numbered:
        if key not in known or (kept and known[key] < kept[-1]):
            break
        kept.append(known[key])
    new = uuid7_batch(len(numbered) - len(kept))
    if new and kept and new[0] < kept[-1]:  # they were made by a clock that is ahead of this one
        kept, new = [], uuid7_batch(len(numbered))
    stay = set(kept)
    return _Plan([*kept, *new], len(kept), [one for one, _ in present if one not in stay])


def _numbered(keys: Iterable[Hashable]) -> Iterator[tuple[Hashable, int]]:
    """Each key with its place among the equal ones."""
    seen: Counter[Hashable] = Counter()
    for key in keys:
        yield key, seen[key]
        seen[key] += 1


def _remove(steps: _Plan, jobs: _Plan) -> None:
    """Remove what goes; what stays and hung on it is taken off first, or it would go as well."""
    for some in _portions(jobs.doomed):
        WorkflowRunJob.objects.filter(pk__in=some).delete()
    for some in _portions(steps.doomed):
        WorkflowRunJob.objects.filter(step__in=some).update(step=None)
        WorkflowRunStep.objects.filter(parent__in=some).update(parent=None)
        WorkflowRunStep.objects.filter(pk__in=some).delete()


def _write(
    model: type[models.Model],
    fields: Sequence[str],
    rows: Iterable[Sequence[Any]],
    plan: _Plan,
    run_id: UUID,
) -> None:
    """Insert the new ones of these rows and update those that changed; a row begins with its id."""
    wanted = {row[0]: row for row in rows}
    present = model._default_manager.filter(workflowrun=run_id).values_list(*fields)
    changed = []
    for row in present.iterator(chunk_size=ROWS_AT_ONCE):
        told = wanted.pop(row[0])
        if not _is_same(row, told):
            changed.append(told)
    insert_rows(model, fields, wanted.values(), workflowrun_id=run_id)
    update_rows(model, fields, changed)


def _write_links(run_id: UUID, wanted: dict[tuple[UUID, UUID, str], None]) -> None:
    """Make the links between the run's jobs and files these ones."""
    gone = []
    rows = JobFileLink.objects.filter(job__workflowrun=run_id).values_list("id", *LINK_FIELDS)
    for key, *link in rows.iterator(chunk_size=ROWS_AT_ONCE):
        if tuple(link) in wanted:
            del wanted[tuple(link)]
        else:
            gone.append(key)
    for some in _portions(gone):
        JobFileLink.objects.filter(pk__in=some).delete()
    insert_rows(JobFileLink, LINK_FIELDS, wanted)


def _portions(ids: list[Any]) -> Iterator[list[Any]]:
    return (ids[start : start + IDS_AT_ONCE] for start in range(0, len(ids), IDS_AT_ONCE))


def _is_same(row: Sequence[Any], wanted: Sequence[Any]) -> bool:
    """Whether a row says what is wanted; ``1``, ``1.0`` and ``true`` are equal in Python but not in JSON."""
    return all(
        one == other and (not isinstance(one, dict) or _json(one) == _json(other))
        for one, other in zip(row, wanted, strict=True)
    )


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
