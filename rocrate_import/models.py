"""The background work that makes a run, or a workflow version, of a crate."""

from typing import Any

from django.db import models

from common.background import StoppableTask
from common.models import BaseModel, Ownable, OwnedQuerySet
from workflows.models import WorkflowRun, WorkflowVersion


class CrateImport(StoppableTask, Ownable, BaseModel):
    """One crate on its way in, for the group ``owned_by``; afterwards, where a run comes from.

    The archive lies in the storage under ``storage_key``, or first at ``path`` in a dropbox (a file or a
    folder; ``roots`` are the directories that it may lie in, checked again at the moment of reading).
    ``sha256`` and ``size`` (bytes) are the archive's. Progress is counted in files and bytes of the present
    ``phase``. What came of it is ``workflowrun``, or ``workflowversion`` where the crate speaks of no run.
    ``warnings`` are ``{"entity", "message"}``: what was odd, and how it was taken. ``has_leftovers`` says
    that files were stored which no run has taken over yet.
    """

    class Phase(models.TextChoices):
        """What is being done: taken out of the dropbox, understood, its files stored, the run written down."""

        FETCHING = "FETCHING"
        READING = "READING"
        STORING = "STORING"
        RECORDING = "RECORDING"

    task_name = "rocrate_import.tasks.import_crate"

    name = models.CharField(max_length=255, editable=False)
    path = models.CharField(max_length=4096, blank=True, editable=False)
    roots = models.JSONField(default=list, editable=False)
    storage_key = models.CharField(max_length=512, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    size = models.BigIntegerField(null=True, editable=False)
    makes_public = models.BooleanField(default=False, editable=False, help_text="The run is to be public.")
    phase = models.CharField(max_length=9, choices=Phase, blank=True, editable=False)
    files_total = models.PositiveIntegerField(default=0, editable=False)
    files_done = models.PositiveIntegerField(default=0, editable=False)
    bytes_total = models.BigIntegerField(default=0, editable=False)
    bytes_done = models.BigIntegerField(default=0, editable=False)
    workflowrun = models.ForeignKey(
        WorkflowRun, null=True, on_delete=models.SET_NULL, related_name="crate_imports", editable=False
    )
    workflowversion = models.ForeignKey(
        WorkflowVersion, null=True, on_delete=models.SET_NULL, related_name="crate_imports", editable=False
    )
    profile = models.CharField(max_length=30, blank=True, editable=False)
    profile_version = models.CharField(max_length=30, blank=True, editable=False)
    specification = models.CharField(max_length=60, blank=True, editable=False)
    warnings = models.JSONField(default=list, editable=False)
    has_leftovers = models.BooleanField(default=False, editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta(StoppableTask.Meta):
        abstract = False
        indexes = [
            *StoppableTask.Meta.indexes,
            models.Index(fields=["sha256", "owned_by"], name="crate_import_by_sha256"),
            models.Index(fields=["owned_by", "-id"], name="crate_import_of_group"),
        ]

    def __str__(self) -> str:
        return f"import of {self.name}"

    @property
    def can_be_tried_again(self) -> bool:
        """Whether it did not succeed, and the archive is still there."""
        return self.state in (self.State.FAILED, self.State.CANCELLED) and bool(self.storage_key or self.path)

    def _retriable(self) -> Any:
        """What is no longer there has to be sent again."""
        return super()._retriable().exclude(storage_key="", path="")


PHASES = CrateImport.Phase.choices
