"""Writing datasets down: many at once, with their files and their place in collections."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone

from common.bulk import insert_rows, update_rows
from common.identifiers import uuid7, uuid7_batch
from data_management.models import CollectionItem, DataFile, Dataset, DatasetCollection, FileTransfer
from data_management.records import DatasetRecord, FileRecord, FileStatus

FILE_FIELDS = (
    "id", "dataset_id", "position", "name", "path", "uri", "format", "mime_type", "size", "sha256", "md5sum",
    "crc32", "status", "storage_key", "error",
)  # fmt: skip

DATASETS_AT_ONCE = 5000  # in one statement; SQLite takes 32,766 values


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


def add_to_collections(*, members: Sequence[tuple[UUID, UUID]], first: int = 0) -> None:
    """Put datasets into collections: ``(collection id, dataset id)``, each pair new, from place ``first`` on."""
    rows = ((collection, dataset, place) for place, (collection, dataset) in enumerate(members, first))
    insert_rows(CollectionItem, ("collection_id", "dataset_id", "position"), rows)


def renew_files(*, dataset_id: UUID, files: Sequence[FileRecord], ownership: Ownership) -> None:
    """Bring the files of a dataset up to date with these records; see ``renew_files_of_many``."""
    renew_files_of_many(told={dataset_id: files}, ownership=ownership)


@transaction.atomic
def renew_files_of_many(*, told: Mapping[UUID, Sequence[FileRecord]], ownership: Ownership) -> None:
    """Bring the files of datasets, given by their ids, up to date with these records.

    A file is known by its path, else its name, within its dataset. One that is ONLINE in our own storage stays as
    it was measured, unless the record contradicts its checksum (without one: its size) or names a copy itself.
    Files that are no longer named stay. What did not change is not written, and the number of statements does
    not grow with the files.
    """
    present = _present_files(list(told))
    new, changed = [], []
    for dataset, position, file in _places(told):
        stored = next(present[dataset, file.path or file.name], None)
        row = _file_row(stored.id if stored else uuid7(), dataset, position, _with_our_copy(stored, file))
        if stored is None:
            new.append(row)
        elif row != stored:
            changed.append(row)
    insert_rows(DataFile, FILE_FIELDS, new, **ownership.authorship())
    update_rows(DataFile, FILE_FIELDS, changed, modified=timezone.now(), modified_by_id=ownership.user.pk)
    sum_up(list(dict.fromkeys(row[1] for row in (*new, *changed))))


def _places(told: Mapping[UUID, Sequence[FileRecord]]) -> Iterator[tuple[UUID, int, FileRecord]]:
    for dataset, files in told.items():
        for position, file in enumerate(files):
            yield dataset, position, file


def _present_files(datasets: list[UUID]) -> defaultdict[tuple[UUID, str], Iterator[Any]]:
    """The files of datasets as rows of ``FILE_FIELDS``, by dataset and path; several of one path in their order."""
    found: defaultdict[tuple[UUID, str], list[Any]] = defaultdict(list)
    for some in _portions(datasets):
        rows = DataFile.objects.filter(dataset__in=some).order_by("dataset_id", "position", "id")
        for row in rows.values_list(*FILE_FIELDS, named=True).iterator():
            found[row.dataset_id, row.path or row.name].append(row)
    return defaultdict(lambda: iter(()), {key: iter(rows) for key, rows in found.items()})


def _with_our_copy(stored: Any, file: FileRecord) -> FileRecord:
    """The record with what we measured of the file, where we hold it and the record is not against it."""
    if stored is None or file.storage_key or not _is_held(stored) or _contradicts(stored, file):
        return file
    return replace(
        file,
        size=stored.size,
        sha256=stored.sha256 or file.sha256,
        md5sum=stored.md5sum or file.md5sum,
        crc32=stored.crc32,
        status=FileStatus(stored.status),
        storage_key=stored.storage_key,
        error=stored.error,
    )


def _is_held(stored: Any) -> bool:
    return bool(stored.storage_key) and stored.status == FileStatus.ONLINE


def _contradicts(stored: Any, file: FileRecord) -> bool:
    """Whether the content is another one: as the checksums say that both know, else as the sizes say."""
    both = [(stored.sha256, file.sha256), (stored.md5sum, file.md5sum)]
    known = [(ours, theirs) for ours, theirs in both if ours and theirs]
    if known:
        return any(ours != theirs for ours, theirs in known)
    return None not in (stored.size, file.size) and stored.size != file.size


def status_of(statuses: Sequence[FileStatus]) -> FileStatus:
    """What a dataset's files say together."""
    for telling in (FileStatus.ERROR, FileStatus.NEW, FileStatus.OFFLINE):
        if telling in statuses:
            return telling
    return FileStatus.ONLINE if statuses else FileStatus.NEW


def sum_up(dataset_ids: Sequence[UUID]) -> None:
    """Bring status, number of files and size of these datasets up to date with their files."""
    for some in _portions(dataset_ids):
        counted = Dataset.objects.filter(pk__in=some).annotate(
            errors=Count("datafiles", filter=Q(datafiles__status=FileStatus.ERROR)),
            new=Count("datafiles", filter=Q(datafiles__status=FileStatus.NEW)),
            offline=Count("datafiles", filter=Q(datafiles__status=FileStatus.OFFLINE)),
            number=Count("datafiles"),
            total=Sum("datafiles__size"),
        )
        rows = [(one.pk, _status_from_counts(one).value, one.number, one.total) for one in counted]
        update_rows(Dataset, ("id", "status", "file_count", "size"), rows)


def _portions(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (ids[start : start + DATASETS_AT_ONCE] for start in range(0, len(ids), DATASETS_AT_ONCE))


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
            yield _file_row(key, dataset, position, file)


def _file_row(key: UUID, dataset: UUID, position: int, file: FileRecord) -> tuple[Any, ...]:
    return (
        key, dataset, position, file.name, file.path, file.uri, file.format, file.mime_type, file.size,
        file.sha256, file.md5sum, file.crc32, file.status.value, file.storage_key, file.error,
    )  # fmt: skip
