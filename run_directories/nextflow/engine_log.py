"""The log of one execution, ``.nextflow.log``: never required, but where the version, the ids and the tasks stand."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from run_directories.clocks import Clock, clock_between
from run_directories.nextflow.tasks import Task, count_attempts, exit_code_of, status_of
from run_directories.reading import text_of

# Nov-29 22:36:34.258 [main] DEBUG nextflow.cli.Launcher - message. The month is in the language of the machine.
_LINE = re.compile(r"^(\S{2,10}?)-(\d\d) (\d\d:\d\d:\d\d\.\d{3}) \[([^\]]*)\] (\w+) +(\S+) - ?(.*)")
_MONTHS = (
    ("jan", "ene", "gen", "1月"), ("feb", "fév", "2月"), ("mar", "mär", "mrt", "3月"), ("apr", "abr", "avr", "4月"),
    ("may", "mai", "mag", "mei", "5月"), ("jun", "juin", "giu", "6月"), ("jul", "juil", "lug", "7月"),
    ("aug", "ago", "aoû", "8月"), ("sep", "set", "9月"), ("oct", "okt", "ott", "out", "10月"), ("nov", "11月"),
    ("dec", "dez", "dic", "déc", "12月"),
)  # fmt: skip
_VERSION = re.compile(r"N E X T F L O W\s+~\s+version (\S+)")
_LAUNCHING = re.compile(
    r"Launching \\?`([^`\\]+)\\?` \[([^\]]+)\](?: DSL\d)? - revision: (\w+)(?: \[([^\]]+)\])?"
)
_TASK = re.compile(r"Task completed > \w*TaskHandler\[(.*)", re.DOTALL)
_STARTED = re.compile(r"^\[(\w\w/\w+)\] (Submitted|Cached|Re-submitted|Stored) process > (.+)")
_STATS = re.compile(r"(\w+)Count=(\d+)")
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


@dataclass(slots=True)
class EngineLog:
    """What the log of an execution tells. Times are local and bear no year, which is the file's."""

    path: Path
    session: str = ""
    run_name: str = ""
    version: str = ""
    command: str = ""
    project: str = ""
    revision: str = ""
    revision_name: str = ""
    repository: str = ""
    profile: str = ""
    work_dir: str = ""
    system: str = ""
    runtime: str = ""
    cause: str = ""
    error: str = ""
    is_complete: bool = False
    is_cancelled: bool = False
    stats: dict[str, int] = field(default_factory=dict)
    executors: list[str] = field(default_factory=list)
    tasks: dict[str, Task] = field(default_factory=dict)
    started_at: datetime | None = None
    completed_at: datetime | None = None
    clock: Clock = field(default_factory=Clock)

    @property
    def status(self) -> str:
        """How the execution ended, empty where the log does not say: "Goodbye" is said after an abort, too."""
        if self.cause:
            return "CANCELLED" if self.cause.startswith(_SIGNALS) else "FAILED"
        if self.is_cancelled or (self.error and not self.tasks and not self.is_complete):
            return "FAILED"
        return "SUCCESS" if self.is_complete else ""

    @property
    def message(self) -> str:
        """Why it failed: the report of the first error, else the cause of the abort."""
        return self.error or self.cause


def read_engine_log(path: Path, directory: Path) -> EngineLog:
    """Reads a log, the current one or one that was put aside as ``.nextflow.log.1``."""
    log = EngineLog(path)
    year = datetime.fromtimestamp(path.stat().st_mtime, UTC).year
    for time, level, message in _entries(text_of(path, directory), year):
        log.started_at = log.started_at or time
        log.completed_at = time or log.completed_at
        _take(log, time, level, message)
    count_attempts(list(log.tasks.values()))
    return log


def with_year(log: EngineLog, started: datetime | None) -> None:
    """Corrects the year, once another source tells it: a file that was copied has the year of the copy."""
    if started is None or log.started_at is None or started.year == log.started_at.year:
        return
    apart = started.year - log.started_at.year
    for thing in (log, *log.tasks.values()):
        for name in ("submitted_at", "started_at", "completed_at"):
            time = getattr(thing, name, None)
            if time is not None and time.tzinfo is None:
                setattr(thing, name, _shifted(time, apart))


def _shifted(time: datetime, years: int) -> datetime:
    try:
        return time.replace(year=time.year + years)
    except ValueError:  # the 29th of February
        return time.replace(year=time.year + years, month=3, day=1)


def _entries(text: str, year: int) -> list[tuple[datetime | None, str, str]]:
    """Time, level and message; the lines that follow an entry are part of its message."""
    entries: list[tuple[datetime | None, str, str]] = []
    for line in text.splitlines():
        found = _LINE.match(line)
        if found is not None:
            entries.append((_time(found[1], found[2], found[3], year), found[5], found[7]))
        elif entries and len(entries[-1][2]) < 20_000:
            time, level, message = entries[-1]
            entries[-1] = (time, level, f"{message}\n{line}")
    return entries


def _time(month: str, day: str, clock: str, year: int) -> datetime | None:
    for number, names in enumerate(_MONTHS, 1):
        if month.lower().rstrip(".") in names or month.lower()[:3] in names:
            try:
                return datetime.fromisoformat(f"{year}-{number:02}-{day}T{clock}")
            except ValueError:
                return None
    return None


def _take(log: EngineLog, time: datetime | None, level: str, message: str) -> None:
    if found := _STARTED.match(message):
        _take_started(log, time, found[1], found[2], found[3].strip())
    elif found := _TASK.search(message):
        _take_completed(log, time, found[1])
    elif message.startswith("Session aborted -- Cause:"):
        log.cause = log.cause or message.partition("Cause:")[2].strip()
    elif level == "ERROR":
        log.error = log.error or message.strip()[:20_000]
    elif "WorkflowStats[" in message:
        log.stats = {name: int(count) for name, count in _STATS.findall(message)}
    else:
        _take_head(log, message)


def _take_head(log: EngineLog, message: str) -> None:
    if found := _VERSION.search(message):
        log.version = found[1]
    elif found := _LAUNCHING.search(message):
        log.project, log.run_name, log.revision, log.revision_name = (
            found[1],
            found[2],
            found[3],
            found[4] or "",
        )
    elif message.startswith("$> "):
        log.command = message.removeprefix("$> ").strip()
    elif found := re.match(r"Session (?:uuid|UUID): (\S+)", message):
        log.session = found[1]
    elif found := re.match(r"Run name: (\S+)", message):
        log.run_name = found[1]
    else:
        _take_rest(log, message)


def _take_rest(log: EngineLog, message: str) -> None:
    if "Execution complete -- Goodbye" in message:
        log.is_complete = True
    elif message.startswith("Execution cancelled"):
        log.is_cancelled = True
    elif found := re.search(r"remote clone url: (\S+)", message):
        log.repository = found[1]
    elif found := re.match(r"Applying config profile: \\?`([^`\\]+)", message):
        log.profile = found[1]
    elif found := re.match(r"Work-dir: (.+?)(?: \[[^\]]*\])?$", message):
        log.work_dir = found[1]
    elif found := re.match(r"\[warm up\] executor > (\S+)", message):
        log.executors.append(found[1])
    elif found := re.search(r"\n\s*System: (.+)\n\s*Runtime: (.+)", message):
        log.system, log.runtime = found[1].strip(), found[2].strip()


def _take_started(log: EngineLog, time: datetime | None, key: str, how: str, name: str) -> None:
    is_old = how in ("Cached", "Stored")
    task = log.tasks.setdefault(key, Task(key, name))
    task.status = "SUCCESS" if is_old else "RUNNING"
    task.message = "Taken from the cache of an earlier run." if is_old else ""
    if not is_old:
        task.submitted_at = time


def _take_completed(log: EngineLog, time: datetime | None, told: str) -> None:
    """Of grid executors it also says in UTC when the end was seen, which tells the zone of the log."""
    facts = dict(re.findall(r"(\w+): ((?:[^;\[\]]|\[[^\]]*\])*)", told))
    work_dir = facts.get("workDir", "").split(" started:")[0].strip()
    key = "/".join(Path(work_dir).parts[-2:])[:9]
    task = log.tasks.setdefault(key, Task(key, facts.get("name", "").strip()))
    task.exit_code = exit_code_of(facts.get("exit", ""))
    task.status = status_of(facts.get("status", ""), task.exit_code)
    task.completed_at, task.work_dir = time, work_dir
    if seen := re.search(r"started: (\d{12,})", told):
        known = datetime.fromtimestamp(int(seen[1]) / 1000, UTC)
        if log.clock.zone is None and time is not None:
            log.clock = clock_between(_shifted(time, known.year - time.year), known)
