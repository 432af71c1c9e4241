"""CRC-32 of stored files that came before it was taken with the other checksums: measured once and kept."""

import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from common.storage import CHUNK
from data_management.models import DataFile
from data_management.records import FileRecord
from rocrate_export.payload import StoredMember
from rocrate_export.shelf import open_stored
from workflows.models import WorkflowFile
from workflows.records import WorkflowFileRecord

OnProgress = Callable[[int, int], object]  # told how many files are measured and how many bytes are read
Files = Mapping[str, FileRecord | WorkflowFileRecord]

WRITTEN_AFTER = 1024**3  # bytes, so that an interruption repeats little
TOLD_AFTER = 64 * 1024 * 1024


def checksums_of(
    stored: Iterable[StoredMember], files: Files, on_progress: OnProgress | None = None
) -> dict[str, int]:
    """The CRC-32, by their keys, of those that are not known; each is written into its row.

    ``files`` says which row a key belongs to. A file that cannot be read raises OSError.
    """
    progress = _Progress(on_progress or _nobody)
    found: dict[str, int] = {}
    fresh: dict[str, int] = {}
    for one in stored:
        if one.crc32 is not None or one.key in found:
            continue
        found[one.key] = fresh[one.key] = _checksum(one.key, progress)
        if progress.bytes_since_written >= WRITTEN_AFTER:
            _remember(files, fresh)
            fresh, progress.bytes_since_written = {}, 0
    _remember(files, fresh)
    return found


class _Progress:
    """Counts, and tells now and then."""

    def __init__(self, tell: OnProgress) -> None:
        self.files, self.bytes, self.bytes_since_written = 0, 0, 0
        self._tell, self._told = tell, 0

    def note(self, size: int, files: int = 0) -> None:
        self.files += files
        self.bytes += size
        self.bytes_since_written += size
        if files or self.bytes - self._told >= TOLD_AFTER:
            self._told = self.bytes
            self._tell(self.files, self.bytes)


def _nobody(files: int, size: int) -> None:
    """Nobody asked."""


def _checksum(key: str, progress: _Progress) -> int:
    file, checksum = open_stored()(key), 0
    try:
        while piece := file.read(CHUNK):
            checksum = zlib.crc32(piece, checksum)
            progress.note(len(piece))
    finally:
        file.close()
    progress.note(0, files=1)
    return checksum


def _remember(files: Files, found: Mapping[str, int]) -> None:
    """Write down what was measured, except where somebody else has done so meanwhile."""
    data: list[Any] = []
    scripts: list[Any] = []
    for key, checksum in found.items():
        file = files[key]
        if file.id is not None and isinstance(file, FileRecord):
            data.append(DataFile(pk=file.id, crc32=checksum))
        elif file.id is not None:
            scripts.append(WorkflowFile(pk=file.id, crc32=checksum))
    DataFile.objects.filter(crc32=None).bulk_update(data, ["crc32"], batch_size=200)
    WorkflowFile.objects.filter(crc32=None).bulk_update(scripts, ["crc32"], batch_size=200)
