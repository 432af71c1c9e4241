"""How the pages say what concerns imports of every kind."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString

from run_registration.models import DirectoryRegistration
from web.imports.listed import CRATE, DROPBOX, RUN, TRANSFER, ImportRow
from web.templatetags.runs import DATA_TYPE_NAMES, ENGINE_NAMES, phase_name, status_class, task_badge
from web.templatetags.sources import run_badge, run_phase

register = template.Library()

PHASES: dict[str, str] = {
    DirectoryRegistration.Phase.READING: "reading what the engine left",
    DirectoryRegistration.Phase.HASHING: "computing checksums",
    DirectoryRegistration.Phase.COMPARING: "comparing it with what is registered",
    DirectoryRegistration.Phase.SENDING: "registering it",
}
SOURCES = {CRATE: "RO-Crate", DROPBOX: "Dropbox", TRANSFER: "File transfer"}


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
def changed_fact(text: str) -> tuple[str, str]:
    """What changes, by its name where it has one: ``run_environment: a → b``, ``3 new or changed files``."""
    name, colon, values = text.partition(": ")
    return (name.replace("_", " ").capitalize(), values) if colon and " " not in name else ("", text)


@register.simple_tag
def registration_badge(work: DirectoryRegistration) -> SafeString:
    """The state of a registration in words: a look that is done waits for somebody."""
    if work.is_ready:
        return _badge("RUNNING", "To be confirmed")
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
