"""The file that ``torc workflows export`` writes: a workflow with its relations; with results and events if asked."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from run_directories.sniffers import NotThisEngine, Unreadable
from run_directories.torc.answers import NewAnswers
from run_directories.torc.reading import objects, text, whole
from run_directories.torc.told import Results, Told
from run_directories.torc.values import Event

LARGEST = 1024 * 2**20  # bytes
HEAD = 16 * 2**10  # bytes that are looked at to recognise it
LISTS = ("jobs", "files", "resource_requirements")
_MARK = re.compile(rb'"export_version"\s*:')
_WHEN = re.compile(rb'"exported_at"\s*:')
KEPT = ("failure_handlers", "workflow_actions")


class Export:
    """An export that was read; Torc writes version 1.0, and a later one is read as far as it is alike."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.workflow = document["workflow"]

    @property
    def origin(self) -> str:
        """What tells the workflow from those of other servers, of which an export does not name its own."""
        said = [text(self.workflow, name) for name in ("id", "name", "user", "timestamp")]
        return "torc-export:" + hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]

    @property
    def has_results(self) -> bool:
        """Whether it was written with results, without which jobs have neither times nor return codes."""
        return isinstance(self.document.get("results"), list)

    def run_ids(self) -> list[int]:
        """The runs of which something is told, the newest first. Older servers do not tell which is the latest."""
        found = {run for one in objects(self.document, "results") if (run := whole(one, "run_id"))}
        latest = whole(self.workflow, "run_id") or max(found, default=1)
        return sorted({run for run in found if 0 < run <= latest} | {max(1, latest)}, reverse=True)

    def told(self, run_id: int) -> Told:
        """The workflow for one of its runs."""
        read, latest = NewAnswers(), self.run_ids()[0]
        told = Told(read.workflow({**self.workflow, "run_id": latest}), Results(run_id))
        told.files = {one.id: one for one in map(read.file, objects(self.document, "files"))}
        told.data = {one.id: one for one in map(read.data, objects(self.document, "user_data"))}
        asked = map(read.requirements, objects(self.document, "resource_requirements"))
        told.requirements = {one.id: one for one in asked}
        for kind in ("slurm", "local"):  # where both have an id, Torc means Slurm's
            for one in objects(self.document, f"{kind}_schedulers"):
                scheduler = read.scheduler(one, kind)
                told.schedulers.setdefault(scheduler.id, scheduler)
        told.jobs = [read.job(one) for one in objects(self.document, "jobs")]
        for one in objects(self.document, "results"):
            told.results.take(read.result(one))
        told.kept = {name: read.safe(self.document[name]) for name in KEPT if self.document.get(name)}
        told.hidden, told.is_zone_assumed = read.hidden, read.is_zone_assumed
        return told

    def events(self) -> Iterator[Event]:
        """What happened in the workflow, if it was written with that."""
        read = NewAnswers()
        return (event for one in objects(self.document, "events") if (event := read.event(one)) is not None)


def looks_like_export(path: Path) -> bool:
    """Whether a file begins like an export; its first bytes are read."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError:
        return False
    return head.lstrip()[:1] == b"{" and bool(_MARK.search(head)) and bool(_WHEN.search(head))


def read_export(path: Path) -> Export:
    """The export in a file. NotThisEngine for other JSON, Unreadable for half a file."""
    try:
        if path.stat().st_size > LARGEST:
            raise Unreadable(
                f"{path} has more than {LARGEST // 2**20:,} MiB, which is too much for an export."
            )
        document = json.loads(path.read_bytes())
    except OSError as problem:
        raise Unreadable(f"{path} cannot be read: {problem.strerror}.") from problem
    except (ValueError, RecursionError) as problem:
        raise Unreadable(
            f"{path} is no readable JSON ({problem}); was it cut off while being written? Export it again."
        ) from problem
    return Export(checked(document, str(path)))


def checked(document: Any, place: str) -> dict[str, Any]:
    """The document, if it has the parts of an export. NotThisEngine."""
    has_parts = (
        isinstance(document, dict)
        and isinstance(document.get("workflow"), dict)
        and all(isinstance(document.get(name), list) for name in LISTS)
    )
    if not has_parts:
        raise NotThisEngine(
            f"{place} is no export of Torc: it lacks one of workflow, {', '.join(LISTS)}. Make one with "
            "`torc workflows export ID --include-results --include-events -o FILE`."
        )
    return dict(document)
