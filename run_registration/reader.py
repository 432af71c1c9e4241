"""The process that reads a directory: it is confined first, then sniffs, plans and hashes, and says how far it is.

``python -m run_registration.reader`` takes a JSON object on its standard input and writes JSON lines: counts while it
works, then what it found, or why it could not. The plan itself is left in the scratch directory. No Django here.
"""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from run_directories.findings import FoundRun, FoundWorkflow, WorkflowFile
from run_directories.hashing import HashCache, Progress, hash_files
from run_directories.override_file import WrongOverrides, parse_overrides, read_overrides
from run_directories.overrides import Overrides
from run_directories.planning import plan
from run_directories.sniffers import NotRecognised, NotThisEngine, Unreadable, all_sniffers, sniff
from run_registration.confinement import confine
from run_registration.handing_over import COPIES, hand_over

LARGEST_FILE, LARGEST_WORKFLOW = 50 * 2**20, 200 * 2**20
TOO_LARGE = "Files of the workflow that are too large to be kept with it, left out"


class TooMuch(Exception):
    """The directory is larger than what is read of one; ``str()`` is a sentence."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be read: see ``run_registration.reading``. ``corrections`` is a text as of a runstead.yaml."""

    directory: str
    roots: list[str]
    scratch: str
    cache: str
    corrections: str
    wanted_run: str
    most_entries: int
    memory: int


def main() -> int:
    """Read the job, do it, and say what came of it."""
    job = Job(**json.load(sys.stdin))
    all_sniffers()  # they are loaded while that is still allowed
    readable = [os.path.dirname(os.path.abspath(__file__)), *_packages(), *job.roots]
    confine(readable=readable, writable=[job.scratch, job.cache], memory=job.memory)
    try:
        _say(found=_read(job))
    except (NotThisEngine, Unreadable, WrongOverrides, TooMuch) as problem:
        _say(refused=str(problem), is_unknown=isinstance(problem, NotRecognised))
    except MemoryError:
        _say(refused="The directory holds more than can be read here; register it with the command line.")
    return 0


def _packages() -> Iterator[str]:
    for name in ("run_directories", "rocrate_packages"):
        if found := sys.modules.get(name):
            yield from found.__path__


def _say(**told: Any) -> None:
    print(json.dumps(told), flush=True)


def _read(job: Job) -> dict[str, Any]:
    directory = Path(job.directory)
    _refuse_too_many(directory, job.most_entries)
    corrections = parse_overrides(job.corrections, "What was corrected")
    overrides = read_overrides(directory).under(corrections)
    runs = _sniffed(directory, overrides)
    run = _chosen(runs, job.wanted_run)
    if run.source != "rocrate":
        _plan(job, run, overrides)
    explicit = [name for name in ("name", "description") if getattr(overrides, name)]
    return {
        "runs": [_named(one) for one in runs[:100]],
        "chosen": run.external_id,
        "source": run.source,
        "explicit": explicit,
    }


def _refuse_too_many(directory: Path, most: int) -> None:
    count = 0
    for _, folders, files in os.walk(directory):
        count += len(folders) + len(files)
        if count > most:
            raise TooMuch(
                f"The directory holds more than {most:,} files and folders; register it with the command line, or "
                "choose a directory below it."
            )


def _sniffed(directory: Path, overrides: Overrides) -> tuple[FoundRun, ...]:
    try:
        return sniff(directory, overrides.engine)
    except NotThisEngine:
        if overrides.engine or not overrides.patterns:
            raise
        return sniff(directory, "generic")


def _chosen(runs: tuple[FoundRun, ...], wanted: str) -> FoundRun:
    return next((run for run in runs if wanted and run.external_id == wanted), runs[0])


def _named(run: FoundRun) -> dict[str, str]:
    return {"id": run.external_id, "name": run.name, "status": run.status}


def _plan(job: Job, run: FoundRun, overrides: Overrides) -> None:
    """Plan and hash, and leave the plan in the scratch directory, with copies of the workflow's files."""
    made = plan(run, overrides, Path(job.directory), [Path(root) for root in job.roots])
    wanted = made.files_to_hash()
    _say(files=len(wanted), size=sum(file.size for file in wanted))
    with HashCache(Path(job.cache) / "hashes.sqlite") as cache:
        digests = hash_files([file.path for file in wanted], cache=cache, on_progress=_tell)
    hashed = made.hashed(digests)
    if hashed.run.workflow:
        kept, left_out = _copied(hashed.run.workflow, Path(job.scratch) / COPIES)
        remarks = (*hashed.remarks, *([f"{TOO_LARGE}: {', '.join(left_out[:3])}."] if left_out else []))
        hashed = replace(hashed, run=replace(hashed.run, workflow=kept), remarks=remarks)
    hand_over(hashed, Path(job.scratch))


def _tell(progress: Progress) -> None:
    _say(progress=asdict(progress))


def _copied(workflow: FoundWorkflow, shelf: Path) -> tuple[FoundWorkflow, list[str]]:
    """The workflow with copies of its files, so that nobody else opens what lies in a dropbox."""
    shelf.mkdir()
    room, kept, left_out = LARGEST_WORKFLOW, [], []
    for number, file in enumerate(workflow.files):
        content = _content(file, min(LARGEST_FILE, room))
        if content is None:
            left_out.append(file.relative)
            continue
        room -= len(content)
        copy = shelf / str(number)
        copy.write_bytes(content)
        kept.append(WorkflowFile(copy, file.relative, file.file_type))
    return replace(workflow, files=tuple(kept)), left_out


def _content(file: WorkflowFile, most: int) -> bytes | None:
    try:
        with file.path.open("rb") as opened:
            content = opened.read(most + 1)
    except OSError:
        return None
    return content if len(content) <= most else None


if __name__ == "__main__":
    sys.exit(main())
