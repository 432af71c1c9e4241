"""A server that lets somebody wait who stores a key."""

import pytest

from run_import import credential_checks as key_checks
from tests.conftest import Api
from tests.factories import a_galaxy_server
from tests.galaxy_import.failing import FailingGalaxy, drips, floods, is_silent, says

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("behaviour", [drips(0.05), drips(0.05, head=True), is_silent()])
def test_whoever_waits_for_a_slow_server_is_told_soon(
    ada_api: Api, failing_galaxy: FailingGalaxy, monkeypatch: pytest.MonkeyPatch, behaviour: object
) -> None:
    monkeypatch.setattr(key_checks, "PATIENCE", 0.5)
    failing_galaxy.on("/api/users/current", behaviour)  # type: ignore[arg-type]
    server = a_galaxy_server(failing_galaxy.url)
    answer = ada_api.put(f"/api/v2/workflows/galaxyservers/{server.pk}/key/", {"key": "a-key"})
    assert (answer.status_code, answer.json()["code"]) == (502, "galaxy_error")
    assert "was not stored" in answer.json()["message"]
    assert len(failing_galaxy.asked) == 1


def test_an_account_of_many_megabytes_is_not_read(ada_api: Api, failing_galaxy: FailingGalaxy) -> None:
    failing_galaxy.on("/api/users/current", floods(8))
    server = a_galaxy_server(failing_galaxy.url)
    answer = ada_api.put(f"/api/v2/workflows/galaxyservers/{server.pk}/key/", {"key": "a-key"})
    assert (answer.status_code, answer.json()["code"]) == (502, "galaxy_error")


def test_an_account_has_no_letters_that_no_database_keeps(
    ada_api: Api, failing_galaxy: FailingGalaxy
) -> None:
    failing_galaxy.on("/api/users/current", says({"id": "1", "email": "ada\0@example.org"}))
    server = a_galaxy_server(failing_galaxy.url)
    answer = ada_api.put(f"/api/v2/workflows/galaxyservers/{server.pk}/key/", {"key": "a-key"})
    assert (answer.status_code, answer.json()["account"]) == (200, "ada@example.org")
