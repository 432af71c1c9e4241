"""`runstead register wfrun`: from a directory to a run of the registry."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from django.test import override_settings

from accounts.models import User
from common.models import HistoryEvent
from data_management.models import DataFile, Dataset, FileTransfer
from tests.cli.conftest import Runstead
from tests.factories import a_version, a_workflow
from workflows.models import WorkflowRun, WorkflowRunDataset, WorkflowVersion

YAML = """\
name: Counted samples
status: SUCCESS
started_at: 2026-03-04T10:00:00Z
completed_at: 2026-03-04T10:05:00Z
run_command: sh count.sh
workflow:
  name: Count
  engine: OTHER
parameters:
  k: 31
patterns:
  input: data/*.txt
  output: results/*
  log: logs/
  workflow: count.sh
ignore: ["*.tmp"]
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def directory(dropbox: Path) -> Path:
    return a_directory(dropbox / "run-1")


def a_directory(place: Path) -> Path:
    """What a pipeline of no known engine left, with a runstead.yaml beside it."""
    files = {
        "runstead.yaml": YAML,
        "count.sh": "sort data/*.txt | uniq -c\n",
        "data/a.txt": "a\nb\n",
        "data/b.txt": "c\n",
        "results/counts.tsv": "a\t2\nb\t1\n",
        "results/half.tmp": "no",
        "logs/count.log": "counted\n",
    }
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(content)
    return place


@pytest.fixture
def cli(ada_cli: Runstead, run_tasks: Callable[[], int]) -> Runstead:
    """Ada's, with a worker that takes files in while she waits."""
    ada_cli.meanwhile = run_tasks
    return ada_cli


def test_a_directory_becomes_a_run_whose_files_are_there(cli: Runstead, directory: Path) -> None:
    answer = cli.json("register", "wfrun", directory, "--yes")
    run = WorkflowRun.objects.get(pk=answer["workflowrun"]["id"])
    assert (run.name, run.status, run.run_command) == ("Counted samples", "SUCCESS", "sh count.sh")
    assert answer["page"] == f"http://testserver/runs/{run.pk}/"
    assert answer["transfer"]["state"] == "DONE"
    assert {(one.path, one.status) for one in DataFile.objects.all()} == {
        ("data/a.txt", "ONLINE"),
        ("data/b.txt", "ONLINE"),
        ("results/counts.tsv", "ONLINE"),
        ("logs/count.log", "ONLINE"),
    }
    kinds = run.dataset_links.values_list("data_type", "dataset__datafiles__path")
    assert set(kinds) == {
        ("INPUT", "data/a.txt"),
        ("INPUT", "data/b.txt"),
        ("OUTPUT", "results/counts.tsv"),
        ("LOG", "logs/count.log"),
    }
    assert [(one.name, one.value) for one in run.parameters.all()] == [("k", 31)]


def rows_of_registry() -> dict[str, int]:
    kinds: tuple[Any, ...] = (
        WorkflowRun,
        WorkflowVersion,
        Dataset,
        DataFile,
        WorkflowRunDataset,
        HistoryEvent,
        FileTransfer,
    )
    return {kind.__name__: kind._base_manager.count() for kind in kinds}


def only_run() -> WorkflowRun:
    return WorkflowRun.objects.get()


def paths_of(run: WorkflowRun, data_type: str) -> list[str]:
    links = run.dataset_links.filter(data_type=data_type)
    return sorted(links.values_list("dataset__datafiles__path", flat=True))


def test_the_second_time_nothing_changes(cli: Runstead, directory: Path) -> None:
    cli.well("register", "wfrun", directory, "--yes")
    before, modified = rows_of_registry(), only_run().modified
    posted = len(cli.wire.requests)
    result = cli.well("register", "wfrun", directory, "--yes")
    assert "Nothing changed" in result.stderr
    assert result.stdout.strip() == f"http://testserver/runs/{only_run().pk}/"
    assert (rows_of_registry(), only_run().modified) == (before, modified)
    methods = {(one.method, one.path_url) for one in cli.wire.requests[posted:] if one.method != "GET"}
    assert methods <= {("POST", "/api/v2/data-management/datafiles/known/")}


def test_the_workflow_is_made_once_and_released(cli: Runstead, directory: Path, dropbox: Path) -> None:
    cli.well("register", "wfrun", directory, "--yes")
    cli.well("register", "wfrun", a_directory(dropbox / "run-2"), "--yes")
    version = WorkflowVersion.objects.get()
    assert version.is_committed
    assert [(one.path, one.data_type) for one in version.files.all()] == [("count.sh", "MAIN")]
    assert set(WorkflowRun.objects.values_list("workflowversion", flat=True)) == {version.pk}


def test_another_script_is_another_version_of_the_workflow(
    cli: Runstead, directory: Path, dropbox: Path
) -> None:
    cli.well("register", "wfrun", directory, "--yes")
    changed = a_directory(dropbox / "run-2")
    (changed / "count.sh").write_text("sort -u data/*.txt\n")
    cli.well("register", "wfrun", changed, "--yes")
    first, second = WorkflowVersion.objects.order_by("index")
    assert first.workflow == second.workflow
    assert (second.is_committed, second.is_latest) == (True, True)
    assert second.files.get().sha256 != first.files.get().sha256


def test_inputs_that_are_known_are_linked_and_not_sent_again(
    cli: Runstead, directory: Path, dropbox: Path
) -> None:
    cli.well("register", "wfrun", directory, "--yes")
    second = a_directory(dropbox / "run-2")
    (second / "data" / "a.txt").rename(second / "data" / "renamed.txt")
    (second / "results" / "counts.tsv").write_text("other")
    answer = cli.json("register", "wfrun", second, "--yes")
    inputs = WorkflowRunDataset.objects.filter(data_type="INPUT")
    assert inputs.count() == 4
    assert inputs.values("dataset").distinct().count() == 2
    assert answer["transfer"]["files_total"] == 2  # the result and the log
    before = rows_of_registry()
    cli.well("register", "wfrun", second, "--yes")
    assert rows_of_registry() == before


def test_a_run_that_goes_on_is_brought_up_to_date(cli: Runstead, directory: Path) -> None:
    settings = directory / "runstead.yaml"
    ended = "status: SUCCESS\nstarted_at: 2026-03-04T10:00:00Z\ncompleted_at: 2026-03-04T10:05:00Z\n"
    settings.write_text(YAML.replace(ended, "status: RUNNING\nstarted_at: 2026-03-04T10:00:00Z\n"))
    cli.well("register", "wfrun", directory, "--yes")
    assert (only_run().status, only_run().completed_at) == ("RUNNING", None)
    settings.write_text(YAML)
    (directory / "logs" / "count.log").write_text("counted\nended\n")
    (directory / "results" / "more.tsv").write_text("c\t1\n")
    answer = cli.json("register", "wfrun", directory, "--yes")
    run = only_run()
    assert (run.status, run.duration) == ("SUCCESS", 300)
    assert [one.status for one in run.status_changes.order_by("id")] == ["RUNNING", "SUCCESS"]
    assert answer["transfer"]["files_total"] == 2
    assert paths_of(run, "OUTPUT") == ["results/counts.tsv", "results/more.tsv"]
    assert paths_of(run, "LOG") == ["logs/count.log"]
    assert run.dataset_links.get(data_type="LOG").dataset.datafiles.get().size == len("counted\nended\n")
    assert "status: RUNNING → SUCCESS" in answer["changes"]
    before = rows_of_registry()
    cli.well("register", "wfrun", directory, "--yes")
    assert rows_of_registry() == before


def test_what_people_changed_in_the_registry_stays(cli: Runstead, directory: Path) -> None:
    cli.well("register", "wfrun", directory, "--yes")
    WorkflowRun.objects.update(name="Mended", description="Why")
    (directory / "runstead.yaml").write_text(YAML.removeprefix("name: Counted samples\n"))
    cli.well("register", "wfrun", directory, "--yes")
    assert (only_run().name, only_run().description) == ("Mended", "Why")
    cli.well("register", "wfrun", directory, "--yes", "--name", "As I say")
    assert only_run().name == "As I say"


def test_the_plan_is_shown_and_nothing_is_done_on_a_no(cli: Runstead, directory: Path) -> None:
    before = rows_of_registry()
    result = cli("register", "wfrun", directory, input="n\n")
    assert result.exit_code == 130
    for told in (
        "Counted samples",
        "sh count.sh",
        "INPUT",
        "counts.tsv",
        "Register this?",
        "Nothing was registered.",
    ):
        assert told in result.output
    assert rows_of_registry() == before


def test_a_dry_run_has_the_server_check_and_makes_nothing(cli: Runstead, directory: Path) -> None:
    before = rows_of_registry()
    told = cli.json("register", "wfrun", directory, "--dry-run")
    assert told["dry_run"] is True
    assert {one["role"]: one["files"] for one in told["counts"]} == {"INPUT": 2, "OUTPUT": 1, "LOG": 1}
    assert told["body"]["workflowrun"]["name"] == "Counted samples"
    assert rows_of_registry() == before


def test_a_directory_outside_of_the_dropbox_is_told_where_to_go(
    cli: Runstead, tmp_path: Path, dropbox: Path
) -> None:
    place = a_directory(tmp_path / "elsewhere")
    result = cli("register", "wfrun", place, "--yes")
    assert result.exit_code == 1
    assert f"does not lie in your dropbox {dropbox}" in result.stderr
    assert f"cp -r {place} {dropbox}/" in result.stderr
    with override_settings(REFERENCE_DIRS=[str(tmp_path / "elsewhere")]):
        cli.well("register", "wfrun", place, "--yes", "--transfer", "reference")
    assert set(DataFile.objects.values_list("status", "is_managed")) == {("ONLINE", False)}


def test_somebody_without_a_dropbox_is_told_whom_to_ask(
    sign_in: Callable[[User], Runstead], bob: User, tmp_path: Path
) -> None:
    result = sign_in(bob)("register", "wfrun", a_directory(tmp_path / "run"), "--yes")
    assert result.exit_code == 1
    assert "ask an administrator" in result.stderr


def test_without_waiting_the_files_follow(cli: Runstead, directory: Path) -> None:
    result = cli.well("register", "wfrun", directory, "--yes", "--no-wait")
    assert "4 files follow in the background." in result.stderr
    assert set(DataFile.objects.values_list("status", flat=True)) == {"NEW"}
    assert cli.pauses == []


def test_a_file_that_did_not_come_is_told_and_sent_again(
    cli: Runstead, directory: Path, run_tasks: Callable[[], int]
) -> None:
    result_file = directory / "results" / "counts.tsv"
    content = result_file.read_text()

    def lose_it() -> None:
        result_file.unlink(missing_ok=True)
        run_tasks()

    cli.meanwhile = lose_it
    result = cli("register", "wfrun", directory, "--yes")
    assert result.exit_code == 1
    assert "results/counts.tsv: " in result.stderr
    result_file.write_text(content)
    cli.meanwhile = run_tasks
    answer = cli.json("register", "wfrun", directory, "--yes")
    assert answer["transfer"]["files_total"] == 1
    assert paths_of(only_run(), "OUTPUT") == ["results/counts.tsv"]
    assert only_run().dataset_links.get(data_type="OUTPUT").dataset.status == "ONLINE"


def test_who_stops_waiting_is_told_that_it_goes_on(cli: Runstead, directory: Path) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    cli.meanwhile = stop
    result = cli("register", "wfrun", directory, "--yes")
    assert result.exit_code == 130
    assert "the server goes on by itself" in result.stderr
    assert only_run().name == "Counted samples"


def test_any_directory_is_one_where_options_say_what_its_files_are(cli: Runstead, dropbox: Path) -> None:
    place = a_directory(dropbox / "bare")
    (place / "runstead.yaml").unlink()
    assert cli("register", "wfrun", place, "--yes").exit_code == 1
    said = ("--input", "data/*", "--output", "results/*=Counts", "--ignore", "*.tmp", "--status", "failed")
    cli.well("register", "wfrun", place, "--yes", *said)
    run = only_run()
    assert (run.name, run.status, run.workflowversion) == ("bare", "FAILED", None)
    assert run.dataset_links.get(data_type="OUTPUT").dataset.name == "Counts"


def test_a_wrong_pattern_is_told(cli: Runstead, directory: Path) -> None:
    result = cli("register", "wfrun", directory, "--yes", "--ignore", "/")
    assert result.exit_code == 1
    assert "--ignore" in result.stderr


def test_a_named_version_wins(cli: Runstead, directory: Path, ada: User) -> None:
    version = a_version(a_workflow(ada))
    cli.well("register", "wfrun", directory, "--yes", "--workflow-version", version.pk)
    assert only_run().workflowversion == version
    assert WorkflowVersion.objects.count() == 1


def test_a_connection_that_breaks_while_sending_makes_one_run(cli: Runstead, directory: Path) -> None:
    send, lost = cli.wire.send, []

    def lose_the_answer(request: Any, **options: Any) -> Any:
        answer = send(request, **options)
        if request.path_url.endswith("/register/") and not lost:
            lost.append(request)
            raise requests.ConnectionError("reset", request=request)
        return answer

    cli.wire.send = lose_the_answer  # type: ignore[method-assign]
    cli.well("register", "wfrun", directory, "--yes")
    assert lost
    assert WorkflowRun.objects.count() == 1
    assert DataFile.objects.count() == 4
