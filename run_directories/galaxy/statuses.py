"""How jobs, steps and runs stand, in the registry's words.

Galaxy's ``scheduled`` only says that all steps are planned, and its ``completed`` only that no job goes on: how the
run went is in the jobs alone.
"""

from collections.abc import Iterable

_WAITING = frozenset({"new", "resubmitted", "upload", "waiting", "queued"})
ACTIVE = _WAITING | {"running", "deleting", "stop"}
BROKEN = frozenset({"error", "failed"})
BEGINNING = frozenset({"new", "ready", "requires_materialization"})
CALLED_OFF = frozenset({"cancelled", "cancelling"})
_PLANNED = frozenset({"scheduled", "completed"})

_OF_JOB = {
    **dict.fromkeys(_WAITING, "PENDING"),
    **dict.fromkeys(("running", "deleting", "stop"), "RUNNING"),
    **dict.fromkeys(BROKEN, "FAILED"),
    "ok": "SUCCESS",
    "stopped": "SUCCESS",  # ended early by its user, who keeps what it made
    "skipped": "SKIPPED",
    "deleted": "CANCELLED",
    "paused": "PAUSED",
}
_WORST = ("FAILED", "PAUSED", "CANCELLED", "UNKNOWN")


def status_of_job(state: str) -> str:
    """How a job stands."""
    return _OF_JOB.get(state, "UNKNOWN")


def status_of_all(statuses: Iterable[str]) -> str:
    """How that stands whose parts stand so: as what goes on, else as the worst of them."""
    told = set(statuses)
    if told & {"RUNNING", "PENDING"}:
        return "PENDING" if told == {"PENDING"} else "RUNNING"
    if told == {"SKIPPED"}:
        return "SKIPPED"
    return next((one for one in _WORST if one in told), "SUCCESS" if told else "UNKNOWN")


def status_of_run(state: str, nested: set[str], jobs: set[str], is_complete: bool) -> tuple[str, str]:
    """How the run stands, and what that is based on.

    ``state`` is the invocation's, ``nested`` are those of its subworkflows, ``jobs`` those of all their jobs.
    ``is_complete`` says that no step ought to have jobs and has none.
    """
    if state in CALLED_OFF:
        return "CANCELLED", "REPORTED"
    if state == "failed":
        return "FAILED", "REPORTED"
    if jobs & ACTIVE:
        return "RUNNING", "INFERRED"
    if state in BEGINNING or nested & BEGINNING:
        return ("RUNNING" if jobs else "PENDING"), "REPORTED"
    return _from_jobs(state, nested, jobs, is_complete)


def _from_jobs(state: str, nested: set[str], jobs: set[str], is_complete: bool) -> tuple[str, str]:
    if "failed" in nested or jobs & BROKEN:
        return "FAILED", "INFERRED"
    if state not in _PLANNED or jobs - _OF_JOB.keys() or not (jobs or is_complete):
        return "UNKNOWN", "ASSUMED"
    if nested & CALLED_OFF and "paused" not in jobs:
        return "CANCELLED", "INFERRED"
    ended = status_of_all(status_of_job(one) for one in jobs - {"skipped"})
    return (ended if jobs - {"skipped"} else "SUCCESS"), "INFERRED"


def has_ended(state: str, nested: set[str], jobs: set[str]) -> bool:
    """Whether nothing goes on any more; a job of a cancelled run may, some seconds longer than the run."""
    if jobs & ACTIVE or state == "cancelling":
        return False
    return state not in BEGINNING and not (state in _PLANNED and nested & BEGINNING)
