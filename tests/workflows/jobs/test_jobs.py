"""Jobs and nodes of a run: looked for, ordered, and followed from one to another."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from tests.conftest import Api
from tests.factories import a_dataset, a_file, a_job, a_run, a_step
from tests.workflows.conftest import RUNS
from workflows.jobs.edges import neighbours
from workflows.jobs.reading import read_net, read_net_around
from workflows.models import JobFileLink, WorkflowRun

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def run(ada: Any) -> WorkflowRun:
    """Four jobs: a, its second attempt, b after a, and c that used what b made; d has nothing to do with them."""
    run = a_run(ada)
    step = a_step(run, "align")
    slurm = {"kind": "slurm", "partition": "long", "job_id": "77"}
    a_job(run, "a", external_id="a", status="FAILED", exit_code=137, step=step, started_at=NOON,
          completed_at=NOON + timedelta(seconds=30), resources={"max_rss_bytes": 30, "cpu_seconds": 2.5})  # fmt: skip
    a_job(run, "a", external_id="a", attempt=2, status="SUCCESS", exit_code=0, step=step, node="n1", host="h1",
          scheduler=slurm, started_at=NOON + timedelta(hours=1), completed_at=NOON + timedelta(hours=2),
          resources={"max_rss_bytes": 9, "cpu_seconds": 10})  # fmt: skip
    b = a_job(run, "b", external_id="b", after=["a"], resources={"max_rss_bytes": "much"})
    c, _ = a_job(run, "c"), a_job(run, "d")
    file = a_file(a_dataset(ada), "b.bam")
    JobFileLink.objects.create(job=b, datafile=file, role="MADE")
    JobFileLink.objects.create(job=c, datafile=file, role="USED")
    return run


def names(api: Api, run: WorkflowRun, query: str) -> list[str]:
    answer = api.get(f"{RUNS}{run.pk}/jobs/?{query}")
    assert answer.status_code == 200, answer.content
    return [f"{one['name']}{one['attempt']}" for one in answer.json()["results"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=FAILED", "a1"),
        ("step_key=align", "a1 a2"),
        ("external_id=b", "b1"),
        ("attempt=2", "a2"),
        ("attempt_min=2", "a2"),
        ("node=n1", "a2"),
        ("host=h1", "a2"),
        ("exit_code=137", "a1"),
        ("scheduler=slurm", "a2"),
        ("partition=long", "a2"),
        ("partition=short", ""),
        ("scheduler_job=77", "a2"),
        ("started_after=2024-01-01T12:30:00Z", "a2"),
        ("started_before=2024-01-01T12:30:00Z", "a1"),
        ("completed_before=2024-01-01T13:00:00Z", "a1"),
        ("completed_after=2024-01-01T13:00:00Z", "a2"),
    ],
)
def test_jobs_are_found_by_what_is_known_of_them(
    ada_api: Api, run: WorkflowRun, query: str, found: str
) -> None:
    assert names(ada_api, run, query) == found.split()


@pytest.mark.parametrize(
    ("ordering", "first"),
    [
        ("duration", "b1 c1 d1 a1 a2"),
        ("-duration", "a2 a1 d1 c1 b1"),
        ("cpu", "b1 c1 d1 a1 a2"),
        ("-attempt", "a2"),
    ],
)
def test_jobs_are_ordered_by_what_they_took(
    ada_api: Api, run: WorkflowRun, ordering: str, first: str
) -> None:
    assert names(ada_api, run, f"ordering={ordering}")[: len(first.split())] == first.split()


@pytest.mark.parametrize("ordering", ["duration", "-duration", "memory", "-memory", "cpu", "-cpu"])
def test_pages_by_cursor_follow_every_order(ada_api: Api, run: WorkflowRun, ordering: str) -> None:
    address, found = f"{RUNS}{run.pk}/jobs/?ordering={ordering}&page_size=2&cursor=", []
    while address:
        answer = ada_api.get(address).json()
        found += [one["id"] for one in answer["results"]]
        address = answer["next"]
    whole = ada_api.get(f"{RUNS}{run.pk}/jobs/?ordering={ordering}").json()["results"]
    assert found == [one["id"] for one in whole]
    assert len(found) == 5


def reached(api: Api, run: WorkflowRun, name: str, way: str) -> list[tuple[str, int, int, list[str]]]:
    job = run.jobs.filter(name=name).order_by("id")[0]
    answer = api.get(f"{RUNS}{run.pk}/jobs/{job.pk}/{way}")
    assert answer.status_code == 200, answer.content
    return [
        (one["name"], one["attempt"], one["distance"], one["through"]) for one in answer.json()["results"]
    ]


def test_what_came_before_and_after_a_job_is_told(ada_api: Api, run: WorkflowRun) -> None:
    assert reached(ada_api, run, "c", "upstream/") == [("b", 1, 1, ["files"])]
    all_before = [("b", 1, 1, ["files"]), ("a", 2, 2, ["after"])]
    assert reached(ada_api, run, "c", "upstream/?depth=all") == all_before
    assert reached(ada_api, run, "a", "downstream/?depth=1") == [("b", 1, 1, ["after"])]
    assert [one[0] for one in reached(ada_api, run, "a", "downstream/?depth=2")] == ["b", "c"]
    assert reached(ada_api, run, "d", "downstream/?depth=all") == []


def test_the_next_jobs_are_the_same_whether_the_whole_run_is_read_or_not(
    ada: Any, ada_api: Api, run: WorkflowRun
) -> None:
    a_job(run, "e", external_id="e", after=["b", "gone", 5])
    a_job(run, "e", external_id="e", attempt=2, after=[])
    a_job(run, "nameless", after=["e", "b"])
    file = a_file(a_dataset(ada), "e.bam")
    for name, role in (("e", "MADE"), ("c", "USED"), ("c", "MADE"), ("d", "USED")):
        JobFileLink.objects.create(job=run.jobs.filter(name=name).order_by("id")[0], datafile=file, role=role)
    whole = read_net(run.pk, ada)
    for job, upstream in product(run.jobs.all(), (True, False)):
        around = read_net_around(job, ada, upstream=upstream)
        told = [
            {
                net.latest[one.place]: one.through
                for one in neighbours(net, net.place_of[job.pk], upstream=upstream)
            }
            for net in (whole, around)
        ]
        assert told[0] == told[1], (job, upstream)


def test_a_file_that_one_may_not_see_leads_nowhere(ada_api: Api, run: WorkflowRun, eve: Any) -> None:
    file = JobFileLink.objects.filter(job__workflowrun=run).first()
    assert file is not None
    type(file.datafile.dataset).objects.update(owner=eve, owned_by=eve.primary_group)
    assert reached(ada_api, run, "c", "upstream/?depth=all") == []


def test_neighbours_come_in_pages(ada_api: Api, run: WorkflowRun) -> None:
    job = run.jobs.get(name="c")
    address = f"{RUNS}{run.pk}/jobs/{job.pk}/upstream/?depth=all&page_size=1"
    first = ada_api.get(address).json()
    assert (first["count"], first["results"][0]["name"]) == (2, "b")
    assert ada_api.get(first["next"]).json()["results"][0]["name"] == "a"
    assert ada_api.get(f"{address}&page=9").status_code == 404


@pytest.mark.parametrize(
    "query", ["depth=0", "depth=-1", "depth=x", "depth=", "dept=1", "depth=1&depth=2", "page=0"]
)
def test_a_question_that_is_not_understood_is_refused(ada_api: Api, run: WorkflowRun, query: str) -> None:
    job = run.jobs.get(name="c")
    assert ada_api.get(f"{RUNS}{run.pk}/jobs/{job.pk}/upstream/?{query}").status_code == 400


def test_the_attempts_of_a_job_are_told_in_their_order(ada_api: Api, run: WorkflowRun) -> None:
    second = run.jobs.get(attempt=2)
    found = ada_api.get(f"{RUNS}{run.pk}/jobs/{second.pk}/attempts/").json()
    assert [(one["attempt"], one["status"]) for one in found["results"]] == [(1, "FAILED"), (2, "SUCCESS")]
    alone = run.jobs.get(name="d")
    assert ada_api.get(f"{RUNS}{run.pk}/jobs/{alone.pk}/attempts/").json()["count"] == 1


def test_following_takes_as_many_statements_however_long_the_way_is(
    ada_api: Api, run: WorkflowRun, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        a_job(run, f"x{number}", external_id=f"x{number}", after=[f"x{number - 1}"])
    last = run.jobs.get(name="x39")
    with django_assert_max_num_queries(8):
        answer = ada_api.get(f"{RUNS}{run.pk}/jobs/{last.pk}/upstream/?depth=all&page_size=500")
    assert [one["distance"] for one in answer.json()["results"]] == list(range(1, 40))


# --- nodes --------------------------------------------------------------------------------------------------


def test_an_engine_tells_its_nodes(ada_api: Api, run: WorkflowRun) -> None:
    nodes = f"{RUNS}{run.pk}/nodes/"
    made = ada_api.post(nodes, {"key": "n1", "hostname": "node-1", "cpus": 64, "memory_bytes": 2**38})
    assert (made.status_code, made.json()["jobs"]) == (201, 1)
    again = ada_api.post(nodes, {"key": "n1"})
    assert again.status_code == 409
    changed = ada_api.patch(f"{nodes}{made.json()['id']}/", {"statistics": {"avg_cpu_percent": {"max": 90}}})
    assert changed.json()["statistics"] == {"avg_cpu_percent": {"max": 90}}
    assert ada_api.put(f"{nodes}{made.json()['id']}/", {"key": "n1", "kind": "slurm"}).status_code == 200
    found = ada_api.get(f"{nodes}?kind=slurm&ordering=hostname").json()
    assert [(one["key"], one["jobs"]) for one in found["results"]] == [("n1", 1)]


@pytest.mark.parametrize(
    "body", [{}, {"key": "x", "cpus": -1}, {"key": "x", "gpus": 0.5}, {"key": "x", "scheduler": []}]
)
def test_a_node_that_is_not_understood_is_refused(ada_api: Api, run: WorkflowRun, body: Any) -> None:
    assert ada_api.post(f"{RUNS}{run.pk}/nodes/", body).status_code == 400
