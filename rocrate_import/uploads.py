"""Archives that come in over HTTP: written once, to the disk where they stay, and measured on the way."""

import errno
import hashlib
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from common.errors import NotReady
from common.storage import AtomicFileSystemStorage
from rocrate_export.originals import must_not_be_larger

AROUND_A_FILE = 64 * 1024  # bytes of a form beside the file itself
FULL = (errno.ENOSPC, errno.EDQUOT)


class IncomingFile(UploadedFile):
    """An upload that lies on the storage's own disk, out of sight, until it is moved into place."""

    file: Any

    def __init__(self, path: Path, *, name: str, size: int, sha256: str) -> None:
        super().__init__(path.open("rb"), name=name, size=size)
        self.path, self.sha256 = path, sha256

    def move_to(self, key: str) -> None:
        """Become the file ``key`` of the storage; on a local storage nothing is copied."""
        if isinstance(default_storage, AtomicFileSystemStorage):
            target = Path(default_storage.path(key))
            target.parent.mkdir(parents=True, exist_ok=True)
            os.fsync(self.file.fileno())
            self.path.replace(target)
        else:
            self.file.seek(0)
            default_storage.save(key, File(self.file))


class StorageUploadHandler(FileUploadHandler):
    """Writes uploads to where they stay; what nobody moved away is removed by ``discard``."""

    chunk_size = 1024 * 1024

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._parts: list[Path] = []
        self._open: list[Any] = []
        self._received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        part = incoming_directory() / f"{uuid.uuid4().hex}.part"
        self._out: BinaryIO = os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb")
        self._parts.append(part)
        self._open.append(self._out)
        self._sha256 = hashlib.sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write and measure; TooLarge above CRATE_MAX_BYTES, NotReady on a full disk."""
        self._received += len(raw_data)
        must_not_be_larger(self._received)
        self._sha256.update(raw_data)
        try:
            self._out.write(raw_data)
        except OSError as problem:
            raise _as_answer(problem) from problem

    def file_complete(self, file_size: int) -> IncomingFile:
        """The whole file, open for reading."""
        try:
            self._out.close()
        except OSError as problem:
            raise _as_answer(problem) from problem
        name, digest = self.file_name or "", self._sha256.hexdigest()
        made = IncomingFile(self._parts[-1], name=name, size=file_size, sha256=digest)
        self._open.append(made.file)
        return made

    def discard(self) -> None:
        """Close everything, and remove what was not moved into place."""
        for stream in self._open:
            stream.close()
        for part in self._parts:
            part.unlink(missing_ok=True)


@contextmanager
def taking_uploads(request: Any) -> Iterator[None]:
    """Let the files of this request be written to where they stay; whatever is not taken is gone afterwards."""
    handler = StorageUploadHandler(request)
    request.upload_handlers = [handler]
    try:
        yield
    finally:
        handler.discard()


def refuse_too_large(request: Any) -> None:
    """TooLarge for a request that says itself that it is, before its body is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit():
        must_not_be_larger(int(length) - AROUND_A_FILE)


def incoming_directory() -> Path:
    """Where files are while they are written: on the disk of the storage where that is one."""
    storage: Any = default_storage
    local = isinstance(storage, AtomicFileSystemStorage)
    directory: Path = storage.incoming if local else Path(tempfile.gettempdir())
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def _as_answer(problem: OSError) -> Exception:
    if problem.errno in FULL:
        return NotReady("The disk of the storage is full: ask an administrator of this registry.")
    return problem
