"""The words of HealthOmics for how a run or a task stands, and ours."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from run_sources.healthomics.answers import Json
from run_sources.healthomics.translate.reading import WORD, text, time
from workflows.records import JobRecord, RunStatus, StatusBasis

STATUSES = {
    "PENDING": RunStatus.PENDING,
    "STARTING": RunStatus.PENDING,
    "RUNNING": RunStatus.RUNNING,
    "STOPPING": RunStatus.RUNNING,
    "COMPLETED": RunStatus.SUCCESS,
    "FAILED": RunStatus.FAILED,
    "CANCELLED": RunStatus.CANCELLED,
}
DELETED = "DELETED"  # of runs only: says nothing about how the run went
ENDED = frozenset({"COMPLETED", "FAILED", "CANCELLED", DELETED})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run stands, how that is known, the service's own word, and what is odd about it."""

    status: RunStatus
    basis: StatusBasis
    word: str
    remarks: tuple[str, ...] = ()

    @property
    def is_deleted(self) -> bool:
        """Whether the service holds the run no longer."""
        return self.word == DELETED


def status_of(word: str) -> RunStatus:
    """How a task stands."""
    return STATUSES.get(word, RunStatus.UNKNOWN)


def outcome_of(run: Json, jobs: Sequence[JobRecord]) -> Outcome:
    """How a run stands. A deleted one stands as what is left of it says."""
    word = text(run, "status", WORD)
    if word == DELETED:
        return _of_deleted(run, jobs)
    if word not in STATUSES:
        remark = f"HealthOmics says of the run what is not known here: {word!r}."
        return Outcome(RunStatus.UNKNOWN, StatusBasis.REPORTED, word, (remark,))
    return Outcome(STATUSES[word], StatusBasis.REPORTED, word)


def _of_deleted(run: Json, jobs: Sequence[JobRecord]) -> Outcome:
    status = _left_of(run, Counter(job.status for job in jobs))
    if status == RunStatus.UNKNOWN:
        remark = "The run was deleted at HealthOmics, which says no longer how it went."
        return Outcome(status, StatusBasis.ASSUMED, DELETED, (remark,))
    remark = "The run was deleted at HealthOmics; how it went was concluded from what is left of it."
    return Outcome(status, StatusBasis.INFERRED, DELETED, (remark,))


def _left_of(run: Json, tasks: Counter[RunStatus]) -> RunStatus:
    """Reasons of failure are told of failed runs only; tasks are told whole or not at all."""
    if text(run, "failureReason"):
        return RunStatus.FAILED
    if not time(run, "stopTime") or not tasks:
        return RunStatus.UNKNOWN
    if set(tasks) == {RunStatus.SUCCESS}:
        return RunStatus.SUCCESS
    if tasks[RunStatus.CANCELLED]:
        return RunStatus.CANCELLED
    return RunStatus.UNKNOWN  # a failed task may have been tried again
