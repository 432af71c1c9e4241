"""A directory of a dropbox is looked at, corrected, and becomes the run that the command line would make of it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from common.errors import Conflict, InvalidInput
from data_management.models import DataFile, Dropbox
from run_registration.models import DirectoryRegistration
from run_registration.services import ask_for, cancel, request_look
from tests.cli.register.examples import a_directory
from workflows.models import WorkflowRun, WorkflowRunParameter

pytestmark = pytest.mark.django_db
SEND, LOOK = DirectoryRegistration.Goal.SEND, DirectoryRegistration.Goal.LOOK


@pytest.fixture
def look(ada: Any, run_tasks: Any) -> Callable[[Path], DirectoryRegistration]:
    """Has a directory looked at, and returns the work when that is done."""

    def looked(directory: Path) -> DirectoryRegistration:
        work = request_look(path=str(directory), user=ada)
        run_tasks()
        work.refresh_from_db()
        return work

    return looked


def test_a_look_says_what_is_there_and_registers_nothing(left_by: Any, look: Any) -> None:
    work = look(left_by("snakemake/9.27.1-ok"))
    assert (work.state, work.error, work.is_ready) == ("DONE", "", True)
    found = work.findings
    assert (found["engine"], found["status"], found["job_count"] > 0) == ("snakemake", "SUCCESS", True)
    assert found["workflow"]["files"]
    assert {one["role"] for one in found["counts"]} >= {"INPUT", "OUTPUT"}
    assert (found["is_needed"], found["known_run"]) == (True, "")
    assert not WorkflowRun.objects.exists()


def test_what_was_looked_at_is_registered_with_its_corrections(
    left_by: Any, look: Any, run_tasks: Any
) -> None:
    work = look(left_by("snakemake/9.27.1-ok"))
    corrections = {"name": "Sorted <b>reads</b>", "parameters": {"extra": "-n"}, "ignore": ["*.log"]}
    ask_for(work=work, goal=SEND, corrections=corrections, public=True)
    run_tasks()
    work.refresh_from_db()
    assert (work.state, work.error, work.is_registered) == ("DONE", "", True)
    run = WorkflowRun.objects.get()
    assert work.workflowrun == run
    assert (run.name, run.public, run.status) == ("Sorted <b>reads</b>", True, "SUCCESS")
    assert (run.owner, run.owned_by) == (work.owner, work.owned_by)
    assert run.workflowversion is not None
    assert run.workflowversion.is_committed
    assert WorkflowRunParameter.objects.get(workflowrun=run, name="extra").value == "-n"
    assert not DataFile.objects.filter(name__endswith=".log").exists()
    run_tasks()
    assert set(DataFile.objects.values_list("status", flat=True)) == {"ONLINE"}


def test_registered_again_it_is_the_same_run_and_only_what_is_new_is_told(
    dropbox: Path, look: Any, run_tasks: Any
) -> None:
    directory = a_directory(dropbox / "run-1")
    work = look(directory)
    ask_for(work=work, goal=SEND)
    run_tasks()
    again = look(directory)
    assert again.pk != work.pk
    assert (again.findings["known_run"], again.findings["is_needed"]) == (
        str(WorkflowRun.objects.get().pk),
        False,
    )
    (directory / "results/more.tsv").write_text("c\t3\n")
    third = look(directory)
    assert third.findings["changes"] == ["1 new or changed file"]
    ask_for(work=third, goal=SEND)
    run_tasks()
    assert WorkflowRun.objects.count() == 1
    assert DataFile.objects.filter(name="more.tsv").count() == 1


@pytest.mark.parametrize("name", ["cwl/ro-ok", "snakemake/8.25.5-rich", "snakemake/9.27.1-failed"])
def test_other_engines_and_failures_are_read_too(left_by: Any, look: Any, run_tasks: Any, name: str) -> None:
    work = look(left_by(name))
    assert work.state == "DONE", work.error
    ask_for(work=work, goal=SEND)
    run_tasks()
    work.refresh_from_db()
    assert (work.state, work.error) == ("DONE", "")
    assert work.workflowrun is not None
    assert work.workflowrun.status == work.findings["status"]


def test_a_directory_of_no_engine_is_refused_with_what_to_do(dropbox: Path, look: Any) -> None:
    (dropbox / "holiday").mkdir()
    work = look(dropbox / "holiday")
    assert work.state == "FAILED"
    assert "No known workflow engine" in work.error


def test_patterns_make_a_run_of_any_directory(dropbox: Path, look: Any, run_tasks: Any) -> None:
    directory = dropbox / "by hand"
    directory.mkdir()
    (directory / "out.tsv").write_text("1\n")
    work = look(directory)
    ask_for(work=work, goal=LOOK, corrections={"name": "By hand", "patterns": {"OUTPUT": ["*.tsv"]}})
    run_tasks()
    work.refresh_from_db()
    assert (work.state, work.findings["name"], work.findings["dataset_count"]) == ("DONE", "By hand", 1)


def test_links_that_lead_out_are_neither_read_nor_registered(
    dropbox: Path, tmp_path: Path, look: Any, run_tasks: Any
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("nobody's business")
    directory = a_directory(dropbox / "run-1")
    for name in ("count.sh", "data/b.txt", "logs/count.log"):
        (directory / name).unlink()
        (directory / name).symlink_to(secret)
    work = look(directory)
    assert work.state == "DONE", work.error
    ask_for(work=work, goal=SEND)
    run_tasks()
    work.refresh_from_db()
    assert "business" not in str(work.findings)
    names = set(DataFile.objects.values_list("name", flat=True))
    assert "secret.txt" not in names
    assert "b.txt" not in names


def test_the_file_that_says_what_it_is_may_not_be_a_link_to_elsewhere(
    dropbox: Path, tmp_path: Path, look: Any
) -> None:
    (tmp_path / "secret.yaml").write_text("password: hunter2\n")
    directory = a_directory(dropbox / "run-1")
    (directory / "runstead.yaml").unlink()
    (directory / "runstead.yaml").symlink_to(tmp_path / "secret.yaml")
    work = look(directory)
    assert work.state == "FAILED"
    assert "hunter2" not in work.error
    assert "password" not in work.error


@pytest.mark.parametrize("path", ["/etc", "..", "", "\0", "file:///etc", "https://example.org/"])
def test_what_is_in_no_dropbox_is_not_looked_at(ada: Any, dropbox: Path, path: str) -> None:
    with pytest.raises(InvalidInput):
        request_look(path=path, user=ada)
    assert not DirectoryRegistration.objects.exists()


def test_another_persons_dropbox_is_none_of_ones_own(bob: Any, dropbox: Path) -> None:
    with pytest.raises(InvalidInput, match="you have none"):
        request_look(path=str(dropbox), user=bob)


def test_who_lost_the_dropbox_meanwhile_registers_nothing(left_by: Any, look: Any, run_tasks: Any) -> None:
    work = look(left_by("snakemake/9.27.1-ok"))
    Dropbox.objects.all().delete()
    ask_for(work=work, goal=SEND)
    run_tasks()
    work.refresh_from_db()
    assert (work.state, work.error) == ("FAILED", "The directory is no longer in a dropbox of yours.")


def test_a_directory_that_became_a_link_to_elsewhere_is_not_read(
    dropbox: Path, tmp_path: Path, look: Any, run_tasks: Any
) -> None:
    directory = a_directory(dropbox / "run-1")
    work = look(directory)
    shutil.move(directory, tmp_path / "elsewhere")
    directory.symlink_to(tmp_path / "elsewhere")
    ask_for(work=work, goal=SEND)
    run_tasks()
    work.refresh_from_db()
    assert work.state == "FAILED"
    assert not WorkflowRun.objects.exists()


def test_it_is_sent_once_and_not_without_a_look(ada: Any, left_by: Any, run_tasks: Any) -> None:
    work = request_look(path=str(left_by("snakemake/9.27.1-ok")), user=ada)
    with pytest.raises(Conflict):
        ask_for(work=work, goal=SEND)
    assert request_look(path=work.path, user=ada) == work
    run_tasks()
    work.refresh_from_db()
    ask_for(work=work, goal=SEND)
    with pytest.raises(Conflict):
        ask_for(work=work, goal=SEND)
    cancel(work=work)
    with pytest.raises(Conflict):
        cancel(work=work)


@pytest.mark.parametrize(
    ("corrections", "said"),
    [
        ({"status": "SPLENDID"}, "must be one of"),
        ({"workflow": {"version_id": "x"}}, "a UUID"),
        ({"patterns": {"OUTPUT": [""]}}, "matches nothing"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_wrong_corrections_are_refused_at_once(
    left_by: Any, look: Any, corrections: dict[str, Any], said: str
) -> None:
    work = look(left_by("snakemake/9.27.1-ok"))
    with pytest.raises(InvalidInput, match=said):
        ask_for(work=work, goal=LOOK, corrections=corrections)


def test_a_crate_is_not_registered_but_named_as_one(ada: Any, dropbox: Path, look: Any) -> None:
    examples = Path(__file__).resolve().parent.parent / "data/crates/sapporo-ok"
    shutil.copytree(examples, dropbox / "crate")
    work = look(dropbox / "crate")
    assert (work.state, work.findings.get("is_crate")) == ("DONE", True), work.error
