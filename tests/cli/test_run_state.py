"""How a run stands, what happened, what came after what, whether all is there: on the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from tests.cli.conftest import Runstead
from tests.factories import a_job, a_run, an_event
from workflows.models import WorkflowRun
from workflows.models.runs import column_of_declared
from workflows.records import DataType, DeclaredFile


@pytest.fixture
def run(ada: User) -> WorkflowRun:
    """It goes on."""
    run = a_run(ada, "Counts", status="RUNNING")
    a_job(run, "sort", external_id="17")
    return run


# --- status ---------------------------------------------------------------------------------------------------------


def test_the_status_is_told_with_what_it_may_become(ada_cli: Runstead, run: WorkflowRun) -> None:
    told = ada_cli.well("status", "Counts").stdout
    assert "RUNNING" in told
    assert "SUCCESS" in told.split("May become")[1].splitlines()[0]
    assert ada_cli.json("status", run.pk)["status"] == "RUNNING"


def test_the_status_is_set_and_corrected_with_a_reason(ada_cli: Runstead, run: WorkflowRun) -> None:
    ada_cli.well("status", run.pk, "--set", "failed", "--message", "No variant passed")
    refused = ada_cli("status", run.pk, "--set", "SUCCESS")
    assert refused.exit_code == 6
    assert "allowed after FAILED: nothing\n  with --reason: PENDING" in refused.stderr
    told = ada_cli.json("status", run.pk, "--set", "SUCCESS", "--reason", "It was fine", "--history")
    assert [(one["status"], one["reason"]) for one in told["history"]][-1] == ("SUCCESS", "It was fine")
    assert "It was fine" in ada_cli.well("status", run.pk, "--history").stdout


def test_a_reason_without_a_status_is_wrong_usage(ada_cli: Runstead, run: WorkflowRun) -> None:
    result = ada_cli("status", run.pk, "--reason", "why")
    assert (result.exit_code, "--reason goes with --set" in result.stderr) == (2, True)


# --- events ---------------------------------------------------------------------------------------------------------


def test_events_are_told_from_the_end_or_behind_a_cursor(ada_cli: Runstead, run: WorkflowRun) -> None:
    for number in range(1, 5):
        an_event(run, message=f"event {number}", level="error" if number == 2 else "info")

    def told(*words: Any) -> list[str]:
        return [one["message"] for one in ada_cli.json("events", run.pk, *words)]

    assert told("--tail", 2) == ["event 3", "event 4"]
    assert told("--after", 1, "--level", "ERROR") == ["event 2"]
    assert told("--all") == [f"event {number}" for number in range(1, 5)]
    assert "event 4" in ada_cli.well("events", run.pk, "--tail", 1).stdout


def test_events_are_followed_until_the_run_has_ended(ada_cli: Runstead, run: WorkflowRun) -> None:
    an_event(run, message="begun")

    def end() -> None:
        an_event(run, message="done")
        WorkflowRun.objects.update(status="SUCCESS")

    ada_cli.meanwhile = end
    told = ada_cli.well("events", run.pk, "--follow", "--json").stdout
    assert [json.loads(line)["message"] for line in told.splitlines()] == ["begun", "done"]
    assert ada_cli.pauses == [2.0]


# --- graph ----------------------------------------------------------------------------------------------------------


def test_the_graph_is_told_for_programs_that_draw(
    ada_cli: Runstead, run: WorkflowRun, tmp_path: Path
) -> None:
    assert ada_cli.well("graph", run.pk).stdout.startswith("digraph run {")
    assert "flowchart" in ada_cli.well("graph", run.pk, "--format", "mermaid", "--kind", "steps").stdout
    assert ada_cli.json("graph", run.pk, "--kind", "files")["kind"] == "files"
    target = tmp_path / "run.dot"
    ada_cli.well("graph", run.pk, "-o", target)
    assert target.read_text().startswith("digraph run {")
    assert ada_cli("graph", run.pk, "-o", target).exit_code == 1


# --- completeness ---------------------------------------------------------------------------------------------------


def test_what_is_absent_is_told_and_is_an_exit_code(ada_cli: Runstead, run: WorkflowRun) -> None:
    assert ada_cli.json("complete", run.pk)["absent"] == 0
    declared = column_of_declared((DeclaredFile("out/counts.tsv", DataType.OUTPUT),))
    WorkflowRun.objects.update(status="SUCCESS", declared=declared)
    result = ada_cli("complete", run.pk)
    assert result.exit_code == 1
    assert "absent  OUTPUT  file  out/counts.tsv" in result.stdout
