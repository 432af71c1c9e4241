"""PostgreSQL and Redis for the tests: those that are named, those that answer, or private ones."""

import contextlib
import getpass
import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis

from common.embedded.broker import find_server
from common.embedded.processes import die_with_parent

CLAIM = "runstead:tests"  # the key by which one run of the tests holds a numbered Redis database


@dataclass(frozen=True)
class Server:
    """Where a server is (``url``) and how we came by it, for people."""

    url: str
    story: str


@contextlib.contextmanager
def postgres() -> Iterator[Server | None]:
    """A PostgreSQL in which databases may be made; None if there is none and none can be started."""
    named = os.environ.get("DATABASE_URL", "")
    if named.startswith("postgres"):
        _require(_may_create_databases(named), "DATABASE_URL", named)
        yield Server(named, "named by DATABASE_URL")
    elif running := next(filter(_may_create_databases, _local_postgres_urls()), None):
        yield Server(running, "already running here")
    elif programs := _postgres_programs():
        with _private_postgres(programs) as url:
            yield Server(url, f"started for these tests from {programs}")
    else:
        yield None


@contextlib.contextmanager
def redis_server() -> Iterator[Server | None]:
    """A Redis or Valkey; None if there is none and none can be started."""
    named = os.environ.get("REDIS_URL", "")
    local = "redis://127.0.0.1:6379"
    if named:
        _require(_answers(named), "REDIS_URL", named)
        yield Server(named, "named by REDIS_URL")
    elif _answers(local):
        yield Server(local, "already running here")
    elif program := find_server():
        with _private_redis(program) as url:
            yield Server(url, f"started for these tests: {Path(program).name}")
    else:
        yield None


@contextlib.contextmanager
def claimed_redis_database(server: Server) -> Iterator[str]:
    """The address of a numbered database there that is empty and that nobody else takes meanwhile."""
    for number in range(1, 16):
        url = urlunsplit(urlsplit(server.url)._replace(path=f"/{number}"))
        with contextlib.closing(redis.Redis.from_url(url)) as client:
            if client.dbsize() == 0 and client.set(CLAIM, os.getpid(), nx=True, ex=7200):
                try:
                    yield url
                finally:
                    client.flushdb()
                return
    raise SystemExit(f"All databases of {server.url} are in use; empty one (redis-cli -n 1 flushdb).")


# --- what is there already -------------------------------------------------------------------------------


def _require(works: bool, name: str, url: str) -> None:
    if not works:
        raise SystemExit(f"{name} is set to {url}, which does not answer or does not let us make databases.")


def _local_postgres_urls() -> list[str]:
    return [f"postgresql://{user}@127.0.0.1:5432/postgres" for user in ("postgres", getpass.getuser())]


def _may_create_databases(url: str) -> bool:
    question = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute(question).fetchone()
            return bool(row and row[0])
    except psycopg.Error:
        return False


def _answers(url: str) -> bool:
    try:
        with contextlib.closing(redis.Redis.from_url(url, socket_connect_timeout=3)) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


# --- private ones ------------------------------------------------------------------------------------------


def _postgres_programs() -> Path | None:
    """The directory with initdb and postgres; Debian keeps it off the PATH."""
    found = [
        Path(path).parent for path in sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"), reverse=True)
    ]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    complete = (each for each in found if (each / "initdb").exists() and (each / "postgres").exists())
    return next(complete, None)


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as one of these."""
    if os.geteuid() != 0:
        return None
    known = Path("/etc/passwd").read_text()
    return next(name for name in ("postgres", "nobody") if f"{name}:" in known)


@contextlib.contextmanager
def _private_postgres(programs: Path) -> Iterator[str]:
    user, port = _server_user(), _free_port()
    with _directory_of(user) as directory:
        data = directory / "data"
        initialise = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"]
        subprocess.run(
            [*map(str, initialise), "--locale=C.UTF-8"],
            check=True, user=user, cwd=directory, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        options = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options |= {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": str(directory),
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        command = [str(programs / "postgres"), "-D", str(data), *settings]
        with _running(command, user, directory, signal.SIGINT, lambda: _may_create_databases(url)):
            yield url


@contextlib.contextmanager
def _private_redis(program: str) -> Iterator[str]:
    port = _free_port()
    url = f"redis://127.0.0.1:{port}"
    with _directory_of(None) as directory:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(directory)]
        with _running(command, None, directory, signal.SIGTERM, lambda: _answers(url)):
            yield url


@contextlib.contextmanager
def _directory_of(user: str | None) -> Iterator[Path]:
    # Not below TMPDIR: that one is ours alone, and the server may run as somebody else.
    directory = Path(tempfile.mkdtemp(prefix="runstead-server-", dir="/tmp"))
    try:
        if user:
            shutil.chown(directory, user)
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def _running(
    command: list[str], user: str | None, directory: Path, end_signal: int, ready: Callable[[], bool]
) -> Iterator[None]:
    """A server from when it is ready to the end of the block; it dies with us in any case."""
    with (directory / "log").open("w+") as log:
        process = subprocess.Popen(
            command,
            user=user, cwd=directory, stdout=log, stderr=log, process_group=0, preexec_fn=die_with_parent,
        )  # fmt: skip
        try:
            deadline = time.monotonic() + 60
            while not ready():
                if process.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    raise SystemExit(f"{command[0]} did not start:\n{log.read()}")
                time.sleep(0.05)
            yield
        finally:
            process.send_signal(end_signal)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
