"""What goes wrong with a server, told through a whole import: how it ends, its code, its sentence, what to do."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.models import Group, User
from run_import.credentials import keep_credentials
from run_import.models import RunImport, RunServer
from run_import.tasks import import_run
from run_sources.http.session import HttpSession
from tests.conftest import Api
from tests.run_sources.reana.replay import TOKEN, Replay, recorded
from workflows.models import WorkflowRun

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]
HELLO_1 = "335037af-2b11-4d83-ae47-803b1d436cd9"
ASKED_FIRST = [f"/api/workflows/hello.1/{call}" for call in ("parameters", "status")]
NOT_YOURS = {"message": "User 7 is not allowed to access workflow 9"}
Imports = Callable[..., dict[str, Any]]


@pytest.fixture
def reana(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    """A server that answers what a real one did, and whom nobody waits for."""
    monkeypatch.setattr(HttpSession, "rest", lambda self, seconds: None)
    with Replay() as server:
        yield server


@pytest.fixture
def imported(reana: Replay, ada: User, genomics: Group, ada_api: Api) -> Imports:
    """Imports hello.1 with a token, and tells what the API says of it then."""
    server = RunServer.objects.create(source="reana", name="R", url=reana.url)
    made = RunImport.objects.create(
        server=server, external_id="hello.1", url="hello.1", owner=ada, owned_by=genomics
    )

    def carry_out(token: str = TOKEN) -> dict[str, Any]:
        if token:
            keep_credentials(server=server, user=ada, fields={"token": token}, account="ada")
        import_run(str(made.pk))
        told: dict[str, Any] = ada_api.get(f"/api/v2/workflows/runimports/{made.pk}/").json()
        assert TOKEN not in str(told)
        return told

    return carry_out


@pytest.mark.parametrize(
    ("token", "answer", "code", "sentence", "advice"),
    [
        ("", None, "key_refused", "answers nobody without credentials", "Credentials are stored"),
        ("wrong-token-2", None, "key_refused", "does not accept the access token", "Credentials are stored"),
        (
            TOKEN,
            (403, NOT_YOURS),
            "not_readable",
            "Have it shared",
            "opens to you there",
        ),
        (TOKEN, (404, recorded("err-404.json")), "not_found", "shows no run", "copy the address anew"),
        (TOKEN, (200, b"<!doctype html><p>Sign in"), "not_understood", "not the API", "Open it in a browser"),
        (TOKEN, (200, b'{"id": "335037af'), "not_understood", "", "Open it in a browser"),
    ],
)
def test_what_waiting_does_not_help_ends_it(
    reana: Replay, imported: Imports, token: str, answer: Any, code: str, sentence: str, advice: str
) -> None:
    for path in ASKED_FIRST if answer else ():
        reana.change(path, answer[1], answer[0])
    told = imported(token)
    assert (told["state"], told["error_code"]) == ("FAILED", code)
    assert sentence in told["error"]
    assert advice in told["what_to_do"]
    assert not WorkflowRun.objects.exists()


@pytest.mark.parametrize("status", [429, 503])
def test_what_is_throttled_is_tried_again(reana: Replay, imported: Imports, status: int) -> None:
    for path in ASKED_FIRST:
        reana.change(path, {"message": "Too many requests"}, status)
    told = imported()
    assert (told["state"], told["attempts"], bool(told["due_at"])) == ("PENDING", 1, True)
    reana.changed.clear()
    told = imported()
    assert (told["state"], told["error"], told["error_code"]) == ("DONE", "", "")
    run = WorkflowRun.objects.get()
    assert (run.name, run.external_id, run.imported.external_id) == ("hello.1", HELLO_1, HELLO_1)
    assert run.jobs.exists()


def test_a_run_by_its_name_is_the_run_by_its_uuid(imported: Imports) -> None:
    imported()
    before = WorkflowRun.objects.get().pk
    RunImport.objects.update(state="PENDING", external_id=HELLO_1, workflowrun=None, recorded_at=None)
    assert imported()["workflowrun"] == str(before)
    assert WorkflowRun.objects.count() == 1
