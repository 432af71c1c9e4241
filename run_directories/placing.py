"""Where found files really lie: below the run's directory, elsewhere in reach of the registry, or out of reach."""

import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from run_directories.findings import FoundFile, Role
from run_directories.formats import LONGEST, format_of, mime_type_of
from run_directories.remarks import Remarks
from run_directories.scanning import scan
from run_directories.wire import PATH

LONGEST_URI = 4096
_SHA256 = re.compile("[0-9a-f]{64}")
GONE = "Not there, or not to be read, left out"
NO_FILE = "Neither files nor directories, left out"
NOT_TEXT = "Names that are no UTF-8, which the registry cannot keep, left out"
TOO_LONG = f"Paths of more than {PATH} characters, left out"


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file that is to be registered.

    ``relative`` is its path as the tools saw it, ``uri`` how the registry is told to find it: below the run's
    directory, or an absolute path; empty where it lies out of the registry's reach.
    """

    path: Path
    relative: str
    uri: str
    role: Role
    size: int
    dataset: str = ""
    collection: str = ""
    format: str = ""
    mime_type: str = ""
    sha256: str = ""
    md5: str = ""

    @property
    def place(self) -> str:
        """The path by which the jobs of a run name it in a request."""
        return self.uri or self.relative


class Placing:
    """Places the files of one run. ``within`` are further directories that the registry may take files from.

    ``aliases`` say what a path that the tools saw stands for in a request, where that is not the path itself.
    """

    def __init__(self, root: Path, within: Sequence[Path], remarks: Remarks) -> None:
        self.root = os.path.realpath(root).rstrip("/")
        self.within = [os.path.realpath(one).rstrip("/") for one in within]
        self.remarks = remarks
        self.aliases: dict[str, tuple[str, ...]] = {}
        self._directories: dict[str, str] = {}
        self._placed: dict[str, PlannedFile] = {}

    def placed(self, files: Iterable[FoundFile]) -> list[PlannedFile]:
        """Each file once, however many names it has; a directory stands for all files below it."""
        for file in files:
            places = tuple(one.place for one in self._all_of(file))
            if places and places != (file.relative,):
                self.aliases[file.relative] = places
        return list(self._placed.values())

    def _all_of(self, file: FoundFile) -> list[PlannedFile]:
        """The file, or those of the directory that a tool made as one output."""
        real = self._real(os.path.abspath(file.path))
        try:
            status = os.stat(real)
        except (OSError, ValueError):
            self.remarks.note(GONE, file.relative)
            return []
        if stat.S_ISREG(status.st_mode):
            placed = self._place(file, real, status.st_size)
            return [placed] if placed else []
        if stat.S_ISDIR(status.st_mode):
            return [one for below in self._below(file) for one in self._all_of(below)]
        self.remarks.note(NO_FILE, file.relative)
        return []

    def _below(self, directory: FoundFile) -> Iterator[FoundFile]:
        relative, name = directory.relative.rstrip("/"), directory.dataset or directory.relative
        for entry in scan(directory.path, remarks=self.remarks):
            path = directory.path / entry.relative
            yield replace(
                directory, path=path, relative=f"{relative}/{entry.relative}", dataset=name, sha256=""
            )

    def _place(self, file: FoundFile, real: str, size: int) -> PlannedFile | None:
        if real in self._placed:
            return self._placed[real]
        uri = self._uri(real)
        if not self._can_be_kept(real, uri, file):
            return None
        self._placed[real] = placed = PlannedFile(
            path=file.path,
            relative=file.relative,
            uri=uri,
            role=file.role,
            size=size,
            dataset=file.dataset,
            collection=file.collection,
            format=(file.format or format_of(file.relative))[:LONGEST],
            mime_type=mime_type_of(file.relative),
            sha256=file.sha256.lower() if _SHA256.fullmatch(file.sha256.lower()) else "",
        )
        return placed

    def _real(self, path: str) -> str:
        """The real path; each directory is resolved once."""
        directory, _, name = path.rpartition("/")
        if directory not in self._directories:
            self._directories[directory] = os.path.realpath(directory or "/")
        real = f"{self._directories[directory].rstrip('/')}/{name}"
        return os.path.realpath(real) if os.path.islink(real) else real

    def _uri(self, real: str) -> str:
        """How the registry finds the file; empty where it is out of its reach."""
        if real.startswith(self.root + "/"):
            below = real[len(self.root) + 1 :]
            return below if _is_plain(below) else _address(real)
        if any(real.startswith(one + "/") for one in self.within):
            return real if _is_plain(real) else _address(real)
        return ""

    def _can_be_kept(self, real: str, uri: str, file: FoundFile) -> bool:
        try:
            (real + file.relative).encode()
        except UnicodeEncodeError:
            self.remarks.note(NOT_TEXT, file.relative)
            return False
        below = real[len(self.root) + 1 :] if real.startswith(self.root + "/") else ""
        if len(below) > PATH or len(uri) > LONGEST_URI:
            self.remarks.note(TOO_LONG, file.relative)
            return False
        return True


def _is_plain(path: str) -> bool:
    """Whether a path can be told as it is, and is not taken for an address."""
    return "://" not in path and not path.startswith("file:")


def _address(real: str) -> str:
    return "file://" + quote(real, errors="surrogateescape")
