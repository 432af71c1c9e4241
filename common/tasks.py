"""The one task that beat calls: it makes up for lost messages, dead workers and old leftovers."""

from celery import shared_task
from celery.signals import worker_ready
from django.utils import timezone

from common.background import sweep_rows
from common.models import WorkerBeat


@shared_task
def sweep() -> None:
    """Say that a worker is alive, then send again what is overdue."""
    WorkerBeat.objects.update_or_create(name="worker", defaults={"at": timezone.now()})
    sweep_rows()


@worker_ready.connect
def sweep_at_start(**_: object) -> None:
    """A worker that starts looks for work at once and does not wait for beat."""
    sweep()
