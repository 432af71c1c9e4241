"""Directories that real engines left behind, registered as they are: once, however often it is asked for."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from data_management.models import DataFile, FileTransfer
from run_directories.sniffers import sniff
from tests.cli.conftest import Runstead
from tests.cli.register.examples import rows_of_registry
from workflows.models import JobFileLink, WorkflowRun

RECORDINGS = Path(__file__).parents[2] / "run_directories" / "recordings"
FOUND = {
    "snakemake/9.27.1-ok": "SUCCESS",
    "snakemake/9.27.1-rich": "SUCCESS",
    "snakemake/9.27.1-failed": "FAILED",
    "snakemake/8.25.5-rich": "SUCCESS",
    "snakemake/7.32.4-rich": "SUCCESS",
    "cwl/ro-ok": "SUCCESS",
    "cwl/ro-fail": "FAILED",
    "cwl/ro-nested": "SUCCESS",
    "cwl/plain-ok": "SUCCESS",
}


@pytest.fixture
def recorded(dropbox: Path) -> Callable[[str], Path]:
    """Copies a recording into the dropbox."""
    return lambda name: Path(shutil.copytree(RECORDINGS / name, dropbox / name.replace("/", "-")))


@pytest.mark.parametrize("name", FOUND)
def test_what_an_engine_left_is_one_run_with_its_files_and_jobs(
    cli: Runstead, recorded: Callable[[str], Path], name: str
) -> None:
    directory = recorded(name)
    answer = cli.json("register", "wfrun", directory, "--yes")
    run = WorkflowRun.objects.get()
    assert (answer["workflowrun"]["id"], run.status) == (str(run.pk), FOUND[name])
    assert run.external_id
    assert answer["warnings"] == []
    assert run.workflowversion is not None
    assert run.workflowversion.is_committed
    assert set(DataFile.objects.values_list("status", flat=True)) == {"ONLINE"}
    before, modified = rows_of_registry(), run.modified
    assert cli.json("register", "wfrun", directory, "--yes")["changed"] is False
    run.refresh_from_db()
    assert (rows_of_registry(), run.modified) == (before, modified)


def test_jobs_know_the_files_that_they_used_and_made(cli: Runstead, recorded: Callable[[str], Path]) -> None:
    cli.well("register", "wfrun", recorded("snakemake/9.27.1-rich"), "--yes")
    links = JobFileLink.objects.values_list("role", flat=True)
    assert {"USED", "MADE"} <= set(links)
    before = set(JobFileLink.objects.values_list("job__name", "datafile__path", "role"))
    cli.well("register", "wfrun", recorded_again(cli), "--yes", "--message", "Looked through")
    assert set(JobFileLink.objects.values_list("job__name", "datafile__path", "role")) == before


def recorded_again(cli: Runstead) -> str:
    """Where the run was registered from."""
    return str(FileTransfer.objects.get().input_dir)


def test_an_input_that_is_known_under_another_name_is_linked_to_the_jobs_that_used_it(
    cli: Runstead, recorded: Callable[[str], Path], dropbox: Path
) -> None:
    directory = recorded("snakemake/9.27.1-rich")
    source = sorted((directory / "data").iterdir())[0]
    shutil.copy(source, dropbox / "downloaded-as-this.txt")
    cli.well("register", "dataset", dropbox / "downloaded-as-this.txt", "--yes")
    known = DataFile.objects.get()
    cli.well("register", "wfrun", directory, "--yes")
    run = WorkflowRun.objects.get()
    assert run.dataset_links.filter(dataset=known.dataset, data_type="INPUT").exists()
    assert not DataFile.objects.filter(path=f"data/{source.name}").exists()
    assert JobFileLink.objects.filter(datafile=known, role="USED", job__workflowrun=run).exists()
    before = rows_of_registry()
    cli.well("register", "wfrun", directory, "--yes")
    assert rows_of_registry() == before


def test_the_plan_tells_of_steps_and_jobs(cli: Runstead, recorded: Callable[[str], Path]) -> None:
    directory = recorded("snakemake/9.27.1-failed")
    shown = cli("register", "wfrun", directory, input="n\n").stdout
    assert "Steps, jobs" in shown
    assert "JOB" in shown
    assert "FAILED" in shown


def test_an_engine_can_be_forced(cli: Runstead, recorded: Callable[[str], Path]) -> None:
    directory = recorded("cwl/ro-ok")
    result = cli("register", "wfrun", directory, "--yes", "--engine", "nextflow")
    assert result.exit_code == 1
    assert not WorkflowRun.objects.exists()
    assert (
        "There is no sniffer called 'make'" in cli("register", "wfrun", directory, "--engine", "make").stderr
    )


def test_of_several_runs_one_can_be_chosen(cli: Runstead, recorded: Callable[[str], Path]) -> None:
    directory = recorded("snakemake/9.27.1-retried")
    runs = sniff(directory)
    for number in range(1, len(runs) + 1):
        cli.well("register", "wfrun", directory, "--yes", "--run", number)
    assert set(WorkflowRun.objects.values_list("external_id", flat=True)) == {one.external_id for one in runs}
    result = cli("register", "wfrun", directory, "--yes", "--run", "never")
    assert result.exit_code == 4
    assert "There is no run never" in result.stderr
