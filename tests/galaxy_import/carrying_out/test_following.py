"""When a run that goes on is asked for again, and for how long."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from common.background import RESEND_AFTER
from common.progress import Stopped
from run_import.carrying_out.following import LONGEST, ask_again_later, is_followed_enough, pause_before
from run_import.models import RunImport

pytestmark = pytest.mark.django_db


def test_the_pauses_grow_by_half_up_to_a_quarter_of_an_hour() -> None:
    assert [pause_before(count) for count in range(4)] == [30.0, 45.0, 67.5, 101.25]
    assert pause_before(9) == pause_before(10_000) == LONGEST == 900.0


@pytest.mark.parametrize(("days", "count", "enough"), [(1, 90, False), (1, 110, True), (30, 110, False)])
def test_a_run_is_followed_for_so_many_days(
    settings: Any, claimed: Callable[..., RunImport], days: int, count: int, enough: bool
) -> None:
    settings.GALAXY_FOLLOW_DAYS = days
    assert is_followed_enough(claimed(asked_count=count)) is enough


def test_an_import_rests_between_two_questions_and_its_attempts_count_anew(
    claimed: Callable[..., RunImport],
) -> None:
    wanted = claimed(asked_count=1, attempts=3)
    ask_again_later(wanted)
    row = RunImport.objects.get()
    assert (row.state, row.phase, row.asked_count, row.attempts) == ("PENDING", "FOLLOWING", 2, 0)
    assert 40 < (row.due_at - timezone.now()).total_seconds() <= 45
    assert row.due_at > timezone.now() + RESEND_AFTER


def test_a_server_that_asks_for_patience_gets_it(claimed: Callable[..., RunImport]) -> None:
    ask_again_later(claimed(), reason="Galaxy is away.", at_least=3600.0)
    row = RunImport.objects.get()
    assert 3500 < (row.due_at - timezone.now()).total_seconds() <= 3600
    assert row.error == "Galaxy is away."


def test_what_was_called_off_is_not_followed(claimed: Callable[..., RunImport]) -> None:
    wanted = claimed()
    RunImport.objects.get().cancel()
    with pytest.raises(Stopped):
        ask_again_later(wanted)
    assert RunImport.objects.get().state == "CANCELLED"
