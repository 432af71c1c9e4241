"""What happened: edits of records, answers that may be asked for again, and the worker's sign of life."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from common.identifiers import uuid7
from common.models.base import user_key


class HistoryEvent(models.Model):
    """One deed on one record; rows are only ever added, but who goes on writing a note goes on with its row.

    ``changes`` maps a field's name to ``[before, after]`` as they stand on the wire.
    """

    class Action(models.TextChoices):
        """What was done."""

        UPDATED = "updated"
        DELETED = "deleted"
        RESTORED = "restored"
        SHARED = "shared"
        STATUS = "status"
        DATASETS = "datasets"
        RELEASED = "released"
        REMARKED = "remarked"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=60)
    object_id = models.UUIDField()
    action = models.CharField(max_length=10, choices=Action)
    changes = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    by = user_key()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["object_id", "id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.action}"


class IdempotentAnswer(models.Model):
    """The answer that a request with an ``Idempotency-Key`` got, to be given again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    answer = models.BinaryField()
    created = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_answer_per_user_and_key")]

    def __str__(self) -> str:
        return self.key


class WorkerBeat(models.Model):
    """When a worker last ran the sweep; one row."""

    name = models.CharField(max_length=30, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
