"""The life of a workflow version: found or made for a run, added, released; released files cannot change."""

from typing import Any, BinaryIO

from django.db import IntegrityError, transaction
from django.utils import timezone

from common.errors import Conflict, InvalidInput, Violation
from common.identifiers import uuid7
from common.storage import key_for, store
from common.trail import tell
from data_management.services import Ownership
from workflows.models import Workflow, WorkflowFile, WorkflowVersion
from workflows.models.people import column_of
from workflows.records import FileType, VersionState, WorkflowRecord
from workflows.version_states import allowed_from


def find_or_make_version(*, record: WorkflowRecord, ownership: Ownership) -> WorkflowVersion:
    """The version that a record speaks of: by its id, else by names within the group, else a new one.

    A version that comes with a run is what ran, so it is released at once.
    """
    if record.id is not None:
        return WorkflowVersion.objects.get(pk=record.id)
    if record.source_digest and (known := _of_same_digest(record, ownership)):
        return known
    same = WorkflowVersion.objects.filter(
        workflow__owned_by=ownership.group,
        workflow__name=record.name,
        workflow__workflow_manager=str(record.engine),
        workflow__deleted=False,
        deleted=False,
        name=record.version,
        commit_hash=record.commit_hash,
        engine_version=record.engine_version,
        source_digest__in={"", record.source_digest},
    ).prefetch_related("files")
    for version in same.select_related("workflow"):
        if version.to_record().files == record.files:
            return version
    return _make_version(record, ownership)


@transaction.atomic
def add_version(*, workflow: Workflow, user: Any, **fields: Any) -> WorkflowVersion:
    """A new, unreleased version after the latest one, with the latest one's files.

    Conflict while the latest one is not released: there are never two open versions.
    """
    versions = WorkflowVersion.objects.select_for_update().filter(workflow=workflow)
    newest = versions.order_by("-index").first()
    latest = versions.filter(deleted=False).order_by("-index").first()
    if latest is not None and not latest.is_committed:
        raise Conflict(f"Version {latest.name} of this workflow is not released yet: release it first.")
    versions.filter(is_latest=True).update(is_latest=False)
    index = newest.index + 1 if newest else 1
    fields["name"] = fields.get("name") or f"v{index}"
    version = WorkflowVersion.objects.create(
        workflow=workflow, index=index, created_by=user, modified_by=user, **fields
    )
    if latest is not None:
        _copy_files(latest, version)
    return version


@transaction.atomic
def release(*, version: WorkflowVersion, user: Any) -> WorkflowVersion:
    """Close a version: from now on its files are what they are.

    Conflict if it is closed, or has no file and its workflow's repository and commit do not name them either.
    """
    version = WorkflowVersion.objects.select_for_update().get(pk=version.pk)
    if version.is_committed:
        raise Conflict(f"Version {version.name} is released already.")
    is_in_repository = bool(version.commit_hash and version.workflow.repository_url)
    if not is_in_repository and not version.files.exists():
        raise Conflict(f"Version {version.name} has no files: upload at least one, then release it.")
    version.released_at, version.modified, version.modified_by = timezone.now(), timezone.now(), user
    version.state = VersionState.ACTIVE
    version.content_digest = version.digest_of_files()
    version.save()
    tell(version, "released", by=user)
    return version


def add_file(
    *, version: WorkflowVersion, user: Any, path: str, stream: BinaryIO, data_type: str, mime_type: str = ""
) -> WorkflowFile:
    """Store a file of an open version. InvalidInput for a bad path, Conflict if released or a second MAIN."""
    path = checked_path(path)
    must_be_open(version)
    file = WorkflowFile(
        id=uuid7(),
        workflowversion=version,
        path=path,
        data_type=data_type,
        mime_type=mime_type,
        created_by=user,
        modified_by=user,
    )
    file.storage_key = key_for("workflows", file.id, path.rpartition("/")[2])
    kept = store(stream, file.storage_key)
    file.size, file.sha256, file.crc32 = kept.size, kept.sha256, kept.crc32
    save_file(file)
    return file


def save_file(file: WorkflowFile) -> None:
    """Save a file's row; Conflict where the version has that path or a MAIN already."""
    try:
        with transaction.atomic():
            must_be_open(WorkflowVersion.objects.select_for_update().get(pk=file.workflowversion_id))
            file.save()
    except IntegrityError as problem:
        what = "a MAIN file" if file.data_type == FileType.MAIN else f"a file {file.path}"
        raise Conflict(f"This version has {what} already: only one is possible.") from problem


def must_be_open(version: WorkflowVersion) -> None:
    """Conflict if the version is released."""
    if version.is_committed:
        raise Conflict(f"Version {version.name} is released: its files cannot change. Make a new version.")


def checked_path(path: str) -> str:
    """A path within the version, normal and relative; InvalidInput otherwise."""
    parts = path.split("/")
    if (
        not path
        or path.startswith("/")
        or "\\" in path
        or "\0" in path
        or any(p in ("", ".", "..") for p in parts)
    ):
        raise InvalidInput(
            [Violation("path", "must be a relative path such as rules/align.smk, without . or ..")]
        )
    return path


def _of_same_digest(record: WorkflowRecord, ownership: Ownership) -> WorkflowVersion | None:
    """The group's oldest version of this workflow whose definition the source gave the same digest."""
    same = WorkflowVersion.objects.filter(
        workflow__owned_by=ownership.group,
        workflow__name=record.name,
        workflow__workflow_manager=str(record.engine),
        workflow__deleted=False,
        deleted=False,
        source_digest=record.source_digest,
    )
    return same.select_related("workflow").order_by("id").first()


def change_state(*, version: WorkflowVersion, state: VersionState) -> None:
    """Say whether a version is to be used; Conflict where it may not go there from its present state."""
    now = VersionState(version.state)
    allowed = allowed_from(now, is_released=version.is_committed)
    if state not in (now, *allowed):
        words = ", ".join(allowed) or "no other state"
        raise Conflict(f"A version that is {now} cannot become {state}: it may become {words}.")
    version.state = state


def _make_version(record: WorkflowRecord, ownership: Ownership) -> WorkflowVersion:
    workflow = _find_or_make_workflow(record, ownership)
    versions = WorkflowVersion.objects.filter(workflow=workflow)
    latest = versions.order_by("-index").first()
    versions.filter(is_latest=True).update(is_latest=False)
    version = WorkflowVersion.objects.create(
        workflow=workflow,
        name=record.version or f"v{latest.index + 1 if latest else 1}",
        index=latest.index + 1 if latest else 1,
        commit_hash=record.commit_hash,
        engine_version=record.engine_version,
        source_url=record.source_url,
        creators=column_of(record.creators),
        released_at=timezone.now(),
        state=VersionState.ACTIVE,
        source_digest=record.source_digest,
        parameter_template=record.parameter_template,
        requirements=record.requirements,
        container_registry_map=record.container_registry_map,
        repository=record.repository,
        tags=record.tags,
        metadata=record.metadata,
        **ownership.authorship(),
    )
    for file in record.files:
        WorkflowFile.objects.create(
            workflowversion=version,
            path=file.path,
            data_type=file.data_type,
            size=file.size or 0,
            sha256=file.sha256,
            crc32=file.crc32,
            storage_key=file.storage_key,
            **ownership.authorship(),
        )
    version.content_digest = version.digest_of_files()
    version.save(update_fields=["content_digest"])
    return version


def _find_or_make_workflow(record: WorkflowRecord, ownership: Ownership) -> Workflow:
    """The group's workflow of this name, engine and repository: the oldest, as people may have made several."""
    told = {
        "owned_by": ownership.group,
        "name": record.name,
        "workflow_manager": str(record.engine),
        "repository_url": record.repository_url,
        "deleted": False,
    }
    return Workflow.objects.filter(**told).order_by("id").first() or Workflow.objects.create(
        description=record.description,
        license=record.license,
        owner=ownership.user,
        public=ownership.public,
        is_remote=bool(record.repository_url),
        **told,
        **ownership.authorship(),
    )


def _copy_files(source: WorkflowVersion, target: WorkflowVersion) -> None:
    """The new version starts with the same files; the stored contents are shared, as they never change."""
    for file in source.files.all():
        file.pk, file.id, file.workflowversion, file._state.adding = None, uuid7(), target, True
        file.save(force_insert=True)
