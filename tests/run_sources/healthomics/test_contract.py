"""Every recording: valid by the service's own model, read whole, and nothing of it lost without a word."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from run_sources.healthomics.answers import LINKS, SENSITIVE, plain
from run_sources.healthomics.definition import Exported
from run_sources.healthomics.translate import jobs, read_job, read_run, read_workflow, run, workflow
from run_sources.seam import FetchedRun
from tests.run_sources.healthomics.wire import BASE, RECORDINGS, recorded
from workflows.records import RunStatus

NAMES = sorted(path.stem for path in RECORDINGS.glob("*.json"))
RUNS = [name for name in NAMES if name.startswith("get_run_") and "task" not in name]
TASKS = [name for name in NAMES if name.startswith("get_run_task")]
WORKFLOWS = [name for name in NAMES if name.startswith("get_workflow")]
LISTS = [name for name in NAMES if name.startswith("list_")]
ERRORS = [name for name in NAMES if name.startswith("err_")]
OPERATIONS = {
    "get_run_task": ("get_run_task", {"id": "1", "taskId": "1"}),
    "get_run": ("get_run", {"id": "1"}),
    "get_workflow_version": ("get_workflow_version", {"workflowId": "1", "versionName": "1.2.0"}),
    "get_workflow": ("get_workflow", {"id": "1"}),
    "list_run_tasks": ("list_run_tasks", {"id": "1"}),
    "list_runs": ("list_runs", {}),
    "list_workflows": ("list_workflows", {}),
}

# What the answer says, and what became of it there.
STATUSES = {
    "get_run_1": RunStatus.SUCCESS,
    "get_run_2": RunStatus.FAILED,
    "get_run_3": RunStatus.RUNNING,
    "get_run_4": RunStatus.PENDING,
    "get_run_5": RunStatus.PENDING,
    "get_run_6": RunStatus.RUNNING,
    "get_run_7": RunStatus.CANCELLED,
    "get_run_8": RunStatus.UNKNOWN,
}


def read(answer: dict[str, Any], *tasks: dict[str, Any], name: str = "get_workflow") -> FetchedRun:
    """A run with its tasks and a recorded workflow."""
    told = recorded(name)
    version = told if "versionName" in told else recorded("get_workflow_version")
    found = read_workflow(answer, recorded("get_workflow"), version, Exported())
    return read_run(BASE, answer, found, Exported(), [read_job(one, found.engine) for one in tasks])


def texts_in(value: Any) -> Iterator[str]:
    """Every text and number that a value holds, and the names in it."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from texts_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts_in(one)
    else:
        yield str(value)


def told_by(fetched: FetchedRun) -> str:
    """A record as one text: what is anywhere in it is in that."""
    return repr(fetched.record).replace("datetime.timezone.utc", "UTC") + json.dumps(
        [str(fetched.record.started_at), str(fetched.record.completed_at)]
    )


def test_every_recording_is_of_a_kind_that_is_tested() -> None:
    assert sorted((*RUNS, *TASKS, *WORKFLOWS, *LISTS, *ERRORS)) == NAMES
    assert set(RUNS) == set(STATUSES)


@pytest.fixture(scope="module")
def omics() -> Any:
    """The real client of boto3, which knows the model."""
    keys = {"aws_access_key_id": "A", "aws_secret_access_key": "S", "region_name": "eu-west-1"}
    return boto3.Session(**keys).client("omics", config=Config(ignore_configured_endpoint_urls=True))


@pytest.mark.parametrize("name", [*RUNS, *TASKS, *WORKFLOWS, *LISTS])
def test_the_services_model_takes_it(omics: Any, name: str) -> None:
    operation, asked = next(one for start, one in OPERATIONS.items() if name.startswith(start))
    with Stubber(omics) as stubber:
        stubber.add_response(operation, recorded(name), asked)
        assert plain(getattr(omics, operation)(**asked)) == recorded(name)


@pytest.mark.parametrize("name", RUNS)
def test_a_run_stands_as_it_says_and_when_it_says(name: str) -> None:
    answer, fetched = recorded(name), read(recorded(name))
    record = fetched.record
    assert (record.status, record.source_status) == (STATUSES[name], answer["status"])
    assert record.source_deleted == (answer["status"] == "DELETED")
    assert fetched.has_ended == (answer["status"] in ("COMPLETED", "FAILED", "CANCELLED", "DELETED"))
    for ours, theirs in ((record.started_at, "startTime"), (record.completed_at, "stopTime")):
        assert (ours and ours.isoformat().replace("+00:00", "Z")) == answer.get(theirs)
    assert record.origin.external_id == answer["arn"]


@pytest.mark.parametrize("name", RUNS)
def test_every_member_of_a_run_is_kept_or_left_for_a_reason(name: str) -> None:
    answer = recorded(name)
    assert set(answer) <= set(run.KEPT) | SENSITIVE
    assert_kept(answer, told_by(read(answer)), left={"startTime", "stopTime"})


@pytest.mark.parametrize("name", TASKS)
def test_every_member_of_a_task_is_kept(name: str) -> None:
    answer = recorded(name)
    assert set(answer) <= set(jobs.KEPT)
    assert_kept(
        answer, told_by(read(recorded("get_run_2"), answer)), left={"startTime", "stopTime", "memory"}
    )
    job = read_job(answer)
    assert job.requested["memory_bytes"] == answer["memory"] * 2**30
    assert [job.started_at, job.completed_at] == [
        read(recorded("get_run_1")).record.started_at.__class__.fromisoformat(answer[one])
        for one in ("startTime", "stopTime")
    ]


def test_every_task_of_a_list_is_kept() -> None:
    listed = recorded("list_run_tasks_1_p1")["items"]
    record = read(recorded("get_run_1"), *listed).record
    assert [job.external_id for job in record.jobs] == [one["taskId"] for one in listed]
    assert [step.name for step in record.steps] == ["RNASEQ:QUANT"]
    for one in listed:
        assert set(one) <= set(jobs.KEPT)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_member_of_a_workflow_is_kept_or_left_for_a_reason(name: str) -> None:
    answer = recorded(name)
    assert set(answer) <= set(workflow.KEPT)
    assert_kept(answer, told_by(read(recorded("get_run_1"), name=name)), left=set())


def assert_kept(answer: dict[str, Any], told: str, left: set[str]) -> None:
    """Each value of each member is in what was told; what is sensitive, and links, are not."""
    for member, value in answer.items():
        for one in texts_in(value) if member not in left else ():
            known_name = isinstance(value, dict) and one in RENAMED
            assert known_name or (one in told) != (member in SENSITIVE | LINKS), (member, one)
    assert "connection/abcd" not in told


RENAMED = {
    "connectionArn", "fullRepositoryId", "sourceReference", "type", "value", "providerType", "providerEndpoint",
    "arn:aws:codeconnections:eu-west-1:123456789012:connection/abcd", "TAG",
}  # fmt: skip
