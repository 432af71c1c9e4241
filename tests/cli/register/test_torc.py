"""What Torc exported, registered by the name of its file, and of the directory that it lies in: the same run."""

import json
from pathlib import Path

from data_management.models import DataFile
from tests.cli.conftest import Runstead
from tests.run_directories.torc.conftest import export_document
from workflows.models import WorkflowRun


def test_an_export_is_registered_with_the_files_beside_it(cli: Runstead, dropbox: Path) -> None:
    directory = dropbox / "diamond"
    directory.mkdir()
    (directory / "x.json").write_text(json.dumps(export_document(), indent=2))
    for name in ("f1.json", "f2.json", "f3.json"):
        (directory / name).write_text(name)
    cli.well("register", "wfrun", directory / "x.json", "--yes")
    run = WorkflowRun.objects.get()
    assert (run.source, run.status, run.jobs.count()) == ("torc", "FAILED", 4)
    assert run.external_id.endswith("#7/2")
    assert run.workflowversion.workflow.workflow_manager == "TORC"
    assert set(DataFile.objects.values_list("path", "status")) == {
        (name, "ONLINE") for name in ("f1.json", "f2.json", "f3.json", "x.json")
    }
    assert cli.json("register", "wfrun", directory, "--yes")["changed"] is False
    cli.well("register", "wfrun", directory, "--run", "2", "--yes")
    assert WorkflowRun.objects.count() == 2
