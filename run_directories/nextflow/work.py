"""The work directories of tasks, where they are still there: script, what was said, exit code. Bounded reads."""

import os
from bisect import bisect_left
from dataclasses import dataclass, field
from pathlib import Path

from run_directories.nextflow.tasks import Task, exit_code_of
from run_directories.reading import is_within

MOST_SCRIPT = 64 * 1024
MOST_SAID = 20 * 1024
MOST_OF_ALL = 32 * 2**20  # what all tasks together may say; those that failed are always heard
ENOUGH = "Not all tasks' scripts and words were read, as there are too many; those of failed tasks were."


@dataclass(slots=True)
class Words:
    """What a task's work directory tells."""

    script: str = ""
    stdout: str = ""
    stderr: str = ""
    exit_code: int | None = None


@dataclass(slots=True)
class WorkDirectories:
    """The work directories below a run's directory; ``told`` is where the log says that they lie."""

    directory: Path
    told: str = ""
    heard: int = 0
    is_exhausted: bool = False
    _roots: list[str] = field(default_factory=list)
    _names: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        places = dict.fromkeys([self.directory / "work", *([Path(self.told)] if self.told else [])])
        self._roots = [str(place) for place in places if place.is_dir() and is_within(place, self.directory)]

    def words(self, task: Task) -> Words:
        """What the task's directory tells, nothing where it is gone or enough was heard."""
        folder = self._folder(task.key)
        if folder is None:
            return Words()
        if self.heard > MOST_OF_ALL and task.status != "FAILED":
            self.is_exhausted = True
            return Words()
        words = Words(
            script=_without_first_line(_head(f"{folder}/.command.sh")),
            stdout=_tail(f"{folder}/.command.out"),
            stderr=_tail(f"{folder}/.command.err"),
            exit_code=exit_code_of(_head(f"{folder}/.exitcode", 100)),
        )
        self.heard += len(words.script) + len(words.stdout) + len(words.stderr)
        return words

    def _folder(self, key: str) -> str | None:
        """``d4/783af2`` is the beginning of the directory's name; no link in its place is followed."""
        first, _, rest = key.partition("/")
        if not (rest.isalnum() and first.isalnum()):
            return None
        for root in self._roots:
            names = self._listed(f"{root}/{first}")
            place = bisect_left(names, rest)
            if place < len(names) and names[place].startswith(rest):
                return f"{root}/{first}/{names[place]}"
        return None

    def _listed(self, folder: str) -> list[str]:
        if folder not in self._names:
            self._names[folder] = _directories(folder)
        return self._names[folder]


def _directories(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []


def _head(path: str, most: int = MOST_SCRIPT) -> str:
    return _read(path, 0, most)


def _tail(path: str) -> str:
    """The end, where a tool says why it failed."""
    return _read(path, MOST_SAID, MOST_SAID).strip()


def _read(path: str, from_end: int, most: int) -> str:
    """Reads the task's own file; what is a link was not written by Nextflow."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    try:
        if from_end:
            os.lseek(descriptor, max(0, os.fstat(descriptor).st_size - from_end), os.SEEK_SET)
        return os.read(descriptor, most).decode(errors="replace")
    except OSError:
        return ""
    finally:
        os.close(descriptor)


def _without_first_line(script: str) -> str:
    return script.partition("\n")[2].strip() if script.startswith("#!") else script.strip()
