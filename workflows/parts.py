"""The parts of a run that come with its record: parameters, steps, jobs, and the files of each job."""

from collections.abc import Mapping
from uuid import UUID

from common.bulk import insert_rows
from common.identifiers import uuid7_batch
from workflows.models import (
    ComputeNode,
    JobFileLink,
    WorkflowRun,
    WorkflowRunJob,
    WorkflowRunParameter,
    WorkflowRunStep,
)
from workflows.part_rows import (
    JOB_FIELDS,
    LINK_FIELDS,
    NODE_FIELDS,
    STEP_FIELDS,
    job_files,
    job_rows,
    node_rows,
    step_rows,
)
from workflows.records import RunRecord
from workflows.renewal import renew_steps_and_jobs
from workflows.value_keys import value_key


def write_parts(*, run: WorkflowRun, record: RunRecord, file_ids: Mapping[str, UUID]) -> None:
    """Make the run's parts equal to the record's. ``file_ids`` gives the data file of each path.

    Steps and jobs that the run has already keep their ids, and only what changed is written.
    """
    if tuple(one.to_record() for one in run.parameters.order_by("id")) != record.parameters:
        run.parameters.all().delete()
        add_parameters(run_id=run.pk, record=record)
    renew_steps_and_jobs(run_id=run.pk, record=record, file_ids=file_ids)
    if tuple(one.to_record() for one in run.nodes.order_by("id")) != record.nodes:
        run.nodes.all().delete()
        add_nodes(run_id=run.pk, record=record)


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
    insert_rows(WorkflowRunStep, STEP_FIELDS, step_rows(record.steps, step_ids), workflowrun_id=run_id)
    insert_rows(WorkflowRunJob, JOB_FIELDS, job_rows(record.jobs, job_ids, step_ids), workflowrun_id=run_id)
    insert_rows(JobFileLink, LINK_FIELDS, job_files(record.jobs, job_ids, file_ids))
    add_nodes(run_id=run_id, record=record)


def add_nodes(*, run_id: UUID, record: RunRecord) -> None:
    """Write the record's compute nodes for a run that has none."""
    rows = node_rows(record.nodes, uuid7_batch(len(record.nodes)))
    insert_rows(ComputeNode, NODE_FIELDS, rows, workflowrun_id=run_id)
