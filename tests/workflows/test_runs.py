"""Runs through the API: made, changed, deleted, restored, and what their history says of it."""

from typing import Any

import pytest

from accounts.models import User
from common.models import HistoryEvent, Note
from tests.conftest import Api
from tests.factories import (
    a_dataset,
    a_link,
    a_parameter,
    a_run,
    a_version,
    a_workflow,
    an_annotation_type,
    shared,
)
from tests.workflows.conftest import LINKS, RUNS
from workflows.models import WorkflowRun


@pytest.fixture
def body(ada: User) -> dict[str, Any]:
    """A whole run."""
    return {
        "name": "Analysis Run 2024-01-15",
        "description": "First lane",
        "workflowversion": str(a_version(a_workflow(ada)).pk),
        "status": "RUNNING",
        "started_at": "2024-01-15T10:00:00Z",
        "run_command": "snakemake --cores 8",
        "run_environment": "GNU/Linux 5.4.0-x86_64",
        "source": "slurm",
        "source_url": "https://slurm.example.org/4711",
        "external_id": "4711",
    }


def test_a_run_is_made_read_changed_and_deleted(ada_api: Api, ada: User, body: dict[str, Any]) -> None:
    made = ada_api.post(RUNS, body)
    assert made.status_code == 201, made.content
    address = f"{RUNS}{made.json()['id']}/"
    read = ada_api.get(address).json()
    assert {name: read[name] for name in body} == body
    assert read["owner"]["username"] == "ada"
    assert read["owned_by"] == str(ada.primary_group_id)
    assert read["created_by"] == read["modified_by"] == str(ada.pk)
    assert read["workflow"] == {
        "id": str(WorkflowRun.objects.get().workflowversion.workflow_id),
        "name": "Variants",
        "version": "v1",
        "engine": "SNAKEMAKE",
    }
    changed = ada_api.put(address, {**body, "status": "SUCCESS", "completed_at": "2024-01-15T12:30:00Z"})
    assert (changed.status_code, changed.json()["duration"]) == (200, 9000)
    assert ada_api.patch(address, {"name": "Renamed"}).json()["name"] == "Renamed"
    assert ada_api.delete(address).status_code == 204
    assert ada_api.get(address).status_code == 404


@pytest.mark.parametrize(
    "environment", ["GNU/Linux", {"os": "Linux", "cpus": [1, 2]}, ["a"], 5, None, True, "{}"]
)
def test_an_environment_is_kept_as_it_came(ada_api: Api, body: dict[str, Any], environment: Any) -> None:
    made = ada_api.post(RUNS, {**body, "run_environment": environment}).json()
    assert made["run_environment"] == environment
    assert ada_api.get(f"{RUNS}{made['id']}/").json()["run_environment"] == environment


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"status": "DONE"},
        {"started_at": "yesterday"},
        {"completed_at": "2024-01-15T09:00:00Z"},
        {"workflowversion": "x"},
        {"public": "perhaps"},
        {"name": "x" * 256},
    ],
    ids=lambda one: str(list(one)),
)
def test_a_field_that_is_not_understood_is_named(
    ada_api: Api, body: dict[str, Any], wrong: dict[str, Any]
) -> None:
    answer = ada_api.post(RUNS, {**body, **wrong})
    assert answer.status_code == 400
    assert {one["field"] for one in answer.json()["errors"]} == set(wrong)
    assert WorkflowRun.objects.count() == 0


def test_the_same_origin_twice_in_a_group_is_a_conflict(ada_api: Api, body: dict[str, Any]) -> None:
    assert ada_api.post(RUNS, body).status_code == 201
    answer = ada_api.post(RUNS, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_a_deleted_run_is_hidden_listed_in_the_trash_and_restored(ada_api: Api, ada: User, bob: User) -> None:
    run = a_run(ada)
    dataset = a_dataset(ada)
    a_link(run, dataset)
    a_parameter(run, "k", 31)
    address = f"{RUNS}{run.pk}/"
    ada_api.delete(address)
    assert ada_api.get(RUNS).json()["count"] == 0
    assert ada_api.get(LINKS).json()["count"] == 0
    assert ada_api.get(f"{address}parameters/").status_code == 404
    assert ada_api.get(f"/api/v2/data-management/datasets/{dataset.pk}/").status_code == 200
    trash = ada_api.get(f"{RUNS}?deleted=true").json()["results"]
    assert [(one["id"], one["deleted"]) for one in trash] == [(str(run.pk), True)]
    assert ada_api.get(f"{address}?deleted=true").status_code == 200
    assert Api(bob).post(f"{address}restore/").status_code == 403
    assert ada_api.post(f"{address}restore/").json()["deleted"] is False
    assert ada_api.get(RUNS).json()["count"] == 1
    assert ada_api.get(f"{RUNS}?deleted=true").json()["count"] == 0
    run.refresh_from_db()
    assert (run.deleted_by, run.deleted_date) == (None, None)


def test_a_run_that_was_imported_again_since_cannot_be_restored(ada_api: Api, ada: User) -> None:
    run = a_run(ada, source="galaxy", external_id="d8b4")
    ada_api.delete(f"{RUNS}{run.pk}/")
    a_run(ada, source="galaxy", external_id="d8b4")
    assert ada_api.post(f"{RUNS}{run.pk}/restore/").status_code == 409


def test_deleting_says_who_and_when(ada_api: Api, ada: User) -> None:
    run = a_run(ada)
    ada_api.delete(f"{RUNS}{run.pk}/")
    run.refresh_from_db()
    assert run.deleted_by == ada
    assert run.deleted_date is not None


def test_the_history_tells_who_changed_what_and_when(ada_api: Api, ada: User, bob: User) -> None:
    run = a_run(ada, status="RUNNING")
    shared(run, bob, edit=True)
    address = f"{RUNS}{run.pk}/"
    ada_api.patch(address, {"status": "SUCCESS"})
    Api(bob).patch(address, {"name": "Better", "description": "d"})
    ada_api.put(f"{address}manage_datasets/", {"datasets": [{"id": a_dataset(ada).pk}], "data_type": "INPUT"})
    ada_api.delete(address)
    ada_api.post(f"{address}restore/")
    told = ada_api.get(f"{address}history/").json()
    assert [(one["action"], one["by"]["username"]) for one in told] == [
        ("status", "ada"),
        ("status", "ada"),
        ("updated", "ada"),
        ("updated", "bob"),
        ("datasets", "ada"),
        ("deleted", "ada"),
        ("restored", "ada"),
    ]
    assert told[1]["changes"] == {"status": [None, "SUCCESS"]}
    assert told[2]["changes"] == {"status": ["RUNNING", "SUCCESS"]}
    assert told[3]["changes"] == {"name": ["NA12878", "Better"], "description": ["", "d"]}
    assert all(one["at"] for one in told)


def test_a_change_that_changes_nothing_is_no_event(ada_api: Api, ada: User) -> None:
    run = a_run(ada)
    ada_api.patch(f"{RUNS}{run.pk}/", {"name": run.name})
    assert HistoryEvent.objects.count() == 0


def test_a_change_that_is_refused_leaves_no_trace(ada_api: Api, ada: User) -> None:
    run = a_run(ada)
    ada_api.patch(f"{RUNS}{run.pk}/", {"name": "x", "status": "DONE"})
    run.refresh_from_db()
    assert run.name == "NA12878"
    assert not HistoryEvent.objects.exists()


# --- datasets -----------------------------------------------------------------------------------------------


def test_managing_datasets_twice_is_managing_them_once(ada_api: Api, ada: User) -> None:
    run, datasets = a_run(ada), [a_dataset(ada, "one"), a_dataset(ada, "two")]
    wanted = {"datasets": [{"id": str(one.pk)} for one in datasets], "data_type": "INPUT"}
    first, second = (ada_api.put(f"{RUNS}{run.pk}/manage_datasets/", wanted) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert [one["dataset"]["name"] for one in second.json()] == ["one", "two"]
    assert HistoryEvent.objects.count() == 1
    link = run.dataset_links.first()
    assert (link.owner, link.created_by, link.modified_by) == (ada, ada, ada)


def test_managing_adds_and_takes_nothing_away(ada_api: Api, ada: User) -> None:
    run, one, two = a_run(ada), a_dataset(ada, "one"), a_dataset(ada, "two")
    a_link(run, one, "INPUT")
    for kind in ("INPUT", "OUTPUT", "PARAMETER", "CONFIG", "REPORT", "LOG"):
        body = {"datasets": [{"id": str(two.pk)}, {"id": str(two.pk)}], "data_type": kind}
        assert ada_api.put(f"{RUNS}{run.pk}/manage_datasets/", body).status_code == 200
    assert run.dataset_links.count() == 7


def test_datasets_that_cannot_be_seen_are_named_and_nothing_is_added(
    ada_api: Api, ada: User, eve: User
) -> None:
    run = a_run(ada)
    body = {
        "datasets": [{"id": str(a_dataset(ada).pk)}, {"id": str(a_dataset(eve).pk)}],
        "data_type": "INPUT",
    }
    answer = ada_api.put(f"{RUNS}{run.pk}/manage_datasets/", body)
    assert answer.status_code == 404
    assert [one["field"] for one in answer.json()["errors"]] == ["datasets[1].id"]
    assert run.dataset_links.count() == 0


def test_an_association_is_made_listed_and_removed(ada_api: Api, ada: User) -> None:
    run, dataset = a_run(ada), a_dataset(ada)
    body = {"workflowrun": str(run.pk), "dataset": str(dataset.pk), "data_type": "OUTPUT"}
    made = ada_api.post(LINKS, body)
    assert made.status_code == 201, made.content
    assert ada_api.post(LINKS, body).json()["id"] == made.json()["id"]
    listed = ada_api.get(f"{LINKS}?workflowrun={run.pk}&data_type=OUTPUT").json()["results"]
    assert [one["id"] for one in listed] == [made.json()["id"]]
    assert ada_api.delete(f"{LINKS}{made.json()['id']}/").status_code == 204
    assert run.dataset_links.count() == 0
    assert ada_api.get(f"/api/v2/data-management/datasets/{dataset.pk}/").status_code == 200


def test_a_run_shows_only_the_datasets_that_the_reader_may_see(ada_api: Api, ada: User, eve: User) -> None:
    run = a_run(ada, public=True)
    a_link(run, a_dataset(ada, "hidden"))
    a_link(run, a_dataset(ada, "shown", public=True), "OUTPUT")
    a_link(run, a_dataset(ada, "in the trash", public=True, deleted=True), "LOG")
    address = f"{RUNS}{run.pk}/"
    assert [one["dataset"]["name"] for one in ada_api.get(address).json()["datasets"]] == ["hidden", "shown"]
    assert [one["dataset"]["name"] for one in Api(eve).get(address).json()["datasets"]] == ["shown"]
    assert Api(eve).get(LINKS).json()["count"] == 1


# --- ETags --------------------------------------------------------------------------------------------------


def test_an_unchanged_answer_costs_a_304(ada_api: Api, ada: User) -> None:
    run = a_run(ada)
    for address in (RUNS, f"{RUNS}{run.pk}/"):
        tag = ada_api.get(address)["ETag"]
        again = ada_api.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
    ada_api.patch(f"{RUNS}{run.pk}/", {"name": "x"})
    assert ada_api.get(RUNS, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_two_editors_cannot_overwrite_each_other_unnoticed(
    ada_api: Api, ada: User, body: dict[str, Any], method: str
) -> None:
    run = a_run(ada)
    address = f"{RUNS}{run.pk}/"
    tag = ada_api.get(address)["ETag"]
    Api(ada).patch(address, {"name": "First"})
    late = getattr(ada_api, method)(address, body, headers={"If-Match": tag})
    assert (late.status_code, late.json()["code"]) == (412, "changed")
    run.refresh_from_db()
    assert (run.name, run.deleted) == ("First", False)
    fresh = ada_api.get(address)["ETag"]
    assert getattr(ada_api, method)(address, body, headers={"If-Match": fresh}).status_code in (200, 204)


def test_the_answer_to_a_change_says_what_to_build_on(ada_api: Api, ada: User) -> None:
    run = a_run(ada)
    changed = ada_api.patch(f"{RUNS}{run.pk}/", {"name": "x"})
    assert changed.content == ada_api.get(f"{RUNS}{run.pk}/").content


# --- parts --------------------------------------------------------------------------------------------------


def test_parts_are_made_changed_and_removed_and_told_in_the_history(ada_api: Api, ada: User) -> None:
    run = a_run(ada)
    parts = {
        "parameters": ({"name": "k", "value": 31}, {"value": [1, {"a": None}]}),
        "steps": ({"key": "align", "name": "align"}, {"tool_name": "STAR"}),
        "jobs": ({"name": "align (1)", "exit_code": 0}, {"exit_code": 137}),
    }
    for kind, (body, change) in parts.items():
        made = ada_api.post(f"{RUNS}{run.pk}/{kind}/", body)
        assert made.status_code == 201, made.content
        address = f"{RUNS}{run.pk}/{kind}/{made.json()['id']}/"
        changed = ada_api.patch(address, change).json()
        assert {name: changed[name] for name in change} == change
        assert ada_api.get(f"{RUNS}{run.pk}/{kind}/").json()["count"] == 1
        assert ada_api.delete(address).status_code == 204
    assert HistoryEvent.objects.filter(object_id=run.pk).count() == 9


def test_parameters_have_types_and_stand_once(ada_api: Api, ada: User) -> None:
    run = a_run(ada)
    address = f"{RUNS}{run.pk}/parameters/"
    values = {
        "text": "x",
        "integer": 1,
        "number": 0.5,
        "boolean": True,
        "list": [],
        "object": {},
        "null": None,
    }
    for kind, value in values.items():
        made = ada_api.post(address, {"name": kind, "value": value}).json()
        assert (made["value"], made["value_type"]) == (value, kind)
    assert ada_api.post(address, {"name": "text", "value": "y"}).status_code == 409


def test_a_step_of_another_run_is_not_there(ada_api: Api, ada: User) -> None:
    run, other = a_run(ada), a_run(ada)
    step = ada_api.post(f"{RUNS}{other.pk}/steps/", {"key": "a", "name": "a"}).json()["id"]
    assert ada_api.get(f"{RUNS}{run.pk}/steps/{step}/").status_code == 404
    body = {"key": "b", "name": "b", "parent": step}
    assert ada_api.post(f"{RUNS}{run.pk}/steps/", body).status_code == 404


def test_a_job_is_not_completed_before_it_is_started(ada_api: Api, ada: User) -> None:
    times = {"started_at": "2024-01-15T10:00:00Z", "completed_at": "2024-01-15T09:00:00Z"}
    answer = ada_api.post(f"{RUNS}{a_run(ada).pk}/jobs/", {"name": "j", **times})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "completed_at")


def test_a_manager_who_gives_a_run_away_still_gets_an_answer(meg: User, ada: User) -> None:
    run = a_run(ada)
    answer = Api(meg).patch(f"{RUNS}{run.pk}/", {"owned_by": None})
    assert answer.status_code == 200
    assert Api(meg).get(f"{RUNS}{run.pk}/").status_code == 404


def test_a_change_that_breaks_in_the_middle_leaves_nothing(
    ada_api: Api, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(run: WorkflowRun) -> None:
        raise RuntimeError("the disk is full")

    run = a_run(ada, "before")
    monkeypatch.setattr("workflows.run_views.index_text", broken)
    ada_api.raise_request_exception = False
    assert ada_api.post(RUNS, {"name": "half", "workflowversion": None}).status_code == 500
    assert ada_api.patch(f"{RUNS}{run.pk}/", {"name": "after"}).status_code == 500
    assert ada_api.post(f"{RUNS}{run.pk}/notes/", {"content": "half a note"}).status_code == 500
    assert list(WorkflowRun.objects.values_list("name", flat=True)) == ["before"]
    assert not Note.objects.exists()
    assert not HistoryEvent.objects.exists()


def test_an_annotation_that_is_replaced_stays_in_the_history(ada_api: Api, ada: User) -> None:
    run, kind = a_run(ada), an_annotation_type("organism")
    for value in ("Mus musculus", "Homo sapiens"):
        ada_api.post(f"{RUNS}{run.pk}/annotations/", {"annotation_type_id": str(kind.pk), "value": value})
    changes = [one["changes"] for one in ada_api.get(f"{RUNS}{run.pk}/history/").json()]
    assert {"annotation organism": ["Mus musculus", "Homo sapiens"]} in changes


def test_a_run_says_why_and_is_found_by_it(ada_api: Api, ada: User, body: dict[str, Any]) -> None:
    run = ada_api.post(RUNS, {**body, "message": "The quota was used up."}).json()
    assert run["message"] == "The quota was used up."
    assert ada_api.get(RUNS, {"search": "quota"}).json()["results"][0]["id"] == run["id"]
    changed = ada_api.patch(f"{RUNS}{run['id']}/", {"message": "The disk was full."}).json()
    assert changed["message"] == ada_api.get(f"{RUNS}{run['id']}/").json()["message"] == "The disk was full."
    assert ada_api.get(RUNS, {"search": "quota"}).json()["results"] == []


def test_a_step_says_why_and_where_its_tool_is_from(ada_api: Api, ada: User) -> None:
    steps = f"{RUNS}{a_run(ada).pk}/steps/"
    told = {"tool_url": "https://example.org/salmon", "message": "The tool is not installed."}
    made = ada_api.post(steps, {"key": "a", "name": "a", **told}).json()
    assert {name: made[name] for name in told} == told
    assert ada_api.get(steps, {"search": "not installed"}).json()["count"] == 1
    assert ada_api.get(steps, {"search": "bwa"}).json()["count"] == 0


def test_a_job_says_why_and_after_which_ones(ada_api: Api, ada: User) -> None:
    jobs = f"{RUNS}{a_run(ada).pk}/jobs/"
    made = ada_api.post(jobs, {"name": "j", "message": "Out of memory", "after": ["8", "7", "8"]}).json()
    assert (made["message"], made["after"]) == ("Out of memory", ["7", "8"])
    assert ada_api.get(jobs, {"search": "memory"}).json()["count"] == 1
    assert ada_api.post(jobs, {"name": "j", "after": "7"}).status_code == 400
    assert ada_api.post(jobs, {"name": "j", "after": [7]}).status_code == 400
