"""Which source an address is of, and what the doors say of it."""

from typing import Any

import pytest

from run_import.models import RunImport, RunServer
from run_import.recognising import recognise
from run_sources.errors import AddressRefused
from tests.conftest import Api
from tests.run_import.paper import BASE, PaperSource

pytestmark = pytest.mark.django_db
API = "/api/v2/workflows/"


class Copy(PaperSource):
    """Another source with the same forms."""

    name, title = "copy", "Copy"


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
