"""`runstead diff`."""

import pytest

from accounts.models import User
from tests.cli.conftest import Runstead
from tests.factories import a_dataset, a_file, a_link, a_parameter, a_run
from workflows.models import WorkflowRun


@pytest.fixture
def runs(ada: User) -> tuple[WorkflowRun, WorkflowRun]:
    """Two runs with another parameter and another result, of the same input."""
    pair = a_run(ada, "Monday"), a_run(ada, "Tuesday", status="FAILED")
    reads = a_dataset(ada, "reads")
    a_file(reads, "reads.txt", b"reads")
    for number, run in enumerate(pair):
        a_link(run, reads, "INPUT")
        a_parameter(run, "k", 31 + number)
        a_parameter(run, "mode", "fast")
        result = a_dataset(ada, "counts")
        a_file(result, "counts.tsv", f"{number}".encode())
        a_link(run, result, "OUTPUT")
    return pair


def test_only_what_differs_is_shown(ada_cli: Runstead, runs: tuple[WorkflowRun, WorkflowRun]) -> None:
    shown = ada_cli.well("diff", "Monday", runs[1].pk).stdout
    assert f"A  Monday ({runs[0].pk})" in shown
    assert "Parameters: 1 different, 1 the same" in shown
    assert ["*", "k", "31", "32"] in [line.split() for line in shown.splitlines()]
    assert ["*", "status", "SUCCESS", "FAILED"] in [line.split() for line in shown.splitlines()]
    assert "counts.tsv" in shown
    assert "mode" not in shown
    assert "reads.txt" not in shown


def test_it_stands_among_the_commands_of_runs_too(
    ada_cli: Runstead, runs: tuple[WorkflowRun, WorkflowRun]
) -> None:
    words = [str(run.pk) for run in runs]
    assert ada_cli.well("runs", "diff", *words).stdout == ada_cli.well("diff", *words).stdout


def test_all_is_shown_where_it_is_asked_for(ada_cli: Runstead, runs: tuple[WorkflowRun, WorkflowRun]) -> None:
    shown = ada_cli.well("diff", *(run.pk for run in runs), "--all").stdout
    assert ["mode", "fast", "fast"] in [line.split() for line in shown.splitlines()]
    assert "reads.txt" in shown


def test_as_json_it_is_what_the_server_says(ada_cli: Runstead, runs: tuple[WorkflowRun, WorkflowRun]) -> None:
    told = ada_cli.json("diff", *(run.pk for run in runs))
    assert [run["name"] for run in told["runs"]] == ["Monday", "Tuesday"]
    assert told["parameters"]["rows"][0]["values"] == [31, 32]


def test_a_run_does_not_differ_from_its_like(ada_cli: Runstead, ada: User) -> None:
    pair = a_run(ada, "Same"), a_run(ada, "Same")
    assert "They do not differ." in ada_cli.well("diff", *(run.pk for run in pair)).stdout


def test_one_run_is_too_few_and_an_unknown_one_is_not_found(ada_cli: Runstead, ada: User) -> None:
    a_run(ada, "Monday")
    assert ada_cli("diff", "Monday").exit_code == 2
    assert ada_cli("diff", "Monday", "Never").exit_code == 4
