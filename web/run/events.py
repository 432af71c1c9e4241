"""The log of a run on its page: the newest first, narrowed by a text and a level.

A page is told by a place in the log and not by a number: entries that come in meanwhile move nothing.
"""

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from web.lists.forms import search_field
from web.lists.paging import page_size_for
from workflows.models import RunEvent, WorkflowRun
from workflows.models.events import LEVELS

LEVEL_NAMES = {"debug": "Debug", "info": "Information", "warning": "Warning", "error": "Error"}
LONGEST_DATA = 4_000
UNREAD = tuple(f"job__{name}" for name in ("stdout", "stderr", "command_line", "environment", "parameters"))


class EventForm(forms.Form):
    """What narrows the events."""

    said = search_field("Message, type or category", label="Search the events")
    level = forms.ChoiceField(
        label="Level", required=False, choices=[("", "Any"), *((key, LEVEL_NAMES[key]) for key, _ in LEVELS)]
    )

    def asked(self, name: str) -> str:
        """What the address says about ``name``, empty where that makes no sense."""
        self.is_valid()
        return self.cleaned_data.get(name) or ""

    def narrowed(self, rows: QuerySet) -> QuerySet:
        """The events that are asked for."""
        if said := self.asked("said"):
            rows = rows.filter(
                Q(message__icontains=said) | Q(type__icontains=said) | Q(category__icontains=said)
            )
        return rows.filter(level=self.asked("level")) if self.asked("level") else rows


@dataclass(frozen=True, slots=True)
class Line:
    """An event as the page shows it."""

    event: RunEvent

    @property
    def words(self) -> str:
        """What it says first."""
        return self.event.message or self.event.type or self.event.category

    @property
    def data(self) -> str:
        """Its data as text, cut where it is long."""
        text = json.dumps(self.event.data, indent=2, ensure_ascii=False) if self.event.data else ""
        return text if len(text) <= LONGEST_DATA else f"{text[:LONGEST_DATA]}…"


@dataclass(frozen=True, slots=True)
class Events:
    """A page of the log, and where else one can go: ``newer`` and ``older`` are empty at the ends."""

    form: EventForm
    lines: list[Line]
    is_narrowed: bool
    newer: str
    older: str


def events_of(request: HttpRequest, run: WorkflowRun) -> Events:
    """The page of the log that the address asks for."""
    form = EventForm(request.GET, label_suffix="")
    is_narrowed = bool(form.asked("said") or form.asked("level"))
    rows = form.narrowed(RunEvent.objects.filter(workflowrun=run)).select_related("job").defer(*UNREAD)
    size, newer = page_size_for(request), _cursor(request, "newer")
    older = _cursor(request, "older")
    if newer is not None:
        found = list(rows.filter(sequence__gt=newer).order_by("sequence")[: size + 1])
        shown = found[:size][::-1]
        ends = (len(found) > size, True)
    else:
        rows = rows if older is None else rows.filter(sequence__lt=older)
        found = list(rows.order_by("-sequence")[: size + 1])
        shown = found[:size]
        ends = (older is not None, len(found) > size)
    return Events(form, [Line(one) for one in shown], is_narrowed, *_neighbours(request, shown, ends))


def _cursor(request: HttpRequest, name: str) -> int | None:
    said = request.GET.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None


def _neighbours(request: HttpRequest, shown: list[RunEvent], ends: tuple[bool, bool]) -> tuple[str, str]:
    if not shown:
        return "", ""
    newer, older = ends
    return (
        _address(request, newer=shown[0].sequence) if newer else "",
        _address(request, older=shown[-1].sequence) if older else "",
    )


def _address(request: HttpRequest, **changes: Any) -> str:
    query = request.GET.copy()
    for name in ("older", "newer"):
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = str(value)
    return f"?{query.urlencode()}#events"
