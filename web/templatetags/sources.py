"""How the pages say what concerns imports of runs, whatever their source."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from galaxy_import.advice import what_to_do as advice_for_galaxy
from galaxy_import.source import GalaxySource
from run_import.advice import what_to_do as advice_for
from run_import.models import RunImport
from run_import.sources import source_named
from web.templatetags.runs import exact_time, task_badge

register = template.Library()

PHASE_NAMES: dict[str, str] = {
    RunImport.Phase.ASKING: "asking for the run and its workflow",
    RunImport.Phase.LISTING: "listing the runs",
    RunImport.Phase.JOBS: "asking for the jobs",
    RunImport.Phase.DATASETS: "asking for the datasets",
    RunImport.Phase.CRATE: "waiting until the source has packed its own RO-Crate",
    RunImport.Phase.RECORDING: "writing the run down",
    RunImport.Phase.LOGS: "reading logs and events",
    RunImport.Phase.DOWNLOADING: "downloading contents",
    RunImport.Phase.FOLLOWING: "following the run until it ends",
    RunImport.Phase.WAITING: "waiting, as enough others ask this server",
}
NEEDS_CREDENTIALS = ("key_refused", "key_unreadable", "not_readable", "certificate_refused")


@register.filter
def source_title(name: str) -> str:
    """What people call a source."""
    return source_named(name).title


@register.filter
def what_is_stored(name: str) -> str:
    """What people call that which is stored for the servers of a source."""
    return source_named(name).what_is_stored


@register.filter
def kind_name(kind: str, source: str = "") -> str:
    """What the address of an import names, as its source says it."""
    if kind.upper() == RunImport.RUN:
        return "Invocation" if source == GalaxySource.name else "Run"
    return kind.capitalize()


@register.filter
def run_phase(work: RunImport) -> str:
    """What an import is doing, or what it waits for."""
    if work.state == work.State.PENDING and work.error:
        return "waiting to try again"
    return PHASE_NAMES.get(work.phase, "waiting for a worker")


@register.simple_tag
def run_badge(work: RunImport) -> SafeString:
    """The state of an import in a word, with its colour; a run that is followed is no idle waiting."""
    if work.state == work.State.PENDING and work.phase == work.Phase.FOLLOWING:
        return format_html('<span class="badge badge-running">{}</span>', "Following")
    return task_badge(work.state)


@register.simple_tag
def until(moment: datetime) -> SafeString:
    """A ``<time>`` that says how long it is until then: ``now``, ``in 20 s``, ``in 4 min``, ``in 3 h``."""
    said = moment.isoformat(), exact_time(moment), _in(moment - timezone.now())
    return format_html('<time datetime="{}" title="{}">{}</time>', *said)


def _in(left: timedelta) -> str:
    seconds = round(left / timedelta(seconds=1))
    if seconds <= 0:
        return "now"
    if seconds < 60:
        return f"in {seconds} s"
    return f"in {seconds // 60} min" if seconds < 3600 else f"in {seconds // 3600} h"


@register.filter
def what_to_do(work: RunImport) -> str:
    """What a person can do about an import that failed."""
    asked = advice_for_galaxy if work.server.source == GalaxySource.name else advice_for
    return asked(work.error_code)


@register.filter
def needs_credentials(work: RunImport) -> bool:
    """Whether an import failed because of that with which the server was asked."""
    return work.error_code in NEEDS_CREDENTIALS


@register.filter
def warning_text(warning: Any) -> str:
    """A warning that is a sentence, or an object with one."""
    return str(warning.get("message", "")) if isinstance(warning, dict) else str(warning)


@register.filter
def is_waiting(work: RunImport) -> bool:
    """Whether an import rests until a moment that is still to come."""
    return work.state == work.State.PENDING and work.due_at > timezone.now()
