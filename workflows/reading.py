"""The lean way to read runs: one statement's rows become the answer without objects in between.

Building model objects and serializing them is most of the time of a list. The fields here are those of
``WorkflowRunListSerializer`` and ``WorkflowRunSerializer``, from which the schema is made; a test holds the
two ways equal.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import QuerySet

from common.api.paging import COUNT_LIMIT, Cut, bounded_count
from common.statements import fetch_again

MOST_DATASETS = 1000
RUN_COLUMNS = (
    "id", "name", "description", "status", "workflowversion_id", "workflowversion__workflow_id",
    "workflowversion__workflow__name", "workflowversion__name", "workflowversion__workflow__workflow_manager",
    "started_at", "completed_at", "duration", "run_command", "is_imported", "source", "source_url", "external_id",
    "public", "owner_id", "owner__username", "owner__first_name", "owner__last_name", "owned_by_id",
    "owned_by__name", "created", "modified", "deleted",
)  # fmt: skip
DETAIL_COLUMNS = (
    *RUN_COLUMNS, "run_environment", "people", "tags", "metadata", "declared", "status_basis", "message", "license",
    "created_by_id", "modified_by_id", "source_status", "source_deleted", "rerun_of_id",
)  # fmt: skip
JSON_DETAILS = ("people", "tags", "metadata", "declared")
PLAIN_DETAILS = (
    "status_basis", "message", "license", "created_by", "modified_by", "source_status", "source_deleted", "rerun_of",
)  # fmt: skip
DATASET_COLUMNS = (
    "id", "data_type", "dataset_id", "dataset__name", "dataset__dataset_type", "dataset__status", "dataset__size",
    "dataset__file_count",
)  # fmt: skip
IDS = (
    "id", "workflowversion_id", "workflowversion__workflow_id", "owner_id", "owned_by_id", "created_by_id",
    "modified_by_id", "dataset_id", "rerun_of_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunSource:
    """The runs that somebody asks for, in pages; ``key`` says who asks and for what."""

    key: Hashable
    build: Callable[[], QuerySet]

    def window(self, name: str | None, cut: Cut, after: UUID | None) -> list[dict[str, Any]]:
        """Runs as they stand in a list. The statement is compiled once for each key and name."""
        key = None if name is None else (self.key, name)
        rows = fetch_again(key, lambda: cut(self.build()).values_list(*RUN_COLUMNS), value=after)
        return [_run(*values) for values in _dashed_ids(rows, RUN_COLUMNS)]

    def count(self) -> tuple[int, bool]:
        """How many there are, within the bound."""
        return bounded_count(repr(self.key), self._count)

    def _count(self) -> int:
        rows = fetch_again(
            (self.key, "count"),
            lambda: self.build().order_by().values_list("pk")[: COUNT_LIMIT + 1],
            wrapped="SELECT COUNT(*) FROM ({}) AS bounded",
        )
        return int(rows[0][0]) if rows else 0


def read_runs(rows: QuerySet) -> list[dict[str, Any]]:
    """The runs of a queryset as they stand in a list."""
    return RunSource("", lambda: rows).window(None, lambda same: same, None)


def read_run(
    pk: UUID,
    key: Hashable,
    runs: Callable[[], QuerySet],
    links: Callable[[], QuerySet],
    seen: Callable[[], QuerySet],
) -> dict[str, Any] | None:
    """A run as it stands at its own address, with the associations of ``links``; None if it is not in ``runs``.

    What it repeats is told if it is among the ``seen`` runs. ``key`` says who asks; the statements are
    compiled once for each.
    """
    found = fetch_again(("run", key), lambda: runs().filter(pk=pk).values_list(*DETAIL_COLUMNS), value=pk)
    if not found:
        return None
    values = _dashed_ids(found, DETAIL_COLUMNS)[0]
    run = _run(*values[: len(RUN_COLUMNS)])
    environment, *more = values[len(RUN_COLUMNS) :]
    run["run_environment"] = None if environment is None else orjson.Fragment(environment)
    written, rest = more[: len(JSON_DETAILS)], more[len(JSON_DETAILS) :]
    run.update(zip(JSON_DETAILS, map(orjson.Fragment, written), strict=True))
    run.update(zip(PLAIN_DETAILS, rest, strict=True))
    if run["rerun_of"] and not seen().filter(pk=run["rerun_of"]).exists():
        run["rerun_of"] = None
    run["datasets"] = _links(pk, key, links)
    return run


def _links(pk: UUID, key: Hashable, links: Callable[[], QuerySet]) -> list[dict[str, Any]]:
    """Associations as they stand in a run, in the order of recording."""

    def build() -> QuerySet:
        rows = links().filter(workflowrun=pk).order_by("id")
        return rows.values_list(*DATASET_COLUMNS)[:MOST_DATASETS]

    found = fetch_again(("links", key), build, value=pk)
    return [_link(*values) for values in _dashed_ids(found, DATASET_COLUMNS)]


def _run(
    key: Any, name: str, description: str, status: str, version_id: Any, workflow_id: Any, workflow: str,
    version: str, engine: str, started_at: Any, completed_at: Any, duration: float | None, command: str,
    is_imported: bool, source: str, source_url: str, external_id: str, public: bool, owner_id: Any,
    username: str, first_name: str, last_name: str, group_id: Any, group: str, created: Any, modified: Any,
    deleted: bool,
) -> dict[str, Any]:  # fmt: skip
    full_name = f"{first_name or ''} {last_name or ''}".strip() or username
    return {
        "id": key,
        "name": name,
        "description": description,
        "status": status,
        "workflowversion": version_id,
        "workflow": version_id
        and {"id": workflow_id, "name": workflow, "version": version, "engine": engine},
        "started_at": started_at,
        "completed_at": completed_at,
        "duration": duration,
        "run_command": command,
        "is_imported": is_imported,
        "source": source,
        "source_url": source_url,
        "external_id": external_id,
        "public": public,
        "owner": owner_id and {"id": owner_id, "username": username, "full_name": full_name},
        "owned_by": group_id,
        "group": group_id and {"id": group_id, "name": group},
        "created": created,
        "modified": modified,
        "deleted": deleted,
    }


def _link(
    key: Any, data_type: str, dataset_id: Any, name: str, kind: str, status: str, size: int | None, count: int
) -> dict[str, Any]:
    dataset = {
        "id": dataset_id, "name": name, "dataset_type": kind, "status": status, "size": size, "file_count": count,
    }  # fmt: skip
    return {"id": key, "data_type": data_type, "dataset": dataset}


def _dashed_ids(rows: list[Sequence[Any]], columns: Sequence[str]) -> list[Sequence[Any]]:
    """The rows with identifiers as people write them; SQLite gives 32 digits, PostgreSQL gives UUIDs."""
    if connection.vendor != "sqlite":
        return rows
    converters = [_CONVERTERS.get(name) for name in columns]
    return [
        [c(v) if c and v is not None else v for v, c in zip(row, converters, strict=True)] for row in rows
    ]


def _dashed(value: str) -> str:
    return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"


_CONVERTERS: dict[str, Callable[[Any], Any]] = dict.fromkeys(IDS, _dashed)
