"""Asking again for a run that goes on, at growing intervals, until it has ended or nobody can expect it to."""

from datetime import timedelta
from itertools import accumulate

from django.conf import settings
from django.utils import timezone

from common.progress import Stopped
from galaxy_import.models import GalaxyImport
from galaxy_import.translate.messages import counted

FIRST = 30.0  # seconds
GROWTH = 1.5
LONGEST = 15 * 60.0
MOST_APART = 24 * 3600.0  # whatever a server asks for


def pause_before(asked_count: int) -> float:
    """How long to wait before a run is asked for again that was asked for so often, in seconds."""
    return LONGEST if asked_count > 20 else min(LONGEST, FIRST * GROWTH**asked_count)


def is_followed_enough(wanted: GalaxyImport) -> bool:
    """Whether a run has been followed for GALAXY_FOLLOW_DAYS, without the time that the registry was off."""
    most = timedelta(days=settings.GALAXY_FOLLOW_DAYS).total_seconds()
    pauses = accumulate(map(pause_before, range(wanted.asked_count)), initial=0.0)
    return any(waited >= most for waited in pauses)


def ask_again_later(wanted: GalaxyImport, *, reason: str = "", at_least: float | None = None) -> None:
    """Let the import rest until the run is to be asked for again; ``reason`` is why it could not be asked just now."""
    pause = max(pause_before(wanted.asked_count), min(at_least or 0.0, MOST_APART))
    rests = wanted.rest_until(
        timezone.now() + timedelta(seconds=pause),
        phase=GalaxyImport.Phase.FOLLOWING,
        asked_count=wanted.asked_count + 1,
        error=reason,
    )
    if not rests:
        raise Stopped


def no_longer_followed() -> str:
    """What is said of a run that did not end."""
    days = counted(settings.GALAXY_FOLLOW_DAYS, "day", "days")
    return (
        f"The run has not ended in {days} and is no longer followed. Import it again to bring it up to date."
    )
