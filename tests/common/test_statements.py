"""Statements that are compiled once: what is put in their place later must not widen what is seen."""

from typing import Any

import pytest

from accounts.models import User
from common import statements
from common.api.paging import Cursor
from tests.conftest import Api
from tests.factories import a_run

RUNS = "/api/v2/workflows/workflowruns/"


@pytest.fixture(autouse=True)
def _nothing_is_known() -> None:
    statements._known.clear()


def after(row: Any) -> str:
    """A cursor behind this row, which need not be one."""
    return Cursor(None, str(row)).encode()


@pytest.mark.parametrize("kind", ["user", "group"])
def test_a_cursor_cannot_take_the_place_of_the_callers_rights(ada: User, eve: User, kind: str) -> None:
    """A cursor that names the caller compiles a statement in which the caller's id stands twice."""
    a_run(eve)
    a_run(ada)
    own, others = (eve.pk, ada.pk) if kind == "user" else (eve.primary_group_id, ada.primary_group_id)
    api = Api(eve)
    for row in (own, others):
        found = api.get(RUNS, {"cursor": after(row), "ordering": "created"}).json()["results"]
        assert all(one["owner"]["username"] == "eve" for one in found)


def test_asking_for_a_run_with_ones_own_id_closes_no_door(ada: User, ada_api: Api) -> None:
    run = a_run(ada)
    assert ada_api.get(f"{RUNS}{ada.pk}/").status_code == 404
    assert ada_api.get(f"{RUNS}{ada.primary_group_id}/").status_code == 404
    assert ada_api.get(f"{RUNS}{run.pk}/").status_code == 200


def test_whoever_leaves_a_group_sees_its_runs_no_more(ada: User, bob: User) -> None:
    run = a_run(ada)
    api = Api(bob)
    assert api.get(RUNS).json()["count"] == 1
    bob.memberships.all().delete()
    assert api.get(RUNS).json()["count"] == 0
    assert api.get(f"{RUNS}{run.pk}/").status_code == 404


def test_the_same_question_of_two_people_has_two_answers(ada: User, eve: User) -> None:
    a_run(ada)
    assert [Api(one).get(f"{RUNS}?status=SUCCESS").json()["count"] for one in (ada, eve, ada)] == [1, 0, 1]


def test_the_same_question_is_answered_anew_each_time(ada: User, ada_api: Api) -> None:
    for number in range(3):
        assert ada_api.get(f"{RUNS}?name=NA").json()["count"] == number
        a_run(ada)
