"""What was done to a record, in words, newest first.

A page that shows it puts ``"history": history_of(request, record)`` into its context and includes
``web/records/_history.html``. A page with a list of its own that is turned by ``?page=`` names another parameter.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet, Value
from django.http import HttpRequest

from accounts.models import Group, User
from common.models import HistoryEvent
from web.lists.paging import COUNTED, Page, bounded_count, page_of, page_size_for
from web.records.describing import Change, described
from web.requests import SignedInRequest
from workflows.models import StatusChange, WorkflowRun, WorkflowVersion

SORTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "": ("Everything", ()),
    "status": ("Status", ("status",)),
    "edits": ("Edits", ("updated", "datasets", "released", "deleted", "restored")),
    "sharing": ("Sharing", ("shared",)),
    "remarks": ("Notes", ("remarked",)),
}
DEEDS = {
    "updated": "Edited",
    "deleted": "Moved to the trash",
    "restored": "Restored from the trash",
    "shared": "Shared",
    "datasets": "Datasets changed",
    "released": "Released",
    "remarked": "Notes or annotations changed",
}
CREATED, STARTED, ENDED = "created", "started", "ended"
MILESTONES = {
    CREATED: "created",
    STARTED: "started_at",
    ENDED: "completed_at",
}  # columns of the record itself


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done; ``status`` is the one that the record took, empty for other deeds, ``reason`` why.

    ``what`` is the kind of it: "status", "created", "started", "ended", or an action of HistoryEvent.
    """

    at: datetime
    by: User | None
    words: str
    status: str = ""
    what: str = ""
    changes: list[Change] = field(default_factory=list)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sort:
    """A kind of deeds that the history can be narrowed to, and where that leads."""

    name: str
    is_chosen: bool
    address: str


@dataclass(frozen=True, slots=True)
class History:
    """A page of deeds, and where else one can go: ``everything`` of it, its ``first`` page, and those beside."""

    page: Page
    sorts: list[Sort]
    is_narrowed: bool
    everything: str
    first: str
    newer: str
    older: str


def history_of(request: SignedInRequest | HttpRequest, record: Any, *, turned_by: str = "page") -> History:
    """The page of the history that the address asks for, of what ``?of=`` narrows it to."""
    wanted = request.GET.get("of", "")
    wanted = wanted if wanted in SORTS else ""
    page = _page(request, record, _sources(record, SORTS[wanted][1]), request.GET.get(turned_by, ""))

    def to(number: int | None, of: str = wanted) -> str:
        return _address(request, {turned_by: str(number) if number else None, "of": of})

    sorts = [Sort(name, key == wanted, to(None, key)) for key, name in _names_of_sorts(record)]
    numbers = (None, page.previous_number, page.next_number)
    first, newer, older = (to(number) for number in numbers)
    return History(page, sorts, bool(wanted), to(None, ""), first, newer, older)


def _names_of_sorts(record: Any) -> Iterator[tuple[str, str]]:
    for key, (name, _) in SORTS.items():
        if key != "status" or isinstance(record, WorkflowRun):
            yield key, name


def _address(request: HttpRequest, changes: dict[str, str | None]) -> str:
    """This page at its history, with other values; an empty one is left out."""
    query = request.GET.copy()
    for name, value in changes.items():
        if value:
            query[name] = value
        else:
            query.pop(name, None)
    return f"?{query.urlencode()}#history"


def _sources(record: Any, actions: tuple[str, ...]) -> list[QuerySet]:
    """The rows of which the history consists: deeds, when it was made, and of a run each status and its times."""
    events = HistoryEvent.objects.filter(kind=record.record_kind(), object_id=record.pk)
    if actions:
        events = events.filter(action__in=actions)
    found: list[Any] = [events.annotate(what=Value("event"))]
    if isinstance(record, WorkflowRun) and (not actions or "status" in actions):
        found.append(StatusChange.objects.filter(workflowrun=record).annotate(what=Value("status")))
        found += [_milestone(record, STARTED), _milestone(record, ENDED)]
    return found if actions else [*found, _milestone(record, CREATED)]


def _milestone(record: Any, what: str) -> QuerySet:
    """A time that stands in the record itself, as a row beside the others; none where it is not known."""
    column = MILESTONES[what]
    rows = type(record)._base_manager.filter(pk=record.pk, **{f"{column}__isnull": False})
    return rows.annotate(what=Value(what), at=F(column))


def _page(request: HttpRequest, record: Any, sources: list[QuerySet], wanted: str) -> Page:
    keys = [one.order_by().values_list("at", "id", "what") for one in sources]
    rows = keys[0].union(*keys[1:], all=True) if len(keys) > 1 else keys[0]
    page = page_of(rows.order_by("-at", "-id"), wanted, page_size_for(request), lambda _: _count(sources))
    return replace(page, rows=_deeds(record, page.rows))


def _count(sources: list[QuerySet]) -> tuple[int, bool]:
    """How many rows there are in all, counted no further than COUNTED."""
    counts = [bounded_count(one) for one in sources]
    total = sum(number for number, _ in counts)
    return min(total, COUNTED), total <= COUNTED and all(is_all for _, is_all in counts)


def _deeds(record: Any, keys: Iterable[tuple[Any, Any, str]]) -> list[Deed]:
    keys = list(keys)
    ids = {what: [key for _, key, one in keys if one == what] for what in ("event", "status")}
    rows: dict[Any, Any] = {}
    if ids["event"]:
        rows |= HistoryEvent.objects.select_related("by").in_bulk(ids["event"])
    if ids["status"]:
        rows |= StatusChange.objects.select_related("by").in_bulk(ids["status"])
    names = _names(row.changes for row in rows.values() if isinstance(row, HistoryEvent))
    return [
        _told(record, what, at) if what in MILESTONES else _deed(rows[key], names)
        for at, key, what in keys
        if what in MILESTONES or key in rows
    ]


def _told(record: Any, what: str, at: datetime) -> Deed:
    """A milestone in words; what a run's source said of its times nobody here did."""
    if what != CREATED:
        return Deed(at, None, "Run started" if what == STARTED else "Run ended", what=what)
    source = getattr(record, "source", "")
    words = "Imported" if getattr(record, "is_imported", False) else "Registered"
    return Deed(at, record.created_by, f"{words} from {source}" if source else words, what=what)


def _deed(row: Any, names: dict[str, str]) -> Deed:
    if isinstance(row, StatusChange):
        return Deed(row.at, row.by, "Status", row.status, what="status", reason=row.reason)
    words, changes = DEEDS.get(row.action, row.action), described(row.changes, names)
    return Deed(row.at, row.by, words, what=row.action, changes=changes)


def _names(changes: Iterable[Any]) -> dict[str, str]:
    """The names of the groups, people and versions whose ids stand in the changes."""
    wanted: dict[str, set[str]] = {"owned_by_id": set(), "owner_id": set(), "workflowversion_id": set()}
    for one in changes:
        for name in wanted.keys() & (one.keys() if isinstance(one, dict) else ()):
            wanted[name] |= {str(value) for value in one[name] if value}
    found: dict[str, str] = {}
    if wanted["owned_by_id"]:
        found |= {str(one.pk): one.name for one in Group.objects.filter(pk__in=wanted["owned_by_id"])}
    if wanted["owner_id"]:
        found |= {str(one.pk): one.full_name for one in User.objects.filter(pk__in=wanted["owner_id"])}
    if wanted["workflowversion_id"]:
        versions = WorkflowVersion.objects.filter(pk__in=wanted["workflowversion_id"])
        found |= {str(one.pk): one.name for one in versions}
    return found
