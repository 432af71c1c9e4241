"""A directory that is registered again, and what the registry knows already."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from data_management.models import DataFile
from tests.cli.conftest import Runstead
from tests.cli.register.examples import YAML, a_directory, only_run, paths_of, rows_of_registry
from workflows.models import WorkflowRun, WorkflowRunDataset


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


def test_two_runs_tell_the_story_of_a_result_that_was_copied_and_renamed(
    cli: Runstead, directory: Path, dropbox: Path, tmp_path: Path
) -> None:
    cli.well("register", "wfrun", directory, "--yes", "--name", "First")
    second = dropbox / "second"
    (second / "in").mkdir(parents=True)
    shutil.copy(directory / "results" / "counts.tsv", second / "in" / "table.txt")
    (second / "plot.svg").write_text("<svg/>")
    said = ("--input", "in/*", "--output", "plot.svg", "--name", "Second", "--status", "SUCCESS")
    told = cli.json("register", "wfrun", second, "--yes", *said)
    assert told["transfer"]["files_total"] == 1  # what the first made is here
    copy = Path(shutil.copy(second / "plot.svg", tmp_path / "figure.svg"))
    lines = [line.lstrip("└├─│ ").split(" (")[0] for line in cli.well("whence", copy).stdout.splitlines()]
    assert lines == [
        str(copy),
        "made by Second",
        "input counts.tsv",
        "made by First",
        "input a.txt",
        "input b.txt",
    ]


def test_what_is_changed_after_the_end_is_no_file_of_the_run(cli: Runstead, directory: Path) -> None:
    cli.well("register", "wfrun", directory, "--yes")
    before = rows_of_registry()
    (directory / "results" / "counts.tsv").write_text("overwritten by the next run\n")
    result = cli.well("register", "wfrun", directory, "--yes")
    assert "Changed since the run ended" in result.stderr
    assert "results/counts.tsv" in result.stderr
    assert rows_of_registry() == before
