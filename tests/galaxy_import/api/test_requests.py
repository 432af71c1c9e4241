"""Asking for imports: what is understood, what is refused, and that asking twice is asking once."""

from threading import Barrier, Thread
from typing import Any

import pytest
from celery import current_app
from django.db import connection

from accounts.models import Group, Membership, User
from galaxy_import.source import read_galaxy
from run_import.models import RunImport, RunServer
from run_import.services import request_children, request_import
from tests.conftest import Api
from tests.factories import a_galaxy_import, a_galaxy_server, a_run, an_invocation
from tests.galaxy_import.api.conftest import IMPORT, IMPORTS, ONE, THREE, TWO, URL, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the rows for which a worker was woken."""
    ids: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **kwargs: ids.append(args[0]))
    return ids


@pytest.fixture
def ask(ada_api: Api, listed: RunServer) -> Any:
    """Asks for an import; Ada does unless told."""

    def post(*addresses: str, api: Api = ada_api, **options: Any) -> Any:
        body = {"url": addresses[0]} if len(addresses) == 1 else {"urls": addresses}
        return api.post(IMPORT, {**body, **options})

    return post


def test_one_address_is_answered_with_the_work_that_was_begun(
    ask: Any, ada_api: Api, genomics: Group, sent: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = ask(f"{page()}/report?tab=inputs#x")
    told = answer.json()
    assert answer.status_code == 202
    assert (told["state"], told["kind"], told["galaxy_id"], told["url"]) == (
        "PENDING",
        "INVOCATION",
        ONE,
        page(),
    )
    assert (told["server"]["name"], told["group"]["name"]) == ("Galaxy", genomics.name)
    assert (told["workflowrun"], told["children"], told["error"], told["what_to_do"]) == (None, {}, "", "")
    assert (told["outputs"], told["create_datasets"], told["follow"], told["public"]) == (
        "labelled",
        *[False] * 3,
    )
    assert answer["Location"] == f"{IMPORTS}{told['id']}/"
    assert ada_api.get(answer["Location"]).json() == told
    assert sent == [told["id"]]


def test_all_options_are_kept(ask: Any, ada: User) -> None:
    other = Group.objects.create(name="Imaging")
    Membership.objects.create(user=ada, group=other)
    options = {"create_datasets": True, "outputs": "all", "download": True, "rocrate": True, "follow": True}
    told = ask(page(), **options, public=True, owned_by=str(other.pk)).json()
    assert {name: told[name] for name in options} == options
    assert (told["public"], told["owned_by"]) == (True, str(other.pk))


@pytest.mark.parametrize(
    ("address", "kind"),
    [(f"{URL}/histories/view?id={ONE}", "HISTORY"), (f"{URL}/workflows/{ONE}/invocations", "WORKFLOW")],
)
def test_a_history_and_a_workflow_are_taken_too(ask: Any, address: str, kind: str) -> None:
    assert ask(address).json()["kind"] == kind


def test_many_addresses_are_one_call_with_a_task_for_each(ask: Any, sent: Any) -> None:
    answer = ask(page(ONE), page(TWO), page(ONE), f"{URL}/histories/view?id={ONE}")
    told = answer.json()
    assert (answer.status_code, told["count"]) == (202, 4)
    assert [one["galaxy_id"] for one in told["results"]] == [ONE, TWO, ONE, ONE]
    assert told["results"][0]["id"] == told["results"][2]["id"]
    assert RunImport.objects.count() == 3
    assert answer["Location"] == IMPORTS


def test_of_a_thousand_a_few_are_begun_and_the_others_wait_for_their_turn(
    ask: Any, sent: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = ask(*(page(f"{number:016x}") for number in range(1000)))
    assert answer.json()["count"] == 1000
    assert sent == [one["id"] for one in answer.json()["results"][:4]]
    waiting = RunImport.objects.filter(phase="WAITING").order_by("id")
    assert waiting.count() == 996
    assert waiting.last().due_at > waiting.first().due_at > waiting.first().created


def test_a_thousand_cost_as_many_queries_as_some(ask: Any, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(30):
        ask(*(page(f"{number:016x}") for number in range(400)))


def test_an_address_with_another_scheme_is_that_of_the_listed_server(ask: Any) -> None:
    assert ask(page(base="http://galaxy.example.org")).json()["url"] == page()


# --- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": page(), "urls": [page(TWO)]}, "url"),
        ({"url": ""}, "url"),
        ({"url": 7}, "url"),
        ({"url": "an invocation"}, "url"),
        ({"url": f"{URL}/datasets/{ONE}"}, "url"),
        ({"url": "https://elsewhere.example.org/workflows/invocations/" + ONE}, "url"),
        ({"url": page("0123456789abcdef" * 5)}, "url"),
        ({"url": f"{page()}?{'x' * 2000}"}, "url"),
        ({"urls": []}, "urls"),
        ({"urls": page()}, "urls"),
        ({"urls": [page()] * 1001}, "urls"),
        ({"urls": [page(), "x", page(TWO), ""]}, "urls.3"),
        ({"urls": [page(), "x", page(TWO)]}, "urls.1"),
        ({"url": page(), "download": True}, "download"),
        ({"url": page(), "outputs": "some"}, "outputs"),
        ({"url": page(), "follow": "yes"}, "follow"),
        ({"url": page(), "create_dataset": True}, "create_dataset"),
        ({"url": page(), "owned_by": "mine"}, "owned_by"),
        (["x"], "request"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_begins(
    ada_api: Api, listed: RunServer, body: Any, field: str
) -> None:
    answer = ada_api.post(IMPORT, body)
    assert answer.status_code == 400
    assert field in [one["field"] for one in answer.json()["errors"]], answer.json()
    assert not RunImport.objects.exists()


@pytest.mark.parametrize(
    ("urls", "sentence"),
    [
        ([], "must name at least one address"),
        ("one", "must be a list of addresses"),
        (["x"] * 1001, "may name at most 1000 addresses: ask for the others in another request"),
    ],
)
def test_a_wrong_list_is_refused_in_a_sentence(ada_api: Api, urls: object, sentence: str) -> None:
    (error,) = ada_api.post(IMPORT, {"urls": urls}).json()["errors"]
    assert (error["field"], error["message"]) == ("urls", sentence)


def test_a_misspelt_option_is_told_what_was_meant(ask: Any) -> None:
    assert "did you mean 'create_datasets'" in ask(page(), create_dataset=True).json()["message"]


def test_every_address_that_is_wrong_is_named(ask: Any) -> None:
    answer = ask(page(), "x", "https://elsewhere.example.org/workflows/invocations/" + ONE)
    assert [one["field"] for one in answer.json()["errors"]] == ["urls.1", "urls.2"]
    assert "understood" in answer.json()["errors"][0]["message"]
    assert f"takes runs from {URL}" in answer.json()["errors"][1]["message"]


def test_a_group_that_one_is_not_in_does_not_exist(ask: Any, proteomics: Group) -> None:
    answer = ask(page(), owned_by=str(proteomics.pk))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (404, "owned_by")


def test_nobody_asks_who_is_not_signed_in(ask: Any) -> None:
    assert ask(page(), api=Api(None)).status_code == 401


# --- twice is once ------------------------------------------------------------------------------------------


def test_asking_again_while_it_is_under_way_is_asking_once(ask: Any) -> None:
    first, second = ask(page()).json(), ask(page()).json()
    assert first == second
    assert RunImport.objects.count() == 1


def test_what_is_asked_for_in_addition_is_added_and_nothing_is_taken_back(ask: Any) -> None:
    ask(page(), create_datasets=True, outputs="all")
    told = ask(page(), follow=True, rocrate=True).json()
    assert (told["create_datasets"], told["outputs"], told["follow"], told["rocrate"]) == (
        True,
        "all",
        True,
        True,
    )
    kept = RunImport.objects.get()
    assert (kept.create_datasets, kept.outputs, kept.follow, kept.rocrate) == (True, "all", True, True)


def test_an_import_that_has_ended_is_begun_anew(ask: Any) -> None:
    for number, state in enumerate(("DONE", "FAILED", "CANCELLED"), start=1):
        ask(page())
        RunImport.objects.update(state=state)
        assert RunImport.objects.count() == number
    assert ask(page()).json()["state"] == "PENDING"


def test_one_that_waits_for_the_run_to_go_on_asks_at_once(
    ask: Any, sent: Any, django_capture_on_commit_callbacks: Any
) -> None:
    key = ask(page(), follow=True).json()["id"]
    RunImport.objects.update(phase="FOLLOWING", due_at="2999-01-01T00:00:00Z")
    with django_capture_on_commit_callbacks(execute=True):
        told = ask(page()).json()
    assert (told["id"], told["due_at"][:4]) == (key, RunImport.objects.get().modified.strftime("%Y"))
    assert sent == [key]


def test_another_group_imports_for_itself(ask: Any, eve: User) -> None:
    assert ask(page()).json()["id"] != ask(page(), api=Api(eve)).json()["id"]


def test_a_history_and_an_invocation_with_one_id_are_two_things(ask: Any) -> None:
    assert ask(page()).json()["id"] != ask(f"{URL}/histories/view?id={ONE}").json()["id"]


def test_a_member_joins_the_import_of_another_but_cannot_widen_it(ask: Any, bob: User, meg: User) -> None:
    key = ask(page(), create_datasets=True).json()["id"]
    assert ask(page(), api=Api(bob)).json()["id"] == key
    refused = ask(page(), api=Api(bob), follow=True, public=True)
    assert refused.status_code == 409
    assert "follow" in refused.json()["message"]
    assert RunImport.objects.get().makes_public is False
    assert ask(page(), api=Api(meg), follow=True).json()["follow"] is True


def test_the_run_is_told_at_once_where_it_is_known(ask: Any, ada: User, eve: User, listed: RunServer) -> None:
    run = a_run(ada)
    an_invocation(run, external_id=ONE, server=listed)
    an_invocation(a_run(ada), external_id=ONE, server=a_galaxy_server("https://other.example.org"))
    assert ask(page()).json()["workflowrun"] == str(run.pk)
    assert ask(page(TWO)).json()["workflowrun"] is None
    assert ask(page(), api=Api(eve)).json()["workflowrun"] is None
    assert ask(f"{URL}/histories/view?id={ONE}").json()["workflowrun"] is None


def test_a_run_of_the_group_that_lies_in_the_trash_is_not_told(
    ask: Any, ada: User, listed: RunServer
) -> None:
    an_invocation(a_run(ada, deleted=True), external_id=ONE, server=listed)
    assert ask(page()).json()["workflowrun"] is None


# --- histories and workflows --------------------------------------------------------------------------------


@pytest.fixture
def parent(ada: User, listed: RunServer) -> RunImport:
    """The import of a history."""
    options = {"create_datasets": True, "follow": True, "makes_public": True, "state": "RUNNING"}
    return a_galaxy_import(ada, server=listed, kind="HISTORY", external_id=ONE, **options)


def test_a_history_makes_one_import_for_each_invocation_once(parent: RunImport) -> None:
    assert [one.external_id for one in request_children(parent, [ONE, TWO, ONE])] == [ONE, TWO]
    assert [one.external_id for one in request_children(parent, [TWO, THREE])] == [THREE]
    children = RunImport.objects.filter(parent=parent)
    assert children.count() == 3
    for child in children:
        assert (child.kind, child.url) == (RunImport.RUN, page(child.external_id))
        assert (child.create_datasets, child.follow, child.makes_public) == (True, True, True)
        assert (child.owner, child.owned_by) == (parent.owner, parent.owned_by)


def test_an_import_that_is_under_way_by_itself_becomes_a_child(
    parent: RunImport, ada: User, bob: User, listed: RunServer
) -> None:
    single = a_galaxy_import(ada, server=listed, external_id=TWO)
    a_galaxy_import(bob, server=listed, external_id=THREE)
    made = request_children(parent, [TWO, THREE])
    single.refresh_from_db()
    assert single.pk in [one.pk for one in made]
    assert (single.parent, single.follow) == (parent, True)
    assert RunImport.objects.filter(external_id=TWO).count() == 1
    assert RunImport.objects.filter(external_id=THREE).count() == 2


def test_a_history_that_was_cancelled_meanwhile_makes_nothing(parent: RunImport) -> None:
    parent.cancel()
    assert request_children(parent, [ONE]) == []
    assert not RunImport.objects.filter(parent=parent).exists()


# --- at the same time ---------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_for_the_same_at_the_same_time_get_one_import(ada: User, genomics: Group) -> None:
    a_galaxy_server(URL)
    ready, found = Barrier(4), []

    def ask_once() -> None:
        try:
            ready.wait(timeout=20)
            [wanted] = request_import(addresses=[page()], read=read_galaxy, user=ada, group=genomics)
            found.append(wanted.pk)
        finally:
            connection.close()

    threads = [Thread(target=ask_once) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)
    assert len(found) == 4
    assert set(found) == {RunImport.objects.get().pk}
