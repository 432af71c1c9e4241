"""Runs on the command line: found by every filter, named as people name them, shown, put away and back."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Group, User
from common.api.filters import RegistryFilterSet
from data_management.filters import DatasetFilterSet
from run_import.filters import RunImportFilterSet
from runstead_cli.filters import (
    OF_DATASETS,
    OF_EVENTS,
    OF_FILES,
    OF_IMPORTS,
    OF_RUNS,
    OF_WORKFLOWS,
    Filter,
)
from runstead_cli.listing import LARGEST_PAGE
from tests.cli.conftest import Runstead
from tests.cli.wire import SERVER
from tests.factories import (
    a_dataset,
    a_file,
    a_job,
    a_link,
    a_parameter,
    a_run,
    a_step,
    a_version,
    a_workflow,
    sha256_of,
)
from workflows.event_filters import RunEventFilterSet
from workflows.filters import WorkflowFilterSet, WorkflowRunFilterSet
from workflows.models import WorkflowRun
from workflows.run_file_views import RunFileFilterSet

ROOT = Path(__file__).resolve().parents[2]
IN_OTHER_WORDS = {"path", "after", "before"}  # GLOB, --after, and what ends is not followed
NOON = datetime(2024, 1, 15, 12, tzinfo=UTC)


def names(rows: Any) -> list[str]:
    return [row["name"] for row in rows]


@pytest.mark.parametrize(
    ("filter_set", "filters"),
    [
        (WorkflowRunFilterSet, OF_RUNS),
        (DatasetFilterSet, OF_DATASETS),
        (WorkflowFilterSet, OF_WORKFLOWS),
        (RunImportFilterSet, OF_IMPORTS),
        (RunFileFilterSet, OF_FILES),
        (RunEventFilterSet, OF_EVENTS),
    ],
)
def test_every_filter_of_the_api_is_an_option(
    filter_set: type[RegistryFilterSet], filters: list[Filter]
) -> None:
    assert {one.name for one in filters} | IN_OTHER_WORDS >= {*filter_set.base_filters}
    assert {one.name for one in filters} <= {*filter_set.base_filters, "deleted"}


@pytest.fixture
def rich_run(ada: User) -> WorkflowRun:
    """A run that every filter can tell from another."""
    version = a_version(a_workflow(ada, "Alignment"))
    run = a_run(
        ada, "NA12878", workflowversion=version, status="FAILED", started_at=NOON, source="snakemake",
        completed_at=NOON + timedelta(minutes=5), external_id="wf-1", run_command="snakemake --cores 8",
        message="align failed",
    )  # fmt: skip
    used, made = a_dataset(ada, "Reads"), a_dataset(ada, "Counts")
    a_file(used, content=b"ACGT")
    a_link(run, used, "INPUT")
    a_link(run, made, "OUTPUT")
    a_parameter(run, "k", 31)
    a_parameter(run, "strict", False)
    a_job(
        run, "align (1)", status="FAILED", exit_code=3, step=a_step(run, tool_name="bwa"),
        started_at=NOON, completed_at=NOON + timedelta(seconds=90),
    )  # fmt: skip
    a_run(ada, "Another", status="SUCCESS", started_at=NOON + timedelta(days=30))
    return run


@pytest.mark.parametrize(
    "words",
    [
        ["--status", "failed"],
        ["--status", "FAILED", "--status", "RUNNING"],
        ["--name", "12878"],
        ["--search", "align"],
        ["--workflow", "Alignment"],
        ["--engine", "snakemake"],
        ["--parameter", "k:31"],
        ["--started-before", "2024-02-01"],
        ["--completed-after", "2024-01-15T12:00+00:00"],
        ["--duration-min", "299", "--duration-max", "301"],
        ["--checksum", sha256_of(b"ACGT")],
        ["--dataset", "Counts"],
        ["--used", "Reads"],
        ["--produced", "Counts"],
        ["--source", "snakemake", "--external-id", "wf-1", "--no-imported"],
        ["--owner", "ada", "--group", "Genomics Core", "--no-public", "--status", "FAILED"],
        ["--owner", "me", "--created-after", "1h", "--status", "FAILED"],
    ],
    ids=" ".join,
)
def test_a_run_is_found(ada_cli: Runstead, rich_run: WorkflowRun, words: list[str]) -> None:
    assert names(ada_cli.json("runs", "list", *words)) == ["NA12878"]


def test_a_time_that_is_none_is_wrong_usage(ada_cli: Runstead) -> None:
    result = ada_cli("runs", "list", "--started-after", "yesterday")
    assert result.exit_code == 2
    assert "seven days ago" in result.stderr


def test_a_group_that_one_is_not_in_is_not_found(ada_cli: Runstead, proteomics: Group) -> None:
    assert ada_cli("runs", "list", "--group", "Proteomics Lab").exit_code == 4


def test_a_page_says_what_it_leaves_out(ada_cli: Runstead, ada: User) -> None:
    for number in range(3):
        a_run(ada, f"run {number}")
    result = ada_cli.well("runs", "list", "--limit", 2, "--ordering", "name")
    assert ("run 0" in result.stdout, "run 2" in result.stdout) == (True, False)
    assert "2 of 3; --page 2 shows the next" in result.stderr
    assert names(ada_cli.json("runs", "list", "--limit", 2, "--page", 2, "--ordering", "name")) == ["run 2"]
    assert names(ada_cli.json("runs", "list", "--all", "--ordering=-name")) == ["run 2", "run 1", "run 0"]


def test_all_rows_are_had_page_after_page(
    ada_cli: Runstead, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runstead_cli.api.PAGE_SIZE", 2)
    for number in range(5):
        a_run(ada, f"run {number}")
    before = len(ada_cli.wire.requests)
    assert len(ada_cli.json("runs", "list", "--all")) == 5
    assert len(ada_cli.wire.requests) - before == 3
    assert LARGEST_PAGE == 500


def test_csv_has_all_rows(ada_cli: Runstead, ada: User) -> None:
    a_run(ada, 'a "quoted", name')
    a_run(ada, "other")
    rows = list(csv.DictReader(io.StringIO(ada_cli.well("runs", "list", "--csv", "--limit", 1).stdout)))
    assert {row["name"] for row in rows} == {'a "quoted", name', "other"}


def test_nothing_is_an_empty_list(ada_cli: Runstead) -> None:
    assert ada_cli.json("runs", "list") == []
    assert "Nothing fits." in ada_cli.well("runs", "list").stderr


def test_names_cannot_steer_the_terminal(ada_cli: Runstead, ada: User) -> None:
    a_run(ada, "evil \x1b[2J name")
    assert "\x1b" not in ada_cli.well("runs", "list").stdout


def test_a_run_is_shown_whole(ada_cli: Runstead, rich_run: WorkflowRun) -> None:
    told = ada_cli.well("runs", "show", "NA12878", "--jobs", "--steps").stdout
    for words in ("FAILED", "align failed", "Alignment v1", "snakemake --cores 8", "5 min 0 s", "bwa"):
        assert words in told
    for line in (
        f"Page      {SERVER}/runs/{rich_run.pk}/",
        "  k       31",
        "  strict  false",
        "1 min 30 s",
        "INPUT (1 NEW)",
        "align (1)",
    ):
        assert line in told


def test_a_run_is_shown_to_scripts(ada_cli: Runstead, rich_run: WorkflowRun) -> None:
    told = ada_cli.json("runs", "show", rich_run.pk, "--jobs")
    assert (told["id"], told["parameters"][0]["value"], told["jobs"][0]["exit_code"]) == (
        str(rich_run.pk),
        31,
        3,
    )
    assert "steps" not in told


def test_a_run_is_named_in_many_ways(ada_cli: Runstead, rich_run: WorkflowRun) -> None:
    page = f"{SERVER}/runs/{rich_run.pk}/"
    for word in (
        rich_run.pk,
        str(rich_run.pk).upper(),
        str(rich_run.pk)[:13],
        str(rich_run.pk)[:20],
        page,
        "NA12878",
    ):
        assert ada_cli.json("runs", "show", word)["id"] == str(rich_run.pk)


def test_the_beginning_of_an_id_is_found_among_many(
    ada_cli: Runstead, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runstead_cli.api.PAGE_SIZE", 2)
    runs = [a_run(ada, "same name") for _ in range(5)]
    for run in runs:
        assert ada_cli.json("runs", "show", str(run.pk)[:-1])["id"] == str(run.pk)


def test_several_of_a_name_are_listed(ada_cli: Runstead, ada: User) -> None:
    runs = [a_run(ada, "twin") for _ in range(2)]
    result = ada_cli("runs", "show", "twin")
    assert result.exit_code == 1
    assert all(str(run.pk) in result.stderr for run in runs)


def test_a_part_of_a_name_is_not_enough_but_helps(ada_cli: Runstead, ada: User) -> None:
    run = a_run(ada, "the whole name")
    result = ada_cli("runs", "delete", "whole", "--yes")
    assert (result.exit_code, str(run.pk) in result.stderr) == (4, True)
    assert not WorkflowRun.objects.get(pk=run.pk).deleted


def test_a_foreign_run_is_not_there(ada_cli: Runstead, eve: User) -> None:
    run = a_run(eve, "secret")
    assert ada_cli("runs", "show", run.pk).exit_code == 4
    assert ada_cli("runs", "show", "secret").exit_code == 4


def test_a_run_goes_into_the_trash_and_back(ada_cli: Runstead, ada: User) -> None:
    run = a_run(ada, "a run")
    ada_cli.well("runs", "delete", "a run", input="y\n")
    assert names(ada_cli.json("runs", "list")) == []
    assert names(ada_cli.json("runs", "list", "--deleted")) == ["a run"]
    assert ada_cli.json("runs", "restore", "a run") == [{"id": str(run.pk), "name": "a run"}]
    assert names(ada_cli.json("runs", "list")) == ["a run"]


def test_a_run_is_restored_by_its_id(ada_cli: Runstead, ada: User) -> None:
    run = a_run(ada)
    ada_cli.well("runs", "delete", run.pk, "--yes")
    ada_cli.well("runs", "restore", run.pk)
    assert not WorkflowRun.objects.get(pk=run.pk).deleted


def test_a_no_leaves_it_where_it_is(ada_cli: Runstead, ada: User) -> None:
    run = a_run(ada)
    assert ada_cli("runs", "delete", run.pk, input="n\n").exit_code == 130
    assert ada_cli("runs", "delete", run.pk, input="").exit_code == 130
    assert not WorkflowRun.objects.get(pk=run.pk).deleted


def test_what_only_others_may_delete_is_refused(ada_cli: Runstead, bob: User) -> None:
    result = ada_cli("runs", "delete", a_run(bob).pk, "--yes")
    assert result.exit_code == 6
    assert json.loads(ada_cli.wire.requests[-1].body or "null") is None
