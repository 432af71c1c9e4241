"""The graph of a run over HTTP."""

from typing import Any

import pytest

from tests.conftest import Api
from tests.factories import a_dataset, a_file, a_job, a_parameter, a_run, a_step
from tests.workflows.conftest import RUNS
from workflows.graphs import views
from workflows.models import JobFileLink, WorkflowRun


@pytest.fixture
def run(ada: Any) -> WorkflowRun:
    """Align twice, in two attempts, then count, which used what align made; and a job of no step."""
    run = a_run(ada, 'the "run"')
    align, count = a_step(run, "align"), a_step(run, "count", name="count", status="SUCCESS")
    a_job(run, "align", external_id="1", step=align, status="FAILED")
    again = a_job(
        run, "align", external_id="1", attempt=2, step=align, status="SUCCESS", parameters={"k": 31}
    )
    counted = a_job(run, "count", external_id="2", step=count, after=["1"], parameters={"k": 32})
    a_job(run, "plot (3)", status="FAILED", after=["2"])
    a_parameter(run, "k", 31)
    file = a_file(a_dataset(ada), "out/a.bam")
    JobFileLink.objects.create(job=again, datafile=file, role="MADE")
    JobFileLink.objects.create(job=counted, datafile=file, role="USED")
    return run


def graph(api: Api, run: WorkflowRun, query: str = "") -> Any:
    answer = api.get(f"{RUNS}{run.pk}/graph/{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def arrows(told: Any) -> set[tuple[str, str, str]]:
    names = {one["id"]: one["name"] for one in told["nodes"]}
    return {(names[one["from"]], names[one["to"]], "+".join(one["through"])) for one in told["edges"]}


def test_jobs_stand_with_what_they_waited_for(ada_api: Api, run: WorkflowRun) -> None:
    told = graph(ada_api, run)
    assert [(one["name"], one["status"], one["attempts"]) for one in told["nodes"]] == [
        ("align", "SUCCESS", 2),
        ("count", "UNKNOWN", 1),
        ("plot (3)", "FAILED", 1),
    ]
    assert arrows(told) == {("align", "count", "after+files"), ("count", "plot (3)", "after")}


def test_steps_stand_with_how_their_jobs_stand(ada_api: Api, run: WorkflowRun) -> None:
    told = graph(ada_api, run, "?kind=steps")
    assert [(one["name"], one["status"], one["jobs"]) for one in told["nodes"]] == [
        ("align", "SUCCESS", {"FAILED": 1, "SUCCESS": 1}),
        ("count", "SUCCESS", {"UNKNOWN": 1}),
        ("plot", "FAILED", {"FAILED": 1}),
    ]
    assert arrows(told) == {("align", "count", "after+files"), ("count", "plot", "after")}


def test_a_step_that_was_reported_as_done_is_failed_where_a_job_failed_for_good(
    ada_api: Api, run: WorkflowRun
) -> None:
    count = run.steps.get(key="count")
    a_job(run, "count", external_id="3", step=count, status="FAILED")
    assert [one["status"] for one in graph(ada_api, run, "?kind=steps")["nodes"]][:2] == ["SUCCESS", "FAILED"]
    a_job(run, "count", external_id="3", attempt=2, step=count, status="SUCCESS")
    assert [one["status"] for one in graph(ada_api, run, "?kind=steps")["nodes"]][:2] == [
        "SUCCESS",
        "SUCCESS",
    ]


def test_files_and_parameters_stand_between_jobs(ada_api: Api, run: WorkflowRun) -> None:
    files = graph(ada_api, run, "?kind=files")
    assert arrows(files) == {("align", "out/a.bam", "made"), ("out/a.bam", "count", "used")}
    assert arrows(graph(ada_api, run, "?kind=parameters")) == {("k", "align", "parameter")}


def test_files_that_one_may_not_see_are_not_there(ada_api: Api, run: WorkflowRun, eve: Any) -> None:
    file = JobFileLink.objects.first()
    assert file is not None
    type(file.datafile.dataset).objects.update(owner=eve, owned_by=eve.primary_group)
    assert graph(ada_api, run, "?kind=files")["edges"] == []
    assert arrows(graph(ada_api, run)) == {("align", "count", "after"), ("count", "plot (3)", "after")}


@pytest.mark.parametrize(
    ("asked", "headers", "type_", "first"),
    [
        ("?format=dot", {}, "text/vnd.graphviz; charset=utf-8", "digraph run {"),
        ("?format=mermaid&kind=steps", {}, "application/vnd.mermaid; charset=utf-8", "flowchart LR"),
        ("", {"Accept": "text/vnd.graphviz"}, "text/vnd.graphviz; charset=utf-8", "digraph run {"),
        ("?format=json", {}, "application/json", "{"),
    ],
)
def test_a_graph_comes_in_the_form_that_is_asked_for(
    ada_api: Api, run: WorkflowRun, asked: str, headers: Any, type_: str, first: str
) -> None:
    answer = ada_api.get(f"{RUNS}{run.pk}/graph/{asked}", headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (200, type_)
    assert answer.content.decode().startswith(first)
    again = ada_api.get(f"{RUNS}{run.pk}/graph/{asked}", headers={**headers, "If-None-Match": answer["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("asked", "field"),
    [("?format=png", "format"), ("?format=", "format"), ("?kind=edges", "kind"), ("?knd=jobs", "knd")],
)
def test_what_is_not_understood_is_said(ada_api: Api, run: WorkflowRun, asked: str, field: str) -> None:
    answer = ada_api.get(f"{RUNS}{run.pk}/graph/{asked}")
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(("form", "limits"), [("dot", (2, 99)), ("mermaid", (99, 1)), ("json", (2, 99))])
def test_what_is_too_large_says_what_to_ask_for_instead(
    ada_api: Api, run: WorkflowRun, monkeypatch: pytest.MonkeyPatch, form: str, limits: tuple[int, int]
) -> None:
    monkeypatch.setitem(views.LIMITS, form, limits)
    answer = ada_api.get(f"{RUNS}{run.pk}/graph/?format={form}")
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/json")
    assert "kind=steps" in answer.json()["message"]


def test_a_graph_takes_as_many_statements_however_large_it_is(
    ada_api: Api, run: WorkflowRun, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        a_job(run, f"x{number}", external_id=f"x{number}", after=[f"x{number - 1}"])
    for kind in ("jobs", "steps", "files", "parameters"):
        with django_assert_max_num_queries(8):
            graph(ada_api, run, f"?kind={kind}")
