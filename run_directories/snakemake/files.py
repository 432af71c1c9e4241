"""What each file was to an invocation: taken, made at the end, made on the way, written beside."""

import os
import stat
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from run_directories.findings import FoundFile, Role
from run_directories.reading import is_within
from run_directories.remarks import Remarks
from run_directories.snakemake.jobs import Work
from run_directories.snakemake.names import folders_of

INTERMEDIATE = "intermediate files"
MADE_ANEW = "Made anew since by a later invocation, so no longer as this one made them, left out"
MADE_ANEW_INPUT = "Used, and made anew since by a later invocation, left out"
UP_TO_DATE = "Asked for, and already there from before this invocation, left out"
REMOVED = "Temporary files that the engine removed"
MISSING = "Made by a job and no longer there, left out"
REPORT_TITLE = b"<title>Snakemake Report</title>"
_HEAD = 4096
_MOST_PAGES = 50


class Files:
    """Collects the files of an invocation. ``later`` are the names of those that later invocations wrote anew."""

    def __init__(self, directory: Path, was: str, later: frozenset[str], remarks: Remarks) -> None:
        self.directory, self.later, self.remarks = directory, later, remarks
        self.was = was.rstrip("/")  # where the directory was when the engine ran
        self.root = os.path.realpath(directory)
        self.real: dict[str, str] = {}
        self.found: dict[str, FoundFile] = {}

    def of_jobs(self, works: list[Work], temporary: set[str]) -> None:
        """What jobs took and made. A file made by one job and used by another is on the way to a result."""
        makers = {name: work for work in works for name in work.made}
        used = {name for work in works if work.made for name in work.used}
        on_the_way = used | {parent for name in used for parent in folders_of(name)}
        for name, work in makers.items():
            self._made(name, work, name in on_the_way, name in temporary)
        for name in sorted(used):
            if _is_made(name, makers):
                continue
            if name in self.later:
                self.remarks.note(MADE_ANEW_INPUT, name)
            else:
                self._add(name, Role.INPUT)
        for name in (name for work in works if not work.made for name in work.used):
            if not _is_made(name, makers) and name not in used:
                self.remarks.note(UP_TO_DATE, name)
        self._beside(works)

    def _beside(self, works: Iterable[Work]) -> None:
        for work in works:
            for name in work.logs:
                if name not in self.later:
                    self._add(name, Role.LOG)
            if work.logged.benchmark and work.logged.benchmark not in self.later:
                self._add(work.logged.benchmark, Role.REPORT, dataset="benchmarks")

    def _made(self, name: str, work: Work, is_on_the_way: bool, is_temporary: bool) -> None:
        if name in self.later:
            self.remarks.note(MADE_ANEW, name)
        elif not os.path.lexists(self._place(name)):
            if is_temporary:
                self.remarks.note(REMOVED, name)
            elif work.logged.is_finished:
                self.remarks.note(MISSING, name)
        elif work.logged.is_finished:
            self._add(name, Role.OUTPUT, collection=INTERMEDIATE if is_on_the_way else "")

    def of_configuration(self, paths: Iterable[Path]) -> None:
        """Configuration files."""
        for path in paths:
            self._add(self._name(path), Role.CONFIG)

    def own_log(self, path: Path) -> None:
        """The engine's log of the invocation."""
        self._add(self._name(path), Role.LOG, dataset="snakemake log")

    def reports(self) -> None:
        """Reports that the engine made of all results; they do not say of which invocation."""
        for path in _pages(self.directory):
            self._add(self._name(path), Role.REPORT, dataset="report")

    def _name(self, path: Path) -> str:
        return (
            path.relative_to(self.directory).as_posix() if path.is_relative_to(self.directory) else str(path)
        )

    def _place(self, name: str) -> str:
        """Where the file lies now: absolute paths move along with the directory."""
        if self.was and name.startswith(f"{self.was}/"):
            return f"{self.root}/{name[len(self.was) + 1 :]}"
        return name if name.startswith("/") else f"{self.root}/{name}"

    def _add(self, name: str, role: Role, *, dataset: str = "", collection: str = "") -> None:
        if name in self.found:
            return
        place = self._place(name)
        try:
            status = os.stat(place)
        except (OSError, ValueError):
            return  # never written, gone, or an address: the engine can read from elsewhere
        is_folder = stat.S_ISDIR(status.st_mode)
        self.found[name] = FoundFile(
            path=Path(place),
            relative=name,
            role=role,
            dataset=dataset or (name if is_folder else ""),
            collection=collection,
            size=None if is_folder else status.st_size,
            is_outside=not self._is_within(place),
        )

    def _is_within(self, place: str) -> bool:
        """Whether what the place stands for lies in the directory; each directory is resolved once."""
        folder, _, name = place.rpartition("/")
        real = self.real.get(folder)
        if real is None:
            real = self.real[folder] = os.path.realpath(folder)
        target = f"{real}/{name}"
        if os.path.islink(target) or name in ("", ".", ".."):
            target = os.path.realpath(target)
        return target == self.root or target.startswith(f"{self.root}/")


def _is_made(name: str, makers: Container[str]) -> bool:
    return name in makers or any(parent in makers for parent in folders_of(name))


def _pages(directory: Path) -> Iterator[Path]:
    """Pages at the top, and in directories that are called after reports."""
    folders = [directory, directory / "report", directory / "reports", directory / "results"]
    pages = [page for folder in folders for page in sorted(folder.glob("*.html"))[:_MOST_PAGES]]
    for page in pages:
        if page.is_file() and is_within(page, directory) and _is_report(page):
            yield page


def _is_report(page: Path) -> bool:
    try:
        with page.open("rb") as file:
            return REPORT_TITLE in file.read(_HEAD)
    except OSError:
        return False
