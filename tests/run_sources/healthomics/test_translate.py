"""What answers mean, without anybody being asked."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from run_sources.healthomics.answers import plain, shown
from run_sources.healthomics.definition import Exported
from run_sources.healthomics.translate import details_wanted, read_job, read_run, read_workflow, with_details
from run_sources.healthomics.translate.jobs import MOST_DETAILS, step_of
from run_sources.healthomics.translate.statuses import STATUSES
from run_sources.seam import FetchedRun
from tests.run_sources.healthomics.wire import BASE, recorded
from workflows.records import DataType, Engine, FileType, RunRecord, RunStatus, StatusBasis, WorkflowRecord

NOTHING = Exported()
WORKFLOW = WorkflowRecord(name="w", version="1", engine=Engine.NEXTFLOW)


def fetched(tasks: list[dict[str, Any]] | None = None, base: str = BASE, **changes: Any) -> FetchedRun:
    """A recorded run with some members changed; None takes one away."""
    answer = {key: one for key, one in (recorded("get_run_1") | changes).items() if one is not None}
    listed = [read_job(one, Engine.NEXTFLOW) for one in tasks or []]
    return read_run(base, answer, WORKFLOW, NOTHING, listed)


def run(*tasks: dict[str, Any], **changes: Any) -> RunRecord:
    return fetched(list(tasks), **changes).record


def task(number: int = 1, status: str = "COMPLETED", **more: Any) -> dict[str, Any]:
    return {"taskId": str(number), "status": status, "name": f"QUANT (S{number})", **more}


def workflow(exported: Exported = NOTHING, **changes: Any) -> WorkflowRecord:
    return read_workflow(recorded("get_run_1"), recorded("get_workflow") | changes, {}, exported)


@pytest.mark.parametrize(("word", "status"), STATUSES.items())
def test_words_are_translated_by_the_table(word: str, status: RunStatus) -> None:
    assert (run(status=word).status, run(status=word).status_basis) == (status, StatusBasis.REPORTED)
    assert read_job(task(status=word)).status == status


def test_a_word_that_nobody_knows_is_kept_and_told() -> None:
    found = fetched([task(status="PONDERING")], status="MUSING")
    assert (found.record.status, found.record.source_status) == (RunStatus.UNKNOWN, "MUSING")
    assert not found.has_ended
    assert any("'MUSING'" in one for one in found.remarks)
    assert any("'PONDERING'" in one for one in found.remarks)


@pytest.mark.parametrize(
    ("tasks", "changes", "status", "basis"),
    [
        ([], {}, RunStatus.UNKNOWN, StatusBasis.ASSUMED),
        ([task()], {}, RunStatus.SUCCESS, StatusBasis.INFERRED),
        ([task()], {"stopTime": None}, RunStatus.UNKNOWN, StatusBasis.ASSUMED),
        ([task()], {"failureReason": "WORKFLOW_RUN_FAILED"}, RunStatus.FAILED, StatusBasis.INFERRED),
        ([task(), task(2, "CANCELLED")], {}, RunStatus.CANCELLED, StatusBasis.INFERRED),
        ([task(), task(2, "FAILED")], {}, RunStatus.UNKNOWN, StatusBasis.ASSUMED),
    ],
)
def test_a_deleted_run_stands_as_what_is_left_of_it_says(
    tasks: list[Any], changes: dict[str, Any], status: RunStatus, basis: StatusBasis
) -> None:
    record = run(*tasks, status="DELETED", **changes)
    assert (record.status, record.status_basis, record.source_deleted) == (status, basis, True)


def test_why_a_run_failed_is_said_in_its_own_words() -> None:
    assert run(statusMessage="Task quant failed", failureReason="X").message == "Task quant failed (X)"
    assert run(failureReason="X").message == "X"


def test_a_task_from_the_cache_is_a_success_with_a_word() -> None:
    job = read_job(task(cacheHit=True, cacheS3Uri="s3://cache/1"))
    assert (job.status, job.message) == (
        RunStatus.SUCCESS,
        "Taken from the run cache: it was not run again.",
    )
    assert job.scheduler["cache_s3_uri"] == "s3://cache/1"


def test_what_was_set_aside_is_requested_and_nothing_is_said_of_what_was_used() -> None:
    job = read_job(task(cpus=4, memory=16, gpus=1, instanceType="omics.g5.xlarge"))
    assert job.requested == {"cpus": 4, "memory_bytes": 16 * 2**30, "gpus": 1}
    assert job.resources == {}
    assert job.scheduler["instance_type"] == "omics.g5.xlarge"


@pytest.mark.parametrize("odd", ["4", True, -1, None, float("nan")])
def test_what_is_no_number_is_not_kept_as_one(odd: Any) -> None:
    assert read_job(task(cpus=odd, memory=odd)).requested == {}


def test_a_half_told_task_is_still_a_job() -> None:
    job = read_job({"taskId": "9"})
    assert (job.name, job.external_id, job.status) == ("Task 9", "9", RunStatus.UNKNOWN)


@pytest.mark.parametrize(
    ("name", "engine", "step"),
    [
        ("A:B (S1)", Engine.NEXTFLOW, "A:B"),
        ("A:B (a (b))", Engine.NEXTFLOW, "A:B"),
        ("A:B", Engine.NEXTFLOW, "A:B"),
        ("align (S1)", Engine.WDL, "align (S1)"),
    ],
)
def test_only_nextflow_names_tasks_after_processes(name: str, engine: Engine, step: str) -> None:
    assert step_of(name, engine) == step


def test_a_step_fails_with_its_jobs_unless_the_run_went_well() -> None:
    two = (task(1), task(2, "FAILED", statusMessage="exit 1"))
    failed, passed = run(*two, status="FAILED").steps[0], run(*two).steps[0]
    assert (failed.status, failed.message) == (RunStatus.FAILED, "exit 1")
    assert passed.status == RunStatus.SUCCESS


def test_those_that_failed_and_one_of_each_step_are_asked_for_first() -> None:
    many = [read_job(task(n), Engine.NEXTFLOW) for n in range(1000)]
    more = [read_job(task(2000, "FAILED")), read_job(task(3000) | {"name": "OTHER"})]
    wanted = details_wanted([*many, *more])
    assert wanted[:3] == ["2000", "0", "3000"]
    assert len(wanted) == len(set(wanted)) == MOST_DETAILS


def test_details_add_to_a_job_and_an_image_is_named_by_its_whole_digest() -> None:
    image = {"image": "ecr/salmon:1", "imageDigest": f"sha256:{'a' * 64}", "sourceImage": "quay.io/salmon:1"}
    job = with_details(read_job(task(uuid="u")), {"logStream": "arn:logs", "imageDetails": image})
    assert job.container_image == f"ecr/salmon:1@sha256:{'a' * 64}"
    assert (job.scheduler["uuid"], job.scheduler["log_stream"]) == ("u", "arn:logs")
    assert job.scheduler["image"] == image
    assert job.scheduler["job_id"] == "1"


def test_addresses_in_s3_become_inputs_wherever_they_stand() -> None:
    record = run(
        parameters={
            "deep": [{"a": {"b": "s3://bucket/x/S 1.bam"}}],
            "again": "s3://bucket/x/S 1.bam",
            "n": 1,
        },
        resourceDigests={"s3://bucket/only/there": "etag:1", "s3://bucket/sum": f"sha256:{'b' * 64}"},
    )
    inputs = record.files_of(DataType.INPUT)
    assert [one.uri for one in inputs] == [
        "s3://bucket/x/S 1.bam",
        "s3://bucket/only/there",
        "s3://bucket/sum",
    ]
    assert inputs[0].path == "bucket/x/S 1.bam"
    assert inputs[2].sha256 == "b" * 64
    assert record.metadata["resource_digests"]["s3://bucket/only/there"] == "etag:1"


def test_an_etag_is_never_taken_for_an_md5() -> None:
    first = run().datasets[0]
    assert first.dataset.files[0].md5sum == ""
    assert "etag:5d41402abc4b2a76b9719d911017c592" in first.dataset.description


@pytest.mark.parametrize("uri", ["s3://b", "s3://", "s3:///key", "https://b/k", "s3://UP/k"])
def test_what_is_no_address_in_s3_is_a_parameter_only(uri: str) -> None:
    assert not run(parameters={"a": uri}, resourceDigests={}).files_of(DataType.INPUT)


def test_paths_hold_nothing_that_leads_elsewhere_and_fit() -> None:
    long = f"s3://bucket/{'x' * 1100}"
    record = run(parameters={"a": ["s3://bucket/../../etc/passwd", long]}, resourceDigests={})
    paths = [one.path for one in record.files_of(DataType.INPUT)]
    assert paths[0] == "bucket/etc/passwd"
    assert len(paths[1]) == 1024


def test_the_folder_of_the_output_is_one_dataset() -> None:
    (output,) = run().files_of(DataType.OUTPUT)
    assert (output.uri, output.path) == ("s3://demo-bucket/out/1/", "output/")
    assert not run(runOutputUri=None).files_of(DataType.OUTPUT)


@pytest.mark.parametrize(
    ("told", "names"), [({"a": 1}, ["a"]), ([1], ["parameters"]), ("x", ["parameters"]), (None, []), ({}, [])]
)
def test_parameters_are_of_any_shape(told: Any, names: list[str]) -> None:
    assert [one.name for one in run(parameters=told).parameters] == names


def test_what_no_database_keeps_is_replaced() -> None:
    record = run(name="a\0b", parameters={"x\0": ["\ud800", {"y": float("inf")}]}, tags={"k": "v\0"})
    assert record.name == "a\ufffdb"
    assert record.parameters[0].name == "x\ufffd"
    assert record.parameters[0].value == ["\ufffd", {"y": "inf"}]
    assert record.tags == {"k": "v\ufffd"}


def test_who_started_it_is_named_by_the_end_of_the_arn() -> None:
    assert [one.name for one in run().people] == ["ada"]
    assert run(startedBy="arn:aws:iam::123456789012:root").people[0].name == "root"
    assert run(startedBy=None).people == ()


def test_a_duplicate_is_linked_to_what_it_repeats() -> None:
    assert run(runId="1").rerun_of == ""
    assert run(runId="77").rerun_of == "arn:aws:omics:eu-west-1:123456789012:run/77"
    away = fetched(base="http://127.0.0.1:9000", runId="77").record
    assert (away.rerun_of, away.origin.external_id) == (
        "http://127.0.0.1:9000/run/77",
        "http://127.0.0.1:9000/run/1",
    )


def test_dynamic_storage_is_what_was_used_once_the_run_has_ended() -> None:
    assert run().run_environment["storage_used_gib"] == 1200
    assert run(status="RUNNING").run_environment["storage_capacity_gib"] == 1200
    assert run(storageType="STATIC").run_environment["storage_capacity_gib"] == 1200


def test_groups_batches_and_caches_are_kept_and_what_is_new_too() -> None:
    record = run(
        runGroupId="5", batchId="6", cacheId="7", cacheBehavior="CACHE_ALWAYS", moonPhase={"is": "full"}
    )
    told = record.metadata
    assert (told["run_group_id"], told["batch_id"], told["cache_id"]) == ("5", "6", "7")
    assert told["more"] == {"moon_phase": {"is": "full"}}


def test_what_is_sensitive_is_in_no_record_and_in_no_kept_answer() -> None:
    secret = {
        "sessionPolicy": "POLICY",
        "vpcConfig": {"vpcId": "vpc-secret"},
        "configuration": {"arn": "arn:x", "name": "lab"},
    }
    answer = recorded("get_run_1") | secret
    for told in (repr(run(**secret)), repr(shown(answer))):
        assert not any(one in told for one in ("POLICY", "vpc-secret", "role/OmicsRun"))
    kept = shown(recorded("get_workflow"))
    assert "X-Amz" not in repr(kept)
    assert "connectionArn" not in repr(kept)
    assert run(**secret).metadata["configuration"] == "lab"


def test_parameters_are_kept_whatever_they_are_called() -> None:
    assert shown({"parameters": {"roleArn": "mine"}}) == {"parameters": {"roleArn": "mine"}}


def test_what_boto3_hands_over_becomes_json() -> None:
    moment = datetime(2026, 11, 20, 10, tzinfo=timezone(timedelta(hours=1)))
    told = plain({"at": moment, "ResponseMetadata": {"RetryAttempts": 0}, "b": (b"x", 1)})
    assert told == {"at": "2026-11-20T09:00:00Z", "b": ["b'x'", 1]}


def test_a_workflow_has_its_template_repository_and_registries() -> None:
    mapped = {
        "registryMappings": [{"upstreamRegistryUrl": "quay.io", "credentialArn": "arn:secret"}],
        "odd": 3,
    }
    found = workflow(
        containerRegistryMap=mapped,
        parameterTemplate={"a": {"description": "x", "optional": True}, "b": {"type": "File"}, "c": None},
        accelerators="GPU",
    )
    assert found.parameter_template == {
        "a": {"description": "x", "optional": True},
        "b": {"type": "File"},
        "c": {},
    }
    assert found.container_registry_map == {"registryMappings": [{"upstreamRegistryUrl": "quay.io"}]}
    assert found.requirements == {
        "accelerators": "GPU",
        "storage_type": "DYNAMIC",
        "storage_capacity_gib": 1200,
    }
    assert found.repository["tag"] == "v1.2.0"
    assert found.repository_url == "https://github.com/acme/rnaseq-mini"
    assert found.tags == {"project": "demo"}


@pytest.mark.parametrize(
    ("details", "commit", "url"),
    [
        ({"sourceReference": {"type": "COMMIT", "value": "abc"}}, "abc", ""),
        ({"providerEndpoint": "javascript:alert(1)", "fullRepositoryId": "a/b"}, "", ""),
        ({"providerEndpoint": "https://git.example.org/", "fullRepositoryId": "a/../b?x"}, "", ""),
        (
            {"providerEndpoint": "https://git.example.org/", "fullRepositoryId": "g/a/b"},
            "",
            "https://git.example.org/g/a/b",
        ),
    ],
)
def test_only_an_address_is_linked_and_only_a_commit_is_one(
    details: dict[str, Any], commit: str, url: str
) -> None:
    found = workflow(definitionRepositoryDetails=details)
    assert (found.commit_hash, found.repository_url) == (commit, url)


@pytest.mark.parametrize(
    ("word", "engine"), [("WDL_LENIENT", Engine.WDL), ("CWL", Engine.CWL), ("NEW", Engine.OTHER)]
)
def test_engines_newer_than_ours_are_taken(word: str, engine: Engine) -> None:
    found = workflow(engine=word)
    assert (found.engine, found.metadata["engine"]) == (engine, word)


def test_a_workflow_that_may_not_be_read_is_what_the_run_says() -> None:
    found = read_workflow(recorded("get_run_1"), {}, {}, NOTHING)
    assert (found.name, found.version) == ("HealthOmics workflow 1234567", "1.2.0")
    assert found.source_digest == recorded("get_run_1")["digest"]


def test_files_have_the_types_that_their_names_say() -> None:
    names = (
        "main.nf",
        "nextflow.config",
        "params.json",
        "docs/README.md",
        "LICENSE",
        "tests/a.nf",
        "bin/run.py",
    )
    found = workflow(Exported(files=dict.fromkeys(names, b"x")))
    assert {one.path: one.data_type for one in found.files} == {
        "main.nf": FileType.MAIN,
        "nextflow.config": FileType.CONFIG,
        "params.json": FileType.PARAMETER,
        "docs/README.md": FileType.README,
        "LICENSE": FileType.LICENSE,
        "tests/a.nf": FileType.TEST,
        "bin/run.py": FileType.OTHER,
    }
    assert [one.path for one in found.files] == sorted(names)


@pytest.mark.parametrize(
    ("main", "names", "found"),
    [
        ("main.nf", ["pipeline/main.nf"], "pipeline/main.nf"),
        ("./main.nf", ["main.nf"], "main.nf"),
        ("main.nf", ["a/main.nf", "b/main.nf"], ""),
        ("", ["main.wdl", "x.wdl"], "main.wdl"),
        ("gone.nf", ["x.nf"], ""),
    ],
)
def test_the_entry_point_is_found_or_left_open(main: str, names: list[str], found: str) -> None:
    files = workflow(Exported(files=dict.fromkeys(names, b"x")), main=main).files
    assert [one.path for one in files if one.data_type == FileType.MAIN] == ([found] if found else [])
