"""What is known of a workflow beside its jobs and files: its definition's mark, parameters, and everything else."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from run_directories.grouping import unique
from run_directories.torc.reading import LONGEST_NAME, NOTHING
from run_directories.torc.told import Told

SIZE_OF_MARK = 12  # hexadecimal digits
ZONE = "Torc wrote some times without a zone; they were taken for times in UTC."
ARCHIVED = "The workflow is archived in Torc."
WITHOUT_TRACE = "Torc has no result of run {run}: how it ended, and which jobs ran in it, is not known."


def version_of(told: Told) -> str:
    """What tells definitions apart, as Torc does not number them: a checksum of jobs, files and requirements.

    The same workflow, created again, has the same one: no id goes into it, and nothing that happened.
    """
    paths = {file.id: file.path for file in told.files.values()}
    names = {job.id: job.name for job in told.jobs}
    asked = {one.id: one.requested for one in told.requirements.values()}
    said = hashlib.sha256()
    for line in sorted(
        json.dumps(
            [
                job.name,
                job.command,
                sorted(names.get(one, "") for one in job.after),
                sorted(paths.get(one, "") for one in job.used),
                sorted(paths.get(one, "") for one in job.made),
                asked.get(job.requirements, {}),
            ],
            sort_keys=True,
        )
        for job in told.jobs
    ):
        said.update(line.encode())
    return said.hexdigest()[:SIZE_OF_MARK]


def parameters_of(told: Told) -> dict[str, Any]:
    """User data by their names; several of one name are numbered."""
    shown = [one for one in told.data.values() if one.name not in told.hidden]
    names = unique((one.name for one in shown), LONGEST_NAME)
    return {name: one.value for name, one in zip(names, shown, strict=True)}


def requirements_of(told: Told) -> dict[str, Any]:
    """What jobs ask for, by the names under which the workflow does."""
    names = unique((one.name for one in told.requirements.values()), LONGEST_NAME)
    return {
        name: one.requested
        for name, one in zip(names, told.requirements.values(), strict=True)
        if one.requested
    }


def metadata_of(told: Told) -> dict[str, Any]:
    """All else that Torc tells of workflow and run, by its name there as far as it has one."""
    workflow = told.workflow
    said = {
        "workflow_id": workflow.id,
        "run_id": told.run_id,
        "user": workflow.user,
        "workflow_created": workflow.created.isoformat() if workflow.created else "",
        "submission_directory": workflow.directory,
        "is_archived": workflow.is_archived,
        "ephemeral_user_data": sorted({one.name for one in told.data.values() if one.is_ephemeral}),
        "schedulers": _schedulers(told),
        **workflow.further,
        **told.kept,
    }
    if told.is_latest:
        said |= {"is_canceled": workflow.is_canceled, "is_complete": workflow.is_complete}
    return {name: value for name, value in said.items() if value not in NOTHING}


def remarks_on(told: Told) -> Iterator[str]:
    """What is odd, was assumed or left out, in sentences."""
    if told.is_zone_assumed:
        yield ZONE
    if told.workflow.is_archived:
        yield ARCHIVED
    if not told.is_latest and not told.results.of:
        yield WITHOUT_TRACE.format(run=told.run_id)
    if told.missing:
        yield f"The server tells nothing of: {', '.join(told.missing)}."
    if told.hidden:
        yield f"Left out, as their names say that they are secret: {', '.join(sorted(told.hidden)[:20])}."


def _schedulers(told: Told) -> list[dict[str, Any]]:
    return [
        {
            name: value
            for name, value in {
                "kind": one.kind,
                "name": one.name,
                "account": one.account,
                "partition": one.partition,
                **one.further,
            }.items()
            if value not in NOTHING
        }
        for one in told.schedulers.values()
    ]
