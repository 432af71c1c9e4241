"""Times of a log have no zone. The engine's records have one: together they tell how far the clock there was off."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from run_directories.snakemake.names import split_names
from run_directories.snakemake.values import Log, Record

_QUARTER = 900  # zones differ from UTC by quarters of an hour
_NEAR = 3  # seconds between the line in the log and the record's start
_MOST = 15 * 3600


@dataclass(frozen=True, slots=True)
class Clock:
    """Turns times of a log into times that mean the same everywhere."""

    offset: timedelta | None = None

    def aware(self, told: datetime | None) -> datetime | None:
        """The time with its zone; without a known offset the zone of this machine is taken."""
        if told is None:
            return None
        return told.astimezone() if self.offset is None else told.replace(tzinfo=timezone(self.offset))

    def naive(self, time: datetime) -> datetime:
        """The time as the log would tell it."""
        zone = None if self.offset is None else timezone(self.offset)
        return time.astimezone(zone).replace(tzinfo=None)

    @property
    def remark(self) -> str:
        """What was assumed."""
        if self.offset is not None:
            return ""
        return "The log tells times without a zone; they were taken for times of this machine's zone."


def clocks_of(logs: Sequence[tuple[Log, float]], records: Mapping[str, Record]) -> list[Clock]:
    """The clock of each log of a directory; one that tells nothing is taken to go as the log's nearest does.

    Each log comes with the time at which its file was written.
    """
    clocks = [clock_of(log, records, written) for log, written in logs]
    known = [place for place, clock in enumerate(clocks) if clock.offset is not None]
    return [_nearest(place, known, clocks) for place in range(len(clocks))]


def _nearest(place: int, known: Sequence[int], clocks: Sequence[Clock]) -> Clock:
    return clocks[min(known, key=lambda other: abs(other - place), default=place)]


def clock_of(log: Log, records: Mapping[str, Record], written: float) -> Clock:
    """The clock of the machine that wrote the log, by the jobs whose start both it and the records tell.

    Without such jobs: by the time at which the log was written, if it is still that of the file and no copy's.
    """
    offsets = Counter(
        offset
        for job in log.jobs
        for path in split_names(job.output, records)
        if (record := records.get(path)) and (offset := _offset(job.started, record.started)) is not None
    )
    if offsets:
        return Clock(timedelta(seconds=offsets.most_common(1)[0][0]))
    offset = _offset(log.last_stamp or log.begun, written)
    return Clock() if offset is None else Clock(timedelta(seconds=offset))


def moment(seconds: float) -> datetime:
    """Seconds since 1970 as a time."""
    return datetime.fromtimestamp(seconds, UTC)


def _offset(told: datetime | None, seconds: float | None) -> int | None:
    if told is None or seconds is None:
        return None
    apart = told.replace(tzinfo=UTC).timestamp() - seconds
    offset = round(apart / _QUARTER) * _QUARTER
    return offset if abs(apart - offset) <= _NEAR and abs(offset) <= _MOST else None
