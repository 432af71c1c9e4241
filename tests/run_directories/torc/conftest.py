"""Exports as ``torc workflows export`` writes them, made from what a server answered for the same workflow."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.run_sources.torc.recorded import new_answers

EMPTY = ("slurm_schedulers", "local_schedulers", "failure_handlers", "workflow_actions")


def export_document(**changes: Any) -> dict[str, Any]:
    """The document, its members in Torc's order (src/client/commands/workflow_export.rs of 0.10, version 1.0)."""
    answers = new_answers()
    items = {
        name: answers[f"/{name}"]["items"] for name in ("files", "user_data", "resource_requirements", "jobs")
    }
    document = {
        "export_version": "1.0",
        "exported_at": "2026-11-21T08:00:00.123456789+00:00",
        "workflow": answers["/workflows/7"],
        "files": items["files"],
        "user_data": items["user_data"],
        "resource_requirements": items["resource_requirements"],
        **{name: [] for name in EMPTY},
        "jobs": items["jobs"],
        "results": answers["/results"]["items"],
        "events": answers["/events"]["items"],
    }
    return {name: value for name, value in {**document, **changes}.items() if value is not ...}


Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path) -> Written:
    """Writes an export into a directory, with the files that Torc saw beside it; returns the directory."""

    def write(**changes: Any) -> Path:
        document = export_document(**changes)
        (tmp_path / "x.json").write_text(json.dumps(document, indent=2))
        for one in document["files"]:
            if one.get("st_mtime") and not one["path"].startswith(("/", "..")):
                (tmp_path / one["path"]).write_text(one["name"])
        return tmp_path

    return write
