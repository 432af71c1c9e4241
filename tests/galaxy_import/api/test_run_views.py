"""What is known of a run as an invocation of Galaxy, for those who may see the run."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from run_import.models import ImportedRun
from tests.conftest import Api
from tests.factories import a_galaxy_dataset, a_run, an_invocation, shared
from tests.galaxy_import.api.conftest import RUNS

pytestmark = pytest.mark.django_db
ANSWERS = gzip.compress(b'{"path": "/api/version", "status": 200, "body": {}}\n')


@pytest.fixture
def invocation(ada: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImportedRun:
    """That of a run of Ada's, with answers in a storage of the test's own."""
    monkeypatch.setattr(default_storage, "location", str(tmp_path), raising=False)
    monkeypatch.setattr(default_storage, "base_location", str(tmp_path), raising=False)
    kept = default_storage.save("answers.jsonl.gz", ContentFile(ANSWERS))
    run = a_run(ada, source_url="https://galaxy.example.org/x", run_environment={"engine": "Galaxy"})
    return an_invocation(
        run, answers_key=kept, answers_size=len(ANSWERS), answers_count=1, crate_note="No queue."
    )


@pytest.fixture
def address(invocation: ImportedRun) -> str:
    """That of the run's facts."""
    return f"{RUNS}{invocation.workflowrun_id}/galaxy/"


def test_the_facts_are_told(address: str, invocation: ImportedRun, ada_api: Api) -> None:
    told = ada_api.get(address).json()
    assert (told["workflowrun"], told["invocation_id"]) == (str(invocation.workflowrun_id), "a" * 16)
    assert (told["state"], told["uuid"]) == ("scheduled", invocation.uuid)
    assert (told["server"]["name"], told["server_url"]) == ("Galaxy", "https://galaxy.example.org")
    assert (told["url"], told["environment"]) == ("https://galaxy.example.org/x", {"engine": "Galaxy"})
    assert (told["answers_count"], told["answers_size"]) == (1, len(ANSWERS))
    assert told["crate_note"] == "No queue."
    assert "answers_key" not in told
    assert "told" not in told


@pytest.mark.parametrize("below", ["", "datasets/", "answers/"])
def test_a_run_that_one_does_not_see_is_not_there(address: str, below: str, eve: User) -> None:
    assert Api(eve).get(address + below).status_code == 404
    assert Api(None).get(address + below).status_code == 401


@pytest.mark.parametrize("below", ["", "datasets/", "answers/"])
def test_a_run_from_elsewhere_says_so(below: str, ada: User, ada_api: Api) -> None:
    answer = ada_api.get(f"{RUNS}{a_run(ada).pk}/galaxy/{below}")
    assert (answer.status_code, "not imported from Galaxy" in answer.json()["message"]) == (404, True)


@pytest.mark.parametrize("below", ["", "datasets/", "answers/"])
def test_nobody_changes_them(address: str, below: str, ada_api: Api) -> None:
    assert ada_api.post(address + below, {}).status_code == 405


def test_the_datasets_are_listed_by_page_and_found(
    address: str, invocation: Any, ada: User, ada_api: Api
) -> None:
    reads = a_galaxy_dataset(
        invocation, "Reads", position=0, hashes={"MD5": "0" * 32}, size=7, condition="READY"
    )
    pairs = a_galaxy_dataset(
        invocation, "Pairs", position=1, src="hdca", collection_type="paired", data_type="OUTPUT"
    )
    forward = a_galaxy_dataset(
        invocation, "forward", position=2, collection=pairs, condition="PURGED", note="Gone."
    )
    a_galaxy_dataset(an_invocation(a_run(ada)), "of another run")
    rows = ada_api.get(f"{address}datasets/").json()
    assert [one["label"] for one in rows["results"]] == ["Reads", "Pairs", "forward"]
    assert (rows["results"][0]["hashes"], rows["results"][0]["size"]) == ({"MD5": "0" * 32}, 7)
    assert rows["results"][2]["collection"] == str(pairs.pk)
    for query, expected in (
        ("data_type=OUTPUT", [pairs]),
        ("condition=PURGED", [forward]),
        (f"collection={pairs.pk}", [forward]),
        ("is_element=false&ordering=-label", [reads, pairs]),
        ("search=read", [reads]),
        ("page_size=1", [reads]),
    ):
        found = [one["id"] for one in ada_api.get(f"{address}datasets/?{query}").json()["results"]]
        assert found == [str(one.pk) for one in expected], query


@pytest.fixture
def collections(invocation: ImportedRun) -> list[str]:
    """Two nested collections with a dataset between them; the labels in the order in which they are to be told."""
    names = {
        "pairs": [f"{one}/{way}" for one in ("s1", "s2") for way in ("forward", "reverse")],
        "b": [],
        "more": ["a"],
    }
    for number, (name, elements) in enumerate(names.items()):
        src = "hdca" if elements else "hda"
        top = a_galaxy_dataset(invocation, name, position=number, src=src)
        for place, element in reversed(list(enumerate(elements))):
            a_galaxy_dataset(invocation, element, position=place, collection=top)
    return [one for name, elements in names.items() for one in (name, *elements)]


def test_the_elements_follow_their_collections(address: str, collections: list[str], ada_api: Api) -> None:
    rows = ada_api.get(f"{address}datasets/").json()["results"]
    assert [one["label"] for one in rows] == collections
    turned = ada_api.get(f"{address}datasets/?ordering=-position").json()["results"]
    assert [one["label"] for one in turned] == collections[::-1]
    only = ada_api.get(f"{address}datasets/?is_element=true").json()["results"]
    assert [one["label"] for one in only] == [one for one in collections if one not in ("pairs", "b", "more")]


@pytest.mark.parametrize("begin", ["?page_size=2", "?page_size=2&cursor="])
def test_no_element_is_lost_or_told_twice_from_page_to_page(
    address: str, collections: list[str], ada_api: Api, begin: str
) -> None:
    found, following = [], f"{address}datasets/{begin}"
    while following:
        page = ada_api.get(following).json()
        found += [one["label"] for one in page["results"]]
        following = page["next"]
    assert found == collections


def test_many_elements_cost_no_more_queries_than_few(
    address: str, invocation: ImportedRun, collections: list[str], ada_api: Api
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert ada_api.get(f"{address}datasets/?page_size=500").status_code == 200
        return len(captured)

    few = queries()
    top = a_galaxy_dataset(invocation, "many", position=9, src="hdca")
    for number in range(30):
        a_galaxy_dataset(invocation, str(number), position=number, collection=top)
    assert queries() == few


def test_the_answers_are_for_those_who_may_edit_the_run(
    address: str, invocation: ImportedRun, ada_api: Api, bob: User, meg: User, eve: User, body_of: Any
) -> None:
    for api in (ada_api, Api(meg)):
        answer = api.get(f"{address}answers/")
        assert (answer.status_code, body_of(answer)) == (200, ANSWERS)
        assert "galaxy-aaaaaaaaaaaaaaaa.jsonl.gz" in answer["Content-Disposition"]
    shared(invocation.workflowrun, eve)
    for user in (bob, eve):
        refused = Api(user).get(f"{address}answers/")
        assert (refused.status_code, "may edit" in refused.json()["message"]) == (403, True)


def test_answers_that_were_not_kept_are_told_as_that(address: str, invocation: Any, ada_api: Api) -> None:
    ImportedRun.objects.update(answers_key="")
    assert ada_api.get(f"{address}answers/").status_code == 409
