"""When the jobs of a run ran: bars on a common scale, one lane for each step, crowded lanes as a profile."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any

from django.utils import timezone

from web.run.work import Job, Node, Work
from web.templatetags.runs import STATUS_NAMES, duration, filesize, local
from workflows.records import RunStatus

ROWS = 6  # jobs above each other in a lane before it becomes a profile
BUCKETS = 120  # of a profile
ROW = 9  # pixels from one bar to the next
BAR = 7
PROFILE = 40  # pixels high
LANES = 100
MANY = "MANY"  # a bar of a profile stands for jobs that stand differently
OWN_LANES = 200  # jobs of one step, each with a lane of its own
_UNITS = [
    0.1,
    0.2,
    0.5,
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    10800,
    21600,
    43200,
    86400,
]
TICKS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """A job, or a moment of many. ``x`` and ``width`` are percentages of the scale, ``y`` and ``height`` pixels."""

    x: str
    width: str
    y: float
    height: float
    status: str
    title: str


@dataclass(frozen=True, slots=True)
class Lane:
    """The jobs of a step, or one job."""

    name: str
    key: str
    said: str
    height: int
    bars: list[Bar]
    is_profile: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment of the scale: how long after the start, and what the clock said."""

    x: str
    elapsed: str
    clock: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Lanes on one scale; ``timeless`` jobs have no start."""

    start: datetime
    end: datetime
    lanes: list[Lane]
    more_lanes: int
    ticks: list[Tick]
    timeless: int
    waiting: int

    @property
    def has_profiles(self) -> bool:
        """Whether a lane is too crowded for a bar of each job."""
        return any(lane.is_profile for lane in self.lanes)


class Scale:
    """From moments to percentages."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self.start, self.end = start, end
        self.seconds = max((end - start) / timedelta(seconds=1), 0.001)

    def at(self, moment: datetime) -> float:
        """Where a moment is, from 0 to 100."""
        return max(0.0, min(100.0, (moment - self.start) / timedelta(seconds=1) / self.seconds * 100))


def timeline_of(work: Work, chosen: Node | None) -> Timeline | None:
    """The lanes of all steps, or of the jobs of the ``chosen`` one; None where no job has a time."""
    jobs = chosen.jobs if chosen else work.jobs
    timed = [job for job in jobs if job.started_at]
    if not timed:
        return None
    now = timezone.now()
    scale = Scale(
        min(job.started_at for job in timed if job.started_at), max(end_of(job, now) for job in timed)
    )
    lanes = list(_own_lanes(chosen, scale, now) if chosen else _step_lanes(work, scale, now))
    most = OWN_LANES if chosen else LANES
    waiting = sum(job.status == RunStatus.PENDING for job in jobs if not job.started_at)
    without = len(jobs) - len(timed) - waiting
    return Timeline(
        scale.start,
        scale.end,
        lanes[:most],
        max(0, len(lanes) - most),
        list(ticks_on(scale)),
        without,
        waiting,
    )


def end_of(job: Job, now: datetime) -> datetime:
    """When a started job ended: of a running one now, of one whose end is not known its start."""
    if job.completed_at:
        return job.completed_at
    return max(now, job.started_at or now) if job.status == RunStatus.RUNNING else job.started_at or now


def _step_lanes(work: Work, scale: Scale, now: datetime) -> Iterator[Lane]:
    for node in work.nodes:
        timed = [job for job in node.jobs if job.started_at]
        if not timed:
            continue
        places, rows = _packed(timed, now)
        said = f"{len(timed):,} job{'' if len(timed) == 1 else 's'}"
        if rows > ROWS:
            yield Lane(node.name, node.key, said, PROFILE, list(_profile(timed, scale, now)), True)
            continue
        bars = [_bar(job, scale, now, place * ROW) for job, place in zip(timed, places, strict=True)]
        yield Lane(node.name, node.key, said, rows * ROW, bars)


def _own_lanes(node: Node, scale: Scale, now: datetime) -> Iterator[Lane]:
    for job in node.jobs:
        if job.started_at:
            said = duration((end_of(job, now) - job.started_at) / timedelta(seconds=1))
            yield Lane(job.name, "", said, ROW + 2, [_bar(job, scale, now, 1)])


def _packed(jobs: list[Job], now: datetime) -> tuple[list[int], int]:
    """The row of each job, so that no two overlap, and how many rows that takes; jobs come by their start."""
    free: list[int] = []
    busy: list[tuple[datetime, int]] = []
    places, rows = [], 0
    for job in jobs:
        while busy and job.started_at and busy[0][0] <= job.started_at:
            heappush(free, heappop(busy)[1])
        place = heappop(free) if free else rows
        rows = max(rows, place + 1)
        places.append(place)
        heappush(busy, (end_of(job, now), place))
    return places, rows


def _bar(job: Job, scale: Scale, now: datetime, y: float) -> Bar:
    start = job.started_at or now
    end = end_of(job, now)
    left, right = scale.at(start), scale.at(end)
    return Bar(percent(left), percent(max(right - left, 0.15)), y, BAR, job.status, _said(job, start, end))


def _said(job: Job, start: datetime, end: datetime) -> str:
    lasted = duration((end - start) / timedelta(seconds=1))
    parts = [job.name, f"{STATUS_NAMES.get(job.status, job.status)}, {lasted}, from {_clock(start)}"]
    parts += [f"attempt {job.attempt}"] if job.attempt > 1 else []
    parts += [f"on {job.host}"] if job.host else []
    one = job.measures
    used, asked, cpu = one.memory_used, one.memory_asked, one.cpu_used
    parts += [f"memory {filesize(used)}" + (f" of {filesize(asked)}" if asked else "")] if used else []
    parts += [f"processor time {duration(cpu)}"] if cpu is not None else []
    return "\n".join(parts)


def _profile(jobs: list[Job], scale: Scale, now: datetime) -> Iterator[Bar]:
    """How many jobs ran at each moment, those that failed below."""
    counts = [[0, 0, 0] for _ in range(BUCKETS)]
    for job in jobs:
        first, last = (min(BUCKETS - 1, int(scale.at(at) * BUCKETS / 100)) for at in _times(job, now))
        kind = {RunStatus.FAILED: 1, RunStatus.RUNNING: 2}.get(RunStatus(job.status), 0)
        for bucket in range(first, last + 1):
            counts[bucket][kind] += 1
    most = max(sum(count) for count in counts) or 1
    for bucket, (other, failed, running) in enumerate(counts):
        bottom = float(PROFILE)
        for number, status in ((failed, "FAILED"), (running, "RUNNING"), (other, MANY)):
            if number:
                height = max(number / most * (PROFILE - 2), 2.0 if status == "FAILED" else 0.5)
                bottom -= height
                title = f"{number:,} job{'' if number == 1 else 's'}{' failed' if status == 'FAILED' else ''}"
                x, width = percent(bucket * 100 / BUCKETS), percent(100 / BUCKETS)
                yield Bar(x, width, round(max(bottom, 0), 1), round(height, 1), status, title)


def _times(job: Job, now: datetime) -> tuple[datetime, datetime]:
    return job.started_at or now, end_of(job, now)


def ticks_on(scale: Scale, most: int = TICKS) -> Iterator[Tick]:
    """Round moments of a scale: its beginning, and at most so many more."""
    unit = next((unit for unit in _UNITS if scale.seconds / unit <= most), 0)
    unit = unit or 86400 * (int(scale.seconds / 86400 / most) + 1)
    place = 0
    while place * unit <= scale.seconds:
        moment = scale.start + timedelta(seconds=place * unit)
        x = scale.at(moment)
        anchor = "start" if place == 0 else "end" if x > 92 else "middle"
        yield Tick(percent(x), f"+{_brief(place * unit)}" if place else "0", _clock(moment, unit), anchor)
        place += 1


def _brief(seconds: float) -> str:
    """A duration without what is nought: ``30 min``, ``1 h 30 min``."""
    return duration(seconds).removesuffix(" 00 s").removesuffix(" 00 min").removesuffix(" 0 h")


def _clock(moment: datetime, unit: float = 1) -> str:
    there = local(moment)
    return f"{there:%-d %b}" if unit >= 86400 else f"{there:%H:%M}" if unit >= 60 else f"{there:%H:%M:%S}"


def percent(value: float) -> str:
    """As a place or a width on the scale."""
    return f"{value:.2f}%"


def peak_of(jobs: list[Job]) -> int:
    """How many jobs ran at the same moment at most."""
    now = timezone.now()
    changes: list[tuple[Any, int]] = []
    for job in jobs:
        if job.started_at and (job.completed_at or job.status == RunStatus.RUNNING):
            changes += [(job.started_at, 1), (end_of(job, now), -1)]
    running = most = 0
    for _, change in sorted(changes):
        running += change
        most = max(most, running)
    return most
