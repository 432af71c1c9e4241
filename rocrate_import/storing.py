"""The files of a crate on their way into the storage, below one directory for each import.

Nobody refers to a file in that directory before the run is written down, and then to all at once: so no file
needs a temporary name of its own, and what an attempt left that was cut off is removed as a whole.
"""

import os
import shutil
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from hashlib import md5, sha256
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.core.files.storage import default_storage

from common.storage import CHUNK, AtomicFileSystemStorage, Measured, key_for, store
from rocrate_import.payload import Kept

IN_ONE_DIRECTORY = 1000
SYNCED_ONE_BY_ONE = 100
PACKED_FROM = 1000  # files; a person who looks at the storage should find those of a common run
SMALL = 64 * 1024  # bytes
LARGEST_PACK = 1024**3  # bytes

Open = Callable[[str], BinaryIO]
Tell = Callable[[int, int], None]  # so many more files, so many more bytes


class Shelf:
    """The place of one attempt's files in the storage."""

    def __init__(self, identifier: UUID) -> None:
        self.key = f"{shelf_of(identifier)}/{uuid.uuid4().hex[:8]}"
        self.packs = False
        self._count = 0
        self._paths: list[Path] = []
        self._pack: _Pack | None = None

    def take(self, name: str, size: int, stream: BinaryIO, tell: Tell) -> Kept:
        """Keep what the stream gives; ``size`` is how many bytes are expected."""
        if self.packs and size <= SMALL:
            kept = self._into_pack(stream.read())
            tell(1, size)
            return kept
        directory, place = divmod(self._count, IN_ONE_DIRECTORY)
        self._count += 1
        key = f"{self.key}/{directory:03}/{place:03}-{_file_name(name)}"
        local = isinstance(default_storage, AtomicFileSystemStorage)
        measured = self._write(key, stream, tell) if local else store(stream, key)
        tell(1, 0 if local else measured.size)
        return Kept(key, measured)

    def _into_pack(self, content: bytes) -> Kept:
        if self._pack is None or self._pack.size >= LARGEST_PACK:
            self._finish_pack()
            self._pack = _Pack(f"{self.key}/pack-{len(self._paths):03}")
            self._paths.append(self._pack.path)
        return self._pack.take(content)

    def _finish_pack(self) -> None:
        pack, self._pack = self._pack, None
        if pack is not None:
            pack.close()

    def _write(self, key: str, stream: BinaryIO, tell: Tell) -> Measured:
        path = Path(default_storage.path(key))
        if self._count % IN_ONE_DIRECTORY == 1:
            path.parent.mkdir(parents=True)
        # By hand: Django's files and storages take longer for a small file than the kernel does.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        try:
            measured = _copy(stream, descriptor, tell)
        finally:
            os.close(descriptor)
        self._paths.append(path)
        return measured

    def close(self) -> None:
        """Return when everything is on the disk, so that no row ever speaks of a file that a power cut took."""
        self._finish_pack()
        if len(self._paths) > SYNCED_ONE_BY_ONE:
            os.sync()  # one wait for all instead of one for each of fifty thousand
            return
        for path in self._paths:
            _sync(path)

    def clear(self) -> None:
        """Remove everything again."""
        if self._pack is not None:
            self._pack.forget()
        self._finish_pack()
        remove_below(self.key)


class _Pack:
    """One file with many small ones in it, one after the other."""

    def __init__(self, key: str) -> None:
        self.key, self.size = key, 0
        self.path = Path(default_storage.path(key))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        self._waiting = bytearray()  # until it is worth a call of the system

    def take(self, content: bytes) -> Kept:
        """Keep a small file."""
        self._waiting += content
        if len(self._waiting) >= CHUNK:
            self._write()
        key = f"{self.key}:{self.size}+{len(content)}"
        self.size += len(content)
        digests = sha256(content).hexdigest(), md5(content, usedforsecurity=False).hexdigest()
        return Kept(key, Measured(len(content), *digests, zlib.crc32(content)))

    def close(self) -> None:
        """No more comes."""
        try:
            self._write()
        finally:
            os.close(self._descriptor)

    def forget(self) -> None:
        """Nobody wants it any more: what is not written yet need not be, and there may be no room for it."""
        self._waiting.clear()

    def _write(self) -> None:
        if self._waiting:
            _write_whole(self._descriptor, self._waiting)
            self._waiting.clear()


def store_all(shelf: Shelf, sizes: Mapping[str, int], open_entry: Open, tell: Tell) -> dict[str, Kept]:
    """Keep the entries of a package, whose sizes are given; returns where each one lies.

    Of very many files the small ones are kept in packs, on a local storage: see ``common.storage.Part``.
    """
    shelf.packs = len(sizes) > PACKED_FROM and isinstance(default_storage, AtomicFileSystemStorage)
    stored = {}
    for name, size in sizes.items():
        with open_entry(name) as stream:
            stored[name] = shelf.take(name, size, stream, tell)
    shelf.close()
    return stored


def shelf_of(identifier: UUID) -> str:
    """The directory of all attempts of an import."""
    return key_for("imports", identifier, "").rpartition("/")[0]


def archive_key(identifier: UUID, name: str) -> str:
    """Where the archive of an import is kept."""
    return key_for("crates", identifier, name)


def remove_below(key: str) -> None:
    """Remove a directory of the storage with all that is in it; it may be gone already."""
    if isinstance(default_storage, AtomicFileSystemStorage):
        path = Path(default_storage.path(key))
        with suppress(FileNotFoundError):
            shutil.rmtree(path)
        return
    for found in list(_walk(key)):
        default_storage.delete(found)


def remove_file(key: str) -> None:
    """Remove a file of the storage; it may be gone already."""
    if key:
        with suppress(FileNotFoundError):
            default_storage.delete(key)


def measured_copy(stream: BinaryIO, descriptor: int, tell: Tell) -> Measured:
    """Copy a stream into an open file and measure it on the way."""
    return _copy(stream, descriptor, tell)


def _copy(stream: Any, descriptor: int, tell: Tell) -> Measured:
    chunk = stream.read(CHUNK)
    size, sha, digest, crc = len(chunk), sha256(chunk), md5(chunk, usedforsecurity=False), zlib.crc32(chunk)
    while chunk:
        _write_whole(descriptor, chunk)
        tell(0, len(chunk))
        chunk = stream.read(CHUNK)
        if chunk:
            size += len(chunk)
            sha.update(chunk)
            digest.update(chunk)
            crc = zlib.crc32(chunk, crc)
    return Measured(size, sha.hexdigest(), digest.hexdigest(), crc)


def _write_whole(descriptor: int, chunk: bytes | bytearray) -> None:
    written = os.write(descriptor, chunk)
    while written < len(chunk):  # a file may take less than it is given, for example near a quota
        written += os.write(descriptor, memoryview(chunk)[written:])


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _file_name(name: str) -> str:
    """The last part of a name as every file system takes it."""
    return key_for("", UUID(int=0), name.rpartition("/")[2]).rpartition("/")[2]


def _walk(key: str) -> Iterator[str]:
    folders, files = default_storage.listdir(key)
    yield from (f"{key}/{name}" for name in files)
    for name in folders:
        yield from _walk(f"{key}/{name}")
