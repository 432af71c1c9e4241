"""Background work as rows: the row is the truth, a broker's message only wakes a worker.

``PENDING -> RUNNING -> DONE | FAILED``, back to PENDING after an interruption. A worker that claims a row
holds a lease on it and renews the lease while it works; a row whose lease ran out was held by a worker that
died, and is taken up again by the sweep. See ``docs/records.md``.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, ClassVar

from celery import current_app
from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
HEARTBEAT_SECONDS = 15.0
MOST_ATTEMPTS = 5
RESEND_AFTER = timedelta(seconds=20)


class BackgroundTask(models.Model):
    """A piece of work that outlives its request. Subclasses name their Celery task in ``task_name``."""

    class State(models.TextChoices):
        """How far the work is."""

        PENDING = "PENDING"
        RUNNING = "RUNNING"
        DONE = "DONE"
        FAILED = "FAILED"
        CANCELLED = "CANCELLED"

    task_name: ClassVar[str]

    state = models.CharField(max_length=9, choices=State, default=State.PENDING, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    error = models.TextField(blank=True, editable=False)
    due_at = models.DateTimeField(default=timezone.now, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=["due_at"], name="%(class)s_waiting", condition=Q(state="PENDING")),
            models.Index(fields=["lease_until"], name="%(class)s_running", condition=Q(state="RUNNING")),
        ]

    def send_on_commit(self) -> None:
        """Wake a worker as soon as the row is really there."""
        transaction.on_commit(self.send)

    def send(self) -> None:
        """Wake a worker. A broker that is away is no error: the sweep sends the row again."""
        try:
            current_app.send_task(self.task_name, args=[str(self.pk)], retry=False)
        except Exception as problem:  # the transport's own errors differ by broker
            logger.warning("Broker not reached (%s); %s waits for the sweep", problem, self)

    def claim(self) -> bool:
        """Take the row for this worker: one UPDATE, so two workers cannot both win."""
        now = timezone.now()
        taken = (
            type(self)
            ._base_manager.filter(pk=self.pk, state=self.State.PENDING)
            .update(
                state=self.State.RUNNING,
                attempts=F("attempts") + 1,
                started_at=now,
                lease_until=now + LEASE,
                error="",
            )
        )
        if taken:
            self.refresh_from_db()
        return bool(taken)

    @contextmanager
    def settled(self, *, retry_on: tuple[type[Exception], ...] = ()) -> Iterator[None]:
        """Keep the lease alive while the body works, then write DONE, FAILED, or PENDING for another try.

        What the body sets as ``error`` is kept with DONE: the work is done, and there is something to say.
        """
        with self._kept_alive():
            try:
                yield
            except retry_on as problem:
                self._postpone(str(problem))
                return
            except Exception as problem:
                logger.exception("%s failed", self)
                self._settle(self.State.FAILED, error=str(problem) or type(problem).__name__)
                return
        self._settle(self.State.DONE, error=self.error)

    @contextmanager
    def _kept_alive(self) -> Iterator[None]:
        stop = threading.Event()

        def renew() -> None:
            while not stop.wait(HEARTBEAT_SECONDS):
                self._mine().update(lease_until=timezone.now() + LEASE)
            connection.close()  # this thread's own connection

        heart = threading.Thread(target=renew, daemon=True)
        heart.start()
        try:
            yield
        finally:
            stop.set()
            heart.join(timeout=5)

    def _mine(self) -> Any:
        """This row, unless the sweep has given it to another worker since."""
        return type(self)._base_manager.filter(pk=self.pk, state=self.State.RUNNING, attempts=self.attempts)

    def _settle(self, state: str, *, error: str = "") -> None:
        self._mine().update(state=state, error=error, finished_at=timezone.now(), lease_until=None)
        self.refresh_from_db()

    def _postpone(self, reason: str) -> None:
        if self.attempts >= MOST_ATTEMPTS:
            self._settle(self.State.FAILED, error=f"Given up after {self.attempts} attempts: {reason}")
            return
        due = timezone.now() + timedelta(seconds=15 * 2**self.attempts)
        self._mine().update(state=self.State.PENDING, error=reason, due_at=due, lease_until=None)


STATES = BackgroundTask.State.choices


def background_models() -> list[type[BackgroundTask]]:
    """Every kind of background row that the installed apps have."""
    return [model for model in apps.get_models() if issubclass(model, BackgroundTask)]


def sweep_rows() -> int:
    """Free the rows of workers that died and send what waits for longer than it should; returns how many."""
    return sum(_sweep(model) for model in background_models())


def release_orphans() -> int:
    """Free every RUNNING row at once; only where it is certain that no worker is alive.

    A broker that ended with its workers has forgotten what it was told: what is due and still PENDING is
    sent again by the first sweep, too.
    """
    running = Q(state=BackgroundTask.State.RUNNING)
    now = timezone.now()
    for model in background_models():
        waiting = model._base_manager.filter(state=BackgroundTask.State.PENDING, due_at__lte=now)
        waiting.update(due_at=now - RESEND_AFTER * 2)
    return sum(_free(model, running) for model in background_models())


def _sweep(model: type[BackgroundTask]) -> int:
    now = timezone.now()
    _free(model, Q(state=BackgroundTask.State.RUNNING, lease_until__lt=now))
    overdue = model._base_manager.filter(state=BackgroundTask.State.PENDING, due_at__lt=now - RESEND_AFTER)
    for row in overdue.order_by("due_at")[:500]:
        row.send()
    return overdue.count()


def _free(model: type[BackgroundTask], which: Q) -> int:
    """Interrupted work goes back to PENDING; what was interrupted too often is given up."""
    rows = model._base_manager.filter(which)
    rows.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=BackgroundTask.State.FAILED,
        error=f"Given up: interrupted {MOST_ATTEMPTS} times.",
        finished_at=timezone.now(),
        lease_until=None,
    )
    long_due = timezone.now() - RESEND_AFTER * 2
    return rows.update(state=BackgroundTask.State.PENDING, due_at=long_due, lease_until=None)
