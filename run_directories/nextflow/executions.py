"""Puts the history, the logs and what was left of tasks together, execution by execution."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from run_directories.clocks import Clock, clock_between
from run_directories.nextflow.engine_log import EngineLog, read_engine_log, with_year
from run_directories.nextflow.history import Launch, read_history
from run_directories.nextflow.pipeline_info import Leaving, leavings_in
from run_directories.nextflow.tasks import Task
from run_directories.reading import is_within

NEAR = timedelta(minutes=10)


@dataclass(slots=True)
class Execution:
    """All that is known of an execution; each part may be missing, but not all."""

    launch: Launch | None = None
    log: EngineLog | None = None
    leaving: Leaving = field(default_factory=Leaving)
    clock: Clock = field(default_factory=Clock)

    @property
    def session(self) -> str:
        """The session's id, which a resumed run keeps."""
        return self._first("session") or self.leaving.report.session

    @property
    def run_name(self) -> str:
        """The run's name, which no two runs of a session share."""
        return self._first("run_name") or self.leaving.report.run_name

    @property
    def command(self) -> str:
        """What was typed."""
        return self._first("command") or self.leaving.report.command

    @property
    def started_at(self) -> datetime | None:
        """Local without a zone, as long as none was found."""
        times = [
            part.started_at for part in (self.launch, self.log, self.leaving) if part and part.started_at
        ]
        return times[0] if times else None

    @property
    def completed_at(self) -> datetime | None:
        """The end, None where the execution has not come to one."""
        if self.launch is not None and self.launch.completed_at:
            return self.launch.completed_at
        if self.log is not None:
            return self.log.completed_at if self.log.status else None
        return self.leaving.completed_at if self.launch is None else None

    def _first(self, name: str) -> str:
        told = (getattr(part, name) for part in (self.launch, self.log) if part is not None)
        return next((value for value in told if value), "")

    def tasks(self) -> list[Task]:
        """The tasks of the trace, with what only the log knows of them, and after them those only it knows."""
        logged = dict(self.log.tasks) if self.log else {}
        traced = list(self.leaving.trace.tasks) if self.leaving.trace else []
        for task in traced:
            if (also := logged.pop(task.key, None)) is not None:
                task.work_dir = task.work_dir or also.work_dir
        return traced + list(logged.values())


def executions_in(directory: Path) -> list[Execution]:
    """The executions of a directory, the newest first."""
    found = [Execution(launch=launch) for launch in read_history(directory)]
    for log in _logs(directory):
        _add_log(found, log)
    for leaving in leavings_in(directory):
        _add_leaving(found, leaving)
    for execution in found:
        execution.clock = _clock(execution)
    return sorted(found, key=_moment, reverse=True)


def log_files(directory: Path) -> list[Path]:
    """The current log, the ones before it, and what ``-log`` called otherwise."""
    names = [".nextflow.log", *(f".nextflow.log.{number}" for number in range(1, 10)), "nextflow.log"]
    return [
        directory / name
        for name in names
        if (directory / name).is_file() and is_within(directory / name, directory)
    ]


def _logs(directory: Path) -> list[EngineLog]:
    """A command that runs nothing, such as ``nextflow log``, leaves a log as well: it has no run."""
    return [log for path in log_files(directory) if (log := read_engine_log(path, directory)).run_name]


def _add_log(found: list[Execution], log: EngineLog) -> None:
    for execution in found:
        if execution.log is None and (execution.session, execution.run_name) == (log.session, log.run_name):
            execution.log = log
            with_year(log, execution.launch.started_at if execution.launch else None)
            return
    found.append(Execution(log=log))


def _add_leaving(found: list[Execution], leaving: Leaving) -> None:
    """It belongs to the execution whose ids its report tells, or whose tasks or time are its own."""
    free = [one for one in found if one.leaving.trace is None and not one.leaving.files]
    scored = [(score, one) for one in free if (score := _likeness(one, leaving)) > 0]
    if scored:
        max(scored, key=lambda pair: pair[0])[1].leaving = leaving
    elif len(free) == 1 and len(found) == 1 and not leaving.started_at:
        free[0].leaving = leaving
    else:
        found.append(Execution(leaving=leaving))


def _likeness(execution: Execution, leaving: Leaving) -> int:
    """The number of tasks in common; one where only the time fits; very much where the ids are the same."""
    if leaving.report.session:
        same = (execution.session, execution.run_name) == (leaving.report.session, leaving.report.run_name)
        return 10**9 if same else 0
    keys = {task.key for task in leaving.trace.tasks} if leaving.trace else set()
    if execution.log is not None and keys & set(execution.log.tasks):
        return 1 + len(keys & set(execution.log.tasks))
    return int(_is_near(execution, leaving))


def _is_near(execution: Execution, leaving: Leaving) -> bool:
    """A stamp is made as the run begins, and tasks are submitted while it lasts."""
    begun, started, ended = leaving.started_at, execution.started_at, execution.completed_at
    if begun is None or started is None:
        return False
    begun, started = begun.replace(tzinfo=None), started.replace(tzinfo=None)
    latest = ended.replace(tzinfo=None) if ended and not leaving.stamp else started + NEAR
    return started - timedelta(seconds=30) <= begun <= max(latest, started)


def _clock(execution: Execution) -> Clock:
    """The zone, where the log tells a moment in UTC, or a raw trace when a task was submitted that the log tells of."""
    log, trace = execution.log, execution.leaving.trace
    if log is None or log.clock.zone is not None or trace is None:
        return log.clock if log else Clock()
    for task in trace.tasks:
        logged = log.tasks.get(task.key)
        if logged is not None and task.submitted_at is not None and task.submitted_at.tzinfo:
            return clock_between(logged.submitted_at, task.submitted_at)
    return Clock()


def _moment(execution: Execution) -> float:
    started = execution.clock.aware(execution.started_at)
    return started.timestamp() if started else 0.0
