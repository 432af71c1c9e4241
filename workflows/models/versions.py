"""A workflow, its versions, and the files of a version."""

import hashlib
from typing import ClassVar

from django.db import models
from django.db.models import Q

from common.models import (
    Annotatable,
    BaseModel,
    NameableAbstractBaseModel,
    Noteable,
    Ownable,
    OwnedQuerySet,
    SoftDeletable,
)
from workflows.models.people import people_of
from workflows.records import Engine, FileType, VersionState, WorkflowFileRecord, WorkflowRecord

VERSION_STATES = [(state.value, state.value) for state in VersionState]
FILE_TYPES = [(kind.value, kind.value) for kind in FileType]


class Workflow(SoftDeletable, Annotatable, Noteable, Ownable, NameableAbstractBaseModel):
    """What is run again and again; ``workflow_manager`` is the language that it is written in."""

    workflow_manager = models.CharField(
        max_length=10, choices=[(e.value, e.value) for e in Engine], default=Engine.OTHER
    )
    license = models.CharField(
        max_length=100, blank=True, help_text="SPDX identifier, for example Apache-2.0."
    )
    repository_url = models.URLField(max_length=1000, blank=True)
    is_remote = models.BooleanField(default=False, help_text="Imported from a remote source.")

    objects = OwnedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owned_by", "-id"], name="workflow_of_group"),
            models.Index(fields=["owner", "-id"], name="workflow_of_owner"),
        ]


class WorkflowVersion(SoftDeletable, Annotatable, Noteable, NameableAbstractBaseModel):
    """One state of a workflow. Once released, its files cannot change. It has the workflow's rights."""

    rights_from: ClassVar[tuple[str, ...]] = ("workflow",)

    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="versions")
    index = models.PositiveIntegerField(editable=False)
    is_latest = models.BooleanField(default=True, editable=False)
    commit_hash = models.CharField(max_length=64, blank=True)
    content_digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    engine_version = models.CharField(max_length=60, blank=True)
    source_url = models.URLField(
        max_length=1000, blank=True, help_text="Where the version was imported from."
    )
    creators = models.JSONField(default=list, blank=True, editable=False)
    released_at = models.DateTimeField(null=True, blank=True, editable=False)
    state = models.CharField(
        max_length=10,
        choices=VERSION_STATES,
        default=VersionState.DRAFT,
        help_text="Whether it is to be used.",
    )
    source_digest = models.CharField(
        max_length=140, blank=True, help_text="The source's own digest of the definition: <algorithm>:<hex>."
    )
    parameter_template = models.JSONField(default=dict, blank=True)
    requirements = models.JSONField(default=dict, blank=True)
    container_registry_map = models.JSONField(default=dict, blank=True)
    repository = models.JSONField(default=dict, blank=True)
    tags = models.JSONField(default=dict, blank=True)
    metadata = models.JSONField(default=dict, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workflow"], condition=Q(is_latest=True), name="unique_latest_workflowversion"
            ),
            models.UniqueConstraint(fields=["workflow", "index"], name="one_version_per_index"),
        ]

    @property
    def is_committed(self) -> bool:
        """Whether the version is released."""
        return self.released_at is not None

    def digest_of_files(self) -> str:
        """SHA-256 over the sorted lines ``<sha256>  <path>``: equal files make equal versions."""
        lines = sorted(f"{file.sha256}  {file.path}\n" for file in self.files.all())
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def to_record(self) -> WorkflowRecord:
        """The version with its workflow as a value."""
        workflow = self.workflow
        return WorkflowRecord(
            id=self.id,
            name=workflow.name,
            version=self.name,
            engine=Engine(workflow.workflow_manager),
            engine_version=self.engine_version,
            description=workflow.description,
            license=workflow.license,
            repository_url=workflow.repository_url,
            commit_hash=self.commit_hash,
            source_url=self.source_url,
            creators=people_of(self.creators),
            files=tuple(file.to_record() for file in sorted(self.files.all(), key=lambda one: one.path)),
            source_digest=self.source_digest,
            parameter_template=self.parameter_template,
            requirements=self.requirements,
            container_registry_map=self.container_registry_map,
            repository=self.repository,
            tags=self.tags,
            metadata=self.metadata,
        )


class WorkflowFile(BaseModel):
    """A file of a workflow version, kept in the registry's storage."""

    rights_from: ClassVar[tuple[str, ...]] = ("workflowversion__workflow",)

    workflowversion = models.ForeignKey(WorkflowVersion, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=500)
    data_type = models.CharField(max_length=9, choices=FILE_TYPES, default=FileType.OTHER)
    mime_type = models.CharField(max_length=255, blank=True)
    size = models.BigIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False, db_index=True)
    crc32 = models.BigIntegerField(null=True, editable=False)
    storage_key = models.CharField(max_length=512, editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workflowversion"], condition=Q(data_type="MAIN"), name="one_main_file_per_version"
            ),
            models.UniqueConstraint(fields=["workflowversion", "path"], name="one_file_per_path_and_version"),
        ]

    def __str__(self) -> str:
        return self.path

    def to_record(self) -> WorkflowFileRecord:
        """The file as a value."""
        return WorkflowFileRecord(
            path=self.path,
            data_type=FileType(self.data_type),
            size=self.size,
            sha256=self.sha256,
            crc32=self.crc32,
            id=self.id,
            storage_key=self.storage_key,
        )
