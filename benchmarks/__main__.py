"""``python -m benchmarks``: fill, measure, report. Nothing is judged here: times are not for passing or failing."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import report
from benchmarks.cases import cases_of
from benchmarks.databases import (
    LOCAL_POSTGRES,
    ROOT,
    BenchDatabase,
    PostgresDatabase,
    SqliteDatabase,
    postgres_answers,
)
from benchmarks.measure import measure
from benchmarks.payloads import forget_registered
from benchmarks.server import serving

NAMES = ["list", "fetch", "pages", "search", "unchanged", "register", "payload"]


def say(line: str) -> None:
    """Progress goes to standard error, the table to standard output."""
    print(line, file=sys.stderr, flush=True)


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--database",
        default="",
        help="sqlite, postgres, or the URL of a PostgreSQL server on this machine (default: whatever is there)",
    )
    parser.add_argument("--runs", default="10000", help="sizes, divided by commas (10000,1000000)")
    parser.add_argument("--only", default="", help=f"some of {','.join(NAMES)}")
    parser.add_argument(
        "--results", type=Path, default=Path("benchmarks/results"), help="where all is written"
    )
    parser.add_argument("--keep", action="store_true", help="keep the filled databases for the next time")
    parser.add_argument("--hurry", action="store_true", help="a tenth of the requests, for a first look")
    return parser.parse_args(given)


def databases(wanted: str, *, runs: int, directory: Path) -> list[BenchDatabase]:
    """The databases to measure on."""
    if wanted == "sqlite":
        return [SqliteDatabase(runs=runs, directory=directory)]
    if wanted == "postgres" or not wanted:
        found: list[BenchDatabase] = [] if wanted else [SqliteDatabase(runs=runs, directory=directory)]
        if wanted or postgres_answers():
            found.append(PostgresDatabase(runs=runs, directory=directory))
        else:
            say(f"No PostgreSQL at {LOCAL_POSTGRES}: measured on SQLite only.")
        return found
    return [PostgresDatabase(runs=runs, directory=directory, server_url=wanted)]


def measured(database: BenchDatabase, only: list[str], *, hurry: bool) -> report.Series:
    """All cases on one database, which is before and afterwards as it was filled."""
    forget_registered(database)  # of a measurement that was cut off
    with serving(database) as server:
        series = report.Series(database.vendor, database.runs, server.seconds_to_start, server.pss_at_start)
        for name, made in cases_of(server).items():
            for case in made() if name in only else ():
                outcome = measure(server, case, hurry=hurry)
                say(f"  {outcome.title}: {outcome.ours.cpu_ms:.2f} ms, {outcome.ratio:.2f} times the floor")
                series.outcomes.append(outcome)
    if {"register", "payload"} & set(only):
        forget_registered(database)
    return series


def main() -> None:
    """Run what the command line asks for."""
    asked = arguments()
    only = asked.only.split(",") if asked.only else NAMES
    if unknown := set(only) - set(NAMES):
        sys.exit(f"--only knows no {', '.join(sorted(unknown))}; it knows {', '.join(NAMES)}")
    directory = (ROOT / asked.results).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    series = []
    for runs in map(int, asked.runs.split(",")):
        for database in databases(asked.database, runs=runs, directory=directory):
            database.prepare(say)
            series.append(measured(database, only, hurry=asked.hurry))
            path = report.write(series, directory)
            if not asked.keep:
                database.drop()
    print(path.read_text())


if __name__ == "__main__":
    main()
