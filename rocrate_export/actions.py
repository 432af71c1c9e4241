"""What happened: the run and its jobs as actions, with status, times, error, container and resources."""

from collections.abc import Collection
from typing import Any

from rocrate_export.confidential import without_secrets
from rocrate_export.draft import Draft, measured, moment, page_entity, ran
from rocrate_export.graph import Reference
from rocrate_export.logs import add_logs
from rocrate_export.more import more_of_job, more_of_run
from rocrate_export.names import is_web_address
from rocrate_export.parameters import add_environment, add_surroundings, open_parameters
from rocrate_export.vocabulary import ACTION_STATUS, DOCKER_IMAGE, JOB_LOG_FOLDER, SIF_IMAGE, UNITLESS, UNITS
from rocrate_export.wording import (
    AFTER,
    ATTEMPT,
    EXIT_CODE,
    HOST,
    JOB,
    MESSAGE,
    NO_COMMAND,
    ORIGIN,
    REGISTRY,
    SOURCE,
    SOURCE_ADDRESS,
    STATUS,
    STATUS_BASIS,
    STEP,
    STREAM,
)
from workflows.records import FileRole, JobRecord, RunStatus, StatusBasis

PLAIN_STATUS = {RunStatus.SUCCESS, RunStatus.FAILED}  # said whole by the standard's own terms
UNSUCCESSFUL = {RunStatus.FAILED, RunStatus.CANCELLED}
ENDED = PLAIN_STATUS | UNSUCCESSFUL
LONGEST_ERROR = 2000


def status_facts(
    draft: Draft, status: RunStatus, error: str, extra: list[Reference] | None = None
) -> dict[str, Any]:
    """How an action stands: the standard's term, and our own word where the standard has none."""
    properties = list(extra or [])
    if status not in PLAIN_STATUS:
        properties.append(add_status(draft, status))
    return {
        "actionStatus": ACTION_STATUS.get(status),
        "error": without_secrets(error)[-LONGEST_ERROR:] if status in UNSUCCESSFUL else None,
        "additionalProperty": properties,
    }


def add_status(draft: Draft, status: RunStatus) -> Reference:
    """The registry's own word for how something stands."""
    return draft.add_word(STATUS, status.value)


def add_message(draft: Draft, message: str) -> list[Reference]:
    """Why something stands as it does, in the words of the source, whatever its status."""
    return [draft.add_value("detail", MESSAGE, without_secrets(message))] if message else []


def add_run(
    draft: Draft, workflow: Reference, objects: list[Reference], results: list[Reference]
) -> Reference:
    """The run itself."""
    record = draft.record
    name = f"Run of {record.workflow.name}" if record.workflow else record.name
    more = [
        *(*_basis(draft), *add_message(draft, record.message)),
        *(*add_surroundings(draft), *_source_facts(draft), *more_of_run(draft, record)),
    ]
    return draft.add_mention(
        draft.identifiers.of("run", str(record.id or "")),
        "CreateAction",
        name=record.name,
        description=without_secrets(record.run_command) or f"{name}; {NO_COMMAND}",
        startTime=moment(record.started_at),
        endTime=moment(record.completed_at),
        agent=draft.agent,
        instrument=workflow,
        object=objects,
        result=outcome(draft, record.status, results),
        environment=add_environment(draft, record.run_environment),
        **status_facts(draft, record.status, _error_of_run(draft), more),
        **_origin_facts(draft),
    )


def outcome(
    draft: Draft, status: RunStatus, made: list[Reference], exit_code: int | None = None
) -> list[Reference]:
    """The results of an action: what it made, else how it ended.

    An action without a result would be an ActivateAction by the profiles, which their tools pass over in
    silence. Its exit code, or else the status that it ended with, came of it as surely as a file does.
    """
    if made or status not in ENDED:
        return made
    if exit_code is not None:
        return [draft.add_value("detail", EXIT_CODE, exit_code)]
    return [add_status(draft, status)]


def _basis(draft: Draft) -> list[Reference]:
    basis = draft.record.status_basis
    return [] if basis == StatusBasis.REPORTED else [draft.add_word(STATUS_BASIS, basis.value)]


def _error_of_run(draft: Draft) -> str:
    if draft.record.message.strip():
        return draft.record.message
    if draft.record.status == RunStatus.CANCELLED:
        return "The run was cancelled."
    failed = [job for job in draft.record.jobs if job.status == RunStatus.FAILED]
    if not failed:
        return "The run failed; the reason is not recorded."
    return "The run failed: " + "; ".join(_failure(job) for job in failed[:10]) + "."


def _failure(job: JobRecord) -> str:
    end = "failed" if job.exit_code is None else f"ended with exit code {job.exit_code}"
    return f"{job.name} {end}"


def _source_facts(draft: Draft) -> list[Reference]:
    """Of the run's origin, what identifier and page do not say."""
    origin = draft.record.origin
    facts = [draft.add_value("detail", SOURCE, origin.source)] if origin.source else []
    address = without_secrets(origin.source_url)
    if address and not is_web_address(address):
        facts.append(draft.add_value("detail", SOURCE_ADDRESS, address))
    return facts


def _origin_facts(draft: Draft) -> dict[str, Any]:
    """Where the run comes from: its identifiers here and there, and its page there."""
    record, origin = draft.record, draft.record.origin
    identifiers = []
    if record.id:
        identifiers.append(draft.add_value("identifier", REGISTRY, f"urn:uuid:{record.id}"))
    if origin.external_id:
        identifiers.append(draft.add_value("identifier", origin.source or ORIGIN, origin.external_id))
    name = f"The run in {origin.source}" if origin.source else "The run where it comes from"
    return {"identifier": identifiers, "subjectOf": page_entity(draft, origin.source_url, name)}


def add_job(
    draft: Draft, number: int, job: JobRecord, tool: Reference | None, files: dict[str, Reference]
) -> Reference:
    """One execution of a tool; a plain Action without ``tool`` if it never came to that.

    Whatever names a tool as its instrument must be an execution, or the validator finds the tool unused.
    ``files`` maps paths, as jobs name them, to the run's files.
    """
    made = [files[one.path] for one in job.files if one.role == FileRole.MADE and one.path in files]
    used = [files[one.path] for one in job.files if one.role == FileRole.USED and one.path in files]
    named = open_parameters(job.parameters.items())
    values = [draft.add_value("value", name, value) for name, value in named]
    action = draft.add_mention(
        f"#job-{number}",
        "CreateAction" if ran(job) else "Action",
        name=job.name,
        description=without_secrets(job.command_line) or f"{job.name}; {NO_COMMAND}",
        startTime=moment(job.started_at),
        endTime=moment(job.completed_at),
        agent=draft.agent,
        instrument=tool,
        object=[*used, *values],
        result=outcome(draft, job.status, made, job.exit_code),
        environment=add_environment(draft, job.environment),
        containerImage=add_container(draft, job.container_image),
        resourceUsage=[
            _add_measure(draft, name, value) for name, value in job.resources.items() if value is not None
        ],
        **status_facts(draft, job.status, _error_of_job(job), _details_of(draft, job)),
    )
    held = {log.name for log in add_logs(draft, number, job.name, action) if log.holds_excerpt}
    _add_excerpts(draft, number, job, action, held)
    return action


def _error_of_job(job: JobRecord) -> str:
    if job.message.strip():
        return job.message
    if job.status == RunStatus.CANCELLED:
        return "The job was cancelled."
    return job.stderr.strip() or f"{_failure(job)}."


def _details_of(draft: Draft, job: JobRecord) -> list[Reference]:
    """What the standard has no terms for; the step of a job that ran is told by its ControlAction."""
    step = "" if ran(job) else job.step
    details = {
        EXIT_CODE: job.exit_code,
        HOST: job.host,
        JOB: job.external_id,
        ATTEMPT: job.attempt,
        STEP: step,
        MESSAGE: without_secrets(job.message),
        AFTER: list(job.after),
    }
    known = {name: value for name, value in details.items() if value not in (None, "", [])}
    return [
        *(draft.add_value("detail", name, value) for name, value in known.items()),
        *more_of_job(draft, job),
    ]


def _add_measure(draft: Draft, name: str, value: Any) -> Reference:
    """A measured use of a resource; the measure is defined in the crate, as no vocabulary has them all."""
    measure = draft.graph.add(draft.identifiers.of("measure", name), "DefinedTerm", name=name)
    unit = UNITS.get(name.rpartition("_")[2].lower(), UNITLESS)
    return draft.add_value("resource", name, value, propertyID=measure, unitCode=unit)


def _add_excerpts(
    draft: Draft, number: int, job: JobRecord, action: Reference, held: Collection[str]
) -> None:
    """What the job said, as far as it was kept, as files about it; not the streams that its logs hold."""
    for stream, text in (("stdout", job.stdout), ("stderr", job.stderr)):
        if text and stream not in held:
            content = without_secrets(text).encode()
            identifier = draft.payload.write(JOB_LOG_FOLDER, f"{number}.{stream}.txt", content)
            name = f"{stream} of {job.name}, an excerpt"
            facts = {"name": name, "encodingFormat": "text/plain", "about": action}
            kind = draft.add_word(STREAM, stream)
            draft.add_part(identifier, "File", **facts, **measured(content), additionalProperty=kind)


def add_container(draft: Draft, image: str) -> Reference | None:
    """A container image by its reference, as an engine takes it."""
    if not image:
        return None
    reference, _, digest = image.removeprefix("docker://").partition("@")
    is_file = reference.endswith((".sif", ".img")) or "://" in reference
    place = reference.partition("://")[2] or reference
    first, _, rest = place.partition("/")
    has_registry = bool(rest) and ("." in first or ":" in first or first == "localhost")
    path = rest if has_registry else place
    folder, _, last = path.rpartition("/")
    name, _, tag = last.partition(":")
    return draft.graph.add(
        draft.identifiers.of("container", image),
        "ContainerImage",
        additionalType={"@id": SIF_IMAGE if is_file else DOCKER_IMAGE},
        name=f"{folder}/{name}".lstrip("/") if not image.startswith("/") else path,
        registry=first if has_registry else None if is_file else "docker.io",
        tag=tag,
        sha256=digest.removeprefix("sha256:"),
        identifier=image,
    )
