"""Runs of Galaxy: read from recorded facts, written down as imports."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from data_management.records import DatasetRecord, FileRecord, FileStatus
from example_lab.definitions import MATERIAL
from example_lab.people import Member
from workflows.models import WorkflowRun, WorkflowVersion
from workflows.records import (
    DatasetLink,
    DataType,
    FileRole,
    JobFile,
    JobRecord,
    ParameterRecord,
    RunOrigin,
    RunRecord,
    RunStatus,
    StepRecord,
    WorkflowRecord,
)
from workflows.services import record_run

# Who imported which run, by the run's name in the recording.
OWNERS = {
    "galaxy": {
        "Top regions on chromosome 1": "ada",
        "Filtering of four samples, condition c5>400": "ada",
        "Strict check of the cut table": "bob",
        "Slow copies, stopped by hand": "ada",
        "Slow copies, under way": "bob",
    },
}


def record_runs(
    members: Mapping[str, Member], versions: Mapping[str, WorkflowVersion]
) -> dict[str, WorkflowRun]:
    """Write down every recorded run for its owner; returns the runs by their names."""
    workflows = {key: version.to_record() for key, version in versions.items()}
    runs = {}
    for source, owners in OWNERS.items():
        for record in read_records(source, workflows):
            owner = members[owners[record.name]]
            runs[record.name], _ = record_run(record=record, owner=owner.user, owned_by=owner.group)
    return runs


def read_records(source: str, workflows: Mapping[str, WorkflowRecord]) -> Iterator[RunRecord]:
    """The records of ``material/recorded/<source>.json``, each with the workflow that it names."""
    for told in json.loads((MATERIAL / "recorded" / f"{source}.json").read_text()):
        yield _run(told, workflows[told["workflow"]])


def _run(told: dict[str, Any], workflow: WorkflowRecord) -> RunRecord:
    return RunRecord(
        name=told["name"],
        workflow=workflow,
        status=RunStatus(told["status"]),
        description=told.get("description", ""),
        started_at=_time(told, "started_at"),
        completed_at=_time(told, "completed_at"),
        run_environment=told.get("run_environment"),
        is_imported=True,
        origin=RunOrigin(**told["origin"]),
        parameters=tuple(ParameterRecord(**one) for one in told.get("parameters", ())),
        steps=tuple(_step(one) for one in told.get("steps", ())),
        jobs=tuple(_job(one) for one in told.get("jobs", ())),
        datasets=tuple(_link(one) for one in told.get("datasets", ())),
    )


def _step(told: dict[str, Any]) -> StepRecord:
    return StepRecord(**{**told, "status": RunStatus(told["status"])})


def _job(told: dict[str, Any]) -> JobRecord:
    read = {
        "status": RunStatus(told["status"]),
        "started_at": _time(told, "started_at"),
        "completed_at": _time(told, "completed_at"),
        "files": tuple(JobFile(one["path"], FileRole(one["role"])) for one in told.get("files", ())),
    }
    return JobRecord(**{**told, **read})


def _link(told: dict[str, Any]) -> DatasetLink:
    dataset = told["dataset"]
    files = tuple(FileRecord(**{**one, "status": FileStatus(one["status"])}) for one in dataset["files"])
    return DatasetLink(DatasetRecord(**{**dataset, "files": files}), DataType(told["data_type"]))


def _time(told: dict[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(told[name]) if name in told else None
