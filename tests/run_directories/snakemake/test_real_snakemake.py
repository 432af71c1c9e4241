"""A real Snakemake, run now. It is asked for by ``RUNSTEAD_TEST_SNAKEMAKE``, the path of the command."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from run_directories.snakemake import SnakemakeSniffer
from tests.run_directories.snakemake.conftest import RECORDINGS

ROOT = Path(__file__).parents[3]
COMMAND = os.environ.get("RUNSTEAD_TEST_SNAKEMAKE", "")

pytestmark = pytest.mark.skipif(not COMMAND, reason="RUNSTEAD_TEST_SNAKEMAKE names no snakemake")


def run_in(directory: Path, *arguments: str, zone: str = "UTC") -> int:
    done = subprocess.run(
        [COMMAND, *arguments],
        cwd=directory,
        env=os.environ | {"TZ": zone, "XDG_CACHE_HOME": str(directory.parent / "cache")},
        capture_output=True,
        check=False,
        timeout=120,
    )
    return done.returncode


@pytest.fixture
def copied(tmp_path):
    def copy(workflow: str) -> Path:
        directory = tmp_path / workflow
        shutil.copytree(RECORDINGS / "workflows" / workflow, directory)
        return directory

    return copy


def test_a_run_of_today_is_read_whatever_its_zone(copied):
    directory = copied("rich")
    before = datetime.fromtimestamp(int(os.stat(directory).st_ctime), UTC)
    assert run_in(directory, "--cores", "2", "--config", "order=-n", zone="Asia/Kathmandu") == 0
    (run,) = SnakemakeSniffer().read(directory)
    assert (run.status, len(run.jobs)) == ("SUCCESS", 10)
    assert {job.status for job in run.jobs} == {"SUCCESS"}
    assert run.parameters["samples"] == ["A", "B"]
    assert before <= run.started_at <= run.completed_at
    assert (run.started_at - before).total_seconds() < 120
    roles = {file.relative: file.role for file in run.files}
    assert roles["data/A.txt"] == "INPUT"
    assert roles["results/total.txt"] == roles["results/report.tsv"] == "OUTPUT"


def test_a_quiet_run_is_told_from_the_records(copied):
    directory = copied("rich")
    assert run_in(directory, "--cores", "2", "--quiet", "--config", "order=-n") == 0
    (run,) = SnakemakeSniffer().read(directory)
    assert (run.status, run.status_basis) == ("SUCCESS", "INFERRED")
    assert "quiet" in run.message
    assert len(run.jobs) >= 9  # a rule without files leaves no record
    assert {job.status for job in run.jobs} == {"SUCCESS"}


def test_a_quiet_run_that_failed_is_no_success(copied):
    directory = copied("fail")
    assert run_in(directory, "--cores", "2", "--quiet") != 0
    (run,) = SnakemakeSniffer().read(directory)
    assert run.status == "FAILED"
    assert run.message


def test_a_second_run_of_today_takes_what_the_first_made(copied):
    directory = copied("rich")
    assert run_in(directory, "--cores", "2") == 0
    (directory / "results" / "total.txt").unlink()
    assert run_in(directory, "--cores", "2", "--", "results/total.txt") == 0
    again, first = SnakemakeSniffer().read(directory)
    assert {job.step for job in again.jobs} == {"count_part", "total"}
    split = {f"results/split/part_a{letter}.txt" for letter in "abcd"}
    assert split <= {file.relative for file in again.files if file.role == "INPUT"}
    assert "results/total.txt" not in {file.relative for file in first.files}


def test_a_failed_run_of_today_is_failed(copied):
    directory = copied("fail")
    assert run_in(directory, "--cores", "1", "-k") == 1
    (run,) = SnakemakeSniffer().read(directory)
    assert run.status == "FAILED"
    assert [job.status for job in run.jobs if job.name == "make (name=bad)"] == ["FAILED", "FAILED"]


LOOK = """
import sys
from pathlib import Path
from run_directories.snakemake import SnakemakeSniffer

run = SnakemakeSniffer().read(Path("."))[0]
with open("seen.txt", "a") as seen:
    print(sys.argv[1], run.status, run.external_id, file=seen)
"""
HOOKS = """

onstart:
    shell("{python} look.py start")

onsuccess:
    shell("{python} look.py success")

onerror:
    shell("{python} look.py error")
"""


@pytest.mark.parametrize(
    ("workflow", "expected"),
    [
        ("rich", [["start", "RUNNING"], ["success", "SUCCESS"]]),
        ("fail", [["start", "RUNNING"], ["error", "FAILED"]]),
    ],
)
def test_from_inside_a_run_its_beginning_and_end_are_seen(copied, workflow, expected):
    directory = copied(workflow)
    (directory / "look.py").write_text(f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{LOOK}")
    (snakefile,) = directory.rglob("Snakefile")
    with snakefile.open("a") as file:
        file.write(HOOKS.format(python=sys.executable))
    run_in(directory, "--cores", "2")
    seen = [line.split() for line in (directory / "seen.txt").read_text().splitlines()]
    assert [line[:2] for line in seen] == expected
    assert len({identity for *_, identity in seen}) == 1
