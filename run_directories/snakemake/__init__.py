"""Directories in which Snakemake ran: one run for each invocation that did, or wanted to do, something.

The log of an invocation says what happened; the engine's records of output files say more about the jobs, but not
which invocation wrote them. Both are read; neither Snakemake nor the Snakefile is run.
"""

import platform
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import time

from run_directories.findings import Certainty, FoundRun, Verdict
from run_directories.reading import is_within
from run_directories.snakemake.logs import read_log
from run_directories.snakemake.processes import is_at_work
from run_directories.snakemake.records import read_records
from run_directories.snakemake.runs import Around, read_runs
from run_directories.snakemake.sources import PLACES
from run_directories.snakemake.values import Log
from run_directories.sniffers import NotThisEngine, Unreadable

_PATTERN = "*.snakemake.log"


def _now() -> datetime:
    return datetime.fromtimestamp(time(), UTC)


class SnakemakeSniffer:
    """Recognises ``.snakemake``. Clock, processes and this machine's name can be given by tests."""

    engine = "snakemake"

    def __init__(
        self,
        now: Callable[[], datetime] = _now,
        at_work: Callable[[Path], bool | None] = is_at_work,
        host: str = "",
    ) -> None:
        self._now, self._at_work, self._host = now, at_work, host or platform.node()

    def look(self, directory: Path) -> Verdict:
        """Sure by the engine's logs; a Snakefile alone is a workflow and not a run."""
        if count := len(_logs(directory)):
            logs = "1 log" if count == 1 else f"{count} logs"
            return Verdict(self.engine, Certainty.SURE, f"found .snakemake/log with {logs}")
        if (directory / ".snakemake").is_dir():
            return Verdict(self.engine, Certainty.NO, "found .snakemake, but no log in it")
        if any((directory / place).is_file() for place in PLACES):
            return Verdict(self.engine, Certainty.NO, "found a Snakefile, but Snakemake never ran here")
        return Verdict(self.engine, Certainty.NO, "there is no .snakemake")

    def read(self, directory: Path) -> tuple[FoundRun, ...]:
        """One run for each invocation, the newest first. NotThisEngine, Unreadable."""
        paths = _logs(directory)
        if not paths:
            raise NotThisEngine(f"{directory} has no logs of Snakemake in .snakemake/log.")
        logs = [(path, _read(path)) for path in paths]
        home = directory / ".snakemake"
        records, _ = read_records(home)
        around = Around(
            directory=directory.resolve(),
            records=records,
            is_locked=any((home / "locks").glob("*.lock")),
            at_work=self._at_work(directory),
            host=self._host,
            now=self._now,
        )
        runs = read_runs(around, logs)
        if runs:
            return runs
        raise NotThisEngine(
            f"Snakemake only looked, reported or rehearsed in {directory}; it ran no workflow."
        )


def _logs(directory: Path) -> list[Path]:
    """The logs, the newest first: their names are times."""
    folder = directory / ".snakemake" / "log"
    if not folder.is_dir():
        return []
    found = (path for path in folder.glob(_PATTERN) if path.is_file() and is_within(path, directory))
    return sorted(found, key=lambda path: path.name, reverse=True)


def _read(path: Path) -> Log:
    try:
        return read_log(path)
    except OSError as problem:
        raise Unreadable(f"{path} cannot be read: {problem.strerror}.") from problem
