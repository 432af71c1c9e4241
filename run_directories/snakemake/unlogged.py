"""Invocations whose log is empty, as early Snakemake 9 left them: what can be told from the records alone."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from run_directories.snakemake.clock import Clock, moment
from run_directories.snakemake.values import Log, LoggedJob, Record

_SLACK = timedelta(seconds=1)


def revive(
    log: Log, directory: Path, records: Mapping[str, Record], clock: Clock, until: datetime | None
) -> None:
    """Give an empty log the jobs that began after it was opened and before ``until``, when the next one was.

    A job is taken to be finished where its files are there, or another job used them: they may be temporary.
    """
    began = clock.aware(log.begun)
    if began is None:
        return
    used = {name for record in records.values() for name in record.input}
    for told in _jobs(records, began - _SLACK, until):
        paths = [record.path for record in told]
        job = _job(told[0], paths, clock)
        job.jobid = str(len(log.jobs) + 1)
        job.is_finished = all(path in used or (directory / path).exists() for path in paths)
        log.jobs.append(job)
    log.last_stamp = max((job.ended for job in log.jobs if job.ended), default=None)


def _jobs(records: Mapping[str, Record], began: datetime, until: datetime | None) -> list[list[Record]]:
    """The records of each job together, in the order in which they began."""
    found: dict[tuple[str, tuple[str, ...], int | None], list[Record]] = defaultdict(list)
    for record in records.values():
        if (
            record.started
            and began <= moment(record.started)
            and (not until or moment(record.started) < until)
        ):
            found[record.rule, record.input, record.job_hash].append(record)
    return sorted(found.values(), key=lambda told: told[0].started or 0)


def _job(record: Record, paths: list[str], clock: Clock) -> LoggedJob:
    return LoggedJob(
        rule=record.rule,
        input=", ".join(record.input),
        output=", ".join(paths),
        log=", ".join(record.log),
        started=_told(record.started, clock),
        ended=_told(max(record.started or 0, record.ended or 0), clock),
    )


def _told(seconds: float | None, clock: Clock) -> datetime | None:
    """A time as a log would tell it: without its zone."""
    return clock.naive(moment(seconds)) if seconds else None
