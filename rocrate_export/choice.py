"""What goes into an archive: all files of a run, the small ones, or none."""

from dataclasses import dataclass
from enum import StrEnum

from data_management.records import FileRecord

LIMIT = 10 * 1024 * 1024  # bytes


class Include(StrEnum):
    """Which of the files that the registry holds are copied into an archive."""

    ALL = "all"
    SMALL = "small"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Choice:
    """What whoever takes a crate away wants of it.

    ``limit`` is the size in bytes of the largest file that counts as small. ``absolute`` names the main
    workflow by the address at which the registry hands it out, which needs the registry's public address. The
    workflow's own files and excerpts of what jobs said are in the archive under every choice: the one is what
    makes it a Workflow RO-Crate, the other stands in the record.
    """

    include: Include = Include.ALL
    limit: int = LIMIT
    absolute: bool = False

    def packs(self, file: FileRecord) -> bool:
        """Whether a file of a dataset is copied into the archive; one of unknown size counts as small."""
        return bool(file.storage_key) and (self.include is Include.ALL or self._wants(file))

    def reason(self, file: FileRecord) -> str:
        """Why a file that the registry holds is not copied; empty for one that it does not hold."""
        if not file.storage_key or self._wants(file):
            return ""
        is_small = self.include == Include.SMALL
        return f"it is larger than {self.limit} bytes" if is_small else "files were left out by choice"

    def _wants(self, file: FileRecord) -> bool:
        if self.include == Include.SMALL:
            return file.size is None or file.size <= self.limit
        return self.include == Include.ALL


EVERYTHING = Choice()
