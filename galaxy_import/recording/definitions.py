"""The workflow version that ran: its ``.ga`` file in the storage, and the version of the registry that it is.

A version of Galaxy has a UUID of its own, but its file does not stay the same: name, annotation, tags and the notes
of a newer server come into it. And somebody may send other steps with an old UUID. So a version is the same where
the UUID is the same and the steps do the same.
"""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import QuerySet

from common.storage import store
from data_management.services import Ownership
from galaxy_import.values import GalaxyRun
from run_import.recording.keeping import new_key
from run_import.recording.tags import tag
from workflows.models import WorkflowVersion
from workflows.records import Engine, FileType, WorkflowFileRecord, WorkflowRecord
from workflows.versions import find_or_make_version

OF_A_STEP = ("type", "tool_id", "tool_version", "when")
LARGEST = 64 * 1024 * 1024  # bytes of a stored definition that is read to compare


@dataclass(frozen=True, slots=True)
class Definition:
    """The workflow of a run with its file in the storage and its tags; of the versions with its UUID, which are the
    same."""

    workflow: WorkflowRecord | None = None
    storage_key: str = ""
    same: Mapping[UUID, bool] = field(default_factory=dict)
    tags: tuple[str, ...] = ()


def store_definition(run: GalaxyRun, *, group: Any, identifier: UUID) -> Definition:
    """Put the file of the workflow into the storage, for the import ``identifier``. Not for within a transaction.

    Nothing is stored where the workflow may not be read, or the group has this version.
    """
    workflow, content = run.record.workflow, run.definition
    if workflow is None or content is None:
        return Definition(replace(workflow, files=()) if workflow else None, tags=run.workflow_tags)
    wanted = likeness(content)
    same = {
        version.pk: wanted == _likeness_of(version)
        for version in _of_this_uuid(workflow, group).prefetch_related("files")
    }
    if any(same.values()):
        return Definition(replace(workflow, files=()), same=same)
    main = workflow.main_file or WorkflowFileRecord("workflow.ga", FileType.MAIN)
    key = new_key(identifier, main.path)
    kept = store(io.BytesIO(content), key)
    file = replace(main, size=kept.size, sha256=kept.sha256, crc32=kept.crc32, storage_key=key)
    return Definition(replace(workflow, files=(file,)), key, same, run.workflow_tags)


def version_of(definition: Definition, ownership: Ownership) -> WorkflowVersion | None:
    """The version of the registry: the one with this UUID and these steps, else a new one; None without a workflow.

    A version with this UUID that came in since its file was stored is taken for the same. A new one has the workflow's
    tags; they are the group's own from then on.
    """
    workflow = definition.workflow
    if workflow is None:
        return None
    for version in _of_this_uuid(workflow, ownership.group):
        if definition.same.get(version.pk, True):
            return version
    before = WorkflowVersion.objects.filter(
        workflow__owned_by=ownership.group, commit_hash=workflow.commit_hash
    )
    known = set(before.values_list("pk", flat=True))
    version = find_or_make_version(record=workflow, ownership=ownership)
    if version.pk not in known:
        tag(version, definition.tags, ownership)
    return version


def likeness(content: bytes) -> str:
    """A digest of what the steps of a ``.ga`` file do, whatever they and the workflow are called by now."""
    try:
        steps = _steps(json.loads(content))
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha256(json.dumps(steps, sort_keys=True).encode()).hexdigest()


def _of_this_uuid(workflow: WorkflowRecord, group: Any) -> QuerySet[WorkflowVersion]:
    """The group's versions with the workflow's UUID, the oldest first."""
    if not workflow.commit_hash:
        return WorkflowVersion.objects.none()
    return WorkflowVersion.objects.filter(
        workflow__owned_by=group,
        workflow__workflow_manager=Engine.GALAXY.value,
        workflow__deleted=False,
        deleted=False,
        commit_hash=workflow.commit_hash,
    ).order_by("id")


def _likeness_of(version: WorkflowVersion) -> str:
    main = next((file for file in version.files.all() if file.data_type == FileType.MAIN), None)
    if main is None:
        return ""
    try:
        stored: Any = default_storage.open(main.storage_key, "rb")
        with stored:
            return likeness(stored.read(LARGEST))
    except FileNotFoundError:
        return ""


def _steps(workflow: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key): _step(step) for key, step in workflow["steps"].items()}


def _step(step: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: step.get(name) for name in OF_A_STEP}
    told["state"] = _state(step.get("tool_state"))
    told["from"] = {name: _sources(one) for name, one in (step.get("input_connections") or {}).items()}
    if step.get("subworkflow"):
        told["subworkflow"] = _steps(step["subworkflow"])
    return told


def _state(state: Any) -> Any:
    """A tool's parameters, without what servers write there for themselves."""
    try:
        values = json.loads(state) if isinstance(state, str) else state
    except ValueError:
        return state
    if not isinstance(values, dict):
        return values
    return {
        name: value for name, value in values.items() if not name.startswith("__") and name != "chromInfo"
    }


def _sources(connection: Any) -> list[list[Any]]:
    """The steps that an input comes from, as a list, whichever way the file says it."""
    several = connection if isinstance(connection, list) else [connection]
    return sorted([one.get("id"), one.get("output_name")] for one in several)
