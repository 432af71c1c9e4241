"""The list of runs."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from tests.web.rows import START, a_run, a_version
from web import listing
from workflows.models import WorkflowRun

pytestmark = pytest.mark.django_db
LIST = reverse("web:run-list")


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
    with django_assert_max_num_queries(4):  # session, user, groups, runs
        assert len(names(ada_browser)) == 40


def test_filters_narrow_and_combine(ada: Any, ada_browser: Client) -> None:
    galaxy, cwl = a_version(ada, engine="GALAXY"), a_version(ada, engine="CWL")
    a_run(ada, "liver one", workflowversion=galaxy, status="FAILED")
    a_run(ada, "liver two", workflowversion=cwl, status="FAILED")
    a_run(ada, "kidney", workflowversion=cwl, status="SUCCESS")
    assert names(ada_browser, status="FAILED") == ["liver two", "liver one"]
    assert names(ada_browser, engine="CWL") == ["kidney", "liver two"]
    assert names(ada_browser, q="LIVER") == ["liver two", "liver one"]
    assert names(ada_browser, q="liver", engine="GALAXY", status="FAILED") == ["liver one"]


@pytest.mark.parametrize("text", ['"', "'; DROP TABLE", "%", "a" * 199, "li\\", "()", "NEAR(a b)"])
def test_any_text_may_be_searched_for(ada: Any, ada_browser: Client, text: str) -> None:
    a_run(ada, "liver")
    assert names(ada_browser, q=text) == []


def test_a_filter_that_makes_no_sense_is_said_and_hides_nothing(ada: Any, ada_browser: Client) -> None:
    a_run(ada)
    answer = ada_browser.get(LIST, {"status": "BROKEN"})
    assert [run.name for run in answer.context["page"].rows] == ["NA12878"]
    assert "BROKEN is not one of the available choices" in answer.content.decode()


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["a", "b", "waiting"]),
        ("-name", ["waiting", "b", "a"]),
        ("started", ["b", "a", "waiting"]),
        ("-started", ["a", "b", "waiting"]),
        ("duration", ["b", "a", "waiting"]),
        ("-duration", ["a", "b", "waiting"]),
        ("owner__password", ["waiting", "b", "a"]),
        ("-", ["waiting", "b", "a"]),
    ],
)
def test_columns_sort_and_what_has_no_value_comes_last(
    ada: Any, ada_browser: Client, sort: str, order: list[str]
) -> None:
    a_run(ada, "a", started_at=START + timedelta(hours=1), completed_at=START + timedelta(hours=3))
    a_run(ada, "b", started_at=START, completed_at=START + timedelta(hours=1))
    a_run(ada, "waiting", status="PENDING")
    assert names(ada_browser, sort=sort) == order


def test_what_is_filtered_and_sorted_stays_in_the_links(
    ada: Any, ada_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 1)
    a_run(ada, "first", status="FAILED")
    a_run(ada, "second", status="FAILED")
    page = ada_browser.get(LIST, {"status": "FAILED", "sort": "name"}).content.decode()
    assert 'rel="next" href="?status=FAILED&amp;sort=name&amp;page=2"' in page
    assert 'href="?status=FAILED&amp;sort=-started"' in page
    assert '<input type="hidden" name="sort" value="name">' in page
    assert '<option value="FAILED" selected>' in page
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
    monkeypatch.setattr(listing, "COUNTED", 55)
    WorkflowRun.objects.bulk_create(WorkflowRun(name="x", owner=ada) for _ in range(60))
    assert "1–50 of more than 55" in ada_browser.get(LIST).content.decode()


def test_an_empty_list_says_what_to_do_first(ada_browser: Client) -> None:
    page = ada_browser.get(LIST).content.decode()
    assert "http://testserver/api/v2/data-management/datasetcollections/register/" in page
    assert reverse("web:account") in page


def test_a_search_without_a_find_says_so(ada: Any, ada_browser: Client) -> None:
    a_run(ada)
    page = ada_browser.get(LIST, {"q": "nothing like it"}).content.decode()
    assert "No run is like that" in page
    assert "curl" not in page


def test_a_name_is_shown_inert(ada: Any, ada_browser: Client) -> None:
    a_run(ada, '<script>alert(1)</script>"><img src=x onerror=alert(1)>')
    page = ada_browser.get(LIST).content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page
