"""The one task that beat calls: it makes up for lost messages, dead workers and old leftovers."""

from datetime import timedelta

from celery import shared_task
from celery.signals import worker_ready
from django.core.files.storage import default_storage
from django.db import close_old_connections
from django.utils import timezone

from common.background import sweep_rows
from common.models import IdempotentAnswer, WorkerBeat
from common.storage import AtomicFileSystemStorage

ANSWERS_KEPT = timedelta(days=7)  # whoever repeats a request does so within hours


@shared_task
def sweep() -> None:
    """Say that a worker is alive, then send again what is overdue."""
    WorkerBeat.objects.update_or_create(name="worker", defaults={"at": timezone.now()})
    sweep_rows()
    if isinstance(default_storage, AtomicFileSystemStorage):
        default_storage.remove_leftovers()
    IdempotentAnswer.objects.filter(created__lt=timezone.now() - ANSWERS_KEPT).delete()


@worker_ready.connect
def sweep_at_start(**_: object) -> None:
    """A worker that starts looks for work at once and does not wait for beat."""
    close_old_connections()  # around tasks Celery does it
    sweep()
