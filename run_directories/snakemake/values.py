"""What the engine's own log and records say, as plain values. Nothing here reads a file."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

_NAME = "%Y-%m-%dT%H%M%S.%f.snakemake.log"


class Ending(StrEnum):
    """How a log ends."""

    NONE = "NONE"  # it just stops
    DONE = "DONE"
    NOTHING_TO_DO = "NOTHING_TO_DO"
    FAILED = "FAILED"
    STOPPED = "STOPPED"  # by a signal, in good order


@dataclass(slots=True)
class LoggedJob:
    """One attempt at a job, as its block in the log tells. Times have no zone: they are of the clock there.

    Lists of names are kept as the line gives them: a name may hold a comma itself.
    """

    rule: str = ""
    is_checkpoint: bool = False
    jobid: str = ""
    attempt: int = 1
    message: str = ""
    input: str = ""
    output: str = ""
    log: str = ""
    benchmark: str = ""
    reason: str = ""
    wildcards: str = ""
    threads: str = ""
    resources: str = ""
    conda: str = ""
    command: str = ""
    external_jobid: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    is_finished: bool = False
    is_failed: bool = False
    error: str = ""
    exit_code: int | None = None


@dataclass(slots=True)
class Log:
    """One invocation. ``header`` is there since late 9.x; ``planned`` are the rules with their number of jobs."""

    name: str
    header: dict[str, str] = field(default_factory=dict)
    cores: str = ""
    host: str = ""
    planned: dict[str, int] = field(default_factory=dict)
    jobs: list[LoggedJob] = field(default_factory=list)
    temporary: set[str] = field(default_factory=set)
    ending: Ending = Ending.NONE
    is_complete: bool = False  # the engine wrote its last line
    is_empty: bool = False
    is_quiet: bool = False  # it has a beginning and an end, and nothing between: --quiet
    is_report: bool = False
    is_dry: bool = False
    is_building: bool = False
    errors: list[str] = field(default_factory=list)
    own_path: str = ""  # where it lay when it was written
    last_stamp: datetime | None = None
    seconds: float | None = None

    @property
    def begun(self) -> datetime | None:
        """The time in the log's name; like all its times it is local."""
        try:
            return datetime.strptime(self.name, _NAME)
        except ValueError:
            return None

    @property
    def tells_no_jobs(self) -> bool:
        """Whether jobs can be told from the records alone."""
        ended_in_silence = self.is_complete and self.ending is Ending.NONE and not self.errors
        return self.is_empty or (ended_in_silence and not self.jobs and not self.planned)

    @property
    def is_run(self) -> bool:
        """Whether the invocation did work, wanted to, or found that there was none."""
        if self.is_report or self.is_dry:
            return False
        wanted = self.header or self.jobs or self.planned or self.errors
        return bool(wanted) or self.ending is not Ending.NONE


@dataclass(frozen=True, slots=True)
class Record:
    """What the engine keeps of an output file: of the job that made it last. Seconds since 1970, UTC."""

    path: str
    rule: str
    input: tuple[str, ...] = ()
    log: tuple[str, ...] = ()
    command: str | None = None
    params: tuple[Any, ...] = ()
    conda: str = ""
    container: str = ""
    job_hash: int | None = None
    started: float | None = None
    ended: float | None = None
    is_incomplete: bool = False
    external_jobid: str = ""
