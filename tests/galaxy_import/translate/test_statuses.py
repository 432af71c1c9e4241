"""How runs, steps and jobs stand, for every state that Galaxy knows."""

from collections import Counter

import pytest

from galaxy_import.translate.statuses import (
    has_ended,
    status_of_job,
    status_of_jobs,
    status_of_run,
    status_of_steps,
)
from tests.galaxy_import.translate.answered import invocation, job, run_of, step
from workflows.records import RunStatus, StatusBasis

S, B = RunStatus, StatusBasis

RUNS = [
    # the invocation, its jobs, the status, its basis, whether it has ended
    ("cancelled", "ok deleted", S.CANCELLED, B.REPORTED, True),
    ("cancelled", "ok deleting", S.CANCELLED, B.REPORTED, False),
    ("cancelling", "ok", S.CANCELLED, B.REPORTED, False),
    ("failed", "ok", S.FAILED, B.REPORTED, True),
    ("failed", "ok running", S.FAILED, B.REPORTED, False),
    *[
        ("scheduled", f"ok error {active}", S.RUNNING, B.INFERRED, False)
        for active in ["new", "resubmitted", "upload", "waiting", "queued", "running", "deleting", "stop"]
    ],
    *[("completed", f"ok {active}", S.RUNNING, B.INFERRED, False) for active in ("queued", "running")],
    ("new", "", S.PENDING, B.REPORTED, False),
    ("ready", "", S.PENDING, B.REPORTED, False),
    ("ready", "ok", S.RUNNING, B.REPORTED, False),
    ("requires_materialization", "ok", S.RUNNING, B.REPORTED, False),
    *[
        (state, f"ok {broken} paused deleted", S.FAILED, B.INFERRED, True)
        for state in ("scheduled", "completed")
        for broken in ("error", "failed")
    ],
    ("scheduled", "ok paused", S.PAUSED, B.INFERRED, True),
    ("completed", "ok paused deleted", S.PAUSED, B.INFERRED, True),
    ("scheduled", "ok deleted", S.CANCELLED, B.INFERRED, True),
    ("scheduled", "ok skipped stopped", S.SUCCESS, B.INFERRED, True),
    ("completed", "ok", S.SUCCESS, B.INFERRED, True),
    ("scheduled", "ok exploded", S.UNKNOWN, B.ASSUMED, True),
    ("on_holiday", "ok", S.UNKNOWN, B.ASSUMED, True),
    ("", "ok", S.UNKNOWN, B.ASSUMED, True),
]


@pytest.mark.parametrize(("state", "jobs", "status", "basis", "ended"), RUNS)
def test_a_run_stands_as_invocation_and_jobs_say(
    state: str, jobs: str, status: RunStatus, basis: StatusBasis, ended: bool
) -> None:
    run = run_of(invocation(*(step(n, job(f"j{n}", one)) for n, one in enumerate(jobs.split())), state=state))
    assert (run.record.status, run.record.status_basis, run.has_ended) == (status, basis, ended)
    assert (run.record.completed_at is None) == (not ended or status in (S.PAUSED, S.UNKNOWN))


def test_an_invocation_without_jobs_is_done_if_it_has_no_tools_and_else_not_known() -> None:
    nothing = run_of(invocation()).record
    assert (nothing.status, nothing.status_basis) == (S.SUCCESS, B.INFERRED)
    definition = b'{"steps": {"0": {"type": "tool", "label": "align", "tool_id": "bwa"}}}'
    record = run_of(invocation(step(0)), definition=definition).record
    assert (record.status, record.status_basis) == (S.UNKNOWN, B.ASSUMED)
    assert (
        record.message
        == "Galaxy says 'scheduled' of the invocation, and nothing of its jobs by which to judge."
    )
    assert record.steps[0].message == "Galaxy tells of no job of this step."


def test_a_step_over_a_collection_without_elements_has_nothing_to_do() -> None:
    record = run_of(invocation(step(0, implicit_collection_jobs_id="none"))).record
    assert (record.status, record.steps[0].status) == (S.SUCCESS, S.SUCCESS)
    assert record.steps[0].message == "It had nothing to work on: its collection has no elements."


@pytest.mark.parametrize(
    ("state", "status"),
    [("new", S.RUNNING), ("failed", S.FAILED), ("cancelled", S.CANCELLED), ("scheduled", S.SUCCESS)],
)
def test_the_invocation_of_a_subworkflow_counts(state: str, status: RunStatus) -> None:
    assert status_of_run("scheduled", [state], Counter(ok=1), True)[0] == status


def test_a_run_goes_on_while_a_subworkflow_is_being_planned() -> None:
    assert not has_ended("scheduled", ["ready"], ["ok"])
    assert has_ended("failed", ["ready"], ["ok"])


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ("new queued", S.PENDING),
        ("new ok", S.RUNNING),
        ("running error", S.RUNNING),
        ("ok error paused deleted", S.FAILED),
        ("ok failed", S.FAILED),
        ("ok paused deleted", S.PAUSED),
        ("ok deleted", S.CANCELLED),
        ("skipped skipped", S.SKIPPED),
        ("skipped ok", S.SUCCESS),
        ("stopped", S.SUCCESS),
        ("exploded", S.UNKNOWN),
        ("", S.UNKNOWN),
    ],
)
def test_a_step_stands_as_its_jobs_do(states: str, status: RunStatus) -> None:
    assert status_of_jobs(states.split()) == status


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        ([S.SUCCESS, S.SKIPPED], S.SUCCESS),
        ([S.SKIPPED], S.SKIPPED),
        ([S.PENDING, S.PENDING], S.PENDING),
        ([S.SUCCESS, S.PENDING], S.RUNNING),
        ([S.FAILED, S.RUNNING], S.RUNNING),
        ([S.PAUSED, S.FAILED], S.FAILED),
        ([S.SUCCESS, S.CANCELLED], S.CANCELLED),
        ([S.SUCCESS, S.UNKNOWN], S.UNKNOWN),
        ([], S.UNKNOWN),
    ],
)
def test_a_subworkflow_stands_as_its_steps_do(statuses: list[RunStatus], status: RunStatus) -> None:
    assert status_of_steps(statuses) == status


def test_a_state_of_a_job_that_is_not_known_is_remarked() -> None:
    run = run_of(invocation(step(0, job("j", "exploded"))))
    assert status_of_job("exploded") == S.UNKNOWN
    assert "Galaxy says of jobs what is not known here: 'exploded'." in run.remarks


@pytest.mark.parametrize(
    ("state", "of_run", "status", "message"),
    [
        ("cancelled", "cancelled", S.CANCELLED, "Galaxy never came to this step."),
        ("failed", "failed", S.CANCELLED, "Galaxy never came to this step."),
        ("ready", "ready", S.PENDING, ""),
    ],
)
def test_a_step_that_was_not_come_to(state: str, of_run: str, status: RunStatus, message: str) -> None:
    run = run_of(invocation(step(0, job("j")), step(1, state="new"), state=of_run))
    assert [one.status for one in run.record.steps] == [S.SUCCESS, status]
    assert run.record.steps[1].message == message


def test_steps_that_are_not_in_the_invocation_yet_are_those_of_the_workflow() -> None:
    definition = (
        b'{"steps": {"0": {"type": "data_input"}, "1": {"type": "tool", "label": "one", "tool_id": "cat1"}, '
        b'"2": {"type": "subworkflow", "label": "two", "subworkflow": {"steps": {"0": {"type": "tool", '
        b'"label": "inner", "tool_id": "sort1"}}}}}}'
    )
    told = invocation(step(0), step(1, job("j", "running"), workflow_step_label="one"), state="ready")
    steps = run_of(told, definition=definition).record.steps
    assert [(one.key, one.parent, one.name, one.status) for one in steps] == [
        ("1", "", "one", S.RUNNING),
        ("2", "", "two", S.PENDING),
        ("2.0", "2", "inner", S.PENDING),
    ]


def test_a_step_that_waits_for_a_review_says_so() -> None:
    definition = b'{"steps": {"0": {"type": "pause", "label": "look"}}}'
    waiting = run_of(invocation(step(0, state="ready"), state="ready"), definition=definition).record.steps[0]
    assert (waiting.status, waiting.message) == (S.PAUSED, "Galaxy waits here until somebody has looked.")
    done = run_of(invocation(step(0)), definition=definition).record.steps[0]
    assert (done.status, done.message) == (S.SUCCESS, "")
