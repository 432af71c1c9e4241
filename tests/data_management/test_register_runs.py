"""What a registration can say of a run, its steps and its jobs; and of one that is registered again."""

from typing import Any

import pytest

from accounts.models import User
from tests.factories import a_dataset, a_file
from workflows.models import JobFileLink, WorkflowRun, WorkflowRunJob, WorkflowRunStep

JOB = {"name": "count", "external_id": "1", "files": [{"path": "results/counts.tsv", "role": "MADE"}]}


def links_of(run: WorkflowRun) -> set[tuple[str, str]]:
    rows = JobFileLink.objects.filter(job__workflowrun=run)
    return set(rows.values_list("datafile__path", "role"))


def test_why_a_run_a_step_and_a_job_stand_as_they_do(register: Any, example: dict[str, Any]) -> None:
    told = {"status": "FAILED", "status_basis": "INFERRED", "message": "count failed"}
    steps = [{"name": "count", "message": "one of its jobs failed"}]
    jobs = [{**JOB, "message": "exit 3", "after": ["7", "6", "7"]}]
    example["workflowrun"] |= {**told, "steps": steps, "jobs": jobs}
    assert register(example).json()["warnings"] == []
    run = WorkflowRun.objects.get()
    assert (run.status_basis, run.message) == ("INFERRED", "count failed")
    assert WorkflowRunStep.objects.get().message == "one of its jobs failed"
    job = WorkflowRunJob.objects.get()
    assert (job.message, job.after) == ("exit 3", ["6", "7"])


def test_a_new_run_may_be_said_to_be_of_no_version(register: Any, example: dict[str, Any]) -> None:
    example["workflowrun"]["workflowversion"] = None
    assert register(example).status_code == 201
    assert WorkflowRun.objects.get().workflowversion is None


@pytest.mark.parametrize("after", ["6", [6], ["\0"]])
def test_what_a_job_came_after_is_a_list_of_texts(register: Any, example: dict[str, Any], after: Any) -> None:
    example["workflowrun"]["jobs"] = [{**JOB, "after": after}]
    assert register(example).status_code == 400


def test_a_job_may_have_used_a_file_that_is_known(register: Any, example: dict[str, Any], ada: User) -> None:
    known = a_file(a_dataset(ada), "reads.fastq", b"ACGT\n")
    link = {"path": "data/renamed.fastq", "role": "USED", "sha256": known.sha256}
    example["datasets"][0]["id"] = str(known.dataset_id)
    example["workflowrun"]["jobs"] = [{**JOB, "files": [*JOB["files"], link]}]
    assert register(example).status_code == 201
    assert links_of(WorkflowRun.objects.get()) == {("results/counts.tsv", "MADE"), ("reads.fastq", "USED")}


def test_a_content_that_the_run_does_not_have_is_no_file_of_a_job(
    register: Any, example: dict[str, Any], ada: User, eve: User
) -> None:
    secret = a_file(a_dataset(eve), "secret", b"secret")
    link = {"path": "secret", "role": "USED", "sha256": secret.sha256}
    example["workflowrun"]["jobs"] = [{**JOB, "files": [link]}]
    assert register(example).status_code == 201
    assert links_of(WorkflowRun.objects.get()) == set()


def test_a_run_told_again_keeps_the_files_of_its_jobs(register: Any, example: dict[str, Any]) -> None:
    example["workflowrun"]["jobs"] = [JOB]
    run = WorkflowRun.objects.get(pk=register(example).json()["workflowrun"]["id"])
    again = {"id": str(run.pk), "jobs": [{**JOB, "status": "SUCCESS"}]}
    assert register({"workflowrun": again}).status_code == 201
    assert links_of(run) == {("results/counts.tsv", "MADE")}
    assert WorkflowRunJob.objects.get().status == "SUCCESS"
