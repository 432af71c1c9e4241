"""A Galaxy on a bad day: every import ends, says why and what to do, and leaves nothing behind."""

import json
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from common.background import MOST_ATTEMPTS
from common.outgoing import Limits
from data_management.models import DataFile, Dataset
from galaxy_import.carrying_out import imports as carrying_out
from galaxy_import.models import GalaxyDataset
from galaxy_import.servers import client_for
from run_import.models import ImportedRun, RunImport
from tests.conftest import Api
from tests.galaxy_import.carrying_out.conftest import A_LINEAR, IMPORT, IMPORTS
from tests.galaxy_import.failing import (
    FailingGalaxy,
    breaks_off,
    drips,
    floods,
    hangs_up,
    is_silent,
    page,
    says,
    sends_to,
)
from tests.galaxy_import.replay import Replay
from workflows.models import WorkflowRun, WorkflowVersion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("impatient")]
KEY = "a-key-nobody-may-see"
Attempt = Callable[[], dict[str, Any]]


@pytest.fixture
def attempt(
    failing_galaxy: FailingGalaxy, listed: Any, ada_api: Api, run_tasks: Callable[[], int]
) -> Attempt:
    """Does what a worker does for an import from the failing server; returns the import as it stands then."""
    listed(failing_galaxy.url, KEY)
    url = f"{failing_galaxy.url}/workflows/invocations/{A_LINEAR}"
    identifier = ada_api.post(IMPORT, {"url": url, "create_datasets": True, "rocrate": True}).json()["id"]

    def work() -> dict[str, Any]:
        run_tasks()
        found: dict[str, Any] = ada_api.get(f"{IMPORTS}{identifier}/").json()
        return found

    return work


def nothing_is_left(stored_files: Callable[[], list[str]]) -> None:
    kept = (WorkflowRun, WorkflowVersion, Dataset, DataFile, ImportedRun, GalaxyDataset)
    assert [model.__name__ for model in kept if model.objects.exists()] == []
    assert stored_files() == []


@pytest.mark.parametrize(
    ("behaviour", "code", "words"),
    [
        (says({"err_msg": "no", "err_code": 401001}, 401), "key_refused", "does not accept the API key"),
        (says({"err_msg": "not yours", "err_code": 403002}, 403), "not_readable", "not yours"),
        (says({"err_msg": "unknown", "err_code": 404001}, 404), "not_found", "knows nothing under"),
        (says({"err_msg": "malformed", "err_code": 400009}, 400), "not_found", "knows nothing under"),
        (page(), "not_understood", "is not the API of a Galaxy server"),
        (says(b'{"id": "351a'), "not_understood", "is not the API of a Galaxy server"),
        (says([]), "not_understood", "other than an object"),
        (says({"id": A_LINEAR}), "not_understood", "other than an invocation"),
        (says({"id": A_LINEAR, "steps": []}), "not_understood", "has no UUID"),
        (sends_to("http://127.0.0.1:9/api/version"), "forbidden_address", "127.0.0.1"),
    ],
)
def test_what_waiting_does_not_help_fails_at_once(
    failing_galaxy: FailingGalaxy, attempt: Attempt, stored_files: Any, behaviour: Any, code: str, words: str
) -> None:
    failing_galaxy.on("/api/invocations/.*", behaviour)
    told = attempt()
    assert (told["state"], told["error_code"]) == ("FAILED", code)
    assert words in told["error"]
    assert told["what_to_do"]
    nothing_is_left(stored_files)


@pytest.mark.parametrize("packed", [False, True])
def test_a_hundred_megabytes_of_json_are_not_read(
    failing_galaxy: FailingGalaxy,
    attempt: Attempt,
    stored_files: Any,
    monkeypatch: pytest.MonkeyPatch,
    packed: bool,
) -> None:
    limits = Limits(total=60, most_bytes=8 * 1024 * 1024)
    monkeypatch.setattr(carrying_out, "client_for", partial(client_for, limits=limits))
    failing_galaxy.on("/api/invocations/.*", floods(100, packed=packed))
    told = attempt()
    assert (told["state"], told["error_code"]) == ("FAILED", "not_understood")
    assert "Ask its administrators" in told["error"]
    nothing_is_left(stored_files)


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (says({"err_msg": "Slow down"}, 429, retry_after="3600"), "Slow down"),
        (says({"err_msg": "database is locked"}, 500), "database is locked"),
        (page(502), "502"),
        (page(503), "503"),
        (is_silent(), "did not come in time"),
        (drips(0.05), "did not come in time"),
        (hangs_up(), "was cut"),
        (breaks_off(b'{"id": "351a9b2758cde034"}', after=10), "broke off"),
    ],
)
def test_a_server_that_is_away_is_tried_again_later(
    failing_galaxy: FailingGalaxy, attempt: Attempt, stored_files: Any, behaviour: Any, words: str
) -> None:
    failing_galaxy.on("/api/invocations/.*", behaviour)
    told = attempt()
    assert (told["state"], words in told["error"]) == ("PENDING", True)
    assert told["due_at"] > told["started_at"]
    nothing_is_left(stored_files)


def test_a_server_that_stays_away_is_given_up_and_that_is_said(
    failing_galaxy: FailingGalaxy, attempt: Attempt, stored_files: Any, ada_api: Api
) -> None:
    failing_galaxy.on("/api/.*", page(502))
    told = [attempt() for _ in range(MOST_ATTEMPTS)]
    assert [one["state"] for one in told] == ["PENDING"] * (MOST_ATTEMPTS - 1) + ["FAILED"]
    assert told[-1]["error"].startswith(
        f"Given up after {MOST_ATTEMPTS} attempts. {failing_galaxy.url} cannot answer"
    )
    assert told[-1]["error_code"] == "unavailable"
    nothing_is_left(stored_files)
    assert ada_api.post(f"{IMPORTS}{told[-1]['id']}/retry/").status_code == 200
    assert attempt()["state"] == "PENDING"


def test_a_server_that_asks_for_an_hour_gets_it(failing_galaxy: FailingGalaxy, attempt: Attempt) -> None:
    failing_galaxy.on("/api/.*", says({"err_msg": "Slow down"}, 429, retry_after="3600"))
    attempt()
    row = RunImport.objects.get()
    assert row.started_at is not None
    assert 3590 < (row.due_at - row.started_at).total_seconds() < 3700
    assert len(failing_galaxy.asked) == 1


def test_an_old_server_says_so(failing_galaxy: FailingGalaxy, attempt: Attempt, stored_files: Any) -> None:
    failing_galaxy.on("/api/version", says({"version_major": "20.09"}))
    told = attempt()
    assert (told["state"], told["error_code"]) == ("FAILED", "too_old")
    nothing_is_left(stored_files)


def test_a_server_that_was_taken_off_the_list_is_not_asked(
    failing_galaxy: FailingGalaxy, attempt: Attempt, settings: Any
) -> None:
    settings.GALAXY_SERVERS = []
    told = attempt()
    assert (told["state"], told["error_code"]) == ("FAILED", "not_asked")
    assert failing_galaxy.asked == []


def test_the_key_is_in_no_row_and_no_log(
    failing_galaxy: FailingGalaxy, attempt: Attempt, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    failing_galaxy.on("/api/invocations/.*", says({"err_msg": "no", "err_code": 401001}, 401))
    told = attempt()
    assert KEY not in json.dumps(told)
    assert KEY not in caplog.text
    assert KEY not in str(list(RunImport.objects.values()))
    assert {asked.headers.get("x-api-key") for asked in failing_galaxy.asked} <= {KEY, None}


@pytest.mark.parametrize(
    "path", ["/api/jobs/1b4302472ee7ee70", f"/api/workflows/{A_LINEAR}", "/api/datasets/289fb816f21cd775"]
)
def test_what_cannot_be_read_of_a_run_is_left_out_and_the_rest_comes(
    imported: Callable[..., dict[str, Any]], galaxy: Callable[..., Replay], monkeypatch: Any, path: str
) -> None:
    server = galaxy("26.1/a_linear")
    answer = server.answer

    def refusing(handler: Any, asked: Any) -> None:
        if asked.path.startswith(path):
            handler.tell(403, b'{"err_msg": "not yours", "err_code": 403002}')
        else:
            answer(handler, asked)

    monkeypatch.setattr(server, "answer", refusing)
    told = imported("26.1/a_linear", A_LINEAR, server, outputs="all")
    assert (told["state"], told["error"]) == ("DONE", "")
    run = WorkflowRun.objects.get()
    assert (run.status, run.jobs.count()) == ("SUCCESS", 3)
    assert told["warnings"]


@pytest.mark.parametrize("path", ["/api/jobs/1b4302472ee7ee70/metrics", "/api/datasets/289fb816f21cd775"])
def test_a_server_that_goes_away_halfway_leaves_nothing_until_it_is_back(
    imported: Callable[..., dict[str, Any]],
    galaxy: Callable[..., Replay],
    monkeypatch: Any,
    stored_files: Any,
    run_tasks: Any,
    path: str,
) -> None:
    server = galaxy("26.1/a_linear")
    answer = server.answer

    def failing(handler: Any, asked: Any) -> None:
        if asked.path.partition("?")[0] == path:
            handler.tell(503, b"{}")
        else:
            answer(handler, asked)

    with monkeypatch.context() as patch:
        patch.setattr(server, "answer", failing)
        told = imported("26.1/a_linear", A_LINEAR, server, outputs="all")
    assert told["state"] == "PENDING"
    nothing_is_left(stored_files)
    run_tasks()
    assert RunImport.objects.get().state == "DONE"
    assert WorkflowRun.objects.count() == 1


def test_a_full_disk_is_told_and_the_import_can_be_tried_again(
    imported: Callable[..., dict[str, Any]], ada_api: Api, monkeypatch: Any, stored_files: Any, run_tasks: Any
) -> None:
    def full(*given: Any) -> None:
        raise OSError(28, "No space left on device", "/a/path/of/the/server")

    with monkeypatch.context() as patch:
        patch.setattr("run_import.recording.keeping.AnswerWriter.finish", full)
        told = imported("26.1/a_linear", A_LINEAR)
    assert (told["state"], told["error_code"]) == ("FAILED", "storage")
    assert told["error"].startswith("The disk of the storage is full")
    nothing_is_left(stored_files)
    ada_api.post(f"{IMPORTS}{told['id']}/retry/")
    run_tasks()
    assert RunImport.objects.get().state == "DONE"


def test_a_fault_of_our_own_is_told_without_its_words(
    imported: Callable[..., dict[str, Any]], monkeypatch: Any, stored_files: Any
) -> None:
    def broken(*given: Any, **named: Any) -> None:
        raise ValueError("what only programmers understand")

    monkeypatch.setattr("galaxy_import.fetching.assemble", broken)
    told = imported("26.1/a_linear", A_LINEAR)
    assert (told["state"], told["error_code"]) == ("FAILED", "fault")
    assert (
        told["error"]
        == "The import broke off by a fault of this registry (ValueError). Tell its administrators."
    )
    nothing_is_left(stored_files)


@pytest.mark.parametrize(
    ("path", "state"), [(f"/api/invocations/{A_LINEAR}", "FAILED"), ("/api/jobs/1b4302472ee7ee70", "DONE")]
)
def test_an_answer_nested_without_end_is_the_servers_fault_and_not_ours(
    imported: Callable[..., dict[str, Any]],
    galaxy: Callable[..., Replay],
    monkeypatch: Any,
    path: str,
    state: str,
) -> None:
    server = galaxy("26.1/a_linear")
    answer = server.answer

    def nesting(handler: Any, asked: Any) -> None:
        if asked.path.partition("?")[0] == path:
            handler.tell(200, b'{"deep":' + b"[" * 300 + b"]" * 300 + b',"id":"1","steps":[]}')
        else:
            answer(handler, asked)

    monkeypatch.setattr(server, "answer", nesting)
    told = imported("26.1/a_linear", A_LINEAR, server)
    assert (told["state"], told["error_code"]) == (state, "not_understood" if state == "FAILED" else "")
    assert "nested deeper" in told["error"] or told["warnings"]
