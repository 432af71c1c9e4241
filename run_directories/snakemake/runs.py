"""Puts together a run from what the engine left of one invocation."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from run_directories.findings import FoundJob, FoundRun, FoundStep
from run_directories.remarks import Remarks
from run_directories.snakemake.clock import Clock, clocks_of
from run_directories.snakemake.command import Command, read_command
from run_directories.snakemake.configuration import Configuration, read_configuration
from run_directories.snakemake.files import Files
from run_directories.snakemake.jobs import Joining, Telling, Work
from run_directories.snakemake.status import Signs, State, state_of
from run_directories.snakemake.unlogged import revive
from run_directories.snakemake.values import Log, Record
from run_directories.snakemake.workflows import Written, read_workflow

NO_HEADER = (
    "The log tells neither the command line nor the version of Snakemake: older ones do not write them."
)
STILL_WRITTEN = (
    "Snakemake is still at work here, so its log is left out: it would have changed before it is sent."
)
_HEADER_FACTS = {
    "Platform": "platform",
    "Host": "host",
    "User": "user",
    "Python version": "python_version",
    "Run directory": "directory",
    "Config MD5": "config_md5",
}


@dataclass(frozen=True, slots=True)
class Around:
    """What is the same for all invocations of a directory. ``host`` is the name of this machine."""

    directory: Path
    records: Mapping[str, Record]
    is_locked: bool
    at_work: bool | None
    host: str
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class _Invocation:
    around: Around
    log: Log
    path: Path
    clock: Clock
    works: list[Work]
    state: State
    remarks: Remarks


def read_runs(around: Around, logs: Sequence[tuple[Path, Log]]) -> tuple[FoundRun, ...]:
    """The runs of the logs, which are given with the newest first."""
    later: frozenset[str] = frozenset()
    until: datetime | None = None
    found: list[FoundRun] = []
    clocks = clocks_of([(log, path.stat().st_mtime) for path, log in logs], around.records)
    for (path, log), clock in zip(logs, clocks, strict=True):
        if log.tells_no_jobs:
            log.is_quiet = not log.is_empty
            revive(log, around.directory, around.records, clock, until)
        until = clock.aware(log.begun)
        if log.is_run:
            invocation = _joined(around, path, log, clock, is_newest=not found)
            found.append(_run(invocation, later, is_newest=not found))
            later |= {name for work in invocation.works for name in _written(work)}
    return tuple(found)


def _written(work: Work) -> Iterator[str]:
    yield from work.made
    yield from work.logs
    if work.logged.benchmark:
        yield work.logged.benchmark


def _joined(around: Around, path: Path, log: Log, clock: Clock, is_newest: bool) -> _Invocation:
    works = Joining(log, around.records, clock).works()
    state = state_of(log, _signs(around, path, log, is_newest))
    remarks = Remarks()
    remarks.extend(filter(None, [clock.remark, "" if log.header or log.is_empty else NO_HEADER]))
    return _Invocation(around, log, path, clock, works, state, remarks)


def _signs(around: Around, path: Path, log: Log, is_newest: bool) -> Signs:
    """The locks of a directory, and a process in it, are those of the newest invocation."""
    host = log.header.get("Host") or log.host
    return Signs(
        at_work=around.at_work if is_newest else False,
        is_same_host=host == around.host or not is_newest,
        is_locked=around.is_locked,
        written_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        now=around.now(),
    )


def _run(invocation: _Invocation, later: frozenset[str], is_newest: bool) -> FoundRun:
    log, around, state = invocation.log, invocation.around, invocation.state
    command = read_command(log.header.get("Command", ""))
    written = read_workflow(around.directory, log, command)
    configuration = read_configuration(around.directory, log, command, written.sources)
    telling = Telling(around.directory, log.header.get("Host") or log.host, state.of_open_jobs, later)
    jobs = telling.jobs(invocation.works)
    started, completed = _times(invocation)
    invocation.remarks.extend((*written.remarks, *configuration.remarks))
    files = _files(invocation, configuration, later, is_newest)
    return FoundRun(
        name=_name(invocation, written, started),
        status=state.status,
        status_basis=state.basis,
        message=state.message,
        started_at=started,
        completed_at=completed,
        run_command=command.line,
        run_environment=_environment(log),
        source="snakemake",
        external_id=_identity(invocation),
        parameters=_parameters(configuration, command),
        workflow=written.workflow,
        files=tuple(files.found.values()),
        steps=_steps(log, jobs, state),
        jobs=jobs,
        remarks=invocation.remarks.sentences(),
    )


def _files(
    invocation: _Invocation, configuration: Configuration, later: frozenset[str], is_newest: bool
) -> Files:
    around, log = invocation.around, invocation.log
    files = Files(around.directory, log.header.get("Run directory", ""), later, invocation.remarks)
    files.of_configuration(configuration.files)
    files.of_jobs(invocation.works, log.temporary)
    if is_newest and around.at_work:
        invocation.remarks.say(STILL_WRITTEN)
    else:
        files.own_log(invocation.path)
    if is_newest:
        files.reports()
    return files


def _name(invocation: _Invocation, written: Written, started: datetime | None) -> str:
    folder = invocation.around.directory.resolve().name
    what = written.workflow.name if written.workflow else folder
    where = f" in {folder}" if folder and folder != what else ""
    return f"{what}{where}, {started:%Y-%m-%d %H:%M}" if started else f"{what}{where}"


def _times(invocation: _Invocation) -> tuple[datetime | None, datetime | None]:
    """From the log's name, which tells fractions of a second, to what it says has passed, or its last time."""
    log, clock, state = invocation.log, invocation.clock, invocation.state
    started = clock.aware(_begin(log))
    if state.status in ("RUNNING", "UNKNOWN") and not log.is_empty:
        return started, None
    if started and log.seconds is not None:
        return started, started + timedelta(seconds=log.seconds)
    ends = [clock.aware(log.last_stamp), *(work.ended for work in invocation.works)]
    return started, max([time for time in (started, *ends) if time], default=None)


def _begin(log: Log) -> datetime | None:
    """The time in the name of the log; it is local, as all its times are."""
    return log.begun or next((job.started for job in log.jobs if job.started), None)


def _identity(invocation: _Invocation) -> str:
    """The engine's own id; older ones have none, but never write two logs under one path."""
    if told := invocation.log.header.get("Workflow ID"):
        return told
    directory = invocation.around.directory.resolve()
    written = directory / (invocation.log.own_path or f".snakemake/log/{invocation.log.name}")
    return str(uuid.uuid5(uuid.NAMESPACE_URL, written.as_uri()))


def _environment(log: Log) -> dict[str, str]:
    found = {ours: log.header[theirs] for theirs, ours in _HEADER_FACTS.items() if theirs in log.header}
    if log.host:
        found.setdefault("host", log.host)
    if log.cores:
        found["cores"] = log.cores
    if version := log.header.get("Snakemake version"):
        found["snakemake_version"] = version
    return found


def _parameters(configuration: Configuration, command: Command) -> dict[str, Any]:
    targets = {"targets": command.targets} if command.targets else {}
    return targets | configuration.values


# --- steps ----------------------------------------------------------------------------------------------------


def _steps(log: Log, jobs: Sequence[FoundJob], state: State) -> tuple[FoundStep, ...]:
    """The rules, in the order in which they came up; at the end those that were planned and never begun."""
    of_rule: dict[str, list[FoundJob]] = {job.step: [] for job in jobs if job.step}
    of_rule |= {rule: [] for rule in log.planned if rule not in of_rule}
    for job in jobs:
        if job.step:
            of_rule[job.step].append(job)
    return tuple(_step(rule, place, told, state) for place, (rule, told) in enumerate(of_rule.items()))


def _step(rule: str, place: int, jobs: Sequence[FoundJob], state: State) -> FoundStep:
    images = {job.container_image for job in jobs if job.container_image}
    return FoundStep(
        key=rule,
        name=rule,
        position=place,
        container_image=images.pop() if len(images) == 1 else "",
        status=_status(jobs, state),
    )


def _status(jobs: Sequence[FoundJob], state: State) -> str:
    """That of its jobs, each by its last attempt."""
    last = {job.external_id: job.status for job in jobs}
    if not last:
        return {"RUNNING": "PENDING", "UNKNOWN": "UNKNOWN"}.get(state.status, "SKIPPED")
    for status in ("FAILED", "RUNNING", "CANCELLED", "UNKNOWN"):
        if status in last.values():
            return status
    return "SUCCESS"
