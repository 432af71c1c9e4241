"""Runs beside each other: only what differs, unless all is wanted."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from provenance.comparing import _flat, _image
from provenance.conditions import SHA256_OF_NOTHING
from tests.conftest import Api
from tests.factories import a_job, a_link, a_parameter, a_run, a_step, a_version, a_workflow
from tests.provenance.weaving import a_named_file, digest, holding, ran
from workflows.models import WorkflowRun

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v2/workflows/workflowruns/compare/"


def compared(user: User, *runs: WorkflowRun, **query: Any) -> Any:
    """The comparison as somebody sees it."""
    answer = Api(user).get(ADDRESS, {"ids": ",".join(str(run.pk) for run in runs), **query})
    assert answer.status_code == 200, answer.content
    return answer.json()


def lines(section: Any) -> dict[str, list[Any]]:
    """The values of each row; a run that has none is "-"."""
    return {
        row["name"]: [
            value if is_set else "-" for value, is_set in zip(row["values"], row["is_set"], strict=True)
        ]
        for row in section["rows"]
    }


def files(section: Any) -> list[list[Any]]:
    """The names that each run has for a row."""
    return [row["names"] for row in section["rows"]]


def test_only_what_differs_is_told(ada: User) -> None:
    left, right = a_run(ada, "left", status="SUCCESS"), a_run(ada, "right", status="FAILED")
    for run, k in ((left, 31), (right, 25)):
        a_parameter(run, "k", k)
        a_parameter(run, "genome", "hg38")
    a_parameter(right, "trim", None)
    found = compared(ada, left, right)
    assert lines(found["parameters"]) == {"k": [31, 25], "trim": ["-", None]}
    assert (found["parameters"]["different"], found["parameters"]["same"]) == (2, 1)
    assert lines(found["facts"]) == {"name": ["left", "right"], "status": ["SUCCESS", "FAILED"]}
    assert [run["name"] for run in found["runs"]] == ["left", "right"]
    everything = compared(ada, left, right, all="true")
    assert lines(everything["parameters"]) == {"k": [31, 25], "trim": ["-", None], "genome": ["hg38", "hg38"]}


def test_one_and_true_and_the_text_one_are_three_values(ada: User) -> None:
    runs = [a_run(ada, "run") for _ in range(4)]
    for run, value in zip(runs, (1, True, "1", 1.0), strict=True):
        a_parameter(run, "x", value)
        a_parameter(run, "y", {"b": 1, "a": value} if value == "1" else {"a": "1", "b": 1})
    found = compared(ada, *runs)
    assert lines(found["parameters"])["x"][:3] == [1, True, "1"]
    assert "y" not in lines(found["parameters"])


def test_workflow_versions_are_compared(ada: User) -> None:
    workflow = a_workflow(ada, "rnaseq")
    first = a_version(workflow, is_latest=False, commit_hash="aa", engine_version="9.1")
    second = a_version(workflow, index=2, commit_hash="bb", engine_version="9.1")
    found = compared(ada, *(a_run(ada, "run", workflowversion=one) for one in (first, second, None)))
    told = lines(found["workflow"])
    assert told["version"] == ["v1", "v2", "-"]
    assert told["commit_hash"] == ["aa", "bb", "-"]
    assert told["engine"] == ["SNAKEMAKE", "SNAKEMAKE", "-"]


def test_versions_of_which_no_files_are_known_have_no_digest_of_them(ada: User) -> None:
    workflow = a_workflow(ada, "hello")
    first = a_version(workflow, is_latest=False, commit_hash="aa", content_digest=SHA256_OF_NOTHING)
    second = a_version(workflow, index=2, commit_hash="bb", content_digest=digest("main.cwl"))
    runs = [a_run(ada, "run", workflowversion=version) for version in (first, second)]
    assert lines(compared(ada, *runs)["workflow"])["content_digest"] == ["", digest("main.cwl")]


def test_environments_tools_and_containers_are_compared_by_name(ada: User) -> None:
    left = a_run(ada, "run", run_environment={"python": "3.11", "os": {"name": "Debian", "release": 12}})
    right = a_run(ada, "run", run_environment={"python": "3.12", "os": {"name": "Debian", "release": 13}})
    for run, version in ((left, "1.9"), (right, "1.10")):
        a_step(
            run,
            "a",
            tool_name="salmon",
            tool_version=version,
            container_image=f"quay.io/bio/salmon:{version}",
        )
        a_step(run, "b", tool_id="sort", tool_version="8")
        a_step(run, "c", tool_id="sort", tool_version="8")
        a_job(run, container_image="debian:12")
    found = compared(ada, left, right)
    assert lines(found["environment"]) == {"python": ["3.11", "3.12"], "os.release": [12, 13]}
    assert lines(found["tools"]) == {"salmon": [["1.9"], ["1.10"]]}
    assert lines(found["containers"]) == {"quay.io/bio/salmon": [["1.9"], ["1.10"]]}
    assert lines(compared(ada, left, right, all="true")["tools"])["sort"] == [["8"], ["8"]]


def test_the_same_data_under_another_name_is_the_same(ada: User) -> None:
    mine, theirs = holding(ada, name="mine"), holding(ada, name="theirs")
    a_named_file(mine, "reads.fq", "reads")
    a_named_file(theirs, "sample_A.fq", "reads")
    left, right = ran(ada, "left", [mine], []), ran(ada, "right", [theirs], [])
    found = compared(ada, left, right)["inputs"]
    assert (found["different"], found["same"], found["rows"]) == (0, 1, [])
    [row] = compared(ada, left, right, all="true")["inputs"]["rows"]
    assert row["names"] == [["reads.fq"], ["sample_A.fq"]]
    assert row["sha256"] == [[digest("reads")], [digest("reads")]]


def test_the_same_name_with_other_content_is_one_row(ada: User) -> None:
    outputs = [holding(ada, name=f"out {number}") for number in range(2)]
    for dataset, content in zip(outputs, ("one", "other"), strict=True):
        a_named_file(dataset, "counts.tsv", content)
    a_named_file(outputs[1], "extra.tsv", "extra")
    left, right = (ran(ada, "run", [], [dataset]) for dataset in outputs)
    found = compared(ada, left, right)["outputs"]
    assert files(found) == [[["counts.tsv"], ["counts.tsv"]], [[], ["extra.tsv"]]]
    assert found["rows"][0]["sha256"] == [[digest("one")], [digest("other")]]
    assert found["rows"][0]["size"] == [3, 5]
    assert found["rows"][1]["sha256"] == [[], [digest("extra")]]


def test_what_two_of_three_runs_share_is_told_as_missing_in_the_third(ada: User) -> None:
    runs = [ran(ada, "run", [holding(ada, content)], []) for content in ("a", "a", "b")]
    assert files(compared(ada, *runs)["inputs"]) == [[["a"], ["a"], []], [[], [], ["b"]]]


def test_parameter_files_are_inputs_and_logs_are_outputs(ada: User) -> None:
    left, right = a_run(ada, "run"), a_run(ada, "run")
    for kind in ("PARAMETER", "CONFIG", "REPORT", "LOG"):
        a_link(left, holding(ada, kind), kind)
    found = compared(ada, left, right)
    assert [row["name"] for row in found["inputs"]["rows"]] == ["CONFIG", "PARAMETER"]
    assert [row["name"] for row in found["outputs"]["rows"]] == ["LOG", "REPORT"]


def test_files_of_hidden_datasets_are_counted_and_not_compared(ada: User, eve: User) -> None:
    left = ran(ada, "left", [holding(ada, "secret")], [holding(ada, "open", public=True)], public=True)
    right = ran(ada, "right", [], [], public=True)
    found = compared(eve, left, right)
    assert [run["hidden_datasets"] for run in found["runs"]] == [1, 0]
    assert found["inputs"]["rows"] == []
    assert "secret" not in str(found)
    assert [run["hidden_datasets"] for run in compared(ada, left, right)["runs"]] == [0, 0]


def test_long_sections_are_cut_and_say_so(ada: User) -> None:
    left, right = a_run(ada, "run"), a_run(ada, "run")
    for number in range(6):
        a_parameter(left, f"p{number}", number)
    found = compared(ada, left, right, limit=4)["parameters"]
    assert (found["different"], len(found["rows"]), found["more"]) == (6, 4, 2)


def test_a_run_that_may_not_be_seen_is_not_there(ada: User, eve: User) -> None:
    left, right = a_run(ada, "left", public=True), a_run(ada, "right")
    answer = Api(eve).get(ADDRESS, {"ids": f"{left.pk},{right.pk}"})
    assert answer.status_code == 404
    assert answer.json()["errors"] == [
        {"field": "ids", "message": f"there is no run {right.pk} that you may see"}
    ]
    right.mark_deleted(by=ada)
    assert Api(ada).get(ADDRESS, {"ids": f"{left.pk},{right.pk}"}).status_code == 404
    assert Api(None).get(ADDRESS, {"ids": f"{left.pk},{right.pk}"}).status_code == 401


@pytest.mark.parametrize("ids", ["", "{0}", "{0},x", "{0},{0}", "{0},{1},{0},{1},{0},{1}", "{0},,{1}"])
def test_two_to_five_different_runs_can_be_compared(ada: User, ids: str) -> None:
    runs = [a_run(ada, "run").pk for _ in range(2)]
    answer = Api(ada).get(ADDRESS, {"ids": ids.format(*runs)})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"].startswith("ids")


def test_many_files_cost_as_many_queries_as_few(ada: User) -> None:
    left, right = a_run(ada, "left"), a_run(ada, "right")

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            compared(ada, left, right)
        return len(caught)

    a_link(left, holding(ada, "a"), "INPUT")
    a_link(left, holding(ada, "z"), "OUTPUT")
    few = asked()
    for number in range(20):
        a_link(right, holding(ada, f"in {number}"), "INPUT")
        a_step(left, f"step {number}", tool_name=f"tool {number}")
    assert asked() == few <= 16


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("salmon", ("salmon", "")),
        ("quay.io/bio/salmon:1.10", ("quay.io/bio/salmon", "1.10")),
        ("localhost:5000/salmon", ("localhost:5000/salmon", "")),
        ("salmon@sha256:ab", ("salmon", "sha256:ab")),
        ("salmon:1@sha256:ab", ("salmon", "1@sha256:ab")),
    ],
)
def test_an_image_is_a_name_and_a_tag_or_digest(text: str, parts: tuple[str, str]) -> None:
    assert _image(text) == parts


def test_an_environment_may_be_a_text_a_list_or_nothing() -> None:
    assert _flat("GNU/Linux") == {"": "GNU/Linux"}
    assert _flat(None) == {}
    assert _flat({"a": None, "b": {}, "c": [1]}) == {"a": None, "b": {}, "c": [1]}
