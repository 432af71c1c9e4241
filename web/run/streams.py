"""What a job, or the run as a whole, wrote: by the names of its logs, whether they are kept or stand in the job."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from workflows.log_contents import Hit, search, text_of_entry
from workflows.log_listing import Asked, as_told, entries
from workflows.models import RunLog, WorkflowRun, WorkflowRunJob

NAMES = {"stderr": "Standard error", "stdout": "Standard output"}
MOST_STREAMS = 100
MOST_HITS = 50


@dataclass(frozen=True, slots=True)
class Stream:
    """A log by its name: ``title`` is for people, ``size`` in bytes, ``full_size`` of what there was."""

    name: str
    title: str
    size: int
    full_size: int
    is_cut: bool
    entry: dict[str, Any]

    @property
    def text(self) -> str:
        """What it holds."""
        return text_of_entry(self.entry)


def streams_of(run: WorkflowRun, job: WorkflowRunJob | None) -> list[Stream]:
    """The logs of a job, or of the run as a whole; a job has both standard ones, be they empty."""
    asked = Asked(job=job.pk if job else None, of_run=None if job else True)
    found = [as_told(row) for row in entries(run, asked).order_by("log_name")[0:MOST_STREAMS]]
    told = {one["name"]: _stream(one) for one in found}
    empty = {name: Stream(name, title, 0, 0, False, {}) for name, title in NAMES.items()} if job else {}
    return list({**empty, **told}.values())


def chosen(streams: list[Stream], wanted: str) -> Stream | None:
    """The one that is asked for, else the first that holds something, else the last."""
    named = [one for one in streams if one.name == wanted]
    held = [one for one in streams if one.size]
    return next(iter([*named, *held, *streams[-1:]]), None)


def with_logs(jobs: QuerySet) -> QuerySet:
    """The jobs that wrote something."""
    kept = RunLog.objects.filter(job=OuterRef("pk"), size__gt=0)
    return jobs.filter(~Q(stdout="") | ~Q(stderr="") | Exists(kept))


def hits_in_kept(run: WorkflowRun, text: str, name: str, status: str) -> tuple[list[Hit], bool]:
    """The first lines of kept logs that hold the text, and whether there are more to look at."""
    asked = Asked(kind="log", search=name, status=(status,) if status else ())
    found = search(entries(run, asked), text, context=0, most=MOST_HITS)
    return found.hits, found.next is not None


def _stream(one: dict[str, Any]) -> Stream:
    title = NAMES.get(one["name"], one["name"])
    return Stream(one["name"], title, one["size"], one["full_size"], one["is_cut"], one)
