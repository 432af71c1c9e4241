"""What the steps of a workflow version ask for beside what they take, over many jobs; pure numbers."""

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from workflows.jobs.measures import Measures
from workflows.records import RunStatus

ENOUGH = 3  # jobs from which something is said about a step
LITTLE, NEARLY_ALL = 0.5, 0.95
GENEROUS = 1.25  # what is proposed above the most that was used
MEGABYTE, GIGABYTE = 2**20, 2**30


@dataclass(frozen=True, slots=True)
class MeasuredJob:
    """A job as it counts: the step that it belongs to, the run, how it stands, and its measures."""

    step: str
    name: str
    run: UUID
    status: str
    measures: Measures


def efficiency_of(jobs: Iterable[MeasuredJob]) -> list[dict[str, Any]]:
    """Each step with what its jobs took and asked for, in the order in which they come.

    Only jobs that succeeded are measured: one that failed says little about what it would have needed.
    """
    by_step: defaultdict[str, list[MeasuredJob]] = defaultdict(list)
    for job in jobs:
        by_step[job.step].append(job)
    return [_step(key, found) for key, found in by_step.items()]


def _step(key: str, jobs: Sequence[MeasuredJob]) -> dict[str, Any]:
    counts = Counter(job.status for job in jobs)
    ended = counts[RunStatus.SUCCESS] + counts[RunStatus.FAILED]
    measured = [job.measures for job in jobs if job.status == RunStatus.SUCCESS]
    told = {
        "wall_seconds": _compared(measured, lambda m: m.wall_used, lambda m: m.wall_asked),
        "cpu_seconds": _compared(measured, lambda m: m.cpu_used, _cpu_asked),
        "cpus": _compared(measured, lambda m: m.cpus_used, lambda m: m.cpus_asked),
        "memory_bytes": _compared(measured, lambda m: m.memory_used, lambda m: m.memory_asked),
    }
    return {
        "step": key,
        "name": jobs[0].name,
        "jobs": len(jobs),
        "runs": len({job.run for job in jobs}),
        "statuses": dict(counts),
        "success_share": round(counts[RunStatus.SUCCESS] / ended, 4) if ended else None,
        **told,
        "hints": _hints(told),
    }


def _cpu_asked(one: Measures) -> float | None:
    """What the processors that were asked for could have done in the time."""
    return one.cpus_asked * one.wall_used if one.cpus_asked and one.wall_used else None


def _compared(
    measured: Iterable[Measures],
    used: Callable[[Measures], float | None],
    asked: Callable[[Measures], float | None],
) -> dict[str, Any] | None:
    """Used and requested, and the share of the one in the other, job by job; None where nothing is known."""
    pairs = [(used(one), asked(one)) for one in measured]
    taken = [value for value, _ in pairs if value is not None]
    wanted = [value for _, value in pairs if value is not None]
    shares = [value / most for value, most in pairs if value is not None and most]
    if not taken and not wanted:
        return None
    return {"used": spread(taken), "requested": spread(wanted), "efficiency": spread(shares)}


def spread(values: Sequence[float]) -> dict[str, Any] | None:
    """Median, the value that nine in ten do not exceed (nearest rank), the greatest, and how many there are."""
    if not values:
        return None
    ordered = sorted(values)
    return {
        "median": _rounded(statistics.median(ordered)),
        "p90": _rounded(ordered[math.ceil(0.9 * len(ordered)) - 1]),
        "max": _rounded(ordered[-1]),
        "count": len(ordered),
    }


def _rounded(value: float) -> float:
    """Four places after the point, as nobody measures more."""
    return round(value, 4)


def _hints(told: dict[str, Any]) -> list[str]:
    """What could be asked for instead, where it is far off."""
    found = [_memory_hint(told["memory_bytes"]), _cpu_hint(told["cpus"]), _time_hint(told["wall_seconds"])]
    return [one for one in found if one]


def _known(compared: dict[str, Any] | None) -> bool:
    return bool(compared and compared["efficiency"] and compared["efficiency"]["count"] >= ENOUGH)


def _memory_hint(compared: Any) -> str:
    if not _known(compared):
        return ""
    most, asked, share = compared["used"]["max"], compared["requested"]["max"], compared["efficiency"]["max"]
    if share >= NEARLY_ALL:
        return f"Memory: {in_bytes(most)} of {in_bytes(asked)} were in use; a little more input may not fit."
    proposed = _whole_memory(most * GENEROUS)
    if share < LITTLE and proposed < asked:
        return (
            f"Memory: {in_bytes(asked)} are asked for, and never more than {in_bytes(most)} were in use; "
            f"{in_bytes(proposed)} would do."
        )
    return ""


def _cpu_hint(compared: Any) -> str:
    if not _known(compared):
        return ""
    most, asked, share = (
        compared["used"]["p90"],
        compared["requested"]["max"],
        compared["efficiency"]["median"],
    )
    proposed = max(1, math.ceil(most))
    if share < LITTLE and proposed < asked:
        return f"Processors: {asked:g} are asked for, and {most:.1f} are busy on the average; {proposed} would do."
    return ""


def _time_hint(compared: Any) -> str:
    if not _known(compared):
        return ""
    if compared["efficiency"]["max"] >= NEARLY_ALL:
        most, asked = compared["used"]["max"], compared["requested"]["max"]
        return f"Time: the longest job took {most / 60:.0f} of {asked / 60:.0f} minutes; ask for more."
    return ""


def _whole_memory(size: float) -> int:
    """Rounded up to whole gigabytes, or to 256 megabytes where it is less than two."""
    unit = GIGABYTE if size >= 2 * GIGABYTE else 256 * MEGABYTE
    return math.ceil(size / unit) * unit


def in_bytes(size: float) -> str:
    """A size with its unit: ``3.2 GiB``."""
    for unit, factor in (("TiB", 2**40), ("GiB", GIGABYTE), ("MiB", MEGABYTE), ("KiB", 2**10)):
        if size >= factor:
            return f"{size / factor:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size:.0f} B"
