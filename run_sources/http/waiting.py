"""How long to wait for a server that asked for it, or did not answer."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIRST = 1.0  # seconds
GROWTH = 3.0


def delays(count: int, chance: Callable[[], float]) -> Iterator[float]:
    """So many pauses in seconds, each about three times the one before, spread by ``chance`` (0 to 1)."""
    for number in range(count):
        yield FIRST * GROWTH**number * (0.75 + chance() / 2)


def read_retry_after(text: str | None, now: datetime | None = None) -> float | None:
    """The seconds of a ``Retry-After``, which holds a number or a date; None where there is none that can be read."""
    if not text:
        return None
    if text.strip().isdecimal():
        return float(text.strip()[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - (now.timestamp() if now else time.time()))
