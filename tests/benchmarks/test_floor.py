"""The floor is honest: it answers and writes what the product answers and writes, only by hand."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from benchmarks.cases import FLOOR_RUNS, RUNS
from benchmarks.fill import ADMIN, FEW, MANY, token_of
from tests.benchmarks.conftest import Get

QUERIES = [
    "page_size=5",
    "status=SUCCESS&page_size=50",
    "status=SUCCESS&page_size=5&cursor=",
    "search=S000017",
    "search=sample&page_size=7",
    "parameter=seed:1017",
    "parameter=threads:8&page_size=3",
]


@pytest.mark.parametrize("person", [MANY, FEW, ADMIN])
@pytest.mark.parametrize("query", QUERIES)
def test_the_floor_lists_the_same_rows_with_the_same_fields(get: Get, query: str, person: int) -> None:
    ours, floor = get(f"{RUNS}?{query}", person), get(f"{FLOOR_RUNS}?{query}", person)
    assert ours["results"] or person != ADMIN
    assert floor["results"] == ours["results"]
    for name in ("count", "count_is_lower_bound"):
        assert floor[name] == ours[name]
    assert bool(floor["next"]) == bool(ours["next"])


def test_a_cursor_of_ours_leads_the_floor_to_the_same_page(get: Get) -> None:
    first = get(f"{RUNS}?page_size=5&cursor=", ADMIN)
    cursor = parse_qs(urlsplit(first["next"]).query)["cursor"][0]
    ours, floor = (get(f"{path}?page_size=5&cursor={cursor}", ADMIN) for path in (RUNS, FLOOR_RUNS))
    assert ours["results"][0]["id"] < first["results"][-1]["id"]
    assert floor["results"] == ours["results"]


@pytest.mark.parametrize("person", [MANY, FEW, ADMIN])
def test_the_floor_fetches_the_same_run_with_the_same_datasets(get: Get, person: int) -> None:
    for row in get(f"{RUNS}?page_size=10&cursor=", person)["results"]:
        ours = get(f"{RUNS}{row['id']}/", person)
        assert get(f"{FLOOR_RUNS}{row['id']}/", person) == ours
        assert len(ours["datasets"]) == 6 or person == FEW


def test_the_floor_hides_what_the_caller_may_not_see(get: Get) -> None:
    seen = {row["id"] for row in get(f"{RUNS}?page_size=100&cursor=", FEW)["results"]}
    hidden = [row for row in get(f"{RUNS}?page_size=100&cursor=", ADMIN)["results"] if row["id"] not in seen]
    assert seen
    client = Client(headers={"Authorization": f"Token {token_of(FEW)}"})
    assert client.get(f"{FLOOR_RUNS}{hidden[0]['id']}/").status_code == 404
    assert Client().get(f"{FLOOR_RUNS}{min(seen)}/").status_code == 401
