"""The supervisor keeps programs running and leaves none behind; programs here are lines of shell."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from common.embedded.supervisor import GRACE_SECONDS, Program, Stopped, Supervisor, WillNotStart
from tests.deployment.running import soon
from tests.deployment.waiting import until

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., Program]:
    def make(script: str, name: str = "it", **how: bool) -> Program:
        return Program(name, ["sh", "-c", script], dict(os.environ), tmp_path, **how)

    return make


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said) -> Iterator[Supervisor]:
    with Supervisor(say=said.append) as supervisor:
        yield supervisor


def test_a_program_that_crashes_is_started_again(supervisor, program, said, tmp_path):
    supervisor.start(program("echo x >> starts; [ $(wc -l < starts) -lt 3 ] && exit 7; exec sleep 60"))
    starts = tmp_path / "starts"
    assert supervisor.watch_until(lambda: starts.exists() and len(starts.read_text()) == 6, seconds=30)
    assert said == [
        "it ended with code 7; it starts again in 0.5 s",
        "it ended with code 7; it starts again in 1 s",
    ]


def test_a_program_that_never_works_stops_the_start(supervisor, program, monkeypatch):
    monkeypatch.setattr("common.embedded.supervisor.SLOWEST_RESTART_SECONDS", 0.05)
    supervisor.start(program("exit 3", name="web"))
    with pytest.raises(WillNotStart, match="web does not start: it ended with code 3"):
        supervisor.watch_until(lambda: False, seconds=30)


def test_a_program_that_runs_once_is_not_started_again(supervisor, program, said):
    once = program("exit 0", once=True)
    supervisor.start(once)
    assert supervisor.watch_until(lambda: once.ended_with == 0, seconds=30)
    assert not supervisor.watch_until(lambda: bool(said), seconds=0.3)


def test_what_takes_longer_than_the_grace_period_is_killed_with_its_children(program):
    with Supervisor(say=print) as supervisor:
        stubborn = program("trap '' TERM; sleep 61 & while :; do sleep 1; done")
        supervisor.start(stubborn)
        family = until(lambda: _family_of(stubborn) if len(_family_of(stubborn)) > 1 else None)
        began = time.monotonic()
    assert GRACE_SECONDS <= time.monotonic() - began < soon()
    until(lambda: not any(_lives(each) for each in family), seconds=10)


def test_the_broker_ends_after_those_who_use_it(program, tmp_path):
    script = "trap '{slowly} echo {name} >> ends; exit' TERM; : > {name}; while :; do sleep 0.05; done"
    with Supervisor(say=print) as supervisor:
        supervisor.start(program(script.format(name="broker", slowly=""), name="broker", ends_last=True))
        supervisor.start(program(script.format(name="worker", slowly="sleep 0.3;"), name="worker"))
        assert supervisor.watch_until(lambda: len(list(tmp_path.iterdir())) == 2, seconds=30)
    assert (tmp_path / "ends").read_text().split() == ["worker", "broker"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_watch(supervisor, program, number):
    supervisor.start(program("exec sleep 60"))
    os.kill(os.getpid(), number)
    with pytest.raises(Stopped):
        supervisor.watch()


KILLED_SUPERVISOR = """
import os, sys
from pathlib import Path
from common.embedded.supervisor import Program, Supervisor
with Supervisor(say=print) as supervisor:
    for name in ("one", "two"):
        supervisor.start(Program(name, ["sleep", "62"], dict(os.environ), Path("/")))
    print("up", flush=True)
    supervisor.watch()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends them")
def test_no_program_survives_a_killed_supervisor():
    outer = subprocess.Popen([sys.executable, "-c", KILLED_SUPERVISOR], cwd=ROOT, stdout=subprocess.PIPE)
    assert outer.stdout
    assert outer.stdout.readline() == b"up\n"
    children = psutil.Process(outer.pid).children(recursive=True)
    assert len(children) == 2
    outer.kill()
    outer.wait()
    outer.stdout.close()
    until(lambda: not any(_lives(child) for child in children), seconds=20)


def _family_of(program: Program) -> list[psutil.Process]:
    assert program.process
    leader = psutil.Process(program.process.pid)
    return [leader, *leader.children(recursive=True)]


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
