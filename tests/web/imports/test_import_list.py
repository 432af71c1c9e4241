"""The list of imports of every kind."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from data_management.models import FileTransfer
from run_registration.models import DirectoryRegistration
from tests.factories import a_crate_import, a_run, owned
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


def test_the_list_is_narrowed_to_a_person_or_a_group_of_ones_own(
    ada: Any, bob: Any, eve: Any, ada_browser: Client
) -> None:
    shared, alone = a_galaxy_import(bob), a_crate_import(ada, owned_by=None)
    group = ada.default_group()
    assert listed(ada_browser, f"?who={bob.pk}") == [shared]
    assert listed(ada_browser, f"?who=group:{group.pk}") == [shared]
    assert listed(ada_browser, f"?who={eve.pk}") == [alone, shared]
    page = ada_browser.get(f"{LIST}?who={bob.pk}").content.decode()
    assert f'<option value="{bob.pk}" selected>{bob.full_name}</option>' in page
    assert f">{group.name}</option>" in page
    assert eve.full_name not in page


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
    history = a_galaxy_import(ada, kind="HISTORY", external_id="h")
    for parent in (None, history):
        a_galaxy_import(ada, external_id="a", workflowrun=mine, parent=parent)
        a_galaxy_import(ada, external_id="b", workflowrun=hers, parent=parent)
    for address in (LIST, reverse("web:run-import", args=[history.pk])):
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
        a_galaxy_import(ada, external_id=str(number))
    with django_assert_max_num_queries(11):
        assert len(listed(ada_browser)) == 50
    with django_assert_max_num_queries(11):
        assert len(listed(ada_browser, "?page=2")) == 10
    assert "51–60 of 60" in ada_browser.get(f"{LIST}?page=2").content.decode()
    assert "There is no page 9" in ada_browser.get(f"{LIST}?page=9").content.decode()


def a_registration(user: Any, **facts: Any) -> DirectoryRegistration:
    return DirectoryRegistration.objects.create(**{"path": "/box/run-1", **owned(user), **facts})


def a_transfer(user: Any, **facts: Any) -> FileTransfer:
    return FileTransfer.objects.create(**{"input_dir": "/box/run-1", **owned(user), **facts})


def test_registrations_stand_there_too_and_transfers_that_are_not_done(ada: Any, ada_browser: Client) -> None:
    work, going = a_registration(ada), a_transfer(ada, files_total=10, files_done=4)
    failed, done = a_transfer(ada, state="DONE", files_failed=1), a_transfer(ada, state="DONE")
    assert listed(ada_browser) == [failed, going, work]
    assert listed(ada_browser, "?source=dropbox") == [work]
    assert listed(ada_browser, "?source=transfer") == [done, failed, going]
    assert '<progress max="10" value="4"' in ada_browser.get(LIST).content.decode()


def test_a_row_that_goes_on_asks_for_itself_and_later_ever_more_rarely(ada: Any, ada_browser: Client) -> None:
    work = a_registration(ada, state="RUNNING", started_at=timezone.now())
    address = reverse("web:import-row", args=[work.pk])
    assert f'hx-get="{address}" hx-trigger="load delay:2s"' in ada_browser.get(LIST).content.decode()
    DirectoryRegistration.objects.update(started_at=timezone.now() - timedelta(seconds=200))
    assert 'delay:20s"' in ada_browser.get(address).content.decode()
    DirectoryRegistration.objects.update(started_at=timezone.now() - timedelta(days=1))
    assert 'delay:60s"' in ada_browser.get(address).content.decode()
    DirectoryRegistration.objects.update(state="DONE")
    assert "hx-get" not in ada_browser.get(address).content.decode()


@pytest.mark.parametrize("kind", ["crate", "galaxy", "dropbox", "transfer"])
def test_rows_of_every_kind_can_be_tried_again_by_who_may(
    ada: Any, kind: str, ada_browser: Client, bob_browser: Client, eve_browser: Client
) -> None:
    makers = {
        "crate": a_crate_import,
        "galaxy": a_galaxy_import,
        "dropbox": a_registration,
        "transfer": a_transfer,
    }
    facts = {"crate": {"storage_key": "k"}}.get(kind, {})
    work = makers[kind](ada, state="FAILED", error="It <broke>.", **facts)
    address = reverse("web:import-row", args=[work.pk])
    assert "It &lt;broke&gt;." in ada_browser.get(LIST).content.decode()
    assert "Try again" in ada_browser.get(address).content.decode()
    assert "Try again" not in bob_browser.get(address).content.decode()
    assert eve_browser.post(address, {"deed": "retry"}).status_code == 404
    bob_browser.post(address, {"deed": "retry"})
    work.refresh_from_db()
    assert work.state == "FAILED"
    ada_browser.post(address, {"deed": "retry"})
    work.refresh_from_db()
    assert work.state == "PENDING"


def test_a_row_can_be_cancelled(ada: Any, ada_browser: Client) -> None:
    for work in (a_crate_import(ada), a_galaxy_import(ada), a_registration(ada)):
        ada_browser.post(reverse("web:import-row", args=[work.pk]), {"deed": "cancel"})
        work.refresh_from_db()
        assert work.state == "CANCELLED"


def test_the_oldest_come_first_where_that_is_asked_for(ada: Any, ada_browser: Client) -> None:
    first, second = a_galaxy_import(ada, external_id="a"), a_galaxy_import(ada, external_id="b")
    shown = ada_browser.get(reverse("web:import-list"), {"order": "oldest"})
    assert [row.work.pk for row in shown.context["imports"]] == [first.pk, second.pk]
    assert not shown.context["is_narrowed"]
    shown = ada_browser.get(reverse("web:import-list"))
    assert [row.work.pk for row in shown.context["imports"]] == [second.pk, first.pk]
