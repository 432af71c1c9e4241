"""Bulk writing equals ``bulk_create`` in every value, on each database."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from common.bulk import COPY_FROM_ROWS, insert_rows, update_rows
from common.identifiers import uuid7, uuid7_batch
from data_management.models import DataFile, Dataset
from tests.factories import a_dataset, a_run
from workflows.models import WorkflowRun, WorkflowRunParameter

VALUES: list[Any] = [
    None, True, False, 0, 31, -1.5, 1e-9, 2**53, "", "text", "true", "Ärger\t\n\\N \\ '\"%s", "😀", [], {}, [1, None],
    {"a": {"b": ["ü", None, 0.05]}}, "null", "\\.",
]  # fmt: skip
TIMES = [
    None,
    datetime(2024, 1, 15, 10, tzinfo=UTC),
    datetime(2024, 1, 15, 10, 0, 0, 1, tzinfo=UTC),
    datetime(2024, 1, 15, 10, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    datetime(1, 1, 2, tzinfo=UTC),
]


def rows_of(model: Any, fields: list[str]) -> list[tuple[Any, ...]]:
    return list(model.objects.order_by("id").values_list(*fields))


@pytest.mark.parametrize("copies", [1, COPY_FROM_ROWS])
def test_values_are_written_as_bulk_create_writes_them(ada: User, copies: int) -> None:
    first, second = a_run(ada), a_run(ada)
    values = VALUES * copies if copies == 1 else [*VALUES, *range(copies)]
    names = [f"p{number}" for number in range(len(values))]
    WorkflowRunParameter.objects.bulk_create(
        WorkflowRunParameter(workflowrun=first, name=name, value=value)
        for name, value in zip(names, values, strict=True)
    )
    rows = zip(uuid7_batch(len(values)), names, values, strict=True)
    insert_rows(WorkflowRunParameter, ("id", "name", "value"), rows, workflowrun_id=second.pk)
    told = [
        list(one.parameters.order_by("id").values_list("name", "value", "value_key"))
        for one in (first, second)
    ]
    assert told[0] == told[1]
    assert repr([value for _, value, _ in told[1]]) == repr(values)


def test_nothing_is_the_same_nothing_in_the_database(ada: User) -> None:
    runs = [a_run(ada), a_run(ada)]
    WorkflowRunParameter.objects.create(workflowrun=runs[0], name="p", value=None)
    insert_rows(
        WorkflowRunParameter, ("id", "name", "value"), [(uuid7(), "p", None)], workflowrun_id=runs[1].pk
    )
    assert WorkflowRunParameter.objects.filter(value__isnull=True).count() == 2


@pytest.mark.parametrize("many", [False, True])
def test_times_flags_numbers_and_links_are_written_as_they_are(ada: User, many: bool) -> None:
    fields = [one.attname for one in WorkflowRun._meta.concrete_fields]
    for start in TIMES * (50 if many else 1):
        run = WorkflowRun(
            name="x", started_at=start, duration=0.1, owner=ada, is_imported=True, run_environment={"a": 1}
        )
        WorkflowRun.objects.bulk_create([run])
    written = rows_of(WorkflowRun, fields)
    WorkflowRun.objects.all().delete()
    insert_rows(WorkflowRun, fields, written)
    assert rows_of(WorkflowRun, fields) == written


def test_columns_that_are_not_named_get_the_models_defaults(ada: User) -> None:
    insert_rows(Dataset, ("id", "name"), [(uuid7(), "x")], owner_id=ada.pk)
    written, plain = Dataset.objects.get(), a_dataset(ada)
    same = ("description", "dataset_type", "status", "file_count", "size", "public", "deleted", "is_managed")
    assert [getattr(written, name) for name in same] == [getattr(plain, name) for name in same]
    assert written.created is not None


@pytest.mark.parametrize("count", [0, 1, COPY_FROM_ROWS, COPY_FROM_ROWS + 1, 1000])
def test_every_row_is_written(ada: User, count: int) -> None:
    dataset = a_dataset(ada)
    rows = ((key, f"file {number}") for number, key in enumerate(uuid7_batch(count)))
    insert_rows(DataFile, ("id", "name"), rows, dataset_id=dataset.pk)
    assert [one.name for one in DataFile.objects.order_by("id")] == [
        f"file {number}" for number in range(count)
    ]


@pytest.mark.parametrize("count", [2, COPY_FROM_ROWS + 2])
def test_constraints_are_the_databases_to_check(ada: User, count: int) -> None:
    run = a_run(ada)
    rows = [(key, "same", 1) for key in uuid7_batch(count)]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(WorkflowRunParameter, ("id", "name", "value"), rows, workflowrun_id=run.pk)
    assert run.parameters.count() == 0


def test_identifiers_ascend(db: None) -> None:
    keys = [uuid7() for _ in range(2000)] + uuid7_batch(2000) + [uuid7()]
    assert keys == sorted(keys)
    assert {key.version for key in keys} == {7}
    assert len(set(keys)) == len(keys)


def test_rows_are_changed_as_inserting_writes_them_and_others_stay(ada: User) -> None:
    ids = uuid7_batch(len(VALUES) + 1)
    run = a_run(ada)
    insert_rows(
        WorkflowRunParameter,
        ("id", "name", "value"),
        [(key, str(key), "before") for key in ids],
        workflowrun_id=run.pk,
    )
    rows = [(key, value) for key, value in zip(ids, VALUES, strict=False)]
    with CaptureQueriesContext(connection) as seen:
        update_rows(WorkflowRunParameter, ("id", "value"), rows, value_key="changed")
    assert len(seen) == 1
    assert rows_of(WorkflowRunParameter, ["id", "value", "value_key"]) == [
        *((key, value, "changed") for key, value in rows),
        (ids[-1], "before", ""),
    ]


def test_of_no_rows_nothing_is_changed(ada: User) -> None:
    with CaptureQueriesContext(connection) as seen:
        update_rows(DataFile, ("id", "name"), [])
    assert not seen.captured_queries
