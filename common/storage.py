"""Where data files are kept: written whole or not at all, with size and checksums taken on the way."""

import hashlib
import os
import re
import time
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage

CHUNK = 1024 * 1024
LEFT_OVER_AFTER = 24 * 3600  # seconds
_UNSAFE = re.compile(r"[^\w.+=@-]+")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a file turned out to be: bytes, SHA-256 and MD5 in hexadecimal, CRC-32 as an unsigned number."""

    size: int
    sha256: str
    md5sum: str
    crc32: int


class AtomicFileSystemStorage(FileSystemStorage):
    """A directory in which no half written file ever stands under its final name."""

    def _save(self, name: str, content: Any) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        part = self.incoming / f"{uuid.uuid4().hex}.part"
        part.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as out:
                for chunk in content.chunks(CHUNK):
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            part.chmod(self.file_permissions_mode or 0o640)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return name

    @property
    def incoming(self) -> Path:
        """Where files are while they are written: on the same disk, and out of everybody's sight."""
        return Path(self.location) / ".incoming"

    def remove_leftovers(self) -> int:
        """Remove what was being written when a process was killed, a day or more ago; returns how many."""
        if not self.incoming.is_dir():
            return 0
        old = [
            part for part in self.incoming.iterdir() if part.stat().st_mtime < time.time() - LEFT_OVER_AFTER
        ]
        for part in old:
            part.unlink(missing_ok=True)
        return len(old)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself: keys hold an identifier, and taking a file in twice replaces it by itself."""
        return name


class MeasuredFile(File):
    """A file that is measured while it is read in chunks."""

    def __init__(self, stream: BinaryIO, name: str = "") -> None:
        super().__init__(stream, name)
        self._stream = stream
        self._sha256 = hashlib.sha256()
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._crc32 = 0
        self._size = 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """The content from where the stream stands, measured as it passes."""
        while chunk := self._stream.read(chunk_size or CHUNK):
            self._note(chunk)
            yield chunk

    def read(self, *args: Any) -> bytes:
        """Part of the content, measured; for storages that read by themselves."""
        chunk: bytes = self._stream.read(*args)
        self._note(chunk)
        return chunk

    @property
    def measured(self) -> Measured:
        """What has been read so far."""
        return Measured(self._size, self._sha256.hexdigest(), self._md5.hexdigest(), self._crc32)

    def _note(self, chunk: bytes) -> None:
        self._sha256.update(chunk)
        self._md5.update(chunk)
        self._crc32 = zlib.crc32(chunk, self._crc32)
        self._size += len(chunk)


def store(stream: BinaryIO, key: str) -> Measured:
    """Keep the stream's content under ``key``, replacing what is there; returns what was kept."""
    file = MeasuredFile(stream, key)
    default_storage.save(key, file)
    return file.measured


def measure(stream: BinaryIO) -> Measured:
    """Measure the content without keeping it."""
    file = MeasuredFile(stream)
    for _ in file.chunks():
        pass
    return file.measured


def key_for(kind: str, identifier: UUID, name: str) -> str:
    """The place of a file in the storage: spread over directories, recognisable, safe on every file system."""
    safe = _UNSAFE.sub("_", name).strip(".")[-120:] or "file"
    return f"{kind}/{identifier.hex[-2:]}/{identifier.hex[-4:-2]}/{identifier}/{safe}"
