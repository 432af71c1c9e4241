"""What a log or an excerpt holds, by its entry in the list; and the search through all of them."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from workflows.log_ansi import readable
from workflows.log_listing import Together, in_portions
from workflows.log_reading import Match, matches
from workflows.log_texts import text_of
from workflows.models import RunLog, WorkflowRunJob

SEARCH_SECONDS = 5.0
LISTED_AT_ONCE = 1000  # entries of one statement, and of one that reads what is stored of them
READ_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """A line of a log that holds what is searched for."""

    entry: dict[str, Any]
    match: Match


@dataclass(slots=True)
class Found:
    """What a search found. ``next`` says behind which line of which log it goes on; None at the end."""

    hits: list[Hit] = field(default_factory=list)
    logs_read: int = 0
    is_late: bool = False
    next: tuple[UUID, int] | None = None


def text_of_entry(entry: dict[str, Any]) -> str:
    """What one entry of the list holds; of no entry, nothing."""
    return _text(_stored([entry]).get(entry["id"], "")) if entry else ""


def _stored(portion: list[dict[str, Any]]) -> dict[UUID, Any]:
    """What is stored of each entry, by its id: compressed, or a text; of what was removed meanwhile, nothing."""
    logs = [one["id"] for one in portion if one["kind"] == "log"]
    jobs = {one["job"]["id"] for one in portion if one["kind"] == "excerpt"}
    found: dict[UUID, Any] = {}
    if logs:
        found.update(RunLog.objects.filter(pk__in=logs).values_list("pk", "content"))
    rows = WorkflowRunJob.objects.filter(pk__in=jobs).values("pk", "stdout", "stderr") if jobs else ()
    streams: dict[UUID, Any] = {row["pk"]: row for row in rows}
    of_jobs = [one for one in portion if one["kind"] == "excerpt" and one["job"]["id"] in streams]
    return found | {one["id"]: streams[one["job"]["id"]][one["name"]] for one in of_jobs}


def _text(stored: bytes | str) -> str:
    return stored if isinstance(stored, str) else text_of(stored)


def search(
    rows: Together,
    wanted: str,
    *,
    context: int,
    most: int,
    begin: tuple[UUID, int] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Found:
    """The first ``most`` lines of these logs that hold ``wanted``, in whatever case, behind the line ``begin``.

    What it has not found in SEARCH_SECONDS it finds when it is asked to go on from ``next``: no search holds a worker.
    """
    end, found = clock() + SEARCH_SECONDS, Found()
    for entry, text, after_line in _texts(rows, begin):
        found.logs_read += 1
        for match in matches(
            readable(text), wanted, context=context, after_line=after_line, is_late=lambda: clock() > end
        ):
            if isinstance(match, int):
                found.is_late, found.next = True, (entry["id"], match)
                return found
            found.hits.append(Hit(entry, match))
            if len(found.hits) == most:
                found.next = (entry["id"], match.line)
                return found
        if clock() > end:
            found.is_late, found.next = True, (entry["id"], entry["line_count"] or text.count("\n") + 1)
            return found
    return found


def _texts(rows: Together, begin: tuple[UUID, int] | None) -> Iterator[tuple[dict[str, Any], str, int]]:
    """Each entry with its text and the line behind which to search; the one to go on with comes first."""
    after = UUID(int=begin[0].int - 1) if begin else None
    for listed in in_portions(rows, after, LISTED_AT_ONCE):
        for start in range(0, len(listed), READ_AT_ONCE):
            portion = listed[start : start + READ_AT_ONCE]
            stored = _stored(portion)
            for entry in portion:
                line = begin[1] if begin and entry["id"] == begin[0] else 0
                yield entry, _text(stored.get(entry["id"], "")), line
