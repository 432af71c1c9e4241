"""Edits through the API, and what becomes of them when Galaxy tells the run again."""

from dataclasses import replace
from typing import Any

import pytest

from common.models import Note
from run_import.models import ImportedRun
from tests.conftest import Api
from tests.factories import a_version, a_workflow
from tests.galaxy_import.values import DONE, RECORD, RUNNING, UUID_OF_RUN, told
from workflows.models import WorkflowRun
from workflows.records import ParameterRecord, RunStatus

pytestmark = pytest.mark.django_db
RUNS = "/api/v2/workflows/workflowruns/"


@pytest.fixture
def edit(record: Any, ada_api: Api) -> Any:
    """Records the run as it goes on, and changes it as the API lets people; returns a function for that."""
    run = record(RUNNING).run

    def patch(**values: Any) -> WorkflowRun:
        answer = ada_api.patch(f"{RUNS}{run.pk}/", values)
        assert answer.status_code == 200, answer.content
        return run

    return patch


def test_edited_values_stay_and_the_others_are_brought_up_to_date(edit: Any, record: Any) -> None:
    run = edit(name="For the paper", license="CC0-1.0")
    record(told(DONE, name="Sort again", description="Now described."))
    record(told(DONE, name="Sort yet again", description="Described anew."))
    run.refresh_from_db()
    assert (run.name, run.license) == ("For the paper", "CC0-1.0")
    assert (run.description, run.status, run.completed_at) == (
        "Described anew.",
        "SUCCESS",
        RECORD.completed_at,
    )


def test_a_run_is_known_again_when_its_origin_was_edited(edit: Any, record: Any) -> None:
    run = edit(source="our Galaxy", external_id="mine")
    again = record()
    assert (again.run.pk, again.is_new) == (run.pk, False)
    run.refresh_from_db()
    assert (run.source, run.external_id, run.status) == ("our Galaxy", "mine", "SUCCESS")


def test_the_version_that_somebody_chose_stays(edit: Any, record: Any, ada: Any) -> None:
    version = a_version(a_workflow(ada))
    run = edit(workflowversion=str(version.pk))
    record()
    run.refresh_from_db()
    assert run.workflowversion == version


def test_parameters_that_were_changed_added_and_deleted_stay_so(edit: Any, record: Any, ada_api: Api) -> None:
    run = edit()
    rows = {one.name: one for one in run.parameters.all()}
    parts = f"{RUNS}{run.pk}/parameters/"
    assert ada_api.patch(f"{parts}{rows['lines'].pk}/", {"value": 7}).status_code == 200
    assert ada_api.delete(f"{parts}{rows['unique'].pk}/").status_code == 204
    assert ada_api.post(parts, {"name": "reason", "value": "a test"}).status_code == 201
    more = (*RECORD.parameters, ParameterRecord("seed", 1))
    for _ in range(2):
        record(told(DONE, parameters=more))
        run.refresh_from_db()
        found = {one.name: one.value for one in run.parameters.all()}
        assert found == {"lines": 7, "seed": 1, "reason": "a test"}


def test_notes_stay(edit: Any, record: Any, ada: Any) -> None:
    run = edit()
    note = Note.objects.create(kind=run.record_kind(), object_id=run.pk, content="Look here.", created_by=ada)
    record()
    assert Note.objects.filter(pk=note.pk, object_id=run.pk).exists()


def test_a_run_that_came_in_otherwise_is_known_by_its_origin(record: Any, ada_api: Api) -> None:
    made = ada_api.post(
        RUNS,
        {
            "name": "Written by hand",
            "status": "RUNNING",
            "workflowversion": None,
            "source": "galaxy",
            "external_id": UUID_OF_RUN,
        },
    )
    assert made.status_code == 201, made.content
    recorded = record()
    assert (str(recorded.run.pk), recorded.is_new) == (made.json()["id"], False)
    assert (recorded.run.name, recorded.run.status) == ("Written by hand", RunStatus.SUCCESS)
    assert recorded.run.workflowversion.name == "1"
    assert ImportedRun.objects.get().workflowrun == recorded.run


def test_a_workflow_that_can_no_longer_be_read_is_not_forgotten(record: Any) -> None:
    version = record().run.workflowversion
    unreadable = replace(RECORD, workflow=replace(RECORD.workflow, commit_hash="", version="", files=()))
    again = record(replace(DONE, record=unreadable, definition=None))
    assert again.run.workflowversion == version
    assert (
        record(replace(DONE, record=replace(RECORD, workflow=None), definition=None)).run.workflowversion
        == version
    )
    assert record().run.workflowversion == version
