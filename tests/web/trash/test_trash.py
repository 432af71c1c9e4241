"""What was deleted, and the way back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import a_collection, a_dataset, a_run, a_version, a_workflow, shared
from web.trash.kinds import KINDS
from workflows.models import WorkflowRun, WorkflowVersion

pytestmark = pytest.mark.django_db

TRASH = "/trash/"


def deleted(record: Any, by: Any) -> Any:
    record.mark_deleted(by=by)
    return record


def one_of_each(user: Any) -> dict[str, Any]:
    """A record of each kind in the trash."""
    version = a_version(a_workflow(user, "Kept"), name="old version")
    records = {
        "runs": a_run(user, "old run"),
        "datasets": a_dataset(user, "old dataset"),
        "collections": a_collection(user, name="old collection"),
        "workflows": a_workflow(user, "old workflow"),
        "versions": version,
    }
    return {kind: deleted(record, user) for kind, record in records.items()}


def names(answer: Any) -> list[str]:
    return [row.name for row in answer.context["page"].rows]


def said(answer: Any) -> list[str]:
    return [str(one) for one in answer.context["messages"]]


def test_every_kind_is_told_with_who_deleted_it_and_restored(ada: Any, ada_browser: Client) -> None:
    for kind, record in one_of_each(ada).items():
        answer = ada_browser.get(TRASH, {"kind": kind})
        row = answer.context["page"].rows[0]
        assert (row.pk, row.deleted_by, row.may_restore) == (record.pk, ada, True)
        assert [count for one, count in answer.context["tabs"] if one.key == kind] == [1]
        answer = ada_browser.post(reverse("web:restore"), {"kind": kind, "only": record.pk}, follow=True)
        assert said(answer) == [f"The {KINDS[kind].one} is restored."]
        assert "in the trash" in answer.content.decode()
        record.refresh_from_db()
        assert not record.deleted


def test_many_are_restored_at_once_and_the_button_of_one_restores_only_it(
    ada: Any, ada_browser: Client
) -> None:
    first, second, third = (deleted(a_run(ada, name), ada) for name in "abc")
    chosen = {"kind": "runs", "chosen": [first.pk, second.pk]}
    ada_browser.post(reverse("web:restore"), {**chosen, "only": third.pk})
    assert set(names(ada_browser.get(TRASH))) == {"a", "b"}
    answer = ada_browser.post(reverse("web:restore"), chosen, follow=True)
    assert said(answer) == ["2 runs are restored."]
    assert not WorkflowRun.objects.filter(deleted=True).exists()


def test_what_stands_against_it_is_said_and_the_others_are_restored(ada: Any, ada_browser: Client) -> None:
    workflow = a_workflow(ada)
    old = deleted(a_version(workflow, index=1, is_latest=False, name="1.0"), ada)
    a_version(workflow, index=2)
    other = deleted(a_version(a_workflow(ada, "Other")), ada)
    answer = ada_browser.post(
        reverse("web:restore"), {"kind": "versions", "chosen": [old.pk, other.pk]}, follow=True
    )
    assert said(answer)[0].startswith("1.0: The workflow has another version that is not released yet")
    assert said(answer)[1] == "The version is restored."
    assert list(WorkflowVersion.objects.filter(deleted=True)) == [old]


def test_what_is_not_there_any_more_is_said(ada_browser: Client) -> None:
    for wrong in ("nonsense", "00000000-0000-7000-8000-000000000000"):
        answer = ada_browser.post(reverse("web:restore"), {"kind": "runs", "only": wrong}, follow=True)
        assert said(answer) == ["This run is no longer in the trash."]
    assert said(ada_browser.post(reverse("web:restore"), follow=True)) == ["Select what to restore."]


def test_those_who_may_not_restore_are_told_who_may(ada: Any, bob_browser: Client) -> None:
    run = deleted(a_run(ada), ada)
    page = bob_browser.get(TRASH).content.decode()
    assert run.name in page
    assert "Only its owner or a group manager can restore it" in page
    assert '<button class="button small" name="only"' not in page
    answer = bob_browser.post(reverse("web:restore"), {"kind": "runs", "only": run.pk}, follow=True)
    assert "not delete it" in said(answer)[0]
    assert WorkflowRun.objects.get().deleted


def test_strangers_see_nothing_of_it(ada: Any, eve: Any, eve_browser: Client) -> None:
    records = one_of_each(ada)
    for kind, record in records.items():
        answer = eve_browser.get(TRASH, {"kind": kind})
        assert names(answer) == []
        assert {count for _, count in answer.context["tabs"]} == {0}
        eve_browser.post(reverse("web:restore"), {"kind": kind, "only": record.pk})
        record.refresh_from_db()
        assert record.deleted
    shared(records["runs"], eve, delete=True)
    eve_browser.post(reverse("web:restore"), {"kind": "runs", "only": records["runs"].pk})
    records["runs"].refresh_from_db()
    assert not records["runs"].deleted


def test_the_last_deleted_comes_first_and_names_are_searched(ada: Any, ada_browser: Client) -> None:
    liver, kidney = a_run(ada, "Liver"), a_run(ada, "Kidney")
    deleted(kidney, ada)
    deleted(liver, ada)
    assert names(ada_browser.get(TRASH)) == ["Liver", "Kidney"]
    assert names(ada_browser.get(TRASH, {"search": "kid"})) == ["Kidney"]
    assert "Nothing in the trash matches" in ada_browser.get(TRASH, {"search": "x"}).content.decode()


def test_a_version_is_found_by_the_name_of_its_workflow(ada: Any, ada_browser: Client) -> None:
    deleted(a_version(a_workflow(ada, "Liver"), name="1.0"), ada)
    assert names(ada_browser.get(TRASH, {"kind": "versions", "search": "liv"})) == ["1.0"]


def test_the_api_call_answers_the_same(ada: Any, ada_browser: Client) -> None:
    for kind in one_of_each(ada):
        answer = ada_browser.get(TRASH, {"kind": kind, "search": "old"})
        told = ada_browser.get(answer.context["api"]).json()
        assert [row["name"] for row in told["results"]] == names(answer)


def test_names_are_shown_inert(ada: Any, ada_browser: Client) -> None:
    deleted(a_run(ada, "<script>alert(1)</script>"), ada)
    for asked in ({}, {"search": "<script>alert"}, {"kind": "<script>alert"}):
        page = ada_browser.get(TRASH, asked).content.decode()
        assert "<script>alert" not in page


def test_twenty_rows_cost_no_more_queries_than_one(
    ada: Any, ada_browser: Client, django_assert_max_num_queries: Any
) -> None:
    workflow = a_workflow(ada)
    for number in range(20):
        version = a_version(workflow, index=number + 1, is_latest=False)
        deleted(a_run(ada, workflowversion=version), ada)
        deleted(version, ada)
    for kind in ("runs", "versions"):
        with django_assert_max_num_queries(11):
            assert len(names(ada_browser.get(TRASH, {"kind": kind}))) == 20


def test_the_trash_is_cut_into_pages(ada: Any, ada_browser: Client) -> None:
    for number in range(26):
        deleted(a_run(ada, f"run {number}"), ada)
    answer = ada_browser.get(TRASH, {"page_size": "25", "page": "2"})
    assert names(answer) == ["run 0"]


def test_what_keeps_a_page_is_linked(ada: Any, ada_browser: Client) -> None:
    rows = one_of_each(ada)
    for kind in KINDS.values():
        page = ada_browser.get(TRASH, {"kind": kind.key}).content.decode()
        for row in (row for row in rows.values() if isinstance(row, kind.model) and kind.page):
            address = reverse(kind.page, args=[row.pk])
            assert f'<a href="{address}"' in page
            assert ada_browser.get(address).status_code == 200


def test_the_trash_is_narrowed_to_what_one_deleted_oneself_and_turned_around(
    ada: Any, meg: Any, ada_browser: Client
) -> None:
    deleted(a_run(ada, "first"), ada)
    deleted(a_run(ada, "second"), meg)
    assert names(ada_browser.get(TRASH, {"order": "oldest"})) == ["first", "second"]
    assert names(ada_browser.get(TRASH, {"order": "junk"})) == ["second", "first"]
    assert names(ada_browser.get(TRASH, {"by": "me"})) == ["first"]
    assert names(ada_browser.get(TRASH, {"by": "me", "search": "second"})) == []
