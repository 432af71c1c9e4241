"""A run of any source comes in whole, stays what people made of it, and is taken up again where it was cut off."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from accounts.models import Group, User
from data_management.models import DataFile
from data_management.records import DatasetRecord, FileRecord, FileStatus
from run_import.credentials import keep_credentials
from run_import.models import ImportedRun, RunImport, RunServer
from run_import.tasks import import_run
from run_sources.errors import SourceUnavailable
from tests.run_import.paper import BASE, PaperSource, sheet
from workflows.models import RunEvent, RunLog, WorkflowRun, WorkflowVersion
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

pytestmark = pytest.mark.django_db
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


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default_storage, "location", str(tmp_path), raising=False)
    monkeypatch.setattr(default_storage, "base_location", str(tmp_path), raising=False)
    monkeypatch.setattr(RunImport, "send", lambda self: None)


@pytest.fixture(autouse=True)
def paper(settings: Any) -> type[PaperSource]:
    settings.RUN_SOURCES = {**settings.RUN_SOURCES, "paper": "tests.run_import.paper.PaperSource"}
    PaperSource.sheets, PaperSource.contents, PaperSource.asked = (
        {"run-1": WHOLE},
        {"results/out.txt": b"seven"},
        [],
    )
    return PaperSource


@pytest.fixture
def carried_out(ada: User, genomics: Group) -> Callable[..., RunImport]:
    """Imports the sheet as a worker would."""
    server = RunServer.objects.create(source="paper", name="Paper", url=BASE)

    def carry_out(**facts: Any) -> RunImport:
        given = {"external_id": "run-1", "url": f"{BASE}/sheets/run-1", **facts}
        wanted = RunImport.objects.create(server=server, owner=ada, owned_by=genomics, **given)
        import_run(str(wanted.pk))
        wanted.refresh_from_db()
        return wanted

    return carry_out


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
