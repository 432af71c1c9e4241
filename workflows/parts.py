"""The parts of a run that come with its record: parameters, steps, jobs, and the files of each job."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from common.bulk import insert_rows
from common.identifiers import uuid7_batch
from workflows.models import JobFileLink, WorkflowRun, WorkflowRunJob, WorkflowRunParameter, WorkflowRunStep
from workflows.models.steps import value_key
from workflows.records import JobRecord, RunRecord, StepRecord

ROWS_AT_ONCE = 500
STEP_FIELDS = (
    "id", "parent_id", "key", "name", "position", "tool_id", "tool_name", "tool_version", "container_image", "status",
    "tool_url", "message",
)  # fmt: skip
JOB_FIELDS = (
    "id", "step_id", "name", "attempt", "status", "started_at", "completed_at", "command_line", "exit_code", "host",
    "stdout", "stderr", "container_image", "external_id", "resources", "parameters", "environment",
    "message", "after",
)  # fmt: skip


def write_parts(*, run: WorkflowRun, record: RunRecord, file_ids: Mapping[str, UUID]) -> None:
    """Make the run's parts equal to the record's. ``file_ids`` gives the data file of each path.

    Parts that are equal already are left alone, so that their ids live on.
    """
    if tuple(one.to_record() for one in run.parameters.order_by("id")) != record.parameters:
        run.parameters.all().delete()
        add_parameters(run_id=run.pk, record=record)
    steps = tuple(one.to_record() for one in run.steps.select_related("parent").order_by("id"))
    if steps == record.steps and _has_jobs(run, record.jobs, file_ids):
        return
    run.jobs.all().delete()
    run.steps.all().delete()
    add_steps_and_jobs(run_id=run.pk, record=record, file_ids=file_ids)


def add_parameters(*, run_id: UUID, record: RunRecord) -> None:
    """Write the record's parameters for a run that has none."""
    ids = uuid7_batch(len(record.parameters))
    rows = (
        (key, one.name, one.value, value_key(one.value))
        for key, one in zip(ids, record.parameters, strict=True)
    )
    insert_rows(WorkflowRunParameter, ("id", "name", "value", "value_key"), rows, workflowrun_id=run_id)


def add_steps_and_jobs(*, run_id: UUID, record: RunRecord, file_ids: Mapping[str, UUID]) -> None:
    """Write the record's steps and jobs for a run that has none."""
    step_ids = {step.key: key for step, key in zip(record.steps, uuid7_batch(len(record.steps)), strict=True)}
    job_ids = uuid7_batch(len(record.jobs))
    insert_rows(WorkflowRunStep, STEP_FIELDS, _step_rows(record.steps, step_ids), workflowrun_id=run_id)
    insert_rows(WorkflowRunJob, JOB_FIELDS, _job_rows(record.jobs, job_ids, step_ids), workflowrun_id=run_id)
    insert_rows(JobFileLink, ("job_id", "datafile_id", "role"), _job_files(record.jobs, job_ids, file_ids))


def _has_jobs(run: WorkflowRun, jobs: tuple[JobRecord, ...], file_ids: Mapping[str, UUID]) -> bool:
    """Whether the run's jobs are these already, with the files that would be written for them."""
    if run.jobs.count() != len(jobs):
        return False
    links: dict[UUID, set[tuple[UUID, str]]] = defaultdict(set)
    rows = JobFileLink.objects.filter(job__workflowrun=run).values_list("job_id", "datafile_id", "role")
    for job_id, file, role in rows.iterator(chunk_size=ROWS_AT_ONCE):
        links[job_id].add((file, role))
    without_files = Prefetch("files", queryset=JobFileLink.objects.none())
    present = run.jobs.select_related("step").prefetch_related(without_files).order_by("id")
    return all(
        row.to_record() == replace(job, files=()) and links[row.pk] == set(_files_of(job, file_ids))
        for row, job in zip(present.iterator(chunk_size=ROWS_AT_ONCE), jobs, strict=True)
    )


def _step_rows(steps: tuple[StepRecord, ...], ids: dict[str, UUID]) -> Iterator[tuple[Any, ...]]:
    for step in _parents_first(steps):
        yield (
            ids[step.key], ids.get(step.parent), step.key, step.name, step.position, step.tool_id, step.tool_name,
            step.tool_version, step.container_image, str(step.status), step.tool_url, step.message,
        )  # fmt: skip


def _parents_first(steps: tuple[StepRecord, ...]) -> list[StepRecord]:
    """A step's row needs its parent's; the ids, which give the order, are not touched."""
    depth: dict[str, int] = {}
    parents = {step.key: step.parent for step in steps}
    for key in parents:
        above, seen = parents[key], {key}
        while above in parents and above not in seen:
            seen.add(above)
            above = parents[above]
        depth[key] = len(seen)
    return sorted(steps, key=lambda step: depth[step.key])


def _job_rows(
    jobs: tuple[JobRecord, ...], ids: list[UUID], steps: dict[str, UUID]
) -> Iterator[tuple[Any, ...]]:
    for key, job in zip(ids, jobs, strict=True):
        yield (
            key, steps.get(job.step), job.name, job.attempt, str(job.status), job.started_at, job.completed_at,
            job.command_line, job.exit_code, job.host, job.stdout, job.stderr, job.container_image, job.external_id,
            job.resources, job.parameters, job.environment, job.message, list(job.after),
        )  # fmt: skip


def _job_files(
    jobs: tuple[JobRecord, ...], ids: list[UUID], files: Mapping[str, UUID]
) -> Iterator[tuple[UUID, UUID, str]]:
    for key, job in zip(ids, jobs, strict=True):
        for file, role in dict.fromkeys(_files_of(job, files)):  # two paths may name one file
            yield key, file, role


def _files_of(job: JobRecord, files: Mapping[str, UUID]) -> Iterator[tuple[UUID, str]]:
    """The data files of a job with its role for each; those that the registry does not have are left out."""
    return ((files[link.path], str(link.role)) for link in job.files if link.path in files)
