"""What a killed installation leaves in the database, and what the next start does about it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.background import RESEND_AFTER, release_orphans
from data_management.models import FileTransfer

PENDING, RUNNING = FileTransfer.State.PENDING, FileTransfer.State.RUNNING


@pytest.fixture
def transfer(ada):
    def make(**fields) -> FileTransfer:
        row = FileTransfer.objects.create(owner=ada, input_dir="/somewhere")
        FileTransfer.objects.filter(pk=row.pk).update(**fields)
        return row

    return make


def test_work_that_was_running_or_waiting_is_sent_by_the_first_sweep(transfer):
    rows = [
        transfer(state=RUNNING, lease_until=timezone.now() + timedelta(minutes=1)),
        transfer(state=PENDING),
    ]
    assert release_orphans() == 1
    for row in rows:
        row.refresh_from_db()
        assert row.state == PENDING
        assert row.due_at < timezone.now() - RESEND_AFTER


def test_work_that_was_put_off_stays_put_off(transfer):
    later = timezone.now() + timedelta(hours=1)
    row = transfer(state=PENDING, due_at=later)
    assert release_orphans() == 0
    row.refresh_from_db()
    assert row.due_at == later
