"""Not too many imports ask one Galaxy server at once: the others rest, and are sent when one has ended."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from common.progress import Stopped
from galaxy_import.models import GalaxyImport, GalaxyServer

AT_ONCE = 2
REST = timedelta(seconds=60)  # for the case that whoever had the turn died and sends nobody
HAS_NO_TURN = ("", GalaxyImport.Phase.WAITING)


def take_turn(wanted: GalaxyImport) -> bool:
    """Whether this import may ask its server now; else it rests. Stopped if it was called off."""
    with transaction.atomic():
        # One after the other, so that two that count at once do not both find the last turn free.
        server = GalaxyServer.objects.select_for_update(no_key=True).filter(pk=wanted.server_id)
        list(server.values_list("pk"))
        if _asking(wanted.server_id).exclude(pk=wanted.pk).count() < AT_ONCE:
            if not wanted.note(phase=GalaxyImport.Phase.ASKING):
                raise Stopped
            return True
    _rest(wanted)
    return False


def let_next(server_id: Any) -> None:
    """Wake those that wait for this server, the oldest first, as many as there are turns."""
    free = AT_ONCE - _asking(server_id).count()
    waiting = GalaxyImport.objects.filter(
        server=server_id, state=GalaxyImport.State.PENDING, phase=GalaxyImport.Phase.WAITING
    )
    for one in waiting.order_by("id")[: max(0, free)]:
        one.send()


def _asking(server_id: Any) -> Any:
    """The imports that have a turn; a worker that died has none once its lease is over."""
    running = GalaxyImport.objects.filter(server=server_id, state=GalaxyImport.State.RUNNING)
    return running.filter(lease_until__gte=timezone.now()).exclude(phase__in=HAS_NO_TURN)


def _rest(wanted: GalaxyImport) -> None:
    """Wait; what was tried before still counts, and waiting is no try."""
    now = timezone.now()
    rests = wanted.note(
        state=GalaxyImport.State.PENDING, phase=GalaxyImport.Phase.WAITING, attempts=max(0, wanted.attempts - 1),
        due_at=now + REST, modified=now, lease_until=None,
    )  # fmt: skip
    if not rests:
        raise Stopped
