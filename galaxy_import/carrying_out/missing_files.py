"""The files of a run that Galaxy holds and the registry does not, and what Galaxy says that they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Count, Sum

from common.storage import Measured, key_for
from data_management.models import DataFile, Dataset
from data_management.records import FileStatus
from galaxy_import.models import GalaxyDataset
from galaxy_import.values import Condition
from run_import.recording.patterns import fits

PACKED = "It consists of several files, which Galaxy gives as a zip."
ZIP = "application/zip"
READABLE = (Condition.READY, Condition.EMPTY, Condition.DELETED)


@dataclass(frozen=True, slots=True)
class Missing:
    """A file whose content is wanted, and what Galaxy says of it."""

    id: UUID
    dataset_id: UUID
    name: str
    galaxy_id: str
    size: int | None
    sha256: str
    md5sum: str
    extension: str = ""
    is_packed: bool = False

    @property
    def packed(self) -> "Missing":
        """The same as an archive of all that it consists of, of which Galaxy tells neither size nor hashes."""
        return replace(self, name=f"{self.name[:250]}.zip", size=None, sha256="", md5sum="", is_packed=True)

    @property
    def may_be_packed(self) -> bool:
        """Whether it would be told from an archive: it is none itself."""
        return not self.extension.lower().endswith("zip")

    @property
    def key(self) -> str:
        """Where it is to lie: always the same place, so that fetching it twice leaves one."""
        return key_for("data", self.id, self.name)

    def difference(self, found: Measured) -> str:
        """What tells that something else came than Galaxy says; empty for nothing."""
        for what, promised, seen in (
            ("SHA-256", self.sha256, found.sha256),
            ("MD5", self.md5sum, found.md5sum),
            ("size", self.size, found.size),
        ):
            if promised not in ("", None) and promised != seen:
                return f"its {what} is {seen}, and Galaxy says {promised}: it was changed on the server, or on the way"
        return ""


def held_files(run_id: Any) -> tuple[int, int]:
    """How many of a run's files of Galaxy the registry holds already, and their bytes."""
    rows = GalaxyDataset.objects.filter(workflowrun=run_id, known_by=GalaxyDataset.KnownBy.GALAXY)
    held = DataFile.objects.filter(pk__in=rows.values("datafile"), status=FileStatus.ONLINE)
    found = held.aggregate(count=Count("pk"), size=Sum("size"))
    return found["count"], found["size"] or 0


def missing_files(run_id: Any, user: Any, patterns: Sequence[str] = ()) -> Iterator[Missing]:
    """The files of a run that Galaxy can give, the registry does not hold, and the user may change; each once.

    With ``patterns`` only those whose path in the registry fits one of them. What is only known by the same content is
    somebody's own file, and left alone.
    """
    rows = GalaxyDataset.objects.filter(
        workflowrun=run_id, condition__in=READABLE, known_by=GalaxyDataset.KnownBy.GALAXY,
        datafile__dataset__in=Dataset.objects.editable_by(user),
    ).exclude(datafile__status=FileStatus.ONLINE)  # fmt: skip
    seen: set[UUID] = set()
    for row in rows.select_related("datafile").order_by("position", "id").iterator(chunk_size=500):
        file = row.datafile
        if file is None or file.pk in seen or (patterns and not fits(file.path or file.name, patterns)):
            continue
        seen.add(file.pk)
        yield _missing(row, file)


def _missing(row: GalaxyDataset, file: DataFile) -> Missing:
    hashes = {name.upper().replace("-", ""): str(value).lower() for name, value in row.hashes.items()}
    return Missing(
        file.id, file.dataset_id, file.name, row.galaxy_id, row.size,
        sha256=hashes.get("SHA256", ""), md5sum=hashes.get("MD5", ""), extension=row.extension,
    )  # fmt: skip
