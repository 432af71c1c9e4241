"""The status of a run: which may follow which, what follows from that, and how it is read and changed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from tests.conftest import Api
from tests.factories import a_job, a_run, shared
from tests.workflows.conftest import RUNS
from workflows.models import RunEvent, WorkflowRun
from workflows.records import RunStatus
from workflows.status import (
    NEXT,
    OF_RUNS,
    TERMINAL,
    Times,
    allowed_after,
    as_table,
    corrections_of,
    is_allowed,
    times_after,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def status_of(run: WorkflowRun) -> str:
    return f"{RUNS}{run.pk}/status/"


# --- the rules -------------------------------------------------------------------------------------------------


def test_every_status_has_its_row_and_what_is_not_free_takes_a_reason() -> None:
    assert set(NEXT) == set(RunStatus)
    for status in RunStatus:
        free, rest = set(allowed_after(status)), set(corrections_of(status))
        assert free & rest == set()
        assert free | rest == set(OF_RUNS) - {status}


def test_what_is_over_is_final_but_for_a_correction() -> None:
    for status in TERMINAL:
        for after in set(OF_RUNS) - {status}:
            assert not is_allowed(status, after)
            assert not is_allowed(status, after, reason="  ")
            assert is_allowed(status, after, reason="The output was empty")


def test_no_run_is_skipped_whatever_the_reason() -> None:
    assert not any(is_allowed(one, RunStatus.SKIPPED, reason="why not") for one in OF_RUNS)


def test_a_run_that_follows_its_source_is_changed_with_a_reason_only() -> None:
    assert allowed_after(RunStatus.RUNNING, is_followed=True) == ()
    assert not is_allowed(RunStatus.RUNNING, RunStatus.SUCCESS, is_followed=True)
    assert is_allowed(RunStatus.RUNNING, RunStatus.SUCCESS, is_followed=True, reason="The server is gone")


@pytest.mark.parametrize(
    ("known", "after", "expected"),
    [
        (Times(None, None), RunStatus.RUNNING, Times(NOON, None)),
        (Times(NOON - HOUR, None), RunStatus.RUNNING, Times(NOON - HOUR, None)),
        (Times(NOON - HOUR, None), RunStatus.FAILED, Times(NOON - HOUR, NOON)),
        (
            Times(NOON + HOUR, None),
            RunStatus.FAILED,
            Times(NOON + HOUR, NOON + HOUR),
        ),  # a clock that is ahead
        (Times(None, None), RunStatus.CANCELLED, Times(None, NOON)),
        (Times(NOON - 2 * HOUR, NOON - HOUR), RunStatus.FAILED, Times(NOON - 2 * HOUR, NOON - HOUR)),
        (Times(NOON - 2 * HOUR, NOON - HOUR), RunStatus.RUNNING, Times(NOON - 2 * HOUR, None)),
        (Times(NOON - 2 * HOUR, NOON - HOUR), RunStatus.UNKNOWN, Times(NOON - 2 * HOUR, NOON - HOUR)),
        (Times(None, None), RunStatus.PENDING, Times(None, None)),
    ],
    ids=str,
)
def test_the_times_follow_from_the_status(known: Times, after: RunStatus, expected: Times) -> None:
    assert times_after(known, after, now=NOON) == expected


def test_the_end_that_was_said_goes_before_the_present() -> None:
    told = times_after(Times(NOON - HOUR, None), RunStatus.SUCCESS, now=NOON, ended_at=NOON - HOUR / 2)
    assert told.completed_at == NOON - HOUR / 2


def test_the_documentation_holds_the_table_of_the_code() -> None:
    assert as_table() in (Path(settings.BASE_DIR) / "docs" / "status-and-events.md").read_text()


# --- over HTTP -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_status_is_read_without_the_run_and_unchanged_it_costs_a_304(
    ada_api: Api, ada: User, django_assert_num_queries: Any
) -> None:
    run = a_run(ada, status="RUNNING", started_at=NOON, source_status="executing", run_environment={"a": 1})
    for number, status in enumerate(("SUCCESS", "SUCCESS", "FAILED")):
        a_job(run, f"job {number}", status=status)
    with django_assert_num_queries(3):  # who asks, the run, its jobs
        answer = ada_api.get(status_of(run))
    told = answer.json()
    assert (told["status"], told["source_status"], told["is_terminal"]) == ("RUNNING", "executing", False)
    assert told["jobs"] == {"FAILED": 1, "SUCCESS": 2}
    assert told["since"] is not None
    assert told["allowed"] == ["PENDING", "PAUSED", "SUCCESS", "FAILED", "CANCELLED", "UNKNOWN"]
    again = ada_api.get(status_of(run), HTTP_IF_NONE_MATCH=answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    a_job(run, "one more", status="RUNNING")
    assert ada_api.get(status_of(run), HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 200


@pytest.mark.django_db
def test_a_run_goes_its_way_and_everything_is_kept(ada_api: Api, ada: User) -> None:
    run = a_run(ada, status="PENDING")
    started = ada_api.put(status_of(run), {"status": "RUNNING"}).json()
    assert started["started_at"] is not None
    failed = ada_api.put(status_of(run), {"status": "FAILED", "message": "no space left"}).json()
    assert failed["completed_at"] >= failed["started_at"]
    assert (failed["message"], failed["allowed"]) == ("no space left", [])
    corrected = ada_api.put(status_of(run), {"status": "SUCCESS", "reason": "The disk was another's"}).json()
    assert (corrected["message"], corrected["completed_at"]) == ("", failed["completed_at"])
    told = ada_api.get(f"{status_of(run)}history/").json()["results"]
    assert [(one["status"], one["reason"]) for one in told] == [
        ("PENDING", ""),
        ("RUNNING", ""),
        ("FAILED", ""),
        ("SUCCESS", "The disk was another's"),
    ]
    assert {one["by"]["username"] for one in told} == {"ada"}
    events = RunEvent.objects.filter(workflowrun=run).values_list("sequence", "type", "level")
    assert list(events) == [
        (n, "status.changed", level) for n, level in ((1, "info"), (2, "error"), (3, "info"))
    ]
    assert corrected["latest_event_at"] is not None
    before = run.status_changes.count()
    assert ada_api.put(status_of(run), {"status": "SUCCESS"}).status_code == 200
    assert run.status_changes.count() == before  # the same again changes nothing


@pytest.mark.django_db
def test_what_the_table_does_not_have_is_a_conflict_that_says_what_would_be_allowed(
    ada_api: Api, ada: User
) -> None:
    run = a_run(ada, status="PENDING")
    answer = ada_api.put(status_of(run), {"status": "SUCCESS"})
    told = answer.json()
    assert (answer.status_code, told["code"], told["errors"]) == (409, "status_transition", [])
    assert (told["from"], told["to"]) == ("PENDING", "SUCCESS")
    assert told["allowed"] == ["RUNNING", "PAUSED", "FAILED", "CANCELLED", "UNKNOWN"]
    assert told["allowed_with_reason"] == ["SUCCESS"]
    assert told["message"] == (
        "After PENDING a run can become RUNNING, PAUSED, FAILED, CANCELLED, UNKNOWN. "
        "To correct it to SUCCESS, give a reason."
    )
    run.refresh_from_db()
    assert (run.status, run.completed_at) == ("PENDING", None)


@pytest.mark.django_db
def test_an_imported_run_is_its_source_s_to_tell(ada_api: Api, ada: User) -> None:
    run = a_run(ada, status="RUNNING", is_imported=True, source="reana", external_id="7")
    assert ada_api.get(status_of(run)).json()["follows_source"] is True
    refused = ada_api.put(status_of(run), {"status": "CANCELLED"})
    assert refused.status_code == 409
    assert "imported from reana: import it again" in refused.json()["message"]
    done = ada_api.put(status_of(run), {"status": "CANCELLED", "reason": "The server is gone"})
    assert (done.status_code, done.json()["status"]) == (200, "CANCELLED")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"status": "SKIPPED"}, "status"),
        ({"status": "DONE"}, "status"),
        ({}, "status"),
        ({"status": "PAUSED", "completed_at": "2026-11-21T12:00:00Z"}, "completed_at"),
        ({"status": "SUCCESS", "completed_at": "2026-11-21T11:59:59Z"}, "completed_at"),
        ({"status": "SUCCESS", "completed_at": "noon"}, "completed_at"),
        ({"status": "SUCCESS", "reason": 5}, "reason"),
        ({"status": "SUCCESS", "reason": "x" * 2001}, "reason"),
    ],
    ids=lambda one: str(one)[:60],
)
def test_a_wrong_field_is_named(ada_api: Api, ada: User, body: dict[str, Any], field: str) -> None:
    run = a_run(ada, status="RUNNING", started_at=NOON)
    answer = ada_api.put(status_of(run), body)
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (400, [field])


@pytest.mark.django_db
def test_of_two_who_change_it_the_second_one_is_told(ada_api: Api, ada: User) -> None:
    run = a_run(ada, status="RUNNING")
    seen = ada_api.get(status_of(run))["ETag"]
    first = ada_api.put(status_of(run), {"status": "SUCCESS"}, HTTP_IF_MATCH=seen)
    second = ada_api.put(status_of(run), {"status": "FAILED"}, HTTP_IF_MATCH=seen)
    assert (first.status_code, second.status_code, second.json()["code"]) == (200, 412, "changed")


@pytest.mark.django_db
def test_who_may_see_a_run_reads_its_status_and_who_may_edit_it_changes_it(
    ada: User, bob: User, eve: User
) -> None:
    run = a_run(ada, status="RUNNING")
    assert Api(bob).get(status_of(run)).status_code == 200
    assert Api(bob).put(status_of(run), {"status": "SUCCESS"}).status_code == 403
    assert Api(eve).get(status_of(run)).status_code == 404
    assert Api(eve).put(status_of(run), {"status": "SUCCESS"}).status_code == 404
    assert Api(eve).get(f"{status_of(run)}history/").status_code == 404
    shared(run, eve, edit=True)
    assert Api(eve).put(status_of(run), {"status": "SUCCESS"}).status_code == 200


@pytest.mark.django_db
def test_a_change_of_the_run_itself_keeps_its_old_rules_and_is_logged(ada_api: Api, ada: User) -> None:
    run = a_run(ada, status="SUCCESS")
    assert ada_api.patch(f"{RUNS}{run.pk}/", {"status": "RUNNING"}).status_code == 200
    assert RunEvent.objects.get(workflowrun=run).message == "SUCCESS became RUNNING"


@pytest.mark.django_db
def test_of_the_status_one_may_choose_fields(ada_api: Api, ada: User) -> None:
    run = a_run(ada, status="RUNNING")
    assert ada_api.get(f"{status_of(run)}?fields=status,jobs").json() == {"status": "RUNNING", "jobs": {}}
    assert ada_api.get(f"{status_of(run)}?fields=nothing").status_code == 400
