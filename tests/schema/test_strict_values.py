"""What made-up requests found once, each as a promise of its own."""

from typing import Any

import pytest

from tests.conftest import Api
from tests.factories import a_collection, a_run, a_step
from workflows.filters import WorkflowRunFilterSet
from workflows.models import WorkflowRun

RUNS = "/api/v2/workflows/workflowruns/"
COLLECTIONS = "/api/v2/data-management/datasetcollections/"
REGISTER = f"{COLLECTIONS}register/"

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "change", [{"name": 5}, {"public": "true"}, {"owned_by": ""}, {"owned_by": 5}, {"is_raw": 1}], ids=str
)
def test_a_value_of_another_json_type_is_refused(ada: Any, change: dict[str, Any]) -> None:
    record = a_collection(ada)
    answer = Api(ada).patch(f"{COLLECTIONS}{record.pk}/", change)
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == list(change)


@pytest.mark.parametrize(
    "asked", ["workflow=", "is_imported=", "started_after=", "ordering=", "page=", "format="]
)
def test_a_filter_that_was_left_empty_does_not_widen_a_list(ada: Any, asked: str) -> None:
    assert Api(ada).get(f"{RUNS}?{asked}").status_code == 400


@pytest.mark.parametrize("cursor", ["NQ", "bnVsbA", "%00", "W10", "!"])
def test_a_cursor_that_no_list_gave_leads_nowhere(ada: Any, cursor: str) -> None:
    answer = Api(ada).get(f"{RUNS}?cursor={cursor}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (404, "cursor")


@pytest.mark.parametrize("asked", ["fields=nothing", "page=0", "ordering=nothing"])
def test_an_error_is_json_and_comes_before_the_first_line_of_csv(ada: Any, asked: str) -> None:
    answer = Api(ada).get(f"{RUNS}?format=csv&{asked}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")


def test_who_gives_a_record_out_of_sight_is_still_told_what_became_of_it(ada: Any, meg: Any) -> None:
    record = a_collection(ada)
    answer = Api(meg).patch(f"{COLLECTIONS}{record.pk}/", {"owned_by": None})
    assert (answer.status_code, answer.json()["owned_by"]) == (200, None)


@pytest.mark.parametrize("steps", [5, [{"key": ["a"], "name": "a"}], [{"key": {}, "name": "a"}]], ids=str)
def test_steps_of_a_wrong_shape_are_refused(ada: Any, steps: Any) -> None:
    body = {
        "workflowrun": {"name": "a run", "new": True, "steps": steps, "jobs": [{"name": "a", "step": "a"}]}
    }
    assert Api(ada).post(REGISTER, body).status_code == 400


def test_a_step_of_another_run_is_not_there(ada: Any) -> None:
    foreign = a_step(a_run(ada))
    answer = Api(ada).post(f"{RUNS}{a_run(ada).pk}/jobs/", {"name": "job", "step": str(foreign.pk)})
    assert answer.status_code == 404


def test_two_requests_at_once_never_share_a_filter() -> None:
    rows = WorkflowRun.objects.all()
    first, second = (WorkflowRunFilterSet({"search": "a"}, rows, request=object()) for _ in range(2))
    assert first.filters["search"] is not second.filters["search"]
    assert first.filters["search"].parent is first
    assert first.filters["search"].filter.method.__self__ is first


def test_a_time_of_a_zone_that_postgresql_does_not_know_is_understood(ada_api: Any) -> None:
    for query in ("created_before=0322-08-04T15:06:00.26-22:45", "started_after=2024-01-15T10:00:00%2B23:59"):
        assert ada_api.get(f"/api/v2/workflows/workflowruns/?{query}").status_code == 200


def test_white_space_counts_for_the_length_of_a_text(ada_api: Any) -> None:
    answer = ada_api.post("/api/v2/workflows/workflows/", {"name": "w", "license": " " * 60 + "x" * 60})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "license"
