"""How jobs, steps and runs stand, in our words.

Galaxy's ``scheduled`` only says that all steps are planned, and its ``completed`` only that no job goes on: how the run
went is in the jobs alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from workflows.records import RunStatus, StatusBasis

WAITING = frozenset({"new", "resubmitted", "upload", "waiting", "queued"})
ACTIVE = WAITING | {"running", "deleting", "stop"}
BROKEN = frozenset({"error", "failed"})
_GONE = frozenset({"deleted"})
_FINE = frozenset({"ok", "skipped", "stopped"})
_KNOWN = ACTIVE | BROKEN | _GONE | _FINE | {"paused"}

BEGINNING = frozenset({"new", "ready", "requires_materialization"})
PLANNED = frozenset({"scheduled", "completed"})
CALLED_OFF = frozenset({"cancelled", "cancelling"})

Standing = tuple[RunStatus, StatusBasis]

_OF_JOB: Mapping[str, RunStatus] = {
    **dict.fromkeys(WAITING, RunStatus.PENDING),
    **dict.fromkeys(("running", "deleting", "stop"), RunStatus.RUNNING),
    **dict.fromkeys(BROKEN, RunStatus.FAILED),
    "ok": RunStatus.SUCCESS,
    "stopped": RunStatus.SUCCESS,  # ended early by its user, who keeps what it made
    "skipped": RunStatus.SKIPPED,
    "deleted": RunStatus.CANCELLED,
    "paused": RunStatus.PAUSED,
}


def status_of_job(state: str) -> RunStatus:
    """How a job stands."""
    return _OF_JOB.get(state, RunStatus.UNKNOWN)


def status_of_jobs(states: Iterable[str]) -> RunStatus:
    """How a step stands whose jobs stand so: as what goes on, else as the worst of them."""
    told = set(states)
    if told & ACTIVE:
        return RunStatus.PENDING if told <= WAITING else RunStatus.RUNNING
    if told and told <= {"skipped"}:
        return RunStatus.SKIPPED
    return _ended(told) if told else RunStatus.UNKNOWN


def _ended(states: set[str]) -> RunStatus:
    if states & BROKEN:
        return RunStatus.FAILED
    if "paused" in states:
        return RunStatus.PAUSED
    if states & _GONE:
        return RunStatus.CANCELLED
    return RunStatus.SUCCESS if states <= _FINE else RunStatus.UNKNOWN


_WORST = (RunStatus.FAILED, RunStatus.PAUSED, RunStatus.CANCELLED, RunStatus.UNKNOWN)


def status_of_steps(statuses: Iterable[RunStatus]) -> RunStatus:
    """How a subworkflow stands whose steps stand so."""
    told = set(statuses)
    if RunStatus.RUNNING in told:
        return RunStatus.RUNNING
    if RunStatus.PENDING in told:
        return RunStatus.PENDING if told == {RunStatus.PENDING} else RunStatus.RUNNING
    if told and told <= {RunStatus.SKIPPED}:
        return RunStatus.SKIPPED
    return next((one for one in _WORST if one in told), RunStatus.SUCCESS if told else RunStatus.UNKNOWN)


def status_of_run(state: str, nested: Iterable[str], jobs: Counter[str], is_complete: bool) -> Standing:
    """How the run stands, and how that is known.

    ``state`` is the invocation's, ``nested`` are those of its subworkflows, ``jobs`` counts the states of all their
    jobs. ``is_complete`` says that no step ought to have jobs and has none.
    """
    if state in CALLED_OFF:
        return RunStatus.CANCELLED, StatusBasis.REPORTED
    if state == "failed":
        return RunStatus.FAILED, StatusBasis.REPORTED
    if jobs.keys() & ACTIVE:
        return RunStatus.RUNNING, StatusBasis.INFERRED
    if state in BEGINNING or set(nested) & BEGINNING:
        return (RunStatus.RUNNING if jobs else RunStatus.PENDING), StatusBasis.REPORTED
    return _from_jobs(state, set(nested), jobs, is_complete)


def _from_jobs(state: str, nested: set[str], jobs: Counter[str], is_complete: bool) -> Standing:
    if "failed" in nested or jobs.keys() & BROKEN:
        return RunStatus.FAILED, StatusBasis.INFERRED
    if state not in PLANNED or jobs.keys() - _KNOWN or not (jobs or is_complete):
        return RunStatus.UNKNOWN, StatusBasis.ASSUMED
    if nested & CALLED_OFF and "paused" not in jobs:
        return RunStatus.CANCELLED, StatusBasis.INFERRED
    return (_ended(set(jobs)) if jobs else RunStatus.SUCCESS), StatusBasis.INFERRED


def has_ended(state: str, nested: Iterable[str], jobs: Iterable[str]) -> bool:
    """Whether nothing goes on any more; a job of a cancelled run may, some seconds longer than the run."""
    if set(jobs) & ACTIVE or state == "cancelling":
        return False
    return state not in BEGINNING and (state not in PLANNED or not set(nested) & BEGINNING)
