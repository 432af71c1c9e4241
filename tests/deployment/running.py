"""The product as a person starts it: by its command, in directories of its own."""

import contextlib
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.deployment.waiting import until

ROOT = Path(__file__).resolve().parents[2]
NOT_INHERITED = ("DEBUG", "DATABASE_URL", "REDIS_URL", "BROKER_SOCKET", "DJANGO_SETTINGS_MODULE", "LOG_LEVEL")


def clean_environment(**more: str) -> dict[str, str]:
    """The environment of a person, without what the tests have set for themselves."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in NOT_INHERITED and not name.startswith(("RUNSTEAD", "PYTEST", "COV"))
    }
    return inherited | more


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Running:
    """A started program with all that it prints and all of its descendants."""

    command: list[str]
    environment: dict[str, str]
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            env=self.environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as printed:
            for line in printed:
                self.lines.append(line)

    @property
    def said(self) -> str:
        """All that it has printed."""
        return "".join(self.lines)

    def family(self) -> list[psutil.Process]:
        """The program and all that it started, the program first."""
        leader = psutil.Process(self.process.pid)
        return [leader, *leader.children(recursive=True)]

    def end(self, number: int = signal.SIGINT, *, seconds: float = 20) -> float:
        """Send the signal and wait until the whole family is gone; returns how many seconds that took."""
        family, began = self.family(), time.monotonic()
        self.process.send_signal(number)
        until(lambda: self.process.poll() is not None and not living(family[1:]), seconds=seconds)
        taken = time.monotonic() - began
        self.reader.join(timeout=5)
        return taken

    def wait_for_its_end(self, *, seconds: float = 30) -> int:
        """Let it end by itself; returns its exit code."""
        until(lambda: self.process.poll() is not None, seconds=seconds)
        self.reader.join(timeout=5)
        return self.process.returncode

    def kill_all(self) -> None:
        """kill -9 for everyone at once."""
        if self.process.poll() is None:
            family = self.family()
            for each in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.kill()
            self.process.wait()
            until(lambda: not living(family[1:]), seconds=10)
        self.reader.join(timeout=5)


def soon(seconds: float = 5) -> float:
    """So many seconds, and more where more programs want to work than there are cores for them."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def living(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that have not ended."""
    return [each for each in processes if each.is_running() and _status(each) != psutil.STATUS_ZOMBIE]


def _status(process: psutil.Process) -> str:
    try:
        return process.status()
    except psutil.NoSuchProcess:
        return psutil.STATUS_ZOMBIE


class Product(Running):
    """`manage.py up` on a data directory and a free port; ready when it has said where it runs."""

    def __init__(self, data: Path, *arguments: str, **environment: str) -> None:
        self.data, self.port = data, free_port()
        ours = {"RUNSTEAD_DATA": str(data), "PORT": str(self.port)} | environment
        super().__init__([sys.executable, "manage.py", "up", *arguments], clean_environment(**ours))

    def wait_until_ready(self) -> "Product":
        """Returns itself when it has greeted."""
        until(lambda: "Ctrl-C ends it" in self.said or self.process.poll() is not None, seconds=soon(90))
        assert "Ctrl-C ends it" in self.said, self.said
        return self

    def ask(
        self, method: str, path: str, body: Any = None, *, token: str = "", headers: Mapping[str, str] = {}
    ) -> tuple[int, Any]:
        """One request to the API: status and the decoded answer."""
        return ask(self.port, method, path, body, token=token, headers=headers)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database file says at the moment; empty while there is none."""
        file = self.data / "runstead.sqlite3"
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10) as connection:
            return connection.execute(query).fetchall()


def ask(
    port: int, method: str, path: str, body: Any = None, *, token: str = "", headers: Mapping[str, str] = {}
) -> tuple[int, Any]:
    """One request to a server on this machine: status, and the answer (decoded if it is JSON)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    sent = {"Content-Type": "application/json", **headers} | (
        {"Authorization": f"Token {token}"} if token else {}
    )
    try:
        connection.request(method, path, json.dumps(body) if body is not None else None, sent)
        answer = connection.getresponse()
        text = answer.read()
        is_json = "json" in (answer.headers.get("Content-Type") or "")
        return answer.status, json.loads(text) if is_json and text else text.decode(errors="replace")
    finally:
        connection.close()
