"""Crates as they came, and the background work that prepares and judges crates."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from common.background import BackgroundTask
from common.models import BaseModel, Ownable, OwnedQuerySet, UserLike
from common.models.access import view_q
from data_management.models import Dataset
from rocrate_export.choice import Choice, Include
from workflows.models import Workflow, WorkflowRun, WorkflowRunDataset, WorkflowVersion

SUBJECT_KINDS = [("run", "run"), ("version", "version")]
INCLUDES = [(one.value, one.value) for one in Include]


class StoredCrateQuerySet(OwnedQuerySet):
    """Crates as they came; each has the rights of the run or the version that it belongs to."""

    def visible_to(self, user: UserLike, *, deleted: bool = False) -> Self:
        """Those of what ``user`` may see whole: an archive holds the files of all datasets of its run."""
        found = super().visible_to(user, deleted=deleted)
        return (
            found
            if user.is_superuser
            else found.filter(~_with_hidden_datasets(user), _of_seen_workflows(user))
        )

    def _reached(self, user: Any, rights: Any, *, deleted: bool) -> Self:
        runs = WorkflowRun.objects.all()._reached(user, rights, deleted=deleted)
        versions = WorkflowVersion.objects.all()._reached(user, rights, deleted=deleted)
        return self.filter(Q(run__in=runs) | Q(version__in=versions))


class StoredCrate(BaseModel):
    """An archive that was given for a run or for a workflow version, byte for byte; the newest one is served.

    It is there for those who may see all that the run holds.

    ``warnings`` are ``{"entity", "message"}``: what whoever read it found odd. ``size`` is in bytes.
    """

    run = models.ForeignKey(
        WorkflowRun, null=True, blank=True, on_delete=models.CASCADE, related_name="stored_crates"
    )
    version = models.ForeignKey(
        WorkflowVersion, null=True, blank=True, on_delete=models.CASCADE, related_name="stored_crates"
    )
    name = models.CharField(max_length=255)
    storage_key = models.CharField(max_length=512, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.BigIntegerField(editable=False)
    warnings = models.JSONField(default=list, blank=True, editable=False)

    objects = StoredCrateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="stored_crate_of_a_run_or_a_version",
                condition=Q(run__isnull=False, version__isnull=True)
                | Q(run__isnull=True, version__isnull=False),
            ),
            models.UniqueConstraint(fields=["run", "sha256"], name="same_crate_once_per_run"),
            models.UniqueConstraint(fields=["version", "sha256"], name="same_crate_once_per_version"),
        ]

    def __str__(self) -> str:
        return self.name


def _with_hidden_datasets(user: UserLike) -> Exists:
    """Of a run with datasets that ``user`` may not see."""
    links = WorkflowRunDataset.objects.filter(workflowrun=OuterRef("run"), dataset__deleted=False)
    return Exists(links.exclude(view_q(user, Dataset, "dataset__")))


def _of_seen_workflows(user: UserLike) -> Q:
    """Of a version (which is asked for elsewhere), or of a run whose workflow ``user`` may see."""
    prefix = "run__workflowversion__workflow__"
    return Q(run__workflowversion=None) | view_q(user, Workflow, prefix)


class CrateWorkQuerySet(OwnedQuerySet):
    """Background work about crates."""

    def _reached(self, user: Any, rights: Any, *, deleted: bool) -> Self:
        """One's own; not one's group's, as members of a group may see different things of a run."""
        return self if user.is_superuser else self.filter(wanted_by=user.pk)


class CrateWork(BackgroundTask, Ownable, BaseModel):
    """Work on the crate of one subject in one state, as the people in ``wanted_by`` see it.

    ``fingerprint`` stands for the subject, its state, the choice and the address in the crate: whoever asks
    for the same gets the same row. ``revision`` is the state (``RunState.revision``).
    """

    subject_kind = models.CharField(max_length=7, choices=SUBJECT_KINDS, editable=False)
    subject_id = models.UUIDField(editable=False, db_index=True)
    name = models.CharField(max_length=255, blank=True, editable=False)
    revision = models.CharField(max_length=128, editable=False)
    include = models.CharField(max_length=5, choices=INCLUDES, default=Include.ALL.value, editable=False)
    limit = models.BigIntegerField(default=Choice().limit, editable=False)
    absolute = models.BooleanField(default=False, editable=False)
    base_url = models.CharField(max_length=500, blank=True, editable=False)
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    last_used_at = models.DateTimeField(default=timezone.now, editable=False)
    wanted_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", editable=False)

    objects = CrateWorkQuerySet.as_manager()

    class Meta(BackgroundTask.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} of {self.subject_kind} {self.subject_id}"

    @property
    def choice(self) -> Choice:
        """Which files go in, and how they are named."""
        return Choice(include=Include(self.include), limit=self.limit, absolute=self.absolute)

    @property
    def has_ended(self) -> bool:
        """Whether nobody works on it, nor will."""
        return self.state in (self.State.DONE, self.State.FAILED, self.State.CANCELLED)

    def begin_again(self) -> bool:
        """Make work that has ended wait for a worker anew; False where it has not ended."""
        ended = (self.State.DONE, self.State.FAILED, self.State.CANCELLED)
        anew = {"state": self.State.PENDING, "attempts": 0, "error": "", "due_at": timezone.now()}
        begun = type(self)._base_manager.filter(pk=self.pk, state__in=ended).update(**anew, finished_at=None)
        self.refresh_from_db()
        if begun:
            self.send_on_commit()
        return bool(begun)

    def cancel(self) -> bool:
        """Stop the work before it is done; False where it has ended."""
        going = type(self)._base_manager.filter(
            pk=self.pk, state__in=(self.State.PENDING, self.State.RUNNING)
        )
        stopped = going.update(state=self.State.CANCELLED, finished_at=timezone.now(), lease_until=None)
        self.refresh_from_db()
        return bool(stopped)


class CrateExport(CrateWork):
    """The preparation of a crate that takes longer than a request should.

    What is kept under ``prepared_key`` is the plan of the archive (``CrateArchive.kept``): its files are
    read where they are stored when it is sent. ``bytes_total`` and ``bytes_done`` count what had to be read
    because its CRC-32 was not known.
    """

    task_name = "rocrate_export.tasks.prepare_crate"

    files_total = models.PositiveIntegerField(default=0, editable=False)
    files_done = models.PositiveIntegerField(default=0, editable=False)
    files_missing = models.PositiveIntegerField(default=0, editable=False)
    bytes_total = models.BigIntegerField(default=0, editable=False)
    bytes_done = models.BigIntegerField(default=0, editable=False)
    archive_size = models.BigIntegerField(null=True, editable=False)
    prepared_key = models.CharField(max_length=512, blank=True, editable=False)
    prepared_size = models.BigIntegerField(default=0, editable=False)

    class Meta(CrateWork.Meta):
        abstract = False


class CrateValidation(CrateWork):
    """What rocrate-validator says about a crate; ``crate`` is "original" or "generated".

    ``report`` is as ``rocrate_export.judge`` gives it, None before the work is done.
    """

    task_name = "rocrate_export.tasks.validate_crate"

    crate = models.CharField(max_length=9, editable=False)
    original = models.ForeignKey(
        StoredCrate, null=True, on_delete=models.CASCADE, related_name="+", editable=False
    )
    profile = models.CharField(max_length=60, editable=False)
    severity = models.CharField(max_length=11, editable=False)
    report = models.JSONField(null=True, editable=False)

    class Meta(CrateWork.Meta):
        abstract = False
