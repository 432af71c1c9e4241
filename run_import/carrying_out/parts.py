"""Downloads on their way in: kept under a name of their own until they are whole, so that they can be taken up again.

On a local storage they lie on its disk, out of sight, and a whole one is moved into place without being copied.
"""

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files import File
from django.core.files.storage import default_storage

from common.storage import AtomicFileSystemStorage

KEPT = 7 * 24 * 3600  # seconds


class InUse(Exception):
    """Another worker is writing this part."""


class PartFile:
    """What has come of a file so far, and the mark (``ETag``) by which the server knows it again."""

    def __init__(self, name: str) -> None:
        directory = parts_directory()
        self.path, self._mark = directory / f"{name}.part", directory / f"{name}.etag"

    @property
    def etag(self) -> str:
        """What the server called the content; empty where that is not known, and nothing can be taken up."""
        return self._mark.read_text() if self._mark.exists() else ""

    def mark(self, etag: str) -> None:
        """Note what the server calls the content that is coming."""
        self._mark.write_text(etag)

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The part for reading and writing, standing at its end; InUse where another worker has it."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        with os.fdopen(descriptor, "r+b") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as problem:
                raise InUse from problem
            stream.seek(0, os.SEEK_END)
            yield stream

    def move_to(self, key: str) -> None:
        """Become the file ``key`` of the storage; nothing half is ever seen there."""
        if isinstance(default_storage, AtomicFileSystemStorage):
            target = Path(default_storage.path(key))
            target.parent.mkdir(parents=True, exist_ok=True)
            self.path.replace(target)
        else:
            with self.path.open("rb") as stream:
                default_storage.save(key, File(stream))
        self.forget()

    def forget(self) -> None:
        """Remove it."""
        self.path.unlink(missing_ok=True)
        self._mark.unlink(missing_ok=True)


def parts_directory() -> Path:
    """Where parts lie: on the disk of the storage where it is one, and not among what is removed after a day."""
    storage: Any = default_storage
    local = isinstance(storage, AtomicFileSystemStorage)
    above = Path(storage.location) if local else Path(tempfile.gettempdir())
    directory = above / ".galaxy-parts"
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def remove_old_parts() -> int:
    """Remove what nobody has gone on with for a week; returns how many files."""
    before = time.time() - KEPT
    old = [part for part in parts_directory().iterdir() if part.stat().st_mtime < before]
    for part in old:
        part.unlink(missing_ok=True)
    return len(old)
