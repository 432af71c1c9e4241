"""What was read makes a record that the registry keeps as it is, and a crate that is valid."""

from dataclasses import replace
from pathlib import Path

import pytest

from accounts.models import User
from rocrate_export.crate import contents_of
from run_sources.healthomics.definition import Exported
from run_sources.healthomics.translate import read_job, read_run, read_workflow
from tests.rocrate_export.judge import PROVENANCE, needs_contexts, violations
from tests.rocrate_export.reading import unpack
from tests.run_sources.healthomics.wire import BASE, recorded
from workflows.records import RunRecord
from workflows.services import record_run


def record_of(number: str) -> RunRecord:
    """A recorded run with two tasks and its workflow."""
    run = recorded(f"get_run_{number}")
    workflow = read_workflow(
        run, recorded("get_workflow"), recorded("get_workflow_version"), Exported({"main.nf": b"workflow {}"})
    )
    tasks = [read_job(recorded(name), workflow.engine) for name in ("get_run_task_ok", "get_run_task_failed")]
    return read_run(BASE, run, workflow, Exported(), tasks).record


@pytest.mark.django_db
def test_the_registry_keeps_a_run_as_it_was_read_and_keeps_it_once(ada: User) -> None:
    record = record_of("2")
    run, _ = record_run(record=record, owner=ada)
    assert run.to_record() == record
    assert record_run(record=record_of("2"), owner=ada)[0].pk == run.pk


@needs_contexts
@pytest.mark.once
@pytest.mark.parametrize("number", ["2", "8"])
def test_its_crate_is_valid(number: str, tmp_path: Path) -> None:
    record = record_of(number)
    assert record.workflow is not None
    kept = tuple(replace(file, storage_key="workflows/main.nf") for file in record.workflow.files)
    stored = replace(record, workflow=replace(record.workflow, files=kept))
    assert violations(unpack(contents_of(stored), tmp_path), PROVENANCE) == []
