"""The web tier that is measured: gunicorn as in production, with the floors' addresses beside its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from benchmarks.client import Client
from benchmarks.databases import ROOT, BenchDatabase
from benchmarks.processes import cpu_seconds, parent_of, pss_bytes, tree_of

PATIENCE = 120.0
PING = "/api/v2/ping/"


@dataclass(slots=True)
class Server:
    """A running web tier on one database."""

    process: subprocess.Popen
    port: int
    database: BenchDatabase
    seconds_to_start: float = 0.0
    pss_at_start: int = 0

    def client(self, token: str) -> Client:
        """A connection for a person's token."""
        return Client(self.port, token)

    def pids(self) -> list[int]:
        """Master and workers."""
        return tree_of(self.process.pid)

    def workers(self) -> list[int]:
        """The workers alone."""
        return self.pids()[1:]

    def costs(self) -> dict[str, dict[int, float]]:
        """CPU seconds until now of each process, of the web tier and of the database."""
        both = {"server": self.pids(), "database": self.database_pids()}
        return {side: {pid: cpu_seconds([pid]) for pid in pids} for side, pids in both.items()}

    def database_pids(self) -> list[int]:
        """The database's processes that serve us; none for SQLite, which works inside the web tier."""
        if self.database.vendor != "postgres":
            return []
        mine = (
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with psycopg.connect(self.database.url) as connection:
            return [pid for (pid,) in connection.execute(mine) if parent_of(pid)]


@contextmanager
def serving(database: BenchDatabase) -> Iterator[Server]:
    """Start the web tier on a database, wait for its first answer, stop it at the end."""
    port = _free_port()
    data = database.directory / "data"
    (data / "static").mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing
    environment = {
        **os.environ,
        "DATABASE_URL": database.url,
        "RUNSTEAD_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "PORT": str(port),
        "LOG_LEVEL": "ERROR",
        "MALLOC_ARENA_MAX": "2",  # as ``manage.py up`` and the image set it
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py"]
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    server = Server(process, port, database)
    try:
        _wait_for_answer(server)
        server.seconds_to_start = time.monotonic() - start
        server.pss_at_start = pss_bytes(server.pids())
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def _wait_for_answer(server: Server) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise RuntimeError(f"The web server ended with code {server.process.returncode}.")
        try:
            if server.client("").get(PING).status == 200:
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"The web server did not answer within {PATIENCE:.0f} s.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
