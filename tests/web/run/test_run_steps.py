"""The tab of steps: the graph, the jobs of a step, the timeline, and the table by step."""

import itertools
import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.web.rows import START, a_dataset, a_job, a_run, used
from web.run import work as gathering
from workflows.graphs.gathering import pattern_of
from workflows.models import JobFileLink, WorkflowRun, WorkflowRunJob, WorkflowRunStep

pytestmark = pytest.mark.django_db


def tab(browser: Client, run: WorkflowRun, query: str = "", **headers: str) -> Any:
    """The answer of the tab."""
    answer = browser.get(reverse("web:run-steps", args=[run.pk]) + query, headers=headers)
    assert answer.status_code == 200
    return answer


def graph(browser: Client, run: WorkflowRun, query: str = "") -> Any:
    """What is drawn."""
    return browser.get(reverse("web:run-graph", args=[run.pk]) + query).json()


def edges(drawn: Any) -> list[tuple[str, str]]:
    """The arrows by the names of the nodes."""
    names = {node["id"]: node["label"] for node in drawn["nodes"]}
    return sorted((names[edge["from"]], names[edge["to"]]) for edge in drawn["edges"])


def a_step(run: WorkflowRun, number: int, **facts: Any) -> WorkflowRunStep:
    """A step without jobs."""
    facts = {"name": f"step {number}", "position": number, "status": "SUCCESS", **facts}
    return WorkflowRunStep.objects.create(workflowrun=run, key=str(number), **facts)


def link(job: WorkflowRunJob, file: Any, role: str) -> None:
    """Say what a job did with a file."""
    JobFileLink.objects.create(job=job, datafile=file, role=role)


def test_a_group_sees_the_graph_and_a_stranger_nothing(
    ada: Any, ada_browser: Client, bob_browser: Client, eve_browser: Client, client: Client
) -> None:
    run = a_run(ada)
    a_job(run)
    for browser in (ada_browser, bob_browser):
        assert [node["label"] for node in graph(browser, run)["nodes"]] == ["step 0"]
    address = reverse("web:run-graph", args=[run.pk])
    assert eve_browser.get(address).status_code == 404
    assert client.get(address).status_code == 302


def test_arrows_are_what_jobs_waited_for_told_by_step(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    first = a_job(run, 1, external_id="a")
    second = a_job(run, 2, external_id="c", after=["a", "b", "nobody", 7])
    for name, step in (("b", first.step), ("d", second.step)):
        WorkflowRunJob.objects.create(workflowrun=run, step=step, name=name, external_id=name, after=["a"])
    drawn = graph(ada_browser, run)
    assert edges(drawn) == [("step 1", "step 2")]
    assert drawn["basis"] == "jobs"


def test_without_that_arrows_follow_from_files_used_and_made(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    made = used(run, a_dataset(ada, "sorted.bam", "other.bam"), "CONFIG").dataset.datafiles.order_by(
        "position"
    )
    link(a_job(run, 2), made[0], "USED")
    link(a_job(run, 1), made[0], "MADE")
    link(a_job(run, 3), made[1], "USED")
    drawn = graph(ada_browser, run)
    assert edges(drawn) == [("step 1", "step 2")]
    assert drawn["basis"] == "files"


def test_no_arrow_is_invented(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    a_job(run, 1)
    a_job(run, 2)
    assert graph(ada_browser, run)["edges"] == []
    assert "without arrows" in tab(ada_browser, run).content.decode()


def test_inputs_and_outputs_are_drawn_where_jobs_used_and_made_them(
    ada: Any, eve: Any, ada_browser: Client
) -> None:
    run = a_run(ada)
    job = a_job(run, 1)
    sets = [
        used(run, a_dataset(who, "x", name=name), kind).dataset
        for who, name, kind in (
            (ada, "Reads", "INPUT"),
            (ada, "Calls", "OUTPUT"),
            (ada, "Unlinked", "INPUT"),
            (eve, "Secret", "OUTPUT"),
        )
    ]
    for dataset, role in ((sets[0], "USED"), (sets[1], "MADE"), (sets[3], "MADE")):
        link(job, dataset.datafiles.get(), role)
    drawn = graph(ada_browser, run)
    assert edges(drawn) == [("Reads", "step 1"), ("step 1", "Calls")]
    assert {node["label"] for node in drawn["nodes"]} == {"step 1", "Reads", "Calls"}


def test_a_subworkflow_is_one_node_until_it_is_opened(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    outer = a_step(run, 1, name="summarise")
    inner = a_step(run, 2, name="inner", parent=outer)
    a_step(run, 3, name="deepest", parent=inner)
    a_step(run, 4, name="filter", parent=outer)
    job = a_job(run, 5, status="FAILED")
    WorkflowRunJob.objects.filter(pk=job.pk).update(step=WorkflowRunStep.objects.get(name="deepest"))
    [node, _] = graph(ada_browser, run)["nodes"]
    assert (node["label"], node["sub"], node["kind"]) == ("summarise", "2 steps · 1 job · 1 failed", "group")
    assert node["status"] == "FAILED"
    names = [
        [one["label"] for one in graph(ada_browser, run, f"?open={key}")["nodes"]]
        for key in (outer.pk, "all")
    ]
    assert names == [["inner", "filter", "step 5"], ["deepest", "filter", "step 5"]]


def test_jobs_of_no_step_stand_together_by_their_names(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    names = ("sort (A)", "sort (B)", "count_1", "count_2", "42")
    jobs = [WorkflowRunJob(workflowrun=run, name=name, status="SUCCESS") for name in names]
    WorkflowRunJob.objects.bulk_create(jobs)
    drawn = graph(ada_browser, run)["nodes"]
    assert [(node["label"], node["sub"]) for node in drawn] == [
        ("sort", "2 jobs"), ("count", "2 jobs"), ("42", "1 job"),
    ]  # fmt: skip
    page = tab(ada_browser, run, f"?step={drawn[0]['id']}")
    assert [job.name for job in page.context["page"].rows] == ["sort (A)", "sort (B)"]


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("a (1 of 4)", "a"),
        ("a_12", "a"),
        ("a", "a"),
        ("12", "12"),
        ("(x)", "(x)"),
        ("", ""),
        ("a (1) ", "a"),
        ("(a) b", "(a) b"),
        ("a)", "a)"),
        ("a -_7", "a"),
    ],
)
def test_what_tells_one_of_many_apart_is_left_out_of_a_pattern(name: str, pattern: str) -> None:
    assert pattern_of(name) == pattern


def test_steps_that_are_nested_very_deeply_are_one_soon(ada: Any) -> None:
    run = a_run(ada)
    steps = [WorkflowRunStep(workflowrun=run, key=str(n), name=str(n), position=n) for n in range(4_000)]
    for outer, inner in itertools.pairwise(steps):
        inner.parent_id = outer.pk
    WorkflowRunStep.objects.bulk_create(steps)
    begun = time.monotonic()
    assert [node.name for node in gathering.work_of(run).nodes] == ["0"]
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize("name", ["1" * 254 + "x", " " * 255, "-" * 254 + "x", "(" * 255])
def test_no_name_makes_the_jobs_of_a_large_run_slow_to_gather(name: str) -> None:
    begun = time.monotonic()
    for _ in range(5_000):
        pattern_of(name)
    assert time.monotonic() - begun < 4


def test_more_steps_than_can_be_drawn_stand_together_and_the_page_says_so(
    ada: Any, ada_browser: Client
) -> None:
    run = a_run(ada)
    names = [f"align {n}" for n in range(300)] + [f"{chr(97 + n % 26)}{n}x" for n in range(500)]
    WorkflowRunStep.objects.bulk_create(
        WorkflowRunStep(workflowrun=run, key=str(n), name=name, position=n) for n, name in enumerate(names)
    )
    nodes = graph(ada_browser, run)["nodes"]
    assert len(nodes) == gathering.MOST_NODES
    assert nodes[0]["sub"].startswith("300 steps")
    assert nodes[-1]["label"] == gathering.REST
    assert "those of a like name stand together" in tab(ada_browser, run).content.decode()


def test_a_step_that_was_reported_as_done_is_failed_where_one_of_its_jobs_is(
    ada: Any, ada_browser: Client
) -> None:
    run = a_run(ada)
    job = a_job(run, 1, status="FAILED")
    WorkflowRunJob.objects.create(workflowrun=run, step=job.step, name="job 2", status="SUCCESS")
    WorkflowRunStep.objects.filter(pk=job.step_id).update(status="SUCCESS")
    [node] = graph(ada_browser, run)["nodes"]
    assert (node["status"], node["failed"], node["sub"]) == ("FAILED", 1, "2 jobs · 1 failed")
    [line] = tab(ada_browser, run).context["lines"]
    assert (line.node.status, line.failed) == ("FAILED", 1)


@pytest.mark.parametrize("external_id", ["", "task 7"])
def test_a_job_that_succeeded_at_last_fails_no_step_and_its_attempts_are_linked(
    ada: Any, ada_browser: Client, external_id: str
) -> None:
    run = a_run(ada)
    first = a_job(run, 1, status="FAILED", external_id=external_id)
    facts = {"workflowrun": run, "step": first.step, "name": "job 1", "external_id": external_id}
    last = WorkflowRunJob.objects.create(attempt=2, status="SUCCESS", **facts)
    WorkflowRunJob.objects.create(workflowrun=run, step=first.step, name="job 2", status="SUCCESS")
    [node] = graph(ada_browser, run)["nodes"]
    assert (node["status"], node["failed"], node["sub"]) == ("SUCCESS", 0, "3 jobs · 1 repeated")
    told = {
        job.pk: [(one.attempt, one.pk) for one in job.attempts]
        for job in tab(ada_browser, run).context["page"].rows
    }
    both = [(1, first.pk), (2, last.pk)]
    assert [told[first.pk], told[last.pk]] == [both, both]
    assert sorted(map(len, told.values())) == [0, 2, 2]
    page = tab(ada_browser, run, f"?job={first.pk}").content.decode()
    assert f'?job={last.pk}#job-{last.pk}">Attempt 2</a>' in page


def test_a_chosen_step_shows_its_jobs_also_without_javascript(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    a_job(run, 1)
    wanted = a_job(run, 2, resources={"max_rss_bytes": 2_000_000, "cpu_seconds": 61}, host="node7")
    answer = tab(ada_browser, run)
    assert f"?step={wanted.step_id}#jobs" in answer.content.decode()
    answer = tab(ada_browser, run, f"?step={wanted.step_id}")
    assert [job.name for job in answer.context["page"].rows] == ["job 2"]
    for text in ("Jobs of step 2", "node7", "2.00 MB", "1 min 01 s", "Timeline of step 2"):
        assert text in answer.content.decode()


def test_the_drawing_is_given_the_jobs_alone(ada: Any, ada_browser: Client, eve_browser: Client) -> None:
    run = a_run(ada)
    wanted = a_job(run, 2)
    query = f"?step={wanted.step_id}"
    page = tab(ada_browser, run, query, **{"HX-Target": "jobs"}).content.decode()
    assert page.startswith('<section class="card" id="jobs"')
    assert "job 2" in page
    assert "data-graph-url" not in page
    address = reverse("web:run-steps", args=[run.pk])
    assert eve_browser.get(address, headers={"HX-Target": "jobs"}).status_code == 404


def test_jobs_are_searched_filtered_ordered_and_paged(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    jobs = [
        WorkflowRunJob(workflowrun=run, name=f"align {n:02}", status="SUCCESS", host="a") for n in range(60)
    ]
    jobs[58].status, jobs[58].message = "FAILED", "Out of memory."
    jobs[57].started_at, jobs[57].completed_at = START, START + timedelta(hours=1)
    WorkflowRunJob.objects.bulk_create(jobs)

    def first(query: str) -> str:
        return tab(ada_browser, run, query).context["page"].rows[0].name

    assert len(tab(ada_browser, run).context["page"].rows) == 50
    assert len(tab(ada_browser, run, "?page=2").context["page"].rows) == 10
    assert first("?order=failed") == first("?status=FAILED") == first("?q=memory") == "align 58"
    assert first("?order=longest") == "align 57"
    assert "No job is like that" in tab(ada_browser, run, "?q=nothing").content.decode()


@pytest.mark.parametrize(
    "query", ["?step=x", "?step=../..", "?job=x", "?order=x", "?status=x", "?sort=x", "?open=x"]
)
def test_what_makes_no_sense_in_the_address_breaks_nothing(ada: Any, ada_browser: Client, query: str) -> None:
    run = a_run(ada)
    a_job(run)
    assert "step 0" in tab(ada_browser, run, query).content.decode()


def test_a_predecessor_on_another_page_is_linked(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    first = a_job(run, 0, external_id="a1")
    second = a_job(run, 1, external_id="a2", after=["a1"])
    address = reverse("web:run-steps", args=[run.pk])
    page = tab(ada_browser, run, f"?job={second.pk}").content.decode()
    assert f'<a href="{address}?job={first.pk}#job-{first.pk}">job 0</a>' in page
    assert "<details open>" in page


def test_the_timeline_places_bars_by_time(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    a_job(run, 1)
    a_job(
        run,
        2,
        started_at=START + timedelta(minutes=3),
        completed_at=START + timedelta(minutes=4),
        status="FAILED",
    )
    a_job(run, 3, started_at=None, completed_at=None, status="PENDING")
    a_job(run, 4, started_at=None, completed_at=None)
    page = tab(ada_browser, run).content.decode()
    assert '<rect class="t-success" x="0.00%" y="0" width="25.00%"' in page
    assert '<rect class="t-failed" x="75.00%" y="0" width="25.00%"' in page
    assert "Of 1 job it is not known when it started" in page
    assert "1 job waits to start" in page


def test_jobs_at_the_same_time_stand_above_each_other_and_many_become_a_profile(
    ada: Any, ada_browser: Client
) -> None:
    run = a_run(ada)
    few, many = a_job(run, 1), a_job(run, 2)
    for job, number in ((few, 2), (many, 40)):
        facts = {"step": job.step, "started_at": START, "completed_at": job.completed_at, "status": "SUCCESS"}
        WorkflowRunJob.objects.bulk_create(
            WorkflowRunJob(workflowrun=run, name=str(n), **facts) for n in range(number)
        )
    lanes = tab(ada_browser, run).context["timeline"].lanes
    assert sorted(bar.y for bar in lanes[0].bars) == [0, 9, 18]
    assert lanes[1].is_profile
    assert lanes[1].bars[0].title == "41 jobs"
    assert len(tab(ada_browser, run, f"?step={many.step_id}").context["timeline"].lanes) == 41


def test_a_running_job_reaches_to_now(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada, status="RUNNING")
    a_job(run, 1, started_at=timezone.now() - timedelta(minutes=9), completed_at=None, status="RUNNING")
    page = tab(ada_browser, run)
    assert page.context["timeline"].end > timezone.now() - timedelta(minutes=1)
    assert "run:changed from:body" in page.content.decode()


def test_each_step_tells_what_it_took_and_is_sorted_by_it(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    a_job(run, 1, resources={"max_rss_bytes": 1e9, "requested_memory_bytes": 4_000_000_000, "cpus": 2})
    a_job(run, 2, completed_at=START + timedelta(minutes=9), resources={"peak_rss_bytes": 3e9, "cpus": "x"})
    answer = tab(ada_browser, run, "?sort=-memory")
    assert [line.node.name for line in answer.context["lines"]] == ["step 2", "step 1"]
    assert answer.context["lines"][1].share_of_memory == 25
    page = answer.content.decode()
    for text in (
        "Total job time 10 min 00 s",
        "at most 2 jobs at once",
        "1.00 GB",
        "of 4.00 GB",
        "9 min 00 s",
    ):
        assert text in page


@pytest.mark.parametrize(
    "resources", [[], "x", 7, {"max_rss": "a lot"}, {"cpus": -1}, {"cpus": True}, {"x": [1]}]
)
def test_resources_that_anybody_may_have_recorded_break_nothing(
    ada: Any, ada_browser: Client, resources: Any
) -> None:
    run = a_run(ada)
    a_job(run, resources=resources, after={"x": 1})
    assert "job 0" in tab(ada_browser, run).content.decode()


def test_a_run_without_any_work_says_so(ada: Any, ada_browser: Client) -> None:
    page = tab(ada_browser, a_run(ada)).content.decode()
    assert "No steps or jobs recorded" in page
    assert "graph.js" not in page


def test_hostile_names_are_inert_in_the_graph_and_the_timeline(ada: Any, ada_browser: Client) -> None:
    hostile = '"></title><script>alert(1)</script>'
    run = a_run(ada)
    WorkflowRunJob.objects.create(
        workflowrun=run, name=hostile, status="RUNNING", started_at=START, host=hostile
    )
    page = tab(ada_browser, run).content.decode()
    assert "<script>alert" not in page
    assert graph(ada_browser, run)["nodes"][0]["label"] == hostile
    answer = ada_browser.get(reverse("web:run-graph", args=[run.pk]))
    assert answer["Content-Type"] == "application/json"


def a_thousand_jobs(user: Any) -> WorkflowRun:
    """Ten steps with a hundred jobs each, one after the other."""
    run = a_run(user)
    for step in [a_step(run, number, name=f"step {number}") for number in range(10)]:
        WorkflowRunJob.objects.bulk_create(
            WorkflowRunJob(
                workflowrun=run,
                step=step,
                name=f"{step.name} (sample {n})",
                status="SUCCESS",
                external_id=f"{step.position}-{n}",
                after=[f"{step.position - 1}-{n}"],
                started_at=START + timedelta(minutes=step.position * 5 + n % 7),
                completed_at=START + timedelta(minutes=step.position * 5 + n % 7 + 9),
                resources={"max_rss_bytes": 10**9 + n},
            )
            for n in range(100)
        )
    return run


def test_a_thousand_jobs_make_no_heavy_page(
    ada: Any, ada_browser: Client, django_assert_max_num_queries: Any
) -> None:
    run = a_thousand_jobs(ada)
    with django_assert_max_num_queries(30):
        answer = tab(ada_browser, run)
    assert len(answer.content) < 500_000
    assert len(edges(graph(ada_browser, run))) == 9
    assert len(re.findall('<tr id="job-', answer.content.decode())) == 50


def test_a_running_run_of_which_no_job_is_known_yet_is_kept_up_with(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada, status="RUNNING")
    for page in (tab(ada_browser, run), ada_browser.get(reverse("web:run", args=[run.pk]))):
        text = page.content.decode()
        assert "run:changed from:body" in text
        assert "web/js/graph" in text
