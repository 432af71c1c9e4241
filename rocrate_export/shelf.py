"""The stored files and logs of an archive: how large they are, and reading them with little ado.

Where the storage is a directory of this machine, the operating system is asked directly: of small files most
of the time would go into the objects around them. Any other storage is asked through Django.
"""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress

from django.core.files.storage import default_storage

from common.storage import AtomicFileSystemStorage
from rocrate_export.run_logs import is_log, open_log, sizes_of_logs
from rocrate_export.zipping import OpenStored, Stored

_GONE = (FileNotFoundError, NotADirectoryError)


class _LocalFile:
    """A file of this machine, read without a buffer."""

    __slots__ = ("_descriptor",)

    def __init__(self, path: str) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def read(self, size: int, /) -> bytes:
        return os.read(self._descriptor, size)

    def seek(self, offset: int, /) -> int:
        return os.lseek(self._descriptor, offset, os.SEEK_SET)

    def close(self) -> None:
        os.close(self._descriptor)


def open_stored() -> OpenStored:
    """The function that opens the file of a key."""
    if isinstance(default_storage, AtomicFileSystemStorage):
        path_of = _paths(default_storage)
        return lambda key: _LocalFile(path_of(key)) if ":" not in key else _open_elsewhere(key)
    return _open_elsewhere


def sizes_of(keys: Iterable[str]) -> dict[str, int]:
    """The bytes of each file that is there."""
    size_of, sizes, logs = _size_of(), {}, []
    for key in keys:
        if is_log(key):
            logs.append(key)
            continue
        with suppress(*_GONE):
            sizes[key] = size_of(key)
    return sizes | sizes_of_logs(logs)


def _size_of() -> Callable[[str], int]:
    if isinstance(default_storage, AtomicFileSystemStorage):
        path_of = _paths(default_storage)
        size_of = default_storage.size
        return lambda key: os.stat(path_of(key)).st_size if ":" not in key else size_of(key)
    return default_storage.size


def _open_elsewhere(key: str) -> Stored:
    return open_log(key) if is_log(key) else default_storage.open(key, "rb")


def _paths(storage: AtomicFileSystemStorage) -> Callable[[str], str]:
    """The path of a key. A key that may lead out of the storage is looked at closely, which takes its time."""
    location = os.path.join(storage.location, "")

    def path_of(key: str) -> str:
        if ".." in key or key.startswith("/"):
            return storage.path(key)
        return location + key

    return path_of
