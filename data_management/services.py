"""Writing datasets down: many at once, with their files and their place in collections."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.utils import timezone

from common.bulk import insert_rows
from common.identifiers import uuid7_batch
from data_management.models import CollectionItem, DataFile, Dataset, DatasetCollection, FileTransfer
from data_management.records import DatasetRecord, FileStatus

FILE_FIELDS = (
    "id", "dataset_id", "position", "name", "path", "uri", "format", "mime_type", "size", "sha256", "md5sum",
    "crc32", "status", "storage_key", "error",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who writes, and to whom it belongs: stands in every row that is made."""

    user: Any
    group: Any
    public: bool = False

    def columns(self) -> dict[str, Any]:
        """The columns of an ownable row."""
        return {
            **self.authorship(),
            "owner_id": self.user.pk,
            "owned_by_id": self._group_id,
            "public": self.public,
        }

    def authorship(self) -> dict[str, Any]:
        """The columns that say who made and changed a row, and when."""
        now = timezone.now()
        return {
            "created": now,
            "modified": now,
            "created_by_id": self.user.pk,
            "modified_by_id": self.user.pk,
        }

    @property
    def _group_id(self) -> UUID | None:
        return self.group.pk if self.group else None


@dataclass(slots=True)
class MadeDatasets:
    """The ids of what ``create_datasets`` made, in the order of its records: datasets, and files per dataset."""

    datasets: list[UUID] = field(default_factory=list)
    files: list[list[UUID]] = field(default_factory=list)


def create_collections(*, named: Sequence[tuple[str, str]], ownership: Ownership) -> list[UUID]:
    """Make a collection for each ``(name, description)``; returns their ids in order."""
    ids = uuid7_batch(len(named))
    rows = ((key, name, description) for key, (name, description) in zip(ids, named, strict=True))
    insert_rows(DatasetCollection, ("id", "name", "description"), rows, **ownership.columns())
    return ids


def create_datasets(
    *,
    records: Sequence[DatasetRecord],
    ownership: Ownership,
    transfer: FileTransfer | None = None,
    is_managed: bool = True,
) -> MadeDatasets:
    """Write new datasets with their files, in bulk. Collections are not touched (see ``add_to_collections``).

    With a ``transfer`` the files wait for it; without one they stand as their records say.
    """
    made = MadeDatasets(uuid7_batch(len(records)))
    numbers = iter(uuid7_batch(sum(len(record.files) for record in records)))
    made.files = [[next(numbers) for _ in record.files] for record in records]
    insert_rows(
        Dataset,
        ("id", "name", "description", "dataset_type", "status", "file_count", "size"),
        _dataset_rows(records, made),
        is_managed=is_managed,
        **ownership.columns(),
    )
    insert_rows(
        DataFile,
        FILE_FIELDS,
        _file_rows(records, made),
        is_managed=is_managed,
        transfer_id=transfer.pk if transfer else None,
        **ownership.authorship(),
    )
    return made


def add_to_collections(*, members: Sequence[tuple[UUID, UUID]]) -> None:
    """Put datasets into collections: ``(collection id, dataset id)``, each pair new."""
    rows = ((collection, dataset, place) for place, (collection, dataset) in enumerate(members))
    insert_rows(CollectionItem, ("collection_id", "dataset_id", "position"), rows)


def status_of(statuses: Sequence[FileStatus]) -> FileStatus:
    """What a dataset's files say together."""
    for telling in (FileStatus.ERROR, FileStatus.NEW, FileStatus.OFFLINE):
        if telling in statuses:
            return telling
    return FileStatus.ONLINE if statuses else FileStatus.NEW


def sum_up(dataset_ids: Sequence[UUID]) -> None:
    """Bring status, number of files and size of these datasets up to date with their files."""
    counted = Dataset.objects.filter(pk__in=dataset_ids).annotate(
        errors=Count("datafiles", filter=Q(datafiles__status=FileStatus.ERROR)),
        new=Count("datafiles", filter=Q(datafiles__status=FileStatus.NEW)),
        offline=Count("datafiles", filter=Q(datafiles__status=FileStatus.OFFLINE)),
        number=Count("datafiles"),
        total=Sum("datafiles__size"),
    )
    changed = []
    for dataset in counted:
        dataset.status = _status_from_counts(dataset)
        dataset.file_count, dataset.size = dataset.number, dataset.total
        changed.append(dataset)
    Dataset.objects.bulk_update(changed, ["status", "file_count", "size"], batch_size=500)


def _status_from_counts(dataset: Any) -> FileStatus:
    present = {
        FileStatus.ERROR: dataset.errors,
        FileStatus.NEW: dataset.new,
        FileStatus.OFFLINE: dataset.offline,
        FileStatus.ONLINE: dataset.number - dataset.errors - dataset.new - dataset.offline,
    }
    return status_of([status for status, count in present.items() if count])


def _dataset_rows(records: Sequence[DatasetRecord], made: MadeDatasets) -> Iterator[tuple[Any, ...]]:
    for key, record in zip(made.datasets, records, strict=True):
        sizes = [file.size for file in record.files if file.size is not None]
        status = status_of([file.status for file in record.files])
        size = sum(sizes) if sizes else None
        yield key, record.name, record.description, record.dataset_type, status.value, len(record.files), size


def _file_rows(records: Sequence[DatasetRecord], made: MadeDatasets) -> Iterator[tuple[Any, ...]]:
    for dataset, keys, record in zip(made.datasets, made.files, records, strict=True):
        for position, (key, file) in enumerate(zip(keys, record.files, strict=True)):
            yield (
                key, dataset, position, file.name, file.path, file.uri, file.format, file.mime_type, file.size,
                file.sha256, file.md5sum, file.crc32, file.status.value, file.storage_key, file.error,
            )  # fmt: skip
