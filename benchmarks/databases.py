"""The filled databases: made once per number of runs and state of the migrations, and kept."""

import hashlib
import os
import sqlite3
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import psycopg

from benchmarks.fill import PostgresDialect, SqliteDialect, fill_rows
from benchmarks.fill.indexes import without_indexes_on_postgres, without_indexes_on_sqlite

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "runstead_bench"
LOCAL_POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"

Say = Callable[[str], None]


def fingerprint() -> str:
    """Eight digits that change with the migrations and with the fill itself."""
    paths = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("benchmarks/fill/*.py")]
    content = b"".join(path.read_bytes() for path in sorted(paths))
    return hashlib.sha256(content).hexdigest()[:8]


class BenchDatabase(ABC):
    """One database with ``runs`` runs; ``url`` is what DATABASE_URL says to use it."""

    vendor: str

    def __init__(self, *, runs: int, directory: Path) -> None:
        self.runs = runs
        self.directory = directory
        self.name = f"{PREFIX}_{runs}_{fingerprint()}"

    @property
    @abstractmethod
    def url(self) -> str:
        """The address for DATABASE_URL."""

    @abstractmethod
    def exists(self) -> bool:
        """Whether it is filled already."""

    @abstractmethod
    def fill(self, say: Say) -> None:
        """Make it: migrate an empty database, fill it, and only then give it its name."""

    @abstractmethod
    def drop(self) -> None:
        """Remove it."""

    @abstractmethod
    def drop_outdated(self) -> None:
        """Remove those of the same size that other migrations or another fill made."""

    @abstractmethod
    def execute(self, statement: str) -> list[tuple]:
        """Run a statement without parameters, committed at once; returns the rows of a query."""

    @abstractmethod
    def literal(self, identifier: UUID) -> str:
        """A UUID as it stands in a statement."""

    @abstractmethod
    def tidy(self) -> None:
        """Give back what deleted rows took, and look at the tables anew."""

    def prepare(self, say: Say) -> float | None:
        """Fill the database unless it is; returns the seconds that it took."""
        if self.exists():
            say(f"{self.vendor}: {self.runs:,} runs are there")
            return None
        self.drop_outdated()
        say(f"{self.vendor}: filling {self.runs:,} runs")
        start = time.monotonic()
        self.fill(say)
        return time.monotonic() - start

    def migrate(self, url: str) -> None:
        """Run the migrations, as an installation does."""
        environment = {**os.environ, "DATABASE_URL": url, "RUNSTEAD_DATA": str(self.directory / "data")}
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)


class SqliteDatabase(BenchDatabase):
    """A file in the directory of the results."""

    vendor = "sqlite"

    @property
    def path(self) -> Path:
        """The file."""
        return self.directory / f"{self.name}.sqlite3"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def exists(self) -> bool:
        return self.path.exists()

    def fill(self, say: Say) -> None:
        unfinished = self.path.with_suffix(".filling")
        _remove(unfinished)
        self.migrate(f"sqlite:///{unfinished}")
        connection = sqlite3.connect(unfinished, isolation_level=None)
        cursor = connection.cursor()
        # Nothing to lose: an interrupted fill is thrown away.
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000", "threads=2"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.execute("BEGIN")
        dialect = SqliteDialect()
        without_indexes_on_sqlite(
            cursor, lambda: fill_rows(cursor, dialect=dialect, runs=self.runs, say=say), say
        )
        cursor.execute("COMMIT")
        cursor.execute("ANALYZE")
        cursor.execute("PRAGMA journal_mode=WAL")
        connection.close()
        unfinished.rename(self.path)

    def drop(self) -> None:
        _remove(self.path)

    def execute(self, statement: str) -> list[tuple]:
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=30)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def literal(self, identifier: UUID) -> str:
        return SqliteDialect().literal(identifier)

    def tidy(self) -> None:
        self.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def drop_outdated(self) -> None:
        for path in self.directory.glob(f"{PREFIX}_{self.runs}_*.sqlite3"):
            _remove(path)


def _remove(path: Path) -> None:
    for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        name.unlink(missing_ok=True)


class PostgresDatabase(BenchDatabase):
    """A database of its own on the server that ``server_url`` names; its user must be able to make some."""

    vendor = "postgres"

    def __init__(self, *, runs: int, directory: Path, server_url: str = LOCAL_POSTGRES) -> None:
        super().__init__(runs=runs, directory=directory)
        self.server_url = server_url

    @property
    def url(self) -> str:
        return self._url_of(self.name)

    def _url_of(self, name: str) -> str:
        return urlunsplit(urlsplit(self.server_url)._replace(path=f"/{name}"))

    def exists(self) -> bool:
        return self.name in self._names()

    def _names(self) -> list[str]:
        rows = self._on_server(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}_{self.runs}_%"]
        )
        return [name for (name,) in rows]

    def _on_server(self, statement: str, parameters: list[Any] | None = None) -> list[tuple]:
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def fill(self, say: Say) -> None:
        unfinished = f"{self.name}_filling"
        self._on_server(f"DROP DATABASE IF EXISTS {unfinished}")
        self._on_server(f"CREATE DATABASE {unfinished}")
        self.migrate(self._url_of(unfinished))
        with psycopg.connect(self._url_of(unfinished), autocommit=True) as connection:
            cursor = connection.cursor()
            for setting in (
                "maintenance_work_mem = '1GB'",
                "synchronous_commit = off",
                "timezone = 'UTC'",
                "jit = off",
            ):
                cursor.execute(f"SET {setting}")
            dialect = PostgresDialect()
            with connection.transaction():
                without_indexes_on_postgres(
                    cursor, lambda: fill_rows(cursor, dialect=dialect, runs=self.runs, say=say), say
                )
            # The fill numbered this table's rows itself.
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('workflows_runtext', 'id'), max(id))"
                " FROM workflows_runtext"
            )
            say("  VACUUM ANALYZE")
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")
        # Parallel workers end before their CPU can be read; with none, all of a request is in its backend.
        self._on_server(f"ALTER DATABASE {unfinished} SET max_parallel_workers_per_gather = 0")
        self._on_server(f"ALTER DATABASE {unfinished} RENAME TO {self.name}")

    def drop(self) -> None:
        self._on_server(f"DROP DATABASE IF EXISTS {self.name}")

    def execute(self, statement: str) -> list[tuple]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def literal(self, identifier: UUID) -> str:
        return PostgresDialect().literal(identifier)

    def tidy(self) -> None:
        self.execute("VACUUM ANALYZE")

    def drop_outdated(self) -> None:
        for name in self._names():
            self._on_server(f"DROP DATABASE IF EXISTS {name}")


def postgres_answers(url: str = LOCAL_POSTGRES) -> bool:
    """Whether a PostgreSQL server can be asked at this address."""
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True
