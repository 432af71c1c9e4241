"""`runstead register wfrun`: from a directory to a run of the registry."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from accounts.models import User
from data_management.models import DataFile
from tests.cli.conftest import Runstead
from tests.cli.register.examples import a_directory, only_run, rows_of_registry
from workflows.models import WorkflowRun


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


def test_ctrl_c_while_files_are_read_registers_nothing(
    cli: Runstead, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows_of_registry()

    def stop(paths: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("runstead_cli.registering.directory.hash_files", stop)
    result = cli("register", "wfrun", directory, "--yes")
    assert result.exit_code == 130
    assert "Nothing was registered." in result.stderr
    assert rows_of_registry() == before
