"""Which servers may be asked: what settings and administrators list, and how an address finds its server."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from common.errors import InvalidInput
from galaxy_import.servers import client_for
from run_import.models import RunServer
from run_import.servers import ServerNotAsked, list_servers_of_settings, server_for
from tests.conftest import Api
from tests.factories import a_galaxy_import, a_galaxy_server
from tests.galaxy_import.api.conftest import SERVERS, URL

pytestmark = pytest.mark.django_db
EU = "https://usegalaxy.eu"


def listed() -> set[str]:
    return set(RunServer.objects.filter(is_listed=True).values_list("url", flat=True))


def test_servers_of_the_settings_are_listed_on_first_use(settings: Any, ada_api: Api) -> None:
    settings.GALAXY_SERVERS = ["https://UseGalaxy.eu:443/", " http://galaxy.lan:8080/lab ", ""]
    told = ada_api.get(SERVERS).json()
    assert [one["url"] for one in told["results"]] == ["http://galaxy.lan:8080/lab", EU]
    assert [one["name"] for one in told["results"]] == ["galaxy.lan:8080", "usegalaxy.eu"]
    assert all(one["can_be_asked"] and not one["has_key"] for one in told["results"])


def test_listing_them_again_changes_nothing_and_costs_one_query(settings: Any) -> None:
    settings.GALAXY_SERVERS = [EU]
    list_servers_of_settings()
    RunServer.objects.update(name="Europe")
    with CaptureQueriesContext(connection) as queries:
        list_servers_of_settings()
    assert len(queries) == 1
    assert RunServer.objects.get().name == "Europe"


def test_what_the_settings_name_no_more_is_not_listed_but_what_administrators_listed_is(
    settings: Any,
) -> None:
    a_galaxy_server(URL)
    settings.GALAXY_SERVERS = [EU, URL]
    list_servers_of_settings()
    assert listed() == {EU, URL}
    settings.GALAXY_SERVERS = []
    list_servers_of_settings()
    assert listed() == {URL}
    assert RunServer.objects.filter(url=EU).exists()
    settings.GALAXY_SERVERS = [EU]
    list_servers_of_settings()
    assert listed() == {EU, URL}


def test_an_entry_that_is_no_address_is_told_to_administrators_and_hinders_nobody(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.GALAXY_SERVERS = ["ftp://nonsense", EU]
    list_servers_of_settings()
    assert listed() == {EU}
    assert "GALAXY_SERVERS" in caplog.text


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        (URL, URL),
        ("http://galaxy.example.org", URL),
        (f"{URL}/lab", f"{URL}/lab"),
        (f"{URL}/lab/deeper", f"{URL}/lab"),
        (f"{URL}/laboratory", URL),
        ("http://localhost:8080", "http://localhost:8080"),
    ],
)
def test_an_address_is_asked_of_the_longest_listed_base_that_it_lies_below(base: str, expected: str) -> None:
    for url in (URL, f"{URL}/lab", "http://localhost:8080"):
        a_galaxy_server(url)
    assert server_for("galaxy", base).url == expected


@pytest.mark.parametrize(
    "base",
    [
        "https://galaxy.example.org.evil.org",
        "https://galaxy.example.org:8443",
        "http://localhost:8081",
        "http://localhost",
        "https://example.org",
    ],
)
def test_what_is_not_listed_is_refused_and_told_what_is(base: str) -> None:
    a_galaxy_server(URL)
    a_galaxy_server("http://localhost:8080")
    with pytest.raises(InvalidInput) as problem:
        server_for("galaxy", base)
    [violation] = problem.value.violations
    assert violation.field == "url"
    assert URL in violation.message
    assert f"list {base}" in violation.message
    assert RunServer.objects.count() == 2


def test_below_a_path_that_is_listed_nothing_beside_it_may_be_asked() -> None:
    a_galaxy_server(f"{URL}/lab")
    for base in (URL, f"{URL}/other", f"{URL}/laboratory"):
        with pytest.raises(InvalidInput):
            server_for("galaxy", base)


def test_any_public_server_is_taken_in_unlisted_and_once(settings: Any, ada: User) -> None:
    settings.GALAXY_ANY_PUBLIC = True
    a_galaxy_server("http://127.0.0.1:8080")
    found = server_for("galaxy", "https://galaxy.elsewhere.org")
    assert (found.is_listed, found.name) == (False, "galaxy.elsewhere.org")
    assert server_for("galaxy", "https://galaxy.elsewhere.org") == found
    beside = server_for("galaxy", "http://127.0.0.1:8081")
    assert (beside.url, beside.is_listed) == ("http://127.0.0.1:8081", False)
    assert (
        client_for(server_for("galaxy", "http://127.0.0.1:8080"), ada).session.base == "http://127.0.0.1:8080"
    )


def test_nobody_sees_the_unlisted_servers_of_others(
    settings: Any, ada: User, ada_api: Api, eve: User
) -> None:
    settings.GALAXY_ANY_PUBLIC = True
    found = server_for("galaxy", "https://galaxy.elsewhere.org")
    a_galaxy_import(ada, server=found)
    assert [one["url"] for one in ada_api.get(SERVERS).json()["results"]] == [found.url]
    assert Api(eve).get(SERVERS).json()["count"] == 0
    assert Api(eve).get(f"{SERVERS}{found.pk}/").status_code == 404
    settings.GALAXY_ANY_PUBLIC = False
    assert ada_api.get(f"{SERVERS}{found.pk}/").json()["can_be_asked"] is False


def test_a_server_that_is_switched_off_is_seen_and_not_asked(ada: User, ada_api: Api) -> None:
    server = a_galaxy_server(URL, is_enabled=False)
    told = ada_api.get(f"{SERVERS}{server.pk}/").json()
    assert (told["is_enabled"], told["can_be_asked"]) == (False, False)
    with pytest.raises(InvalidInput, match="switched off"):
        server_for("galaxy", URL)
    with pytest.raises(ServerNotAsked, match="switched off"):
        client_for(server, ada)


def test_work_that_was_asked_for_earlier_asks_no_server_that_is_no_longer_listed(
    settings: Any, ada: User
) -> None:
    settings.GALAXY_SERVERS = [EU]
    server = server_for("galaxy", EU)
    settings.GALAXY_SERVERS = []
    with pytest.raises(ServerNotAsked, match="not listed"):
        client_for(server, ada)


def test_servers_are_found_and_sorted(ada_api: Api) -> None:
    a_galaxy_server(URL, name="Ours")
    a_galaxy_server(EU, name="Europe", is_enabled=False)
    for query, expected in (
        ("search=ours", [URL]),
        ("search=usegalaxy", [EU]),
        ("is_enabled=false", [EU]),
        ("has_key=false&ordering=-name", [URL, EU]),
        ("has_key=true", []),
        (f"url={URL}", [URL]),
    ):
        assert [one["url"] for one in ada_api.get(f"{SERVERS}?{query}").json()["results"]] == expected, query
    assert ada_api.get(f"{SERVERS}?sealed=x").status_code == 400


def test_nobody_sees_servers_who_is_not_signed_in(api: Any) -> None:
    assert api(None).get(SERVERS).status_code == 401
