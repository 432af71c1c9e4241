"""The work directories of tasks, where they are still there: script, what was said, exit code. Bounded reads."""

from pathlib import Path

from run_directories.nextflow.tasks import Task, exit_code_of
from run_directories.reading import is_within, text_of

MOST_SCRIPT = 64 * 1024
MOST_SAID = 20 * 1024


def work_directory(task: Task, directory: Path, told: str = "") -> Path | None:
    """The task's directory below the run's: ``work/d4/783af2…``, whatever the rest of its name."""
    first, _, rest = task.key.partition("/")
    if not rest or ".." in task.key:
        return None
    for work in dict.fromkeys([directory / "work", *([Path(told)] if told else [])]):
        found = sorted((work / first).glob(f"{rest}*")) if is_within(work, directory) else []
        if found and found[0].is_dir():
            return found[0]
    return None


def said(folder: Path, name: str, directory: Path) -> str:
    """The end of what the task wrote to ``.command.out`` or ``.command.err``."""
    path = folder / name
    if not path.is_file() or not is_within(path, directory):
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - MOST_SAID))
        return file.read(MOST_SAID).decode(errors="replace").strip()


def script(folder: Path, directory: Path) -> str:
    """The script that Nextflow ran, without its first line."""
    told = text_of(folder / ".command.sh", directory, MOST_SCRIPT)
    return told.partition("\n")[2].strip() if told.startswith("#!") else told.strip()


def exit_code(folder: Path, directory: Path) -> int | None:
    """What ``.exitcode`` says; a task that was killed has none."""
    return exit_code_of(text_of(folder / ".exitcode", directory, 100))
