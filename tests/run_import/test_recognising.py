"""Which source an address is of, and what the doors say of it."""

from typing import Any

import pytest
from django.conf import settings as of_the_tests

from run_import.models import RunImport, RunServer
from run_import.recognising import reader, recognise
from run_sources.errors import AddressRefused
from run_sources.seam import Address
from tests.conftest import Api
from tests.run_import.paper import BASE, PaperSource

pytestmark = pytest.mark.django_db
API = "/api/v2/workflows/"
REAL = dict(of_the_tests.RUN_SOURCES)


class Copy(PaperSource):
    """Another source with the same forms."""

    name, title = "copy", "Copy"


@pytest.fixture
def real(settings: Any, sources: None) -> Any:
    """The sources that the registry has."""
    settings.RUN_SOURCES = dict(REAL)
    return settings


@pytest.fixture(autouse=True)
def sources(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RUN_SOURCES = {
        "galaxy": "galaxy_import.source.GalaxySource",
        "paper": "tests.run_import.paper.PaperSource",
        "copy": "tests.run_import.test_recognising.Copy",
        "gone": "no.such.module.Source",
    }
    monkeypatch.setattr(RunImport, "send", lambda self: None)


def test_the_listed_server_decides_between_two_that_claim_it(settings: Any) -> None:
    with pytest.raises(AddressRefused, match="say which with source, one of paper, copy"):
        recognise(f"{BASE}/sheets/run-1")
    settings.RUN_SERVERS = [f"copy={BASE}"]
    assert recognise(f"{BASE}/sheets/run-1")[0] == "copy"
    assert recognise(f"{BASE}/sheets/run-1", "paper")[0] == "paper"


def test_what_no_source_understands_is_told_with_examples() -> None:
    with pytest.raises(AddressRefused, match=r"Galaxy \(https://usegalaxy.eu/workflows"):
        recognise("https://example.org/nothing")


def test_sources_are_listed_with_those_that_are_missing(ada_api: Api) -> None:
    told = {one["name"]: one for one in ada_api.get(f"{API}workflowruns/import/sources/").json()["results"]}
    assert [one["name"] for one in told["paper"]["credential_fields"]] == ["region", "token"]
    assert (told["paper"]["is_available"], told["paper"]["problem"]) == (True, "")
    assert (told["gone"]["is_available"], told["gone"]["examples"]) == (False, [])
    assert "is not installed" in told["gone"]["problem"]


def test_an_import_is_asked_for_and_found_by_its_source(ada_api: Api, settings: Any) -> None:
    settings.RUN_SERVERS = [f"paper={BASE}"]
    body = {"url": f"{BASE}/sheets/run-1", "source": "paper", "follow": True}
    answer = ada_api.post(f"{API}workflowruns/import/", body)
    assert answer.status_code == 202, answer.content
    [told] = answer.json()["results"]
    assert (told["source"], told["kind"], told["external_id"], told["follow"]) == (
        "paper",
        "RUN",
        "run-1",
        True,
    )
    again = ada_api.post(f"{API}workflowruns/import/", {**body, "url": "run-1", "server": BASE}).json()
    assert [one["id"] for one in again["results"]] == [told["id"]]
    found = ada_api.get(f"{API}runimports/?source=paper").json()["results"]
    assert [one["id"] for one in found] == [told["id"]]
    assert ada_api.get(f"{API}runimports/?source=galaxy").json()["results"] == []
    assert ada_api.get(f"{API}galaxyimports/").json()["results"] == []
    assert RunServer.objects.get().source == "paper"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": "https://example.org/nothing"}, "url"),
        ({"url": f"{BASE}/sheets/1", "source": "nobody"}, "source"),
        ({"url": f"{BASE}/sheets/1", "folow": True}, "folow"),
        ({"urls": [f"{BASE}/sheets/1", "nothing"], "source": "paper"}, "urls.1"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(ada_api: Api, body: dict[str, Any], field: str) -> None:
    answer = ada_api.post(f"{API}workflowruns/import/", body)
    assert answer.status_code == 400
    assert field in [one["field"] for one in answer.json()["errors"]]


SAPPORO = "http://sapporo.example.org:1122"
STANDARD = "https://g.org/ga4gh/wes/v1"
UUID = "67e51f88-ccaa-47c1-9608-c564057ae400"


@pytest.mark.parametrize(
    ("listed", "text", "expected"),
    [
        ("wes=" + SAPPORO, f"{SAPPORO}/runs/{UUID}", ("wes", SAPPORO, UUID)),
        ("wes=" + SAPPORO + "/wes", f"{SAPPORO}/wes/runs/{UUID}/status", ("wes", SAPPORO + "/wes", UUID)),
        ("reana=https://r.org", f"https://r.org/details/{UUID}", ("reana", "https://r.org", UUID)),
        ("galaxy=https://g.org wes=https://g.org/w", f"https://g.org/w/runs/{UUID}", ("wes", "https://g.org/w", UUID)),
        ("galaxy=https://g.org", f"{STANDARD}/runs/{UUID}", ("wes", STANDARD, UUID)),
    ],
)  # fmt: skip
def test_an_address_below_a_listed_server_is_of_its_source(
    real: Any, listed: str, text: str, expected: tuple[str, str, str]
) -> None:
    real.RUN_SERVERS = listed.split()
    name, address = recognise(text)
    assert (name, address.base, address.external_id) == expected


def test_a_bare_address_of_a_server_that_nobody_listed_wants_its_source_said(real: Any) -> None:
    with pytest.raises(AddressRefused, match="No source understands"):
        recognise(f"{SAPPORO}/runs/{UUID}")
    assert recognise(f"{SAPPORO}/runs/{UUID}", "wes")[1].external_id == UUID


@pytest.mark.parametrize(
    ("source", "server", "text", "id", "page"),
    [
        ("reana", "https://r.org/", "hello.1", "hello.1", ""),
        ("reana", "https://r.org", UUID, UUID, f"https://r.org/details/{UUID}"),
        ("torc", "https://t.org/torc-service/v1", "7/2", "https://t.org/torc-service/v1#7/2",
         "https://t.org/torc-service/v1/workflows/7"),
        ("wes", SAPPORO, UUID, UUID, f"{SAPPORO}/runs/{UUID}"),
        ("galaxy", "https://g.org", "a" * 16, "a" * 16, f"https://g.org/workflows/invocations/{'a' * 16}"),
        ("healthomics", "https://omics.eu-west-1.amazonaws.com", "1234567", "1234567",
         "https://eu-west-1.console.aws.amazon.com/omics/home?region=eu-west-1#/runs/1234567"),
    ],
)  # fmt: skip
def test_an_identifier_is_read_at_its_server(
    real: Any, source: str, server: str, text: str, id: str, page: str
) -> None:
    assert reader(source, server)(text) == (source, Address(server.rstrip("/"), id, page=page))
    real.RUN_SERVERS = [f"{source}={server}"]
    assert reader("", server)(text)[0] == source


@pytest.mark.parametrize("text", ["", " ", "../x", "a/../b", "a b", "a\\b", "x" * 201, "/x", "x\0y"])
@pytest.mark.parametrize("source", ["reana", "torc", "wes", "galaxy", "healthomics"])
def test_what_is_no_identifier_is_refused(real: Any, source: str, text: str) -> None:
    with pytest.raises(AddressRefused):
        reader(source, "https://s.org/torc-service/v1")(text)


def test_many_addresses_cost_no_more_queries_than_one(real: Any, django_assert_max_num_queries: Any) -> None:
    real.RUN_SERVERS = [f"wes={SAPPORO}"]
    recognise(f"{SAPPORO}/runs/{UUID}")
    with django_assert_max_num_queries(2):
        read = reader()
        assert {read(f"{SAPPORO}/runs/run-{number}")[0] for number in range(50)} == {"wes"}
