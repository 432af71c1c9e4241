"""One walk through a directory: every file once, sorted, and nothing outside of it unless that was asked for."""

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from run_directories.remarks import Remarks

# What engines and tools keep for themselves; a sniffer adds its own, such as the ``work`` of Nextflow.
SKIPPED = frozenset(
    {".snakemake", ".nextflow", ".git", ".hg", ".svn", ".cache", ".ipynb_checkpoints", "__pycache__", ".DS_Store",
     ".snakemake_timestamp"}
)  # fmt: skip

LEADS_OUT = "Links that lead out of the directory, not followed"
LEADS_NOWHERE = "Links that lead nowhere, left out"
UNREADABLE = "Directories that cannot be read, left out"
NO_FILE = "Neither files nor directories, left out"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that was met: its path with ``/`` below the directory, and its size in bytes."""

    relative: str
    size: int
    is_link: bool = False


def scan(
    root: Path,
    *,
    skip: Collection[str] = (),
    follow_out: bool = False,
    remarks: Remarks | None = None,
) -> Iterator[Entry]:
    """Every regular file below ``root``, each directory's in the order of their names.

    ``skip`` are names of files and directories that are passed over at any depth, beside ``SKIPPED``. A link to
    what is met anyway is passed over; one to what is not (into a directory that is skipped) is met under the
    link's name, once. A link that leads out is a remark, or is followed with ``follow_out``.
    """
    walk = _Walk(root, frozenset(skip) | SKIPPED, follow_out, remarks or Remarks())
    yield from walk.entries()


class _Walk:
    def __init__(self, root: Path, skip: frozenset[str], follow_out: bool, remarks: Remarks) -> None:
        self.skip, self.follow_out, self.remarks = skip, follow_out, remarks
        self.root = os.path.realpath(root)
        self.seen: set[str] = set()  # what links led to; without links it stays empty

    def entries(self) -> Iterator[Entry]:
        """A stack instead of recursion: a tree may be deeper than Python likes."""
        waiting = self._listed(self.root, "")
        while waiting:
            entry, relative = waiting.pop()
            if entry.is_symlink():
                found = self._behind(entry, relative)
            elif entry.is_dir(follow_symlinks=False):
                waiting += self._listed(entry.path, relative + "/")
                continue
            else:
                found = self._file(entry, relative)
            if isinstance(found, Entry):
                yield found
            elif found is not None:
                waiting += found

    def _listed(self, directory: str, prefix: str) -> list[tuple[os.DirEntry[str], str]]:
        """What lies in a directory with its relative paths, the first last: it is a stack."""
        try:
            with os.scandir(directory) as opened:
                entries = [entry for entry in opened if entry.name not in self.skip]
        except OSError:
            self.remarks.note(UNREADABLE, prefix or directory)
            return []
        entries.sort(key=lambda entry: entry.name, reverse=True)
        return [(entry, prefix + entry.name) for entry in entries]

    def _file(self, entry: os.DirEntry[str], relative: str) -> Entry | None:
        if not entry.is_file(follow_symlinks=False):
            self.remarks.note(NO_FILE, relative)
            return None
        try:
            return Entry(relative, entry.stat(follow_symlinks=False).st_size)
        except OSError:  # gone since the directory was listed
            return None

    # --- links ----------------------------------------------------------------------------------------------

    def _behind(
        self, link: os.DirEntry[str], relative: str
    ) -> Entry | list[tuple[os.DirEntry[str], str]] | None:
        """What a link stands for: a file, what is listed in a directory, or nothing."""
        target = os.path.realpath(link.path)
        if not os.path.exists(target):
            self.remarks.note(LEADS_NOWHERE, relative)
            return None
        if not self._is_wanted(target, relative):
            return None
        self.seen.add(target)
        if os.path.isdir(target):
            return self._listed(target, relative + "/")
        if not os.path.isfile(target):
            self.remarks.note(NO_FILE, relative)
            return None
        return Entry(relative, os.path.getsize(target), is_link=True)

    def _is_wanted(self, target: str, relative: str) -> bool:
        """Whether a link is to be followed: not twice, not to what is met anyway, not out unless told to."""
        if target in self.seen or target == self.root:
            return False
        if target.startswith(self.root.rstrip("/") + "/"):
            return not self._is_met(target)
        # What holds the directory itself is never followed: the walk would come back to where it began.
        is_followed = self.follow_out and not self.root.startswith(target.rstrip("/") + "/")
        if not is_followed:
            self.remarks.note(LEADS_OUT, relative)
        return is_followed

    def _is_met(self, target: str) -> bool:
        """Whether the walk comes by without the link; ``target`` is real, so no part of it is a link."""
        return self.skip.isdisjoint(target[len(self.root) + 1 :].split("/"))
