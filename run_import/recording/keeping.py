"""What a source answered, kept as it came beside the run: compressed, one answer a line.

All files of one import lie below one directory of the storage, so that what an attempt left that was cut off is
found again: what no row speaks of there is not needed.
"""

import gzip
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID, uuid4

import orjson
from django.core.files.storage import default_storage

from common.storage import AtomicFileSystemStorage, key_for, store
from rocrate_export.models import StoredCrate
from run_import.models import ImportedRun
from run_sources.errors import AnswerNotUnderstood
from workflows.models import WorkflowFile

ANSWERS = "answers.jsonl.gz"
SHELVES = ("imports", "galaxy")  # the second is where they were while Galaxy was the only source


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """The answers in the storage: where, how many bytes there, how many answers."""

    key: str
    size: int
    count: int


class AnswerWriter:
    """Writes answers down as they come, whichever thread they come from; little of them is in memory.

    Used with ``with``: what is not finished when the block ends is gone.
    """

    def __init__(self, identifier: UUID) -> None:
        """``identifier`` is the import's."""
        self._key = new_key(identifier, ANSWERS)
        self._path = _on_the_storages_disk()
        self._file: BinaryIO = self._path.open("wb")
        self._packed = gzip.GzipFile(fileobj=self._file, mode="wb", compresslevel=6, filename="", mtime=0)
        self._lock = threading.Lock()
        self.count = 0

    def __enter__(self) -> "AnswerWriter":
        return self

    def __exit__(self, *problem: object) -> None:
        self.forget()

    def add(self, path: str, status: int, body: Any) -> None:
        """Keep an answer: what was asked for, below the server's address; the HTTP status; the JSON.

        AnswerNotUnderstood for one that is nested deeper than can be written down.
        """
        if isinstance(body, bytes):
            body = body.decode("utf-8", "replace")
        try:
            line = orjson.dumps({"path": path, "status": status, "body": body})
        except orjson.JSONEncodeError:
            where = path.partition("?")[0]
            raise AnswerNotUnderstood(
                f"What the server answered under {where} is nested deeper than any answer that can be kept."
            ) from None
        self.add_line(line)

    def add_line(self, line: bytes) -> None:
        """Keep an answer that was kept before."""
        with self._lock:
            self._packed.write(line + b"\n")
            self.count += 1

    def finish(self) -> KeptAnswers:
        """Put the file into the storage; it is on the disk when this returns."""
        with self._lock:
            self._packed.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        size = self._path.stat().st_size
        self._move()
        return KeptAnswers(self._key, size, self.count)

    def forget(self) -> None:
        """Leave nothing behind of what is not finished."""
        with self._lock, suppress(OSError):
            self._packed.close()
        self._file.close()
        self._path.unlink(missing_ok=True)

    def _move(self) -> None:
        if isinstance(default_storage, AtomicFileSystemStorage):
            target = Path(default_storage.path(self._key))
            target.parent.mkdir(parents=True, exist_ok=True)
            self._path.chmod(default_storage.file_permissions_mode or 0o640)
            self._path.replace(target)
            return
        with self._path.open("rb") as stream:
            store(stream, self._key)
        self._path.unlink()


def read_lines(key: str) -> Iterator[bytes]:
    """The answers of a file, one JSON object each. OSError or EOFError where it is lost or broken."""
    stored: Any = default_storage.open(key, "rb")
    with stored, gzip.open(stored, "rb") as lines:
        yield from lines


def new_key(identifier: UUID, name: str) -> str:
    """A place for a file of an import that nothing else will ever have."""
    safe = key_for("", identifier, name).rpartition("/")[2]
    return f"{shelf_of(identifier)}/{uuid4().hex[:12]}/{safe}"


def shelf_of(identifier: UUID) -> str:
    """The directory of all files that an import keeps."""
    return _shelf("imports", identifier)


def _shelf(name: str, identifier: UUID) -> str:
    return key_for(name, identifier, "").rpartition("/")[0]


def remove_leftovers(identifier: UUID) -> int:
    """Remove what an attempt left that was cut off: files of an import that no row speaks of; returns how many.

    Only for whoever has claimed the import, or when nobody works on it.
    """
    found = [key for name in SHELVES for key in _walk(_shelf(name, identifier))]
    used = {
        *WorkflowFile.objects.filter(storage_key__in=found).values_list("storage_key", flat=True),
        *ImportedRun.objects.filter(answers_key__in=found).values_list("answers_key", flat=True),
        *StoredCrate.objects.filter(storage_key__in=found).values_list("storage_key", flat=True),
    }
    unused = [key for key in found if key not in used]
    for key in unused:
        remove(key)
    return len(unused)


def remove(key: str) -> None:
    """Remove a file of an import, with the directories that are empty then; it may be gone already."""
    if not key:
        return
    with suppress(FileNotFoundError):
        default_storage.delete(key)
    if isinstance(default_storage, AtomicFileSystemStorage):
        with suppress(OSError):  # not empty, or gone
            for place in list(Path(default_storage.path(key)).parents)[:2]:
                place.rmdir()


def _on_the_storages_disk() -> Path:
    """A file for what is being written: where the storage is, so that it need not be copied."""
    place = None
    if isinstance(default_storage, AtomicFileSystemStorage):
        place = default_storage.incoming
        place.mkdir(parents=True, exist_ok=True)
    descriptor, path = tempfile.mkstemp(prefix="answers-", suffix=".part", dir=place)
    os.close(descriptor)
    return Path(path)


def _walk(key: str) -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(key)
    except FileNotFoundError:
        return
    yield from (f"{key}/{name}" for name in files)
    for name in folders:
        yield from _walk(f"{key}/{name}")
