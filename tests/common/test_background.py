"""Background rows: taken once, held by a lease, taken up again, given up in the end."""

import threading
from datetime import timedelta

import pytest
from celery import current_app
from django.db import OperationalError
from django.utils import timezone

from accounts.models import User
from common.background import MOST_ATTEMPTS, RESEND_AFTER, release_orphans, sweep_rows
from common.models import IdempotentAnswer, WorkerBeat
from common.tasks import sweep
from data_management.models import FileTransfer
from tests.factories import a_galaxy_import, a_transfer


@pytest.fixture
def task(ada: User) -> FileTransfer:
    """Work that waits."""
    return a_transfer(ada)


def again(task: FileTransfer) -> FileTransfer:
    """The same row as another worker reads it."""
    return FileTransfer.objects.get(pk=task.pk)


def test_of_two_workers_one_gets_the_row(task: FileTransfer) -> None:
    other = again(task)
    assert [task.claim(), other.claim(), again(task).claim()] == [True, False, False]
    assert (task.state, task.attempts) == ("RUNNING", 1)
    assert task.lease_until is not None
    assert task.lease_until > timezone.now()


def test_work_that_ends_is_done(task: FileTransfer) -> None:
    task.claim()
    with task.settled():
        assert again(task).state == "RUNNING"
    assert (task.state, task.error, task.lease_until) == ("DONE", "", None)
    assert task.finished_at is not None
    assert again(task).claim() is False


def test_work_that_breaks_says_why(task: FileTransfer) -> None:
    task.claim()
    with task.settled():
        raise ValueError("the disk is full")
    assert (task.state, task.error) == ("FAILED", "the disk is full")


def test_what_may_pass_is_tried_again_later_and_given_up_in_the_end(task: FileTransfer) -> None:
    for attempt in range(1, MOST_ATTEMPTS + 1):
        task = again(task)
        assert task.claim()
        with task.settled(retry_on=(ConnectionError,)):
            raise ConnectionError("away")
        assert again(task).state == ("PENDING" if attempt < MOST_ATTEMPTS else "FAILED")
    assert again(task).error == f"Given up after {MOST_ATTEMPTS} attempts: away"
    assert again(task).due_at > timezone.now()


def test_a_row_whose_lease_ran_out_is_taken_up_again(task: FileTransfer) -> None:
    task.claim()
    sweep_rows()
    assert again(task).state == "RUNNING"
    FileTransfer.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sweep_rows() == 1
    assert again(task).state == "PENDING"
    assert again(task).claim()


def test_a_worker_that_lost_its_row_does_not_settle_it(task: FileTransfer) -> None:
    task.claim()
    with task.settled():
        FileTransfer.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        sweep_rows()
        newer = again(task)
        assert newer.claim()
    assert again(task).state == "RUNNING"


def test_a_row_that_kills_its_worker_is_given_up(task: FileTransfer) -> None:
    for _ in range(MOST_ATTEMPTS):
        assert again(task).claim()
        FileTransfer.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        sweep_rows()
    row = again(task)
    assert (row.state, row.attempts) == ("FAILED", MOST_ATTEMPTS)
    assert "interrupted" in row.error


def test_orphans_are_freed_at_once(task: FileTransfer) -> None:
    task.claim()
    assert release_orphans() == 1
    assert again(task).state == "PENDING"
    assert release_orphans() == 0


def test_only_what_is_overdue_is_sent_again(task: FileTransfer) -> None:
    assert sweep_rows() == 0
    FileTransfer.objects.update(due_at=timezone.now() - RESEND_AFTER - timedelta(seconds=1))
    assert sweep_rows() == 1


def test_what_rests_is_sent_by_the_first_sweep_after_it_is_due(task: FileTransfer) -> None:
    task.claim()
    with task.settled(retry_on=(ConnectionError,)):
        raise ConnectionError("away")
    assert sweep_rows() == 0
    now = timezone.now()
    FileTransfer.objects.update(started_at=now - timedelta(seconds=30), due_at=now - timedelta(seconds=1))
    assert sweep_rows() == 1


def test_what_is_begun_again_is_not_sent_twice(ada: User) -> None:
    wanted = a_galaxy_import(ada)
    wanted.claim()
    assert wanted.fail("the disk is full")
    assert wanted.begin_again()
    assert sweep_rows() == 0


def test_a_broker_that_is_away_is_no_error(task: FileTransfer, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise ConnectionRefusedError("nobody listens")

    monkeypatch.setattr(current_app, "send_task", away)
    task.send()
    assert again(task).state == "PENDING"


def test_the_sweep_is_the_workers_sign_of_life(db: None) -> None:
    sweep()
    first = WorkerBeat.objects.get().at
    sweep()
    assert WorkerBeat.objects.get().at > first


def test_answers_that_nobody_will_ask_for_again_are_forgotten(ada: User) -> None:
    for key, days in (("old", 8), ("new", 1)):
        created = timezone.now() - timedelta(days=days)
        IdempotentAnswer.objects.create(user=ada, key=key, request_digest="", answer=b"", created=created)
    sweep()
    assert [one.key for one in IdempotentAnswer.objects.all()] == ["new"]


def test_a_lease_that_could_not_be_renewed_is_renewed_at_the_next_beat(
    task: FileTransfer, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats: list[str] = []
    renewed = threading.Event()

    class Row:
        """A row in a database that is busy once."""

        def update(self, **values: object) -> None:
            beats.append("beat")
            if len(beats) == 1:
                raise OperationalError("database is locked")
            renewed.set()

    monkeypatch.setattr("common.background.HEARTBEAT_SECONDS", 0.01)
    monkeypatch.setattr(task, "_mine", Row)
    with task._kept_alive():
        assert renewed.wait(timeout=10)
