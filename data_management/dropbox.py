"""Which paths may be registered: what leads out of the caller's directories is refused. No Django here."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit


class PathRefused(Exception):
    """The path may not be registered; the text says why and is meant for the caller."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that may be registered: its real path, its size in bytes, whether a folder was named for it."""

    path: str
    size: int
    in_folder: bool = False


class Resolver:
    """Finds the real files behind the paths of one registration.

    ``roots`` are the directories that the caller may register from. Each directory is resolved once, so
    that a hundred thousand files in a few directories cost one look at each file.
    """

    def __init__(self, roots: Sequence[str]) -> None:
        self.roots = [os.path.realpath(root) for root in roots]
        self._directories: dict[str, str] = {}

    def directory(self, path: str) -> str:
        """The real path of a directory; PathRefused if it leads out, or is none."""
        real = self._real_directory(_local(path), path)
        if not os.path.isdir(real):
            raise PathRefused(f"{path} is not a directory")
        return real

    def find(self, uri: str, base: str) -> list[FoundFile]:
        """The file behind ``uri`` (absolute, relative to ``base``, or ``file://``); all files of a folder.

        PathRefused if it is not there, is no regular file, or leads out of the roots after resolving links.
        """
        local = _local(uri)
        real, status = self._look(local if local.startswith("/") else f"{base}/{local}", uri)
        if stat.S_ISREG(status.st_mode):
            return [FoundFile(real, status.st_size)]
        if stat.S_ISDIR(status.st_mode):
            return self._walk(real, uri)
        raise PathRefused(f"{uri} is neither a file nor a folder")

    def _look(self, path: str, uri: str) -> tuple[str, os.stat_result]:
        # By hand: os.path takes longer for a hundred thousand paths than looking at the files.
        directory, _, name = path.rpartition("/")
        if name in ("", ".", ".."):
            directory, name = os.path.split(os.path.realpath(path))
        real = f"{self._real_directory(directory or '/', uri).rstrip('/')}/{name}"
        try:
            status = os.lstat(real)
            if stat.S_ISLNK(status.st_mode):
                real = os.path.realpath(real)
                self._check_inside(real, uri)
                status = os.stat(real)
        except (OSError, ValueError) as problem:
            raise PathRefused(f"{uri} is not there or cannot be read") from problem
        if not is_text(real):
            shown = real.encode("utf-8", "replace").decode()
            raise PathRefused(f"{shown} has a name that is not UTF-8, which cannot be kept")
        return real, status

    def _walk(self, folder: str, uri: str) -> list[FoundFile]:
        found = []
        for directory, _, names in os.walk(folder):
            for name in sorted(names):
                found += self.find(os.path.join(directory, name), folder)
        return [
            FoundFile(one.path, one.size, in_folder=True) for one in sorted(found, key=lambda one: one.path)
        ]

    def _real_directory(self, path: str, shown: str) -> str:
        if path not in self._directories:
            real = os.path.realpath(path)
            self._check_inside(real, shown)
            self._directories[path] = real
        return self._directories[path]

    def _check_inside(self, real: str, shown: str) -> None:
        if not any(is_inside(real, root) for root in self.roots):
            raise PathRefused(f"{shown} is not in your dropbox: expected a path below {self._named_roots()}")

    def _named_roots(self) -> str:
        return " or ".join(self.roots) or "a dropbox, but you have none for this group; ask an administrator"


def is_inside(path: str, root: str) -> bool:
    """Whether a real path is ``root`` itself or lies below it."""
    return path == root or path.startswith(root.rstrip("/") + "/")


def is_text(path: str) -> bool:
    """Whether a path can be written down; names of files may be any bytes."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def open_inside(path: str, roots: Sequence[str]) -> BinaryIO:
    """Open a regular file for reading, sure that what was opened lies below one of the roots.

    The path was checked when it was registered; its owner may have put a link in its place since, so the
    check is made again on the opened file. PathRefused if it leads out; OSError if it cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        real = _path_of(descriptor, path)
        if not any(is_inside(real, os.path.realpath(root)) for root in roots):
            raise PathRefused(f"{path} now leads out of the dropbox")
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise PathRefused(f"{path} is no longer a regular file")
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def list_directory(path: Path) -> list[os.DirEntry[str]]:
    """What lies in a directory, folders first, then by name."""
    with os.scandir(path) as entries:
        return sorted(entries, key=lambda one: (not one.is_dir(follow_symlinks=False), one.name))


def _path_of(descriptor: int, path: str) -> str:
    linked = f"/proc/self/fd/{descriptor}"
    return os.path.realpath(linked) if os.path.exists(linked) else os.path.realpath(path)


def _local(uri: str) -> str:
    """The path of a ``file:`` URI, or the path itself; PathRefused for any other scheme."""
    if "\0" in uri:
        raise PathRefused("a path cannot hold a NUL character")
    if uri.startswith("file:"):
        parts = urlsplit(uri)
        if parts.netloc not in ("", "localhost"):
            raise PathRefused(f"{uri} lies on another host")
        return unquote(parts.path)
    if "://" in uri:
        raise PathRefused(f"{uri} is not a path: only files in your dropbox can be registered here")
    return uri
