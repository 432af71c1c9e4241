"""Registering: a body is read, checked, and written down in one transaction; the files follow in the background."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from common.bulk import insert_objects
from common.errors import Conflict, refuse
from common.trail import tell
from data_management.models import CollectionItem, DataFile, FileTransfer
from data_management.register.body import Body, Reading, RunEntry
from data_management.register.checks import Checker, Plan
from data_management.services import (
    MadeDatasets,
    Ownership,
    add_to_collections,
    create_collections,
    create_datasets,
)
from workflows.models import WorkflowRun
from workflows.parts import add_parameters, add_steps_and_jobs, write_parts
from workflows.records import (
    DataType,
    FileRole,
    JobFile,
    JobRecord,
    ParameterRecord,
    RunOrigin,
    RunRecord,
    RunStatus,
    StatusBasis,
    StepRecord,
)
from workflows.services import change_run, index_new_text, index_text, link_datasets, new_run


@dataclass(slots=True)
class Registration:
    """What a registration made, in the order of the request."""

    body: Body
    plan: Plan
    run: WorkflowRun | None = None
    collections: list[UUID] = field(default_factory=list)
    datasets: list[UUID] = field(default_factory=list)
    files: list[list[UUID]] = field(default_factory=list)
    transfer: FileTransfer | None = None
    dry_run: bool = False


def register(body: Any, user: Any, *, dry_run: bool = False) -> Registration:
    """Register what the body says, for this user: all of it or nothing.

    ``body`` is the decoded JSON of a request to ``datasetcollections/register/``, or the reading of one. With
    ``dry_run`` everything is checked and nothing is written. InvalidInput lists all violations by their JSON
    paths; UnknownReference if they are only records that the user cannot see; NotAllowed for a run that the
    user may not change; Conflict where a run of the same origin stands already.
    """
    reading = body if isinstance(body, Reading) else Reading.of(body)
    read = reading.body
    checker = Checker(read, user)
    plan = checker.plan()
    refuse([*reading.violations, *checker.violations])
    if dry_run:
        return Registration(read, plan, dry_run=True)
    try:
        with transaction.atomic():
            return _write(read, plan, Ownership(user, plan.group, read.public))
    except IntegrityError as problem:
        raise _conflict(problem) from problem


def _write(body: Body, plan: Plan, ownership: Ownership) -> Registration:
    done = Registration(body, plan)
    done.transfer = _transfer(body, plan, ownership)
    done.collections = _write_collections(body, ownership)
    made = create_datasets(
        records=[one for one in plan.datasets if one],
        ownership=ownership,
        transfer=done.transfer,
        is_managed=body.mode != "reference",
    )
    _name_ids(done, made)
    _fill_collections(done)
    if body.run is not None:
        done.run = _write_run(done, body.run, ownership)
    if done.transfer is not None:
        done.transfer.send_on_commit()
    return done


def _transfer(body: Body, plan: Plan, ownership: Ownership) -> FileTransfer | None:
    if not plan.file_count:
        return None
    transfer = FileTransfer(
        mode=body.mode,
        input_dir=plan.input_dir,
        roots=plan.roots,
        files_total=plan.file_count,
        bytes_total=plan.byte_count,
        **ownership.columns(),
    )
    insert_objects([transfer])
    return transfer


def _write_collections(body: Body, ownership: Ownership) -> list[UUID]:
    new = [one for one in body.collections if one.existing is None]
    made = iter(create_collections(named=[(one.name, one.description) for one in new], ownership=ownership))
    return [one.existing or next(made) for one in body.collections]


def _name_ids(done: Registration, made: MadeDatasets) -> None:
    """Put the ids of new and existing datasets into the order of the request."""
    datasets, files = iter(made.datasets), iter(made.files)
    for entry in done.body.datasets:
        done.datasets.append(entry.existing or next(datasets))
        done.files.append([] if entry.existing else next(files))


def _fill_collections(done: Registration) -> None:
    ids = dict(zip((one.label for one in done.body.collections), done.collections, strict=True))
    pairs = [
        (ids[entry.collection], key)
        for entry, key in zip(done.body.datasets, done.datasets, strict=True)
        if entry.collection
    ]
    present = _present_items([one.existing for one in done.body.collections if one.existing])
    add_to_collections(members=[pair for pair in dict.fromkeys(pairs) if pair not in present])


def _present_items(collections: Sequence[UUID]) -> set[tuple[UUID, UUID]]:
    """What lies in older collections already."""
    if not collections:
        return set()
    items = CollectionItem.objects.filter(collection__in=collections)
    return set(items.values_list("collection", "dataset"))


# --- the run ------------------------------------------------------------------------------------------------


def _write_run(done: Registration, entry: RunEntry, ownership: Ownership) -> WorkflowRun:
    record = _record(done, entry)
    if done.plan.run is None:
        run = new_run(record=record, version_id=entry.workflowversion, ownership=ownership)
    else:
        run = _change(done.plan.run, entry, ownership.user)
    _link(done, run, ownership)
    _write_run_parts(done, run, record)
    return run


def _link(done: Registration, run: WorkflowRun, ownership: Ownership) -> None:
    entries = zip(done.body.datasets, done.datasets, strict=True)
    pairs = [(key, entry.data_type) for entry, key in entries if entry.data_type]
    added = link_datasets(run_id=run.pk, links=pairs, ownership=ownership, known=done.plan.run is not None)
    if done.plan.run is not None and added:
        _note_datasets(run, pairs, ownership.user)


def _write_run_parts(done: Registration, run: WorkflowRun, record: RunRecord) -> None:
    """A new run's parts are written straight; an older run's are replaced where the request names them."""
    if done.plan.run is None:
        add_parameters(run_id=run.pk, record=record)
        add_steps_and_jobs(run_id=run.pk, record=record, file_ids=_files_by_path(done, run))
        index_new_text(run, record)
        return
    if record.parameters or record.steps or record.jobs:
        write_parts(run=run, record=_with_older_parts(run, record), file_ids=_files_by_path(done, run))
    index_text(run)


def _with_older_parts(run: WorkflowRun, record: RunRecord) -> RunRecord:

    older = WorkflowRun.objects.with_everything().get(pk=run.pk).to_record()
    steps_come = bool(record.steps or record.jobs)
    return replace(
        record,
        parameters=record.parameters or older.parameters,
        steps=record.steps if steps_come else older.steps,
        jobs=record.jobs if steps_come else older.jobs,
    )


def _change(run: WorkflowRun, entry: RunEntry, user: Any) -> WorkflowRun:
    """Write the fields that the request names into a run that stands already."""
    version = {"workflowversion_id": entry.workflowversion} if entry.workflowversion else {}
    return change_run(run=run, fields={**entry.fields, **version}, user=user)


def _note_datasets(run: WorkflowRun, pairs: Sequence[tuple[UUID, DataType | None]], user: Any) -> None:
    changes: dict[str, list[Any]] = {}
    for key, kind in pairs:
        changes.setdefault(str(kind), [None, []])[1].append(str(key))
    tell(run, "datasets", by=user, changes=changes)


def _record(done: Registration, entry: RunEntry) -> RunRecord:
    fields = entry.fields
    name = fields.get("name") or done.plan.input_dir.rpartition("/")[2] or "Workflow run"
    return RunRecord(
        name=name,
        status=RunStatus(fields.get("status", RunStatus.UNKNOWN)),
        status_basis=StatusBasis(fields.get("status_basis", StatusBasis.REPORTED)),
        message=fields.get("message", ""),
        description=fields.get("description", ""),
        started_at=fields.get("started_at"),
        completed_at=fields.get("completed_at"),
        run_command=fields.get("run_command", ""),
        run_environment=fields.get("run_environment"),
        origin=RunOrigin(
            fields.get("source", ""), fields.get("source_url", ""), fields.get("external_id", "")
        ),
        parameters=tuple(ParameterRecord(one["name"], one["value"]) for one in entry.parameters),
        steps=tuple(StepRecord(**{**one, "status": RunStatus(one["status"])}) for one in entry.steps),
        jobs=tuple(_job(one) for one in entry.jobs),
    )


def _job(one: dict[str, Any]) -> JobRecord:
    files = tuple(JobFile(link["path"], FileRole(link["role"])) for link in one["files"])
    return JobRecord(**{**one, "status": RunStatus(one["status"]), "files": files})


def _files_by_path(done: Registration, run: WorkflowRun) -> dict[str, UUID]:
    """The ids of the run's files by the paths that jobs may call them: relative to the directory, or absolute.

    What was there before this request may have another path; jobs name its content beside their own path.
    """
    found: dict[str, UUID] = {}
    if done.body.run is None or not done.body.run.jobs:
        return found
    contents = {link["path"]: link["sha256"] for job in done.body.run.jobs for link in job["files"]}
    if done.plan.run is not None or any(contents.values()):
        found = _files_of_run(run, contents)
    for record, keys in zip(done.plan.datasets, done.files, strict=True):
        for file, key in zip(record.files if record else (), keys, strict=True):
            found[file.path] = found[file.uri] = key
    return found


def _files_of_run(run: WorkflowRun, contents: Mapping[str, str]) -> dict[str, UUID]:
    """By their own paths, and by the paths for which a content is given."""
    files = DataFile.objects.filter(dataset__run_links__workflowrun=run).order_by("id")
    rows = list(files.values_list("path", "uri", "sha256", "id"))
    found = {name: key for path, uri, _, key in rows for name in (path, uri)}
    by_content = {sha256: key for _, _, sha256, key in reversed(rows)}  # what was there first is meant
    told = {path: by_content[one] for path, one in contents.items() if one and one in by_content}
    return found | told


def _conflict(problem: IntegrityError) -> Exception:
    text = str(problem)
    if "one_run_per_origin_and_group" in text or "external_id" in text:
        return Conflict("This group has a run with this source and external_id already.")
    return problem
