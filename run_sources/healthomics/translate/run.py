"""A run of HealthOmics, with its tasks and its workflow, as a record."""

from collections.abc import Iterator, Sequence

from run_sources.healthomics.addresses import is_of_aws, page_of
from run_sources.healthomics.answers import Json
from run_sources.healthomics.definition import Exported
from run_sources.healthomics.translate.data import MOST_FILES, input_addresses, read_datasets
from run_sources.healthomics.translate.jobs import read_steps
from run_sources.healthomics.translate.reading import (
    MESSAGE,
    NAME,
    clean,
    count,
    cut,
    mapping,
    named,
    plain,
    rest_of,
    text,
    texts,
    time,
)
from run_sources.healthomics.translate.statuses import ENDED, Outcome, outcome_of
from run_sources.healthomics.translate.workflow import remarks_on
from run_sources.seam import FetchedRun
from workflows.records import (
    JobRecord,
    ParameterRecord,
    PersonRecord,
    RunOrigin,
    RunRecord,
    WorkflowRecord,
)

# Where each member of a run is kept; the docs show the same.
KEPT = {
    "arn": "origin: external_id",
    "id": "metadata.run_id",
    "uuid": "metadata.uuid",
    "name": "name",
    "status": "status and source_status",
    "statusMessage": "message",
    "failureReason": "message",
    "workflowId": "workflow: metadata.workflow_id",
    "workflowUuid": "metadata.workflow_uuid",
    "workflowType": "metadata.workflow_type",
    "workflowVersionName": "workflow: version",
    "workflowOwnerId": "metadata.workflow_owner_id",
    "digest": "workflow: source_digest; metadata.digest",
    "definition": "left: a link that runs out; the workflow's own is followed",
    "parameters": "parameters, and datasets of type INPUT for S3 addresses",
    "outputUri": "metadata.output_uri",
    "runOutputUri": "dataset of type OUTPUT",
    "resourceDigests": "metadata.resource_digests, and in the description of the datasets",
    "runId": "rerun_of, where it is another run's",
    "startedBy": "people: the name; metadata.started_by",
    "creationTime": "metadata.creation_time",
    "startTime": "started_at",
    "stopTime": "completed_at",
    "engineVersion": "workflow: engine_version, and run_environment",
    "engineSettings": "run_environment.engine_settings",
    "accelerators": "run_environment.accelerators",
    "storageType": "run_environment.storage_type",
    "storageCapacity": "run_environment.storage_capacity_gib, or storage_used_gib for DYNAMIC once it has ended",
    "scratchStorageMode": "run_environment.scratch_storage_mode",
    "networkingMode": "run_environment.networking_mode",
    "configuration": "metadata.configuration (its name only)",
    "tags": "tags",
    "logLevel": "metadata.log_level",
    "logLocation": "metadata.log_location",
    "priority": "metadata.priority",
    "runGroupId": "metadata.run_group_id",
    "batchId": "metadata.batch_id",
    "cacheId": "metadata.cache_id",
    "cacheBehavior": "metadata.cache_behavior",
    "retentionMode": "metadata.retention_mode",
    "outputUriPrefixMode": "metadata.output_uri_prefix_mode",
}
_OF_METADATA = (
    "uuid", "workflowUuid", "workflowType", "workflowOwnerId", "digest", "outputUri", "resourceDigests", "startedBy",
    "creationTime", "logLevel", "logLocation", "priority", "runGroupId", "batchId", "cacheId", "cacheBehavior",
    "retentionMode", "outputUriPrefixMode",
)  # fmt: skip
_OF_ENVIRONMENT = (
    "engineVersion",
    "engineSettings",
    "accelerators",
    "storageType",
    "scratchStorageMode",
    "networkingMode",
)
_MOST_REMARKS, _LONGEST_REMARK = 50, 600


def has_ended(run: Json) -> bool:
    """Whether asking again changes nothing."""
    return text(run, "status") in ENDED


def read_run(
    base: str,
    run: Json,
    workflow: WorkflowRecord,
    exported: Exported,
    jobs: Sequence[JobRecord],
    remarks: Sequence[str] = (),
) -> FetchedRun:
    """All that is known of a run."""
    outcome = outcome_of(run, jobs)
    told = [
        *outcome.remarks,
        *exported.remarks,
        *remarks_on(run, workflow, exported),
        *_remarks(run, jobs),
        *remarks,
    ]
    return FetchedRun(
        record=_record(base, run, workflow, jobs, outcome),
        has_ended=has_ended(run),
        remarks=tuple(cut(one, _LONGEST_REMARK) for one in dict.fromkeys(told))[:_MOST_REMARKS],
        files=dict(exported.files),
    )


def _record(
    base: str, run: Json, workflow: WorkflowRecord, jobs: Sequence[JobRecord], outcome: Outcome
) -> RunRecord:
    number = text(run, "id", NAME)
    return RunRecord(
        name=text(run, "name", NAME) or f"HealthOmics run {number}",
        workflow=workflow,
        status=outcome.status,
        status_basis=outcome.basis,
        source_status=outcome.word,
        source_deleted=outcome.is_deleted,
        message=_message(run),
        started_at=time(run, "startTime"),
        completed_at=time(run, "stopTime"),
        run_environment=_environment(run, workflow),
        is_imported=True,
        origin=RunOrigin("healthomics", page_of(base, "run", number), _external_id(base, run, number)),
        people=tuple(_people(run)),
        parameters=tuple(_parameters(run)),
        steps=read_steps(jobs, outcome.status),
        jobs=tuple(jobs),
        datasets=read_datasets(run),
        rerun_of=_rerun_of(base, run, number),
        tags=texts(run, "tags"),
        metadata=_metadata(run, number),
    )


def _external_id(base: str, run: Json, number: str) -> str:
    """The ARN, which names a run among all of AWS; at a server of another's, its address for the run."""
    arn = text(run, "arn", NAME)
    return arn if arn and is_of_aws(base) else cut(f"{base}/run/{number}", NAME)


def _rerun_of(base: str, run: Json, number: str) -> str:
    """The run that this one was started as a duplicate of, named as its own origin would be."""
    repeated = text(run, "runId", 40)
    if not repeated or repeated == number:
        return ""
    arn = text(run, "arn", NAME)
    return _external_id(base, {"arn": f"{arn.rpartition('/')[0]}/{repeated}" if arn else ""}, repeated)


def _message(run: Json) -> str:
    said, reason = text(run, "statusMessage"), text(run, "failureReason", NAME)
    return cut(f"{said} ({reason})" if said and reason else said or reason, MESSAGE)


def _environment(run: Json, workflow: WorkflowRecord) -> Json:
    """What the run ran on. With DYNAMIC storage, an ended run's capacity is the most that it used."""
    capacity = count(run, "storageCapacity")
    is_used = text(run, "storageType") == "DYNAMIC" and has_ended(run)
    name = "storage_used_gib" if is_used else "storage_capacity_gib"
    told = {"service": "AWS HealthOmics", "engine": workflow.engine.value, **named(run, _OF_ENVIRONMENT)}
    return told if capacity is None else {**told, name: capacity}


def _people(run: Json) -> Iterator[PersonRecord]:
    """Who started it: the last part of the ARN is a user's name, or that of a session."""
    who = text(run, "startedBy", 2000).rpartition(":")[2].rpartition("/")[2]
    if who:
        yield PersonRecord(name=cut(who, NAME), role="agent")


def _parameters(run: Json) -> Iterator[ParameterRecord]:
    told = run.get("parameters")
    if isinstance(told, dict):
        for name, value in told.items():
            yield ParameterRecord(cut(clean(str(name)), NAME), plain(value))
    elif told not in (None, "", []):
        yield ParameterRecord("parameters", plain(told))


def _metadata(run: Json, number: str) -> Json:
    told = {"run_id": number, **named(run, _OF_METADATA)}
    if name := text(mapping(run, "configuration"), "name", NAME):
        told["configuration"] = name
    rest = rest_of(run, KEPT)
    return {**told, **({"more": rest} if rest else {})}


def _remarks(run: Json, jobs: Sequence[JobRecord]) -> Iterator[str]:
    words = sorted({job.source_status for job in jobs if job.status == "UNKNOWN"})
    if words:
        yield f"HealthOmics says of tasks what is not known here: {', '.join(map(repr, words[:5]))}."
    if len(input_addresses(run)) == MOST_FILES:
        yield f"Only the first {MOST_FILES} addresses in S3 became datasets; the parameters have all of them."
