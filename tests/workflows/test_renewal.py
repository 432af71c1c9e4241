"""A run that is told again: what it has keeps its id, only what changed is written, and it reads as it was told."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from tests.records import NESTED, dataset, stored
from workflows.models import JobFileLink, WorkflowRun, WorkflowRunJob, WorkflowRunStep
from workflows.records import (
    DataType,
    FileRole,
    JobFile,
    JobRecord,
    RunOrigin,
    RunRecord,
    RunStatus,
    StepRecord,
)
from workflows.services import record_run

FILES = ("a.txt", "b.txt", "c.txt")
FOLLOWED = RunRecord(
    "Followed",
    status=RunStatus.RUNNING,
    origin=RunOrigin("galaxy", "https://galaxy.example.org/1", "uuid-1"),
    datasets=(dataset(DataType.OUTPUT, "Files", *map(stored, FILES)),),
    steps=(StepRecord("0", "Map"), StepRecord("1", "Inner"), StepRecord("1/0", "Sort", parent="1")),
    jobs=(
        JobRecord("map", "0", external_id="j1", files=(JobFile("a.txt", FileRole.MADE),)),
        JobRecord("sort", "1/0", external_id="j2", after=("j1",), parameters={"k": 1}),
        JobRecord("loose"),
    ),
)


@pytest.fixture
def tell(ada: User) -> Callable[[RunRecord], WorkflowRun]:
    """Records a run, and looks whether it reads as it was told."""

    def record(told: RunRecord) -> WorkflowRun:
        run, _ = record_run(record=told, owner=ada)
        assert WorkflowRun.objects.with_everything().get(pk=run.pk).to_record() == told
        return run

    return record


def ids(model: Any) -> list[UUID]:
    """The ids of all rows, in order."""
    return list(model.objects.order_by("id").values_list("id", flat=True))


def writes(deed: Callable[[], Any]) -> list[str]:
    """The statements of a deed that write steps, jobs or links."""
    tables = [f'"{one._meta.db_table}"' for one in (WorkflowRunStep, WorkflowRunJob, JobFileLink)]
    with CaptureQueriesContext(connection) as seen:
        deed()
    reads = ("SELECT", "DECLARE")  # PostgreSQL declares a cursor where much may be read
    told = [one["sql"] for one in seen if not one["sql"].lstrip("0123456789 times:").startswith(reads)]
    return [one for one in told if any(table in one.split("WHERE")[0] for table in tables)]


def test_what_is_told_again_unchanged_writes_nothing(tell: Any) -> None:
    tell(FOLLOWED)
    assert writes(lambda: tell(FOLLOWED)) == []


def test_a_job_that_changed_keeps_its_id_and_is_written_alone(tell: Any) -> None:
    tell(FOLLOWED)
    before = ids(WorkflowRunStep), ids(WorkflowRunJob), ids(JobFileLink)
    changed = replace(FOLLOWED.jobs[1], status=RunStatus.SUCCESS, exit_code=0, message="Done.")
    told = replace(FOLLOWED, jobs=(FOLLOWED.jobs[0], changed, FOLLOWED.jobs[2]))
    assert len(writes(lambda: tell(told))) == 1
    assert (ids(WorkflowRunStep), ids(WorkflowRunJob), ids(JobFileLink)) == before


def test_what_is_new_joins_what_is_known(tell: Any) -> None:
    tell(FOLLOWED)
    before = ids(WorkflowRunStep), ids(WorkflowRunJob), ids(JobFileLink)
    more = (
        replace(FOLLOWED.jobs[0], files=(JobFile("a.txt", FileRole.MADE), JobFile("b.txt", FileRole.MADE))),
        *FOLLOWED.jobs[1:],
        JobRecord("again", "0", attempt=2, external_id="j1", files=(JobFile("c.txt", FileRole.MADE),)),
    )
    told = replace(FOLLOWED, steps=(*FOLLOWED.steps, StepRecord("2", "Count", parent="1")), jobs=more)
    tell(told)
    after = ids(WorkflowRunStep), ids(WorkflowRunJob), ids(JobFileLink)
    assert [now[: len(then)] for now, then in zip(after, before, strict=True)] == list(before)
    assert [len(now) - len(then) for now, then in zip(after, before, strict=True)] == [1, 1, 2]


def test_what_is_told_no_more_goes_and_leaves_the_rest(tell: Any) -> None:
    tell(FOLLOWED)
    first, _, last = ids(WorkflowRunJob)
    tell(replace(FOLLOWED, jobs=(FOLLOWED.jobs[0], FOLLOWED.jobs[2])))
    assert ids(WorkflowRunJob) == [first, last]


def test_where_the_order_forbids_it_only_what_follows_is_written_anew(tell: Any) -> None:
    tell(FOLLOWED)
    first, second, _ = ids(WorkflowRunJob)
    between = JobRecord("between", "0", external_id="j3")
    tell(replace(FOLLOWED, jobs=(*FOLLOWED.jobs[:2], between, FOLLOWED.jobs[2])))
    assert ids(WorkflowRunJob)[:2] == [first, second]
    assert len(ids(WorkflowRunJob)) == 4


def test_jobs_outlive_their_step_when_it_is_written_anew(tell: Any) -> None:
    tell(FOLLOWED)
    before = ids(WorkflowRunJob)
    tell(replace(FOLLOWED, steps=(StepRecord("new", "New"), *FOLLOWED.steps)))
    assert ids(WorkflowRunJob) == before
    assert WorkflowRunJob.objects.get(external_id="j2").step.key == "1/0"


def test_a_step_outlives_the_one_that_held_it(tell: Any) -> None:
    tell(FOLLOWED)
    first, _, _ = ids(WorkflowRunStep)
    inner, outer = replace(FOLLOWED.steps[0], parent="1"), FOLLOWED.steps[1]
    tell(replace(FOLLOWED, steps=(inner, outer), jobs=()))
    tell(replace(FOLLOWED, steps=(replace(inner, parent=""), StepRecord("x", "X"), outer), jobs=()))
    assert ids(WorkflowRunStep)[0] == first


def test_jobs_without_an_identifier_are_known_by_their_place_in_their_step(tell: Any) -> None:
    jobs = tuple(JobRecord(name, "0") for name in ("a", "b"))
    tell(replace(FOLLOWED, jobs=jobs))
    before = ids(WorkflowRunJob)
    tell(replace(FOLLOWED, jobs=(jobs[0], replace(jobs[1], name="c"), JobRecord("d", "0"))))
    assert ids(WorkflowRunJob)[:2] == before


def test_one_is_not_true(tell: Any) -> None:
    tell(FOLLOWED)
    tell(replace(FOLLOWED, jobs=(replace(FOLLOWED.jobs[1], parameters={"k": True}),)))
    assert WorkflowRunJob.objects.get().parameters["k"] is True


def test_ids_from_a_clock_that_is_ahead_do_not_upset_the_order(tell: Any) -> None:
    run = tell(replace(FOLLOWED, jobs=()))
    ahead = UUID("ffffffff-ffff-7fff-8000-000000000000")
    WorkflowRunJob.objects.create(
        id=ahead, workflowrun=run, name="map", external_id="j1", step=run.steps.first()
    )
    tell(FOLLOWED)
    assert ahead not in ids(WorkflowRunJob)


def test_many_jobs_take_as_many_statements_as_few(tell: Any) -> None:
    def cost(count: int) -> list[int]:
        origin = replace(FOLLOWED.origin, external_id=str(count))
        many = replace(
            FOLLOWED,
            origin=origin,
            jobs=tuple(JobRecord("n", "0", external_id=str(n)) for n in range(count)),
        )
        tell(many)
        changed = replace(many, jobs=tuple(replace(one, status=RunStatus.SUCCESS) for one in many.jobs))
        added = replace(
            changed, jobs=(*changed.jobs, *(JobRecord("m", "0", external_id=f"m{n}") for n in range(count)))
        )
        return [len(writes(lambda one=one: tell(one))) for one in (many, changed, added)]

    assert cost(300) == cost(2) == [0, 1, 1]


def test_others_have_their_steps_and_jobs_still(tell: Any) -> None:
    other = tell(NESTED)
    tell(FOLLOWED)
    tell(replace(FOLLOWED, steps=(), jobs=()))
    assert other.jobs.count() == len(NESTED.jobs)
    assert other.steps.count() == len(NESTED.steps)


some_files = st.lists(
    st.builds(JobFile, path=st.sampled_from(FILES), role=st.sampled_from(FileRole)), unique=True, max_size=3
).map(lambda files: tuple(sorted(files, key=lambda one: (one.role, one.path))))


@st.composite
def told(draw: st.DrawFn) -> RunRecord:
    """The run with any of a few steps and jobs, in any order, so that two of these are much alike."""
    keys = draw(st.lists(st.sampled_from("abcd"), unique=True))
    places = st.sampled_from(["", *keys])
    steps = tuple(
        StepRecord(key, draw(st.sampled_from("xy")), parent=draw(st.sampled_from(["", *keys[:place]])))
        for place, key in enumerate(keys)
    )
    jobs = st.builds(
        JobRecord,
        name=st.sampled_from("xy"),
        step=places,
        attempt=st.integers(1, 2),
        status=st.sampled_from([RunStatus.RUNNING, RunStatus.FAILED]),
        external_id=st.sampled_from(["", "1", "2", "3"]),
        files=some_files,
        after=st.sampled_from([(), ("1",), ("1", "2")]),
        message=st.sampled_from(["", "Out of memory"]),
    )
    return replace(FOLLOWED, steps=steps, jobs=tuple(draw(st.lists(jobs, max_size=6))))


@pytest.mark.once
@settings(
    max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
@given(tellings=st.lists(told(), min_size=2, max_size=4))
def test_whatever_was_told_before_it_reads_as_it_was_told_last(tell: Any, tellings: list[RunRecord]) -> None:
    for one in tellings:
        tell(one)


@pytest.mark.once
@settings(
    max_examples=40, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
@given(record=told(), more=st.integers(0, 6), status=st.sampled_from(RunStatus))
def test_a_run_that_goes_on_keeps_the_ids_of_all_its_jobs(
    tell: Any, record: RunRecord, more: int, status: RunStatus
) -> None:
    tell(replace(record, jobs=record.jobs[:more]))
    before = ids(WorkflowRunJob)
    tell(replace(record, jobs=tuple(replace(one, status=status) for one in record.jobs)))
    assert ids(WorkflowRunJob)[: len(before)] == before


def test_two_datasets_of_one_name_stay_two(tell: Any) -> None:
    pair = [dataset(DataType.INPUT, "Reads", stored(name)) for name in ("r1.fastq", "r2.fastq")]
    told = replace(FOLLOWED, jobs=(), datasets=tuple(pair))
    tell(told)
    tell(told)
    tell(replace(told, datasets=(*told.datasets, dataset(DataType.INPUT, "Reads", stored("r3.fastq")))))


def test_many_datasets_take_as_many_statements_as_few(tell: Any) -> None:
    def cost(count: int) -> list[int]:
        origin = replace(FOLLOWED.origin, external_id=str(count))
        names = [f"{number}.txt" for number in range(count)]
        links = tuple(dataset(DataType.OUTPUT, name, stored(name, format="txt")) for name in names)
        first = replace(FOLLOWED, origin=origin, jobs=(), datasets=links)
        changed = tuple(dataset(DataType.OUTPUT, name, stored(name, format="csv")) for name in names)
        found = []
        for one in (first, first, replace(first, datasets=changed)):
            with CaptureQueriesContext(connection) as seen:
                tell(one)
            found.append(len(seen))
        return found

    assert cost(30) == cost(2)
