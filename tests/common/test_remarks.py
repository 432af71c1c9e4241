"""Annotations, notes and shares, which hang on every record alike."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from common.models import Annotation, HistoryEvent, Note, Share
from tests.conftest import Api
from tests.factories import a_collection, a_dataset, a_run, a_version, a_workflow, an_annotation_type, shared

MAKERS: dict[str, Any] = {
    "workflows/workflowruns": a_run,
    "workflows/workflows": a_workflow,
    "workflows/workflowversions": lambda user: a_version(a_workflow(user)),
    "data-management/datasets": a_dataset,
    "data-management/datasetcollections": a_collection,
}
SHARED = [one for one in MAKERS if "versions" not in one]


def address_of(kind: str, record: Any) -> str:
    return f"/api/v2/{kind}/{record.pk}/"


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_notes_are_written_changed_and_removed_and_remembered(ada_api: Api, ada: User, kind: str) -> None:
    address = address_of(kind, MAKERS[kind](ada))
    made = ada_api.post(f"{address}notes/", {"content": "**first**"})
    assert made.status_code == 201
    assert made.json()["author"]["username"] == "ada"
    assert [one["content"] for one in ada_api.get(f"{address}notes/").json()] == ["**first**"]
    own = f"{address}notes/{made.json()['id']}/"
    assert ada_api.put(own, {"content": "second"}).json()["content"] == "second"
    assert ada_api.delete(own).status_code == 204
    told = [one["changes"] for one in ada_api.get(f"{address}history/").json() if one["action"] == "remarked"]
    assert told == [
        {"note": [None, "**first**"]},
        {"note": ["**first**", "second"]},
        {"note": ["second", None]},
    ]


def test_who_goes_on_writing_a_note_makes_one_deed_of_it(ada_api: Api, ada: User, admin: User) -> None:
    address = address_of("workflows/workflowruns", a_run(ada))
    note = ada_api.post(f"{address}notes/", {"content": "a"}).json()["id"]

    def told(api: Api, *contents: str) -> list[list[str | None]]:
        for content in contents:
            assert api.put(f"{address}notes/{note}/", {"content": content}).status_code == 200
        return [
            one["changes"]["note"] for one in api.get(f"{address}history/").json() if "note" in one["changes"]
        ]

    sitting: list[list[str | None]] = [[None, "a"], ["a", "abcd"]]
    assert told(ada_api, "ab", "abc", "abcd") == sitting
    assert told(Api(admin), "of the admin") == [*sitting, ["abcd", "of the admin"]]
    HistoryEvent.objects.update(at=timezone.now() - timedelta(minutes=6))
    later = [*sitting, ["abcd", "of the admin"], ["of the admin", "later"]]
    assert told(Api(admin), "later") == later
    assert told(Api(admin), "of the admin")[-1] == ["later", "of the admin"], "what was undone stays told"


def test_a_note_is_its_authors(ada_api: Api, ada: User, eve: User, admin: User) -> None:
    run = a_run(ada)
    shared(run, eve, edit=True)
    address = address_of("workflows/workflowruns", run)
    note = Api(eve).post(f"{address}notes/", {"content": "eve's"}).json()["id"]
    assert ada_api.put(f"{address}notes/{note}/", {"content": "x"}).status_code == 403
    assert ada_api.delete(f"{address}notes/{note}/").status_code == 403
    assert Note.objects.get().content == "eve's"
    assert Api(admin).delete(f"{address}notes/{note}/").status_code == 204


def test_a_note_is_found_only_below_its_own_record(ada_api: Api, ada: User) -> None:
    first, second = a_run(ada), a_run(ada)
    note = ada_api.post(f"{address_of('workflows/workflowruns', first)}notes/", {"content": "x"}).json()["id"]
    assert ada_api.delete(f"{address_of('workflows/workflowruns', second)}notes/{note}/").status_code == 404


@pytest.mark.parametrize("content", ["", " ", None, 5])
def test_a_note_says_something(ada_api: Api, ada: User, content: Any) -> None:
    answer = ada_api.post(f"{address_of('workflows/workflowruns', a_run(ada))}notes/", {"content": content})
    assert answer.status_code == 400


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_an_annotation_of_a_single_type_replaces_its_value(ada_api: Api, ada: User, kind: str) -> None:
    organism = an_annotation_type()
    address = address_of(kind, MAKERS[kind](ada))
    for value, named in (
        ("mouse", {"name": "organism"}),
        ("human", {"annotation_type_id": str(organism.pk)}),
    ):
        assert ada_api.post(f"{address}annotations/", {"value": value, **named}).status_code == 201
    told = ada_api.get(f"{address}annotations/").json()
    assert [(one["name"], one["value"]) for one in told] == [("organism", "human")]
    assert ada_api.delete(f"{address}annotations/{told[0]['id']}/").status_code == 204
    assert not Annotation.objects.exists()


def test_an_annotation_of_a_multiple_type_adds_one(ada_api: Api, ada: User) -> None:
    an_annotation_type("tag", multiple=True)
    address = address_of("workflows/workflowruns", a_run(ada))
    for value in ("a", "b"):
        ada_api.post(f"{address}annotations/", {"name": "tag", "value": value})
    assert [one["value"] for one in ada_api.get(f"{address}annotations/").json()] == ["a", "b"]


@pytest.mark.parametrize(
    ("value_type", "right", "wrong"),
    [
        ("number", "-1.5", "many"),
        ("date", "2024-01-15", "15.1.2024"),
        ("boolean", "true", "yes"),
        ("choice", "blue", "green"),
        ("text", "anything", ""),
        ("text", "x" * 1000, "x" * 1001),
    ],
)
def test_a_value_is_what_its_type_asks_for(
    ada_api: Api, ada: User, value_type: str, right: str, wrong: str
) -> None:
    an_annotation_type("kind", value_type=value_type, choices=["red", "blue"])
    address = address_of("workflows/workflowruns", a_run(ada))
    refused = ada_api.post(f"{address}annotations/", {"name": "kind", "value": wrong})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "value")
    assert ada_api.post(f"{address}annotations/", {"name": "kind", "value": right}).status_code == 201


def test_a_wrong_value_leaves_the_older_one(ada_api: Api, ada: User) -> None:
    an_annotation_type("depth", value_type="number")
    address = f"{address_of('workflows/workflowruns', a_run(ada))}annotations/"
    ada_api.post(address, {"name": "depth", "value": "30"})
    ada_api.post(address, {"name": "depth", "value": "deep"})
    assert [one["value"] for one in ada_api.get(address).json()] == ["30"]


def test_only_types_that_there_are_can_be_used(ada_api: Api, ada: User) -> None:
    address = f"{address_of('workflows/workflowruns', a_run(ada))}annotations/"
    assert ada_api.post(address, {"name": "mood", "value": "good"}).status_code == 404
    assert ada_api.post(address, {"value": "good"}).status_code == 400


# --- shares -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SHARED)
@pytest.mark.parametrize("whom", ["user", "group"])
def test_what_is_shared_can_be_seen_edited_or_deleted_as_given(
    ada_api: Api, ada: User, eve: User, kind: str, whom: str
) -> None:
    address = address_of(kind, MAKERS[kind](ada))
    named = {"user_id": str(eve.pk)} if whom == "user" else {"group_id": str(eve.primary_group_id)}
    hers = Api(eve)

    def may() -> list[int]:
        return [hers.get(address).status_code, hers.patch(address, {"description": "d"}).status_code]

    assert may() == [404, 404]
    ada_api.post(f"{address}shares/", named)
    assert may() == [200, 403]
    ada_api.post(f"{address}shares/", {**named, "can_edit": True})
    assert may() == [200, 200]
    assert hers.delete(address).status_code == 403
    share = ada_api.post(f"{address}shares/", {**named, "can_delete": True}).json()
    assert may() == [200, 403]
    assert Share.objects.count() == 1, "sharing again replaces the rights"
    listed = hers.get(f"/api/v2/{kind}/").json()
    assert listed["count"] == 1
    assert ada_api.delete(f"{address}shares/{share['id']}/").status_code == 204
    assert may() == [404, 404]
    ada_api.post(f"{address}shares/", {**named, "can_delete": True})
    assert hers.delete(address).status_code == 204


@pytest.mark.parametrize("body", [{}, {"user_id": "{eve}", "group_id": "{group}"}, {"user_id": None}])
def test_a_share_is_with_a_user_or_a_group(ada_api: Api, ada: User, eve: User, body: dict[str, Any]) -> None:
    ids = {"{eve}": str(eve.pk), "{group}": str(eve.primary_group_id)}
    body = {name: ids.get(value, value) for name, value in body.items()}
    answer = ada_api.post(f"{address_of('workflows/workflowruns', a_run(ada))}shares/", body)
    assert answer.status_code == 400


def test_nothing_is_shared_with_nobody(ada_api: Api, ada: User) -> None:
    body = {"user_id": "00000000-0000-7000-8000-000000000000"}
    answer = ada_api.post(f"{address_of('workflows/workflowruns', a_run(ada))}shares/", body)
    assert answer.status_code == 404


def test_sharing_is_told_in_the_history(ada_api: Api, ada: User, eve: User) -> None:
    address = address_of("workflows/workflowruns", a_run(ada))
    share = ada_api.post(f"{address}shares/", {"user_id": str(eve.pk), "can_edit": True}).json()["id"]
    ada_api.delete(f"{address}shares/{share}/")
    told = [one["changes"] for one in ada_api.get(f"{address}history/").json() if one["action"] == "shared"]
    assert told == [{"eve": [None, {"can_edit": True, "can_delete": False}]}, {"eve": ["shared", None]}]


def test_an_editor_cannot_take_more_than_was_given(ada: User, eve: User) -> None:
    run = a_run(ada)
    shared(run, eve, edit=True)
    address = address_of("workflows/workflowruns", run)
    body = {"user_id": str(eve.pk), "can_edit": True, "can_delete": True}
    assert Api(eve).post(f"{address}shares/", body).status_code == 403
    assert Api(eve).delete(address).status_code == 403
