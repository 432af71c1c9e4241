"""A run on paper, with a file of everything."""

from datetime import UTC, datetime

from data_management.records import DatasetRecord, FileRecord, FileStatus
from tests.run_import.paper import BASE, sheet
from workflows.records import (
    DatasetLink,
    DataType,
    Engine,
    EventRecord,
    FileType,
    JobRecord,
    LogRecord,
    RunOrigin,
    RunRecord,
    RunStatus,
    WorkflowFileRecord,
    WorkflowRecord,
)

FILE = FileRecord("out.txt", path="results/out.txt", uri=f"{BASE}/out.txt", size=5, status=FileStatus.OFFLINE)
RECORD = RunRecord(
    name="Count words",
    workflow=WorkflowRecord(
        "Words", "1", engine=Engine.CWL, files=(WorkflowFileRecord("words.cwl", FileType.MAIN),)
    ),
    status=RunStatus.SUCCESS,
    source_status="done on paper",
    origin=RunOrigin("paper", f"{BASE}/sheets/run-1", f"{BASE}#run-1"),
    is_imported=True,
    jobs=(JobRecord(name="count", external_id="j1"),),
    datasets=(DatasetLink(DatasetRecord("out.txt", files=(FILE,)), DataType.OUTPUT),),
    tags={"lab": "words"},
)
WHOLE = sheet(
    RECORD,
    files={"words.cwl": b"cwlVersion: v1.2"},
    logs=(LogRecord("run", "all is well"), LogRecord("stdout", "seven", job="j1")),
    events=(EventRecord(datetime(2026, 1, 2, tzinfo=UTC), type="started", key="e1"),),
)
