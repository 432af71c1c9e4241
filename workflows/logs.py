"""Keeping logs of runs and jobs: compressed, bounded, each once, and never lost for another one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from workflows.log_texts import Keeping, KeptText, kept, text_of
from workflows.models import RunLog, WorkflowRun, WorkflowRunJob
from workflows.records import LogRecord

LONGEST_NAME = 100
LOGS_AT_ONCE = 50
COLUMNS = ("content", "size", "full_size", "line_count", "is_cut")
Place = tuple[UUID | None, str]


@transaction.atomic
def keep_log(*, run: WorkflowRun, name: str, text: str | Iterable[str], job: Any = None) -> RunLog:
    """Keep a log of a run, or of one of its jobs, under a name; ``text`` may come in pieces.

    The same text again changes nothing, another one takes its place. Beyond ``LOG_MAX_BYTES`` the beginning and
    the end are kept, and a line between them says how much is missing.
    """
    ready = kept(text, settings.LOG_MAX_BYTES)
    place = (job.pk if job else None, fitting(name))
    _wait_for_others(run)
    return _write(run, place, ready, _found(run, [place]).get(place))


def keep_logs(
    *, run: WorkflowRun, logs: Iterable[LogRecord], jobs: Mapping[tuple[str, int], UUID] | None = None
) -> int:
    """Keep many logs, each of the job that its external id and attempt tell; returns how many are new or changed.

    ``logs`` is read lazily, and written in portions, each whole or not at all. The log of a job that the run does
    not have is kept as the run's own, under ``name (job)``. An empty one takes the place of nothing. Where the logs
    call the jobs by other words than external ids, ``jobs`` says which are meant.
    """
    ready, changed = _made_ready(logs), 0
    while portion := list(islice(ready, LOGS_AT_ONCE)):
        changed += _keep_portion(run, portion, jobs)
    return changed


def _made_ready(logs: Iterable[LogRecord]) -> Iterator[tuple[LogRecord, KeptText]]:
    """Each log that has a text, without it, and the text as it is kept."""
    return ((replace(log, text=""), kept(log.text, settings.LOG_MAX_BYTES)) for log in logs if log.text)


@transaction.atomic
def append_log(*, run: WorkflowRun, name: str, text: str | Iterable[str], job: Any = None) -> RunLog:
    """Go on with a log, or begin it; of a long one the end moves on, and what is missing grows."""
    place = (job.pk if job else None, fitting(name))
    _wait_for_others(run)
    row = _found(run, [place]).get(place)
    keeping = Keeping(settings.LOG_MAX_BYTES)
    if row is not None:
        keeping.go_on_from(text_of(row.content), row.full_size)
    for piece in [text] if isinstance(text, str) else text:
        keeping.add(piece)
    return _write(run, place, keeping.result(), row)


def fitting(name: str) -> str:
    """A name as the column takes it: one that is too long ends with a sign of its own."""
    clean = name.replace("\0", "").strip() or "log"
    if len(clean) <= LONGEST_NAME:
        return clean
    return f"{clean[: LONGEST_NAME - 9]}~{sha256(clean.encode('utf-8', 'replace')).hexdigest()[:8]}"


@transaction.atomic
def _keep_portion(
    run: WorkflowRun,
    portion: Sequence[tuple[LogRecord, KeptText]],
    jobs: Mapping[tuple[str, int], UUID] | None,
) -> int:
    jobs = _jobs_of(run, [log for log, _ in portion]) if jobs is None else jobs
    wanted = {_place(log, jobs): ready for log, ready in portion}  # told twice, the last one holds
    _wait_for_others(run)
    present = _found(run, list(wanted))
    changed = {place: ready for place, ready in wanted.items() if not _is_same(present.get(place), ready)}
    new = [_row(run, place, ready) for place, ready in changed.items() if place not in present]
    RunLog.objects.bulk_create(new)
    for place, ready in changed.items():
        if place in present:
            _write(run, place, ready, present[place])
    return len(changed)


def _jobs_of(run: WorkflowRun, logs: Iterable[LogRecord]) -> Mapping[tuple[str, int], UUID]:
    """The id of each job that is named, by external id and attempt; of several alike the first."""
    names = {log.job for log in logs if log.job}
    rows = WorkflowRunJob.objects.filter(workflowrun=run, external_id__in=names).order_by("-id")
    return {(name, attempt): key for name, attempt, key in rows.values_list("external_id", "attempt", "id")}


def _place(log: LogRecord, jobs: Mapping[tuple[str, int], UUID]) -> Place:
    job = jobs.get((log.job, log.attempt)) if log.job else None
    if job is not None or not log.job:
        return job, fitting(log.name)
    attempt = f", attempt {log.attempt}" if log.attempt != 1 else ""
    return None, fitting(f"{log.name} ({log.job}{attempt})")


def _wait_for_others(run: WorkflowRun) -> None:
    """One at a time: two that keep the same log at once would both find that there is none."""
    list(WorkflowRun.objects.select_for_update().filter(pk=run.pk).values_list("pk"))


def _found(run: WorkflowRun, places: Sequence[Place]) -> dict[Place, RunLog]:
    """The rows that stand in these places."""
    jobs, names = {job for job, _ in places if job}, {name for _, name in places}
    rows = RunLog.objects.filter(workflowrun=run, name__in=names)
    of_jobs = rows.filter(job__in=jobs) if jobs else rows.none()
    of_run = rows.filter(job=None) if any(job is None for job, _ in places) else rows.none()
    return {(row.job_id, row.name): row for row in [*of_jobs, *of_run] if (row.job_id, row.name) in {*places}}


def _is_same(row: RunLog | None, ready: KeptText) -> bool:
    if row is None or (row.size, row.full_size) != (ready.size, ready.full_size):
        return False
    return bytes(row.content) == ready.content or text_of(row.content) == text_of(ready.content)


def _write(run: WorkflowRun, place: Place, ready: KeptText, row: RunLog | None) -> RunLog:
    if row is not None and _is_same(row, ready):
        return row
    if row is None:
        row = _row(run, place, ready)
        row.save(force_insert=True)
        return row
    for column, value in _columns(ready):
        setattr(row, column, value)
    row.modified = timezone.now()
    row.save(update_fields=[*COLUMNS, "modified"])
    return row


def _row(run: WorkflowRun, place: Place, ready: KeptText) -> RunLog:
    job, name = place
    return RunLog(workflowrun=run, job_id=job, name=name, **dict(_columns(ready)))


def _columns(ready: KeptText) -> Iterator[tuple[str, Any]]:
    return ((column, getattr(ready, column)) for column in COLUMNS)
