"""What a workflow version says of itself: definition, README, template, state, digest, tags."""

import io
import zipfile
from typing import Any

import pytest

from accounts.models import User
from data_management.services import Ownership
from tests.conftest import Api
from tests.factories import a_dataset, a_run, a_version, a_workflow, a_workflow_file
from tests.workflows.conftest import RUNS, VERSIONS
from workflows.models import WorkflowVersion
from workflows.records import Engine, RunOrigin, RunRecord, WorkflowRecord
from workflows.services import record_run
from workflows.versions import find_or_make_version

DATASETS = "/api/v2/data-management/datasets/"
TEMPLATE = {"k": {"type": "int", "default": 31}, "genome": {"type": "string"}}


@pytest.fixture
def version(ada: User) -> WorkflowVersion:
    """An open version with two files, one of them a README."""
    version = a_version(a_workflow(ada))
    a_workflow_file(version, "rules/align.smk", "OTHER", b"rule align:\n")
    a_workflow_file(version, "README.md", "README", b"# How to use it\n")
    return version


def at(version: WorkflowVersion, rest: str = "") -> str:
    """An address below the version's."""
    return f"{VERSIONS}{version.pk}/{rest}"


def test_the_definition_is_one_zip_of_the_files_and_the_same_each_time(
    ada_api: Api, version: WorkflowVersion
) -> None:
    first, second = (ada_api.get(at(version, "definition/")) for _ in range(2))
    content = first.getvalue()
    assert content == second.getvalue()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    assert names == {"rules/align.smk": b"rule align:\n", "README.md": b"# How to use it\n"}
    assert ada_api.get(at(version, "definition/"), HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304


def test_the_readme_is_text_and_no_page(ada_api: Api, version: WorkflowVersion) -> None:
    answer = ada_api.get(at(version, "readme/"))
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert (answer.getvalue(), answer["X-Content-Type-Options"]) == (b"# How to use it\n", "nosniff")


def test_a_version_without_files_has_no_definition_and_no_readme(ada: User, ada_api: Api) -> None:
    empty = a_version(a_workflow(ada))
    assert {ada_api.get(at(empty, rest)).status_code for rest in ("definition/", "readme/")} == {404}


def test_a_release_makes_a_version_active_and_states_go_only_where_they_may(
    ada_api: Api, version: WorkflowVersion
) -> None:
    assert ada_api.get(at(version)).json()["state"] == "draft"
    refused = ada_api.patch(at(version), {"state": "active"})
    assert (refused.status_code, "may become withdrawn" in refused.json()["message"]) == (409, True)
    assert ada_api.post(at(version, "release/")).json()["state"] == "active"
    assert ada_api.patch(at(version), {"state": "deprecated"}).json()["state"] == "deprecated"
    assert ada_api.patch(at(version), {"state": "draft"}).status_code == 409
    listed = ada_api.get(f"{VERSIONS}?state=deprecated").json()
    assert [one["id"] for one in listed["results"]] == [str(version.pk)]


def test_a_template_is_checked_and_stays_once_the_version_is_released(
    ada_api: Api, version: WorkflowVersion
) -> None:
    wrong = ada_api.patch(at(version), {"parameter_template": {"k": {"type": "blob"}}})
    assert (wrong.status_code, "type must be one of" in str(wrong.json())) == (400, True)
    assert ada_api.patch(at(version), {"parameter_template": TEMPLATE}).status_code == 200
    ada_api.post(at(version, "release/"))
    assert ada_api.patch(at(version), {"parameter_template": {}}).status_code == 409
    assert ada_api.patch(at(version), {"parameter_template": TEMPLATE}).status_code == 200


def test_the_values_of_a_run_are_shown_against_the_template(ada: User, ada_api: Api) -> None:
    version = a_version(a_workflow(ada), parameter_template=TEMPLATE)
    run = a_run(ada, workflowversion=version)
    run.parameters.create(name="k", value="many")
    run.parameters.create(name="threads", value=4)
    told = ada_api.get(f"{RUNS}{run.pk}/parameters/checked/").json()
    assert told["counts"] == {"WRONG": 1, "MISSING": 1, "UNKNOWN": 1}
    assert [(one["name"], one["standing"]) for one in told["results"]] == [
        ("k", "WRONG"),
        ("genome", "MISSING"),
        ("threads", "UNKNOWN"),
    ]
    only = ada_api.get(f"{RUNS}{run.pk}/parameters/checked/?standing=MISSING").json()
    assert [one["name"] for one in only["results"]] == ["genome"]
    assert ada_api.get(f"{RUNS}{run.pk}/parameters/checked/?standing=ODD").status_code == 400


def test_the_same_digest_is_the_same_version_whatever_it_is_called(ada: User) -> None:
    ownership = Ownership(ada, ada.default_group(), False)
    told = {"name": "Align", "engine": Engine.WDL, "source_digest": "sha256:ab"}
    first = find_or_make_version(record=WorkflowRecord(version="1", **told), ownership=ownership)
    again = find_or_make_version(record=WorkflowRecord(version="one", **told), ownership=ownership)
    other = WorkflowRecord(version="1", **{**told, "source_digest": "sha256:cd"})
    assert again == first
    assert find_or_make_version(record=other, ownership=ownership) != first


@pytest.mark.parametrize("kind", ["run", "version", "dataset"])
def test_tags_and_metadata_are_kept_and_found(ada: User, ada_api: Api, kind: str) -> None:
    made: dict[str, tuple[str, Any]] = {
        "run": (RUNS, lambda: a_run(ada)),
        "version": (VERSIONS, lambda: a_version(a_workflow(ada))),
        "dataset": (DATASETS, lambda: a_dataset(ada)),
    }
    base, make = made[kind]
    one, other = make(), make()
    tags = {"organism": "human", "5": "five", "odd__key": "a:b"}
    answer = ada_api.patch(f"{base}{one.pk}/", {"tags": tags, "metadata": {"deep": [1, {"a": None}]}})
    assert answer.status_code == 200, answer.content
    assert (answer.json()["tags"], answer.json()["metadata"]) == (tags, {"deep": [1, {"a": None}]})
    ada_api.patch(f"{base}{other.pk}/", {"tags": {"organism": "mouse"}})
    found = {
        text: [row["id"] for row in ada_api.get(f"{base}?tag={text}&ordering=created").json()["results"]]
        for text in ("organism", "organism:human", "5:five", "odd__key:a:b", "5", "organism:", "nothing:x")
    }
    assert found == {
        "organism": [str(one.pk), str(other.pk)],
        **{key: [str(one.pk)] for key in ("organism:human", "5:five", "odd__key:a:b", "5")},
        "organism:": [],
        "nothing:x": [],
    }


@pytest.mark.parametrize(
    "tags", [{"": "x"}, {"a" * 257: "x"}, {"a": 1}, {"a": None}, ["a"], {str(n): "" for n in range(201)}]
)
def test_tags_that_are_none_are_refused(ada: User, ada_api: Api, tags: Any) -> None:
    run = a_run(ada)
    assert ada_api.patch(f"{RUNS}{run.pk}/", {"tags": tags}).status_code == 400


def test_a_run_that_repeats_another_is_led_to_it_whichever_came_first(ada: User) -> None:
    def of(key: str, rerun_of: str = "") -> RunRecord:
        return RunRecord(name=key, origin=RunOrigin("reana", "", key), rerun_of=rerun_of)

    again, _ = record_run(record=of("hello.1.1", "hello.1"), owner=ada)
    first, _ = record_run(record=of("hello.1"), owner=ada)
    third, _ = record_run(record=of("hello.1.2", "hello.1"), owner=ada)
    again.refresh_from_db()
    assert (again.rerun_of, third.rerun_of) == (first, first)
    assert again.to_record().rerun_of == "hello.1"
