"""A run read whole, as somebody may see it: rows become the record at once, without objects in between.

``to_record`` of a model says the same; a test holds the two equal. This way is for runs with many thousands of
files, of which nothing but the record may stay in memory. What tells whether a run has changed since is in
``workflows.revisions``.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from common.models import UserLike
from data_management.models import CollectionItem, DataFile, Dataset, DatasetCollection
from data_management.records import DatasetRecord, FileRecord, FileStatus
from rocrate_packages.collector import collector_paused
from workflows.models import (
    ComputeNode,
    JobFileLink,
    StatusChange,
    WorkflowFile,
    WorkflowRun,
    WorkflowRunDataset,
    WorkflowRunJob,
    WorkflowRunParameter,
    WorkflowRunStep,
    WorkflowVersion,
)
from workflows.models.people import people_of
from workflows.models.runs import declared_of
from workflows.records import (
    ComputeNodeRecord,
    DatasetLink,
    DataType,
    Engine,
    FileRole,
    FileType,
    JobFile,
    JobRecord,
    ParameterRecord,
    PersonRecord,
    RunOrigin,
    RunRecord,
    RunStatus,
    StatusBasis,
    StatusRecord,
    StepRecord,
    WorkflowFileRecord,
    WorkflowRecord,
)
from workflows.revisions import RunState, state_of

__all__ = ["RunState", "read_record", "state_of"]

ROWS_AT_ONCE = 2000
RUN = (
    "id", "created", "name", "description", "status", "status_basis", "message", "license", "people", "started_at",
    "completed_at", "run_command", "run_environment", "is_imported", "source", "source_url", "external_id",
    "source_status", "source_deleted", "rerun_of_external_id", "declared", "tags", "metadata",
    "workflowversion", "owner", "owner__first_name", "owner__last_name", "owner__username", "owner__orcid",
    "owned_by__name", "owned_by__url",
)  # fmt: skip
VERSION = (
    "id", "workflow__name", "name", "workflow__workflow_manager", "engine_version", "workflow__description",
    "workflow__license", "workflow__repository_url", "commit_hash", "source_url", "creators", "source_digest",
    "parameter_template", "requirements", "container_registry_map", "repository", "tags", "metadata",
)  # fmt: skip
STEP = (
    "key", "name", "position", "parent__key", "tool_id", "tool_name", "tool_version", "container_image", "status",
    "tool_url", "message",
)  # fmt: skip
JOB = (
    "id", "name", "step__key", "attempt", "status", "started_at", "completed_at", "command_line", "exit_code",
    "host", "stdout", "stderr", "container_image", "external_id", "resources", "parameters", "environment", "message",
    "after", "source_status", "requested", "scheduler", "node",
)  # fmt: skip
NODE = (
    "key", "hostname", "kind", "started_at", "completed_at", "cpus", "memory_bytes", "gpus", "scheduler", "statistics",
)  # fmt: skip
FILE = (
    "dataset_id", "position", "id", "name", "path", "uri", "format", "mime_type", "size", "sha256", "md5sum",
    "crc32", "error", "status", "storage_key",
)  # fmt: skip
_FILE_STATUSES = {status.value: status for status in FileStatus}
_ROLES = {role.value: role for role in FileRole}


@collector_paused()
def read_record(pk: UUID, user: UserLike) -> RunRecord | None:
    """A run's record with what ``user`` may see of it; None where that is nothing.

    Of the datasets only those that the user may see are named, and the workflow's files only where the user
    may see the version. The number of queries does not grow with the run.
    """
    row = WorkflowRun.objects.visible_to(user).filter(pk=pk).values_list(*RUN, named=True).first()
    if row is None:
        return None
    texts: dict[str, str] = {}
    return RunRecord(
        id=row.id,
        created=row.created,
        name=row.name,
        description=row.description,
        workflow=_workflow(row.workflowversion, user) if row.workflowversion else None,
        status=RunStatus(row.status),
        status_basis=StatusBasis(row.status_basis),
        message=row.message,
        license=row.license,
        people=people_of(row.people),
        started_at=row.started_at,
        completed_at=row.completed_at,
        run_command=row.run_command,
        run_environment=row.run_environment,
        is_imported=row.is_imported,
        origin=RunOrigin(row.source, row.source_url, row.external_id),
        datasets=_datasets(pk, user, texts),
        parameters=_parameters(pk),
        steps=_steps(pk),
        jobs=_jobs(pk, user, texts),
        agent=_agent(row),
        group=row.owned_by__name or "",
        group_url=row.owned_by__url or "",
        history=_history(pk),
        source_status=row.source_status,
        source_deleted=row.source_deleted,
        rerun_of=row.rerun_of_external_id,
        nodes=_nodes(pk),
        declared=declared_of(row.declared),
        tags=row.tags,
        metadata=row.metadata,
    )


def _agent(row: Any) -> PersonRecord | None:
    if row.owner is None:
        return None
    return PersonRecord(
        _full_name(row.owner__first_name, row.owner__last_name, row.owner__username), row.owner__orcid
    )


def _full_name(first: str, last: str, username: str) -> str:
    return f"{first} {last}".strip() or username


def _workflow(version: UUID, user: UserLike) -> WorkflowRecord:
    (
        key,
        name,
        version_name,
        engine,
        engine_version,
        description,
        license,
        repository,
        commit,
        source,
        creators,
        *more,
    ) = WorkflowVersion.objects.values_list(*VERSION).get(pk=version)
    return WorkflowRecord(
        id=key,
        name=name,
        version=version_name,
        engine=Engine(engine),
        engine_version=engine_version,
        description=description,
        license=license,
        repository_url=repository,
        commit_hash=commit,
        source_url=source,
        creators=people_of(creators),
        files=_workflow_files(version, user),
        **dict(zip(VERSION[-len(more) :], more, strict=True)),
    )


def _workflow_files(version: UUID, user: UserLike) -> tuple[WorkflowFileRecord, ...]:
    """The files of a version that the user may see, by their paths; the version's own trash counts, too."""
    visible = WorkflowVersion.objects.visible_to(user).filter(pk=version)
    rows: Any = WorkflowFile.objects.filter(workflowversion__in=visible).values_list(
        "path", "data_type", "size", "sha256", "storage_key", "crc32", "id"
    )
    return tuple(WorkflowFileRecord(path, FileType(kind), *rest) for path, kind, *rest in sorted(rows))


def _parameters(run: UUID) -> tuple[ParameterRecord, ...]:
    rows = WorkflowRunParameter.objects.filter(workflowrun=run).order_by("id")
    return tuple(ParameterRecord(*row) for row in rows.values_list("name", "value"))


def _steps(run: UUID) -> tuple[StepRecord, ...]:
    rows = WorkflowRunStep.objects.filter(workflowrun=run).order_by("id").values_list(*STEP)
    return tuple(
        StepRecord(key, name, position, parent or "", *(*tool, RunStatus(status), url, message))
        for key, name, position, parent, *tool, status, url, message in _in_portions(rows)
    )


def _history(run: UUID) -> tuple[StatusRecord, ...]:
    rows = StatusChange.objects.filter(workflowrun=run).order_by("id")
    names = ("by", "by__first_name", "by__last_name", "by__username")
    return tuple(
        StatusRecord(RunStatus(status), at, _full_name(*person) if by else "", reason)
        for status, at, reason, by, *person in rows.values_list("status", "at", "reason", *names)
    )


def _nodes(run: UUID) -> tuple[ComputeNodeRecord, ...]:
    rows = ComputeNode.objects.filter(workflowrun=run).order_by("id")
    return tuple(ComputeNodeRecord(*row) for row in rows.values_list(*NODE))


# --- Jobs ------------------------------------------------------------------------------------------------------


def _jobs(run: UUID, user: UserLike, texts: dict[str, str]) -> tuple[JobRecord, ...]:
    rows = WorkflowRunJob.objects.filter(workflowrun=run).order_by("id").values_list(*JOB)
    files = _job_files(run, user, texts)
    return tuple(
        JobRecord(name, step or "", attempt, RunStatus(status), *(*told, _sorted(files.pop(key, [])), *why))
        for key, name, step, attempt, status, *told, why in map(_with_reasons, _in_portions(rows))
    )


def _with_reasons(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row with its last columns, from the message and what the job came after on, as one value."""
    *told, message, after, source_status, requested, scheduler, node = row
    return (*told, (message, tuple(after), source_status, requested, scheduler, node))


def _job_files(run: UUID, user: UserLike, texts: dict[str, str]) -> dict[UUID, list[JobFile]]:
    """The files of each job that the user may see. A path is the same text that the file's record has."""
    found: dict[UUID, list[JobFile]] = defaultdict(list)
    visible = Dataset.objects.visible_to(user)
    rows = JobFileLink.objects.filter(job__workflowrun=run, datafile__dataset__in=visible).order_by()
    for job, role, path, name in _in_portions(
        rows.values_list("job_id", "role", "datafile__path", "datafile__name")
    ):
        seen = path or name
        found[job].append(JobFile(texts.setdefault(seen, seen), _ROLES[role]))
    return found


def _sorted(files: list[JobFile]) -> tuple[JobFile, ...]:
    return tuple(sorted(files, key=lambda one: (one.role, one.path)))


# --- Datasets --------------------------------------------------------------------------------------------------


class _Link(NamedTuple):
    data_type: str
    dataset: UUID
    name: str
    description: str
    kind: str


def _datasets(run: UUID, user: UserLike, texts: dict[str, str]) -> tuple[DatasetLink, ...]:
    visible = WorkflowRunDataset.objects.visible_to(user).filter(workflowrun=run)
    columns = ("data_type", "dataset", "dataset__name", "dataset__description", "dataset__dataset_type")
    links = [_Link(*row) for row in visible.order_by("id").values_list(*columns)]
    ids = visible.order_by().values("dataset")
    collections, files = _collections(ids, user), _files(ids, texts)
    records = {
        one.dataset: DatasetRecord(
            one.name, one.description, one.kind, collections.get(one.dataset, ""),
            _by_position(files.pop(one.dataset, [])), one.dataset,
        )
        for one in {link.dataset: link for link in links}.values()
    }  # fmt: skip
    return tuple(DatasetLink(records[one.dataset], DataType(one.data_type)) for one in links)


def _collections(datasets: QuerySet, user: UserLike) -> dict[UUID, str]:
    """The name of the first collection of each dataset that the user may see."""
    visible = DatasetCollection.objects.visible_to(user)
    rows = CollectionItem.objects.filter(dataset__in=datasets, collection__in=visible).order_by(
        "-collection_id"
    )
    return dict(rows.values_list("dataset_id", "collection__name"))  # the first comes last, and stays


def _files(datasets: QuerySet, texts: dict[str, str]) -> dict[UUID, list[tuple[int, FileRecord]]]:
    """The files of each dataset with their positions. Texts that many files share are kept once."""
    found: dict[UUID, list[tuple[int, FileRecord]]] = defaultdict(list)
    rows = DataFile.objects.filter(dataset__in=datasets).order_by().values_list(*FILE)
    for dataset, position, key, name, path, uri, kind, mime, *rest, error, status, home in _in_portions(rows):
        path = texts.setdefault(path, path)
        name = path if name == path else name
        kind, mime = texts.setdefault(kind, kind), texts.setdefault(mime, mime)
        file = FileRecord(name, path, uri, kind, mime, *(*rest, _FILE_STATUSES[status], home, key, error))
        found[dataset].append((position, file))
    return found


def _by_position(files: list[tuple[int, FileRecord]]) -> tuple[FileRecord, ...]:
    return tuple(file for _, file in sorted(files, key=lambda one: (one[0], one[1].id)))


def _in_portions(rows: QuerySet) -> Iterator[Any]:
    """The rows, few of them in memory at a time."""
    yield from rows.iterator(chunk_size=ROWS_AT_ONCE)
