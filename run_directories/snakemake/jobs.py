"""Joins the blocks of a log with the engine's records: the jobs of one invocation."""

import ast
from base64 import b64decode
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from run_directories.findings import FoundJob
from run_directories.reading import text_of
from run_directories.snakemake.benchmarks import asked, measured
from run_directories.snakemake.clock import Clock, moment
from run_directories.snakemake.names import folders_of, split_names, split_pairs
from run_directories.snakemake.values import Log, LoggedJob, Record

_SLACK = timedelta(seconds=2)  # the log's times are cut to seconds
_EXCERPT = 4000  # characters of a failed job's own log
_MADE = "Missing output files"
_USED = ("Input files updated by another job", "Updated input files")


@dataclass(frozen=True, slots=True)
class Work:
    """An attempt at a job with all that is known of it. ``status`` is still missing where the log has no end."""

    logged: LoggedJob
    record: Record | None
    used: tuple[str, ...]
    made: tuple[str, ...]
    logs: tuple[str, ...]
    started: datetime | None
    ended: datetime | None


class Joining:
    """Finds to each block of a log the record of what the job made."""

    def __init__(self, log: Log, records: Mapping[str, Record], clock: Clock) -> None:
        self.log, self.records, self.clock = log, records, clock
        self.known = set(records).union(*(record.input for record in records.values()))
        self.known.update(name for record in records.values() for name in record.log)
        self.claimed: set[str] = set()
        self.last = {job.jobid: job.attempt for job in log.jobs}

    def works(self) -> list[Work]:
        """All attempts, in the order in which they began."""
        told = [self._told(job) for job in self.log.jobs]
        if any(map(_is_bare, told)):
            free = self._free()
            told = [self._found(work, free) if _is_bare(work) else work for work in told]
        return told

    def _told(self, job: LoggedJob) -> Work:
        made = tuple(split_names(job.output, self.known))
        record = next((found for name in made if (found := self._record(job, name))), None)
        self.claimed.update(made)  # before a reason is asked: it may leave out some
        used = record.input if record else tuple(split_names(job.input, self.known))
        if not made and not used and job.message:
            used, made = self._reasoned(job.reason)
            # The rule that makes a file is the same, whichever invocation made it last.
            rules = {self.records[name].rule for name in made if name in self.records}
            job.rule = job.rule or (rules.pop() if len(rules) == 1 else "")
        logs = tuple(split_names(job.log, self.known))
        return Work(job, record, used, made, logs, *self._times(job, record))

    def _record(self, job: LoggedJob, name: str) -> Record | None:
        """The record, unless another invocation or attempt made the file anew."""
        record = self.records.get(name)
        if record is None or (job.rule and record.rule != job.rule):
            return None
        return record if self._is_of(job, record) else None

    def _is_of(self, job: LoggedJob, record: Record) -> bool:
        began, ended = self.clock.aware(job.started), self.clock.aware(job.ended or self.log.last_stamp)
        if began is None or ended is None or record.started is None:
            return False
        return began - _SLACK <= moment(record.started) <= max(began, ended) + _SLACK

    def _times(self, job: LoggedJob, record: Record | None) -> tuple[datetime | None, datetime | None]:
        """The log's times; the record's, which are finer, where they agree with them.

        The end in a record is the time of the file, which can lie before the start.
        """
        began, ended = self.clock.aware(job.started), self.clock.aware(job.ended)
        is_last = self.last.get(job.jobid) == job.attempt  # the record is that of the last attempt
        if began and ended and is_last and record and record.started and record.ended:
            first, last = moment(record.started), moment(record.ended)
            if began <= first <= last and abs(last - ended) <= _SLACK:
                return first, last
        return began, max(began, ended) if began and ended else ended

    def _reasoned(self, reason: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What was used and made as far as the reason tells, for a block that tells nothing else."""
        told = dict(part.partition(": ")[::2] for part in reason.split("; "))
        used = ", ".join(filter(None, (told.get(caption) for caption in _USED)))
        return tuple(split_names(used, self.known)), tuple(split_names(told.get(_MADE, ""), self.known))

    # --- blocks that tell a rule's own message instead of its files ---------------------------------------------

    def _free(self) -> dict[str, list[list[Record]]]:
        """What no block names, by rule: the records of one job together."""
        jobs: dict[tuple[str, tuple[str, ...], int | None], list[Record]] = defaultdict(list)
        for path, record in self.records.items():
            if path not in self.claimed:
                jobs[record.rule, record.input, record.job_hash].append(record)
        found: dict[str, list[list[Record]]] = defaultdict(list)
        for (rule, *_), records in sorted(jobs.items(), key=lambda item: item[1][0].started or 0):
            found[rule].append(records)
        return found

    def _found(self, work: Work, free: dict[str, list[list[Record]]]) -> Work:
        job = work.logged
        rules = [job.rule] if job.rule else list(free)
        fitting = [records for rule in rules for records in free[rule] if self._is_of(job, records[0])]
        if not fitting or (not job.rule and len({records[0].rule for records in fitting}) > 1):
            return work
        records = fitting[0]
        free[records[0].rule].remove(records)
        job.rule = job.rule or records[0].rule
        made = tuple(record.path for record in records)
        times = self._times(job, records[0])
        return Work(job, records[0], records[0].input, made, records[0].log, *times)


def _is_bare(work: Work) -> bool:
    return not work.logged.output and bool(work.logged.message)


@dataclass(frozen=True, slots=True)
class Telling:
    """How jobs are told: what became of those without an end depends on the run."""

    directory: Path
    host: str
    open_status: str  # of jobs that began and of which no end is told
    later: frozenset[str] = frozenset()  # files that later invocations wrote anew

    def jobs(self, works: list[Work]) -> tuple[FoundJob, ...]:
        """The jobs as values."""
        makers = {name: work.logged.jobid for work in works for name in work.made}
        return tuple(self._job(work, makers) for work in works)

    def _job(self, work: Work, makers: Mapping[str, str]) -> FoundJob:
        logged, record = work.logged, work.record
        job = FoundJob(
            name=_name(logged),
            step=logged.rule,
            attempt=logged.attempt,
            status=self._status(logged),
            started_at=work.started,
            completed_at=work.ended,
            command_line=_command(work),
            exit_code=_exit_code(work),
            host=self.host,
            container_image=record.container if record else "",
            external_id=logged.jobid,
            resources=asked(logged) | self._measured(logged),
            parameters=_parameters(work),
            used=work.used,
            made=work.made,
            message=logged.error or logged.message,
            after=_after(work, makers),
        )
        return replace(job, stderr=self._excerpt(work)) if logged.is_failed else job

    def _status(self, logged: LoggedJob) -> str:
        if logged.is_failed:
            return "FAILED"
        return "SUCCESS" if logged.is_finished else self.open_status

    def _measured(self, logged: LoggedJob) -> dict[str, Any]:
        """Its benchmark, if that is still the one of this job."""
        is_told = logged.benchmark and logged.is_finished and logged.benchmark not in self.later
        return measured(self.directory / logged.benchmark, self.directory) if is_told else {}

    def _excerpt(self, work: Work) -> str:
        """The end of the job's own log, which mostly holds what it wrote to the standard error."""
        told = [
            text_of(self.directory / name, self.directory)[-_EXCERPT:]
            for name in work.logs
            if name not in self.later
        ]
        return "\n".join(filter(None, told))


def _name(logged: LoggedJob) -> str:
    rule = logged.rule or f"job {logged.jobid}"
    return f"{rule} ({logged.wildcards})" if logged.wildcards else rule


def _command(work: Work) -> str:
    command = work.record.command if work.record else None
    return (command or work.logged.command).strip("\n").strip()


def _exit_code(work: Work) -> int | None:
    """Zero for a finished shell command: the engine has looked. For Python code there is none."""
    if work.logged.is_finished:
        return 0 if _command(work) else None
    return work.logged.exit_code


def _after(work: Work, makers: Mapping[str, str]) -> tuple[str, ...]:
    """The jobs whose files it took; a file in a directory that a job made counts as made by it."""
    found: set[str] = set()
    for name in work.used:
        places = [name, *folders_of(name)]
        found.update(makers[place] for place in places if place in makers)
    return tuple(sorted(found - {work.logged.jobid}))


def _parameters(work: Work) -> dict[str, Any]:
    """The wildcards by name; of ``params`` the engine keeps the values only."""
    found: dict[str, Any] = dict(split_pairs(work.logged.wildcards))
    if work.record and work.record.params:
        found["params"] = [_literal(one) for one in work.record.params]
    if work.record and work.record.conda:
        found["conda"] = _environment(work.record.conda)
    if number := work.logged.external_jobid or (work.record.external_jobid if work.record else ""):
        found["external_jobid"] = number
    return found


def _literal(told: Any) -> Any:
    """Values are kept as Python prints them; what is no plain value stays a text."""
    try:
        held = ast.literal_eval(told) if isinstance(told, str) else told
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return told
    return held if isinstance(held, str | int | float | bool | list | dict | None) else str(told)


def _environment(told: str) -> Any:
    """What a conda environment holds: its file is kept in base 64."""
    try:
        text = b64decode(told, validate=True).decode()
        held = yaml.safe_load(text)
    except (ValueError, yaml.YAMLError):
        return told
    return held.get("dependencies", text) if isinstance(held, dict) else text
