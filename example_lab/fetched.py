"""Runs that sources fetched: what they told is in the material, and is written down as an import writes it."""

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

from common.storage import key_for, store
from example_lab.definitions import MATERIAL
from example_lab.people import Member
from example_lab.told import ToldRun, from_plain
from workflows.events import append_events
from workflows.logs import keep_logs
from workflows.models import WorkflowRun
from workflows.records import WorkflowFileRecord, WorkflowRecord
from workflows.services import record_run

FETCHED = MATERIAL / "recorded" / "fetched"
# Which recorded run was imported by whom, and how they named it. What is repeated comes before what repeats it.
IMPORTED = {
    "reana-hello.1": ("Greetings, first run", "ada"),
    "reana-hello.1.1": ("Greetings, first run restarted", "ada"),
    "reana-hello.2": ("Greetings, ROOT missing in the image", "bob"),
    "reana-hello.3": ("Greetings, fit under way", "bob"),
    "reana-hello.7": ("Greetings, stopped", "ada"),
    "torc-7-1": ("diamond, first run", "eve"),
    "torc-7-2": ("diamond, second run", "eve"),
    "healthomics-1": ("RNA-seq of sample 1", "ada"),
    "healthomics-2": ("RNA-seq of sample 2", "bob"),
    "wes-toil-ok": ("Sort and count on Toil", "ada"),
    "wes-toil-bad": ("Sort, then fail, on Toil", "bob"),
}


def record_fetched(members: Mapping[str, Member]) -> dict[str, WorkflowRun]:
    """Write down every fetched run for who imported it; returns the runs by their names."""
    return {name: _write(name, read_told(file), members[owner]) for file, (name, owner) in IMPORTED.items()}


def read_told(file: str) -> ToldRun:
    """What a source told of a run, by the name of its file in the material."""
    told: ToldRun = from_plain(ToldRun, json.loads((FETCHED / f"{file}.json").read_text()))
    return told


def _write(name: str, told: ToldRun, owner: Member) -> WorkflowRun:
    record = replace(told.record, name=name, workflow=_with_files(told))
    run, _ = record_run(record=record, owner=owner.user, owned_by=owner.group)
    keep_logs(run=run, logs=told.logs)
    append_events(run=run, events=told.events)
    return run


def _with_files(told: ToldRun) -> WorkflowRecord | None:
    """The workflow with those of its files whose content was told, in the storage."""
    workflow = told.record.workflow
    if workflow is None:
        return None
    kept = (_stored(one, told.files[one.path].encode()) for one in workflow.files if one.path in told.files)
    return replace(workflow, files=tuple(kept))


def _stored(file: WorkflowFileRecord, content: bytes) -> WorkflowFileRecord:
    key = key_for("workflows", uuid4(), file.path.rpartition("/")[2])
    kept = store(io.BytesIO(content), key)
    return replace(file, size=kept.size, sha256=kept.sha256, crc32=kept.crc32, storage_key=key)
