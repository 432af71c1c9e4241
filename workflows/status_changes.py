"""Changing the status of a run, by the rules of ``workflows.status``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from common.errors import Conflict, InvalidInput, Violation
from workflows.models import WorkflowRun
from workflows.records import RunStatus, StatusBasis
from workflows.services import change_run, index_text
from workflows.status import Times, allowed_after, corrections_of, is_allowed, is_terminal, times_after


class ForbiddenTransition(Conflict):
    """A run does not go from its status to the wanted one just like that."""

    code = "status_transition"

    def __init__(self, message: str, more: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.more = more


@dataclass(frozen=True, slots=True)
class WantedStatus:
    """What somebody says about a run; what was not said is None, and stays or follows from the rest."""

    status: RunStatus
    reason: str = ""
    message: str | None = None
    completed_at: datetime | None = None


def follows_source(run: Any) -> bool:
    """Whether the status is the source's to tell: the run was imported, and can be imported again."""
    return bool(run.is_imported and run.source)


def change_status(*, run: WorkflowRun, wanted: WantedStatus, by: Any) -> WorkflowRun:
    """Give a run another status, with the times that follow from it; the same again changes nothing.

    The caller holds the run's row. ForbiddenTransition says what would be allowed instead, InvalidInput what is wrong
    with the times.
    """
    before = RunStatus(run.status)
    fields = _fields(run, before, wanted)
    if all(getattr(run, name) == value for name, value in fields.items()):
        return run
    _must_be_allowed(run, before, wanted)
    change_run(run=run, fields=fields, user=by, reason=wanted.reason.strip())
    index_text(run)
    return run


def _fields(run: WorkflowRun, before: RunStatus, wanted: WantedStatus) -> dict[str, Any]:
    """The columns as they shall be. A message says why the run stands as it does: it goes with its status."""
    is_new = wanted.status != before
    if wanted.completed_at and not is_terminal(wanted.status):
        raise _wrong_end("can be given only with a status that ends a run: SUCCESS, FAILED or CANCELLED")
    known = Times(run.started_at, run.completed_at)
    times = Times(known.started_at, wanted.completed_at or known.completed_at)
    if is_new:
        times = times_after(known, wanted.status, now=timezone.now(), ended_at=wanted.completed_at)
    if times.started_at and times.completed_at and times.completed_at < times.started_at:
        raise _wrong_end(f"must not be before started_at, {times.started_at.isoformat()}")
    stays = run.message if not is_new else ""
    fields = {
        "status": str(wanted.status),
        "message": stays if wanted.message is None else wanted.message,
        "started_at": times.started_at,
        "completed_at": times.completed_at,
    }
    return {**fields, "status_basis": str(StatusBasis.REPORTED)} if is_new else fields


def _wrong_end(sentence: str) -> InvalidInput:
    return InvalidInput([Violation("completed_at", sentence)])


def _must_be_allowed(run: WorkflowRun, before: RunStatus, wanted: WantedStatus) -> None:
    is_followed = follows_source(run)
    has_reason = bool(wanted.reason.strip())
    allowed = is_allowed(before, wanted.status, reason=wanted.reason, is_followed=is_followed)
    if allowed and (has_reason or not is_followed):
        return
    more = {
        "from": before,
        "to": wanted.status,
        "allowed": allowed_after(before, is_followed=is_followed),
        "allowed_with_reason": corrections_of(before, is_followed=is_followed),
    }
    raise ForbiddenTransition(_why_not(run, before, wanted.status, is_followed=is_followed), more)


def _why_not(run: WorkflowRun, before: RunStatus, after: RunStatus, *, is_followed: bool) -> str:
    if is_followed:
        return (
            f"This run was imported from {run.source}: import it again to bring its status up to date, "
            "or give a reason for changing it by hand."
        )
    allowed = ", ".join(allowed_after(before))
    first = f"After {before} a run can become {allowed}" if allowed else f"{before} is the end of a run"
    return f"{first}. To correct it to {after}, give a reason."
