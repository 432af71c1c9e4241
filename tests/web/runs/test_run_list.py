"""The list of runs."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from common.api import paging
from tests.web.rows import START, a_run, a_version
from web.lists import paging as pages
from web.runs import ordered
from web.runs.columns import COLUMNS, Column
from workflows.models import WorkflowRun

pytestmark = [pytest.mark.django_db, pytest.mark.both]
LIST = reverse("web:run-list")
API = reverse("workflowrun-list")


def names(browser: Client, **query: str) -> list[str]:
    """The names of the runs on the page, from the top."""
    return [run.name for run in browser.get(LIST, query).context["page"].rows]


def test_who_is_not_signed_in_is_led_to_the_door_and_back(client: Client) -> None:
    answer = client.get(LIST, {"status": "FAILED"})
    assert answer.status_code == 302
    door = urlsplit(answer["Location"])
    assert door.path == reverse("web:sign-in")
    assert parse_qs(door.query)["next"] == [f"{LIST}?status=FAILED"]


def test_a_group_sees_its_runs_and_a_stranger_none(
    ada: Any, ada_browser: Client, bob_browser: Client, eve_browser: Client
) -> None:
    a_run(ada, "ours")
    assert names(ada_browser) == names(bob_browser) == ["ours"]
    assert names(eve_browser) == []


def test_the_newest_run_stands_first(ada: Any, ada_browser: Client) -> None:
    a_run(ada, "older")
    a_run(ada, "newer")
    assert names(ada_browser) == ["newer", "older"]


def test_a_line_tells_what_a_run_is(ada: Any, ada_browser: Client) -> None:
    a_run(
        ada,
        workflowversion=a_version(ada),
        started_at=START,
        completed_at=START + timedelta(seconds=184),
        status="FAILED",
    )
    page = ada_browser.get(LIST).content.decode()
    for text in ("NA12878", "Germline variants", "1.4.0", "Galaxy", "Failed", "3 min 04 s", ada.full_name):
        assert text in page
    assert 'title="4 Mar 2026, 10:00:00 UTC"' in page


def test_deleted_runs_are_not_listed(ada: Any, ada_browser: Client) -> None:
    a_run(ada).mark_deleted(by=ada)
    assert names(ada_browser) == []


def test_forty_runs_cost_no_more_queries_than_two(
    ada: Any, ada_browser: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        a_run(ada, f"run {number}", workflowversion=a_version(ada, f"workflow {number}"))
    names(ada_browser)  # which warms what is remembered
    # Session, user, preferences, groups, ids, runs, datasets, choices, people, views; what limits the time.
    most = 11 if connection.vendor == "sqlite" else 15
    with django_assert_max_num_queries(most):
        assert len(names(ada_browser)) == 40


def test_filters_narrow_and_combine(ada: Any, ada_browser: Client) -> None:
    galaxy, cwl = a_version(ada, engine="GALAXY"), a_version(ada, engine="CWL")
    a_run(ada, "liver one", workflowversion=galaxy, status="FAILED")
    a_run(ada, "liver two", workflowversion=cwl, status="FAILED")
    a_run(ada, "kidney", workflowversion=cwl, status="SUCCESS")
    assert names(ada_browser, status="FAILED") == ["liver two", "liver one"]
    assert names(ada_browser, engine="CWL") == ["kidney", "liver two"]
    assert names(ada_browser, search="LIVER") == ["liver two", "liver one"]
    assert names(ada_browser, search="liver", engine="GALAXY", status="FAILED") == ["liver one"]


@pytest.mark.parametrize("text", ['"', "'; DROP TABLE", "%", "a" * 199, "li\\", "()", "NEAR(a b)"])
def test_any_text_may_be_searched_for(ada: Any, ada_browser: Client, text: str) -> None:
    a_run(ada, "liver")
    assert names(ada_browser, search=text) == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"status": "BROKEN"}, "BROKEN is not one of the available choices"),
        ({"started_after": "yesterday"}, "Enter a valid date/time"),
        ({"workflow": "x"}, "must be a UUID"),
        ({"public": "perhaps"}, "must be true or false"),
        ({"deleted": "perhaps"}, "must be true or false"),
        ({"duration_min": "long"}, "Enter a number"),
        ({"statsu": "FAILED"}, "did you mean &#x27;status&#x27;"),
        ({"ordering": "owner__password"}, "must be one of"),
    ],
)
def test_a_filter_that_makes_no_sense_is_said_and_widens_nothing(
    ada: Any, ada_browser: Client, query: dict[str, str], said: str
) -> None:
    a_run(ada)
    answer = ada_browser.get(LIST, query)
    assert answer.status_code == 200
    assert answer.context["page"].rows == []
    assert said in answer.content.decode()


def test_what_a_form_left_empty_asks_for_nothing(ada: Any, ada_browser: Client) -> None:
    a_run(ada)
    assert names(ada_browser, search="", workflow="", public="", started_after="") == ["NA12878"]


@pytest.mark.parametrize(
    ("ordering", "order"),
    [
        ("name", ["a", "b", "waiting"]),
        ("-name", ["waiting", "b", "a"]),
        ("started_at", ["waiting", "b", "a"]),
        ("-started_at", ["a", "b", "waiting"]),
        ("duration", ["waiting", "b", "a"]),
        ("-duration", ["a", "b", "waiting"]),
        ("-created", ["waiting", "b", "a"]),
    ],
)
def test_columns_sort_as_the_api_does(ada: Any, ada_browser: Client, ordering: str, order: list[str]) -> None:
    a_run(ada, "a", started_at=START + timedelta(hours=1), completed_at=START + timedelta(hours=3))
    a_run(ada, "b", started_at=START, completed_at=START + timedelta(hours=1))
    a_run(ada, "waiting", status="PENDING")
    answer = ada_browser.get(API, {"ordering": ordering}).json()
    assert names(ada_browser, ordering=ordering) == order == [run["name"] for run in answer["results"]]


@pytest.mark.parametrize("column", [column for column in COLUMNS if column.ordering])
def test_every_column_that_says_so_sorts_both_ways(ada: Any, ada_browser: Client, column: Column) -> None:
    a_run(ada, "a", workflowversion=a_version(ada))
    a_run(ada, "b")
    for ordering in (column.ordering, column.descending):
        assert sorted(names(ada_browser, ordering=ordering)) == ["a", "b"]


def test_what_is_filtered_and_sorted_stays_in_the_links(
    ada: Any, ada_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE_SIZES", (1,))
    a_run(ada, "first", status="FAILED")
    a_run(ada, "second", status="FAILED")
    page = ada_browser.get(LIST, {"status": "FAILED", "ordering": "name", "page_size": "1"}).content.decode()
    assert 'rel="next" href="?status=FAILED&amp;ordering=name&amp;page_size=1&amp;page=2"' in page
    assert 'href="?status=FAILED&amp;ordering=-started_at&amp;page_size=1"' in page
    assert '<input type="hidden" name="ordering" value="name">' in page
    assert '<input type="hidden" name="status" value="FAILED">' in page
    assert 'aria-sort="ascending"' in page


def test_pages_follow_each_other_and_end(ada: Any, ada_browser: Client) -> None:
    WorkflowRun.objects.bulk_create(WorkflowRun(name=f"run {number}", owner=ada) for number in range(51))
    first, second = (
        ada_browser.get(LIST).content.decode(),
        ada_browser.get(LIST, {"page": "2"}).content.decode(),
    )
    assert "1–50 of 51" in first
    assert 'rel="next"' in first
    assert "51–51 of 51" in second
    assert 'rel="next"' not in second
    assert "There is no page 3" in ada_browser.get(LIST, {"page": "3"}).content.decode()


@pytest.mark.parametrize("number", ["0", "-1", "x", "²", "9" * 5000, "1e3", ""])
def test_a_page_number_that_makes_no_sense_is_the_first(ada: Any, ada_browser: Client, number: str) -> None:
    a_run(ada)
    assert names(ada_browser, page=number) == ["NA12878"]


def test_nobody_counts_beyond_the_bound(
    ada: Any, ada_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "COUNT_LIMIT", 55)
    WorkflowRun.objects.bulk_create(WorkflowRun(name="x", owner=ada) for _ in range(60))
    assert "1–50 of more than 55" in ada_browser.get(LIST).content.decode()


def test_an_empty_list_says_what_to_do_first(ada_browser: Client) -> None:
    page = ada_browser.get(LIST).content.decode()
    assert "runstead login http://testserver\n" in page
    assert all(reverse(f"web:{way}") in page for way in ("register", "import", "import-crate"))
    assert reverse("web:account") in page


def test_a_search_without_a_find_says_so(ada: Any, ada_browser: Client) -> None:
    a_run(ada)
    page = ada_browser.get(LIST, {"search": "nothing like it"}).content.decode()
    assert "No runs match" in page
    assert "datasetcollections/register/" not in page


def test_a_name_is_shown_inert(ada: Any, ada_browser: Client) -> None:
    a_run(ada, '<script>alert(1)</script>"><img src=x onerror=alert(1)>')
    page = ada_browser.get(LIST).content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("name", ["workflow", "engine", "owner", "group"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_the_order_by_a_name_elsewhere_is_that_of_the_api(
    ada: Any, bob: Any, ada_browser: Client, name: str, sign: str
) -> None:
    versions = [a_version(ada, f"flow {n % 3}", ("CWL", "WDL", "GALAXY")[n % 3]) for n in range(5)]
    for number in range(30):
        facts = {"workflowversion": versions[number % 5] if number % 7 else None}
        a_run(bob if number % 3 else ada, f"run {number}", **facts)
    WorkflowRun.objects.filter(name="run 4").update(owner=None)
    WorkflowRun.objects.filter(name="run 6").update(owned_by=None)
    for page in ("1", "2"):
        asked = {"ordering": sign + name, "page_size": "25", "page": page}
        answer = ada_browser.get(API, asked).json()
        assert names(ada_browser, **asked) == [run["name"] for run in answer["results"]]


def test_too_many_names_are_sorted_by_the_database(
    ada: Any, ada_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordered, "MOST_NAMES", 1)
    for name in ("b", "a", "c"):
        a_run(ada, name, workflowversion=a_version(ada, name))
    assert names(ada_browser, ordering="workflow") == ["a", "b", "c"]
