"""Where data files are kept: written whole or not at all, with size and checksums taken on the way."""

import hashlib
import os
import re
import time
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any, BinaryIO, Self
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


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a stored file that is kept under a key of its own: ``<key of the file>:<offset>+<size>``.

    Tens of thousands of small files that come and go together are kept so: making a file costs the system more
    than everything else that is done for it. No other key holds a colon.
    """

    whole: str
    offset: int
    size: int

    @classmethod
    def of(cls, key: str) -> Self | None:
        """The part that a key speaks of, None for the key of a whole file."""
        if ":" not in key:
            return None
        whole, _, place = key.rpartition(":")
        offset, _, size = place.partition("+")
        return cls(whole, int(offset), int(size)) if offset.isdecimal() and size.isdecimal() else None

    @property
    def key(self) -> str:
        """The key of the part."""
        return f"{self.whole}:{self.offset}+{self.size}"

    @property
    def end(self) -> int:
        """Where it ends in the file."""
        return self.offset + self.size


class PartOfFile(RawIOBase):
    """A part of a local file, which reads as if it were all there is."""

    def __init__(self, path: str, part: Part) -> None:
        super().__init__()
        self._part, self._at = part, 0
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Where the next reading begins."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a place in the part."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._part.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        """Fill the buffer as far as the part goes."""
        most = min(len(buffer), self._part.size - self._at)
        content = os.pread(self._descriptor, most, self._part.offset + self._at) if most > 0 else b""
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)

    def close(self) -> None:
        """Let go of the file."""
        if not self.closed:
            os.close(self._descriptor)
        super().close()


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

    def _open(self, name: str, mode: str = "rb") -> File:
        part = Part.of(name)
        if part is None:
            return super()._open(name, mode)  # type: ignore[misc]  # the stubs do not know it
        return File(BufferedReader(PartOfFile(super().path(part.whole), part)), name)

    def exists(self, name: str) -> bool:
        """Whether there is a file of that name, or one that has such a part."""
        part = Part.of(name)
        if part is None:
            return super().exists(name)
        return super().exists(part.whole) and super().size(part.whole) >= part.end

    def size(self, name: str) -> int:
        """The bytes of a file, or of a part of one."""
        part = Part.of(name)
        if part is None:
            return super().size(name)
        if not self.exists(name):
            raise FileNotFoundError(name)
        return part.size

    def delete(self, name: str) -> None:
        """Remove a file. A part stays as long as its file, whose other parts are in use."""
        if Part.of(name) is None:
            super().delete(name)

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
