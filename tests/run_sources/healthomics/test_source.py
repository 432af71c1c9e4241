"""A run fetched whole: by us, and by the real boto3 beside us."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
import responses
from botocore.config import Config

from run_sources.errors import AnswerNotUnderstood, KeyRefused, NotFound, SourceError
from run_sources.healthomics.answers import plain
from run_sources.healthomics.source import HealthOmicsSource
from run_sources.seam import FetchedRun
from tests.run_sources.healthomics.test_definition import README, ZIP, archive_of
from tests.run_sources.healthomics.wire import BASE, Wire, paged, recorded, refused, tasks
from workflows.records import DataType, RunStatus

pytestmark = pytest.mark.once
ARN = "arn:aws:omics:eu-west-1:123456789012:run/1"
Sources = Callable[..., HealthOmicsSource]


def linked(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer with the links of an export."""
    return {**answer, "definition": ZIP, "readme": README}


def test_a_run_is_fetched_with_its_tasks_over_pages_and_its_workflow(wire: Wire, source_of: Sources) -> None:
    asked: list[str] = []
    wire.has_run(recorded("get_run_1"), tasks(1, 250))
    found = source_of(on_answer=lambda path, status, body: asked.append(path)).fetch("1")
    record = found.record
    assert (record.status, record.workflow.version if record.workflow else "") == (RunStatus.SUCCESS, "1.2.0")
    assert [job.external_id for job in record.jobs] == [str(1_000_000 + n) for n in range(1, 251)]
    assert all(job.scheduler["log_stream"] for job in record.jobs)
    assert asked[:6] == [
        "/run/1", "/workflow/1234567", "/workflow/1234567/version/1.2.0",
        "/run/1/task", "/run/1/task?startingToken=100", "/run/1/task?startingToken=200",
    ]  # fmt: skip
    assert asked[6:] == [f"/run/1/task/{job.external_id}" for job in record.jobs]
    assert found.has_ended


def test_the_definition_of_the_version_that_ran_is_kept(wire: Wire, source: HealthOmicsSource) -> None:
    wire.has_run(recorded("get_run_1"))
    wire.answers["/workflow/1234567/version/1.2.0"] = linked(recorded("get_workflow_version"))
    with responses.RequestsMock() as s3:
        s3.get(ZIP, archive_of("nextflow.config"))
        s3.get(README, "# Mini")
        found = source.fetch("1")
    assert found.record.workflow is not None
    assert {file.path for file in found.record.workflow.files} == set(found.files)
    assert set(found.files) == {"main.nf", "nextflow.config", "README.md"}
    assert len(found.remarks) == 1  # the digest of the recording is of another archive


def test_of_a_large_run_only_some_tasks_are_asked_for_one_by_one(
    wire: Wire, source: HealthOmicsSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("run_sources.healthomics.translate.jobs.MOST_DETAILS", 5)
    wire.has_run(recorded("get_run_1"), tasks(1, 350))
    found = source.fetch("1")
    assert len(found.record.jobs) == 350
    assert len([path for path in wire.asked if path.startswith("/run/1/task/")]) == 5
    assert any("5 of 350 tasks" in one for one in found.remarks)


def test_a_failed_task_says_why(wire: Wire, source: HealthOmicsSource) -> None:
    failed = recorded("get_run_task_failed")
    short = {key: one for key, one in failed.items() if key in tasks(1, 1)[0]}
    wire.has_run(recorded("get_run_2"), [short]).answers[f"/run/2/task/{failed['taskId']}"] = failed
    (job,) = source.fetch("2").record.jobs
    assert (job.status, job.message) == (RunStatus.FAILED, "exit code 137 (TASK_FAILED)")


def test_details_that_cannot_be_read_leave_the_task(wire: Wire, source: HealthOmicsSource) -> None:
    wire.has_run(recorded("get_run_1"), tasks(1, 3))
    wire.answers["/run/1/task/1000002"] = refused("AccessDeniedException", 403)
    wire.answers["/run/1/task/1000003"] = [
        refused("ThrottlingException", 429),
        wire.answers["/run/1/task/1000003"],
    ]
    found = source.fetch("1")
    assert [bool(job.container_image) for job in found.record.jobs] == [True, False, True]
    assert any("details of 1 tasks" in one for one in found.remarks)


def test_credentials_that_run_out_on_the_way_end_the_work(wire: Wire, source: HealthOmicsSource) -> None:
    wire.has_run(recorded("get_run_1"), tasks(1, 3))
    wire.answers["/run/1/task/1000002"] = refused("ExpiredTokenException", 403)
    with pytest.raises(KeyRefused, match="expired"):
        source.fetch("1")


def test_tasks_that_may_not_be_listed_are_a_remark(wire: Wire, source: HealthOmicsSource) -> None:
    wire.has_run(recorded("get_run_8")).answers["/run/8/task"] = refused("ResourceNotFoundException", 404)
    found = source.fetch("8")
    assert found.record.jobs == ()
    assert (found.record.status, found.record.source_deleted) == (RunStatus.UNKNOWN, True)
    assert any(one.startswith("The tasks of the run could not be read") for one in found.remarks)


def test_a_workflow_that_is_gone_is_a_remark(wire: Wire, source: HealthOmicsSource) -> None:
    wire.has_run(recorded("get_run_1"))
    for path in ("/workflow/1234567", "/workflow/1234567/version/1.2.0"):
        wire.answers[path] = refused("ResourceNotFoundException", 404)
    found = source.fetch("1")
    assert found.record.workflow is not None
    assert found.record.workflow.name == "HealthOmics workflow 1234567"
    assert any(one.startswith("The workflow could not be read") for one in found.remarks)


def test_a_shared_workflow_is_asked_for_as_its_owners_and_not_exported(
    wire: Wire, source: HealthOmicsSource
) -> None:
    wire.has_run(recorded("get_run_1") | {"workflowOwnerId": "210987654321"})
    found = source.fetch("1")
    urls = [one.url for one in wire.requests if "/workflow/" in one.url]
    assert all("workflowOwnerId=210987654321" in url and "export" not in url for url in urls)
    assert any("another account's" in one for one in found.remarks)


def test_where_an_export_is_refused_the_rest_is_read(wire: Wire, source: HealthOmicsSource) -> None:
    unversioned = {key: one for key, one in recorded("get_run_1").items() if key != "workflowVersionName"}
    wire.has_run(unversioned | {"workflowType": "READY2RUN"})
    wire.answers["/workflow/1234567"] = lambda query: (
        refused("ValidationException", 400, "no export")
        if "export" in query
        else recorded("get_workflow_noexport")
    )
    found = source.fetch("1")
    assert found.record.workflow is not None
    assert (found.record.workflow.name, found.record.workflow.version) == ("rnaseq-mini", "default")
    assert any("does not give out the workflow's definition" in one for one in found.remarks)
    assert "type=READY2RUN" in wire.requests[1].url


def test_a_run_of_another_account_is_not_taken_for_the_one_that_was_named(
    wire: Wire, source: HealthOmicsSource
) -> None:
    wire.has_run(recorded("get_run_1"))
    assert source.fetch(ARN).record.origin.external_id == ARN
    with pytest.raises(NotFound, match="account 999999999999"):
        source.fetch(ARN.replace("123456789012", "999999999999"))


def test_the_runs_of_a_workflow_are_listed_newest_first(wire: Wire, source: HealthOmicsSource) -> None:
    items = recorded("list_runs")["items"]
    other = {**items[0], "id": "90", "workflowId": "9"}
    older = {**items[0], "id": "91", "workflowVersionName": "1.1.0", "creationTime": "2026-11-20T08:00:00Z"}
    wire.answers["/run"] = paged([other, *items, older, *({**other, "id": str(n)} for n in range(100, 300))])
    assert list(source.list_run_ids("workflow", "1234567")) == [*"87654321", "91"]
    assert list(source.list_run_ids("workflow", "1234567/version/1.1.0")) == ["91"]
    assert list(source.list_run_ids("workflow", "404")) == []
    with pytest.raises(NotFound):
        list(source.list_run_ids("history", "1"))


def test_files_are_not_fetched(source: HealthOmicsSource) -> None:
    with pytest.raises(SourceError, match="S3"):
        source.open_file("1", "output/")


def test_work_that_is_to_stop_stops_between_requests(wire: Wire, source_of: Sources) -> None:
    class Stopped(Exception):
        pass

    def check() -> None:
        if len(wire.asked) >= 4:
            raise Stopped

    wire.has_run(recorded("get_run_1"), tasks(1, 250))
    with pytest.raises(Stopped):
        source_of(check=check).fetch("1")
    assert len(wire.asked) == 4


def test_what_is_kept_of_answers_has_no_links_and_nothing_sensitive(wire: Wire, source_of: Sources) -> None:
    kept: list[Any] = []
    wire.has_run(recorded("get_run_1"))
    source_of(on_answer=lambda *one: kept.append(one)).fetch("1")
    assert not any(
        one in repr(kept) for one in ("role/OmicsRun", "X-Amz-", "ResponseMetadata", "connection/abcd")
    )
    assert "demo-bucket/reads/S1_R1.fastq.gz" in repr(kept)


# --- The real boto3 beside us -------------------------------------------------------------------------


@pytest.fixture
def theirs(wire: Wire) -> Any:
    """A client as a user of boto3 makes it."""
    session = boto3.Session("AKIDEXAMPLE", "secret", region_name="eu-west-1")
    client = session.client("omics", config=Config(ignore_configured_endpoint_urls=True, proxies={}))
    client.meta.events.register("before-send", wire)
    return client


@pytest.mark.parametrize("number", "12345678")
def test_boto3_and_we_agree_on_every_field_of_a_run(
    wire: Wire, source: HealthOmicsSource, theirs: Any, number: str
) -> None:
    wire.has_run(recorded(f"get_run_{number}"), tasks(int(number), 120 if number == "1" else 2))
    found = source.fetch(number)
    told = theirs.get_run(id=number)
    assert_same_run(found, told)
    pages = theirs.get_paginator("list_run_tasks").paginate(id=number)
    for job, one in zip(found.record.jobs, (task for page in pages for task in page["items"]), strict=True):
        detail = theirs.get_run_task(id=number, taskId=one["taskId"])
        assert (job.external_id, job.name, job.source_status) == (one["taskId"], one["name"], one["status"])
        assert (job.started_at, job.completed_at) == (one["startTime"], one["stopTime"])
        assert job.requested == {
            "cpus": one["cpus"], "gpus": one["gpus"], "memory_bytes": one["memory"] * 2**30,
        }  # fmt: skip
        assert job.container_image == detail["imageDetails"]["image"]
        assert job.scheduler == {
            "kind": "AWS HealthOmics", "job_id": one["taskId"], "instance_type": one["instanceType"],
            "uuid": one["uuid"], "created_at": plain(one["creationTime"]), "cache_hit": one["cacheHit"],
            "log_stream": detail["logStream"], "image": detail["imageDetails"],
        }  # fmt: skip


def assert_same_run(found: FetchedRun, told: dict[str, Any]) -> None:
    record = found.record
    assert (record.name, record.source_status) == (told["name"], told["status"])
    assert (record.started_at, record.completed_at) == (told.get("startTime"), told.get("stopTime"))
    assert {one.name: one.value for one in record.parameters} == told["parameters"]
    assert (record.tags, record.metadata["uuid"]) == (told["tags"], told["uuid"])
    assert record.origin.external_id == told["arn"]
    assert record.metadata["resource_digests"] == told["resourceDigests"]
    assert record.metadata["log_location"] == told["logLocation"]
    assert [one.uri for one in record.files_of(DataType.OUTPUT)] == [told["runOutputUri"] + "/"]
    assert record.message == (
        f"{told['statusMessage']} ({told['failureReason']})" if "failureReason" in told else ""
    )


def test_boto3_and_we_agree_on_every_field_of_a_version(
    wire: Wire, source: HealthOmicsSource, theirs: Any
) -> None:
    wire.has_run(recorded("get_run_1"))
    found = source.fetch("1").record.workflow
    assert found is not None
    told = theirs.get_workflow(id="1234567")
    version = theirs.get_workflow_version(workflowId="1234567", versionName="1.2.0")
    assert (found.name, found.description) == (told["name"], told["description"])
    assert (found.version, found.engine) == (version["versionName"], version["engine"])
    assert found.source_digest == version["digest"]
    assert found.parameter_template == version["parameterTemplate"]
    assert found.requirements == {
        "storage_type": version["storageType"], "storage_capacity_gib": told["storageCapacity"]
    }  # fmt: skip
    assert found.container_registry_map == told["containerRegistryMap"]
    assert found.repository["full_id"] == told["definitionRepositoryDetails"]["fullRepositoryId"]
    assert (found.metadata["arn"], found.metadata["workflow_arn"]) == (version["arn"], told["arn"])


def test_a_server_of_another_shape_is_not_believed_to_be_one(wire: Wire, source_of: Sources) -> None:
    wire.answers["/run/1"] = {"run_id": "1", "state": "COMPLETE"}
    with pytest.raises(AnswerNotUnderstood):
        source_of(BASE).fetch("1")
