"""A path for bytes that somebody must be able to read at any place, wherever they come from."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile

from common.storage import CHUNK, AtomicFileSystemStorage


@contextmanager
def on_this_disk(key: str) -> Iterator[Path]:
    """The path of a file of the storage; of a copy, for the time being, where it lies elsewhere.

    FileNotFoundError where the storage has lost it: from here, or from whoever opens the path.
    """
    if isinstance(default_storage, AtomicFileSystemStorage):
        yield Path(default_storage.path(key))
        return
    stored: Any = default_storage.open(key, "rb")
    with stored, _copied(stored) as path:
        yield path


@contextmanager
def upload_on_disk(upload: Any) -> Iterator[Path]:
    """The path of an upload; of a copy where it is small enough to be held in memory. Left at its start."""
    if isinstance(upload, TemporaryUploadedFile):
        yield Path(upload.temporary_file_path())
    else:
        upload.seek(0)
        with _copied(upload) as path:
            yield path
    upload.seek(0)


@contextmanager
def _copied(stream: Any) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile(prefix="crate-") as copy:
        shutil.copyfileobj(stream, copy, CHUNK)
        copy.flush()
        yield Path(copy.name)
