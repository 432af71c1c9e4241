"""Runs that have not ended when they are imported: followed to their end, whatever happens to the server meanwhile."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from common.background import MOST_ATTEMPTS
from data_management.models import DataFile
from rocrate_export.models import StoredCrate
from run_import.carrying_out import following
from run_import.models import ImportedRun, RunImport
from tests.conftest import Api
from tests.galaxy_import.carrying_out.conftest import A_LINEAR, IMPORTS, goes_on
from tests.galaxy_import.replay import Replay
from workflows.models import WorkflowRun

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("impatient")]
EVERYTHING = {"create_datasets": True, "download": True, "rocrate": True, "follow": True}


@pytest.fixture
def server(galaxy: Callable[..., Replay]) -> Replay:
    """A server on which the run goes on."""
    server = galaxy("26.1/a_linear")
    goes_on(server)
    return server


@pytest.fixture
def followed(server: Replay, imported: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """The run was imported once, and is followed."""
    return imported("26.1/a_linear", A_LINEAR, server, **EVERYTHING)


@pytest.fixture
def next_look(
    ada_api: Api, run_tasks: Callable[[], int], django_capture_on_commit_callbacks: Any
) -> Callable[[], dict[str, Any]]:
    """Does what a worker does when the run is to be asked for again; returns the import as it stands then."""

    def look() -> dict[str, Any]:
        with django_capture_on_commit_callbacks(execute=True):
            run_tasks()
        found: dict[str, Any] = ada_api.get(f"{IMPORTS}{RunImport.objects.get().pk}/").json()
        return found

    return look


def test_a_run_that_goes_on_is_there_at_once_and_is_asked_for_again_later(followed: dict[str, Any]) -> None:
    assert (followed["state"], followed["phase"], followed["asked_count"]) == ("PENDING", "FOLLOWING", 1)
    assert followed["due_at"] > followed["started_at"]
    assert WorkflowRun.objects.get().status == "RUNNING"
    assert not StoredCrate.objects.exists()
    assert not DataFile.objects.filter(status="ONLINE").exists()


def test_when_it_has_ended_it_is_brought_up_to_date_with_its_files_and_its_crate(
    followed: dict[str, Any], server: Replay, next_look: Callable[[], dict[str, Any]]
) -> None:
    server.replaced.clear()
    server.asked.clear()
    told = next_look()
    assert (told["state"], told["error"], told["workflowrun"]) == ("DONE", "", followed["workflowrun"])
    run = WorkflowRun.objects.get()
    assert (run.status, run.jobs.filter(status="SUCCESS").count(), run.jobs.count()) == ("SUCCESS", 3, 3)
    assert StoredCrate.objects.get().run == run
    assert set(DataFile.objects.values_list("status", flat=True)) == {"ONLINE"}
    jobs = [path for path in server.counts if path.startswith("/api/jobs/")]
    assert jobs == ["/api/jobs/c98242f4d0e4bc63", "/api/jobs/c98242f4d0e4bc63/metrics"]


def test_a_run_that_waits_for_a_person_is_followed_no_longer_and_says_what_to_do(
    followed: dict[str, Any], server: Replay, next_look: Callable[[], dict[str, Any]]
) -> None:
    said = json.dumps(server.replaced)
    server.replaced = json.loads(said.replace('"running"', '"paused"').replace("02:47:30", "02:47:40"))
    told = next_look()
    assert (told["state"], told["error"]) == ("DONE", "")
    assert WorkflowRun.objects.get().status == "PAUSED"
    assert told["warnings"] == [
        "Nothing goes on before somebody acts: resume the paused job in the run's history in Galaxy, then import the "
        "run again."
    ]


def test_it_is_asked_for_at_growing_intervals(
    followed: dict[str, Any], next_look: Callable[[], dict[str, Any]]
) -> None:
    told = [next_look() for _ in range(3)]
    assert [one["asked_count"] for one in told] == [2, 3, 4]
    assert all(one["state"] == "PENDING" for one in told)
    assert WorkflowRun.objects.count() == ImportedRun.objects.count() == 1


def test_a_server_that_is_away_never_ends_the_following(
    followed: dict[str, Any], server: Replay, next_look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = server.answer
    monkeypatch.setattr(server, "answer", lambda handler, asked: handler.tell(503, b"{}", retry_after="7200"))
    told = [next_look() for _ in range(MOST_ATTEMPTS + 2)][-1]
    assert (told["state"], told["phase"], "cannot answer" in told["error"]) == ("PENDING", "FOLLOWING", True)
    monkeypatch.setattr(server, "answer", answer)
    server.replaced.clear()
    assert next_look()["state"] == "DONE"


def test_a_page_instead_of_an_answer_does_not_end_it_either(
    followed: dict[str, Any], server: Replay, next_look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "answer", lambda handler, asked: handler.tell(200, b"<html>", "text/html"))
    assert next_look()["phase"] == "FOLLOWING"


def test_a_key_that_is_refused_meanwhile_ends_it_and_the_run_stays(
    followed: dict[str, Any], server: Replay, next_look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = b'{"err_msg": "Provided API key is not valid.", "err_code": 401001}'
    monkeypatch.setattr(server, "answer", lambda handler, asked: handler.tell(401, refused))
    told = next_look()
    assert (told["state"], told["error_code"], told["workflowrun"]) == (
        "FAILED",
        "key_refused",
        followed["workflowrun"],
    )


def test_it_is_given_up_after_some_days_and_that_is_said(
    followed: dict[str, Any], next_look: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GALAXY_FOLLOW_DAYS = 1
    monkeypatch.setattr(following, "LONGEST", 24 * 3600.0)
    RunImport.objects.update(asked_count=40)
    told = next_look()
    assert (told["state"], "has not ended in 1 day and" in told["error"]) == ("DONE", True)
    assert WorkflowRun.objects.get().status == "RUNNING"


def test_a_followed_import_that_is_cancelled_keeps_the_run(
    followed: dict[str, Any], ada_api: Api, next_look: Any, server: Replay
) -> None:
    assert ada_api.post(f"{IMPORTS}{followed['id']}/cancel/").status_code == 200
    server.asked.clear()
    assert next_look()["state"] == "CANCELLED"
    assert server.asked == []
    assert WorkflowRun.objects.get().status == "RUNNING"


def test_without_following_it_is_done_at_once_and_can_be_imported_again(
    server: Replay, imported: Callable[..., dict[str, Any]]
) -> None:
    first = imported("26.1/a_linear", A_LINEAR, server)
    assert first["state"] == "DONE"
    server.replaced.clear()
    second = imported("26.1/a_linear", A_LINEAR, server)
    assert (second["state"], second["workflowrun"]) == ("DONE", first["workflowrun"])
    assert WorkflowRun.objects.get().status == "SUCCESS"
