"""Is everything there that the registry needs: database, queue, worker, storage."""

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from celery import current_app
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from common.models import WorkerBeat

WORKER_SILENCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Check:
    """Whether one thing is all right, and a sentence about it."""

    ok: bool
    detail: str


def checks() -> dict[str, Check]:
    """All checks by their names; none raises."""
    found: dict[str, Callable[[], str]] = {
        "database": _database,
        "queue": _queue,
        "worker": _worker,
        "storage": _storage,
    }
    return {name: _tried(check) for name, check in found.items()}


def _tried(check: Callable[[], str]) -> Check:
    try:
        return Check(True, check())
    except Exception as problem:  # whatever it is, it is what the administrator must hear
        return Check(False, str(problem) or type(problem).__name__)


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return connection.vendor


def _queue() -> str:
    with current_app.connection_for_write() as link:
        link.ensure_connection(max_retries=1, timeout=2)
    return "reachable"


def _worker() -> str:
    beat = WorkerBeat.objects.filter(name="worker").first()
    if beat is None:
        raise RuntimeError("no worker has ever run: start one with 'celery -A config worker -B'")
    silent = timezone.now() - beat.at
    if silent > WORKER_SILENCE:
        raise RuntimeError(
            f"no sign of life since {beat.at:%Y-%m-%d %H:%M:%S} UTC: start the worker and beat"
        )
    return f"alive {silent.seconds} s ago"


def _storage() -> str:
    name = f"health/{os.getpid()}-{uuid.uuid4().hex}"
    default_storage.save(name, ContentFile(b"ok"))
    default_storage.delete(name)
    return "writable"
