"""The list of imports of every kind."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import a_crate_import, a_run
from tests.web.galaxy_rows import a_galaxy_import

pytestmark = pytest.mark.django_db
LIST = reverse("web:import-list")


def listed(browser: Client, query: str = "") -> list[Any]:
    answer = browser.get(f"{LIST}{query}")
    assert answer.status_code == 200
    return [row.work for row in answer.context["imports"]]


def test_both_kinds_stand_in_one_list_newest_first(ada: Any, ada_browser: Client) -> None:
    made = [a_crate_import(ada), a_galaxy_import(ada), a_crate_import(ada, sha256="1" * 64)]
    assert listed(ada_browser) == made[::-1]
    page = ada_browser.get(LIST).content.decode()
    assert "Invocation 351a9b2758cde034" in page
    assert "a.crate.zip" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?state=FAILED", {"failed crate", "failed run"}),
        ("?source=galaxy", {"failed run", "waiting run", "of bob"}),
        ("?source=crate&state=FAILED", {"failed crate"}),
        ("?source=galaxy&who=me", {"failed run", "waiting run"}),
        ("?state=nonsense", {"failed crate", "failed run", "waiting run", "of bob"}),
    ],
)
def test_the_list_is_narrowed(
    ada: Any, bob: Any, ada_browser: Client, query: str, expected: set[str]
) -> None:
    made = {
        "failed crate": a_crate_import(ada, state="FAILED"),
        "failed run": a_galaxy_import(ada, state="FAILED"),
        "waiting run": a_galaxy_import(ada),
        "of bob": a_galaxy_import(bob),
    }
    assert set(listed(ada_browser, query)) == {made[name] for name in expected}


def test_what_a_history_made_is_listed_where_a_state_is_asked_for(ada: Any, ada_browser: Client) -> None:
    history = a_galaxy_import(ada, kind="HISTORY", state="DONE")
    child = a_galaxy_import(ada, parent=history, state="FAILED")
    assert listed(ada_browser) == [history]
    assert listed(ada_browser, "?state=FAILED") == [child]


def test_a_run_stands_there_by_its_name_unless_it_may_not_be_seen(
    ada: Any, eve: Any, ada_browser: Client
) -> None:
    mine = a_run(ada, name="Top regions <chr1>")
    hers = a_run(eve, name="Nobody else's business")
    history = a_galaxy_import(ada, kind="HISTORY", galaxy_id="h")
    for parent in (None, history):
        a_galaxy_import(ada, galaxy_id="a", workflowrun=mine, parent=parent)
        a_galaxy_import(ada, galaxy_id="b", workflowrun=hers, parent=parent)
    for address in (LIST, reverse("web:galaxy-import", args=[history.pk])):
        page = ada_browser.get(address).content.decode()
        assert page.count("Top regions &lt;chr1&gt;") == 1
        assert str(mine.pk) in page
        assert "business" not in page
        assert str(hers.pk) not in page


def test_strangers_and_people_who_are_not_signed_in_see_nothing(
    ada: Any, eve_browser: Client, client: Client
) -> None:
    a_crate_import(ada)
    a_galaxy_import(ada)
    assert listed(eve_browser) == []
    assert client.get(LIST)["Location"].startswith(reverse("web:sign-in"))


def test_a_long_list_has_pages_and_costs_a_number_of_queries_that_does_not_grow(
    ada: Any, ada_browser: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        a_crate_import(ada, sha256=f"{number:064}")
        a_galaxy_import(ada, galaxy_id=str(number))
    with django_assert_max_num_queries(8):
        assert len(listed(ada_browser)) == 50
    with django_assert_max_num_queries(8):
        assert len(listed(ada_browser, "?page=2")) == 10
    assert "51–60 of 60" in ada_browser.get(f"{LIST}?page=2").content.decode()
    assert "There is no page 9" in ada_browser.get(f"{LIST}?page=9").content.decode()
