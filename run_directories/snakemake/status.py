"""How an invocation stands: told by the end of its log, and where that is missing by whether it still goes on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from run_directories.snakemake.values import Ending, Log

FRESH = timedelta(minutes=10)
NOTHING = "Nothing to be done: all requested files are present and up to date."
STOPPED = "Snakemake was told to stop before all was done."
CUT_OFF = "The log ends without an end: Snakemake was killed, or its machine went down."
EMPTY = "Snakemake left its log empty: what is told here comes from its records of files, which know no end."
QUIET = "Snakemake was told to be quiet: what is told here comes from its records of files."
BY_OTHERS = "The log has no end yet and was written to lately; it is taken to be running."


@dataclass(frozen=True, slots=True)
class Signs:
    """What can be seen beside the log. ``at_work``: whether the engine's process is there, None if unknown."""

    at_work: bool | None
    is_same_host: bool
    is_locked: bool
    written_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class State:
    """The status in the API's words, how it is known, and why. ``of_open_jobs`` is that of jobs without an end."""

    status: str
    basis: str = "REPORTED"
    message: str = ""
    of_open_jobs: str = "UNKNOWN"


def state_of(log: Log, signs: Signs) -> State:
    """The state of the invocation."""
    if log.ending is Ending.DONE:
        return State("SUCCESS")
    if log.ending is Ending.NOTHING_TO_DO:
        return State("SUCCESS", message=NOTHING)
    if log.ending is Ending.STOPPED and (log.is_complete or not _goes_on(signs)):
        return State("CANCELLED", message=STOPPED, of_open_jobs="CANCELLED")
    if log.ending is Ending.FAILED:
        return State("FAILED", message=_first_error(log), of_open_jobs="CANCELLED")
    return _without_end(log, signs)


def _without_end(log: Log, signs: Signs) -> State:
    if log.is_quiet and log.jobs:
        missing = next((job.rule for job in log.jobs if not job.is_finished), "")
        why = f"{QUIET} What rule {missing} makes is not there." if missing else QUIET
        return State("FAILED" if missing else "SUCCESS", "INFERRED", why, of_open_jobs="FAILED")
    if _goes_on(signs):
        message = "" if signs.at_work else BY_OTHERS
        return State("RUNNING", "INFERRED", message, of_open_jobs="RUNNING")
    if log.is_empty or log.is_quiet:
        return State("UNKNOWN", "INFERRED", QUIET if log.is_quiet else EMPTY)
    return State("UNKNOWN", "INFERRED", "\n".join(filter(None, [CUT_OFF, _first_error(log)])))


def _goes_on(signs: Signs) -> bool:
    """A process is proof. Its absence is one where the log was written on this machine."""
    if signs.at_work:
        return True
    if signs.is_same_host and signs.at_work is False:
        return False
    return signs.is_locked and signs.now - signs.written_at < FRESH


def _first_error(log: Log) -> str:
    """Of the first job that failed for good, else what the engine says of itself."""
    last = {job.jobid: job for job in log.jobs}
    for job in last.values():
        if job.is_failed:
            where = f" ({job.wildcards})" if job.wildcards else ""
            return f"Error in rule {job.rule}{where}: {job.error or _exit(job.exit_code)}"
    return log.errors[0] if log.errors else ""


def _exit(code: int | None) -> str:
    return "the job failed." if code is None else f"exit code {code}."
