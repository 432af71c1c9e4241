"""A run of any source comes in whole, stays what people made of it, and is taken up again where it was cut off."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.storage import default_storage

from accounts.models import User
from data_management.models import DataFile
from run_import.credentials import keep_credentials
from run_import.models import ImportedRun, RunServer
from run_import.tasks import import_run
from run_sources.errors import SourceUnavailable
from tests.factories import a_run
from tests.run_import.paper import BASE
from tests.run_import.sheets import RECORD, WHOLE
from workflows.models import RunEvent, RunLog, Workflow, WorkflowRun, WorkflowVersion
from workflows.records import (
    Engine,
    EventRecord,
    LogRecord,
    RunRecord,
    RunStatus,
    WorkflowRecord,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage", "paper")]


def test_a_run_comes_in_whole(carried_out: Any) -> None:
    wanted = carried_out()
    assert (wanted.state, wanted.error) == ("DONE", "")
    run = WorkflowRun.objects.get()
    assert (run.name, run.source_status, run.external_id) == ("Count words", "done on paper", f"{BASE}#run-1")
    [file] = run.workflowversion.files.all()
    with default_storage.open(file.storage_key) as stored:
        assert stored.read() == b"cwlVersion: v1.2"
    assert {(one.name, one.job and one.job.external_id) for one in RunLog.objects.all()} == {
        ("run", None), ("stdout", "j1"),
    }  # fmt: skip
    assert RunEvent.objects.filter(key="e1").count() == 1
    kept = ImportedRun.objects.get()
    assert (kept.external_id, kept.state, kept.answers_count) == ("run-1", "done on paper", 1)
    assert run.dataset_links.count() == 0  # nobody asked for datasets


def test_importing_again_changes_nothing_and_keeps_what_people_wrote(carried_out: Any) -> None:
    carried_out(create_datasets=True)
    run = WorkflowRun.objects.get()
    WorkflowRun.objects.update(name="Ours", tags={"lab": "words", "mine": "yes"})
    run.dataset_links.all().delete()
    assert carried_out(create_datasets=True).state == "DONE"
    run = WorkflowRun.objects.get()
    assert (run.name, run.tags) == ("Ours", {"lab": "words", "mine": "yes"})
    assert run.dataset_links.count() == 0  # taken out, and not brought back
    assert (WorkflowVersion.objects.count(), RunLog.objects.count()) == (1, 2)
    assert RunEvent.objects.filter(key="e1").count() == 1


def test_contents_are_fetched_whole_and_compared(carried_out: Any, paper: Any) -> None:
    paper.contents["results/out.txt"] = b"changed"
    wanted = carried_out(create_datasets=True, paths=["results/*"])
    assert (wanted.state, wanted.files_failed) == ("DONE", 1)
    assert "size is 7" in DataFile.objects.get().error
    paper.contents["results/out.txt"] = b"seven"
    assert carried_out(create_datasets=True, paths=["*.txt"]).files_failed == 0
    file = DataFile.objects.get()
    with default_storage.open(file.storage_key) as stored:
        assert (file.status, stored.read()) == ("ONLINE", b"seven")


def test_a_pattern_that_fits_nothing_fetches_nothing(carried_out: Any) -> None:
    assert carried_out(create_datasets=True, paths=["other/*"]).files_total == 0


def test_what_is_cut_off_in_the_logs_is_taken_up_again(carried_out: Any, paper: Any) -> None:
    def logs() -> Iterator[LogRecord]:
        yield LogRecord("run", "all is well")
        raise SourceUnavailable("Paper is away.")

    paper.sheets["run-1"] = replace(WHOLE, logs=logs())
    wanted = carried_out()
    assert (wanted.state, wanted.recorded_at) == ("PENDING", None)
    paper.sheets["run-1"] = WHOLE
    import_run(str(wanted.pk))
    wanted.refresh_from_db()
    assert (wanted.state, RunLog.objects.count(), WorkflowRun.objects.count()) == ("DONE", 2, 1)


def test_a_run_that_goes_on_is_followed_until_it_ends(carried_out: Any, paper: Any) -> None:
    going = replace(RECORD, status=RunStatus.RUNNING, source_status="being written")
    paper.sheets["run-1"] = replace(WHOLE, record=going, has_ended=False)
    wanted = carried_out(follow=True)
    assert (wanted.state, wanted.phase, wanted.asked_count) == ("PENDING", "FOLLOWING", 1)
    paper.sheets["run-1"] = WHOLE
    import_run(str(wanted.pk))
    wanted.refresh_from_db()
    assert (wanted.state, WorkflowRun.objects.get().status) == ("DONE", "SUCCESS")


def test_what_is_gone_is_told_in_a_sentence(carried_out: Any) -> None:
    wanted = carried_out(external_id="run-9")
    assert (wanted.state, wanted.error_code, wanted.error) == (
        "FAILED",
        "not_found",
        "There is no sheet run-9.",
    )


def test_what_holds_runs_makes_an_import_of_each(carried_out: Any, paper: Any) -> None:
    paper.sheets["run-2"] = WHOLE
    wanted = carried_out(kind="FOLDER", external_id="all")
    assert sorted(one.external_id for one in wanted.children.all()) == ["run-1", "run-2"]
    assert {one.kind for one in wanted.children.all()} == {"RUN"}


def test_the_users_own_credentials_are_sent(carried_out: Any, paper: Any, ada: User) -> None:
    carried_out()
    keep_credentials(
        server=RunServer.objects.get(), user=ada, fields={"region": "eu", "token": "t"}, account="ada"
    )
    carried_out()
    assert [dict(one.credentials) for one in paper.asked] == [{}, {"region": "eu", "token": "t"}]


def test_a_source_that_is_not_there_breaks_no_other(settings: Any, carried_out: Any) -> None:
    settings.RUN_SOURCES = {"paper": "no.such.module.Source", **{}}
    wanted = carried_out()
    assert (wanted.state, wanted.error_code) == ("FAILED", "source_unavailable")
    assert "no.such" in wanted.error or "is not installed" in wanted.error


def test_a_run_that_its_source_deleted_stays_as_it_was_told(carried_out: Any, paper: Any) -> None:
    carried_out(create_datasets=True)
    before = ImportedRun.objects.get()
    gone = RunRecord(
        name="Count words", status=RunStatus.UNKNOWN, source_status="shredded", source_deleted=True, is_imported=True,
        origin=RECORD.origin,
    )  # fmt: skip
    paper.sheets["run-1"] = replace(WHOLE, record=gone, logs=[LogRecord("run", "")], events=(), files={})
    assert carried_out(create_datasets=True).state == "DONE"
    run, kept = WorkflowRun.objects.get(), ImportedRun.objects.get()
    assert (run.status, run.source_status, run.source_deleted) == ("SUCCESS", "shredded", True)
    assert (run.jobs.count(), run.dataset_links.count(), RunLog.objects.count()) == (1, 1, 2)
    assert RunLog.objects.get(name="run").size == len("all is well")
    assert run.workflowversion.files.count() == 1
    assert (kept.state, kept.answers_key) == ("shredded", before.answers_key)
    assert default_storage.exists(kept.answers_key)
    paper.sheets["run-1"] = replace(WHOLE, record=replace(RECORD, status=RunStatus.FAILED))
    carried_out()  # it was brought back there
    run.refresh_from_db()
    assert (run.status, run.source_deleted) == ("FAILED", False)


def test_a_version_without_files_of_a_run_that_went_on_is_not_left_behind(
    carried_out: Any, paper: Any
) -> None:
    bare = WorkflowRecord("Words", "", engine=Engine.CWL)
    going = replace(RECORD, status=RunStatus.RUNNING, workflow=bare)
    paper.sheets["run-1"] = replace(WHOLE, record=going, has_ended=False, files={})
    carried_out()
    first = WorkflowVersion.objects.get()
    assert first.files.count() == 0
    paper.sheets["run-1"] = WHOLE
    carried_out()
    assert [one.files.count() for one in WorkflowVersion.objects.all()] == [1]
    assert Workflow.objects.count() == 1
    assert WorkflowVersion.objects.get().is_latest


def test_a_version_that_others_use_stays(carried_out: Any, paper: Any, ada: User) -> None:
    bare = replace(RECORD, status=RunStatus.RUNNING, workflow=WorkflowRecord("Words", "", engine=Engine.CWL))
    paper.sheets["run-1"] = replace(WHOLE, record=bare, has_ended=False, files={})
    carried_out()
    a_run(ada, workflowversion=WorkflowVersion.objects.get())
    paper.sheets["run-1"] = WHOLE
    carried_out()
    assert WorkflowVersion.objects.count() == 2


def test_events_that_have_no_key_are_told_again_and_kept_once(carried_out: Any, paper: Any) -> None:
    told = (
        EventRecord(datetime(2026, 1, 2, tzinfo=UTC), type="job.ended", message="well", job="j1"),
        EventRecord(datetime(2026, 1, 2, tzinfo=UTC), type="job.ended", message="well"),
    )
    paper.sheets["run-1"] = replace(WHOLE, events=told)
    carried_out()
    carried_out()
    assert RunEvent.objects.filter(type="job.ended").count() == 2


def test_a_file_is_gone_on_with_where_it_broke_off(carried_out: Any, paper: Any, monkeypatch: Any) -> None:
    asked = []

    def download(
        self: Any, id: str, path: str, write: Any, *, limit: int, offset: int, etag: str, told: Any
    ) -> None:
        asked.append((offset, etag))
        write.seek(offset)
        if not offset:
            told("e-1", 5)
            write.write(b"se")
            raise SourceUnavailable("Paper is away.")
        write.write(b"ven")

    monkeypatch.setattr(paper, "download", download, raising=False)
    wanted = carried_out(create_datasets=True, download=True)
    assert (wanted.state, DataFile.objects.get().status) == ("PENDING", "OFFLINE")
    import_run(str(wanted.pk))
    wanted.refresh_from_db()
    assert (wanted.state, wanted.files_failed, asked) == ("DONE", 0, [(0, ""), (2, "e-1")])
    with default_storage.open(DataFile.objects.get().storage_key) as stored:
        assert stored.read() == b"seven"


def test_a_definition_that_could_not_be_fetched_comes_later_into_the_same_version(
    carried_out: Any, paper: Any
) -> None:
    known = replace(RECORD, workflow=replace(RECORD.workflow, source_digest="d-1"))
    for files in ({}, {"words.cwl": b"cwlVersion: v1.2"}, {}):
        paper.sheets["run-1"] = replace(WHOLE, record=known, files=files)
        assert carried_out().state == "DONE"
        assert WorkflowVersion.objects.count() == 1
    [file] = WorkflowVersion.objects.get().files.all()
    assert default_storage.exists(file.storage_key)
    assert WorkflowVersion.objects.get().content_digest
