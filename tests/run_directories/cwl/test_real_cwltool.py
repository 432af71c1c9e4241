"""A real cwltool, run now. It is asked for by ``RUNSTEAD_TEST_CWLTOOL``, the path of the command."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from run_directories.cwl import CwlSniffer
from run_directories.findings import Role

COMMAND = os.environ.get("RUNSTEAD_TEST_CWLTOOL", "")
RECORDINGS = Path(__file__).parents[1] / "recordings" / "cwl"

pytestmark = pytest.mark.skipif(not COMMAND, reason="RUNSTEAD_TEST_CWLTOOL names no cwltool")


def run_in(place: Path, recording: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the workflow of a recording, its files copied beside what will be made."""
    for path in (RECORDINGS / recording).glob("*"):
        if path.suffix in (".cwl", ".yml", ".fasta"):
            shutil.copy(path, place)
    command = [COMMAND, "--no-container", *arguments]
    return subprocess.run(command, cwd=place, capture_output=True, text=True, check=False, timeout=120)


def test_a_research_object_of_today_is_read(tmp_path):
    done = run_in(tmp_path, "plain-ok", "--provenance", "ro", "--outdir", "out", "workflow.cwl", "job.yml")
    assert done.returncode == 0, done.stderr
    (run,) = CwlSniffer().read(tmp_path / "ro")
    assert run.status == "SUCCESS"
    assert [job.step for job in run.jobs] == ["sort", "sort", "count", "count"]
    assert len([file for file in run.files if file.role == Role.OUTPUT]) == 4


def test_a_failed_research_object_of_today_is_failed(tmp_path):
    done = run_in(
        tmp_path, "plain-fail", "--provenance", "ro", "--outdir", "out", "wf-fail.cwl", "job-fail.yml"
    )
    assert done.returncode == 1
    (run,) = CwlSniffer().read(tmp_path / "ro")
    assert (run.status, run.jobs[-1].exit_code) == ("FAILED", 3)


def test_plain_outputs_of_today_are_read(tmp_path):
    done = run_in(tmp_path, "plain-ok", "--timestamps", "workflow.cwl", "job.yml")
    (tmp_path / "outputs.json").write_text(done.stdout)
    (tmp_path / "cwltool.log").write_text(done.stderr)
    (run,) = CwlSniffer().read(tmp_path)
    assert run.status == "SUCCESS"
    assert len(run.jobs) == 4
