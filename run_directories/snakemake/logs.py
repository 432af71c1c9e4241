"""Reads the log of an invocation, ``.snakemake/log/*.snakemake.log``, in the forms of Snakemake 7, 8 and 9."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from run_directories.snakemake.phrases import (
    BLOCK,
    COMMAND_ENDS,
    ELAPSED,
    ERROR,
    EXIT,
    FIELD,
    FIELDS,
    FINISHED,
    HEADER,
    LAST,
    LONGEST,
    MONTHS,
    MOST_LINES,
    PLANNED,
    PROBLEM,
    PROGRESS,
    STAMP,
    SUBMITTED,
    TALK,
    TOLD,
)
from run_directories.snakemake.values import Ending, Log, LoggedJob


def read_log(path: Path) -> Log:
    """What the log says. It is read line by line: logs of large workflows are large."""
    with path.open(encoding="utf-8", errors="replace") as file:
        return parse_log(path.name, file)


def parse_log(name: str, lines: Iterable[str]) -> Log:
    """What the lines of a log say."""
    reader = _Reader(Log(name, is_empty=True))
    for line in lines:
        reader.log.is_empty = False
        reader.take(line.rstrip("\r\n"))
    return reader.closed()


class _Reader:
    def __init__(self, log: Log) -> None:
        self.log = log
        self.stamp: datetime | None = None
        self.job: LoggedJob | None = None  # whose block is being read
        self.failed: LoggedJob | None = None  # whose error is being read
        self.current: dict[str, LoggedJob] = {}  # by job id: the latest attempt
        self.more: Callable[[str], bool] | None = None  # what takes the lines that follow
        self.exit_code: int | None = None
        self.is_of_job = False
        self.pending: list[str] = []  # the lines of an exception that come before "Error in rule"

    def take(self, line: str) -> None:
        """Take the next line."""
        if self.more and self.more(line):
            return
        self.more = None
        if not line.strip():
            return
        # Most lines are fields, which alone are indented; the others in the order of how many there are.
        if line.startswith("    ") and self._as_field(line):
            return
        for attempt in (self._as_stamp, self._as_result, self._as_block, self._as_talk):
            if attempt(line):
                return

    def closed(self) -> Log:
        """The log, when all its lines were taken."""
        self.log.last_stamp = self.stamp
        if self.log.ending is Ending.NONE and self.log.errors and not self.log.is_report:
            self.log.ending = Ending.FAILED
        return self.log

    # --- times and blocks -----------------------------------------------------------------------------------

    def _as_stamp(self, line: str) -> bool:
        found = STAMP.match(line)
        if not found:
            return False
        month, *numbers = found.groups()
        day, hour, minute, second, year = map(int, numbers)
        if month in MONTHS:
            with suppress(ValueError):  # no such day: a line of something else
                self.stamp = datetime(year, MONTHS.index(month) + 1, day, hour, minute, second)
        self.job = self.failed = None
        return True

    def _as_block(self, line: str) -> bool:
        if found := BLOCK.match(line):
            self._begin(LoggedJob(rule=found[2], is_checkpoint=found[1] == "checkpoint"))
        elif found := TOLD.match(line):
            self._begin(LoggedJob(jobid=found[1], message=found[2]))
            self._register()
        elif found := ERROR.match(line):
            self.job, self.failed = None, LoggedJob(rule=found[1])
        return bool(found)

    def _begin(self, job: LoggedJob) -> None:
        job.started = self.stamp
        self.job, self.failed = job, None
        self.log.jobs.append(job)

    def _register(self) -> None:
        """The block's job id is known: is it a further attempt at the same job?"""
        job = self.job
        if job and (before := self.current.get(job.jobid)):
            job.attempt = before.attempt + 1
        if job:
            self.current[job.jobid] = job

    def _as_field(self, line: str) -> bool:
        found = FIELD.match(line)
        if not found or not (self.job or self.failed):
            return False
        if self.job:
            self._field_of_job(self.job, found[1], found[2])
        elif self.failed:
            self._field_of_error(self.failed, found[1], found[2])
        return True

    def _field_of_job(self, job: LoggedJob, name: str, value: str) -> None:
        if name in FIELDS:
            setattr(job, name, value)
        elif name in ("conda-env", "conda_env"):
            job.conda = value
        if name == "jobid":
            self._register()

    # --- what became of jobs --------------------------------------------------------------------------------

    def _field_of_error(self, failed: LoggedJob, name: str, value: str) -> None:
        if name == "jobid":
            self.failed = self._fail(value, failed.rule)
        elif name == "message" and value not in ("", "None"):
            failed.error = value
        elif name == "shell":
            self.more = self._command_of_error
        elif name in ("input", "output", "log") and not getattr(failed, name):
            setattr(failed, name, value.removesuffix(LAST).rstrip())
        elif name in ("conda-env", "conda_env"):
            failed.conda = value
        elif name in ("external_jobid", "cluster_jobid"):
            failed.external_jobid = value

    def _fail(self, jobid: str, rule: str) -> LoggedJob:
        job = self.current.get(jobid)
        if job is None:
            job = LoggedJob(rule=rule, jobid=jobid)
            self.log.jobs.append(job)
            self.current[jobid] = job
        if job.is_failed:
            return LoggedJob(rule=rule, jobid=jobid)  # some versions tell all errors once more at the end
        job.rule, job.ended, job.is_failed = job.rule or rule, self.stamp, True
        job.exit_code, self.exit_code = self.exit_code, None
        job.error, self.pending = job.error or " ".join(self.pending), []
        return job

    def _command_of_error(self, line: str) -> bool:
        text = line.strip()
        if self.failed is None:
            return False
        if text.startswith(COMMAND_ENDS):
            self.failed.error = self.failed.error or text.strip("()")
            self.more = None
            return True
        if not line.startswith("        ") and text:
            return False
        if len(self.failed.command) < LONGEST:
            self.failed.command = "\n".join(filter(None, [self.failed.command, line[8:]]))
        return True

    def _as_result(self, line: str) -> bool:
        if found := FINISHED.match(line):
            self._finish(found[1], found[2] or "")
        elif found := PROGRESS.match(line):
            self.log.ending = Ending.DONE if found[1] == found[2] else self.log.ending
        elif found := SUBMITTED.match(line):
            if job := self.current.get(found[1]):
                job.external_jobid = found[2]
        elif found := ELAPSED.match(line):
            days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
            self.log.seconds = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        return bool(found)

    def _finish(self, jobid: str, rule: str) -> None:
        if job := self.current.get(jobid):
            job.rule, job.ended, job.is_finished = job.rule or rule, self.stamp, True

    # --- all else -------------------------------------------------------------------------------------------

    def _as_talk(self, line: str) -> bool:
        """What the engine says of the whole."""
        for beginning, taken in self._sentences().items():
            if line.startswith(beginning):
                taken(line)
                return True
        if PROBLEM.match(line):
            self._problem(line)
        elif found := EXIT.search(line):
            self.exit_code = int(found[1]) if found[1] else -int(found[2])
            self.pending = [*self.pending[:MOST_LINES], line.strip()]
        return True

    def _sentences(self) -> dict[str, Callable[[str], None]]:
        return {
            "SNAKEMAKE": lambda _: self._follow(self._header),
            "Job stats:": lambda _: self._follow(self._plan),
            "Job counts:": lambda _: self._follow(self._plan),
            "Shell command: ": self._command,
            "Reason: ": self._reason,
            "Building DAG of jobs": lambda _: setattr(self.log, "is_building", True),
            "Provided cores: ": lambda line: setattr(self.log, "cores", line[16:].split()[0]),
            "host: ": lambda line: setattr(self.log, "host", line[6:].strip()),
            "Creating report": lambda _: setattr(self.log, "is_report", True),
            "This was a dry-run": lambda _: setattr(self.log, "is_dry", True),
            "Nothing to be done": lambda _: self._end(Ending.NOTHING_TO_DO),
            "Exiting because a job execution failed": lambda _: self._end(Ending.FAILED),
            "Terminating processes on user request": lambda _: self._end(Ending.STOPPED),
            "Will exit after finishing": self._will_exit,
            "Complete log": self._complete,
            "Removing temporary output ": lambda line: self.log.temporary.add(line[26:].removesuffix(".")),
        }

    def _follow(self, taker: Callable[[str], bool]) -> None:
        self.more = taker

    def _header(self, line: str) -> bool:
        if line.startswith("===="):
            return True
        found = HEADER.match(line)
        if found:
            self.log.header[found[1]] = found[2].strip()
        return bool(found)

    def _plan(self, line: str) -> bool:
        found = PLANNED.match(line.strip())
        if found and found[1] != "total":
            self.log.planned[found[1]] = int(found[2])
        return bool(line.strip())

    def _command(self, line: str) -> None:
        job = self.job
        if job is None or line == "Shell command: None":
            return
        job.command = line[15:]
        self.more = lambda further: self._more_command(job, further)

    def _more_command(self, job: LoggedJob, line: str) -> bool:
        if STAMP.match(line) or PROGRESS.match(line) or line.startswith(TALK):
            return False
        if len(job.command) < LONGEST:
            job.command += f"\n{line}"
        return True

    def _reason(self, line: str) -> None:
        if self.job:
            self.job.reason = line[8:]

    def _end(self, ending: Ending) -> None:
        if self.log.ending not in (Ending.FAILED, Ending.STOPPED):
            self.log.ending = ending

    def _will_exit(self, _: str) -> None:
        """Said at a signal, and while other jobs go on after one failed."""
        if not any(job.is_failed for job in self.current.values()):
            self._end(Ending.STOPPED)

    def _complete(self, line: str) -> None:
        self.log.is_complete = True
        self.log.own_path = line.partition(":")[2].split(", ")[0].strip()

    def _problem(self, line: str) -> None:
        # That of a job is told with the job, and it may have been tried again with success.
        self.pending = [line.strip()]
        self.is_of_job = line.startswith(("RuleException", "CalledProcessError"))
        if not self.is_of_job:
            self.log.errors.append(line)
        self.more = self._more_problem

    def _more_problem(self, line: str) -> bool:
        """The lines of an exception, up to the next thing that is known; an exit code may be among them."""
        if not line.strip() or STAMP.match(line) or line.startswith(TALK) or ERROR.match(line):
            return False
        if found := EXIT.search(line):
            self.exit_code = int(found[1]) if found[1] else -int(found[2])
        if len(self.pending) < MOST_LINES:
            self.pending.append(line.strip())
            if not self.is_of_job:
                self.log.errors[-1] += f"\n{line.rstrip()}"
        return True
