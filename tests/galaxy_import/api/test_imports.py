"""Imports over HTTP: seen by the group, told with what to do, stopped and tried again."""

import pytest
from django.utils import timezone

from accounts.models import User
from galaxy_import.advice import ADVICE
from run_import.models import RunImport, RunServer
from tests.conftest import Api
from tests.factories import a_galaxy_import, a_run
from tests.galaxy_import.api.conftest import IMPORTS, TWO

pytestmark = pytest.mark.django_db


@pytest.fixture
def wanted(ada: User, listed: RunServer) -> RunImport:
    """An import of Ada's that waits."""
    return a_galaxy_import(ada, server=listed)


@pytest.fixture
def history(ada: User, listed: RunServer) -> RunImport:
    """An import of a history, with a child that goes on, one that is done and one that failed."""
    parent = a_galaxy_import(ada, server=listed, kind="HISTORY", state="DONE")
    for number, state in enumerate(("RUNNING", "DONE", "FAILED", "FAILED")):
        a_galaxy_import(ada, server=listed, parent=parent, state=state, external_id=f"{number:016x}")
    return parent


def test_the_group_sees_an_import_and_strangers_do_not(wanted: RunImport, bob: User, eve: User) -> None:
    assert Api(bob).get(f"{IMPORTS}{wanted.pk}/").status_code == 200
    for method, address in (("get", ""), ("post", "cancel/"), ("post", "retry/")):
        assert getattr(Api(eve), method)(f"{IMPORTS}{wanted.pk}/{address}").status_code == 404
        assert getattr(Api(None), method)(f"{IMPORTS}{wanted.pk}/{address}").status_code == 401
    assert Api(eve).get(IMPORTS).json()["count"] == 0


@pytest.mark.parametrize("deed", ["cancel", "retry"])
def test_who_only_sees_an_import_changes_nothing_about_it(wanted: RunImport, bob: User, deed: str) -> None:
    answer = Api(bob).post(f"{IMPORTS}{wanted.pk}/{deed}/")
    assert (answer.status_code, deed in answer.json()["message"]) == (403, True)
    assert RunImport.objects.get().state == "PENDING"


@pytest.mark.parametrize("code", sorted(ADVICE))
def test_each_error_is_told_with_what_to_do(wanted: RunImport, ada_api: Api, code: str) -> None:
    RunImport.objects.update(state="FAILED", error="It did not work.", error_code=code)
    told = ada_api.get(f"{IMPORTS}{wanted.pk}/").json()
    assert (told["error"], told["error_code"], told["what_to_do"]) == ("It did not work.", code, ADVICE[code])
    assert (told["what_to_do"][-1], told["due_at"]) == (".", None)


def test_an_error_of_another_kind_has_advice_too(wanted: RunImport, ada_api: Api) -> None:
    RunImport.objects.update(state="FAILED", error="?", error_code="failed")
    assert "administrator" in ada_api.get(f"{IMPORTS}{wanted.pk}/").json()["what_to_do"]


def test_how_far_it_is_stands_in_numbers(wanted: RunImport, ada_api: Api) -> None:
    numbers = {"steps_total": 4, "steps_done": 1, "jobs_total": 400, "jobs_done": 12, "files_total": 9,
               "files_done": 3, "files_failed": 1, "bytes_total": 2**40, "bytes_done": 5}  # fmt: skip
    RunImport.objects.update(state="RUNNING", phase="JOBS", warnings=["odd"], **numbers)
    told = ada_api.get(f"{IMPORTS}{wanted.pk}/").json()
    assert {name: told[name] for name in numbers} == numbers
    assert (told["phase"], told["warnings"]) == ("JOBS", ["odd"])


def test_imports_are_found(wanted: RunImport, ada: User, bob: User, ada_api: Api, listed: RunServer) -> None:
    run = a_run(ada)
    done = a_galaxy_import(
        bob, server=listed, state="DONE", workflowrun=run, external_id=TWO, url="https://x/two"
    )
    parent = a_galaxy_import(ada, server=listed, kind="HISTORY", state="FAILED")
    child = a_galaxy_import(ada, server=listed, state="CANCELLED", parent=parent)
    for query, expected in (
        ("state=DONE", [done]),
        ("state=DONE&state=CANCELLED", [child, done]),
        ("kind=HISTORY", [parent]),
        (f"workflowrun={run.pk}", [done]),
        (f"parent={parent.pk}", [child]),
        ("is_child=true", [child]),
        (f"owner={bob.pk}", [done]),
        (f"galaxy_id={TWO}", [done]),
        ("search=/two", [done]),
        (f"server={listed.pk}&state=PENDING", [wanted]),
        (f"owned_by={ada.primary_group_id}&ordering=created&page_size=1", [wanted]),
        ("created_after=2999-01-01T00:00:00Z", []),
    ):
        found = [one["id"] for one in ada_api.get(f"{IMPORTS}?{query}").json()["results"]]
        assert found == [str(one.pk) for one in expected], query
    assert ada_api.get(f"{IMPORTS}?stat=DONE").status_code == 400


def test_the_children_are_counted_by_their_state(history: RunImport, ada_api: Api) -> None:
    counts = {"RUNNING": 1, "DONE": 1, "FAILED": 2}
    assert ada_api.get(f"{IMPORTS}{history.pk}/").json()["children"] == counts
    listed = {one["id"]: one["children"] for one in ada_api.get(IMPORTS).json()["results"]}
    assert listed.pop(str(history.pk)) == counts
    assert set(map(str, listed.values())) == {"{}"}


# --- stopping and trying again ------------------------------------------------------------------------------


def test_an_import_is_cancelled_once_and_tried_again(wanted: RunImport, ada_api: Api) -> None:
    address = f"{IMPORTS}{wanted.pk}/"
    assert ada_api.post(f"{address}retry/").status_code == 409
    assert ada_api.post(f"{address}cancel/").json()["state"] == "CANCELLED"
    assert ada_api.post(f"{address}cancel/").status_code == 409
    told = ada_api.post(f"{address}retry/").json()
    assert (told["state"], told["error"], told["finished_at"]) == ("PENDING", "", None)


def test_trying_again_keeps_what_is_recorded(wanted: RunImport, ada: User, ada_api: Api) -> None:
    now = timezone.now()
    facts = {
        "state": "FAILED",
        "error": "x",
        "error_code": "unavailable",
        "recorded_at": now,
        "files_failed": 2,
    }
    RunImport.objects.update(workflowrun=a_run(ada), **facts)
    told = ada_api.post(f"{IMPORTS}{wanted.pk}/retry/").json()
    assert (told["state"], told["error_code"], told["files_failed"]) == ("PENDING", "", 0)
    kept = RunImport.objects.get()
    assert kept.recorded_at == now
    assert kept.workflowrun is not None


def test_an_import_that_left_files_behind_fetches_them(wanted: RunImport, ada_api: Api) -> None:
    RunImport.objects.update(state="DONE")
    assert ada_api.post(f"{IMPORTS}{wanted.pk}/retry/").status_code == 409
    RunImport.objects.update(files_failed=3)
    assert ada_api.post(f"{IMPORTS}{wanted.pk}/retry/").json()["state"] == "PENDING"


def test_a_history_is_cancelled_with_its_children(history: RunImport, ada_api: Api) -> None:
    told = ada_api.post(f"{IMPORTS}{history.pk}/cancel/").json()
    assert (told["state"], told["children"]) == ("DONE", {"CANCELLED": 1, "DONE": 1, "FAILED": 2})
    assert ada_api.post(f"{IMPORTS}{history.pk}/cancel/").status_code == 409


def test_the_failed_children_of_a_history_are_tried_again(history: RunImport, ada_api: Api) -> None:
    told = ada_api.post(f"{IMPORTS}{history.pk}/retry/").json()
    assert (told["state"], told["children"]) == ("DONE", {"RUNNING": 1, "DONE": 1, "PENDING": 2})
    assert ada_api.post(f"{IMPORTS}{history.pk}/retry/").status_code == 409


def test_a_manager_may_do_both(wanted: RunImport, meg: User) -> None:
    for deed in ("cancel", "retry"):
        assert Api(meg).post(f"{IMPORTS}{wanted.pk}/{deed}/").status_code == 200
