"""What is needed to understand a run later: parameters, steps, jobs, and the files that each job used and made."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from common.identifiers import uuid7
from common.models import OwnedQuerySet
from data_management.models import DataFile
from workflows.models.runs import STATUS_CHOICES, WorkflowRun
from workflows.records import FileRole, JobFile, JobRecord, ParameterRecord, RunStatus, StepRecord
from workflows.value_keys import KEY_LENGTH, value_key

FILE_ROLES = [(role.value, role.value) for role in FileRole]


class RunPart(models.Model):
    """A part of a run; it has the run's rights and goes when the run goes."""

    rights_from: ClassVar[tuple[str, ...]] = ("workflowrun",)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["id"]


class WorkflowRunParameter(RunPart):
    """A typed name and value. ``value_key`` is the value as a person would type it, to search by."""

    workflowrun = models.ForeignKey(
        WorkflowRun, on_delete=models.CASCADE, related_name="parameters", db_index=False
    )
    name = models.CharField(max_length=255)
    value = models.JSONField(null=True, blank=True)
    value_key = models.CharField(max_length=KEY_LENGTH, blank=True, editable=False)

    class Meta(RunPart.Meta):
        constraints = [models.UniqueConstraint(fields=["workflowrun", "name"], name="parameter_once_per_run")]
        indexes = [models.Index(fields=["name", "value_key", "workflowrun"], name="parameter_by_value")]

    def __str__(self) -> str:
        return f"{self.name}={self.value_key}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the value and its key."""
        self.value_key = value_key(self.value)
        super().save(*args, **kwargs)

    @property
    def value_type(self) -> str:
        """What kind of value it is: text, integer, number, boolean, list, object or null."""
        return _TYPE_NAMES[type(self.value)]

    def to_record(self) -> ParameterRecord:
        """The parameter as a value."""
        return ParameterRecord(self.name, self.value)


_TYPE_NAMES = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "boolean",
    list: "list",
    dict: "object",
    type(None): "null",
}


class WorkflowRunStep(RunPart):
    """A step of the workflow as it took part in the run, with its tool; nested below a subworkflow's step.

    ``tool_url`` is where the tool's code or description is, ``message`` why the step stands as it does.
    """

    workflowrun = models.ForeignKey(
        WorkflowRun, on_delete=models.CASCADE, related_name="steps", db_index=False
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )
    key = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    position = models.PositiveIntegerField(default=0)
    tool_id = models.CharField(max_length=500, blank=True)
    tool_name = models.CharField(max_length=255, blank=True)
    tool_version = models.CharField(max_length=100, blank=True)
    container_image = models.CharField(max_length=500, blank=True)
    tool_url = models.CharField(max_length=1000, blank=True)
    status = models.CharField(max_length=9, choices=STATUS_CHOICES, default=RunStatus.UNKNOWN)
    message = models.TextField(blank=True)

    class Meta(RunPart.Meta):
        constraints = [models.UniqueConstraint(fields=["workflowrun", "key"], name="step_key_once_per_run")]

    def __str__(self) -> str:
        return self.name

    def to_record(self) -> StepRecord:
        """The step as a value."""
        return StepRecord(
            key=self.key,
            name=self.name,
            position=self.position,
            parent=self.parent.key if self.parent else "",
            tool_id=self.tool_id,
            tool_name=self.tool_name,
            tool_version=self.tool_version,
            container_image=self.container_image,
            status=RunStatus(self.status),
            tool_url=self.tool_url,
            message=self.message,
        )


class WorkflowRunJob(RunPart):
    """One execution of a step; a retry is a job of its own with a higher ``attempt``.

    ``message`` says why it stands as it does. ``after`` are the external ids of the jobs of the run whose
    results it used. ``requested`` are the resources that were asked for, ``resources`` those that were used.
    """

    workflowrun = models.ForeignKey(WorkflowRun, on_delete=models.CASCADE, related_name="jobs")
    step = models.ForeignKey(
        WorkflowRunStep, null=True, blank=True, on_delete=models.CASCADE, related_name="jobs"
    )
    name = models.CharField(max_length=255)
    attempt = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=9, choices=STATUS_CHOICES, default=RunStatus.UNKNOWN)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    command_line = models.TextField(blank=True)
    exit_code = models.IntegerField(null=True, blank=True)
    host = models.CharField(max_length=255, blank=True)
    stdout = models.TextField(blank=True)
    stderr = models.TextField(blank=True)
    container_image = models.CharField(max_length=500, blank=True)
    external_id = models.CharField(max_length=255, blank=True)
    resources = models.JSONField(default=dict, blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    environment = models.JSONField(default=dict, blank=True)
    message = models.TextField(blank=True)
    after = models.JSONField(default=list, blank=True)
    source_status = models.CharField(max_length=60, blank=True)
    requested = models.JSONField(default=dict, blank=True)
    scheduler = models.JSONField(default=dict, blank=True)
    node = models.CharField(
        max_length=255, blank=True, help_text="The key of the compute node that it ran on."
    )

    class Meta(RunPart.Meta):
        constraints = [
            models.CheckConstraint(
                name="job_completed_not_before_started",
                condition=Q(completed_at__gte=F("started_at")) | Q(started_at=None) | Q(completed_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def to_record(self) -> JobRecord:
        """The job as a value, its files sorted by role and path."""
        files = sorted((link.to_record() for link in self.files.all()), key=lambda one: (one.role, one.path))
        return JobRecord(
            name=self.name,
            step=self.step.key if self.step else "",
            attempt=self.attempt,
            status=RunStatus(self.status),
            started_at=self.started_at,
            completed_at=self.completed_at,
            command_line=self.command_line,
            exit_code=self.exit_code,
            host=self.host,
            stdout=self.stdout,
            stderr=self.stderr,
            container_image=self.container_image,
            external_id=self.external_id,
            resources=self.resources,
            parameters=self.parameters,
            environment=self.environment,
            files=tuple(files),
            message=self.message,
            after=tuple(self.after),
            source_status=self.source_status,
            requested=self.requested,
            scheduler=self.scheduler,
            node=self.node,
        )


class JobFileLink(models.Model):
    """A file that a job used or made."""

    job = models.ForeignKey(WorkflowRunJob, on_delete=models.CASCADE, related_name="files", db_index=False)
    datafile = models.ForeignKey(DataFile, on_delete=models.CASCADE, related_name="job_links")
    role = models.CharField(max_length=4, choices=FILE_ROLES)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "datafile", "role"], name="file_once_per_job_and_role")
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.datafile_id}"

    def to_record(self) -> JobFile:
        """The link as a value."""
        return JobFile(path=self.datafile.path or self.datafile.name, role=FileRole(self.role))
