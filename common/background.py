"""Background work as rows: the row is the truth, a broker's message only wakes a worker.

``PENDING -> RUNNING -> DONE | FAILED``, back to PENDING after an interruption. A worker that claims a row
holds a lease on it and renews the lease while it works; a row whose lease ran out was held by a worker that
died, and is taken up again by the sweep. See ``docs/records.md``.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, ClassVar

from celery import current_app
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
HEARTBEAT_SECONDS = 15.0
MOST_ATTEMPTS = 5
RESEND_AFTER = timedelta(seconds=20)
LONGEST_PAUSE = 24 * 3600  # seconds


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

        An error in ``retry_on`` may carry ``retry_after``, seconds that are waited at least.

        What the body sets as ``error`` is kept with DONE: the work is done, and there is something to say.
        """
        with self._kept_alive():
            try:
                yield
            except retry_on as problem:
                self._postpone(problem)
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
                try:
                    self._mine().update(lease_until=timezone.now() + LEASE)
                except DatabaseError as problem:  # busy for a moment: the lease outlasts a few beats
                    logger.warning("The lease of %s could not be renewed: %s", self, problem)
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

    def _postpone(self, problem: Exception) -> None:
        reason = str(problem)
        if self.attempts >= MOST_ATTEMPTS:
            self._settle(self.State.FAILED, error=f"Given up after {self.attempts} attempts: {reason}")
            return
        asked = getattr(problem, "retry_after", None) or 0  # seconds that the other side asked for
        due = timezone.now() + timedelta(seconds=max(15 * 2**self.attempts, min(asked, LONGEST_PAUSE)))
        self._mine().update(state=self.State.PENDING, error=reason, due_at=due, lease_until=None)


class StoppableTask(BackgroundTask):
    """Background work that its owner can call off, that can be tried again, and that may rest between two goes."""

    ENDED: ClassVar[tuple[str, ...]] = (
        BackgroundTask.State.DONE,
        BackgroundTask.State.FAILED,
        BackgroundTask.State.CANCELLED,
    )
    GOING: ClassVar[tuple[str, ...]] = (BackgroundTask.State.PENDING, BackgroundTask.State.RUNNING)

    phase = models.CharField(max_length=12, blank=True, editable=False)

    class Meta(BackgroundTask.Meta):
        abstract = True

    @property
    def has_ended(self) -> bool:
        """Whether nobody works on it, nor will."""
        return self.state in self.ENDED

    def note(self, **facts: Any) -> bool:
        """Write something down while this worker has the row; False where it has it no longer."""
        mine = self._mine()  # as the row stands: the facts may change what it is known by
        for name, value in facts.items():
            setattr(self, name, value)
        return bool(mine.update(**facts))

    def finish(self, **facts: Any) -> bool:
        """DONE with these facts, in the caller's transaction; False where the row was cancelled, or taken away."""
        now = timezone.now()
        told = {"error": "", **facts}
        return self.note(
            state=self.State.DONE, phase="", finished_at=now, modified=now, lease_until=None, **told
        )

    def fail(self, reason: str, **facts: Any) -> bool:
        """FAILED, for a reason that its owner can do something about."""
        now = timezone.now()
        return self.note(
            state=self.State.FAILED, error=reason, finished_at=now, modified=now, lease_until=None, **facts
        )

    def rest_until(self, due_at: datetime, **facts: Any) -> bool:
        """Back to PENDING until then, as if nothing had been tried; False where this worker has the row no longer.

        The first sweep after that sends it. A row that rests is no failure: its attempts count anew.
        """
        now = timezone.now()
        return self.note(
            state=self.State.PENDING, due_at=due_at, attempts=0, modified=now, lease_until=None, **facts
        )

    def cancel(self) -> bool:
        """Stop the work before it is done; False where it has ended.

        A worker that has it notices within about a second, and then lets go of its lease.
        """
        now = timezone.now()
        ended: dict[str, Any] = {"state": self.State.CANCELLED, "finished_at": now, "modified": now}
        return bool(type(self)._base_manager.filter(pk=self.pk, state__in=self.GOING).update(**ended))

    def let_go(self, **facts: Any) -> None:
        """Say that this worker has stopped, after the work was cancelled."""
        mine = type(self)._base_manager.filter(pk=self.pk, state=self.State.CANCELLED, attempts=self.attempts)
        mine.update(lease_until=None, **facts)

    def begin_again(self, **facts: Any) -> bool:
        """Make work that failed or was cancelled wait for a worker anew; False where it cannot be, or not yet."""
        now = timezone.now()
        ended = self._retriable().filter(pk=self.pk, state__in=(self.State.FAILED, self.State.CANCELLED))
        begun = ended.filter(Q(lease_until=None) | Q(lease_until__lt=now)).update(
            state=self.State.PENDING, attempts=0, error="", phase="", due_at=now, started_at=None,
            finished_at=None, lease_until=None, **facts,
        )  # fmt: skip
        if begun:
            self.send_on_commit()
        return bool(begun)

    def _retriable(self) -> Any:
        """The rows that may be tried again at all."""
        return type(self)._base_manager.all()


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
    # What was begun and rests has no message under way; of what was asked for just now there may be one.
    is_forgotten = Q(started_at__lt=F("due_at")) | Q(due_at__lt=now - RESEND_AFTER)
    overdue = model._base_manager.filter(is_forgotten, state=BackgroundTask.State.PENDING, due_at__lte=now)
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
