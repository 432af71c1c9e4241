"""Runs per day by status, above the list: bars that the server draws, each a way into the list."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDay, TruncMonth, TruncQuarter, TruncWeek, TruncYear
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from web.counting import counted
from web.runs.query import RunQuery
from workflows.records import RunStatus

USUAL_DAYS = 30
SPANS = ((30, "30 days"), (90, "90 days"), (365, "a year"), (1825, "5 years"))
MOST_BARS = 60
HEIGHT = 60  # of the highest bar, in pixels
SHARE = 0.84  # of its place is a bar's own width, and the rest a gap
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Kind:
    """Statuses that share a colour and a pattern."""

    key: str
    label: str
    statuses: tuple[RunStatus, ...]


KINDS = (
    Kind("success", "succeeded", (RunStatus.SUCCESS,)),
    Kind("failed", "failed", (RunStatus.FAILED,)),
    Kind("going", "under way", (RunStatus.RUNNING, RunStatus.PENDING, RunStatus.PAUSED)),
    Kind("other", "ended otherwise", (RunStatus.CANCELLED, RunStatus.SKIPPED, RunStatus.UNKNOWN)),
)
KIND_OF = {status.value: kind.key for kind in KINDS for status in kind.statuses}


@dataclass(frozen=True, slots=True)
class Unit:
    """What one bar stands for."""

    name: str
    days: float
    truncate: Any
    format: str


UNITS = (
    Unit("day", 1, TruncDay, "%-d %b %Y"),
    Unit("week", 7, TruncWeek, "week of %-d %b %Y"),
    Unit("month", 30, TruncMonth, "%B %Y"),
    Unit("quarter", 91, TruncQuarter, "quarter from %B %Y"),
    Unit("year", 365, TruncYear, "%Y"),
)


@dataclass(slots=True)
class Bar:
    """The runs that started within a stretch of time; the numbers are by kind."""

    start: datetime
    end: datetime
    label: str
    address: str = ""
    numbers: dict[str, int] = field(default_factory=dict)
    x: str = ""
    parts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.numbers.values())

    @property
    def said(self) -> str:
        """In words: ``4 Mar 2026: 12 runs, 10 succeeded, 2 failed``."""
        runs = counted(self.total, "run")
        by_kind = [f"{self.numbers[kind.key]:,} {kind.label}" for kind in KINDS if self.numbers.get(kind.key)]
        return f"{self.label}: {', '.join([runs, *by_kind])}"

    @property
    def by_kind(self) -> list[int]:
        """The numbers in the order of KINDS."""
        return [self.numbers.get(kind.key, 0) for kind in KINDS]


@dataclass(frozen=True, slots=True)
class Strip:
    """The bars with what surrounds them."""

    bars: list[Bar]
    unit: str
    days: int
    is_given: bool

    @property
    def total(self) -> int:
        """The runs in all bars."""
        return sum(bar.total for bar in self.bars)

    @property
    def most(self) -> int:
        """The runs in the highest bar."""
        return max((bar.total for bar in self.bars), default=0)

    @property
    def ends(self) -> list[str]:
        """What the oldest and the newest bar stand for."""
        return [self.bars[0].label, self.bars[-1].label] if self.bars else []

    @property
    def kinds(self) -> list[Kind]:
        """Those that occur."""
        return [kind for kind in KINDS if any(bar.numbers.get(kind.key) for bar in self.bars)]

    @property
    def place(self) -> str:
        """How much of the width each bar has, with the gap beside it, as a percentage."""
        return _percent(1 / len(self.bars))

    @property
    def bar(self) -> str:
        """The width of a bar, as a percentage."""
        return _percent(SHARE / len(self.bars))


def strip_of(query: RunQuery, days: str = "") -> Strip:
    """The runs of a query by when they started: within what it says, else within the last ``days``."""
    start, end, is_given = _range(query, days)
    unit = _unit(start, end)
    bars = _bars(query, start, end, unit)
    within = query.runs().filter(started_at__gte=start, started_at__lt=end)
    for moment, status, number in _counted(within, unit):
        bar = bars.get(_floor(moment, unit).date())
        if bar:
            kind = KIND_OF.get(status, "other")
            bar.numbers[kind] = bar.numbers.get(kind, 0) + number
    strip = Strip(list(bars.values()), unit.name, (end - start).days, is_given)
    _draw(strip)
    return strip


def _range(query: RunQuery, days: str) -> tuple[datetime, datetime, bool]:
    after, before = _moment(query, "started_after"), _moment(query, "started_before")
    length = next((span for span, _ in SPANS if str(span) == days), USUAL_DAYS)
    tomorrow = _floor(timezone.now(), UNITS[0]) + DAY
    end = before or max(tomorrow, after + DAY if after else tomorrow)
    start = after or _floor(end - length * DAY, UNITS[0])
    return min(start, end), end, bool(after or before)


def _moment(query: RunQuery, name: str) -> datetime | None:
    value = query.data.get(name)
    found = parse_datetime(value) if value and name not in query.errors else None
    if found is None:
        return None
    return min(max(found, _year(1900)), _year(2200))  # no bar stands for a time before or after all runs


def _year(number: int) -> datetime:
    return timezone.make_aware(datetime(number, 1, 1))


def _unit(start: datetime, end: datetime) -> Unit:
    days = (end - start) / DAY
    return next((unit for unit in UNITS if days / unit.days <= MOST_BARS), UNITS[-1])


def _counted(runs: QuerySet, unit: Unit) -> QuerySet:
    counted = runs.annotate(bucket=unit.truncate("started_at")).values_list("bucket", "status")
    return counted.annotate(number=Count("pk")).order_by()


def _bars(query: RunQuery, start: datetime, end: datetime, unit: Unit) -> dict[Any, Bar]:
    bars: dict[Any, Bar] = {}
    place = _floor(start, unit)
    while place < end and len(bars) < 5 * MOST_BARS:
        following = _next(place, unit)
        bar = Bar(place, following, f"{place:{unit.format}}")
        begin, stop = max(place, start), min(following, end)
        bar.address = query.having(started_after=begin.isoformat(), started_before=stop.isoformat())
        bars[place.date()] = bar
        place = following
    return bars


def _floor(moment: datetime, unit: Unit) -> datetime:
    day = timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    if unit.name == "week":
        day -= timedelta(days=day.weekday())
    elif unit.name == "month":
        day = day.replace(day=1)
    elif unit.name == "quarter":
        day = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    elif unit.name == "year":
        day = day.replace(month=1, day=1)
    return timezone.make_aware(day)


def _next(place: datetime, unit: Unit) -> datetime:
    """The beginning of what follows; a little beyond its usual length lies within it, whatever summer time does."""
    length = {"day": 1.5, "week": 8, "month": 40, "quarter": 110, "year": 380}[unit.name]
    return _floor(place + length * DAY, unit)


def _draw(strip: Strip) -> None:
    """Give each bar its place, and each of its parts a place and a height: at least one unit, so that it is seen."""
    unit_height = HEIGHT / strip.most if strip.most else 0
    for place, bar in enumerate(strip.bars):
        bar.x, bottom = _percent(place / len(strip.bars)), float(HEIGHT)
        for kind in KINDS:
            if number := bar.numbers.get(kind.key):
                height = max(number * unit_height, 1.0)
                bottom -= height
                bar.parts.append({"kind": kind.key, "y": f"{max(bottom, 0):.2f}", "height": f"{height:.2f}"})


def _percent(part: float) -> str:
    return f"{100 * part:.3f}%"
