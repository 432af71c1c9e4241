"""A run that an export tells of, as what was found in a directory: files by their paths there."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from run_directories.findings import FoundFile, FoundJob, FoundRun, FoundWorkflow, Role
from run_directories.torc.about import metadata_of, parameters_of, remarks_on, version_of
from run_directories.torc.assembling import (
    INTERMEDIATE,
    Attempt,
    PlacedFile,
    attempts,
    has_ended,
    placed_files,
    span,
    status_of,
)
from run_directories.torc.export import Export
from run_directories.torc.told import Told

SOURCE = "torc"
NO_RESULTS = (
    "The export was made without --include-results, so that no job has times or a return code: export it again with "
    "that option, and register it again."
)
EVENTS = "Its {count:,} events are not registered: import the run from the server to have them."
OTHER_RUN = (
    "An export does not name its server: imported from the server the run would be another one, unless that one's id "
    "is given (--external-id)."
)


def found_run(export: Export, run_id: int, place: Path) -> FoundRun:
    """One run of an export that lies at ``place``, beside or above its files."""
    told = export.told(run_id)
    files = placed_files(told)
    tried = list(attempts(told))
    status = status_of(told, {one.job.id: one.status for one in tried if one.is_last})
    started, completed = span(tried)
    return FoundRun(
        name=told.workflow.name or f"Workflow {told.workflow.id}",
        status=status,
        status_basis="INFERRED",
        description=told.workflow.description,
        started_at=started,
        completed_at=completed if has_ended(status) or not told.is_latest else None,
        run_environment={"torc": metadata_of(told)},
        source=SOURCE,
        external_id=f"{export.origin}#{told.workflow.id}/{run_id}",
        parameters=parameters_of(told),
        workflow=_workflow(told),
        files=(*_files(files, place), FoundFile(place, place.name, Role.REPORT)),
        jobs=tuple(_jobs(told, tried, files)),
        remarks=(*remarks_on(told), *_remarks(export)),
    )


def _workflow(told: Told) -> FoundWorkflow:
    return FoundWorkflow(
        name=told.workflow.name or f"Workflow {told.workflow.id}",
        version=version_of(told),
        engine="TORC",
        description=told.workflow.description,
    )


def _jobs(told: Told, tried: list[Attempt], files: list[PlacedFile]) -> Iterator[FoundJob]:
    paths = {one.file.id: one.path for one in files if one.is_there}
    for one in tried:
        job = one.job
        yield FoundJob(
            name=job.name,
            attempt=one.number,
            status=one.status,
            started_at=one.started_at,
            completed_at=one.completed_at,
            command_line=job.command,
            exit_code=one.return_code,
            external_id=job.id,
            resources=one.resources | _requested(told, one),
            parameters=job_parameters(told, one),
            environment=job.environment,
            used=tuple(paths[file] for file in job.used if file in paths),
            made=tuple(paths[file] for file in job.made if file in paths) if one.is_last else (),
            message=one.message,
            after=tuple(sorted(job.after)),
        )


def job_parameters(told: Told, attempt: Attempt) -> dict[str, Any]:
    """What is told of a job beside its own fields: the user data that it reads and writes, by name."""
    names = {key: one.name for key, one in told.data.items() if one.name not in told.hidden}
    job = attempt.job
    said = {
        **job.further,
        "user_data_read": [names[one] for one in job.reads if one in names],
        "user_data_written": [names[one] for one in job.writes if one in names],
    }
    return {name: value for name, value in said.items() if value not in (None, [])}


def _requested(told: Told, attempt: Attempt) -> dict[str, Any]:
    """As sniffers name what was asked for, among the resources."""
    asked = told.requirements.get(attempt.job.requirements)
    return {f"requested_{name}": value for name, value in asked.requested.items()} if asked else {}


def _files(files: list[PlacedFile], place: Path) -> Iterator[FoundFile]:
    """The files that were there: a path that is not absolute begins beside the export."""
    for one in files:
        if one.is_there:
            yield FoundFile(
                path=_path(one, place.parent),
                relative=one.path,
                role=Role(one.data_type),
                collection=INTERMEDIATE if one.is_intermediate else "",
            )


def _path(one: PlacedFile, directory: Path) -> Path:
    """Where a file lies: below the export's directory, wherever that has been moved to, else where Torc said."""
    beside = directory / one.path
    return beside if os.path.exists(beside) else directory / one.file.path


def _remarks(export: Export) -> Iterator[str]:
    yield OTHER_RUN
    if not export.has_results:
        yield NO_RESULTS
    if count := sum(1 for _ in export.events()):
        yield EVENTS.format(count=count)
