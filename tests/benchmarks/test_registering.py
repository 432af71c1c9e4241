"""The floor of registering writes the rows that the product writes, in the same tables."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model
from django.test import Client

from benchmarks.cases import FLOOR_REGISTER, REGISTER
from benchmarks.fill import MANY, token_of
from benchmarks.payloads import body_of
from tests.benchmarks.conftest import SMALL

TABLES = [
    "data_management.FileTransfer",
    "data_management.DatasetCollection",
    "data_management.CollectionItem",
    "data_management.Dataset",
    "data_management.DataFile",
    "workflows.WorkflowRun",
    "workflows.StatusChange",
    "workflows.WorkflowRunDataset",
    "workflows.WorkflowRunParameter",
    "workflows.RunText",
    "workflows.DataCount",
]


def test_the_floor_writes_the_same_rows_into_the_same_tables(dropbox: Path) -> None:
    before = _keys()
    ours = _post(REGISTER, dropbox)
    between = _keys()
    floor = _post(FLOOR_REGISTER, dropbox)
    after = _keys()
    for table in TABLES:
        first = _told(table, between[table] - before[table])
        assert first, table
        assert _told(table, after[table] - between[table]) == first, table
    assert _shape(floor["datasets"]) == _shape(ours["datasets"])
    assert [one["name"] for one in floor["collections"]] == [one["name"] for one in ours["collections"]]


def test_nothing_is_written_anywhere_else(dropbox: Path) -> None:
    counts = {model: model._base_manager.count() for model in apps.get_models()}
    _post(REGISTER, dropbox)
    grown = {model._meta.label for model, count in counts.items() if model._base_manager.count() > count}
    assert grown == set(TABLES)


def _post(path: str, dropbox: Path) -> Any:
    client = Client(headers={"Authorization": f"Token {token_of(MANY)}"})
    answer = client.post(path, body_of(SMALL, dropbox), content_type="application/json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def _keys() -> dict[str, set[Any]]:
    return {table: set(_model(table)._base_manager.values_list("pk", flat=True)) for table in TABLES}


def _model(table: str) -> type[Model]:
    return apps.get_model(table)


def _told(table: str, keys: set[Any]) -> list[dict[str, Any]]:
    """The rows without what differs each time: keys and the moment of writing."""
    rows = _model(table)._base_manager.filter(pk__in=keys).order_by("pk").values()
    return [{name: _lasting(name, value) for name, value in row.items()} for row in rows]


LASTING = ("owner_id", "owned_by_id", "created_by_id", "modified_by_id", "by_id", "workflowversion_id")


def _lasting(name: str, value: Any) -> Any:
    if name == "id" or (isinstance(value, UUID) and name not in LASTING):
        return "a key"
    return "a moment" if isinstance(value, datetime) and name not in ("started_at", "completed_at") else value


def _shape(datasets: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (one["name"], one["data_type"], [(file["name"], file["uri"]) for file in one["datafiles"]])
        for one in datasets
    ]
