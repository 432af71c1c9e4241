"""No list of runs makes a person wait: what takes too long is found in another way, or given up and told."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory

from accounts.models import User
from common.api.paging import Ordering
from tests.factories import a_run
from web.lists.in_time import Patience, TookTooLong
from web.runs import pages
from workflows.models import WorkflowRun

pytestmark = [pytest.mark.django_db, pytest.mark.both]
ON_POSTGRES = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL can be stopped")


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What another test found slow."""
    cache.clear()


def late(*_: Any) -> Any:
    """A question that takes too long."""
    raise TookTooLong


def sleep() -> None:
    """A statement that takes a second."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(1)")


def settings() -> list[str]:
    """What is changed for a statement that must not take long."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('enable_hashjoin')")
        return list(cursor.fetchone() or ())


def test_a_list_that_takes_too_long_says_so_and_offers_to_wait(
    ada: User, ada_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_run(ada, "Alignment")
    monkeypatch.setattr(pages, "ids_in_order", late)
    monkeypatch.setattr(pages, "all_sorted", late)
    page = ada_browser.get("/", {"status": "UNKNOWN"})
    assert page.status_code == 200
    assert "too much to look through" in page.text
    assert "?status=UNKNOWN&amp;wait=1" in page.text
    assert "No run is like that" not in page.text


def test_how_long_a_person_waits_is_no_condition_of_the_list(ada: User, ada_browser: Client) -> None:
    a_run(ada, "Alignment")
    page = ada_browser.get("/", {"name": "align", "wait": "1"})
    assert "Alignment" in page.text
    assert "wait=1" not in page.context["query"].encoded


def test_runs_that_take_too_long_to_count_are_more_than_were_seen(
    ada: User, ada_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(26):
        a_run(ada, f"Run {number}")
    monkeypatch.setattr(pages.QuerySetSource, "count", late)
    page = ada_browser.get("/", {"page_size": "25"}).context["page"]
    assert (page.count, page.is_counted) == (25, False)


def test_a_picture_that_takes_too_long_offers_to_wait(
    ada_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.runs.views.strip_of", late)
    page = ada_browser.get("/runs/strip/", {"status": "FAILED"})
    assert "too many runs to count" in page.text
    assert "?status=FAILED&amp;wait=1" in page.text


@ON_POSTGRES
def test_a_statement_is_stopped_and_leaves_no_trace() -> None:
    before = settings()
    with pytest.raises(TookTooLong):
        Patience(50).ask(sleep)
    assert settings() == before
    assert Patience(1000).ask(WorkflowRun.objects.count) == 0
    assert settings() == before


@ON_POSTGRES
def test_all_statements_share_the_time() -> None:
    def ask() -> None:
        for _ in range(10_000):
            WorkflowRun.objects.count()

    patience = Patience(100)
    with pytest.raises(TookTooLong):
        patience.ask(ask)
    assert patience.left > -100


@ON_POSTGRES
@pytest.mark.parametrize("column", ["id", "name", "duration", "workflowversion__workflow__name"])
@pytest.mark.parametrize("descending", [False, True])
def test_the_other_way_finds_the_same_runs_and_counts_them(ada: User, column: str, descending: bool) -> None:
    for number in range(6):
        a_run(ada, f"Run {number % 3}", duration=number if number % 2 else None)
    order, runs = Ordering(column, descending, nullable=True), WorkflowRun.objects.visible_to(ada)
    planned = list(order.apply(runs).values_list("pk", flat=True)[1:4])
    assert pages.all_sorted(order, runs, 1, 4) == (planned, 6)


def test_runs_are_found_by_names_too_short_for_the_index(ada: User, ada_browser: Client) -> None:
    a_run(ada, "Q7")
    a_run(ada, "Alignment of Q8")
    assert [run.name for run in ada_browser.get("/", {"name": "q7"}).context["page"].rows] == ["Q7"]
    assert len(ada_browser.get("/", {"name": "q"}).context["page"].rows) == 2
    assert len(ada_browser.get("/", {"name": "of q8"}).context["page"].rows) == 1


def test_every_order_has_its_index_on_both_databases() -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, WorkflowRun._meta.db_table)
    orders = ("name", "started_at", "completed_at", "duration", "modified", "source")
    assert {f"run_by_{name}" for name in orders} <= set(found)


def test_a_busy_machine_gets_more_time(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    for load, given in ((0.3, 230), (8.0, 920)):
        monkeypatch.setattr("os.getloadavg", lambda load=load: (load, 0.0, 0.0))
        assert Patience.of(rf.get("/"), 230).milliseconds == given
    assert Patience.of(rf.get("/?wait=1"), 230).milliseconds == 20_000
