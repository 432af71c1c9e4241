"""Where a file is known from: the files that are the same data, and the runs that made and used them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from common.models.access import UserLike
from data_management.models import DataFile
from provenance.briefs import runs_in_short
from provenance.conditions import (
    INTO_RUN,
    MD5_OF_NOTHING,
    OUT_OF_RUN,
    SHA256_OF_NOTHING,
    Condition,
    Sight,
    as_uuid,
    many_stored,
    words,
)
from provenance.walking import LINK, RUN, looked_up

COUNTED = 10_000
RUNS_OF_FILE = 10
COLUMNS = (
    "id", "name", "path", "uri", "format", "size", "sha256", "md5sum", "status", "created", "dataset_id",
    "dataset__name", "dataset__owned_by__name",
)  # fmt: skip
NOTHING = "The registry knows no file that is this data, or none that you may see."
ONLY_HIDDEN = "The registry knows this data, but from nothing that you may see."
EMPTY_FILE = "This is the checksum of an empty file: all empty files have it, whatever they are of."
FIELDS = {"sha256": "sha256", "md5": "md5sum", "path": "path", "uri": "uri"}


def whence(name: str, value: str, user: UserLike, *, limit: int) -> dict[str, Any]:
    """What is known of the data with this checksum, path or URI; the newest files first."""
    everywhere = _files(FIELDS[name], value)
    seen = everywhere.visible_to(user)
    rows = list(seen.order_by("-id").values(*COLUMNS)[: limit + 1])
    count = len(rows) if len(rows) <= limit else _bounded(seen)
    hidden = max(0, _bounded(everywhere.filter(dataset__deleted=False)) - count)
    return {
        "count": count,
        "hidden": hidden,
        "message": _message(value, count, hidden),
        "results": _with_runs(rows[:limit], Sight.of(user)),
    }


def _files(column: str, value: str) -> Any:
    """All files with that value; what an index leaves out is said in the index's own words."""
    rows: QuerySet = DataFile.objects.filter(**{column: value})
    return rows.filter(~Q(**{column: RawSQL("''", ())})) if column in ("sha256", "md5sum") else rows


def _bounded(rows: QuerySet) -> int:
    return int(rows.order_by().values("pk")[:COUNTED].count())


def _message(value: str, count: int, hidden: int) -> str:
    if value in (SHA256_OF_NOTHING, MD5_OF_NOTHING):
        return EMPTY_FILE
    return "" if count else ONLY_HIDDEN if hidden else NOTHING


def _with_runs(rows: list[dict[str, Any]], sight: Sight) -> list[dict[str, Any]]:
    links = list(_links({row["dataset_id"] for row in rows}, sight))
    briefs = runs_in_short({run for _, _, run, _, is_seen, _ in links if is_seen})
    found = {row["dataset_id"]: {side: _no_runs() for side in ("made_by", "used_by")} for row in rows}
    for dataset, side, run, data_type, is_seen, many in links:
        told = found[dataset][side]
        if not is_seen:
            told["hidden"] = many
        else:
            told["count"] = many
            told["runs"].append({**briefs[str(run)], "data_type": data_type})
    return [_file(row, found[row["dataset_id"]]) for row in rows]


def _no_runs() -> dict[str, Any]:
    return {"count": 0, "hidden": 0, "runs": []}


def _file(row: dict[str, Any], runs: dict[str, Any]) -> dict[str, Any]:
    dataset = {
        "id": row.pop("dataset_id"),
        "name": row.pop("dataset__name"),
        "group": row.pop("dataset__owned_by__name"),
    }
    return {**row, "dataset": dataset, **runs}


def _links(datasets: Iterable[UUID], sight: Sight) -> Any:
    """For each dataset and side the newest runs, of the hidden ones just one; each row counts those like it."""
    given = many_stored(datasets)
    flag = f"CASE WHEN {sight.run.sql} THEN 1 ELSE 0 END"
    side = f"CASE WHEN link.data_type IN ({words(OUT_OF_RUN)}) THEN 'made_by' ELSE 'used_by' END"
    inner = (
        f"SELECT link.dataset_id, {side} AS side, link.workflowrun_id, link.data_type, {flag} AS is_seen "
        f"FROM {given.sql} CROSS JOIN {LINK} link CROSS JOIN {RUN} "
        f"WHERE {looked_up('link.dataset_id', 'given.id')} AND {looked_up(f'{RUN}.id', 'link.workflowrun_id')} "
        f"AND NOT {RUN}.deleted AND link.data_type IN ({words((*INTO_RUN, *OUT_OF_RUN))})"
    )
    alike = "PARTITION BY dataset_id, side, is_seen"
    counted = (
        f"SELECT found.*, COUNT(*) OVER ({alike}) AS many, "
        f"ROW_NUMBER() OVER ({alike} ORDER BY workflowrun_id DESC, data_type) AS place FROM ({inner}) found"
    )
    sql = (
        "SELECT dataset_id, side, workflowrun_id, data_type, is_seen, many "
        f"FROM ({counted}) numbered WHERE place <= CASE WHEN is_seen = 1 THEN {RUNS_OF_FILE} ELSE 1 END "
        "ORDER BY dataset_id, side, place"
    )
    whole = Condition(sql, (*sight.run.parameters, *given.parameters))
    with connection.cursor() as cursor:
        cursor.execute(whole.sql, whole.parameters)
        for dataset, which, run, data_type, is_seen, many in cursor.fetchall():
            yield as_uuid(dataset), which, as_uuid(run), data_type, bool(is_seen), many
