"""What each step of a run took: how long, how much memory, and how much of what was asked for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.utils import timezone

from web.run.graph import said_of
from web.run.timeline import end_of, peak_of
from web.run.work import Job, Node, Work

PREDECESSORS = 8  # that a line names
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class StepLine:
    """A line of the table: what is not known is None."""

    node: Node
    predecessors: list[Node]
    more_predecessors: int
    jobs: int
    failed: int
    typical: float | None
    longest: float | None
    total: float | None
    memory: int | None
    memory_asked: int | None
    cpus: float | None
    cpu_seconds: float | None

    @property
    def said(self) -> str:
        """How much belongs to it."""
        return said_of(self.node)

    @property
    def share_of_memory(self) -> int | None:
        """How much of the memory asked for was used, in per cent."""
        return round(100 * self.memory / self.memory_asked) if self.memory and self.memory_asked else None


@dataclass(frozen=True, slots=True)
class Summary:
    """The work as a whole."""

    total: float | None
    peak: int
    slowest: StepLine | None
    memory: int | None


def _number(value: float | None) -> float:
    return -1.0 if value is None else float(value)


SORTS: dict[str, Callable[[StepLine], Any]] = {
    "name": lambda line: line.node.name.casefold(),
    "jobs": lambda line: line.jobs,
    "failed": lambda line: line.failed,
    "typical": lambda line: _number(line.typical),
    "longest": lambda line: _number(line.longest),
    "total": lambda line: _number(line.total),
    "memory": lambda line: _number(line.memory),
    "cpu": lambda line: _number(line.cpu_seconds),
}


def lines_of(work: Work, sort: str = "") -> list[StepLine]:
    """A line for each node, in the order of the workflow unless ``sort`` names a column."""
    lines = [line_of(node) for node in work.nodes]
    key = SORTS.get(sort.removeprefix("-"))
    return sorted(lines, key=key, reverse=sort.startswith("-")) if key else lines


def line_of(node: Node) -> StepLine:
    """What a step took until now."""
    now = timezone.now()
    lasted = [seconds for job in node.jobs if (seconds := _lasted(job, now)) is not None]
    measures = [job.measures for job in node.jobs if job.resources or job.requested]
    return StepLine(
        node=node,
        predecessors=node.after[:PREDECESSORS],
        more_predecessors=max(0, len(node.after) - PREDECESSORS),
        jobs=len(node.jobs),
        failed=node.failed,
        typical=median(lasted) if lasted else None,
        longest=max(lasted, default=None),
        total=sum(lasted) if lasted else None,
        memory=_greatest(one.memory_used for one in measures),
        memory_asked=_greatest(one.memory_asked for one in measures),
        cpus=_greatest(one.cpus_asked for one in measures),
        cpu_seconds=_sum(one.cpu_used for one in measures),
    )


def columns_of(lines: list[StepLine]) -> dict[str, bool]:
    """Of which measures anything is known."""
    return {
        "memory": any(line.memory is not None or line.memory_asked is not None for line in lines),
        "cpus": any(line.cpus is not None for line in lines),
        "cpu_time": any(line.cpu_seconds is not None for line in lines),
    }


def summary_of(work: Work, lines: list[StepLine]) -> Summary:
    """Total time, the most jobs at once, and where the time went."""
    timed = [line for line in lines if line.total is not None]
    memory = [line.memory for line in lines if line.memory is not None]
    return Summary(
        total=sum(line.total or 0 for line in timed) if timed else None,
        peak=peak_of(work.jobs),
        slowest=max(timed, key=lambda line: line.total or 0, default=None),
        memory=max(memory, default=None),
    )


def _lasted(job: Job, now: datetime) -> float | None:
    if not job.started_at or not (job.completed_at or job.status == "RUNNING"):
        return None
    return (end_of(job, now) - job.started_at) / _SECOND


def _greatest(values: Iterable[Any]) -> Any:
    return max((value for value in values if value is not None), default=None)


def _sum(values: Iterable[Any]) -> Any:
    found = [value for value in values if value is not None]
    return sum(found) if found else None
