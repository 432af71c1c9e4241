"""A benchmark that measures in a process of its own, once on each database: filled for it, and removed afterwards."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.databases import (
    PREFIX,
    ROOT,
    BenchDatabase,
    PostgresDatabase,
    SqliteDatabase,
    postgres_answers,
)


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options that every such benchmark has; the child's is not for people."""
    parser.add_argument("--database", choices=["sqlite", "postgres", ""], default="")
    parser.add_argument("--child", default="", help=argparse.SUPPRESS)


def on_each_database(
    name: str, asked: argparse.Namespace, *, runs: int, options: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """What the children of ``python -m benchmarks.<name>`` found, by the kind of database.

    Each database is filled with so many ``runs``. A child gets ``options`` of what was ``asked`` as they are, and
    prints what it found as its last line, in JSON.
    """
    kinds: list[type[BenchDatabase]] = [SqliteDatabase] if asked.database != "postgres" else []
    if asked.database != "sqlite" and postgres_answers():
        kinds.append(PostgresDatabase)
    given = [word for option in options for word in (f"--{option}", str(getattr(asked, option)))]
    with tempfile.TemporaryDirectory() as directory:
        found = {}
        for kind in kinds:
            database = kind(runs=runs, directory=Path(directory))
            (database.directory / "data" / "static").mkdir(parents=True, exist_ok=True)
            found[database.vendor] = _found_on(database, name, given)
    return found


def _found_on(database: BenchDatabase, name: str, given: Sequence[str]) -> dict[str, Any]:
    """Fill a database of its own, measure in a process of its own, and remove it."""
    database.name = f"{PREFIX}_{name}_{os.getpid()}"
    database.fill(lambda line: None)
    try:
        command = [sys.executable, "-m", f"benchmarks.{name}", "--child", database.vendor, *given]
        environment = {
            **os.environ,
            "DATABASE_URL": database.url,
            "RUNSTEAD_DATA": str(database.directory / "data"),
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        }
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
    finally:
        database.drop()
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
