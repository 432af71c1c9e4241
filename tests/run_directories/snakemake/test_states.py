"""Runs that did not reach their end, and runs that are on their way to it."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from run_directories.snakemake.processes import is_at_work
from tests.run_directories.snakemake.conftest import NOW, sniffer, touch


def log_of(directory: Path) -> Path:
    (log,) = (directory / ".snakemake" / "log").iterdir()
    return log


@pytest.mark.parametrize("name", ["9.27.1-interrupted", "7.32.4-interrupted"])
def test_an_interrupted_run_is_cancelled_and_so_is_what_it_was_at(runs, name):
    (run,) = runs(name)
    assert (run.status, run.status_basis) == ("CANCELLED", "REPORTED")
    assert {job.step: job.status for job in run.jobs} == {"quick": "SUCCESS", "slow": "CANCELLED"}
    assert {step.key: step.status for step in run.steps}["all"] == "SKIPPED"


def test_a_file_that_was_begun_and_not_finished_is_no_result(recorded):
    directory = recorded("9.27.1-interrupted")
    (run,) = sniffer().read(directory)
    assert (directory / "out" / "slow.txt").exists()
    assert "out/slow.txt" not in {file.relative for file in run.files}


def test_a_terminated_run_is_cancelled_though_its_last_job_ended_well(runs):
    (run,) = runs("9.27.1-terminated")
    assert run.status == "CANCELLED"
    assert run.message == "Snakemake was told to stop before all was done."
    assert {job.step: job.status for job in run.jobs} == {"quick": "SUCCESS", "slow": "SUCCESS"}


@pytest.mark.parametrize("name", ["9.27.1-killed", "8.25.5-killed"])
def test_of_a_killed_run_nothing_more_is_known(runs, name):
    (run,) = runs(name)
    assert (run.status, run.status_basis) == ("UNKNOWN", "INFERRED")
    assert run.completed_at is None
    assert "killed" in run.message
    assert {job.step: job.status for job in run.jobs} == {"quick": "SUCCESS", "slow": "UNKNOWN"}


def test_with_its_process_there_it_is_running(recorded):
    (run,) = sniffer(at_work=True).read(recorded("9.27.1-killed"))
    assert (run.status, run.message, run.completed_at) == ("RUNNING", "", None)
    assert {step.key: step.status for step in run.steps} == {
        "quick": "SUCCESS",
        "slow": "RUNNING",
        "all": "PENDING",
    }


def test_a_log_that_is_still_being_written_is_not_sent(recorded):
    directory = recorded("9.27.1-killed")
    (going_on,) = sniffer(at_work=True).read(directory)
    (over,) = sniffer().read(directory)
    logs = [{file.relative for file in run.files if file.role == "LOG"} for run in (going_on, over)]
    assert logs == [set(), {f".snakemake/log/{log_of(directory).name}"}]
    assert any("still at work" in remark for remark in going_on.remarks)


def test_on_another_machine_a_lock_and_a_fresh_log_mean_running(recorded):
    directory = recorded("9.27.1-killed")
    touch(log_of(directory), NOW - timedelta(minutes=2))
    (run,) = sniffer().read(directory)
    assert run.status == "RUNNING"
    assert "taken to be running" in run.message


def test_on_its_own_machine_a_fresh_log_without_a_process_means_killed(recorded):
    directory = recorded("9.27.1-killed")
    touch(log_of(directory), NOW - timedelta(minutes=2))
    assert sniffer(host="vm").read(directory)[0].status == "UNKNOWN"


def test_an_old_log_with_a_lock_means_killed(recorded):
    directory = recorded("9.27.1-killed")
    touch(log_of(directory), NOW - timedelta(minutes=11))
    assert sniffer().read(directory)[0].status == "UNKNOWN"


def test_a_run_keeps_its_identity_until_its_end(recorded):
    directory = recorded("8.25.5-retried")
    log = log_of(directory)
    whole = log.read_text().replace("Complete log: .snakemake", f"Complete log: {directory}/.snakemake")
    log.write_text(whole.partition("Trying to restart")[0])
    (early,) = sniffer(at_work=True).read(directory)
    log.write_text(whole)
    (late,) = sniffer().read(directory)
    assert (early.status, late.status) == ("RUNNING", "FAILED")
    assert early.external_id == late.external_id


def test_a_moved_directory_keeps_the_identity_that_its_log_tells(recorded, tmp_path):
    directory = recorded("9.11.9-retried")
    (before,) = sniffer().read(directory)
    directory.rename(tmp_path / "elsewhere")
    (after,) = sniffer().read(tmp_path / "elsewhere")
    assert before.external_id == after.external_id


def test_a_process_of_the_engine_in_the_directory_is_seen(tmp_path):
    program = tmp_path / "snakemake"
    program.write_text("import sys\nprint('ready', flush=True)\nsys.stdin.read()\n")
    other = tmp_path / "other"
    other.mkdir()
    child = subprocess.Popen(
        [sys.executable, str(program)], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
        seen = is_at_work(tmp_path), is_at_work(other)
    expected = (True, False) if os.path.exists("/proc/self/cmdline") else (None, None)
    assert seen == expected
