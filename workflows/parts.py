"""The parts of a run that come with its record: parameters, steps, jobs, and the files of each job."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from common.bulk import insert_rows
from common.identifiers import uuid7_batch
from workflows.models import JobFileLink, WorkflowRun, WorkflowRunJob, WorkflowRunParameter, WorkflowRunStep
from workflows.models.steps import value_key
from workflows.records import JobRecord, RunRecord, StepRecord

STEP_FIELDS = (
    "id", "parent_id", "key", "name", "position", "tool_id", "tool_name", "tool_version", "container_image", "status",
)  # fmt: skip
JOB_FIELDS = (
    "id", "step_id", "name", "attempt", "status", "started_at", "completed_at", "command_line", "exit_code", "host",
    "stdout", "stderr", "container_image", "external_id", "resources", "parameters", "environment",
)  # fmt: skip


def write_parts(*, run: WorkflowRun, record: RunRecord, file_ids: Mapping[str, UUID]) -> None:
    """Make the run's parts equal to the record's. ``file_ids`` gives the data file of each path.

    Parts that are equal already are left alone, so that their ids live on.
    """
    if tuple(one.to_record() for one in run.parameters.order_by("id")) != record.parameters:
        run.parameters.all().delete()
        add_parameters(run_id=run.pk, record=record)
    steps = tuple(one.to_record() for one in run.steps.select_related("parent").order_by("id"))
    jobs = run.jobs.select_related("step").prefetch_related("files__datafile").order_by("id")
    if steps == record.steps and tuple(job.to_record() for job in jobs) == record.jobs:
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


def _step_rows(steps: tuple[StepRecord, ...], ids: dict[str, UUID]) -> Iterator[tuple[Any, ...]]:
    for step in _parents_first(steps):
        yield (
            ids[step.key], ids.get(step.parent), step.key, step.name, step.position, step.tool_id, step.tool_name,
            step.tool_version, step.container_image, str(step.status),
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
            job.resources, job.parameters, job.environment,
        )  # fmt: skip


def _job_files(
    jobs: tuple[JobRecord, ...], ids: list[UUID], files: Mapping[str, UUID]
) -> Iterator[tuple[UUID, UUID, str]]:
    for key, job in zip(ids, jobs, strict=True):
        links = ((files[link.path], str(link.role)) for link in job.files if link.path in files)
        for file, role in dict.fromkeys(links):  # two paths may name one file
            yield key, file, role
