"""Writing runs down. Whatever brings a run in, hands its record to ``record_run``."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from common.bulk import insert_objects, insert_rows
from common.identifiers import uuid7, uuid7_batch
from common.models import Annotation, Note
from common.trail import differences, tell
from data_management.models import CollectionItem, DataFile, DatasetCollection
from data_management.services import (
    MadeDatasets,
    Ownership,
    add_to_collections,
    create_collections,
    create_datasets,
    renew_files_of_many,
)
from workflows.events import tell_import, tell_status, tell_update
from workflows.models import RunText, StatusChange, WorkflowRun, WorkflowRunDataset
from workflows.models.people import column_of
from workflows.models.runs import column_of_declared, duration_between
from workflows.parts import add_parameters, add_steps_and_jobs, write_parts
from workflows.records import DatasetLink, DataType, RunRecord
from workflows.value_keys import value_key
from workflows.versions import find_or_make_version


@transaction.atomic
def record_run(
    *,
    record: RunRecord,
    owner: Any,
    owned_by: Any = None,
    public: bool = False,
    known: WorkflowRun | None = None,
    file_ids: Mapping[str, UUID] | None = None,
) -> tuple[WorkflowRun, bool]:
    """Write down a run, or bring the one already known up to date; returns it and whether it is new.

    A run is known by its origin (source and external id) within its group, unless the caller says which one it
    is. Recording the same record twice leaves the registry as it was after the first time. Nothing that was
    recorded before is lost: datasets that the record no longer names stay. ``file_ids`` gives the data file of
    each path that the jobs name, where those of the run's datasets are not their own paths.
    """
    ownership = Ownership(owner, owned_by or owner.default_group(), public)
    run = known or _known_run(record, ownership)
    version = find_or_make_version(record=record.workflow, ownership=ownership) if record.workflow else None
    version_id = version.pk if version else None
    if run is None:
        made = _record_new_run(record, version_id, ownership, file_ids)
        link_reruns(made)
        if made.is_imported:
            tell_import(made)
        return made, True
    before = run.modified
    run = change_run(run=run, fields={**_plain_fields(record), "workflowversion_id": version_id}, user=owner)
    paths = _link_datasets(run, record.datasets, ownership)
    write_parts(run=run, record=record, file_ids=paths if file_ids is None else file_ids)
    index_text(run)
    link_reruns(run)
    if run.modified != before:
        tell_update(run)
    return run, False


def _record_new_run(
    record: RunRecord, version_id: UUID | None, ownership: Ownership, file_ids: Mapping[str, UUID] | None
) -> WorkflowRun:
    """Write down a run of which nothing is here yet, so that nothing need be looked at first."""
    run = new_run(record=record, version_id=version_id, ownership=ownership)
    paths = _add_datasets(run, record.datasets, ownership)
    add_parameters(run_id=run.pk, record=record)
    add_steps_and_jobs(run_id=run.pk, record=record, file_ids=paths if file_ids is None else file_ids)
    index_new_text(run, record)
    return run


def new_run(*, record: RunRecord, version_id: UUID | None, ownership: Ownership) -> WorkflowRun:
    """Write the bare row of a new run of a known version, and the first entry of its history."""
    run = WorkflowRun(
        id=uuid7(), workflowversion_id=version_id, **_plain_fields(record), **ownership.columns()
    )
    run.duration = duration_between(run.started_at, run.completed_at)
    insert_objects([run])
    note_status(run, by=ownership.user)
    return run


def change_run(*, run: WorkflowRun, fields: Mapping[str, Any], user: Any, reason: str = "") -> WorkflowRun:
    """Write these columns into a run that stands already; its history tells what changed, if anything did.

    ``reason`` is why somebody gives it another status.
    """
    changes = differences({name: getattr(run, name) for name in fields}, fields)
    if not changes:
        return run
    for name, value in fields.items():
        setattr(run, name, value)
    run.modified, run.modified_by = timezone.now(), user
    run.save()
    tell(run, "updated", by=user, changes=changes)
    if "status" in changes:
        note_change_of_status(run, changes["status"][0], by=user, reason=reason)
    return run


def note_change_of_status(run: WorkflowRun, before: str, *, by: Any, reason: str = "") -> None:
    """Keep in the history and in the log of events that the run took its present status after the one ``before``."""
    note_status(run, by=by, reason=reason)
    tell_status(run, before, by=by, reason=reason)


def note_status(run: WorkflowRun, *, by: Any, reason: str = "") -> None:
    """Add the run's present status to its history; ``reason`` is why somebody changed it."""
    rows = [(uuid7(), run.pk, run.status, timezone.now(), by.pk if by else None, reason)]
    insert_rows(StatusChange, ("id", "workflowrun_id", "status", "at", "by_id", "reason"), rows)


def link_datasets(
    *, run_id: UUID, links: Sequence[tuple[UUID, DataType]], ownership: Ownership, known: bool = False
) -> int:
    """Associate datasets with a run; what is associated already stays as it is. Returns how many are new.

    ``known`` says that something may be associated already; a new run saves that look.
    """
    present = set()
    if known:
        rows = WorkflowRunDataset.objects.filter(workflowrun=run_id)
        present = set(rows.values_list("dataset_id", "data_type"))
    wanted = [pair for pair in dict.fromkeys(links) if (pair[0], str(pair[1])) not in present]
    ids = uuid7_batch(len(wanted))
    insert_rows(
        WorkflowRunDataset,
        ("id", "dataset_id", "data_type"),
        ((key, dataset, str(kind)) for key, (dataset, kind) in zip(ids, wanted, strict=True)),
        workflowrun_id=run_id,
        **ownership.columns(),
    )
    return len(wanted)


@transaction.atomic
def manage_datasets(
    *, run: WorkflowRun, dataset_ids: Sequence[UUID], data_type: DataType, user: Any
) -> list[WorkflowRunDataset]:
    """Add datasets to a run under one data type and return all associations of that type; idempotent."""
    ownership = Ownership(user, run.owned_by, run.public)
    pairs = [(dataset, data_type) for dataset in dataset_ids]
    if link_datasets(run_id=run.pk, links=pairs, ownership=ownership, known=True):
        change = {str(data_type): [None, [str(one) for one in dataset_ids]]}
        tell(run, "datasets", by=user, changes=change)
    rows = WorkflowRunDataset.objects.visible_to(user).filter(workflowrun=run, data_type=data_type)
    return list(rows.select_related("dataset").order_by("id"))


def index_text(run: WorkflowRun) -> None:
    """Bring the text by which the run is found up to date."""
    notes = Note.objects.filter(kind=run.record_kind(), object_id=run.pk).values_list("content", flat=True)
    said = Annotation.objects.filter(kind=run.record_kind(), object_id=run.pk).values_list("value", flat=True)
    values = run.parameters.order_by("id").values_list("name", "value_key")
    given = [f"{name}={value}" for name, value in values]
    text = searchable_text(run, [*given, *notes, *said])
    RunText.objects.update_or_create(workflowrun=run, defaults={"text": text})


def index_new_text(run: WorkflowRun, record: RunRecord) -> None:
    """The same for a run that was made this moment: nobody has written about it yet."""
    given = [f"{one.name}={value_key(one.value)}" for one in record.parameters]
    insert_rows(RunText, ("workflowrun_id", "text"), [(run.pk, searchable_text(run, given))])


def searchable_text(run: WorkflowRun, more: Sequence[str]) -> str:
    """One line for each thing that can be searched for."""
    return "\n".join(filter(None, [run.name, run.description, run.run_command, run.message, *more]))


def link_reruns(run: WorkflowRun) -> None:
    """Lead a run to the one that it repeats, and those that repeat it to it, as far as the group has them.

    Which of them came in first makes no difference.
    """
    if not run.external_id:
        return
    same_place = WorkflowRun.objects.filter(source=run.source, owned_by=run.owned_by_id, deleted=False)
    if run.rerun_of_external_id and run.rerun_of_id is None:
        run.rerun_of = same_place.exclude(pk=run.pk).filter(external_id=run.rerun_of_external_id).first()
        if run.rerun_of is not None:
            WorkflowRun.objects.filter(pk=run.pk).update(rerun_of=run.rerun_of)
    same_place.exclude(pk=run.pk).filter(rerun_of=None, rerun_of_external_id=run.external_id).update(
        rerun_of=run
    )


def _known_run(record: RunRecord, ownership: Ownership) -> WorkflowRun | None:
    origin = record.origin
    if not origin.external_id:
        return None
    same = WorkflowRun.objects.filter(source=origin.source, external_id=origin.external_id, deleted=False)
    return same.filter(owned_by=ownership.group).select_for_update().first()


def _plain_fields(record: RunRecord) -> dict[str, Any]:
    """The record's own values as they stand in the run's row."""
    return {
        "name": record.name,
        "description": record.description,
        "status": str(record.status),
        "status_basis": str(record.status_basis),
        "message": record.message,
        "license": record.license,
        "people": column_of(record.people),
        "started_at": record.started_at,
        "completed_at": record.completed_at,
        "run_command": record.run_command,
        "run_environment": record.run_environment,
        "is_imported": record.is_imported,
        "source": record.origin.source,
        "source_url": record.origin.source_url,
        "external_id": record.origin.external_id,
        "source_status": record.source_status,
        "source_deleted": record.source_deleted,
        "rerun_of_external_id": record.rerun_of,
        "declared": column_of_declared(record.declared),
        "tags": record.tags,
        "metadata": record.metadata,
    }


def _add_datasets(run: WorkflowRun, links: Sequence[DatasetLink], ownership: Ownership) -> dict[str, UUID]:
    """Make and associate the datasets of a new run; returns the id of each file by its path."""
    new = [link for link in links if link.dataset.id is None]
    made = create_datasets(records=[link.dataset for link in new], ownership=ownership)
    pairs = [(key, link.data_type) for key, link in zip(made.datasets, new, strict=True)]
    named = [(link.dataset.id, link.data_type) for link in links if link.dataset.id is not None]
    link_datasets(run_id=run.pk, links=[*pairs, *named], ownership=ownership)
    _collect_new(run, new, made, ownership)
    paths = _files_by_path(run) if named else {}
    for link, keys in zip(new, made.files, strict=True):
        paths.update(
            (file.path or file.name, key) for file, key in zip(link.dataset.files, keys, strict=True)
        )
    return paths


def _link_datasets(run: WorkflowRun, links: Sequence[DatasetLink], ownership: Ownership) -> dict[str, UUID]:
    """Make what is new, renew what changed, associate all; returns the id of each file by its path."""
    present = _present_datasets(run)
    new, told = [], {}
    for link in links:
        known = next(present[_likeness(link)], None) if link.dataset.id is None else link.dataset.id
        if known is None:
            new.append(link)
        elif link.dataset.id is None:
            told[known] = link.dataset.files
    renew_files_of_many(told=told, ownership=ownership)
    made = create_datasets(records=[link.dataset for link in new], ownership=ownership)
    pairs = [(key, link.data_type) for key, link in zip(made.datasets, new, strict=True)]
    named = [(link.dataset.id, link.data_type) for link in links if link.dataset.id is not None]
    link_datasets(run_id=run.pk, links=[*pairs, *named], ownership=ownership, known=True)
    _collect_new(run, new, made, ownership)
    return _files_by_path(run)


def _collect_new(
    run: WorkflowRun, links: Sequence[DatasetLink], made: MadeDatasets, ownership: Ownership
) -> None:
    collections = [link.dataset.collection for link in links]
    _collect(run, list(zip(made.datasets, collections, strict=True)), ownership)


def _present_datasets(run: WorkflowRun) -> defaultdict[tuple[str, str, str], Iterator[UUID]]:
    """The ids of the run's datasets, by their likeness; several that are alike in their order."""
    found: defaultdict[tuple[str, str, str], list[UUID]] = defaultdict(list)
    items = CollectionItem.objects.filter(dataset__run_links__workflowrun=run).order_by("-collection_id")
    first = dict(items.values_list("dataset_id", "collection__name"))  # the first one comes last, and stays
    rows = run.dataset_links.order_by("id").values_list("data_type", "dataset_id", "dataset__name")
    for data_type, dataset, name in rows.iterator():
        found[data_type, first.get(dataset, ""), name].append(dataset)
    return defaultdict(lambda: iter(()), {likeness: iter(ids) for likeness, ids in found.items()})


def _likeness(link: DatasetLink) -> tuple[str, str, str]:
    """What tells the datasets of one run apart when it is told again."""
    return str(link.data_type), link.dataset.collection, link.dataset.name


def _collect(run: WorkflowRun, wanted: Sequence[tuple[UUID, str]], ownership: Ownership) -> None:
    """Put new datasets into the run's collections, which are known by their names within the run."""
    names = list(dict.fromkeys(name for _, name in wanted if name))
    if not names:
        return
    in_run = DatasetCollection.objects.filter(datasets__run_links__workflowrun=run, name__in=names)
    ids = dict(in_run.values_list("name", "id"))
    missing = [name for name in names if name not in ids]
    made = create_collections(named=[(name, "") for name in missing], ownership=ownership)
    ids.update(zip(missing, made, strict=True))
    add_to_collections(members=[(ids[name], dataset) for dataset, name in wanted if name])


def _files_by_path(run: WorkflowRun) -> dict[str, UUID]:
    rows = DataFile.objects.filter(dataset__run_links__workflowrun=run).values_list("path", "name", "id")
    return {path or name: key for path, name, key in rows}
