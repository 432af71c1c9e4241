"""Runs of Galaxy written down: whole, once, brought up to date, or not at all."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import models

from accounts.models import User
from common.models import HistoryEvent
from common.progress import Stopped
from data_management.models import DataFile, Dataset
from galaxy_import.models import GalaxyDataset
from galaxy_import.recording import runs as recording
from galaxy_import.recording.runs import record_galaxy_run
from run_import.models import ImportedRun, RunImport
from run_import.recording import runs as general
from run_import.recording.runs import NotAllowed
from tests.galaxy_import.values import DONE, INVOCATION, RECORD, RUNNING, UUID_OF_RUN, a_definition, told
from workflows.models import (
    JobFileLink,
    RunText,
    StatusChange,
    Workflow,
    WorkflowFile,
    WorkflowRun,
    WorkflowRunDataset,
    WorkflowRunJob,
    WorkflowRunParameter,
    WorkflowRunStep,
    WorkflowVersion,
)
from workflows.records import RunStatus

pytestmark = pytest.mark.django_db
WRITTEN: tuple[type[models.Model], ...] = (
    WorkflowRun, WorkflowRunParameter, WorkflowRunStep, WorkflowRunJob, JobFileLink, WorkflowRunDataset, StatusChange,
    RunText, Workflow, WorkflowVersion, WorkflowFile, Dataset, DataFile, GalaxyDataset, ImportedRun, HistoryEvent,
)  # fmt: skip


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows that an import may write, with ids and times; but for when Galaxy was asked."""
    rows = {model.__name__: list(model._base_manager.order_by("pk").values()) for model in WRITTEN}
    for row in rows["ImportedRun"]:
        del row["asked_at"]
    return rows


def test_a_run_is_written_down_as_galaxy_tells_it(record: Any, ada: User, genomics: Any) -> None:
    recorded = record()
    run = WorkflowRun.objects.with_everything().get()
    assert (recorded.run, recorded.is_new, run.owner, run.owned_by) == (run, True, ada, genomics)
    told_back = replace(run.to_record(), datasets=(), workflow=None)
    jobs = tuple(replace(job, files=()) for job in RECORD.jobs)  # no files: no datasets were asked for
    assert told_back == replace(RECORD, workflow=None, jobs=jobs)
    known = ImportedRun.objects.get()
    assert (known.workflowrun, known.uuid, known.external_id) == (run, UUID_OF_RUN, INVOCATION)
    assert (known.container_id, known.state) == ("cc01", "scheduled")
    event = HistoryEvent.objects.get(object_id=run.pk)
    assert (event.action, event.by, event.changes["uuid"]) == ("imported", ada, [None, UUID_OF_RUN])


def test_with_datasets_the_record_comes_back_whole(record: Any) -> None:
    record(create_datasets=True)
    run = WorkflowRun.objects.with_everything().get()
    record_read = run.to_record()
    assert [sorted(job.files, key=str) for job in record_read.jobs] == [
        sorted(job.files, key=str) for job in RECORD.jobs
    ]
    assert [(link.data_type, link.dataset) for link in record_read.datasets] == [
        (one.role, one.dataset) for one in DONE.data
    ]


def test_the_import_names_its_run(claimed: Any) -> None:
    wanted = claimed()
    recorded = record_galaxy_run(wanted=wanted, run=replace(DONE, remarks=("It is odd.", "It is odd.")))
    wanted.refresh_from_db()
    assert (wanted.workflowrun, wanted.recorded_at is not None) == (recorded.run, True)
    assert wanted.warnings == ["It is odd."]


def test_a_run_that_goes_on_and_is_followed_is_not_done_with(claimed: Any) -> None:
    followed, once = claimed(follow=True), claimed()
    record_galaxy_run(wanted=followed, run=RUNNING)
    record_galaxy_run(wanted=once, run=RUNNING)
    assert (followed.recorded_at, once.recorded_at is None) == (None, False)
    record_galaxy_run(wanted=followed, run=DONE)
    assert followed.recorded_at is not None


@pytest.mark.parametrize("creates", [False, True])
def test_recording_twice_changes_nothing(record: Any, creates: bool, stored_files: Any) -> None:
    first = record(create_datasets=creates).run
    rows, files = everything(), stored_files()
    again = record(create_datasets=creates)
    assert (again.run.pk, again.is_new) == (first.pk, False)
    assert everything() == rows
    assert stored_files() == files


def test_a_run_that_was_running_is_brought_up_to_date(record: Any) -> None:
    run = record(RUNNING, create_datasets=True).run
    ids = set(WorkflowRunJob.objects.values_list("id", flat=True))
    waiting = GalaxyDataset.objects.get(label="Sorted")
    assert (waiting.condition, waiting.datafile, waiting.dataset.file_count) == ("PENDING", None, 0)
    record(DONE, create_datasets=True)
    fresh = WorkflowRun.objects.with_everything().get()
    assert (fresh.pk, fresh.status, fresh.completed_at) == (run.pk, "SUCCESS", RECORD.completed_at)
    assert [job.status for job in fresh.to_record().jobs] == [RunStatus.SUCCESS, RunStatus.SUCCESS]
    assert {job.pk for job in fresh.jobs.all()} == ids
    assert [one.status for one in fresh.status_changes.order_by("id")] == ["RUNNING", "SUCCESS"]
    made = GalaxyDataset.objects.get(label="Sorted")
    assert (made.pk, made.condition, made.dataset_id) == (waiting.pk, "READY", waiting.dataset_id)
    assert made.datafile is not None
    assert (made.datafile.path, made.datafile.status, made.dataset.file_count) == (
        "outputs/Sorted.txt",
        "OFFLINE",
        1,
    )
    assert JobFileLink.objects.filter(datafile=made.datafile, role="MADE", job__external_id="bb02").exists()


def test_the_same_invocation_is_another_run_for_another_group(record: Any, ada: User, eve: User) -> None:
    mine, hers = record(create_datasets=True).run, record(user=eve, create_datasets=True).run
    assert mine.pk != hers.pk
    assert (
        not Dataset.objects.filter(run_links__workflowrun=mine).filter(run_links__workflowrun=hers).exists()
    )
    assert WorkflowVersion.objects.filter(workflow__owned_by=eve.default_group()).count() == 1
    assert Dataset.objects.visible_to(eve).count() == Dataset.objects.visible_to(ada).count() == 3


def test_what_galaxy_says_of_a_run_is_seen_by_those_who_see_the_run(
    record: Any, ada: User, bob: User, eve: User
) -> None:
    run = record().run
    seen = {user.username: GalaxyDataset.objects.visible_to(user).count() for user in (ada, bob, eve)}
    assert seen == {"ada": 5, "bob": 5, "eve": 0}
    assert not ImportedRun.objects.visible_to(eve).exists()
    assert not ImportedRun.objects.editable_by(bob).exists()
    WorkflowRun.objects.filter(pk=run.pk).update(public=True)
    assert GalaxyDataset.objects.visible_to(eve).count() == 5


def test_who_may_not_change_the_run_leaves_it_alone(
    record: Any, claimed: Any, bob: User, stored_files: Any
) -> None:
    run = record(RUNNING).run
    rows, files, wanted = everything(), stored_files(), claimed(bob, follow=True)
    recorded = record_galaxy_run(wanted=wanted, run=DONE)
    assert (recorded.run, recorded.is_left_alone) == (run, True)
    assert (everything(), stored_files()) == (rows, files)
    wanted.refresh_from_db()
    assert (wanted.workflowrun, wanted.recorded_at is not None) == (run, True)
    assert "you may not change it" in wanted.warnings[0]


def test_the_manager_brings_the_run_of_another_up_to_date(record: Any, ada: User, meg: User) -> None:
    record(RUNNING)
    recorded = record(user=meg)
    assert (recorded.is_left_alone, recorded.run.owner, recorded.run.status) == (False, ada, "SUCCESS")


def test_a_run_in_the_trash_is_not_brought_back_but_made_anew(record: Any, ada: User) -> None:
    older = record().run
    older.mark_deleted(by=ada)
    newer = record()
    assert (newer.is_new, newer.run.pk == older.pk) == (True, False)
    assert ImportedRun.objects.count() == 2


def test_sharing_is_not_touched_when_it_is_told_again(record: Any) -> None:
    run = record(makes_public=True).run
    assert run.public
    WorkflowRun.objects.filter(pk=run.pk).update(public=False)
    record(told(DONE, message="Anew."), makes_public=True)
    run.refresh_from_db()
    assert (run.public, run.message) == (False, "Anew.")


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize(
    ("module", "place"),
    [
        (recording, "find_places"),
        (general, "record_run"),
        (recording, "write_rows"),
        (general, "keep_imported"),
        (general, "note"),
    ],
)
def test_what_breaks_in_the_middle_leaves_nothing(
    claimed: Any, module: Any, place: str, monkeypatch: pytest.MonkeyPatch, stored_files: Any
) -> None:
    wanted, rows = claimed(create_datasets=True), everything()
    whole: Callable[..., Any] = getattr(module, place)

    def breaks(*given: Any, **named: Any) -> Any:
        whole(*given, **named)
        assert stored_files()
        raise Killed

    monkeypatch.setattr(module, place, breaks)
    with pytest.raises(Killed):
        record_galaxy_run(wanted=wanted, run=DONE)
    assert (everything(), stored_files()) == (rows, [])
    assert RunImport.objects.get(pk=wanted.pk).workflowrun is None


def test_an_import_that_was_called_off_writes_nothing_down(claimed: Any, stored_files: Any) -> None:
    wanted, rows = claimed(), everything()
    RunImport.objects.get(pk=wanted.pk).cancel()
    with pytest.raises(Stopped):
        record_galaxy_run(wanted=wanted, run=DONE)
    assert (everything(), stored_files()) == (rows, [])


def test_who_left_the_group_meanwhile_imports_nothing_for_it(
    claimed: Any, ada: User, stored_files: Any
) -> None:
    wanted, rows = claimed(), everything()
    ada.memberships.all().delete()
    wanted = RunImport.objects.get(pk=wanted.pk)
    with pytest.raises(NotAllowed, match="no longer in the group Genomics Core"):
        record_galaxy_run(wanted=wanted, run=DONE)
    assert (everything(), stored_files()) == (rows, [])


def test_what_is_to_be_done_with_it_is_done_with_it_or_not_at_all(claimed: Any, stored_files: Any) -> None:
    seen: list[Any] = []
    record_galaxy_run(wanted=claimed(), run=DONE, also=seen.append)
    assert [one.run for one in seen] == list(WorkflowRun.objects.all())

    def refuse(recorded: Any) -> None:
        raise Killed

    rows = everything()
    with pytest.raises(Killed):
        record_galaxy_run(wanted=claimed(), run=told(DONE, name="Another"), also=refuse)
    assert everything() == rows


def test_the_workflow_is_stored_once_with_its_file(record: Any, stored_files: Any) -> None:
    run = record().run
    file = WorkflowFile.objects.get()
    assert (file.path, file.data_type, file.workflowversion) == ("Sort.ga", "MAIN", run.workflowversion)
    with default_storage.open(file.storage_key) as stored:
        assert stored.read() == DONE.definition
    assert stored_files() == [file.storage_key]
    assert len(a_definition()) == file.size
