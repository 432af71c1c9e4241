"""One's credentials for servers."""

from typing import Any

import pytest
import responses
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from run_import.models import RunCredential, RunServer
from tests.web.galaxy_rows import URL, a_server

pytestmark = pytest.mark.django_db
PAGE = reverse("web:servers")
KEY = "0123456789abcdef0123456789abcdef"


def door(server: RunServer) -> str:
    return reverse("web:credentials", args=[server.pk])


def shown(browser: Client) -> str:
    return browser.get(PAGE).content.decode()


@pytest.fixture
def galaxy() -> Any:
    """A server that knows one key."""

    def whoami(request: Any) -> tuple[int, dict[str, str], str]:
        if request.headers.get("x-api-key") == KEY:
            return 200, {}, '{"id": "f2db41e1fa331b3e", "email": "ada@<lab>.org", "username": "ada"}'
        return 401, {}, '{"err_msg": "Provided API key is not valid.", "err_code": 401001}'

    with responses.RequestsMock(assert_all_requests_are_fired=False) as server:
        server.add_callback(
            responses.GET, f"{URL}/api/users/current", whoami, content_type="application/json"
        )
        yield server


def test_a_key_is_tested_stored_and_never_shown(ada: Any, ada_browser: Client, galaxy: Any) -> None:
    server = a_server()
    assert "not stored" in shown(ada_browser)
    answer = ada_browser.post(door(server), {"deed": "store", "key": f" {KEY} "})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    kept = RunCredential.objects.get(user=ada, server=server)
    assert KEY not in kept.sealed
    page = shown(ada_browser)
    assert "you are signed in as ada@&lt;lab&gt;.org" in page
    assert "signs in as ada@&lt;lab&gt;.org" in shown(ada_browser)
    for text in (KEY, kept.sealed):
        assert text not in page


def test_a_key_that_the_server_refuses_is_not_stored_and_not_sent_back(
    ada_browser: Client, galaxy: Any
) -> None:
    server = a_server()
    wrong = "f" * 32
    answer = ada_browser.post(door(server), {"deed": "store", "key": wrong})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert 'class="errorlist"' in page
    assert wrong not in page
    assert not RunCredential.objects.exists()


@pytest.mark.parametrize("typed", ["", "with blanks in it", "schlüssel", "a" * 10_001])
def test_what_is_no_key_is_not_even_tried(ada_browser: Client, galaxy: Any, typed: str) -> None:
    answer = ada_browser.post(door(a_server()), {"deed": "store", "key": typed})
    assert answer.status_code == 400
    assert 'class="errorlist"' in answer.content.decode()
    assert len(galaxy.calls) == 0


def test_a_server_that_is_away_is_said_to_be(ada_browser: Client) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as away:
        away.get(f"{URL}/api/users/current", status=500, body="oh")
        answer = ada_browser.post(door(a_server()), {"deed": "store", "key": KEY})
    assert answer.status_code == 400
    assert "The key was not stored." in answer.content.decode()
    assert not RunCredential.objects.exists()


def test_keys_cannot_be_tried_all_the_time(ada_browser: Client, galaxy: Any) -> None:
    server = a_server()
    for _ in range(10):
        ada_browser.post(door(server), {"deed": "store", "key": "wrong"})
    answer = ada_browser.post(door(server), {"deed": "store", "key": KEY})
    assert "Too many were tried" in answer.content.decode()
    assert not RunCredential.objects.exists()


def test_a_key_is_removed_and_only_ones_own(ada: Any, bob: Any, ada_browser: Client) -> None:
    server = a_server()
    for user in (ada, bob):
        RunCredential.objects.create(
            user=user,
            server=server,
            sealed=f"sealed of {user}",
            account=f"{user}@x",
            checked_at=timezone.now(),
        )
    assert "bob@x" not in shown(ada_browser)
    assert ada_browser.post(door(server), {"deed": "remove"})["Location"] == PAGE
    assert RunCredential.objects.get().user == bob
    assert "is removed" in shown(ada_browser)


def test_only_servers_that_may_be_asked_are_there(ada_browser: Client) -> None:
    off = a_server(is_enabled=False)
    assert off.name not in shown(ada_browser)
    assert "No servers yet" in shown(ada_browser)
    assert ada_browser.post(door(off), {"deed": "store", "key": KEY}).status_code == 404


def test_the_page_is_for_those_who_are_signed_in_and_is_kept_nowhere(
    client: Client, ada_browser: Client
) -> None:
    server = a_server()
    for answer in (client.get(PAGE), client.post(door(server), {"key": KEY})):
        assert answer["Location"].startswith(reverse("web:sign-in"))
    assert "no-store" in ada_browser.get(PAGE)["Cache-Control"]
    assert ada_browser.get(door(server)).status_code == 405


def test_the_menu_and_the_account_lead_to_the_page(ada_browser: Client) -> None:
    assert ada_browser.get(reverse("web:account")).content.decode().count(f'href="{PAGE}"') == 2


def test_the_fields_are_those_of_the_source_and_secret_ones_are_never_shown_again(
    ada_browser: Client, settings: Any
) -> None:
    settings.RUN_SOURCES = {"paper": "tests.run_import.paper.PaperSource"}
    server = RunServer.objects.create(source="paper", url="https://paper.example.org", name="Archive")
    told = {"deed": "store", "region": "north", "token": "very-secret"}
    bad = ada_browser.post(door(server), {**told, "token": "bad"}).content.decode()
    assert "Paper does not know this token." in bad
    assert 'value="bad"' not in bad
    assert ada_browser.post(door(server), told)["Location"] == PAGE
    page = shown(ada_browser)
    assert "sign in as ada@paper" in page
    assert 'value="north"' in page
    assert "very-secret" not in page
    assert "very-secret" not in RunCredential.objects.get().sealed
