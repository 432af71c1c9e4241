"""Up to ten thousand jobs in one request."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from run_import.tasks import tidy_imports
from tests.conftest import Api
from tests.factories import a_job, a_run, a_step
from tests.workflows.conftest import RUNS
from workflows.jobs.parsers import NotJSON
from workflows.jobs.rows import RowReader
from workflows.jobs.sent import ANSWERS_KEPT
from workflows.models import SentBatch, WorkflowRun, WorkflowRunJob

ALIGN: dict[str, Any] = {"external_id": "1", "name": "align (A)", "status": "RUNNING"}


@pytest.fixture
def run(ada: Any) -> WorkflowRun:
    return a_run(ada, status="RUNNING")


def send(api: Api, run: WorkflowRun, rows: Any, *, query: str = "", **headers: str) -> Any:
    return api.post(f"{RUNS}{run.pk}/jobs/bulk/{query}", rows, headers=headers)


def messages(answer: Any) -> dict[str, str]:
    return {one["field"]: one["message"] for one in answer.json()["errors"]}


# --- reading, without a database ----------------------------------------------------------------------------


def refused(*rows: Any) -> list[tuple[int, str]]:
    reader = RowReader({})
    reader.read(list(rows))
    return [(one.index, one.field) for one in reader.refused]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ([], ""),
        (NotJSON("The line is not JSON"), ""),
        ({**ALIGN, "status": "DONE"}, "status"),
        ({**ALIGN, "exit_code": "0"}, "exit_code"),
        ({**ALIGN, "exit_code": 2**40}, "exit_code"),
        ({**ALIGN, "name": "x" * 256}, "name"),
        ({**ALIGN, "host": None}, "host"),
        ({**ALIGN, "resources": []}, "resources"),
        ({**ALIGN, "after": [1]}, "after"),
        ({**ALIGN, "started_at": "yesterday"}, "started_at"),
        ({**ALIGN, "started_at": "0001-01-01T00:00:00+14:00"}, "started_at"),
        ({**ALIGN, "step_key": "nowhere"}, "step_key"),
        ({**ALIGN, "step": "x"}, "step"),
        ({**ALIGN, "id": 7}, "id"),
        ({**ALIGN, "stauts": "SUCCESS"}, "stauts"),
        ({**ALIGN, "files": []}, "files"),
    ],
)
def test_what_is_wrong_with_a_row_is_told_by_its_member(row: Any, field: str) -> None:
    assert refused({"name": "fine"}, row) == [(1, field)]


def test_one_job_cannot_stand_twice_in_a_request() -> None:
    assert refused(ALIGN, {**ALIGN, "attempt": 2}, {**ALIGN, "name": "other"}) == [(2, "external_id")]
    assert refused({"name": "a"}, {"name": "a"}) == []  # without an external id these are two


# --- over HTTP ----------------------------------------------------------------------------------------------


def test_new_jobs_are_added_and_known_ones_brought_up_to_date(ada_api: Api, run: WorkflowRun) -> None:
    step = a_step(run, "align")
    a_job(run, "align (A)", external_id="1", host="n1", resources={"cpus": 4})
    rows = [
        {**ALIGN, "status": "SUCCESS", "step_key": "align", "exit_code": 0},
        {**ALIGN, "attempt": 2},
        {"name": "count", "step": str(step.pk), "after": ["1", "1"], "requested": {"memory_bytes": 2**30}},
    ]
    answer = send(ada_api, run, rows)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["created"], told["updated"], told["skipped"], told["errors"]) == (2, 1, 0, [])
    first, again, count = run.jobs.order_by("id")
    assert (first.status, first.host, first.resources, first.step) == ("SUCCESS", "n1", {"cpus": 4}, step)
    assert (again.attempt, again.host) == (2, "")
    assert (count.after, count.requested, count.step) == (["1"], {"memory_bytes": 2**30}, step)
    assert [one["id"] for one in told["jobs"]] == [str(one.pk) for one in (first, again, count)]


def test_the_same_again_changes_nothing(ada_api: Api, run: WorkflowRun) -> None:
    send(ada_api, run, {"jobs": [ALIGN]})
    events = ada_api.get(f"{RUNS}{run.pk}/history/").json()
    assert send(ada_api, run, {"jobs": [ALIGN]}).json()["unchanged"] == 1
    assert ada_api.get(f"{RUNS}{run.pk}/history/").json() == events


def test_a_row_may_name_its_job_by_id_but_not_one_of_another_run(
    ada_api: Api, ada: Any, run: WorkflowRun
) -> None:
    mine, other = a_job(run, external_id="7"), a_job(a_run(ada))
    assert send(ada_api, run, [{"id": str(mine.pk), "host": "n2"}]).json()["updated"] == 1
    assert messages(send(ada_api, run, [{"id": str(other.pk), "host": "n2"}])) == {
        "jobs[0].id": "is not a job of this run"
    }
    both = [{"id": str(mine.pk), "host": "n3"}, {"external_id": "7", "host": "n4"}]
    assert list(messages(send(ada_api, run, both))) == ["jobs[1].id"]


def test_all_is_written_or_nothing(ada_api: Api, run: WorkflowRun) -> None:
    rows = [
        ALIGN,
        {"external_id": "2"},
        {"name": "x", "started_at": "2024-01-02", "completed_at": "2024-01-01"},
    ]
    rows[2] |= {"started_at": "2024-01-02T00:00:00Z", "completed_at": "2024-01-01T00:00:00Z"}
    answer = send(ada_api, run, rows)
    assert answer.status_code == 400
    assert messages(answer) == {
        "jobs[1].name": "is required for a new job",
        "jobs[2].completed_at": "must not be before started_at",
    }
    assert not run.jobs.exists()


def test_what_is_right_is_written_where_that_is_asked_for(ada_api: Api, run: WorkflowRun) -> None:
    answer = send(ada_api, run, [{"status": "DONE"}, ALIGN], query="?on_error=skip")
    told = answer.json()
    assert (answer.status_code, told["created"], told["skipped"]) == (200, 1, 1)
    assert [(one["index"], one["field"]) for one in told["errors"]] == [(0, "status")]
    assert [(one["index"], one["outcome"]) for one in told["jobs"]] == [(1, "created")]


def test_lines_of_json_will_do(ada_api: Api, run: WorkflowRun) -> None:
    lines = b'{"name": "a"}\n\n{"name": "b", "exit_code": 1}\r\n'
    address = f"{RUNS}{run.pk}/jobs/bulk/"
    answer = ada_api.generic("POST", address, lines, content_type="application/x-ndjson")
    assert answer.json()["created"] == 2, answer.content
    broken = ada_api.generic("POST", address, lines + b'{"name": ', content_type="application/x-ndjson")
    assert broken.status_code == 400
    assert messages(broken)["jobs[2]"].startswith("The line is not JSON")


@pytest.mark.parametrize("body", [[], {}, {"jobs": {}}, "x", {"jobs": [], "more": 1}])
def test_a_body_without_rows_is_refused(ada_api: Api, run: WorkflowRun, body: Any) -> None:
    assert list(messages(send(ada_api, run, body))) == ["jobs"]


def test_there_are_limits(ada_api: Api, run: WorkflowRun) -> None:
    assert send(ada_api, run, [{}] * 10_001).status_code == 413
    lines = b"{}\n" * 10_001
    answer = ada_api.generic("POST", f"{RUNS}{run.pk}/jobs/bulk/", lines, content_type="application/x-ndjson")
    assert answer.status_code == 413
    assert send(ada_api, run, [ALIGN], query="?on_error=shrug").status_code == 400


def test_the_same_key_does_nothing_twice(ada_api: Api, run: WorkflowRun) -> None:
    rows, key = [{"name": "a"}], {"Idempotency-Key": "batch 1"}
    first, again = (send(ada_api, run, rows, **key) for _ in range(2))
    assert first.json() == again.json()
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert run.jobs.count() == SentBatch.objects.count() == 1
    other = send(ada_api, run, [{"name": "b"}], **key)
    assert other.status_code == 409, other.content
    assert send(ada_api, run, rows, **{"Idempotency-Key": "k" * 256}).status_code == 400


def test_a_key_whose_request_failed_may_be_used_again(ada_api: Api, run: WorkflowRun) -> None:
    key = {"Idempotency-Key": "batch 1"}
    assert send(ada_api, run, [{"status": "x"}], **key).status_code == 400
    assert send(ada_api, run, [ALIGN], **key).status_code == 200


def test_a_thousand_jobs_cost_as_many_statements_as_ten(
    ada_api: Api, run: WorkflowRun, django_assert_max_num_queries: Any
) -> None:
    a_step(run, "align")
    rows = [{"name": f"j{n}", "external_id": str(n), "step_key": "align"} for n in range(1000)]
    with django_assert_max_num_queries(16):
        send(ada_api, run, rows)
    for row in rows:
        row["status"] = "SUCCESS"
    with django_assert_max_num_queries(16):
        assert send(ada_api, run, rows).json()["updated"] == 1000
    assert WorkflowRunJob.objects.filter(status="SUCCESS").count() == 1000


def test_an_answer_is_kept_for_as_long_as_somebody_may_repeat_the_request(ada: Any) -> None:
    run = a_run(ada)
    for key, age in (("old", ANSWERS_KEPT + timedelta(hours=1)), ("new", timedelta(days=1))):
        SentBatch.objects.create(workflowrun=run, kind="jobs", key=key, created=timezone.now() - age)
    tidy_imports()
    assert [batch.key for batch in SentBatch.objects.all()] == ["new"]
