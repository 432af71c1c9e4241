"""registered.sh around commands that end well, badly, or never began to speak of themselves."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integrations.conftest import ROOT, Calls

SCRIPT = ROOT / "integrations" / "registered.sh"
END = ["register", "wfrun", ".", "--yes"]


def run(environment: dict[str, str], directory: Path, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", SCRIPT, "sh", "-c", command],
        cwd=directory, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("code", [0, 1, 130])
def test_the_end_is_told_and_the_exit_code_is_the_commands(calls: Calls, tmp_path: Path, code: int) -> None:
    done = run(calls.environment, tmp_path, f"echo made; exit {code}")
    assert (done.returncode, done.stdout) == (code, "made\n")
    assert [(call["words"], call["directory"]) for call in calls.all()] == [(END, str(tmp_path.resolve()))]


def test_a_killed_engine_is_told_as_failed(calls: Calls, tmp_path: Path) -> None:
    assert run(calls.environment, tmp_path, "kill -9 $$").returncode == 137
    (call,) = calls.all()
    assert call["words"] == [*END, "--status", "FAILED", "--message", "The engine was killed."]


def test_what_lasts_is_told_at_the_start_too(calls: Calls, tmp_path: Path) -> None:
    until_told = 'while ! [ -s "$CALLS" ]; do :; done'
    assert run(calls.environment | {"RUNSTEAD_AFTER": "0"}, tmp_path, until_told).returncode == 0
    assert [call["words"] for call in calls.all()] == [[*END, "--ignore", "*"], END]


def test_a_refusal_changes_nothing_for_the_command(calls: Calls, tmp_path: Path) -> None:
    done = run(calls.environment | {"REFUSES": "6"}, tmp_path, "exit 0")
    assert done.returncode == 0
    assert "The run was not registered" in done.stderr


def test_without_the_command_line_there_is_a_warning(
    without_runstead: Callable[[], dict[str, str]], tmp_path: Path
) -> None:
    done = run(without_runstead(), tmp_path, "exit 3")
    assert done.returncode == 3
    assert "The run was not registered" in done.stderr
