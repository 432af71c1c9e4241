"""What happened in a run, one thing after the other; entries are only ever added."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from workflows.models.runs import WorkflowRun
from workflows.models.steps import RunPart, WorkflowRunJob

LEVELS = [(level, level) for level in ("debug", "info", "warning", "error")]


class RunEvent(RunPart):
    """Something that happened. ``sequence`` counts the events of one run from 1 without a gap: it is the cursor.

    ``at`` is when it happened, ``received_at`` when the registry heard of it. ``key`` is the source's own identifier:
    an event that has one is kept once. ``job`` is the job that it is about, ``job_external_id`` what the source calls
    that job, which may come later than its events.
    """

    workflowrun = models.ForeignKey(
        WorkflowRun, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    sequence = models.BigIntegerField(editable=False)
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    category = models.CharField(max_length=60, blank=True)
    type = models.CharField(max_length=100, blank=True)
    level = models.CharField(max_length=7, choices=LEVELS, default="info")
    message = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)
    job = models.ForeignKey(
        WorkflowRunJob, null=True, blank=True, on_delete=models.SET_NULL, related_name="events"
    )
    job_external_id = models.CharField(max_length=255, blank=True)
    key = models.CharField(max_length=255, blank=True)

    class Meta(RunPart.Meta):
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["workflowrun", "sequence"], name="event_once_per_place"),
            models.UniqueConstraint(
                fields=["workflowrun", "key"], condition=~Q(key=""), name="event_key_once_per_run"
            ),
        ]
        indexes = [models.Index(fields=["workflowrun", "at"], name="event_by_time")]

    def __str__(self) -> str:
        return f"{self.sequence}: {self.type or self.category}"
