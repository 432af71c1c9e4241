"""The files of a folder, none of which may lead out of it."""

import io
import os
from pathlib import Path
from typing import BinaryIO

from rocrate_packages.limits import Limits, PackageRefused
from rocrate_packages.names import NameCheck, shown

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe must not make us wait


class FolderStore:
    """An open folder. Everything is opened from it, one step of the path at a time, following no link."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._root = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self._sizes, self._folders = self._scan(limits)
        except BaseException:
            self.close()
            raise

    def sizes(self) -> dict[str, int]:
        """The sizes of all files."""
        return self._sizes

    def folders(self) -> list[str]:
        """All folders below this one."""
        return self._folders

    def open(self, name: str) -> BinaryIO:
        """The content of a file; it must still have the size that it had."""
        try:
            raw = os.fdopen(self._descend(name, _FILE), "rb", buffering=0)
        except OSError:
            raise PackageRefused(f"The file {shown(name)} cannot be read, or changed meanwhile.") from None
        return io.BufferedReader(_Measured(raw, name, self._sizes[name]))

    def close(self) -> None:
        """Close the folder."""
        if self._root >= 0:
            os.close(self._root)
        self._root = -1

    def _scan(self, limits: Limits) -> tuple[dict[str, int], list[str]]:
        check, sizes, total = NameCheck(limits), dict[str, int](), 0
        folders, found, seen = [""], list[str](), 0
        while folders:
            folder = folders.pop()
            for name, size in self._list(folder):
                seen += 1
                total += size or 0
                _refuse_large(seen, total, limits)
                if size is None:
                    check.folder(name)
                    folders.append(name)
                    found.append(name)
                else:
                    check.file(name)
                    sizes[name] = size
        return dict(sorted(sizes.items())), sorted(found)

    def _list(self, folder: str) -> list[tuple[str, int | None]]:
        """What a folder holds: names relative to the root, and sizes; None for a folder."""
        descriptor = self._descend(folder, _FOLDER)
        try:
            with os.scandir(descriptor) as entries:
                return [_look(entry, folder) for entry in entries]
        finally:
            os.close(descriptor)

    def _descend(self, name: str, flags: int) -> int:
        """Open what lies below the root; a link anywhere on the way is an ``OSError``."""
        current = os.dup(self._root)
        parts = name.split("/") if name else []
        try:
            for part in parts[:-1]:
                below = os.open(part, _FOLDER, dir_fd=current)
                os.close(current)
                current = below
            return os.open(parts[-1] if parts else ".", flags, dir_fd=current)
        finally:
            os.close(current)


def _look(entry: "os.DirEntry[str]", folder: str) -> tuple[str, int | None]:
    name = f"{folder}/{entry.name}" if folder else entry.name
    if not name.isascii() and any("\ud800" <= letter <= "\udfff" for letter in name):
        raise PackageRefused(f"The name of the file {shown(name)} is not UTF-8. Rename it.")
    if entry.is_dir(follow_symlinks=False):
        return name, None
    if not entry.is_file(follow_symlinks=False):
        raise PackageRefused(
            f"{shown(name)} is a link or a device, no file. Put what it leads to in its place."
        )
    return name, entry.stat(follow_symlinks=False).st_size


def _refuse_large(files: int, total: int, limits: Limits) -> None:
    if files > limits.members:
        raise PackageRefused(
            f"This folder has more than {limits.members} files; no more are taken in. Pack directories of "
            "many small files into one file each."
        )
    if total > limits.total:
        raise PackageRefused(
            f"The files of this folder have more than {limits.total} bytes; no more are taken in. Leave the "
            "large ones out and name them by their address."
        )


class _Measured(io.RawIOBase):
    """A file that must end where it did when the folder was looked at."""

    def __init__(self, raw: io.FileIO, name: str, size: int) -> None:
        self._raw, self._name, self._left = raw, name, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]", /) -> int:  # type: ignore[override]
        count = self._raw.readinto(buffer) or 0
        self._left -= count
        if self._left < 0 or (not count and self._left):
            raise PackageRefused(f"The file {shown(self._name)} changed while it was read. Try again.")
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()
