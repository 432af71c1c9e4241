"""Runs per day by status, above the list: bars that the server draws, each a way into the list."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDay, TruncMonth, TruncQuarter, TruncWeek, TruncYear
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from web.counting import counted
from web.runs.query import RunQuery
from web.runs.scale import Tick, percent, round_above, ticks_of
from workflows.records import RunStatus

USUAL_DAYS = 30
SPANS = ((30, "30 days"), (90, "90 days"), (365, "a year"), (1825, "5 years"))
MOST_BARS = 60
HEIGHT = 72  # of the scale, in pixels
SHARE = 0.76  # of its place is a bar's own width, and the rest a gap on both sides
TIMES = ("started_after", "started_before")
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
    Kind("going", "in progress", (RunStatus.RUNNING, RunStatus.PENDING, RunStatus.PAUSED)),
    Kind("other", "other", (RunStatus.CANCELLED, RunStatus.SKIPPED, RunStatus.UNKNOWN)),
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
class Part:
    """The runs of one kind in a bar, and the address of the list of them."""

    kind: Kind
    number: int
    said: str
    address: str
    y: str = ""
    height: str = ""


@dataclass(slots=True)
class Bar:
    """The runs that started within a stretch of time; the numbers are by kind."""

    start: datetime
    end: datetime
    label: str
    address: str = ""
    is_chosen: bool = False
    numbers: dict[str, int] = field(default_factory=dict)
    place: str = ""
    x: str = ""
    parts: list[Part] = field(default_factory=list)

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
    """The bars with what surrounds them; ``chosen`` says which time the list is narrowed to, where it is."""

    bars: list[Bar]
    unit: str
    days: int
    is_given: bool
    chosen: str = ""
    all_times: str = ""
    ticks: list[Tick] = field(default_factory=list)

    @property
    def total(self) -> int:
        """The runs in all bars."""
        return sum(bar.total for bar in self.bars)

    @property
    def most(self) -> int:
        """The runs in the highest bar."""
        return max((bar.total for bar in self.bars), default=0)

    @property
    def top(self) -> int:
        """The upper end of the scale."""
        return round_above(self.most)

    @property
    def kinds(self) -> list[Kind]:
        """Those that occur."""
        return [kind for kind in KINDS if any(bar.numbers.get(kind.key) for bar in self.bars)]

    @property
    def place(self) -> str:
        """How much of the width each bar has, with the gaps beside it, as a percentage."""
        return percent(1 / len(self.bars))

    @property
    def bar(self) -> str:
        """The width of a bar, as a percentage."""
        return percent(SHARE / len(self.bars))


def strip_of(query: RunQuery, days: str = "") -> Strip:
    """The runs of a query by when they started: within what it says, else within the last ``days``.

    A short time that the list is narrowed to is shown among the days around it, which stay within reach.
    """
    start, end, is_given = _range(query, days)
    window = _around(start, end, days) if is_given else None
    shown = _without_times(query) if window else query
    begin, stop = window or (start, end)
    unit = _unit(begin, stop)
    bars = _bars(query, begin, stop, unit)
    within = shown.runs().filter(started_at__gte=begin, started_at__lt=stop)
    for moment, status, number in _counted(within, unit):
        bar = bars.get(_floor(moment, unit).date())
        if bar:
            kind = KIND_OF.get(status, "other")
            bar.numbers[kind] = bar.numbers.get(kind, 0) + number
    row = list(bars.values())
    ticks = ticks_of([bar.start for bar in row], unit.name)
    length, said = (stop - begin).days, _chosen(start, end) if window else ""
    strip = Strip(row, unit.name, length, is_given, said, _without_times(query).having(), ticks)
    for bar in row:
        bar.is_chosen = bool(window) and bar.start < end and bar.end > start
    _draw(strip, query)
    return strip


def _around(start: datetime, end: datetime, days: str) -> tuple[datetime, datetime] | None:
    """The usual window where the time lies in it, else one around it; None for a time that fills it."""
    length = _length(days) * DAY
    if start >= end or end - start > length / 2:
        return None
    tomorrow = _floor(timezone.now(), UNITS[0]) + DAY
    latest = max(tomorrow, end)
    stop = latest if start >= latest - length else min(latest, end + (length - (end - start)) / 2)
    stop = _floor(stop - timedelta(microseconds=1), UNITS[0]) + 1.5 * DAY
    stop = _floor(stop, UNITS[0])
    return _floor(stop - length, UNITS[0]), stop


def _chosen(start: datetime, end: datetime) -> str:
    """The time in words: ``22 Nov 2026``, ``1 to 7 Nov 2026``; to the minute where it is no whole days."""
    first, last = timezone.localtime(start), timezone.localtime(end - timedelta(microseconds=1))
    if any(f"{timezone.localtime(one):%H%M%S}" != "000000" for one in (start, end)):
        return f"{first:%-d %b %Y, %H:%M} to {timezone.localtime(end):%-d %b %Y, %H:%M}"
    if first.date() == last.date():
        return f"{first:%-d %b %Y}"
    return f"{first:%-d %b %Y} to {last:%-d %b %Y}"


def _without_times(query: RunQuery) -> RunQuery:
    data = query.data.copy()
    for name in TIMES:
        data.pop(name, None)
    errors = {name: said for name, said in query.errors.items() if name not in TIMES}
    return RunQuery(query.of, data, query.request, errors)


def _range(query: RunQuery, days: str) -> tuple[datetime, datetime, bool]:
    after, before = _moment(query, "started_after"), _moment(query, "started_before")
    length = _length(days)
    tomorrow = _floor(timezone.now(), UNITS[0]) + DAY
    end = before or max(tomorrow, after + DAY if after else tomorrow)
    start = after or _floor(end - length * DAY, UNITS[0])
    return min(start, end), end, bool(after or before)


def _length(days: str) -> int:
    return next((span for span, _ in SPANS if str(span) == days), USUAL_DAYS)


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


def _draw(strip: Strip, query: RunQuery) -> None:
    """Give each bar its place, and each of its parts a place and a height: enough to be seen and hit."""
    unit_height, count = HEIGHT / strip.top, len(strip.bars)
    for number, bar in enumerate(strip.bars):
        bar.place, bar.x = percent(number / count), percent((number + (1 - SHARE) / 2) / count)
        bottom = float(HEIGHT)
        for kind in KINDS:
            if found := bar.numbers.get(kind.key):
                height = max(found * unit_height, 1.5)
                bottom -= height
                part = Part(kind, found, f"{bar.label}: {found:,} {kind.label}", _of_kind(query, bar, kind))
                part.y, part.height = f"{max(bottom, 0):.1f}", f"{height:.1f}"
                bar.parts.append(part)


def _of_kind(query: RunQuery, bar: Bar, kind: Kind) -> str:
    """The runs of a bar with the statuses of a kind, of those that are asked for."""
    data = QueryDict(bar.address.removeprefix("?"), mutable=True)
    asked = query.data.getlist("status")
    data.setlist("status", [one.value for one in kind.statuses if not asked or one.value in asked])
    return f"?{data.urlencode()}"
