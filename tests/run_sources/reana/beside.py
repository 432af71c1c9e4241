"""Holds what we keep of runs to what REANA's own client tells of the same, field by field.

Each function takes what the client printed and the records; it raises AssertionError at the first difference.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from run_sources.seam import FetchedRun
from workflows.records import RunRecord

Json = dict[str, Any]


def told_time(moment: datetime | None) -> str:
    """A time as the client writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") if moment else "-"


def agree_on_list(rows: Iterable[Json], records: Mapping[str, RunRecord]) -> None:
    """Name, number, state and times of each run."""
    for row in rows:
        agree_on_row(row, records[f"{row['name']}.{row['run_number']}"])


def agree_on_row(row: Json, record: RunRecord) -> None:
    """A run as the list and the status tell it. The client shows no end of a run that was stopped: we keep it."""
    assert row["name"] == record.metadata["name"]
    assert row["run_number"] == record.metadata["run_number"]
    assert row["status"] == record.source_status
    assert row["created"] + "+00:00" == record.metadata["created"]
    assert row.get("started", "-") == told_time(record.started_at)
    assert row.get("ended", "-") == (
        told_time(record.completed_at) if record.source_status != "stopped" else "-"
    )


def agree_on_status(row: Json, record: RunRecord) -> None:
    """As the list, with how far it is, and what it does."""
    agree_on_row(row, record)
    progress = record.metadata["progress"]
    if row["progress"] != "-/-":
        assert row["progress"] == f"{progress['finished']}/{progress['total']}"
    if "id" in row:
        assert row["id"] == record.origin.external_id
    if row.get("command", "-") not in ("-", None):
        assert row["command"] == progress["current_command"]


def agree_on_logs(told: Json, run: FetchedRun) -> None:
    """Every job with every field, and every log."""
    jobs = {job.external_id: job for job in run.record.jobs}
    logs = {(log.job, log.name): log.text for log in run.logs}
    assert list(told["job_logs"]) == list(jobs)
    assert (told["workflow_logs"] or "") == logs.pop(("", "engine"), "")
    for id, row in told["job_logs"].items():
        job = jobs[id]
        assert row["workflow_uuid"] == run.record.origin.external_id
        assert row["job_name"] == job.name == job.step
        assert row["compute_backend"].lower() == job.scheduler["kind"]
        assert row["backend_job_id"] == job.scheduler["job_id"]
        assert (row["docker_img"], row["cmd"]) == (job.container_image, job.command_line)
        assert row["status"] == job.source_status
        assert (row["started_at"] or "-") == told_time(job.started_at)
        assert (row["finished_at"] or "-") == told_time(job.completed_at)
        assert row["logs"] == logs.pop((id, "logs"), "")
    assert not logs


def agree_on_files(rows: Iterable[Json], record: RunRecord) -> None:
    """Every file with its size."""
    files = {file.path: file for link in record.datasets for file in link.dataset.files}
    told = {row["name"]: int(row["size"]) for row in rows}
    assert told == {path: file.size for path, file in files.items()}


def agree_on_addresses(lines: Iterable[str], record: RunRecord) -> None:
    """Where each file is; the client names the run as it was asked for, we by its UUID."""
    ours = {file.uri.partition("/api/")[2] for link in record.datasets for file in link.dataset.files}
    told = {line.strip().partition("/api/")[2] for line in lines if line.strip()}
    assert {each.replace(record.name, record.origin.external_id) for each in told} == ours


def agree_on_parameters(told: Json, record: RunRecord) -> None:
    """Every parameter with its value."""
    assert told == {one.name: one.value for one in record.parameters}


def as_json(printed: str) -> Any:
    """What the client printed."""
    return json.loads(printed)
