"""Frozen values that say what a dataset is; no database, no Django."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class FileStatus(StrEnum):
    """Where a file stands: recorded, readable, known but not readable, or damaged."""

    NEW = "NEW"
    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file.

    ``path`` is its name relative to the run's directory, with ``/`` between the parts: what the tools saw.
    ``uri`` says where it was found. ``size`` is in bytes, checksums are lower-case hexadecimal, ``crc32`` an
    unsigned number. ``storage_key`` names the copy in the registry's own storage; without one, the file
    lies at ``uri`` only. ``error`` says why a file is damaged or cannot be had.
    """

    name: str
    path: str = ""
    uri: str = ""
    format: str = ""
    mime_type: str = ""
    size: int | None = None
    sha256: str = ""
    md5sum: str = ""
    crc32: int | None = None
    status: FileStatus = FileStatus.NEW
    storage_key: str = field(default="", compare=False)
    id: UUID | None = field(default=None, compare=False)
    error: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class DatasetRecord:
    """A logical unit of data: one file, several that belong together, or none yet.

    ``collection`` is the name of the collection that it stands in, empty for none. With an ``id`` the record
    speaks of a dataset that the registry already holds.
    """

    name: str
    description: str = ""
    dataset_type: str = "generic"
    collection: str = ""
    files: tuple[FileRecord, ...] = ()
    id: UUID | None = field(default=None, compare=False)
