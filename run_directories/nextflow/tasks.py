"""A task as any of the sources tells of it, in the words of the API."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

_NAME = re.compile(r"^(\S+?)(?: \((.*)\))?$", re.DOTALL)
STATUSES = {
    "NEW": "PENDING", "SUBMITTED": "PENDING", "PENDING": "PENDING", "RUNNING": "RUNNING", "COMPLETED": "SUCCESS",
    "CACHED": "SUCCESS", "STORED": "SUCCESS", "FAILED": "FAILED", "ABORTED": "CANCELLED",
}  # fmt: skip
NO_EXIT_CODE = 2**31 - 1  # what Nextflow writes where there is none


@dataclass(slots=True)
class Task:
    """An attempt to run a process. ``key`` is the beginning of its work directory, ``d4/783af2``."""

    key: str
    name: str
    status: str = "UNKNOWN"
    exit_code: int | None = None
    attempt: int = 0
    submitted_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    command_line: str = ""
    container: str = ""
    host: str = ""
    work_dir: str = ""
    message: str = ""
    resources: dict[str, Any] = field(default_factory=dict)

    @property
    def process(self) -> str:
        """The process with the workflows around it, ``RNASEQ:PREPARE_GENOME:GUNZIP``."""
        found = _NAME.match(self.name)
        return found[1] if found else self.name

    @property
    def tag(self) -> str:
        """What tells the tasks of a process apart, as the process or Nextflow named it."""
        found = _NAME.match(self.name)
        return found[2] or "" if found else ""


def status_of(told: str, exit_code: int | None) -> str:
    """A task that completed with an exit code other than 0 failed, even if the workflow was told to go on."""
    status = STATUSES.get(told.strip().upper(), "UNKNOWN")
    return "FAILED" if status == "SUCCESS" and exit_code else status


def exit_code_of(told: str) -> int | None:
    """The exit code, None for the ``-`` of a task that was killed."""
    try:
        code = int(told.strip())
    except ValueError:
        return None
    return None if code == NO_EXIT_CODE else code


def count_attempts(tasks: list[Task]) -> None:
    """Numbers the attempts that say no number themselves: a task that is tried again bears the same name."""
    seen: dict[str, int] = {}
    for task in tasks:
        seen[task.name] = (
            max(task.attempt, seen.get(task.name, 0) + 1) if task.attempt else seen.get(task.name, 0) + 1
        )
        task.attempt = task.attempt or seen[task.name]
