"""The log of cwltool or toil: how each job and the whole ended. PROV and the outputs are silent about that."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# In a research object: [2026-11-21T02:30:06,27.000000Z] message. The part after the comma is milliseconds.
_STAMPED = re.compile(r"^\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d),(\d+)[^\]]*Z\] (.*)")
# On the terminal: INFO message, with --timestamps [2026-11-21 16:43:58] INFO message.
_LEVELLED = re.compile(r"^(?:\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\] )?(DEBUG|INFO|WARNING|ERROR|CRITICAL) (.*)")
# From toil: [2026-11-21T16:43:58+0000] [MainThread] [I] [toil.leader] message; indented what a worker had to say.
_TOIL = re.compile(r"^\t?\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4})\] \[[^\]]*\] \[[A-Z]\] \[[\w.]+\] (.*)")
_JOB = re.compile(r"^\[job ([^\]]+)\] (.*)", re.DOTALL)
_STEP = re.compile(r"^\[step ([^\]]+)\] (.*)", re.DOTALL)
_STARTING = re.compile(r"^\[workflow [^\]]*\] starting step (.+)")
_COMMAND = re.compile(r"^(/\S*|[A-Za-z]:\\\S*)\$ (.*)", re.DOTALL)
_VERSION = re.compile(r"^\S*?(cwltool|cwl-runner)(?:\.py)? (\d\S*)$")
_TOIL_VERSION = re.compile(r"Running Toil version ([^\s-]+)\S*(?: on host (\S+?)\.?$)?")
_TOIL_RUN = re.compile(r"Workflow ([0-9a-f-]{36}) is a run of (\S+)")
_TOIL_JOB = re.compile(r"Issued job 'CWLJob' (\S+) |.*CWL step complete: (\S+)")
ENDS = {"success": "SUCCESS", "permanentFail": "FAILED", "temporaryFail": "FAILED", "skipped": "SKIPPED"}
_CONTAINERS = {"docker", "podman", "singularity", "apptainer", "udocker", "user-space-docker-cmd"}
MOST_STDERR = 20_000


@dataclass(slots=True)
class LoggedJob:
    """A job as the log tells of it; its name is unique in the log."""

    name: str
    status: str = "UNKNOWN"
    command_line: str = ""
    exit_code: int | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    message: str = ""
    stderr: str = ""

    @property
    def has_container(self) -> bool:
        """Whether its command was run in a container."""
        return self.command_line.split(" ", 1)[0].rsplit("/", 1)[-1] in _CONTAINERS


@dataclass(slots=True)
class EngineLog:
    """What the log says. ``status`` is empty where it does not say how the run ended."""

    engine: str = ""
    engine_version: str = ""
    command: str = ""
    workflow_file: str = ""
    status: str = ""
    message: str = ""
    identifier: str = ""
    host: str = ""
    is_utc: bool = False
    started_at: datetime | None = None
    completed_at: datetime | None = None
    steps: dict[str, str] = field(default_factory=dict)
    jobs: dict[str, LoggedJob] = field(default_factory=dict)

    @property
    def is_of_an_engine(self) -> bool:
        """Whether a CWL engine wrote it."""
        return bool(self.engine or self.command or self.workflow_file)


def read_log(text: str) -> EngineLog:
    """Takes the log apart. Times in a research object's log are UTC; with ``--timestamps`` they are local."""
    log = EngineLog()
    for time, message in _entries(text):
        _take_time(log, time)
        _take(log, time, message)
    log.is_utc = bool(log.started_at and log.started_at.tzinfo)
    return log


def _take_time(log: EngineLog, time: datetime | None) -> None:
    """The last moment is not in the last line: toil repeats what a failed worker said earlier."""
    if time is None:
        return
    log.started_at = log.started_at or time
    if (
        log.completed_at is None
        or bool(time.tzinfo) != bool(log.completed_at.tzinfo)
        or time > log.completed_at
    ):
        log.completed_at = time


def _entries(text: str) -> list[tuple[datetime | None, str]]:
    """Time and message of each entry; lines without a stamp of their own belong to the one before."""
    entries: list[tuple[datetime | None, str]] = []
    for line in _COLOUR.sub("", text).splitlines():
        begun = _begun(line)
        if begun is not None:
            entries.append(begun)
        elif entries:
            entries[-1] = (entries[-1][0], f"{entries[-1][1]}\n{line}")
    return entries


def _begun(line: str) -> tuple[datetime | None, str] | None:
    if found := _STAMPED.match(line):
        time = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
        return time + timedelta(milliseconds=int(found[2][:3])), found[3]
    if found := _LEVELLED.match(line):
        return (datetime.fromisoformat(found[1]) if found[1] else None), found[3]
    if found := _TOIL.match(line):
        return datetime.fromisoformat(found[1]), found[2]
    return None


def _take(log: EngineLog, time: datetime | None, message: str) -> None:
    if found := _JOB.match(message):
        _take_job(log.jobs.setdefault(found[1], LoggedJob(found[1])), time, found[2])
    elif found := _STEP.match(message):
        _take_step(log, found[1], found[2])
    elif found := _STARTING.match(message):
        log.steps.setdefault(found[1].strip(), "UNKNOWN")
    elif found := _TOIL_JOB.match(message):
        _take_toil_job(log, time, found[1] or "", found[2] or "")
    else:
        _take_head(log, message)


def _take_toil_job(log: EngineLog, time: datetime | None, issued: str, completed: str) -> None:
    """Toil's leader says when it hands a job out and when one is done; what a worker says, only if it failed."""
    job = log.jobs.setdefault(issued or completed, LoggedJob(issued or completed))
    if issued:
        job.started_at = job.started_at or time
    else:
        job.status, job.completed_at = "SUCCESS", time


def _take_job(job: LoggedJob, time: datetime | None, said: str) -> None:
    if (found := _COMMAND.match(said)) and not job.command_line:
        job.command_line, job.stderr = _command(found[2])
        job.started_at = job.started_at or time
    elif said.startswith("completed "):
        job.status = ENDS.get(said.split()[1], "UNKNOWN")
        job.completed_at = time
    elif found := re.match(r"exited with status: (-?\d+)", said):
        job.exit_code = int(found[1])
    elif said.startswith(("Job error", "Using cached output", "Exception")):
        job.message = said.strip()


def _command(told: str) -> tuple[str, str]:
    """The command on one line, and what the tool wrote meanwhile: its lines follow in the same log."""
    lines = told.split("\n")
    last = 0
    while last + 1 < len(lines) and lines[last].endswith("\\"):
        last += 1
    command = " ".join(line.removesuffix("\\").strip() for line in lines[: last + 1])
    return command, "\n".join(lines[last + 1 :]).strip()[-MOST_STDERR:]


def _take_step(log: EngineLog, name: str, said: str) -> None:
    """A step is told of once for each of its scattered jobs: what failed stays failed."""
    if said.startswith("completed ") and log.steps.get(name) != "FAILED":
        log.steps[name] = ENDS.get(said.split()[1], "UNKNOWN")
    elif said.startswith("Output is missing"):
        log.message = log.message or said.strip()


def _take_head(log: EngineLog, message: str) -> None:
    if message.startswith("[cwltool] "):
        log.command = log.command or message.removeprefix("[cwltool] ").strip()
    elif found := re.match(r"Resolved '([^']+)' to '([^']+)'", message):
        log.workflow_file = log.workflow_file or found[2]
    elif found := re.match(r"Final process status is (\w+)", message):
        log.status = ENDS.get(found[1], "UNKNOWN")
    elif found := re.match(r"Exception on step '(.+)'", message):
        log.steps[found[1]] = "FAILED"
    elif message.startswith(("Cannot make ", "Unhandled error", "Workflow error", "Tool definition failed")):
        log.message = log.message or message.strip()
    else:
        _take_engine(log, message)


def _take_engine(log: EngineLog, message: str) -> None:
    if (found := _VERSION.match(message.strip())) and not log.engine:
        log.engine, log.engine_version = "cwltool", found[2]
    elif found := _TOIL_VERSION.match(message):
        log.engine, log.engine_version, log.host = "toil", found[1], found[2] or ""
    elif found := _TOIL_RUN.match(message):
        log.identifier, log.workflow_file = found[1], log.workflow_file or found[2]
    elif message.startswith("Finished toil run successfully"):
        log.status = "SUCCESS"
    elif found := re.match(r"Finished toil run with (\d+) failed jobs", message):
        log.status, log.message = "FAILED", log.message or message.strip()
