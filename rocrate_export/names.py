"""Names that are safe on every file system and in every crate, each given once."""

import re
import unicodedata
from collections.abc import Collection, Hashable
from pathlib import PurePosixPath
from urllib.parse import quote

LONGEST_PART = 200  # bytes; file systems end at 255, and a number may have to fit in
LONGEST_SLUG = 60
_CONTROL = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
_NOT_IN_SLUG = re.compile(r"[^A-Za-z0-9._+-]+")
_URI_SAFE = "%:/?#[]@!$&'()*+,;=~-._"
# Most names are of this kind, in which there is nothing to replace; looking closely at each takes its time.
_HARMLESS_PATH = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_.+=@-]{0,99}/)*[A-Za-z0-9_][A-Za-z0-9_.+=@-]{0,99}")
_UNQUOTED = re.compile(r"[A-Za-z0-9_.~/-]*")


class ArchiveNames:
    """Gives every member of an archive a name of its own.

    Two names that differ only in case or in their Unicode form count as one, and no name is both a file
    and a directory, so that the archive can be unpacked anywhere.
    """

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()
        self._counters: dict[str, int] = {}
        self._own: set[str] = set()  # folders that have the very name that was asked for

    def take(self, folder: str, path: str) -> str:
        """The name for ``path`` in ``folder``: nothing absolute, nothing that leads up; numbered if taken."""
        *parents, last = safe_parts(path) or ["file"]
        name, same = self._free(f"{self._place(folder, parents)}/{last}", self._folders)
        self._files.add(same)
        return name

    def _place(self, folder: str, parents: list[str]) -> str:
        wanted = "/".join([folder, *parents])
        if wanted in self._own:
            return wanted
        place = folder
        for part in parents:
            place, same = self._free(f"{place}/{part}")
            self._folders.add(same)
        if place == wanted:
            self._own.add(wanted)
        return place

    def _free(self, name: str, folders: Collection[str] = ()) -> tuple[str, str]:
        """A name that neither a file has nor one of these folders, and what it counts as."""
        candidate, same = name, _same(name)
        while same in self._files or same in folders:
            number = self._counters[_same(name)] = self._counters.get(_same(name), 1) + 1
            candidate = _numbered(name, number)
            same = _same(candidate)
        return candidate, same


def _numbered(name: str, number: int) -> str:
    """``inputs/a.fastq.gz`` and 2 make ``inputs/a-2.fastq.gz``."""
    folder, _, last = name.rpartition("/")
    stem, dot, suffixes = last.partition(".") if last[0] != "." else (last, "", "")
    return f"{folder}/{stem}-{number}{dot}{suffixes}"


class Identifiers:
    """Gives every thing that has no address an identifier inside the crate: ``#step-STAR``."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, Hashable], str] = {}
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}

    def of(self, kind: str, name: str, key: Hashable = None) -> str:
        """The identifier of the thing of this kind that ``key`` (else its name) tells apart."""
        known = self._given.get((kind, key if key is not None else name))
        return known or self._give(kind, name, key if key is not None else name)

    def _give(self, kind: str, name: str, key: Hashable) -> str:
        base = f"#{kind}-{slug(name)}".rstrip("-")
        identifier, number = base, self._numbers.get(base, 1)
        while identifier in self._taken:
            number += 1
            identifier = f"{base}-{number}"
        self._numbers[base] = number
        self._taken.add(identifier)
        self._given[kind, key] = identifier
        return identifier


def slug(text: str) -> str:
    """The text as it may stand in an identifier or in a file name; empty if nothing of it may."""
    return _NOT_IN_SLUG.sub("-", text).strip("-.")[:LONGEST_SLUG]


def path_id(name: str) -> str:
    """The ``@id`` of a member of the archive: its name, percent-encoded."""
    return name if _UNQUOTED.fullmatch(name) else quote(name)


def is_web_address(text: str) -> bool:
    """Whether a text is the address of something on the web."""
    return text.startswith(("http://", "https://"))


def uri_id(uri: str) -> str:
    """A URI in which everything that may not stand in one is percent-encoded."""
    return quote(uri, safe=_URI_SAFE)


def safe_parts(path: str) -> list[str]:
    """The parts of a path as they may stand in an archive."""
    if _HARMLESS_PATH.fullmatch(path):
        return path.split("/")
    parts = (_safe_part(part) for part in _CONTROL.sub("_", path).split("/"))
    return [part for part in parts if part]


def _safe_part(part: str) -> str:
    part = part.strip()
    if part.strip(".") == "":
        return ""
    while len(part.encode()) > LONGEST_PART:
        stem, suffix = PurePosixPath(part).stem, PurePosixPath(part).suffix[:20]
        part = f"{stem[:-1]}{suffix}" if len(stem) > 1 else part[:-1]
    return part


def _same(name: str) -> str:
    if not name.isascii():
        return unicodedata.normalize("NFC", name).casefold()
    same = name.lower()
    return name if same == name else same  # one text of the two is enough in memory
