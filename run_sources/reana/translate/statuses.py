"""How runs and jobs stand, in our words."""

from collections.abc import Iterable, Mapping

from run_sources.reana.reading import Json, mapping, number, text
from workflows.records import RunStatus, StatusBasis

STATUSES: Mapping[str, RunStatus] = {
    "created": RunStatus.PENDING,
    "queued": RunStatus.PENDING,
    "pending": RunStatus.PENDING,
    "running": RunStatus.RUNNING,
    "finished": RunStatus.SUCCESS,
    "failed": RunStatus.FAILED,
    "stopped": RunStatus.CANCELLED,  # by its user; REANA has no word for cancelled
}
DELETED = "deleted"
GOING_ON = frozenset({RunStatus.PENDING, RunStatus.RUNNING})

Standing = tuple[RunStatus, StatusBasis]


def status_of_job(word: str) -> RunStatus:
    """How a job stands; a word that is not known is not guessed at."""
    return STATUSES.get(word, RunStatus.UNKNOWN)


def status_of_run(word: str, progress: Json) -> Standing:
    """How a run stands. ``deleted`` says nothing of how it went: what it left behind may."""
    if word in STATUSES:
        return STATUSES[word], StatusBasis.REPORTED
    return _of_deleted(progress) if word == DELETED else (RunStatus.UNKNOWN, StatusBasis.ASSUMED)


def has_ended(word: str) -> bool:
    """Whether nothing goes on any more; of a word that is not known, nobody knows."""
    return word == DELETED or (word in STATUSES and STATUSES[word] not in GOING_ON)


def status_of_step(jobs: Iterable[RunStatus], run: RunStatus) -> RunStatus:
    """How a step stands: as what goes on in it, else as the worst of its jobs; without any, it waits or is unknown."""
    told = set(jobs)
    if not told:
        return RunStatus.PENDING if run in GOING_ON else RunStatus.UNKNOWN
    return next((one for one in _WORST if one in told), RunStatus.SUCCESS)


_WORST = (RunStatus.RUNNING, RunStatus.PENDING, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.UNKNOWN)


def _of_deleted(progress: Json) -> Standing:
    if text(progress, "run_stopped_at"):
        return RunStatus.CANCELLED, StatusBasis.INFERRED
    if text(progress, "run_finished_at") and (outcome := _of_jobs(progress)):
        return outcome, StatusBasis.INFERRED
    return RunStatus.UNKNOWN, StatusBasis.ASSUMED


def _of_jobs(progress: Json) -> RunStatus | None:
    """Only all jobs together say that a run succeeded, one that failed says that it did not."""
    done, failed, all = (
        number(mapping(progress, one), "total") or 0 for one in ("finished", "failed", "total")
    )
    if failed:
        return RunStatus.FAILED
    return RunStatus.SUCCESS if all and done >= all else None
