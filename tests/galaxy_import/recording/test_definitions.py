"""The workflow version that ran: stored once, found again, and never taken for another."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.storage import default_storage

from accounts.models import User
from galaxy_import.recording.definitions import likeness
from galaxy_import.values import GalaxyRun
from tests.galaxy_import.values import DONE, RECORD, WORKFLOW, a_definition, another_run, told
from workflows.models import Workflow, WorkflowFile, WorkflowVersion

pytestmark = pytest.mark.django_db


def with_definition(content: bytes, number: int = 2, **workflow: Any) -> GalaxyRun:
    """Another run, of this definition."""
    return told(another_run(number, definition=content), workflow=replace(WORKFLOW, **workflow))


def test_two_runs_of_a_version_have_one_version_and_one_file(record: Any, stored_files: Any) -> None:
    first, files = record().run, stored_files()
    assert record(another_run()).run.workflowversion == first.workflowversion
    assert (WorkflowVersion.objects.count(), stored_files()) == (1, files)


def test_a_workflow_that_was_renamed_and_tagged_since_is_the_same_version(
    record: Any, stored_files: Any
) -> None:
    version, files = record().run.workflowversion, stored_files()
    later = a_definition(name="Sort lines", tags=["published"], annotation="For the paper.")
    again = record(with_definition(later, name="Sort lines", description="For the paper."))
    assert (again.run.workflowversion, stored_files()) == (version, files)
    version.workflow.refresh_from_db()
    assert (version.workflow.name, Workflow.objects.count()) == ("Sort", 1)
    with default_storage.open(WorkflowFile.objects.get().storage_key) as stored:
        assert stored.read() == DONE.definition


def test_a_workflow_that_was_renamed_here_is_the_same_version(record: Any) -> None:
    version = record().run.workflowversion
    Workflow.objects.update(name="Our sorting")
    assert record(another_run()).run.workflowversion == version


def test_other_steps_with_the_same_uuid_are_another_version(record: Any) -> None:
    version = record().run.workflowversion
    other = record(with_definition(a_definition(lines=9))).run.workflowversion
    assert other != version
    assert other.workflow == version.workflow
    with default_storage.open(other.files.get().storage_key) as stored:
        assert b'\\"9\\"' in stored.read()
    assert record(with_definition(a_definition(lines=9, tags=["x"]), 3)).run.workflowversion == other


def test_another_uuid_is_another_version_of_the_workflow(record: Any) -> None:
    version = record().run.workflowversion
    newer = with_definition(a_definition(lines=9), commit_hash="another", version="2")
    other = record(newer).run.workflowversion
    assert (other.workflow, other.name, other.index, other.is_latest) == (version.workflow, "2", 2, True)


def test_a_version_in_the_trash_is_not_brought_back(record: Any, ada: User) -> None:
    version = record().run.workflowversion
    version.mark_deleted(by=ada)
    other = record(another_run()).run.workflowversion
    assert other != version
    assert other.files.count() == 1
    with default_storage.open(other.files.get().storage_key) as stored:
        assert stored.read() == DONE.definition


def test_a_workflow_that_may_not_be_read_has_a_name_and_no_file(record: Any, stored_files: Any) -> None:
    hidden = replace(WORKFLOW, files=(), commit_hash="", version="")
    run = record(replace(told(DONE, workflow=hidden), definition=None)).run
    assert (run.workflowversion.workflow.name, run.workflowversion.files.count()) == ("Sort", 0)
    assert stored_files() == []
    later = record().run
    assert (later.pk, later.workflowversion.files.count()) == (run.pk, 1)


def test_a_run_without_a_workflow_has_no_version(record: Any) -> None:
    run = record(replace(DONE, record=replace(RECORD, workflow=None), definition=None)).run
    assert run.workflowversion is None
    assert not Workflow.objects.exists()


def test_a_version_whose_file_the_storage_lost_is_still_that_version(record: Any, stored_files: Any) -> None:
    lost = record().run.workflowversion
    default_storage.delete(lost.files.get().storage_key)
    assert record(another_run()).run.workflowversion == lost
    assert stored_files() == []


def changed(**facts: Any) -> bytes:
    """The definition, in which a step says something else."""
    whole = json.loads(a_definition())
    whole["steps"]["0"] |= facts
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    "facts",
    [
        {"annotation": "why"},
        {"position": {"left": 1}},
        {"errors": "not installed"},
        {"tool_state": json.dumps({"__rerun__": 1, "chromInfo": "/x", "lineNum": "5"})},
        {"input_connections": {"input": [{"output_name": "output", "id": 1}]}},
    ],
)
def test_what_a_step_is_called_and_where_it_stands_makes_no_difference(facts: dict[str, Any]) -> None:
    assert likeness(changed(**facts)) == likeness(a_definition())


@pytest.mark.parametrize(
    "facts",
    [
        {"tool_id": "Cut1"},
        {"tool_version": "2"},
        {"when": "$(inputs.when)"},
        {"tool_state": json.dumps({"lineNum": "6"})},
        {"input_connections": {"input": {"id": 2, "output_name": "output"}}},
        {"subworkflow": {"steps": {}}, "type": "subworkflow"},
    ],
)
def test_what_a_step_does_makes_the_difference(facts: dict[str, Any]) -> None:
    assert likeness(changed(**facts)) != likeness(a_definition())


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"steps": {"0": 1}}', b"\xff", b'{"steps": []}'])
def test_what_is_no_definition_is_like_itself_alone(content: bytes) -> None:
    assert likeness(content) == likeness(content) != likeness(content + b" ")
