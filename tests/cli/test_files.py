"""The files of a run on the command line: chosen by patterns, fetched one by one or as an archive, each checked."""

import zipfile
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from accounts.models import User
from data_management.models import DataFile
from runstead_cli import downloads
from tests.cli.conftest import Runstead
from tests.factories import a_dataset, a_file, a_link, a_run
from workflows.models import WorkflowRun

CONTENT = bytes(range(256)) * 16


@pytest.fixture
def run(ada: User) -> WorkflowRun:
    """With an output and a log."""
    run = a_run(ada, "Counts")
    made, said = a_dataset(ada, "Counts"), a_dataset(ada, "Said")
    a_file(made, "results/counts.tsv", CONTENT)
    a_file(said, "logs/count.log", b"counted\n")
    a_link(run, made, "OUTPUT")
    a_link(run, said, "LOG")
    return run


def test_files_are_found_by_pattern_and_by_what_they_are(ada_cli: Runstead, run: WorkflowRun) -> None:
    def paths(*words: str) -> list[str]:
        return [one["path"] for one in ada_cli.json("files", run.pk, *words)]

    assert paths() == ["logs/count.log", "results/counts.tsv"]
    assert paths("**/*.log") == paths("--type", "LOG") == ["logs/count.log"]
    assert paths("none") == []
    assert "4.0 KiB" in ada_cli.well("files", "Counts", "results/*").stdout


def test_files_are_downloaded_once_and_taken_up_where_they_broke_off(
    ada_cli: Runstead, run: WorkflowRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "CHUNK", 1000)
    ada_cli.wire.breaks = [1500]
    (told,) = ada_cli.json("files", run.pk, "*.tsv", "--download", tmp_path)
    assert (told["path"], told["fetched"]) == (str(tmp_path / "results/counts.tsv"), True)
    assert (tmp_path / "results/counts.tsv").read_bytes() == CONTENT
    assert [one.headers["Range"] for one in ada_cli.wire.requests if "Range" in one.headers] == ["bytes=999-"]
    assert "(was there)" in ada_cli.well("files", run.pk, "*.tsv", "--download", tmp_path).stdout


def test_what_is_damaged_is_thrown_away(ada_cli: Runstead, run: WorkflowRun, tmp_path: Path) -> None:
    file = DataFile.objects.get(name__endswith="counts.tsv")
    with default_storage.open(file.storage_key, "wb") as stored:
        stored.write(CONTENT[::-1])
    result = ada_cli("files", run.pk, "*.tsv", "--download", tmp_path)
    assert (result.exit_code, "another SHA-256" in result.stderr) == (1, True)
    assert list((tmp_path / "results").iterdir()) == []


def test_what_the_registry_does_not_hold_is_told_with_the_reason(
    ada_cli: Runstead, run: WorkflowRun, tmp_path: Path
) -> None:
    DataFile.objects.filter(name__endswith=".log").update(status="OFFLINE")
    result = ada_cli("files", run.pk, "--download", tmp_path)
    assert (result.exit_code, "logs/count.log: The registry never took" in result.stderr) == (1, True)
    assert (tmp_path / "results/counts.tsv").exists()


def test_a_selection_is_an_archive_that_replaces_nothing(
    ada_cli: Runstead, run: WorkflowRun, tmp_path: Path
) -> None:
    target = tmp_path / "some.zip"
    ada_cli.well("files", run.pk, "--type", "OUTPUT", "--zip", target)
    assert zipfile.ZipFile(target).read("counts/results/counts.tsv") == CONTENT
    assert ada_cli("files", run.pk, "--zip", target).exit_code == 1
    ada_cli.well("files", run.pk, "--zip", target, "--force")
    assert len(zipfile.ZipFile(target).namelist()) == 2
    assert ada_cli("files", run.pk, "none", "--zip", target, "--force").exit_code == 4
