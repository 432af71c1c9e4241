"""Keys: tested, sealed, sent to their own server, and never told to anybody."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from common.models import HistoryEvent
from galaxy_import.servers import client_for
from run_import.credentials import KeyUnreadable
from run_import.models import RunCredential, RunServer
from tests.conftest import Api
from tests.factories import a_galaxy_server
from tests.galaxy_import.api.conftest import ADA_KEY, SERVERS, SHARED_KEY, URL, Galaxy
from tests.galaxy_import.keys import keep_key, key_for_user, share_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def put(ada_api: Api, server: RunServer) -> Any:
    """Stores a key; Ada does unless told."""

    def store(key: Any = ADA_KEY, api: Api = ada_api) -> Any:
        return api.put(f"{SERVERS}{server.pk}/key/", {"key": key})

    return store


def dump() -> str:
    """All that the database holds."""
    out = io.StringIO()
    call_command("dumpdata", stdout=out)
    return out.getvalue()


def test_a_key_is_tested_and_says_who_one_is(
    put: Any, server: RunServer, galaxy: Galaxy, ada_api: Api
) -> None:
    answer = put(f"  {ADA_KEY}  ")
    assert (answer.status_code, answer.json()["account"]) == (200, "ada@example.org")
    assert set(answer.json()) == {"account", "checked_at"}
    assert galaxy.asked == [("/api/users/current", ADA_KEY)]
    told = ada_api.get(f"{SERVERS}{server.pk}/").json()
    assert (told["has_key"], told["account"], told["has_shared_key"]) == (True, "ada@example.org", False)
    assert ada_api.get(f"{SERVERS}?has_key=true").json()["count"] == 1


def test_it_is_nobody_elses(put: Any, server: RunServer, bob: User) -> None:
    put()
    told = Api(bob).get(f"{SERVERS}{server.pk}/").json()
    assert (told["has_key"], told["account"]) == (False, "")
    assert key_for_user(server, bob) == ("", "")


def test_it_is_stored_nowhere_and_told_to_nobody(
    put: Any, server: RunServer, ada: User, ada_api: Api, admin: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    answers = [put().content, ada_api.get(SERVERS).content, ada_api.get(f"{SERVERS}{server.pk}/").content]
    browser = Client()
    browser.force_login(admin)
    answers.append(browser.get(f"/admin/run_import/runserver/{server.pk}/change/").content)
    kept, client = RunCredential.objects.get(), client_for(server, ada)
    told = [str(kept), repr(kept), str(vars(kept)), repr(client), repr(client.session), caplog.text, dump()]
    assert ADA_KEY not in "".join(told) + b"".join(answers).decode()
    assert key_for_user(server, ada) == (ADA_KEY, "ada@example.org")


def test_a_new_key_takes_the_place_of_the_old_one(
    put: Any, galaxy: Galaxy, server: RunServer, ada: User
) -> None:
    put()
    galaxy.users["f" * 32] = "ada@elsewhere.org"
    assert put("f" * 32).json()["account"] == "ada@elsewhere.org"
    assert RunCredential.objects.count() == 1
    assert key_for_user(server, ada) == ("f" * 32, "ada@elsewhere.org")


def test_a_key_that_the_server_does_not_take_is_refused_and_the_old_one_stays(
    put: Any, server: RunServer, ada: User
) -> None:
    put()
    answer = put("e" * 32)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "key")
    assert server.url in answer.json()["errors"][0]["message"]
    assert "e" * 32 not in answer.content.decode()
    assert key_for_user(server, ada)[0] == ADA_KEY


@pytest.mark.parametrize("status", [500, 503, 403, 404])
def test_a_server_that_cannot_tell_is_no_reason_to_store_a_key(
    put: Any, galaxy: Galaxy, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("run_import.credential_checks.PATIENCE", 0.2)
    galaxy.status = status
    answer = put()
    assert (answer.status_code, answer.json()["code"]) == (502, "galaxy_error")
    assert "was not stored" in answer.json()["message"]
    assert not RunCredential.objects.exists()


def test_a_server_that_is_away_is_told_as_that(
    ada_api: Api, galaxy: Galaxy, server: RunServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("run_import.credential_checks.PATIENCE", 0.2)
    gone = a_galaxy_server("http://127.0.0.1:9")
    answer = ada_api.put(f"{SERVERS}{gone.pk}/key/", {"key": ADA_KEY})
    assert answer.status_code == 502
    assert ADA_KEY not in answer.content.decode()
    assert not RunCredential.objects.exists()


@pytest.mark.parametrize(
    "key", ["", "   ", "two\nlines", "two words", "a\x07bell", "schlüssel", "x" * 256, None, 7, ["x"]]
)
def test_what_cannot_be_a_key_is_not_sent_anywhere(put: Any, galaxy: Galaxy, key: Any) -> None:
    answer = put(key)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "key")
    assert galaxy.asked == []


def test_removing_a_key_twice_is_removing_it_once(
    put: Any, server: RunServer, ada_api: Api, bob: User
) -> None:
    put()
    keep_key(server=server, user=bob, key="b" * 32, account="bob")
    for _ in range(2):
        assert ada_api.delete(f"{SERVERS}{server.pk}/key/").status_code == 204
    assert [one.user for one in RunCredential.objects.all()] == [bob]


def test_nobody_may_try_keys_all_the_time(put: Any) -> None:
    answers = [put("").status_code for _ in range(11)]
    assert answers == [400] * 10 + [429]


def test_a_server_that_is_switched_off_is_sent_no_key(put: Any, server: RunServer, galaxy: Galaxy) -> None:
    RunServer.objects.update(is_enabled=False)
    assert put().status_code == 409
    assert galaxy.asked == []


def test_keys_are_for_servers_that_one_sees_and_for_those_who_sign_in(
    put: Any, eve: User, settings: Any, galaxy: Galaxy
) -> None:
    RunServer.objects.update(is_listed=False)
    settings.GALAXY_ANY_PUBLIC = True
    assert put(api=Api(eve)).status_code == 404
    assert put(api=Api(None)).status_code == 401
    assert galaxy.asked == []


def test_the_shared_key_is_for_those_without_one_of_their_own(
    server: RunServer, ada: User, bob: User
) -> None:
    share_key(server, SHARED_KEY, "everybody")
    server.save()
    keep_key(server=server, user=ada, key=ADA_KEY, account="ada")
    assert key_for_user(server, ada) == (ADA_KEY, "ada")
    assert key_for_user(server, bob) == (SHARED_KEY, "everybody")
    assert SHARED_KEY not in dump()


def test_a_key_opens_in_its_own_row_only(server: RunServer, ada: User, eve: User) -> None:
    sealed = keep_key(server=server, user=ada, key=ADA_KEY, account="ada").sealed
    keep_key(server=server, user=eve, key="e" * 32, account="eve")
    RunCredential.objects.filter(user=eve).update(sealed=sealed)
    with pytest.raises(KeyUnreadable, match="store it anew"):
        key_for_user(server, eve)


# --- another SECRET_KEY -------------------------------------------------------------------------------------


def reseal() -> str:
    out = io.StringIO()
    call_command("reseal", stdout=out)
    return out.getvalue()


def test_keys_live_through_a_change_of_the_secret_key(server: RunServer, ada: User, settings: Any) -> None:
    keep_key(server=server, user=ada, key=ADA_KEY, account="ada")
    share_key(server, SHARED_KEY, "everybody")
    server.save()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new one", [settings.SECRET_KEY]
    assert key_for_user(server, ada)[0] == ADA_KEY
    assert "2 stored keys" in reseal()
    settings.SECRET_KEY_FALLBACKS = []
    server.refresh_from_db()
    assert key_for_user(server, ada)[0] == ADA_KEY
    assert key_for_user(server, None) == (SHARED_KEY, "everybody")
    assert "2 stored keys" in reseal()


def test_keys_whose_secret_key_is_gone_are_named_and_left(
    server: RunServer, ada: User, settings: Any
) -> None:
    keep_key(server=server, user=ada, key=ADA_KEY, account="ada")
    share_key(server, SHARED_KEY, "everybody")
    before = settings.SECRET_KEY
    settings.SECRET_KEY = "a new one"
    server.save()
    with pytest.raises(CommandError, match=r"the key of ada for .*, the shared key"):
        reseal()
    with pytest.raises(KeyUnreadable) as problem:
        client_for(server, ada)
    assert problem.value.code == "key_unreadable"
    settings.SECRET_KEY = before
    assert key_for_user(server, ada)[0] == ADA_KEY


# --- the admin pages ----------------------------------------------------------------------------------------


@pytest.fixture
def browser(admin: User) -> Client:
    """The administrator's."""
    client = Client()
    client.force_login(admin)
    return client


def change(browser: Client, server: RunServer, **more: Any) -> Any:
    body = {"name": server.name, "is_enabled": "on", "is_listed": "on", **more}
    return browser.post(f"/admin/run_import/runserver/{server.pk}/change/", body)


def test_an_administrator_shares_a_key_that_is_tested_and_never_shown(
    browser: Client, server: RunServer, galaxy: Galaxy, ada: User
) -> None:
    assert change(browser, server, new_shared_key=SHARED_KEY).status_code == 302
    server.refresh_from_db()
    assert server.shared_account == "everybody@example.org"
    assert key_for_user(server, ada)[0] == SHARED_KEY
    assert galaxy.asked == [("/api/users/current", SHARED_KEY)]
    shown = browser.get(f"/admin/run_import/runserver/{server.pk}/change/").content.decode()
    assert "everybody@example.org" in shown
    assert "everybody who has no key of their own" in shown
    assert SHARED_KEY not in shown + dump()
    assert server.shared_key not in shown
    assert {"shared key": [None, "set"]} in HistoryEvent.objects.values_list("changes", flat=True)


def test_a_shared_key_that_the_server_refuses_is_not_stored(browser: Client, server: RunServer) -> None:
    answer = change(browser, server, new_shared_key="e" * 32)
    assert answer.status_code == 200
    assert 'class="errorlist"' in answer.content.decode()
    assert "e" * 32 not in answer.content.decode()
    server.refresh_from_db()
    assert server.shared_key == ""


def test_a_shared_key_stays_until_it_is_cleared(browser: Client, server: RunServer) -> None:
    change(browser, server, new_shared_key=SHARED_KEY)
    change(browser, server, name="Ours")
    server.refresh_from_db()
    assert (server.name, bool(server.shared_key)) == ("Ours", True)
    change(browser, server, clear_shared_key="on")
    server.refresh_from_db()
    assert (server.shared_key, server.shared_account) == ("", "")


def test_the_address_of_a_server_stays_as_keys_are_stored_for_it(browser: Client, server: RunServer) -> None:
    before = server.url
    change(browser, server, url="https://evil.example.org", new_shared_key=SHARED_KEY)
    server.refresh_from_db()
    assert server.url == before


def test_an_administrator_lists_a_server_and_switches_it_off(browser: Client) -> None:
    body = {"url": f"{URL.upper()}/", "is_enabled": "on", "is_listed": "on"}
    assert browser.post("/admin/run_import/runserver/add/", body).status_code == 302
    made = RunServer.objects.get()
    assert (made.url, made.name, made.is_listed) == (URL, "galaxy.example.org", True)
    browser.post(f"/admin/run_import/runserver/{made.pk}/change/", {"name": "Ours"})
    made.refresh_from_db()
    assert (made.name, made.is_enabled, made.is_listed) == ("Ours", False, False)


@pytest.mark.parametrize("url", ["ftp://x", "galaxy", ""])
def test_what_is_no_address_is_not_listed(browser: Client, url: str) -> None:
    answer = browser.post("/admin/run_import/runserver/add/", {"url": url, "is_listed": "on"})
    assert answer.status_code == 200
    assert not RunServer.objects.exists()


def test_who_is_no_administrator_has_no_key_tested(server: RunServer, galaxy: Galaxy, ada: User) -> None:
    client = Client()
    client.force_login(ada)
    assert change(client, server, new_shared_key=SHARED_KEY).status_code == 302
    assert galaxy.asked == []
