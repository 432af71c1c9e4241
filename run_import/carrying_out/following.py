"""Asking again for a run that goes on, at growing intervals, until it has ended or nobody can expect it to."""

from datetime import timedelta
from itertools import accumulate

from django.utils import timezone

from common.progress import Stopped
from run_import.models import RunImport
from run_import.sources import choice
from run_import.words import counted

FIRST = 30.0  # seconds
GROWTH = 1.5
LONGEST = 15 * 60.0
MOST_APART = 24 * 3600.0  # whatever a server asks for


def pause_before(asked_count: int) -> float:
    """How long to wait before a run is asked for again that was asked for so often, in seconds."""
    return LONGEST if asked_count > 20 else min(LONGEST, FIRST * GROWTH**asked_count)


def is_followed_enough(wanted: RunImport) -> bool:
    """Whether a run has been followed for RUN_FOLLOW_DAYS, without the time that the registry was off."""
    most = timedelta(days=_days(wanted)).total_seconds()
    pauses = accumulate(map(pause_before, range(wanted.asked_count)), initial=0.0)
    return any(waited >= most for waited in pauses)


def ask_again_later(wanted: RunImport, *, reason: str = "", at_least: float | None = None) -> None:
    """Let the import rest until the run is to be asked for again; ``reason`` is why it could not be asked just now."""
    pause = max(pause_before(wanted.asked_count), min(at_least or 0.0, MOST_APART))
    rests = wanted.rest_until(
        timezone.now() + timedelta(seconds=pause),
        phase=RunImport.Phase.FOLLOWING,
        asked_count=wanted.asked_count + 1,
        error=reason,
    )
    if not rests:
        raise Stopped


def no_longer_followed(wanted: RunImport) -> str:
    """What is said of a run that did not end."""
    days = counted(_days(wanted), "day", "days")
    return (
        f"The run has not ended in {days} and is no longer followed. Import it again to bring it up to date."
    )


def _days(wanted: RunImport) -> int:
    return int(choice(wanted.server.source, "FOLLOW_DAYS"))
