"""A run, its datasets, and the history of its status."""

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from common.identifiers import uuid7
from common.models import (
    Annotatable,
    BaseModel,
    NameableAbstractBaseModel,
    Noteable,
    Ownable,
    OwnedQuerySet,
    SoftDeletable,
)
from common.models.base import user_key
from data_management.models import Dataset
from workflows.models.people import people_of
from workflows.models.versions import WorkflowVersion
from workflows.records import (
    DatasetLink,
    DataType,
    DeclaredFile,
    PersonRecord,
    RunOrigin,
    RunRecord,
    RunStatus,
    StatusBasis,
    StatusRecord,
)

STATUS_BASES = [(basis.value, basis.value) for basis in StatusBasis]
STATUS_CHOICES = [(status.value, status.value) for status in RunStatus]
DATASET_TO_WORKFLOWRUN_TYPES = [(kind.value, kind.value) for kind in DataType]


class WorkflowRunQuerySet(OwnedQuerySet):
    """Runs."""

    def with_details(self) -> Self:
        """With what a line of a list shows."""
        return self.select_related("workflowversion__workflow", "owner", "owned_by")

    def with_everything(self) -> Self:
        """With what ``to_record`` reads, in a number of queries that does not grow."""
        return self.with_details().prefetch_related(
            "workflowversion__files",
            "parameters",
            "status_changes__by",
            "steps__parent",
            "jobs__files__datafile",
            "jobs__step",
            "nodes",
            "dataset_links__dataset__datafiles",
            "dataset_links__dataset__collections",
        )


class WorkflowRun(SoftDeletable, Annotatable, Noteable, Ownable, NameableAbstractBaseModel):
    """One execution of a workflow version, whoever ran it.

    ``status_basis`` says how the status is known, ``message`` why it is so. ``license`` is an SPDX identifier
    or an address, for the data. ``people`` are those whom the source of the run names. ``run_environment`` is a
    text or a JSON value. ``source``, ``source_url`` and ``external_id`` say where the run comes from.
    ``duration`` is in seconds and follows from the two times. ``declared`` are the files that it was to take in and
    to make, whether or not they are there. ``tags`` are names with values, ``metadata`` is whatever else is known.
    """

    STATUS_CHOICES = STATUS_CHOICES

    workflowversion = models.ForeignKey(
        WorkflowVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="runs"
    )
    status = models.CharField(max_length=9, choices=STATUS_CHOICES, default=RunStatus.UNKNOWN)
    status_basis = models.CharField(max_length=8, choices=STATUS_BASES, default=StatusBasis.REPORTED)
    message = models.TextField(
        blank=True, help_text="Why the run stands as it does, in the source's words: why it failed."
    )
    license = models.CharField(
        max_length=500, blank=True, help_text="Of the data: an SPDX identifier, or an address."
    )
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    duration = models.FloatField(null=True, editable=False)
    run_command = models.TextField(blank=True)
    run_environment = models.JSONField(null=True, blank=True)
    is_imported = models.BooleanField(default=False)
    source = models.CharField(max_length=60, blank=True)
    source_url = models.CharField(max_length=2000, blank=True)
    external_id = models.CharField(max_length=255, blank=True)
    people = models.JSONField(default=list, blank=True, editable=False)
    source_status = models.CharField(
        max_length=60, blank=True, editable=False, help_text="The source's own word for the status."
    )
    source_deleted = models.BooleanField(
        default=False, editable=False, help_text="The source has the run no longer."
    )
    rerun_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reruns",
        help_text="The run that this one repeats, or goes on with.",
    )
    rerun_of_external_id = models.CharField(
        max_length=255, blank=True, editable=False, help_text="The same as the source names it."
    )
    declared = models.JSONField(default=list, blank=True, editable=False)
    tags = models.JSONField(default=dict, blank=True)
    metadata = models.JSONField(default=dict, blank=True)

    objects = WorkflowRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="completed_not_before_started",
                condition=Q(completed_at__gte=F("started_at")) | Q(started_at=None) | Q(completed_at=None),
            ),
            models.UniqueConstraint(
                fields=["owned_by", "source", "external_id"],
                condition=~Q(external_id="") & Q(deleted=False),
                name="one_run_per_origin_and_group",
            ),
        ]
        indexes = [
            # Covers status, rights and trash, so that a bounded count never touches the table.
            models.Index(
                fields=["status", "-id", "owner", "owned_by", "public"],
                name="run_by_status",
                condition=Q(deleted=False),
            ),
            # The newest runs of a version and how many there are, with the same cover.
            models.Index(
                fields=["workflowversion", "-id", "owner", "owned_by", "public", "status"],
                name="run_of_version",
                condition=Q(deleted=False),
            ),
            models.Index(fields=["-deleted_date", "-id"], name="run_in_trash", condition=Q(deleted=True)),
            models.Index(fields=["-id"], name="run_public", condition=Q(public=True)),
            models.Index(fields=["owned_by", "-id"], name="run_of_group"),
            models.Index(fields=["owner", "-id"], name="run_of_owner"),
            models.Index(fields=["name", "id"], name="run_by_name"),
            models.Index(fields=["source", "id"], name="run_by_source"),
            models.Index(fields=["-modified", "-id"], name="run_by_modified"),
            models.Index(
                fields=["source", "rerun_of_external_id"],
                name="run_by_what_it_repeats",
                condition=~Q(rerun_of_external_id=""),
            ),
            models.Index(
                fields=["source_status", "-id"], name="run_by_source_status", condition=~Q(source_status="")
            ),
            models.Index(
                fields=["source", "external_id"], name="run_by_origin", condition=~Q(external_id="")
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the run; the duration follows from the times."""
        self.duration = duration_between(self.started_at, self.completed_at)
        super().save(*args, **kwargs)

    @property
    def links_in_order(self) -> list["WorkflowRunDataset"]:
        """Its associations with datasets in the order of recording; a prefetch of them is used."""
        return _in_order(self.dataset_links)

    def to_record(self) -> RunRecord:
        """The run as a value; cheap when it was read ``with_everything``."""
        return RunRecord(
            id=self.id,
            created=self.created,
            name=self.name,
            description=self.description,
            workflow=self.workflowversion.to_record() if self.workflowversion else None,
            status=RunStatus(self.status),
            status_basis=StatusBasis(self.status_basis),
            message=self.message,
            license=self.license,
            people=people_of(self.people),
            started_at=self.started_at,
            completed_at=self.completed_at,
            run_command=self.run_command,
            run_environment=self.run_environment,
            is_imported=self.is_imported,
            origin=RunOrigin(self.source, self.source_url, self.external_id),
            parameters=tuple(one.to_record() for one in _in_order(self.parameters)),
            steps=tuple(one.to_record() for one in _in_order(self.steps)),
            jobs=tuple(one.to_record() for one in _in_order(self.jobs)),
            datasets=tuple(
                one.to_record() for one in _in_order(self.dataset_links) if not one.dataset.deleted
            ),
            agent=PersonRecord(self.owner.full_name, self.owner.orcid) if self.owner else None,
            group=self.owned_by.name if self.owned_by else "",
            group_url=self.owned_by.url if self.owned_by else "",
            history=tuple(one.to_record() for one in _in_order(self.status_changes)),
            source_status=self.source_status,
            source_deleted=self.source_deleted,
            rerun_of=self.rerun_of_external_id,
            nodes=tuple(one.to_record() for one in _in_order(self.nodes)),
            declared=declared_of(self.declared),
            tags=self.tags,
            metadata=self.metadata,
        )


class WorkflowRunDataset(Ownable, BaseModel):
    """A dataset's part in a run. It takes the right to see both to see it."""

    rights_from: ClassVar[tuple[str, ...]] = ("workflowrun", "dataset")

    workflowrun = models.ForeignKey(
        WorkflowRun, on_delete=models.CASCADE, related_name="dataset_links", db_index=False
    )
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="run_links")
    data_type = models.CharField(max_length=9, choices=DATASET_TO_WORKFLOWRUN_TYPES)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workflowrun", "dataset", "data_type"], name="dataset_once_per_run_and_type"
            )
        ]

    def __str__(self) -> str:
        return f"{self.data_type} {self.dataset_id} of {self.workflowrun_id}"

    def to_record(self) -> DatasetLink:
        """The association as a value."""
        return DatasetLink(dataset=self.dataset.to_record(), data_type=DataType(self.data_type))


class StatusChange(models.Model):
    """A status that a run took, when, and who said so; rows are only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workflowrun = models.ForeignKey(WorkflowRun, on_delete=models.CASCADE, related_name="status_changes")
    status = models.CharField(max_length=9, choices=STATUS_CHOICES)
    at = models.DateTimeField(default=timezone.now)
    by = user_key()
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.status} at {self.at:%Y-%m-%d %H:%M}"

    def to_record(self) -> StatusRecord:
        """The entry as a value."""
        return StatusRecord(
            RunStatus(self.status), self.at, self.by.full_name if self.by else "", self.reason
        )


def declared_of(column: list[dict[str, Any]]) -> tuple[DeclaredFile, ...]:
    """The files that a run declares, from what its column says."""
    return tuple(
        DeclaredFile(one["path"], DataType(one["data_type"]), bool(one.get("optional"))) for one in column
    )


def column_of_declared(declared: tuple[DeclaredFile, ...]) -> list[dict[str, Any]]:
    """The same as the column says it."""
    return [{"path": one.path, "data_type": str(one.data_type), "optional": one.optional} for one in declared]


def duration_between(started_at: Any, completed_at: Any) -> float | None:
    """Seconds between two times, None where one is missing."""
    if started_at is None or completed_at is None:
        return None
    return (completed_at - started_at) / timedelta(seconds=1)


def _in_order(rows: Any) -> list:
    """By id, which is the order of recording; sorted here so that a prefetch is used."""
    return sorted(rows.all(), key=lambda one: one.id)
