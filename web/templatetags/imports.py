"""How the pages say what concerns imports of every kind."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from django import template
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString

from run_registration.models import DirectoryRegistration
from web.imports.listed import CRATE, DROPBOX, RUN, TRANSFER, ImportRow
from web.templatetags.runs import (
    DATA_TYPE_NAMES,
    ENGINE_NAMES,
    STATUS_NAMES,
    exact_time,
    phase_name,
    status_class,
    task_badge,
)
from web.templatetags.sources import run_badge, run_phase

register = template.Library()

PHASES: dict[str, str] = {
    DirectoryRegistration.Phase.READING: "reading the engine’s records",
    DirectoryRegistration.Phase.HASHING: "computing checksums",
    DirectoryRegistration.Phase.COMPARING: "comparing with the registry",
    DirectoryRegistration.Phase.SENDING: "registering",
}
TIMES = ("started_at", "completed_at")
CHANGED = {
    "started_at": "Started",
    "completed_at": "Ended",
    "run_command": "Command",
    "run_environment": "Environment",
    "status_basis": "Status was",
    "workflowversion": "Workflow version",
}
PARTS = {
    "dataset": "Datasets",
    "file": "Files",
    "step": "Steps",
    "job": "Jobs",
    "parameter": "Parameters",
    "workflow": "Workflow",
}
SOURCES = {CRATE: "RO-Crate", DROPBOX: "Dropbox", TRANSFER: "File transfer"}


class Changed(NamedTuple):
    """A change: what of, from what, and to what; only ``before`` where it is told in one sentence."""

    name: str
    before: str
    after: str = ""


@register.filter
def registration_phase(phase: str) -> str:
    """What is being done with a directory."""
    return PHASES.get(phase, "waiting for a worker")


@register.filter
def role_name(role: str) -> str:
    """What files are to a run, in words."""
    return DATA_TYPE_NAMES.get(role, role.capitalize())


@register.filter
def as_time(text: str) -> datetime | None:
    """A time as it is kept in JSON."""
    return parse_datetime(text) if text else None


@register.filter
def engine_said(name: str) -> str:
    """The engine that left a directory, as its makers write it."""
    return ENGINE_NAMES.get(name.upper(), name.capitalize())


@register.filter
def changed_fact(text: str) -> Changed:
    """What changes, by its name where it has one: ``run_environment: a → b``, ``3 new or changed files``."""
    name, colon, values = text.partition(": ")
    before, arrow, after = values.partition(" → ")
    if not colon or " " in name:
        return Changed(next((said for part, said in PARTS.items() if part in text), "Also"), text)
    known = CHANGED.get(name, name.replace("_", " ").capitalize())
    return Changed(known, *_in_words(name, before, after)) if arrow else Changed(known, values)


def _in_words(name: str, before: str, after: str) -> tuple[str, str]:
    """Both sides as pages say such values; two times that read alike differ in parts of a second."""
    if name not in TIMES:
        words = STATUS_NAMES if name in ("status", "status_basis") else {}
        said = (words.get(one, one.capitalize() if words else one) for one in (before, after))
        return tuple("none" if one.lower() == "nothing" else one for one in said)  # type: ignore[return-value]
    moments = [_moment(one) for one in (before, after)]
    said_times = [exact_time(one) if one else "none" for one in moments]
    if said_times[0] == said_times[1] and all(moments):
        return tuple(f"{timezone.localtime(one):%H:%M:%S.%f %Z}" for one in moments if one)  # type: ignore[return-value]
    return said_times[0], said_times[1]


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found and found.tzinfo else None


@register.simple_tag
def registration_badge(work: DirectoryRegistration) -> SafeString:
    """The state of a registration in words: a look that is done waits for somebody."""
    if work.is_ready:
        return _badge("RUNNING", "To confirm")
    return task_badge(work.state)


@register.simple_tag
def import_badge(row: ImportRow) -> SafeString:
    """The state of an import of any kind."""
    if row.kind == RUN:
        return run_badge(row.work)
    if row.kind == DROPBOX:
        return registration_badge(row.work)
    return task_badge(row.work.state)


@register.filter
def import_source(row: ImportRow) -> str:
    """Where it comes from."""
    return str(row.work.server.name) if row.kind == RUN else SOURCES[row.kind]


@register.filter
def import_now(row: ImportRow) -> str:
    """What is being done, for one that is going."""
    if row.kind == RUN:
        return run_phase(row.work)
    if row.kind == TRANSFER:
        return "taking files in" if row.work.state == "RUNNING" else "waiting for a worker"
    return registration_phase(row.work.phase) if row.kind == DROPBOX else phase_name(row.work.phase)


@register.filter
def can_be_tried_again(row: ImportRow) -> bool:
    """Whether trying again makes sense."""
    work: Any = row.work
    return work.state in ("FAILED", "CANCELLED") if row.kind == TRANSFER else bool(work.can_be_tried_again)


def _badge(status: str, words: str) -> SafeString:
    return format_html('<span class="{}">{}</span>', status_class(status), words)
