"""The normal form of a record: what of it a crate of ours brings back. Each line that changes something says why."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from data_management.records import DatasetRecord, FileRecord, FileStatus
from rocrate_export.choice import EVERYTHING, Choice
from rocrate_export.confidential import (
    is_secret_parameter,
    open_lines,
    open_parameter,
    open_values,
    without_secrets,
)
from rocrate_export.files import media_type
from workflows.records import (
    ComputeNodeRecord,
    DatasetLink,
    JobFile,
    JobRecord,
    ParameterRecord,
    PersonRecord,
    RunRecord,
    StepRecord,
    WorkflowRecord,
)


def normal(record: RunRecord, choice: Choice = EVERYTHING) -> RunRecord:
    """What comes back of a record from the crate that is built of it."""
    steps = {step.key for step in record.steps}
    paths = {file.path or file.name for link in record.datasets for file in link.dataset.files}
    return replace(
        record,
        is_imported=True,  # that is what happened to it
        started_at=_to_the_millisecond(record.started_at),
        completed_at=_to_the_millisecond(record.completed_at),
        run_command=without_secrets(record.run_command),
        message=without_secrets(record.message),
        run_environment=_open_environment(record.run_environment),
        origin=replace(record.origin, source_url=without_secrets(record.origin.source_url)),
        people=tuple(_person(one) for one in record.people or _registrar(record)),
        workflow=_workflow(record.workflow) if record.workflow else None,
        parameters=tuple(
            ParameterRecord(one.name, open_parameter(one.value))
            for one in record.parameters
            if not is_secret_parameter(one.name)  # secrets never leave
        ),
        steps=tuple(_step(one, steps) for one in record.steps),
        jobs=tuple(_job(one, steps, paths) for one in record.jobs),
        datasets=tuple(_link(one, choice) for one in record.datasets),
        source_status=without_secrets(record.source_status),
        rerun_of=without_secrets(record.rerun_of),
        nodes=tuple(_node(one) for one in record.nodes),
        declared=tuple(replace(one, path=without_secrets(one.path)) for one in record.declared),
        tags=open_values(record.tags),
        metadata=open_values(record.metadata),
    )


def _to_the_millisecond(time: datetime | None) -> datetime | None:
    """The validator takes no more digits; zones become UTC."""
    time = time.astimezone(UTC) if time else None
    return time.replace(microsecond=time.microsecond // 1000 * 1000) if time else None


def _open_environment(environment: Any) -> Any:
    """Variables that may hold secrets never leave."""
    if isinstance(environment, dict):
        return open_values(environment) or (None if environment else {})  # of secrets alone nothing is left
    return open_lines(environment) if isinstance(environment, str) else open_values(environment)


def _registrar(record: RunRecord) -> tuple[PersonRecord, ...]:
    """Who registered a run of which nobody else is named ran it, as far as another registry can know."""
    agent = record.agent
    return (PersonRecord(agent.name, agent.orcid, record.group, role="agent"),) if agent else ()


def _person(person: PersonRecord) -> PersonRecord:
    return replace(person, url=without_secrets(person.url))  # an address may hold a password


def _workflow(workflow: WorkflowRecord) -> WorkflowRecord:
    return replace(
        workflow,
        repository_url=without_secrets(workflow.repository_url),
        source_url=without_secrets(workflow.source_url),
        creators=tuple(_person(one) for one in workflow.creators),
        files=tuple(sorted(workflow.files, key=lambda file: file.path)),  # as the registry itself has them
        source_digest=without_secrets(workflow.source_digest),
        parameter_template=open_parameter(workflow.parameter_template),
        requirements=open_parameter(workflow.requirements),
        container_registry_map=open_parameter(workflow.container_registry_map),
        repository=open_parameter(workflow.repository),
        tags=open_values(workflow.tags),
        metadata=open_values(workflow.metadata),
    )


def _step(step: StepRecord, keys: set[str]) -> StepRecord:
    return replace(
        step,
        parent=step.parent if step.parent in keys else "",  # there is nothing to link to
        tool_url=without_secrets(step.tool_url),
        message=without_secrets(step.message),
    )


def _job(job: JobRecord, steps: set[str], paths: set[str]) -> JobRecord:
    return replace(
        job,
        step=job.step if job.step in steps else "",  # there is nothing to link to
        started_at=_to_the_millisecond(job.started_at),
        completed_at=_to_the_millisecond(job.completed_at),
        command_line=without_secrets(job.command_line),
        stdout=without_secrets(job.stdout),
        stderr=without_secrets(job.stderr),
        message=without_secrets(job.message),
        resources={name: value for name, value in job.resources.items() if value is not None},  # not measured
        parameters={
            name: open_parameter(value)
            for name, value in job.parameters.items()
            if not is_secret_parameter(name)
        },
        environment=open_values(job.environment),
        files=tuple(
            sorted(
                {
                    JobFile(one.path, one.role) for one in job.files if one.path in paths
                },  # others name no file
                key=lambda one: (one.role, one.path),
            )
        ),
        source_status=without_secrets(job.source_status),
        requested=open_parameter(job.requested),
        scheduler=open_parameter(job.scheduler),
        node=without_secrets(job.node),
    )


def _node(node: ComputeNodeRecord) -> ComputeNodeRecord:
    told: ComputeNodeRecord = replace(
        node,
        **{name: without_secrets(getattr(node, name)) for name in ("key", "hostname", "kind")},
        started_at=_to_the_millisecond(node.started_at),
        completed_at=_to_the_millisecond(node.completed_at),
        scheduler=open_parameter(node.scheduler),
        statistics=open_parameter(node.statistics),
    )
    return told


def _link(link: DatasetLink, choice: Choice) -> DatasetLink:
    return replace(link, dataset=_dataset(link.dataset, choice))


def _dataset(dataset: DatasetRecord, choice: Choice) -> DatasetRecord:
    return replace(dataset, files=tuple(_file(one, choice) for one in dataset.files))


def _file(file: FileRecord, choice: Choice) -> FileRecord:
    known = replace(
        file,
        crc32=None,  # no term; whoever stores the bytes knows it
        mime_type=media_type(file.path or file.name, file.mime_type),  # a crate says one of each file
    )
    if choice.packs(file):
        return replace(known, uri="", status=FileStatus.ONLINE)  # it lies in the archive
    return replace(known, uri=without_secrets(file.uri))
