"""Credentials of several fields: tested, sealed, shown as far as they are no secrets, and forgotten."""

from typing import Any

import pytest

from accounts.models import User
from run_import.credentials import credentials_for
from run_import.models import RunCredential, RunServer
from tests.conftest import Api
from tests.run_import.paper import BASE

pytestmark = pytest.mark.django_db
GOOD = {"region": "eu", "token": "s3cret"}


@pytest.fixture
def door(settings: Any) -> str:
    settings.RUN_SOURCES = {"paper": "tests.run_import.paper.PaperSource"}
    server = RunServer.objects.create(source="paper", name="Paper", url=BASE)
    return f"/api/v2/workflows/runservers/{server.pk}/credentials/"


def test_they_are_stored_sealed_and_secrets_are_never_told(ada_api: Api, ada: User, door: str) -> None:
    assert ada_api.get(door).status_code == 404
    stored = ada_api.put(door, {"values": GOOD})
    assert (stored.status_code, stored.json()["account"]) == (200, "ada@paper")
    told = ada_api.get(door)
    assert told.json()["shown"] == {"region": "eu"}
    listed = ada_api.get("/api/v2/workflows/runservers/?has_credentials=true")
    assert [one["account"] for one in listed.json()["results"]] == ["ada@paper"]
    for answer in (stored, told, listed):
        assert b"s3cret" not in answer.content
    assert "s3cret" not in RunCredential.objects.get().sealed
    assert credentials_for(RunServer.objects.get(), ada) == (GOOD, "ada@paper")
    assert ada_api.delete(door).status_code == 204
    assert not RunCredential.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"region": "eu"}, "token"),
        ({**GOOD, "colour": "red"}, "colour"),
        ({"region": "eu", "token": "bad"}, "token"),
        ({"region": "eu", "token": ""}, "token"),
    ],
)
def test_what_is_missing_unknown_or_refused_is_told_and_not_stored(
    ada_api: Api, door: str, values: dict[str, str], field: str
) -> None:
    answer = ada_api.put(door, {"values": values})
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (400, [field])
    assert not RunCredential.objects.exists()


@pytest.mark.parametrize(
    ("source", "values", "field"),
    [
        ("wes", {"token": "", "user": "", "password": ""}, "token"),
        ("healthomics", {}, "secret_access_key"),
        ("reana", {"token": "t", "ca_certificate": "none"}, "ca_certificate"),
    ],
)
def test_what_cannot_be_credentials_is_told_at_its_field(
    ada_api: Api, source: str, values: dict[str, str], field: str
) -> None:
    server = RunServer.objects.create(source=source, name="S", url="https://127.0.0.1:9")
    answer = ada_api.put(f"/api/v2/workflows/runservers/{server.pk}/credentials/", {"values": values})
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (400, [field])
