"""The floor of reading: hand-written SQL for the list and for one run, and rows as they stand on the wire."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
from django.core.cache import cache
from django.db import connection

from accounts.models import digest_of
from common.api.paging import COUNT_LIMIT, MANY_SECONDS, Cursor

AUTHENTICATE = """
SELECT u.id, u.is_superuser, m.group_id FROM accounts_apitoken t JOIN accounts_user u ON u.id = t.user_id
LEFT JOIN accounts_membership m ON m.user_id = u.id
WHERE t.digest = %s AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > CURRENT_TIMESTAMP)
AND u.is_active
"""

SHARED = """
SELECT object_id FROM common_share
WHERE kind = '{kind}' AND (user_id = %(user)s OR group_id IN ({groups}))
"""
# PostgreSQL takes a subquery within an OR for half of the table; of an array it knows that it is short.
IS_SHARED = "= ANY(ARRAY({shared}))" if connection.vendor == "postgresql" else "IN ({shared})"
VISIBLE = (
    "({row}.owner_id = %(user)s OR {row}.public OR {row}.owned_by_id IN ({groups}) OR {row}.id {is_shared})"
)

COLUMNS = """
r.id, r.name, r.description, r.status, r.workflowversion_id, w.id, w.name, v.name, w.workflow_manager,
r.started_at, r.completed_at, r.duration, r.run_command, r.is_imported, r.source, r.source_url, r.external_id,
r.public, u.id, u.username, u.first_name, u.last_name, r.owned_by_id, g.name, r.created, r.modified,
r.deleted, r.created_by_id, r.modified_by_id, r.run_environment, r.people, r.status_basis, r.license,
r.message, r.tags, r.metadata, r.declared, r.source_status, r.source_deleted, r.rerun_of_id
"""
JOINS = """
workflows_workflowrun r
LEFT JOIN workflows_workflowversion v ON v.id = r.workflowversion_id
LEFT JOIN workflows_workflow w ON w.id = v.workflow_id
LEFT JOIN accounts_user u ON u.id = r.owner_id
LEFT JOIN accounts_group g ON g.id = r.owned_by_id
"""
DATASETS = """
SELECT l.id, l.data_type, d.id, d.name, d.dataset_type, d.status, d.size, d.file_count
FROM workflows_workflowrundataset l JOIN data_management_dataset d ON d.id = l.dataset_id
WHERE l.workflowrun_id = %(run)s AND NOT d.deleted AND {visible} ORDER BY l.id
"""


ZULU = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC  # SQLite's times come without a zone


class Person(dict):
    """The parameters of a query that concern the caller: ``user``, and ``group0`` and on."""

    def __init__(self, rows: list[tuple]) -> None:
        user, self.sees_all, _ = rows[0]
        groups = {f"group{place}": row[2] for place, row in enumerate(rows) if row[2] is not None}
        super().__init__(user=user, **groups)
        self.groups = ", ".join(f"%({name})s" for name in groups) or "NULL"

    def rule(self, row: str, kind: str) -> str:
        """The condition under which the caller sees a row of this kind."""
        if self.sees_all:
            return "1 = 1"
        shared = IS_SHARED.format(shared=SHARED.format(kind=kind, groups=self.groups))
        return VISIBLE.format(row=row, groups=self.groups, is_shared=shared)


def who_asks(header: str) -> Person | None:
    """The caller of a token in the Authorization header, None for nobody."""
    with connection.cursor() as cursor:
        cursor.execute(AUTHENTICATE, [digest_of(header.partition(" ")[2])])
        rows = cursor.fetchall()
    return Person(rows) if rows else None


def condition_of(person: Person, query: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """The WHERE of a list: what the caller sees, narrowed by status, text, parameter and place."""
    parts, values = [f"NOT r.deleted AND {person.rule('r', 'workflows.workflowrun')}"], dict(person)
    if status := query.get("status"):
        parts.append("r.status = %(status)s")
        values["status"] = status
    if text := query.get("search"):
        parts.append(_having(text, values))
    if parameter := query.get("parameter"):
        values["name"], _, values["value"] = parameter.partition(":")
        parts.append(
            "r.id IN (SELECT workflowrun_id FROM workflows_workflowrunparameter"
            " WHERE name = %(name)s AND value_key = %(value)s)"
        )
    if cursor := query.get("cursor"):
        parts.append("r.id < %(after)s")
        values["after"] = _stored(Cursor.decode(cursor).row)
    return " AND ".join(parts), values


def _having(text: str, values: dict[str, Any]) -> str:
    if connection.vendor == "sqlite":
        values["text"] = f'"{text}"'
        found = "SELECT rowid FROM workflows_runtext_fts WHERE text MATCH %(text)s"
        return f"r.id IN (SELECT workflowrun_id FROM workflows_runtext WHERE id IN ({found}))"
    values["text"] = f"%{text.upper()}%"
    return "r.id IN (SELECT workflowrun_id FROM workflows_runtext WHERE UPPER(text) LIKE %(text)s)"


def page_of_runs(person: Person, query: dict[str, str]) -> bytes:
    """One page, newest first; counted up to the limit unless a cursor is used."""
    condition, values = condition_of(person, query)
    size = int(query.get("page_size", "50"))
    with connection.cursor() as cursor:
        wanted = f"SELECT {COLUMNS} FROM {JOINS} WHERE {condition} ORDER BY r.id DESC LIMIT {size + 1}"
        cursor.execute(wanted, values)
        rows = cursor.fetchall()
        count = None
        if "cursor" not in query:
            count = len(rows) if len(rows) <= size else _count(cursor, condition, values)
    return _envelope(rows, size, count)


def _count(cursor: Any, condition: str, values: dict[str, Any]) -> int:
    """Up to one more than the limit; that there are more is remembered for a minute, as the product does."""
    key = f"floor-many:{hash((condition, str(values)))}"
    if cache.get(key):
        return COUNT_LIMIT + 1
    counted = f"SELECT 1 FROM workflows_workflowrun r WHERE {condition} LIMIT {COUNT_LIMIT + 1}"
    cursor.execute(f"SELECT COUNT(*) FROM ({counted}) AS found", values)
    count = int(cursor.fetchone()[0])
    if count > COUNT_LIMIT:
        cache.set(key, True, MANY_SECONDS)
    return count


def _envelope(rows: list[tuple], size: int, count: int | None) -> bytes:
    results = [on_the_wire(row) for row in rows[:size]]
    onwards = Cursor(None, str(results[-1]["id"])).encode() if len(rows) > size else None
    return orjson.dumps(
        {
            "count": None if count is None else min(count, COUNT_LIMIT),
            "count_is_lower_bound": count is not None and count > COUNT_LIMIT,
            "next": onwards,
            "previous": None,
            "results": results,
        },
        option=ZULU,
    )


def one_run(person: Person, run: UUID) -> bytes | None:
    """One run with its datasets, None where the caller sees none."""
    values = {**person, "run": _stored(str(run))}
    with connection.cursor() as cursor:
        rule = person.rule("r", "workflows.workflowrun")
        cursor.execute(
            f"SELECT {COLUMNS} FROM {JOINS} WHERE r.id = %(run)s AND NOT r.deleted AND {rule}", values
        )
        row = cursor.fetchone()
        if row is None:
            return None
        cursor.execute(DATASETS.format(visible=person.rule("d", "data_management.dataset")), values)
        found = on_the_wire(row)
        found["run_environment"] = None if row[29] is None else orjson.Fragment(row[29])
        found["people"] = orjson.Fragment(row[30])
        found["status_basis"], found["license"], found["message"] = row[31], row[32], row[33]
        found.update(zip(("tags", "metadata", "declared"), map(orjson.Fragment, row[34:37]), strict=True))
        found["source_status"], found["source_deleted"] = row[37:39]
        found["rerun_of"] = row[39] and uuid_of(row[39])
        found["created_by"], found["modified_by"] = uuid_of(row[27]), uuid_of(row[28])
        found["datasets"] = [_dataset(one) for one in cursor.fetchall()]
    return orjson.dumps(found, option=ZULU)


def on_the_wire(row: tuple) -> dict[str, Any]:
    """A row of COLUMNS as a line of the list."""
    (
        key, name, description, status, version, workflow, workflow_name, version_name, engine, started,
        completed, duration, command, imported, source, source_url, external_id, public, owner, username, first,
        last, group, group_name, created, modified, deleted, *_,
    ) = row  # fmt: skip
    return {
        "id": uuid_of(key),
        "name": name,
        "description": description,
        "status": status,
        "workflowversion": uuid_of(version),
        "workflow": workflow
        and {"id": uuid_of(workflow), "name": workflow_name, "version": version_name, "engine": engine},
        "started_at": started,
        "completed_at": completed,
        "duration": duration,
        "run_command": command,
        "is_imported": bool(imported),
        "source": source,
        "source_url": source_url,
        "external_id": external_id,
        "public": bool(public),
        "owner": owner
        and {"id": uuid_of(owner), "username": username, "full_name": f"{first} {last}".strip() or username},
        "owned_by": uuid_of(group),
        "group": group and {"id": uuid_of(group), "name": group_name},
        "created": created,
        "modified": modified,
        "deleted": bool(deleted),
    }


def _dataset(row: tuple) -> dict[str, Any]:
    key, data_type, dataset, name, dataset_type, status, size, file_count = row
    return {
        "id": uuid_of(key),
        "data_type": data_type,
        "dataset": {
            "id": uuid_of(dataset),
            "name": name,
            "dataset_type": dataset_type,
            "status": status,
            "size": size,
            "file_count": file_count,
        },
    }


def _dashed(value: str | None) -> str | None:
    return value and f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"


def _same(value: Any) -> Any:
    return value


# SQLite keeps identifiers as 32 digits; all else the drivers give as orjson can write it.
uuid_of: Callable[[Any], Any] = _dashed if connection.vendor == "sqlite" else _same


def _stored(identifier: str) -> str:
    return identifier.replace("-", "") if connection.vendor == "sqlite" else identifier
