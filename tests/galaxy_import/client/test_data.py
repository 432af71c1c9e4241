"""Datasets and collections: how many requests they cost, and what is told of those that cannot be read."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from galaxy_import.client import GalaxyClient
from galaxy_import.values import DataReference
from run_sources.errors import SourceUnavailable
from tests.galaxy_import.failing import FailingGalaxy, page, says
from tests.galaxy_import.servers import Answering, Double
from workflows.records import DataType

REFUSED = {"err_msg": "You are not allowed to access this dataset", "err_code": 403002}


def client_of(server: Double) -> GalaxyClient:
    return GalaxyClient(server.url, "k", allow_private=True, pause=lambda seconds: None)


def references(ids: Iterable[str], src: str = "hda") -> list[DataReference]:
    return [DataReference(src, each, DataType.OUTPUT, "") for each in ids]


def dataset(id: str, history: str = "h1") -> dict[str, Any]:
    return {
        "id": id,
        "history_id": history,
        "history_content_type": "dataset",
        "file_size": 7,
        "hda_ldda": "hda",
    }


def has_histories(server: FailingGalaxy, **histories: list[str]) -> FailingGalaxy:
    """Let the server have histories with these datasets."""

    def bulk(handler: Answering, double: Double) -> None:
        parts = urlsplit(handler.path)
        wanted = parse_qs(parts.query)["qv"][0].replace("dataset-", "").split(",")
        history = parts.path.split("/")[3]
        found = [dataset(each, history) for each in wanted if each in histories[history]]
        says(found)(handler, double)

    def single(handler: Answering, double: Double) -> None:
        id = urlsplit(handler.path).path.rpartition("/")[2]
        home = next(name for name, ids in histories.items() if id in ids)
        says(dataset(id, home))(handler, double)

    server.on("/api/histories/.*/contents.*type_id-in.*", bulk)
    return server.on(r"/api/datasets/\w+", single)


def has_collection(server: FailingGalaxy, id: str, kind: str, elements: list[dict[str, Any]]) -> None:
    shown = {"id": id, "collection_id": f"c{id}", "collection_type": kind, "element_count": len(elements)}
    server.on(rf"/api/dataset_collections/{id}\?view=collection", says({**shown, "elements": []}))
    server.on(rf"/api/dataset_collections/{id}\?view=element", says({**shown, "elements": elements}))
    server.on(rf"/api/dataset_collections/{id}/contents/c{id}\?.*", says(elements))


def element(id: str, history: str = "h1") -> dict[str, Any]:
    thing = {"id": id, "history_id": history, "state": "ok", "hda_ldda": "hda"}
    return {"id": f"e{id}", "element_identifier": id, "element_type": "hda", "object": thing}


def nested(id: str, elements: list[dict[str, Any]] | None, count: int) -> dict[str, Any]:
    thing = {"id": id, "collection_type": "paired", "element_count": count, "elements": elements}
    return {"id": f"e{id}", "element_identifier": id, "element_type": "dataset_collection", "object": thing}


def kinds_of(server: Double) -> list[str]:
    """What was asked for, in few words."""
    words = {
        "type_id-in": "bulk",
        "/api/datasets/": "single",
        "contents/c": "elements",
        "view=": "collection",
    }
    return [next(word for mark, word in words.items() if mark in each.path) for each in server.asked]


def test_a_few_datasets_are_asked_for_one_by_one(failing_galaxy):
    ids = [f"d{number}" for number in range(20)]
    data = client_of(has_histories(failing_galaxy, h1=ids)).data(references(ids + ids))
    assert list(data.datasets) == ids
    assert kinds_of(failing_galaxy) == ["single"] * 20


def test_many_are_looked_up_in_their_histories(failing_galaxy):
    here, there = [f"d{number}" for number in range(150)], [f"x{number}" for number in range(60)]
    data = client_of(has_histories(failing_galaxy, h1=here, h2=there)).data(references(here + there))
    assert set(data.datasets) == {*here, *there}
    assert data.datasets["x59"]["history_id"] == "h2"
    kinds = kinds_of(failing_galaxy)
    assert kinds.count("single") == 2  # the first of each history, which says where it is
    assert kinds.count("bulk") <= 4


def test_a_history_that_may_not_be_read_leaves_its_datasets_to_be_asked_for(failing_galaxy):
    ids = [f"d{number}" for number in range(30)]
    has_histories(failing_galaxy, h1=ids).on("/api/histories/.*", says(REFUSED, 403))
    data = client_of(failing_galaxy).data(references(ids))
    assert set(data.datasets) == set(ids)
    assert kinds_of(failing_galaxy) == ["single", "bulk", *["single"] * 29]


def test_a_history_too_large_for_the_server_costs_no_import(failing_galaxy):
    ids = [f"d{number}" for number in range(30)]
    has_histories(failing_galaxy, h1=ids).on("/api/histories/.*", page(504))
    assert set(client_of(failing_galaxy).data(references(ids)).datasets) == set(ids)


def test_what_may_not_be_read_is_told_as_such(failing_galaxy):
    has_histories(failing_galaxy, h1=["d1"])
    failing_galaxy.on("/api/datasets/d2", says(REFUSED, 403)).on(
        "/api/datasets/d3", says({"err_msg": "No"}, 404)
    )
    failing_galaxy.on("/api/dataset_collections/c1.*", says(REFUSED, 403))
    data = client_of(failing_galaxy).data([*references(["d1", "d2", "d3"]), *references(["c1"], "hdca")])
    assert list(data.datasets) == ["d1"]
    assert set(data.refused) == {("hda", "d2"), ("hda", "d3"), ("hdca", "c1")}
    assert "You are not allowed to access this dataset" in data.refused["hda", "d2"]


def test_a_server_that_is_away_is_not_told_as_a_refusal(failing_galaxy):
    failing_galaxy.on("/api/datasets/.*", page(503))
    with pytest.raises(SourceUnavailable):
        client_of(failing_galaxy).data(references(["d1"]))


def test_elements_come_page_by_page_with_what_is_known_of_each(failing_galaxy):
    ids = [f"d{number:03}" for number in range(250)]
    elements = [element(each) for each in ids]
    has_histories(failing_galaxy, h1=ids)
    has_collection(failing_galaxy, "1", "list", elements)
    for first in (0, 100, 200):
        failing_galaxy.on(rf".*/contents/c1\?limit=100&offset={first}", says(elements[first : first + 100]))
    data = client_of(failing_galaxy).data(references(["1"], "hdca"))
    assert [each["element_identifier"] for each in data.collections["1"].elements] == ids
    assert set(data.datasets) == set(ids)
    assert kinds_of(failing_galaxy) == ["collection", *["elements"] * 3, *["bulk"] * 3]


def test_a_nested_collection_comes_in_one_answer(failing_galaxy):
    pairs = [nested(f"p{n}", [element(f"d{n}a"), element(f"d{n}b")], 2) for n in range(3)]
    has_histories(failing_galaxy, h1=[f"d{n}{side}" for n in range(3) for side in "ab"])
    has_collection(failing_galaxy, "1", "list:paired", pairs)
    data = client_of(failing_galaxy).data(references(["1"], "hdca"))
    found = data.collections["1"]
    assert list(found.nested) == ["p0", "p1", "p2"]
    assert [each["element_identifier"] for each in found.nested["p2"].elements] == ["d2a", "d2b"]
    assert len(data.datasets) == 6
    assert kinds_of(failing_galaxy) == ["collection", "collection", *["single"] * 6]


def test_a_nested_collection_too_large_for_one_answer_comes_in_pages(failing_galaxy):
    pairs = [nested(f"cp{n}", None, 2) for n in range(3)]
    has_histories(failing_galaxy, h1=[f"d{n}{side}" for n in range(3) for side in "ab"])
    has_collection(failing_galaxy, "1", "list:paired", pairs)
    failing_galaxy.on(r"/api/dataset_collections/1\?view=element", page(504))
    for n in range(3):
        failing_galaxy.on(rf".*/1/contents/cp{n}\?.*", says([element(f"d{n}a"), element(f"d{n}b")]))
    data = client_of(failing_galaxy).data(references(["1"], "hdca"))
    assert [each["element_identifier"] for each in data.collections["1"].nested["cp1"].elements] == [
        "d1a",
        "d1b",
    ]
    assert len(data.datasets) == 6


def test_a_collection_without_an_end_is_left(failing_galaxy):
    has_collection(failing_galaxy, "1", "list", [nested("c1", None, 1)])
    data = client_of(failing_galaxy).data(references(["1"], "hdca"))
    assert "nested deeper" in data.refused["hdca", "1"]


def test_pages_that_are_always_the_same_come_to_an_end(failing_galaxy):
    has_histories(failing_galaxy, h1=[f"d{n}" for n in range(100)])
    has_collection(failing_galaxy, "1", "list", [element(f"d{n}") for n in range(100)])
    data = client_of(failing_galaxy).data(references(["1"], "hdca"))
    assert len(data.collections["1"].elements) == 100
    assert kinds_of(failing_galaxy).count("elements") == 2


def test_elements_that_are_not_made_yet_are_passed_over(failing_galaxy):
    has_collection(failing_galaxy, "1", "list", [{"id": "e1", "element_type": None, "object": None}])
    data = client_of(failing_galaxy).data(references(["1"], "hdca"))
    assert (len(data.collections["1"].elements), dict(data.datasets)) == (1, {})


def test_a_dataset_of_a_library_is_asked_for_as_such(failing_galaxy):
    failing_galaxy.on(r"/api/datasets/l1\?hda_ldda=ldda", says({"id": "l1", "name": "reference"}))
    data = client_of(failing_galaxy).data(references(["l1"], "ldda"))
    assert data.library["l1"]["name"] == "reference"


def test_a_dataset_of_a_library_and_one_of_a_history_may_have_the_same_id(failing_galaxy):
    failing_galaxy.on(r"/api/datasets/l1\?hda_ldda=ldda", says({"id": "l1", "name": "reference"}))
    failing_galaxy.on(r"/api/datasets/l1", says({"id": "l1", "name": "reads"}))
    data = client_of(failing_galaxy).data([*references(["l1"], "ldda"), *references(["l1"])])
    assert (data.dataset("ldda", "l1"), data.dataset("hda", "l1")) == (
        {"id": "l1", "name": "reference"},
        {"id": "l1", "name": "reads"},
    )


def test_ids_cannot_lead_elsewhere(failing_galaxy):
    client = client_of(failing_galaxy)
    data = client.data(references(["../users/current", "a?b=c#d"]))
    assert len(data.refused) == 2
    assert all(re.fullmatch(r"/api/datasets/[^/?#]+", each.path) for each in failing_galaxy.asked)
