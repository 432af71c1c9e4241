"""The background work that makes a run, or a workflow version, of a crate."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from common.background import BackgroundTask
from common.models import BaseModel, Ownable, OwnedQuerySet
from workflows.models import WorkflowRun, WorkflowVersion


class CrateImport(BackgroundTask, Ownable, BaseModel):
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
    ENDED: ClassVar[tuple[str, ...]] = (
        BackgroundTask.State.DONE,
        BackgroundTask.State.FAILED,
        BackgroundTask.State.CANCELLED,
    )
    GOING: ClassVar[tuple[str, ...]] = (BackgroundTask.State.PENDING, BackgroundTask.State.RUNNING)

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

    class Meta(BackgroundTask.Meta):
        abstract = False
        indexes = [
            *BackgroundTask.Meta.indexes,
            models.Index(fields=["sha256", "owned_by"], name="crate_import_by_sha256"),
            models.Index(fields=["owned_by", "-id"], name="crate_import_of_group"),
        ]

    def __str__(self) -> str:
        return f"import of {self.name}"

    @property
    def has_ended(self) -> bool:
        """Whether nobody works on it, nor will."""
        return self.state in self.ENDED

    @property
    def can_be_tried_again(self) -> bool:
        """Whether it did not succeed, and the archive is still there."""
        return self.state in (self.State.FAILED, self.State.CANCELLED) and bool(self.storage_key or self.path)

    def note(self, **facts: Any) -> bool:
        """Write something down while this worker has the row; False where it has it no longer."""
        for name, value in facts.items():
            setattr(self, name, value)
        return bool(self._mine().update(**facts))

    def finish(self, **facts: Any) -> bool:
        """DONE with these facts, in the caller's transaction; False where the row was cancelled, or taken away."""
        now = timezone.now()
        return self.note(
            state=self.State.DONE,
            phase="",
            error="",
            finished_at=now,
            modified=now,
            lease_until=None,
            **facts,
        )

    def fail(self, reason: str) -> bool:
        """FAILED, for a reason that its owner can do something about."""
        now = timezone.now()
        return self.note(
            state=self.State.FAILED, error=reason, finished_at=now, modified=now, lease_until=None
        )

    def cancel(self) -> bool:
        """Stop the work before it is done; False where it has ended.

        A worker that has it notices within about a second, and then lets go of its lease.
        """
        now = timezone.now()
        going = type(self).objects.filter(pk=self.pk, state__in=self.GOING)
        return bool(going.update(state=self.State.CANCELLED, finished_at=now, modified=now))

    def let_go(self) -> None:
        """Say that this worker has stopped and left nothing behind, after the work was cancelled."""
        mine = type(self).objects.filter(pk=self.pk, state=self.State.CANCELLED, attempts=self.attempts)
        mine.update(lease_until=None, has_leftovers=False)

    def begin_again(self) -> bool:
        """Make work that failed or was cancelled wait for a worker anew; False where it cannot be, or not yet."""
        now = timezone.now()
        ended = type(self).objects.filter(pk=self.pk, state__in=(self.State.FAILED, self.State.CANCELLED))
        nobody_has_it = Q(lease_until=None) | Q(lease_until__lt=now)
        begun = (
            ended.filter(nobody_has_it)
            .exclude(storage_key="", path="")
            .update(
                state=self.State.PENDING, attempts=0, error="", phase="", due_at=now, finished_at=None,
                files_done=0, bytes_done=0, lease_until=None,
            )
        )  # fmt: skip
        if begun:
            self.send_on_commit()
        return bool(begun)


PHASES = CrateImport.Phase.choices
