"""What was sent in one request, so that sending it again does nothing twice."""

from django.db import models
from django.utils import timezone

from workflows.models.runs import WorkflowRun
from workflows.models.steps import RunPart


class SentBatch(RunPart):
    """A request that wrote many rows of a run at once, by the ``Idempotency-Key`` that came with it.

    ``fingerprint`` is the SHA-256 of what was sent, ``answer`` what was answered: the same key with the same body is
    answered alike, and the same key with another body is a conflict.
    """

    workflowrun = models.ForeignKey(
        WorkflowRun, on_delete=models.CASCADE, related_name="batches", db_index=False
    )
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    answer = models.JSONField(default=dict)
    created = models.DateTimeField(default=timezone.now)

    class Meta(RunPart.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workflowrun", "kind", "key"], name="batch_once_per_key")
        ]

    def __str__(self) -> str:
        return self.key
