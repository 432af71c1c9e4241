"""What REANA's own client tells of runs, and what we keep of them, agree: recorded, and for real.

``RUNSTEAD_TEST_REANA_CLIENT`` is the path of a ``reana-client`` that is installed.
"""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from run_sources.reana import ReanaSource
from run_sources.seam import FetchedRun
from tests.run_sources.reana import beside
from tests.run_sources.reana.replay import RECORDINGS, TOKEN, Replay, recorded

CLIENT = os.environ.get("RUNSTEAD_TEST_REANA_CLIENT", "")
# What the program has no command for, asked in the way that its commands do.
ASK = """
import json, sys
from reana_client.api import client
names, token = sys.argv[2:], sys.argv[1]
print(json.dumps({name: client.get_workflow_parameters(name, token)["parameters"] for name in names}))
"""
Source = Callable[..., ReanaSource]


def printed(name: str) -> str:
    """What the client printed when the recordings were made."""
    return (RECORDINGS / f"client-{name}.txt").read_text()


def test_the_recorded_list_agrees(open_source: Source):
    source = open_source()
    records = {one.record.name: one.record for one in map(source.fetch, _all_ids())}
    rows = beside.as_json(printed("list_--json"))
    assert len(rows) == len(records) - 1  # it hides what was deleted
    beside.agree_on_list(rows, records)


def test_the_recorded_status_agrees(open_source: Source):
    (row,) = beside.as_json(printed("status_-w_hello.1_--json"))
    beside.agree_on_status(row, open_source().fetch("hello.1").record)


def test_the_recorded_logs_agree(open_source: Source):
    beside.agree_on_logs(beside.as_json(printed("logs_-w_hello.2_--json")), open_source().fetch("hello.2"))


def test_the_recorded_files_agree(open_source: Source):
    record = open_source().fetch("hello.1").record
    beside.agree_on_files(beside.as_json(printed("ls_-w_hello.1_--json")), record)
    beside.agree_on_addresses(printed("ls_-w_hello.1_--url").splitlines(), record)


@pytest.mark.once
@pytest.mark.skipif(not CLIENT, reason="no reana-client (RUNSTEAD_TEST_REANA_CLIENT)")
def test_the_client_itself_agrees(reana: Replay, open_source: Source):
    source = open_source()
    runs = {one.record.name: one for one in map(source.fetch, _all_ids())}
    beside.agree_on_list(
        _ask(reana, "list", "--json", "--all"), {name: one.record for name, one in runs.items()}
    )
    for name in ("hello.1", "hello.2", "hello.3", "hello.7"):
        _agree_on_run(reana, name, runs[name])
    for name in ("hello.1", "hello.2", "hello.8"):
        beside.agree_on_files(_ask(reana, "ls", "-w", name, "--json"), runs[name].record)
    _agree_on_parameters(reana, runs)
    assert _run(reana, "download", "-w", "hello.1", "results/greetings.txt", "-o", "-") == _content(source)


def _agree_on_run(reana: Replay, name: str, run: FetchedRun) -> None:
    beside.agree_on_status(_ask(reana, "status", "-w", name, "--json", "-v")[0], run.record)
    beside.agree_on_logs(_ask(reana, "logs", "-w", name, "--json"), run)


def _agree_on_parameters(reana: Replay, runs: dict[str, FetchedRun]) -> None:
    python = Path(CLIENT).with_name("python")
    told = beside.as_json(_program(reana, str(python), "-c", ASK, TOKEN, "hello.1", "hello.2"))
    for name, parameters in told.items():
        beside.agree_on_parameters(parameters, runs[name].record)


def _content(source: ReanaSource) -> str:
    with source.open_file("hello.1", "results/greetings.txt") as file:
        return file.read().decode()


def _all_ids() -> list[str]:
    return [row["id"] for row in recorded("err-notype.json")["items"]]


def _ask(reana: Replay, *arguments: str) -> Any:
    return beside.as_json(_run(reana, *arguments))


def _run(reana: Replay, *arguments: str) -> str:
    return _program(reana, CLIENT, *arguments)


def _program(reana: Replay, *command: str) -> str:
    told = {"REANA_SERVER_URL": reana.url, "REANA_ACCESS_TOKEN": TOKEN, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, env={**os.environ, **told}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
