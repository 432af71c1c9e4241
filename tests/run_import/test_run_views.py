"""What is known of a run as an imported one; bringing it up to date, and having files fetched."""

import gzip
from dataclasses import replace
from typing import Any

import orjson
import pytest

from accounts.models import User
from data_management.models import DataFile
from run_import.models import ImportedRun, RunImport, RunServer
from run_import.tasks import import_run
from tests.conftest import Api
from tests.factories import a_run, shared
from tests.run_import.paper import BASE
from tests.run_import.sheets import RECORD, WHOLE
from workflows.models import WorkflowRun

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage", "paper")]


@pytest.fixture
def door(carried_out: Any) -> str:
    """The address of what is known of a run that is imported."""
    carried_out(follow=True)
    return f"/api/v2/workflows/workflowruns/{WorkflowRun.objects.get().pk}/imported/"


def carried_on(answer: Any) -> RunImport:
    """The work that an answer tells of, done."""
    assert answer.status_code == 202, answer.content
    assert answer["Location"] == f"/api/v2/workflows/runimports/{answer.json()['id']}/"
    import_run(answer.json()["id"])
    return RunImport.objects.get(pk=answer.json()["id"])


def test_what_is_known_is_told(door: str, ada_api: Api) -> None:
    told = ada_api.get(door).json()
    assert (told["source"], told["source_title"], told["server_url"]) == ("paper", "Paper", BASE)
    assert (told["external_id"], told["uuid"], told["state"]) == ("run-1", f"{BASE}#run-1", "done on paper")
    assert (told["answers_count"], told["can_be_asked"]) == (1, True)
    assert [one["state"] for one in told["imports"]] == ["DONE"]
    assert "answers_key" not in told


def test_strangers_see_nothing_and_runs_from_nowhere_say_so(
    door: str, ada: User, eve: User, ada_api: Api
) -> None:
    for below, post in (("", False), ("answers/", False), ("refresh/", True), ("files/", True)):
        asked = Api(eve).post(door + below, {"paths": ["*"]}) if post else Api(eve).get(door + below)
        assert asked.status_code == 404, below
    own = f"/api/v2/workflows/workflowruns/{a_run(ada).pk}/imported/"
    assert "not imported" in ada_api.get(own).json()["message"]


def test_the_answers_are_for_editors(door: str, ada_api: Api, bob: User, body_of: Any) -> None:
    lines = gzip.decompress(body_of(ada_api.get(f"{door}answers/"))).splitlines()
    assert [orjson.loads(one)["path"] for one in lines] == ["/sheets/run-1"]
    assert Api(bob).get(f"{door}answers/").status_code == 403


def test_a_run_is_brought_up_to_date_with_the_options_of_before(
    door: str, ada_api: Api, bob: User, eve: User, paper: Any
) -> None:
    paper.sheets["run-1"] = replace(WHOLE, record=replace(RECORD, name="Count more words"))
    answer = ada_api.post(f"{door}refresh/")
    assert (answer.json()["follow"], answer.json()["external_id"]) == (True, "run-1")
    again = ada_api.post(f"{door}refresh/")
    assert again.json()["id"] == answer.json()["id"]  # it is under way already
    carried_on(answer)
    assert WorkflowRun.objects.get().name == "Count more words"
    assert Api(bob).post(f"{door}refresh/").status_code == 403
    shared(WorkflowRun.objects.get(), eve, edit=True)
    assert Api(eve).post(f"{door}refresh/").status_code == 403  # she is not of the run's group


def test_a_server_that_is_not_asked_any_more_stands_against_it(door: str, ada_api: Api) -> None:
    RunServer.objects.update(is_enabled=False)
    for below in ("refresh/", "files/"):
        answer = ada_api.post(door + below, {"paths": ["*"]} if below == "files/" else None)
        assert (answer.status_code, "ask your administrator" in answer.json()["message"]) == (409, True)
    assert ada_api.get(door).json()["can_be_asked"] is False


def test_files_that_fit_are_fetched_and_those_that_fail_are_told(door: str, ada_api: Api, paper: Any) -> None:
    none = carried_on(ada_api.post(f"{door}files/", {"paths": ["other/*"]}))
    assert (none.state, none.files_total, DataFile.objects.count()) == ("DONE", 0, 0)
    paper.contents["results/out.txt"] = b"changed"
    wanted = carried_on(ada_api.post(f"{door}files/", {"paths": ["results/*.txt"]}))
    told = ada_api.get(f"/api/v2/workflows/runimports/{wanted.pk}/").json()
    assert (told["state"], told["files_failed"], told["paths"]) == ("DONE", 1, ["results/*.txt"])
    [problem] = told["file_problems"]
    assert (problem["path"], "size is 7" in problem["reason"]) == ("results/out.txt", True)
    paper.contents["results/out.txt"] = b"seven"
    assert ada_api.post(f"/api/v2/workflows/runimports/{wanted.pk}/retry/").status_code == 200
    import_run(str(wanted.pk))
    told = ada_api.get(f"/api/v2/workflows/runimports/{wanted.pk}/").json()
    assert (told["files_failed"], told["file_problems"], told["files_done"]) == (0, [], 1)
    assert DataFile.objects.get().status == "ONLINE"


@pytest.mark.parametrize(
    ("paths", "field"),
    [
        ([], "paths"),
        (["*"] * 101, "paths"),
        (["a" * 501], "paths"),
        (["ok", "../x"], "paths.1"),
        (["/x"], "paths.0"),
    ],
)
def test_patterns_that_no_file_can_fit_are_refused(
    door: str, ada_api: Api, paths: list[str], field: str
) -> None:
    answer = ada_api.post(f"{door}files/", {"paths": paths})
    assert answer.status_code == 400
    assert any(one["field"].startswith(field) for one in answer.json()["errors"]), answer.content


def test_a_name_means_the_run_that_it_meant_when_it_came_in(
    carried_out: Any, paper: Any, ada_api: Api
) -> None:
    paper.sheets["newest"] = WHOLE
    carried_out(external_id="newest")
    assert ImportedRun.objects.get().external_id == f"{BASE}#run-1"
    carried_out(external_id="newest")
    assert WorkflowRun.objects.count() == 1
    paper.sheets["newest"] = replace(
        WHOLE, record=replace(RECORD, name="Another", origin=replace(RECORD.origin, external_id="x"))
    )
    door = f"/api/v2/workflows/workflowruns/{WorkflowRun.objects.get().pk}/imported/refresh/"
    assert carried_on(ada_api.post(door)).state == "DONE"
    assert [run.name for run in WorkflowRun.objects.all()] == ["Count words"]
