"""The sources of the registry beside each other: what is one's is no other's, and each says what it is."""

from typing import Any

import pytest
from django.conf import settings

from run_import.sources import every_source
from tests.conftest import Api

NAMES = ["galaxy", "reana", "torc", "healthomics", "wes"]
EXAMPLES = [(one.name, text) for one in every_source() for text in one.examples]
NOTHING = ["", "hello", "https://", "https://example.org/", "ftp://example.org/runs/1", "\0"]
METHODS = ("read_address", "read_id", "close", "whoami", "list_run_ids", "fetch", "open_file")


def kind_of(name: str) -> Any:
    """The class of a source."""
    return next(one.kind for one in every_source() if one.name == name)


@pytest.mark.parametrize(("name", "text"), EXAMPLES)
def test_an_example_is_of_one_source_only(name: str, text: str) -> None:
    claims = {one: kind_of(one).read_address(text) for one in NAMES}
    assert [one for one, address in claims.items() if address is not None] == [name]
    address = claims[name]
    assert address.external_id
    assert address.base == address.base.rstrip("/")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", NOTHING)
def test_what_is_nothing_is_nobodys(name: str, text: str) -> None:
    assert kind_of(name).read_address(text) is None


@pytest.mark.parametrize("name", NAMES)
def test_a_source_is_what_the_seam_says(name: str) -> None:
    kind = kind_of(name)
    assert (kind.name, bool(kind.title)) == (name, True)
    assert len({one.name for one in kind.credential_fields}) == len(kind.credential_fields)
    assert isinstance(kind.wants_credentials, bool)
    assert all(callable(getattr(kind, method)) for method in METHODS)


@pytest.mark.django_db
def test_all_are_listed(ada_api: Api) -> None:
    told = ada_api.get("/api/v2/workflows/workflowruns/import/sources/").json()
    assert [one["name"] for one in told["results"]] == list(settings.RUN_SOURCES) == NAMES
    assert all(one["is_available"] == (not one["problem"]) for one in told["results"])
    assert all(one["title"] and one["examples"] and one["credential_fields"] for one in told["results"])
