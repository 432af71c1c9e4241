"""When the steps of a run ran, small enough to stand beside its graph; jobs of a step that overlap are one bar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from web.run.timeline import Bar, Scale, Tick, end_of, percent, ticks_on
from web.run.work import Job, Node, Work
from web.templatetags.runs import duration
from workflows.records import RunStatus

LANES = 12
BESIDE = 8  # steps in one line that can be read in half a page
BARS = 40  # of a lane; more are drawn as one
TICKS = 4
HEIGHT = 10  # pixels
NARROWEST = 0.8  # percent: shorter ones could not be seen
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class BriefLane:
    """A step: from the start of its first job to the end of its last."""

    name: str
    key: str
    lasted: str
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Brief:
    """The first lanes, and how many more there are."""

    lanes: list[BriefLane]
    more: int
    ticks: list[Tick]

    @property
    def is_beside(self) -> bool:
        """Whether the graph of so few steps leaves room beside it."""
        return len(self.lanes) + self.more <= BESIDE


def brief_of(work: Work) -> Brief | None:
    """None where not even two steps or jobs have a time: there is nothing to compare."""
    timed = [job for job in work.jobs if job.started_at]
    if len(timed) < 2:
        return None
    now = timezone.now()
    start = min(job.started_at for job in timed if job.started_at)
    scale = Scale(start, max(end_of(job, now) for job in timed))
    nodes = [node for node in work.nodes if any(job.started_at for job in node.jobs)]
    lanes = [_lane(node, scale, now) for node in nodes[:LANES]]
    return Brief(lanes, len(nodes) - len(lanes), list(ticks_on(scale, TICKS)))


def _lane(node: Node, scale: Scale, now: datetime) -> BriefLane:
    jobs = [job for job in node.jobs if job.started_at]
    pieces = list(_joined(jobs, now))
    first, last = pieces[0][0], max(end for _, end in pieces)
    bars = pieces if len(pieces) <= BARS else [(first, last)]
    failed = [(job.started_at or now, end_of(job, now)) for job in node.last_attempts if _is_failed(job)]
    lasted = duration((last - first) / _SECOND)
    status = RunStatus.RUNNING if any(job.status == RunStatus.RUNNING for job in jobs) else RunStatus.SUCCESS
    drawn = [_bar(start, end, scale, node.status if len(jobs) == 1 else status) for start, end in bars]
    drawn += [_bar(start, end, scale, RunStatus.FAILED) for start, end in failed[:BARS]]
    return BriefLane(node.name, node.key, lasted, drawn)


def _is_failed(job: Job) -> bool:
    return job.status == RunStatus.FAILED and job.started_at is not None


def _joined(jobs: list[Job], now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From when to when at least one of the jobs ran; they come by their start."""
    start, end = jobs[0].started_at or now, end_of(jobs[0], now)
    for job in jobs[1:]:
        if job.started_at and job.started_at > end:
            yield start, end
            start, end = job.started_at, end_of(job, now)
        end = max(end, end_of(job, now))
    yield start, end


def _bar(start: datetime, end: datetime, scale: Scale, status: str) -> Bar:
    left, right = scale.at(start), scale.at(end)
    width = max(right - left, NARROWEST)
    left = min(left, 100 - width)
    return Bar(percent(left), percent(width), 0, HEIGHT, status, "")
