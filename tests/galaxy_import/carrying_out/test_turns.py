"""How many imports ask one server at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from common.progress import Stopped
from run_import.carrying_out import turns
from run_import.carrying_out.turns import let_next, take_turn
from run_import.models import RunImport, RunServer

pytestmark = pytest.mark.django_db
Make = Callable[..., RunImport]


def taken(wanted: RunImport) -> RunImport:
    """The row as the worker has it that takes it."""
    assert wanted.claim()
    return wanted


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The imports that a worker was woken for."""
    woken: list[Any] = []
    monkeypatch.setattr(RunImport, "send", lambda self: woken.append(self.pk))
    return woken


def again(wanted: RunImport) -> RunImport:
    return RunImport.objects.get(pk=wanted.pk)


def test_two_ask_a_server_at_once_and_the_third_one_rests(claimed: Make) -> None:
    turns_of = [take_turn(claimed(str(number) * 16)) for number in range(3)]
    assert turns_of == [True, True, False]
    states = RunImport.objects.order_by("id").values_list("state", "phase")
    assert list(states) == [("RUNNING", "ASKING"), ("RUNNING", "ASKING"), ("PENDING", "WAITING")]


def test_another_server_has_turns_of_its_own(claimed: Make) -> None:
    other = RunServer.objects.create(source="galaxy", name="Other", url="https://other.example.org")
    assert all(take_turn(claimed(str(number) * 16)) for number in range(2))
    assert take_turn(claimed(server=other))


def test_resting_for_a_turn_is_no_attempt_and_forgives_none(claimed: Make) -> None:
    for number in range(2):
        take_turn(claimed(str(number) * 16))
    wanted = claimed(attempts=3)
    assert again(wanted).attempts == 4
    assert take_turn(wanted) is False
    assert again(wanted).attempts == 3
    assert again(wanted).due_at > timezone.now()


def test_when_one_has_ended_the_oldest_that_waits_is_sent(
    claimed: Make, server: Any, sent: list[Any]
) -> None:
    first, _, third, fourth = (claimed(str(number) * 16) for number in range(4))
    for one in RunImport.objects.order_by("id"):
        take_turn(one)
    let_next(server.pk)
    assert sent == []
    again(first).finish()
    let_next(server.pk)
    assert sent == [third.pk]
    assert again(fourth).phase == "WAITING"


def test_many_imports_of_one_person_do_not_keep_another_one_waiting(
    claimed: Make, an_import: Make, server: RunServer, eve: User, ada: User, sent: list[Any]
) -> None:
    running = [claimed(str(number) * 16) for number in range(turns.AT_ONCE)]
    assert all(take_turn(one) for one in running)
    adas = [an_import(f"a{number}" * 8, phase="WAITING") for number in range(3)]
    eves = [an_import(f"e{number}" * 8, phase="WAITING", owner=eve) for number in range(2)]
    for one in running:
        again(one).finish()
    let_next(server.pk)
    assert sent == [eves[0].pk, adas[0].pk]
    assert take_turn(taken(eves[0]))
    let_next(server.pk)
    assert sent[2:] == [adas[0].pk]


def test_who_has_a_turn_gives_way_to_who_has_none(
    claimed: Make, an_import: Make, server: RunServer, eve: User
) -> None:
    assert take_turn(claimed("1" * 16))
    eves = an_import("e" * 16, phase="WAITING", owner=eve)
    assert not take_turn(claimed("2" * 16))
    assert take_turn(taken(eves))


def test_a_worker_that_died_has_no_turn(claimed: Make) -> None:
    for number in range(2):
        take_turn(claimed(str(number) * 16))
    RunImport.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert take_turn(claimed())


def test_those_that_were_cut_off_in_the_middle_do_not_wait_for_each_other_for_ever(claimed: Make) -> None:
    rows = [claimed(str(number) * 16, phase="JOBS") for number in range(3)]
    first_round = [take_turn(one) for one in rows]
    later = [again(one) for one, turn in zip(rows, first_round, strict=True) if not turn]
    assert any(first_round) or any(one.claim() and take_turn(one) for one in later)


def test_what_was_called_off_takes_no_turn(claimed: Make) -> None:
    wanted = claimed()
    again(wanted).cancel()
    with pytest.raises(Stopped):
        take_turn(wanted)


def test_what_was_called_off_does_not_come_back_by_resting(claimed: Make) -> None:
    for number in range(turns.AT_ONCE):
        take_turn(claimed(str(number) * 16))
    wanted = claimed()
    again(wanted).cancel()
    with pytest.raises(Stopped):
        take_turn(wanted)
    assert again(wanted).state == "CANCELLED"
