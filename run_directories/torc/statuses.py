"""Torc's words for how jobs stand, and what they mean for a run: Torc has no word for that. See docs/sources/torc.md.

The right-hand side is a status as the registry's API spells it.
"""

from collections.abc import Iterable

DONE = "done"  # of servers before 2025: an end of any kind, of which the return code says more
OF_JOBS = {
    "uninitialized": "PENDING",
    "blocked": "PENDING",
    "ready": "PENDING",
    "scheduled": "PENDING",
    "pending": "PENDING",
    "submitted_pending": "PENDING",
    "submitted": "RUNNING",
    "running": "RUNNING",
    "completed": "SUCCESS",
    "failed": "FAILED",
    "pending_failed": "FAILED",
    "terminated": "FAILED",
    "canceled": "CANCELLED",
    "disabled": "SKIPPED",
}
# In these a job stays until somebody acts. A pending_failed one waits to be judged.
FINAL = frozenset({"done", "completed", "failed", "terminated", "canceled", "disabled"})
ENDED = frozenset({"SUCCESS", "FAILED", "CANCELLED"})
MESSAGES = {
    "terminated": "Torc ended it, as the time of its allocation was over.",
    "pending_failed": "It failed, and Torc waits for somebody to say whether it is to run again.",
    "disabled": "It was not to run.",
}


def job_status(word: str, return_code: int | None) -> str:
    """How a job, or an attempt at one, stands."""
    if word.lower() == DONE:
        return "UNKNOWN" if return_code is None else "FAILED" if return_code else "SUCCESS"
    return OF_JOBS.get(word.lower(), "UNKNOWN")


def run_status(statuses: Iterable[str], *, is_complete: bool, is_canceled: bool, has_begun: bool) -> str:
    """How a latest run stands: complete only says that no job will change by itself, and so does canceled.

    ``statuses`` are those of all jobs, ``has_begun`` says that one of them has a result in this run.
    """
    found = set(statuses)
    if is_canceled and not found & {"RUNNING"}:
        return "CANCELLED"
    if not is_complete:
        return "RUNNING" if has_begun or "RUNNING" in found else "PENDING"
    if found & {"FAILED", "CANCELLED"}:
        return "FAILED" if "FAILED" in found else "CANCELLED"
    return "SUCCESS" if found else "UNKNOWN"


def past_status(statuses: Iterable[str], is_whole: bool) -> str:
    """How an earlier run ended, by its results alone.

    ``is_whole`` says that by then every job had succeeded. A run of which jobs are missing may have been stopped.
    """
    found = set(statuses)
    if "FAILED" in found:
        return "FAILED"
    if "CANCELLED" in found:
        return "CANCELLED"
    return "SUCCESS" if is_whole and found == {"SUCCESS"} else "UNKNOWN"
