"""Runs as Galaxy tells them, made by hand; no database, no Django."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from data_management.records import DatasetRecord, FileRecord, FileStatus
from galaxy_import.values import Condition, GalaxyData, GalaxyFile, GalaxyRun
from workflows.records import (
    DataType,
    Engine,
    FileRole,
    FileType,
    JobFile,
    JobRecord,
    ParameterRecord,
    RunOrigin,
    RunRecord,
    RunStatus,
    StatusBasis,
    StepRecord,
    WorkflowFileRecord,
    WorkflowRecord,
)

BASE = "http://127.0.0.1:9"
START = datetime(2026, 11, 21, 2, 46, 57, tzinfo=UTC)
INVOCATION = "351a9b2758cde034"
UUID_OF_RUN = "c0ffee00-0000-4000-8000-000000000001"
UUID_OF_WORKFLOW = "c0ffee00-0000-4000-8000-00000000000a"
MD5 = "0123456789abcdef0123456789abcdef"
SHA256 = "ab" * 32
USED, MADE = FileRole.USED, FileRole.MADE


def after(minutes: float) -> datetime:
    """A time so many minutes after the start."""
    return START + timedelta(minutes=minutes)


def a_definition(lines: int = 5, **facts: Any) -> bytes:
    """A ``.ga`` file of one step, which shows so many lines."""
    step = {
        "id": 0,
        "type": "tool",
        "tool_id": "Show beginning1",
        "tool_version": "1.0.2",
        "tool_state": json.dumps({"lineNum": str(lines), "__page__": None}),
        "input_connections": {"input": {"id": 1, "output_name": "output"}},
    }
    told = {"a_galaxy_workflow": "true", "name": "Sort", "uuid": UUID_OF_WORKFLOW, "steps": {"0": step}}
    return json.dumps({**told, **facts}).encode()


def a_galaxy_file(identifier: str, path: str, **facts: Any) -> GalaxyFile:
    """A dataset that can be read."""
    given: dict[str, Any] = {
        "name": path.rpartition("/")[2],
        "uuid": f"uuid-{identifier}",
        "state": "ok",
        "condition": Condition.READY,
        "extension": "txt",
        "size": 100,
        "url": f"{BASE}/datasets/{identifier}/details",
        "content_url": f"{BASE}/api/datasets/{identifier}/display",
        **facts,
    }
    return GalaxyFile(identifier, path, **given)


def file_record(file: GalaxyFile) -> FileRecord:
    """The file as the registry is to record it."""
    return FileRecord(
        name=file.name, path=file.path, uri=file.content_url, format=file.extension, size=file.size,
        sha256=file.hashes.get("SHA-256", ""), md5sum=file.hashes.get("MD5", ""), status=FileStatus.OFFLINE,
    )  # fmt: skip


def single(role: DataType, label: str, identifier: str, path: str, **facts: Any) -> GalaxyData:
    """An input or output that is one dataset."""
    file = a_galaxy_file(identifier, path, **facts)
    kept = () if file.condition == Condition.PENDING else (file_record(file),)
    return GalaxyData(
        src="hda", id=identifier, role=role, label=label, name=file.name, state=file.state,
        condition=file.condition, url=file.url, files=(file,), dataset=DatasetRecord(file.name, files=kept),
    )  # fmt: skip


def listed(role: DataType, label: str, identifier: str, *elements: GalaxyFile) -> GalaxyData:
    """A collection."""
    files = tuple(file_record(one) for one in elements)
    return GalaxyData(
        src="hdca", id=identifier, role=role, label=label, name=label, collection_type="list",
        element_count=len(elements), state="ok", condition=Condition.READY, files=elements,
        dataset=DatasetRecord(label, dataset_type="collection", files=files),
    )  # fmt: skip


READS = single(DataType.INPUT, "Reads", "aa01", "inputs/Reads.txt", hashes={"MD5": MD5})
SAMPLES = listed(
    DataType.INPUT,
    "Samples",
    "aa01",  # collections have ids of their own: the same one means another thing
    a_galaxy_file("aa02", "inputs/Samples/A.txt", element="A"),
    a_galaxy_file("aa03", "inputs/Samples/B.txt", element="B"),
)
SORTED = single(
    DataType.OUTPUT, "Sorted", "aa04", "outputs/Sorted.txt", job="bb02", hashes={"SHA-256": SHA256}
)
PENDING_SORTED = single(
    DataType.OUTPUT,
    "Sorted",
    "aa04",
    "outputs/Sorted",
    state="queued",
    condition=Condition.PENDING,
    size=None,
)
JOBS = (
    JobRecord(
        name="Merge", step="0", external_id="bb01", status=RunStatus.SUCCESS, started_at=after(0),
        completed_at=after(1), exit_code=0,
        files=(JobFile("inputs/Reads.txt", USED), JobFile("inputs/Samples/A.txt", USED)),
    ),
    JobRecord(
        name="Sort", step="1", external_id="bb02", status=RunStatus.SUCCESS, started_at=after(1),
        completed_at=after(2), exit_code=0, after=("bb01",),
        files=(JobFile("outputs/Sorted.txt", MADE), JobFile("inputs/Samples/B.txt", USED)),
    ),
)  # fmt: skip
STEPS = (
    StepRecord("0", "Merge", 0, tool_id="cat1", status=RunStatus.SUCCESS),
    StepRecord("1", "Sort", 1, tool_id="sort1", status=RunStatus.SUCCESS),
)
WORKFLOW = WorkflowRecord(
    name="Sort",
    version="1",
    engine=Engine.GALAXY,
    commit_hash=UUID_OF_WORKFLOW,
    source_url=f"{BASE}/published/workflow?id=dd01",
    files=(WorkflowFileRecord("Sort.ga", FileType.MAIN),),
)
RECORD = RunRecord(
    name="Sort",
    workflow=WORKFLOW,
    status=RunStatus.SUCCESS,
    status_basis=StatusBasis.INFERRED,
    started_at=START,
    completed_at=after(2),
    run_environment={"engine": "Galaxy", "invocation": {"id": INVOCATION, "state": "scheduled"}},
    is_imported=True,
    origin=RunOrigin("galaxy", f"{BASE}/workflows/invocations/{INVOCATION}", UUID_OF_RUN),
    parameters=(ParameterRecord("lines", 5), ParameterRecord("unique", False)),
    steps=STEPS,
    jobs=JOBS,
)
DONE = GalaxyRun(
    record=RECORD,
    data=(READS, SAMPLES, SORTED),
    definition=a_definition(),
    invocation_id=INVOCATION,
    history_id="cc01",
)
RUNNING = replace(
    DONE,
    record=replace(
        RECORD,
        status=RunStatus.RUNNING,
        completed_at=None,
        jobs=(
            JOBS[0],
            replace(JOBS[1], status=RunStatus.RUNNING, completed_at=None, exit_code=None, files=()),
        ),
        steps=(STEPS[0], replace(STEPS[1], status=RunStatus.RUNNING)),
    ),
    data=(READS, SAMPLES, PENDING_SORTED),
    has_ended=False,
)


def told(run: GalaxyRun, **fields: Any) -> GalaxyRun:
    """The same run, of which Galaxy says something else."""
    return replace(run, record=replace(run.record, **fields))


def another_run(number: int = 2, **facts: Any) -> GalaxyRun:
    """Another invocation of the same workflow on the same data."""
    uuid = f"c0ffee00-0000-4000-8000-{number:012}"
    origin = RunOrigin("galaxy", f"{BASE}/workflows/invocations/{number:016x}", uuid)
    return replace(told(DONE, origin=origin), invocation_id=f"{number:016x}", **facts)
