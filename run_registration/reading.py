"""Has a directory read by a process of its own, and follows how far that is."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

from django.conf import settings

from common.progress import Progress
from run_directories.plans import Plan
from run_registration.handing_over import NotAPlan, handed_over
from run_registration.models import DirectoryRegistration
from run_registration.reader import Job

MOST_ENTRIES = 500_000
MEMORY = 4 * 2**30  # bytes of addresses, of which threads reserve much and use little
LONGEST = 3600.0  # seconds
LOOKED_AFTER = 1.0
LOST = (
    "The directory could not be read here: the process that read it ended. Register it with the command line."
)


class NotReadable(Exception):
    """The directory cannot be registered as it is; ``is_unknown`` where no engine was recognised."""

    def __init__(self, message: str, *, is_unknown: bool = False) -> None:
        super().__init__(message)
        self.is_unknown = is_unknown


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: ``told`` of all runs of the directory, and the plan of one, None where it is a crate."""

    told: dict[str, Any]
    plan: Plan | None


@contextmanager
def reading(work: DirectoryRegistration, progress: Progress) -> Iterator[Reading]:
    """What lies in the directory; the files of its workflow are there until the end. NotReadable, Stopped."""
    scratch = Path(tempfile.mkdtemp(prefix="runstead-reading-"))
    try:
        told = _read(work, scratch, progress)
        yield Reading(told, _plan_in(scratch))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _plan_in(scratch: Path) -> Plan | None:
    try:
        return handed_over(scratch)
    except NotAPlan as problem:
        raise NotReadable(LOST) from problem


def _read(work: DirectoryRegistration, scratch: Path, progress: Progress) -> dict[str, Any]:
    cache = Path(settings.DATA_DIR) / "checksums"
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    job = Job(
        directory=work.path,
        roots=work.roots,
        scratch=str(scratch),
        cache=str(cache),
        corrections=json.dumps(work.corrections),
        wanted_run=work.wanted_run,
        most_entries=MOST_ENTRIES,
        memory=MEMORY,
    )
    progress.begin(work.Phase.READING, files=0, bytes=0)
    with _process(scratch) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(asdict(job)))
        process.stdin.close()
        return _followed(work, process, progress)


@contextmanager
def _process(scratch: Path) -> Iterator[subprocess.Popen[str]]:
    """The reader, with nothing of this process's environment; it is gone at the end, whatever happens."""
    environment = {
        "PYTHONPATH": str(settings.BASE_DIR),
        "LC_ALL": "C.UTF-8",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
    }
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "run_registration.reader"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=scratch,
        env={**environment, "PATH": os.defpath},
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def _followed(
    work: DirectoryRegistration, process: subprocess.Popen[str], progress: Progress
) -> dict[str, Any]:
    """What the reader found. While it is silent the row is looked at all the same, so that it can be stopped."""
    lines = _lines(process)
    until = time.monotonic() + LONGEST
    done = {"files": 0, "bytes": 0}
    while time.monotonic() < until:
        try:
            line = lines.get(timeout=LOOKED_AFTER)
        except Empty:
            progress.add(files=0)
            continue
        if line is None:
            raise NotReadable(LOST)
        said = json.loads(line)
        if "found" in said:
            progress.complete()
            return dict(said["found"])
        if "refused" in said:
            raise NotReadable(said["refused"], is_unknown=bool(said.get("is_unknown")))
        _note(work, said, progress, done)
    raise NotReadable("Reading the directory took more than an hour; register it with the command line.")


def _note(
    work: DirectoryRegistration, said: dict[str, Any], progress: Progress, done: dict[str, int]
) -> None:
    if "progress" in said:
        now = {"files": said["progress"]["files"], "bytes": said["progress"]["size"]}
        progress.add(**{name: now[name] - done[name] for name in done})
        done.update(now)
    else:
        progress.begin(work.Phase.HASHING, files=said["files"], bytes=said["size"])


def _lines(process: subprocess.Popen[str]) -> "Queue[str | None]":
    """What the process says, line by line, then None."""
    found: Queue[str | None] = Queue()

    def listen() -> None:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                found.put(line)
        except ValueError:  # closed, as nobody listens any more
            pass
        found.put(None)

    Thread(target=listen, daemon=True).start()
    return found
