"""What is done with several runs at once, with saved views, and with columns."""

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from common.models import Share
from tests.web.rows import a_run
from web.models import Preferences, SavedView
from workflows.models import WorkflowRun

pytestmark = pytest.mark.django_db
LIST, BATCH, SAVE = reverse("web:run-list"), reverse("web:run-batch"), reverse("web:view-save")
COLUMNS = reverse("web:run-columns")


def batch(browser: Client, deed: str, *runs: Any, follow: bool = True, **more: Any) -> Any:
    """Send the form below the list."""
    return browser.post(BATCH, {"deed": deed, "run": [str(run.pk) for run in runs], **more}, follow=follow)


def told(answer: Any) -> list[str]:
    """What the page says came of it."""
    return [str(message) for message in answer.context["messages"]]


def test_nothing_is_deleted_before_the_question_is_answered(ada: Any, ada_browser: Client) -> None:
    first, second = a_run(ada, "first"), a_run(ada, "second")
    asked = batch(ada_browser, "delete", first, second).content.decode()
    assert "first" in asked
    assert "second" in asked
    assert WorkflowRun.objects.filter(deleted=True).count() == 0
    answer = batch(ada_browser, "delete", first, second, sure="1", query="status=SUCCESS")
    assert told(answer) == ["2 runs are in the trash now and can be restored from there."]
    assert answer.redirect_chain == [(f"{LIST}?status=SUCCESS", 302)]
    assert WorkflowRun.objects.filter(deleted=True).count() == 2


def test_a_deletion_is_undone_at_once(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada, "kidney")
    page = batch(ada_browser, "delete", run, sure="1").content.decode()
    assert "Undo the deletion" in page
    assert f'name="run" value="{run.pk}"' in page
    assert "Undo the deletion" not in ada_browser.get(LIST).content.decode()


def test_all_runs_of_the_list_are_meant_where_it_is_said(ada: Any, ada_browser: Client) -> None:
    for number in range(3):
        a_run(ada, f"bad {number}", status="FAILED")
    a_run(ada, "good")
    asked = batch(ada_browser, "delete", all="1", query="status=FAILED").content.decode()
    assert asked.count('name="run"') == 3
    assert "good" not in asked


def test_deleted_runs_are_restored(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    run.mark_deleted(by=ada)
    assert told(batch(ada_browser, "restore", run)) == ["1 run is restored."]
    run.refresh_from_db()
    assert not run.deleted


def test_what_failed_is_told_with_its_reason(ada: Any, bob: Any, bob_browser: Client) -> None:
    mine, hers = a_run(bob, "mine"), a_run(ada, "hers")
    done, refused = told(batch(bob_browser, "delete", mine, hers, sure="1"))
    assert done == "1 run is in the trash now and can be restored from there."
    assert refused.startswith("1 run stays as it was. hers: You may see this, but not delete it")


def test_a_stranger_changes_nothing_and_learns_no_name(ada: Any, eve_browser: Client) -> None:
    run = a_run(ada, "secret")
    for deed in ("delete", "publish", "restore"):
        answer = batch(eve_browser, deed, run, sure="1")
        assert "secret" not in answer.content.decode()
        assert "1 run stays as it was" in told(answer)[0]
    assert "secret" not in batch(eve_browser, "delete", run).content.decode()
    run.refresh_from_db()
    assert not run.deleted
    assert not run.public


def test_runs_are_made_public_after_the_question(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    batch(ada_browser, "publish", run)
    run.refresh_from_db()
    assert not run.public
    batch(ada_browser, "publish", run, sure="1")
    run.refresh_from_db()
    assert run.public


def test_runs_are_shared_with_a_user_or_a_group(ada: Any, eve: Any, ada_browser: Client) -> None:
    runs = [a_run(ada, "one"), a_run(ada, "two")]
    assert "User name" in batch(ada_browser, "share", *runs).content.decode()
    answer = batch(ada_browser, "share", *runs, sure="1", user=eve.username, can_edit="on")
    assert told(answer) == ["2 runs are shared."]
    shares = Share.objects.filter(user=eve, can_edit=True, can_delete=False)
    assert {share.object_id for share in shares} == {run.pk for run in runs}
    batch(ada_browser, "share", runs[0], sure="1", group=str(ada.default_group().pk))
    assert Share.objects.filter(group=ada.default_group()).count() == 1


@pytest.mark.parametrize("whom", [{}, {"user": "nobody"}, {"group": "x"}])
def test_sharing_with_nobody_asks_again(ada: Any, ada_browser: Client, whom: dict[str, str]) -> None:
    answer = batch(ada_browser, "share", a_run(ada), sure="1", **whom)
    assert answer.status_code == 400
    assert 'class="errorlist' in answer.content.decode()
    assert Share.objects.count() == 0


def test_two_to_five_runs_are_compared_and_crates_are_listed(ada: Any, ada_browser: Client) -> None:
    runs = [a_run(ada, f"run {number}") for number in range(6)]
    assert "2 to 5" in told(batch(ada_browser, "compare", runs[0]))[0]
    assert "2 to 5" in told(batch(ada_browser, "compare", *runs))[0]
    answer = batch(ada_browser, "compare", *runs[:2], follow=False)
    assert answer["Location"] == f"{reverse('web:compare')}?ids={runs[0].pk},{runs[1].pk}"
    page = batch(ada_browser, "crates", *runs[:2]).content.decode()
    for run in runs[:2]:
        assert reverse("web:run-crate", args=[run.pk]) in page


def test_the_page_of_crates_shows_what_one_may_see(ada: Any, eve_browser: Client) -> None:
    run = a_run(ada, "secret")
    page = eve_browser.get(f"{reverse('web:run-crates')}?ids={run.pk},x,,").content.decode()
    assert "secret" not in page


@pytest.mark.parametrize("data", [{}, {"deed": "delete"}, {"deed": "drop", "run": "x"}, {"run": "x" * 99}])
def test_a_form_that_makes_no_sense_is_answered_in_words(ada_browser: Client, data: dict[str, str]) -> None:
    assert len(told(ada_browser.post(BATCH, data, follow=True))) == 1


def test_no_more_than_five_hundred_at_once(ada: Any, ada_browser: Client) -> None:
    runs = WorkflowRun.objects.bulk_create(WorkflowRun(name=str(n), owner=ada) for n in range(501))
    assert told(batch(ada_browser, "delete", *runs, sure="1")) == ["At most 500 runs at once."]
    assert not WorkflowRun.objects.filter(deleted=True).exists()


def test_the_way_back_leads_nowhere_else(ada: Any, ada_browser: Client) -> None:
    answer = batch(ada_browser, "restore", a_run(ada), follow=False, query="//evil.example/?next=x\r\nX: y")
    assert answer["Location"].startswith(f"{LIST}?")


# --- views --------------------------------------------------------------------------------------------------


def save(browser: Client, name: str, query: str = "status=FAILED") -> Any:
    """Save a view."""
    return browser.post(SAVE, {"name": name, "query": query}, follow=True)


def test_a_view_is_saved_opened_renamed_and_deleted(ada: Any, ada_browser: Client) -> None:
    save(ada_browser, "Failures", "status=FAILED&page=3&workflow=")
    view = SavedView.objects.get(user=ada)
    assert (view.name, view.query) == ("Failures", "status=FAILED")
    page = ada_browser.get(f"{LIST}?{view.query}")
    assert page.context["saved"].current == view
    ada_browser.post(reverse("web:view-rename", args=[view.pk]), {"name": "Bad ones"})
    view.refresh_from_db()
    assert view.name == "Bad ones"
    ada_browser.post(reverse("web:view-delete", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_the_same_name_again_means_the_new_conditions(ada: Any, ada_browser: Client) -> None:
    save(ada_browser, "Mine")
    save(ada_browser, "Mine", "status=RUNNING")
    assert [view.query for view in SavedView.objects.all()] == ["status=RUNNING"]


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("", "status=FAILED"),
        ("x" * 101, "status=FAILED"),
        ("x", ""),
        ("x", "status=NONE"),
        ("x", f"search={'y' * 2000}"),
    ],
)
def test_a_view_that_would_show_nothing_is_not_saved(ada_browser: Client, name: str, query: str) -> None:
    assert "not saved" in told(save(ada_browser, name, query))[0]
    assert not SavedView.objects.exists()


def test_a_view_belongs_to_one_person(ada: Any, ada_browser: Client, bob_browser: Client) -> None:
    save(ada_browser, "Hers")
    view = SavedView.objects.get()
    assert bob_browser.get(LIST).context["saved"].rows == []
    for name in ("web:view-rename", "web:view-delete"):
        assert bob_browser.post(reverse(name, args=[view.pk]), {"name": "x"}).status_code == 404
    assert SavedView.objects.get().name == "Hers"


def test_two_views_never_have_one_name(ada: Any, ada_browser: Client) -> None:
    save(ada_browser, "a")
    save(ada_browser, "b", "status=RUNNING")
    view = SavedView.objects.get(name="b")
    answer = ada_browser.post(reverse("web:view-rename", args=[view.pk]), {"name": "a"}, follow=True)
    assert "another one of yours" in told(answer)[0]


def test_a_saved_view_opens_what_it_says(ada: Any, ada_browser: Client) -> None:
    query = f"search={quote('a & b')}&status=FAILED&status=RUNNING"
    save(ada_browser, "Odd", query)
    stored = SavedView.objects.get().query
    again = ada_browser.get(f"{LIST}?{stored}").context["query"]
    assert dict(again.data.lists()) == {"search": ["a & b"], "status": ["FAILED", "RUNNING"]}


# --- columns ------------------------------------------------------------------------------------------------


def test_chosen_columns_are_remembered(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada, message="Out of memory")
    ada_browser.post(COLUMNS, {"column": ["id", "message", "nonsense"]})
    assert Preferences.objects.get(user=ada).run_columns == ["name", "message", "id"]
    page = ada_browser.get(LIST)
    assert [column.key for column in page.context["columns"]] == ["name", "message", "id"]
    assert "Out of memory" in page.content.decode()
    assert str(run.pk) in page.content.decode()


def test_choosing_the_usual_ones_or_none_is_no_choice(ada: Any, ada_browser: Client) -> None:
    usual = [column.key for column in ada_browser.get(LIST).context["columns"]]
    for chosen in (usual, []):
        ada_browser.post(COLUMNS, {"column": ["id"]})
        ada_browser.post(COLUMNS, {"column": chosen})
        assert Preferences.objects.get(user=ada).run_columns == []


def test_every_column_can_be_shown(ada: Any, ada_browser: Client) -> None:
    a_run(ada)
    every = [column.key for column in ada_browser.get(LIST).context["all_columns"]]
    ada_browser.post(COLUMNS, {"column": every})
    page = ada_browser.get(LIST)
    assert [column.key for column in page.context["columns"]] == every
    assert page.content.decode().count('<th scope="col"') == len(every) + 1
