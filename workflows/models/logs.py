"""The texts that were written while a run and its jobs ran."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from workflows.models.runs import WorkflowRun
from workflows.models.steps import RunPart, WorkflowRunJob


class RunLog(RunPart):
    """A log of a run (``job`` is None) or of a job, compressed in the row so that it is kept or not as one.

    ``name`` is ``stdout``, ``stderr``, or what the source calls it. ``size`` (bytes) and ``line_count`` are of the text
    as it is kept, ``full_size`` of what there was; where that is more, the middle was left out and ``is_cut`` is set.
    """

    rights_from: ClassVar[tuple[str, ...]] = ("workflowrun",)

    workflowrun = models.ForeignKey(
        WorkflowRun, on_delete=models.CASCADE, related_name="logs", db_index=False
    )
    job = models.ForeignKey(
        WorkflowRunJob, null=True, blank=True, on_delete=models.CASCADE, related_name="logs"
    )
    name = models.CharField(max_length=100)
    content = models.BinaryField(editable=False)  # gzip of UTF-8
    size = models.BigIntegerField(default=0, editable=False)
    full_size = models.BigIntegerField(default=0, editable=False)
    line_count = models.PositiveIntegerField(default=0, editable=False)
    is_cut = models.BooleanField(default=False, editable=False)
    modified = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(RunPart.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workflowrun", "name"], condition=Q(job=None), name="log_once_per_run_and_name"
            ),
            models.UniqueConstraint(
                fields=["job", "name"], condition=~Q(job=None), name="log_once_per_job_and_name"
            ),
        ]
        indexes = [models.Index(fields=["workflowrun", "job", "name"], name="log_of_run")]

    def __str__(self) -> str:
        return self.name
