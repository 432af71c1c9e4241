"""A real Snakemake that registers its own runs, by the file in the workflow and by the plugin.

It is asked for by ``RUNSTEAD_TEST_SNAKEMAKE``, the path of the command.
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from run_directories.sniffers import sniff
from tests.integrations.conftest import ROOT, Calls

COMMAND = os.environ.get("RUNSTEAD_TEST_SNAKEMAKE", "")
SNIPPET = ROOT / "integrations" / "snakemake" / "runstead.smk"
PLUGIN = ROOT / "integrations" / "snakemake-logger-plugin-runstead" / "src"
RULES = """
rule all:
    input: "greeting.txt"

rule greet:
    output: "greeting.txt"
    shell: "{does}"
"""
START, END = ["--yes", "--ignore", "*"], ["--yes"]

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not COMMAND, reason="RUNSTEAD_TEST_SNAKEMAKE names no snakemake"),
]


class Pipeline:
    """A workflow of one rule that registers itself, in the one way or the other."""

    def __init__(self, way: str, directory: Path, calls: Calls) -> None:
        self.directory, self.calls = directory, calls
        self._include = f'include: "{SNIPPET}"\n' if way == "snippet" else ""
        self._options = [] if way == "snippet" else ["--logger", "runstead"]
        self.environment = calls.environment | {"PYTHONPATH": str(PLUGIN)}

    def start(self, does: str, *options: str) -> subprocess.Popen[str]:
        (self.directory / "Snakefile").write_text(self._include + RULES.replace("{does}", does))
        return subprocess.Popen(
            [COMMAND, "--cores", "1", *self._options, *options],
            cwd=self.directory, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True, preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip

    def run(self, does: str, *options: str) -> tuple[int, str]:
        with self.start(does, *options) as process:
            output, _ = process.communicate(timeout=120)
        return process.returncode, output

    def told(self) -> list[tuple[list[str], str, str]]:
        """The options, status and id of each registration of the directory."""
        found = self.calls.all()
        assert {call["directory"] for call in found} <= {str(self.directory.resolve())}
        return [(call["words"][3:], *call["seen"][:2]) for call in found]


@pytest.fixture(params=["snippet", "plugin"])
def pipeline(request: pytest.FixtureRequest, tmp_path: Path, calls: Calls) -> Pipeline:
    directory = tmp_path / "greetings"
    directory.mkdir()
    return Pipeline(request.param, directory, calls)


@pytest.fixture
def waiting(pipeline: Pipeline, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run whose job has begun and waits for what does not come; it was registered already."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    with pipeline.start(
        f"while ! [ -s $CALLS ]; do sleep 0.1; done; echo > {gate}; exec sleep 60"
    ) as process:
        gate.read_text()
        yield process
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize(
    ("does", "code", "status"), [("echo > {output}", 0, "SUCCESS"), ("exit 3", 1, "FAILED")]
)
def test_a_run_is_told_at_its_start_and_at_its_end(
    pipeline: Pipeline, does: str, code: int, status: str
) -> None:
    assert pipeline.run(does)[0] == code
    (run,) = sniff(pipeline.directory)
    (begun, first, one), (ended, last, two) = pipeline.told()
    assert (begun, ended, last, one, two) == (START, END, status, run.external_id, run.external_id)
    assert first in ("RUNNING", status)  # the plugin does not stop the jobs, and these are quick


def test_ctrl_c_is_told_as_cancelled(pipeline: Pipeline, waiting: subprocess.Popen[str]) -> None:
    os.killpg(waiting.pid, signal.SIGINT)  # as the terminal does
    waiting.communicate(timeout=90)
    assert [status for _, status, _ in pipeline.told()] == ["RUNNING", "CANCELLED"]


def test_a_killed_run_is_told_by_the_next_who_looks(
    pipeline: Pipeline, waiting: subprocess.Popen[str]
) -> None:
    os.killpg(waiting.pid, signal.SIGKILL)
    waiting.wait(timeout=60)
    ((_, status, key),) = pipeline.told()
    (run,) = sniff(pipeline.directory)
    assert (status, run.status, run.external_id) == ("RUNNING", "UNKNOWN", key)


def test_no_failure_of_the_registration_reaches_the_workflow(pipeline: Pipeline) -> None:
    pipeline.environment["REFUSES"] = "5"
    code, output = pipeline.run("echo > {output}")
    assert code == 0
    assert output.count("The run was not registered") == 2
    pipeline.environment["PATH"] = "/usr/bin:/bin"
    code, output = pipeline.run("echo > {output}", "--forceall")
    assert code == 0
    assert output.count("The run was not registered") == 2


def test_what_runs_nothing_is_not_told(pipeline: Pipeline) -> None:
    assert pipeline.run("echo > {output}", "--dry-run")[0] == 0
    assert pipeline.calls.all() == []
    assert pipeline.run("echo > {output}")[0] == 0
    assert pipeline.run("echo > {output}")[0] == 0
    assert len(pipeline.calls.all()) == 2
