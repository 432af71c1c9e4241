"""Whether a run is still what it was: one short digest over all that somebody may see of it.

Rows are compared by what stands in them and not by a date of change, for some are written in bulk. Measured
checksums (CRC-32) are left out: that one becomes known does not change the run.
"""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Aggregate, CharField, Count, DecimalField, Func, Max, Q, QuerySet, Sum

from common.models import UserLike
from data_management.models import CollectionItem, DataFile, DatasetCollection
from workflows.models import (
    ComputeNode,
    JobFileLink,
    RunLog,
    StatusChange,
    WorkflowFile,
    WorkflowRun,
    WorkflowRunDataset,
    WorkflowRunJob,
    WorkflowRunParameter,
    WorkflowRunStep,
    WorkflowVersion,
)

ROWS_AT_ONCE = 2000
RUN = (
    "name", "description", "status", "status_basis", "message", "license", "people", "started_at", "completed_at",
    "run_command", "run_environment", "is_imported", "source", "source_url", "external_id", "created",
    "source_status", "source_deleted", "rerun_of_external_id", "declared", "tags", "metadata",
    "owner__first_name", "owner__last_name", "owner__username", "owner__orcid", "owned_by__name", "owned_by__url",
    "workflowversion", "workflowversion__name", "workflowversion__engine_version", "workflowversion__commit_hash",
    "workflowversion__source_url", "workflowversion__creators", "workflowversion__workflow__name",
    "workflowversion__workflow__workflow_manager", "workflowversion__workflow__description",
    "workflowversion__workflow__license", "workflowversion__workflow__repository_url",
    "workflowversion__source_digest", "workflowversion__parameter_template", "workflowversion__requirements",
    "workflowversion__container_registry_map", "workflowversion__repository", "workflowversion__tags",
    "workflowversion__metadata",
)  # fmt: skip
FILE = (
    "dataset_id", "position", "id", "name", "path", "uri", "format", "mime_type", "size", "sha256", "md5sum",
    "status", "storage_key", "error",
)  # fmt: skip
LINK = ("id", "data_type", "dataset_id", "dataset__name", "dataset__description", "dataset__dataset_type")
STEP = (
    "id", "key", "name", "position", "parent_id", "tool_id", "tool_name", "tool_version", "container_image", "status",
    "tool_url", "message",
)  # fmt: skip
JOB = (
    "id", "name", "step_id", "attempt", "status", "started_at", "completed_at", "command_line", "exit_code",
    "host", "stdout", "stderr", "container_image", "external_id", "resources", "parameters", "environment", "message",
    "after", "source_status", "requested", "scheduler", "node",
)  # fmt: skip
NODE = (
    "id", "key", "hostname", "kind", "started_at", "completed_at", "cpus", "memory_bytes", "gpus", "scheduler",
    "statistics",
)  # fmt: skip
HISTORY = ("id", "status", "at", "reason", "by__first_name", "by__last_name", "by__username")
LOG = ("id", "job_id", "name", "size", "full_size", "modified")
WORKFLOW_FILE = ("id", "path", "data_type", "size", "sha256", "storage_key")
_UNMEASURED = Sum("size", filter=Q(crc32=None) & ~Q(storage_key=""))


@dataclass(frozen=True, slots=True)
class RunState:
    """A run's state as somebody sees it.

    ``revision`` is a digest that changes whenever anything changes that the person may see. ``files`` and
    ``jobs`` count; ``unmeasured_bytes`` is the size of the stored files whose CRC-32 is not known, and of the logs,
    which are kept compressed and measured for each crate.
    """

    revision: str
    files: int
    jobs: int
    unmeasured_bytes: int
    name: str


def state_of(pk: UUID, user: UserLike) -> RunState | None:
    """The state of a run as ``user`` may see it, None where that is nothing; far cheaper than its record."""
    run = WorkflowRun.objects.visible_to(user).filter(pk=pk).values_list(*RUN).first()
    if run is None:
        return None
    links = WorkflowRunDataset.objects.visible_to(user).filter(workflowrun=pk).order_by()
    files = DataFile.objects.filter(dataset__in=links.values("dataset"))
    versions = WorkflowVersion.objects.visible_to(user).filter(runs=pk).order_by()
    scripts = WorkflowFile.objects.filter(workflowversion__in=versions)
    jobs = WorkflowRunJob.objects.filter(workflowrun=pk)
    digest = hashlib.blake2b(orjson.dumps(run, default=str), digest_size=16)
    collections = DatasetCollection.objects.visible_to(user)
    collected = CollectionItem.objects.filter(dataset__in=links.values("dataset"), collection__in=collections)
    for part in _parts(pk, links, files, scripts, jobs, collected):
        digest.update(part)
    counted = files.aggregate(count=Count("pk"), unmeasured=_UNMEASURED)
    unmeasured = scripts.aggregate(unmeasured=_UNMEASURED)["unmeasured"]
    logs = RunLog.objects.filter(workflowrun=pk).aggregate(size=Sum("size"))["size"]
    return RunState(
        revision=digest.hexdigest(),
        files=counted["count"],
        jobs=jobs.count(),
        unmeasured_bytes=(counted["unmeasured"] or 0) + (unmeasured or 0) + (logs or 0),
        name=run[0],
    )


def _parts(
    run: UUID, links: QuerySet, files: QuerySet, scripts: QuerySet, jobs: QuerySet, collected: QuerySet
) -> list[bytes]:
    """What stands in the rows of each table; of the files of jobs, which are never changed, which rows."""
    used = JobFileLink.objects.filter(job__workflowrun=run).aggregate(Count("id"), Max("id"), Sum("id"))
    return [
        _told(links, *LINK),
        _told(files, *FILE),
        _told(scripts, *WORKFLOW_FILE),
        _told(jobs, *JOB),
        _told(collected, "id", "dataset_id", "collection_id", "collection__name"),
        _told(WorkflowRunParameter.objects.filter(workflowrun=run), "id", "name", "value"),
        _told(WorkflowRunStep.objects.filter(workflowrun=run), *STEP),
        _told(StatusChange.objects.filter(workflowrun=run), *HISTORY),
        _told(ComputeNode.objects.filter(workflowrun=run), *NODE),
        _told(RunLog.objects.filter(workflowrun=run), *LOG),
        repr(used).encode(),
    ]


def _told(rows: QuerySet, *columns: str) -> bytes:
    """A digest of these columns of all rows.

    PostgreSQL makes it itself, whatever the order. SQLite has no such function and gives out each row as a
    text; should it ever give them in another order, the digest differs although nothing changed, which costs
    time and nothing else.
    """
    if connection.vendor == "postgresql":
        return repr(rows.order_by().aggregate(Count("pk"), told=_Hash(*columns))).encode()
    digest = hashlib.blake2b(digest_size=16)
    lines = rows.order_by().values_list(_Line(*columns), flat=True)
    for line in lines.iterator(chunk_size=ROWS_AT_ONCE):
        digest.update(line.encode())
    return digest.digest()


class _Line(Func):
    """A row's columns as one text of JSON."""

    function = "json_array"
    output_field: Any = CharField()


class _Hash(Aggregate):
    """A sum of 64-bit hashes of the rows' columns: equal for equal rows, whatever their order."""

    template = "SUM(hashtextextended(ROW(%(expressions)s)::text, 0))"
    allow_distinct = False
    output_field: Any = DecimalField(max_digits=40, decimal_places=0)
    arity = None
