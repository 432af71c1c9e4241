"""The zone of times that are local and do not say where: another source may tell the same moments in UTC."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

QUARTER = timedelta(minutes=15)
ASSUMED = "The times carry no zone; they were read as times of this machine."


@dataclass(frozen=True, slots=True)
class Clock:
    """Gives naive times their zone; ``zone`` is None where it is not known and this machine's is taken."""

    zone: tzinfo | None = None

    def aware(self, time: datetime | None) -> datetime | None:
        """The time with its zone."""
        if time is None or time.tzinfo is not None:
            return time
        return time.replace(tzinfo=self.zone) if self.zone else time.astimezone()


def clock_between(local: datetime | None, known: datetime | None) -> Clock:
    """The clock by which ``local``, told without a zone, is about the moment ``known``.

    Zones differ from UTC by whole quarters of an hour. What is further off than five minutes is another moment.
    """
    if local is None or known is None or known.tzinfo is None:
        return Clock()
    apart = local - known.astimezone(UTC).replace(tzinfo=None)
    offset = round(apart / QUARTER) * QUARTER
    if abs(apart - offset) > timedelta(minutes=5) or abs(offset) > timedelta(hours=14):
        return Clock()
    return Clock(timezone(offset))
