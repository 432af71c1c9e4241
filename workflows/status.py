"""Which status a run may take after which: the rules of ``…/workflowruns/{id}/status/``, as a table.

What is in ``NEXT`` needs no explanation. Everything else is a correction: somebody says that what the registry holds
is not what happened, and that takes a reason, which the history keeps. A run that was imported follows its source:
whatever is said of it by hand is a correction.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from workflows.records import RunStatus

PENDING, RUNNING, PAUSED = RunStatus.PENDING, RunStatus.RUNNING, RunStatus.PAUSED
SUCCESS, FAILED, CANCELLED = RunStatus.SUCCESS, RunStatus.FAILED, RunStatus.CANCELLED
UNKNOWN, SKIPPED = RunStatus.UNKNOWN, RunStatus.SKIPPED

TERMINAL: Final = frozenset({SUCCESS, FAILED, CANCELLED, SKIPPED})
OF_RUNS: Final = tuple(status for status in RunStatus if status != SKIPPED)  # only a step or a job is skipped
NEXT: Final[dict[RunStatus, tuple[RunStatus, ...]]] = {
    PENDING: (RUNNING, PAUSED, FAILED, CANCELLED, UNKNOWN),
    RUNNING: (PENDING, PAUSED, SUCCESS, FAILED, CANCELLED, UNKNOWN),  # PENDING: it was put back into a queue
    PAUSED: (PENDING, RUNNING, FAILED, CANCELLED, UNKNOWN),
    SUCCESS: (),
    FAILED: (),
    CANCELLED: (),
    SKIPPED: (),
    UNKNOWN: (PENDING, RUNNING, PAUSED, SUCCESS, FAILED, CANCELLED),
}


@dataclass(frozen=True, slots=True)
class Times:
    """When a run began and ended, as far as that is known."""

    started_at: datetime | None
    completed_at: datetime | None


def is_terminal(status: RunStatus) -> bool:
    """Whether the run is over."""
    return status in TERMINAL


def allowed_after(status: RunStatus, *, is_followed: bool = False) -> tuple[RunStatus, ...]:
    """What may come next without a reason; nothing for a run that follows its source."""
    return () if is_followed else NEXT[status]


def corrections_of(status: RunStatus, *, is_followed: bool = False) -> tuple[RunStatus, ...]:
    """What may come next with a reason only."""
    free = allowed_after(status, is_followed=is_followed)
    return tuple(one for one in OF_RUNS if one != status and one not in free)


def is_allowed(before: RunStatus, after: RunStatus, *, reason: str = "", is_followed: bool = False) -> bool:
    """Whether a run may go from one status to the other. Staying where one is, is no change and needs no leave."""
    if before == after:
        return True
    free = allowed_after(before, is_followed=is_followed)
    return after in free or (after in OF_RUNS and bool(reason.strip()))


def times_after(known: Times, after: RunStatus, *, now: datetime, ended_at: datetime | None = None) -> Times:
    """The times of a run that takes a status; ``ended_at`` is when it ended, if that was said.

    A run starts when it is first RUNNING and ends when it is over. One that goes on again has not ended; of one
    that is UNKNOWN nobody says that. The present is never before the start: clocks differ, and the start may come
    from another machine.
    """
    started = known.started_at or (now if after == RUNNING else None)
    if not is_terminal(after):
        return Times(started, known.completed_at if after == UNKNOWN else None)
    ended = ended_at or known.completed_at or (max(now, started) if started else now)
    return Times(started, ended)


def as_table() -> str:
    """The rules in Markdown; the documentation holds the same text."""
    lines = ["| From | Next | With a reason only |", "|---|---|---|"]
    for status in NEXT:
        free, rest = _said(allowed_after(status)), _said(corrections_of(status))
        lines.append(f"| `{status}` | {free or 'nothing: it is over'} | {rest or 'nothing else'} |")
    return "\n".join(lines)


def _said(statuses: tuple[RunStatus, ...]) -> str:
    return ", ".join(f"`{one}`" for one in statuses)
