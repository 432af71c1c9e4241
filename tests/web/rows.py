"""Rows for the pages: a run and what hangs on it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from common.models import Note
from data_management.models import DataFile, Dataset
from data_management.records import FileStatus
from workflows.models import (
    RunText,
    StatusChange,
    Workflow,
    WorkflowFile,
    WorkflowRun,
    WorkflowRunDataset,
    WorkflowRunJob,
    WorkflowRunParameter,
    WorkflowRunStep,
    WorkflowVersion,
)

START = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


def a_version(user: Any, name: str = "Germline variants", engine: str = "GALAXY") -> WorkflowVersion:
    """The only version of a workflow, with one file."""
    workflow = Workflow.objects.create(
        name=name, workflow_manager=engine, owner=user, owned_by=user.default_group()
    )
    version = WorkflowVersion.objects.create(workflow=workflow, name="1.4.0", index=1)
    WorkflowFile.objects.create(
        workflowversion=version, path="main.ga", data_type="MAIN", size=10, sha256="ab" * 32, storage_key="k"
    )
    return version


def a_run(user: Any, name: str = "NA12878", **facts: Any) -> WorkflowRun:
    """A run of ``user`` in the user's group, found by its name."""
    facts = {"status": "SUCCESS", "owner": user, "owned_by": user.default_group(), **facts}
    run = WorkflowRun.objects.create(name=name, **facts)
    RunText.objects.get_or_create(workflowrun=run, defaults={"text": name})
    return run


def a_dataset(user: Any, *files: str, name: str = "Reads", **facts: Any) -> Dataset:
    """A dataset of ``user`` with files of these names."""
    facts = {"owner": user, "owned_by": user.default_group(), "status": FileStatus.ONLINE, **facts}
    dataset = Dataset.objects.create(name=name, file_count=len(files), size=1000 * len(files), **facts)
    DataFile.objects.bulk_create(
        DataFile(dataset=dataset, name=file, position=place, size=1000, sha256="cd" * 32, status="ONLINE")
        for place, file in enumerate(files)
    )
    return dataset


def used(run: WorkflowRun, dataset: Dataset, data_type: str = "INPUT") -> WorkflowRunDataset:
    """Say what a dataset was to a run."""
    return WorkflowRunDataset.objects.create(
        workflowrun=run, dataset=dataset, data_type=data_type, owner=run.owner
    )


def a_job(run: WorkflowRun, number: int = 0, **facts: Any) -> WorkflowRunJob:
    """A step with one job that took a minute."""
    step = WorkflowRunStep.objects.create(
        workflowrun=run, key=str(number), name=f"step {number}", position=number, tool_name="fastp"
    )
    facts = {"status": "SUCCESS", "started_at": START, "completed_at": START + timedelta(minutes=1), **facts}
    return WorkflowRunJob.objects.create(workflowrun=run, step=step, name=f"job {number}", **facts)


def a_rich_run(user: Any, parts: int) -> WorkflowRun:
    """A run with so many datasets, jobs, parameters, notes and changes of its status."""
    run = a_run(user, workflowversion=a_version(user))
    for number in range(parts):
        used(run, a_dataset(user, "a.txt", "b.txt", name=f"set {number}"), "OUTPUT")
        a_job(run, number, stdout="done")
        WorkflowRunParameter.objects.create(workflowrun=run, name=f"p{number}", value=number)
        Note.objects.create(kind=run.record_kind(), object_id=run.id, content="seen", created_by=user)
        StatusChange.objects.create(workflowrun=run, status="RUNNING", by=user)
    return run
