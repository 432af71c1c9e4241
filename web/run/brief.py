"""When the steps of a run ran, small enough to stand beside its graph; jobs of a step that overlap are one bar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from web.run.timeline import Bar, Scale, Tick, end_of, percent, ticks_on
from web.run.work import Job, Node, Work
from web.templatetags.runs import duration
from workflows.models import WorkflowRun
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


@dataclass(frozen=True, slots=True)
class Span:
    """When any job of a step ran, where there are too many to look at each."""

    first: datetime
    last: datetime
    status: str


def brief_of(run: WorkflowRun, work: Work) -> Brief | None:
    """None where not even two steps or jobs have a time: there is nothing to compare."""
    return _of_many(run, work) if work.more else _of_each(work)


def _of_each(work: Work) -> Brief | None:
    timed = [job for job in work.jobs if job.started_at]
    if len(timed) < 2:
        return None
    now = timezone.now()
    start = min(job.started_at for job in timed if job.started_at)
    scale = Scale(start, max(end_of(job, now) for job in timed))
    nodes = [node for node in work.nodes if any(job.started_at for job in node.jobs)]
    lanes = [_lane(node, scale, now) for node in nodes[:LANES]]
    return Brief(lanes, len(nodes) - len(lanes), list(ticks_on(scale, TICKS)))


def _of_many(run: WorkflowRun, work: Work) -> Brief | None:
    """Each step as one bar, as the database has it; jobs of no step are not told."""
    now = timezone.now()
    spans = _spans(run, work, now)
    if not spans:
        return None
    scale = Scale(min(one.first for one in spans.values()), max(one.last for one in spans.values()))
    nodes = [node for node in work.nodes if node.key in spans]
    lanes = [_lane_of_span(node, spans[node.key], scale) for node in nodes[:LANES]]
    return Brief(lanes, len(nodes) - len(lanes), list(ticks_on(scale, TICKS)))


def _spans(run: WorkflowRun, work: Work, now: datetime) -> dict[str, Span]:
    """By the keys of the nodes."""
    place_of = {step.pk: node for node in work.nodes for step in [*node.steps, node.step] if step}
    found: dict[str, Span] = {}
    for row in _times_by_step(run):
        if node := place_of.get(row["step_id"]):
            span = _span(row, now)
            found[node.key] = _both(found[node.key], span) if node.key in found else span
    return found


def _times_by_step(run: WorkflowRun) -> Any:
    jobs = run.jobs.filter(started_at__isnull=False, step__isnull=False).order_by().values("step_id")
    return jobs.annotate(
        first=Min("started_at"),
        last=Max(Coalesce("completed_at", "started_at")),
        running=Count("pk", filter=Q(status=RunStatus.RUNNING)),
        failed=Count("pk", filter=Q(status=RunStatus.FAILED)),
    )


def _span(row: dict[str, Any], now: datetime) -> Span:
    last = max(now, row["last"]) if row["running"] else row["last"]
    status = RunStatus.RUNNING if row["running"] else RunStatus.FAILED if row["failed"] else RunStatus.SUCCESS
    return Span(row["first"], last, status)


def _both(one: Span, other: Span) -> Span:
    worst = next(
        status
        for status in (RunStatus.RUNNING, RunStatus.FAILED, RunStatus.SUCCESS)
        if status in (one.status, other.status)
    )
    return Span(min(one.first, other.first), max(one.last, other.last), worst)


def _lane_of_span(node: Node, span: Span, scale: Scale) -> BriefLane:
    lasted = duration((span.last - span.first) / _SECOND)
    return BriefLane(node.name, node.key, lasted, [_bar(span.first, span.last, scale, span.status)])


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
