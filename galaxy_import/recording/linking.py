"""Which datasets of the registry are the inputs and outputs of a Galaxy run: known ones found, new ones made.

What once stood in a run is not brought back: who takes a dataset out of the run, or deletes it, means it. So every
row of ``GalaxyDataset`` remembers whether it had one (``known_by``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from common.bulk import PORTION, portions
from data_management.models import DataFile, Dataset
from data_management.records import DatasetRecord, FileRecord, FileStatus
from data_management.services import Ownership, create_datasets, renew_files_of_many
from galaxy_import.carrying_out.missing_files import ZIP
from galaxy_import.models import GalaxyDataset
from galaxy_import.recording.same_content import same_content
from galaxy_import.values import Condition, GalaxyData
from run_import.models import RunImport
from workflows.models import WorkflowRun, WorkflowRunDataset
from workflows.records import DatasetLink, DataType

GALAXY, CONTENT = GalaxyDataset.KnownBy.GALAXY, GalaxyDataset.KnownBy.CONTENT
Key = tuple[str, str, str, str]  # src, id, role, label: one of a run's inputs and outputs


@dataclass(slots=True)
class Place:
    """What the registry has of one input or output: a dataset, how it is known, its files by Galaxy's ids.

    ``is_linked`` says that it stands in the run; if not, somebody took it out, and destroyed it if it is None.
    """

    dataset: UUID | None
    known_by: str
    is_linked: bool = True
    files: dict[str, UUID] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a run's data; what has none, the registry does not hold."""

    by_key: Mapping[Key, Place]
    data: tuple[GalaxyData, ...]

    def of(self, one: GalaxyData) -> Place | None:
        """The place of an input or output."""
        return self.by_key.get(key_of(one))

    def links(self) -> tuple[DatasetLink, ...]:
        """The datasets of the run, by their ids."""
        found = ((one, self.of(one)) for one in self.data)
        return tuple(
            DatasetLink(DatasetRecord(name="", id=place.dataset), one.role)
            for one, place in found
            if place is not None and place.is_linked
        )

    def file_ids(self) -> dict[str, UUID]:
        """The data file of each path that Galaxy's jobs name: that of the first place, where it has several."""
        found = ((one, self.of(one)) for one in self.data)
        return {
            file.path: place.files[file.id]
            for one, place in reversed(list(found))
            if place is not None and place.is_linked
            for file in one.files
            if file.id in place.files
        }


def key_of(one: GalaxyData) -> Key:
    """What tells the inputs and outputs of a run apart."""
    return one.src, one.id, str(one.role), one.label


def find_places(
    *, wanted: RunImport, data: Sequence[GalaxyData], run: WorkflowRun | None, ownership: Ownership
) -> Places:
    """The datasets of the registry for a run's data; those that are asked for and not there are made.

    ``run`` is the run as it stands, None for a new one. Within a transaction.
    """
    data = tuple({key_of(one): one for one in data}.values())
    places = _of_this_run(run, data) if run is not None else {}
    places |= _of_other_runs(_missing(data, places), wanted.server_id, ownership)
    content = [one for one in _missing(data, places) if _may_be_elsewhere(one, wanted)]
    places |= {
        key_of(one): Place(dataset, CONTENT, files={one.files[0].id: file})
        for one, (dataset, file) in same_content(content, ownership)
    }
    _know_files(places, data)
    _renew(places, data, ownership)
    if _makes_datasets(wanted):
        is_managed = wanted.download or bool(wanted.paths)
        places |= _made(_missing(data, places), ownership, is_managed=is_managed)
    return Places(places, data)


def _missing(data: Sequence[GalaxyData], places: Mapping[Key, Place]) -> list[GalaxyData]:
    """What is to be found or made. In the place of a skipped output there is nothing to be had, now or later."""
    return [one for one in data if key_of(one) not in places and one.condition != Condition.SKIPPED]


def _makes_datasets(wanted: RunImport) -> bool:
    """Whether datasets are wanted, or contents, which belong to datasets."""
    return wanted.create_datasets or bool(wanted.paths)


def _may_be_elsewhere(one: GalaxyData, wanted: RunImport) -> bool:
    """A new dataset of an output says what this run made, even if another one made the same."""
    return not _makes_datasets(wanted) or one.role == DataType.INPUT


def _of_this_run(run: WorkflowRun, data: Sequence[GalaxyData]) -> dict[Key, Place]:
    """What stood in the run before; what was taken out of it since, or destroyed, has a place without a link."""
    rows = GalaxyDataset.objects.filter(workflowrun=run, collection=None).exclude(known_by="")
    links = set(WorkflowRunDataset.objects.filter(workflowrun=run).values_list("dataset_id", "data_type"))
    columns = ("src", "galaxy_id", "data_type", "label", "dataset_id", "known_by")
    return {
        (src, key, role, label): Place(dataset, known_by, (dataset, role) in links)
        for src, key, role, label, dataset, known_by in rows.values_list(*columns)
    }


def _of_other_runs(data: Sequence[GalaxyData], server: UUID, ownership: Ownership) -> dict[Key, Place]:
    """The same datasets of Galaxy, as the group has them of other runs."""
    seen = Dataset.objects.visible_to(ownership.user).filter(owned_by=ownership.group)
    rows = GalaxyDataset.objects.filter(
        server=server,
        collection=None,
        known_by=GALAXY,
        workflowrun__owned_by=ownership.group,
        dataset__in=seen,
    ).order_by("-id")
    found: dict[tuple[str, str], UUID] = {}
    for portion in portions([one.id for one in data]):
        known = rows.filter(galaxy_id__in=portion).values_list("src", "galaxy_id", "dataset_id")
        found |= {(src, key): dataset for src, key, dataset in known if dataset is not None}
    return {key_of(one): Place(found[one.src, one.id], GALAXY) for one in data if (one.src, one.id) in found}


def _know_files(places: Mapping[Key, Place], data: Sequence[GalaxyData]) -> None:
    """Give each known place its files by Galaxy's ids."""
    files: dict[UUID, dict[str, UUID]] = {}
    known = [(place, place.dataset) for place in places.values() if place.dataset and not place.files]
    for portion in portions({dataset for _, dataset in known}):
        rows = GalaxyDataset.objects.filter(dataset__in=portion, datafile__dataset__in=portion)
        for dataset, key, file in rows.values_list("dataset_id", "galaxy_id", "datafile_id"):
            if dataset is not None and file is not None:
                files.setdefault(dataset, {})[key] = file
    for place, dataset in known:
        place.files = files.setdefault(dataset, {})  # one for all places of a dataset


def _renew(places: Mapping[Key, Place], data: Sequence[GalaxyData], ownership: Ownership) -> None:
    """Write what Galaxy says now of the files of datasets that were made of its own, where the user may."""
    found: dict[UUID, tuple[Place, GalaxyData]] = {}
    for one in data:
        place = places.get(key_of(one))
        if place and place.dataset and place.is_linked and place.known_by == GALAXY:
            found.setdefault(place.dataset, (place, one))
    editable: set[UUID] = set()
    for portion in portions(found):
        editable.update(
            Dataset.objects.editable_by(ownership.user).filter(pk__in=portion).values_list("pk", flat=True)
        )
    _renew_files({key: found[key] for key in found if key in editable}, ownership)


def _renew_files(found: Mapping[UUID, tuple[Place, GalaxyData]], ownership: Ownership) -> None:
    """Renew the files under the paths and names that they have here, and know those that are new."""
    here = {record.id: record for record in _files_of(found)}
    told: dict[UUID, dict[str, FileRecord]] = {}
    for dataset, (place, one) in found.items():
        records = {file.path or file.name: file for file in one.dataset.files}
        told[dataset] = {
            file.id: _as_here(records[file.path], here.get(place.files.get(file.id)))
            for file in one.files
            if file.path in records
        }
    renew_files_of_many(
        told={dataset: list(files.values()) for dataset, files in told.items()}, ownership=ownership
    )
    unknown = [key for key, (place, _) in found.items() if not told[key].keys() <= place.files.keys()]
    by_path = {(dataset, path or name): key for dataset, path, name, key in _paths_of(unknown)}
    for dataset in unknown:
        place = found[dataset][0]
        for galaxy_id, file in told[dataset].items():
            place.files[galaxy_id] = by_path[dataset, file.path or file.name]


def _files_of(datasets: Iterable[UUID]) -> Iterator[FileRecord]:
    for portion in portions(datasets):
        for file in DataFile.objects.filter(dataset__in=portion).iterator(chunk_size=PORTION):
            yield file.to_record()


def _paths_of(datasets: Iterable[UUID]) -> Iterator[tuple[UUID, str, str, UUID]]:
    for portion in portions(datasets):
        yield from DataFile.objects.filter(dataset__in=portion).values_list(
            "dataset_id", "path", "name", "pk"
        )


def _as_here(told: FileRecord, here: FileRecord | None) -> FileRecord:
    """What Galaxy says of a file, under the path and the name that it has here; an archive of it stays one."""
    if here is None:
        return told
    told = replace(told, path=here.path, name=here.name)
    is_packed = here.status == FileStatus.ONLINE and here.mime_type == ZIP != told.mime_type
    measured = {name: getattr(here, name) for name in ("mime_type", "size", "sha256", "md5sum")}
    return replace(told, **measured) if is_packed else told


def _made(data: Sequence[GalaxyData], ownership: Ownership, *, is_managed: bool) -> dict[Key, Place]:
    """New datasets, one for each of Galaxy's, whatever number of parts it has in the run."""
    unlike = list({(one.src, one.id): one for one in reversed(data)}.values())[::-1]
    records = [replace(one.dataset, name=one.dataset.name[:255]) for one in unlike]
    made = create_datasets(records=records, ownership=ownership, is_managed=is_managed)
    places = {}
    for one, record, dataset, keys in zip(unlike, records, made.datasets, made.files, strict=True):
        by_path = {file.path or file.name: key for file, key in zip(record.files, keys, strict=True)}
        files = {file.id: by_path[file.path] for file in one.files if file.path in by_path}
        places[one.src, one.id] = Place(dataset, GALAXY, files=files)
    return {key_of(one): places[one.src, one.id] for one in data}
