"""Not too many imports ask one server at once: the others rest, and are sent when one has ended."""

from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from common.progress import Stopped
from run_import.models import RunImport, RunServer

AT_ONCE = 2
REST = timedelta(seconds=60)  # for the case that whoever had the turn died and sends nobody
HAS_NO_TURN = ("", RunImport.Phase.WAITING)


def take_turn(wanted: RunImport) -> bool:
    """Whether this import may ask its server now; else it rests. Stopped if it was called off."""
    with transaction.atomic():
        # One after the other, so that two that count at once do not both find the last turn free.
        server = RunServer.objects.select_for_update(no_key=True).filter(pk=wanted.server_id)
        list(server.values_list("pk"))
        if _may_ask(wanted):
            if not wanted.note(phase=RunImport.Phase.ASKING):
                raise Stopped
            return True
    _rest(wanted)
    return False


def let_next(server_id: Any) -> None:
    """Wake those that wait for this server, as many as there are turns: one person's after the other's."""
    free, waiting = AT_ONCE - _asking(server_id).count(), _waiting(server_id)
    if free > 0:
        owners = list(waiting.order_by().values_list("owner", flat=True).distinct())
        for owner in _in_turn(server_id, owners)[:free]:
            for one in waiting.filter(owner=owner).order_by("id")[: ceil(free / len(owners))]:
                one.send()


def _may_ask(wanted: RunImport) -> bool:
    """Whether there is a turn, and nobody waits for it who has none while this import's owner has one."""
    others = _asking(wanted.server_id).exclude(pk=wanted.pk)
    if others.count() >= AT_ONCE:
        return False
    if not others.filter(owner=wanted.owner_id).exists():
        return True
    with_a_turn = others.order_by().values("owner")
    return not _waiting(wanted.server_id).exclude(owner__in=with_a_turn).exists()


def _waiting(server_id: Any) -> Any:
    state, phase = RunImport.State.PENDING, RunImport.Phase.WAITING
    return RunImport.objects.filter(server=server_id, state=state, phase=phase)


def _in_turn(server_id: Any, owners: list[Any]) -> list[Any]:
    """Who had no turn for the longest time comes first: somebody's thousand imports do not keep the others waiting."""
    begun = RunImport.objects.filter(server=server_id, owner__in=owners)
    begun = begun.exclude(state=RunImport.State.PENDING).order_by()
    had: dict[Any, datetime | None] = dict(begun.values_list("owner").annotate(Max("started_at")))
    return sorted(owners, key=lambda owner: had.get(owner) or datetime.min.replace(tzinfo=UTC))


def _asking(server_id: Any) -> Any:
    """The imports that have a turn; a worker that died has none once its lease is over."""
    running = RunImport.objects.filter(server=server_id, state=RunImport.State.RUNNING)
    return running.filter(lease_until__gte=timezone.now()).exclude(phase__in=HAS_NO_TURN)


def _rest(wanted: RunImport) -> None:
    """Wait; what was tried before still counts, and waiting is no try."""
    now = timezone.now()
    rests = wanted.note(
        state=RunImport.State.PENDING, phase=RunImport.Phase.WAITING, attempts=max(0, wanted.attempts - 1),
        due_at=now + REST, modified=now, lease_until=None,
    )  # fmt: skip
    if not rests:
        raise Stopped
