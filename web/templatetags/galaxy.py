"""How the pages say what concerns Galaxy."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from galaxy_import.addresses import HISTORY, INVOCATION, WORKFLOW
from galaxy_import.advice import what_to_do as advice_for
from galaxy_import.values import Condition
from run_import.models import RunImport
from web.templatetags.runs import exact_time, task_badge

register = template.Library()

KIND_NAMES: dict[str, str] = {
    RunImport.RUN: "Invocation",
    INVOCATION: "Invocation",
    HISTORY: "History",
    WORKFLOW: "Workflow",
}
PHASE_NAMES: dict[str, str] = {
    RunImport.Phase.ASKING: "asking for the invocation and its workflow",
    RunImport.Phase.LISTING: "listing the invocations",
    RunImport.Phase.JOBS: "asking for the jobs",
    RunImport.Phase.DATASETS: "asking for the datasets",
    RunImport.Phase.CRATE: "waiting until Galaxy has packed its own RO-Crate",
    RunImport.Phase.RECORDING: "writing the run down",
    RunImport.Phase.LOGS: "reading logs and events",
    RunImport.Phase.DOWNLOADING: "downloading contents",
    RunImport.Phase.FOLLOWING: "following the run until it ends",
    RunImport.Phase.WAITING: "waiting, as enough others ask this server",
}
CONDITIONS: dict[str, tuple[str, str]] = {  # the words, and the status that has the same colour
    Condition.READY: ("Ready", "success"),
    Condition.EMPTY: ("Empty", "pending"),
    Condition.PENDING: ("Not made yet", "running"),
    Condition.FAILED: ("Failed", "failed"),
    Condition.SKIPPED: ("Skipped", "skipped"),
    Condition.DELETED: ("In the bin", "cancelled"),
    Condition.PURGED: ("Purged", "offline"),
    Condition.DEFERRED: ("Deferred", "offline"),
    Condition.RESTRICTED: ("Restricted", "cancelled"),
    Condition.DISCARDED: ("Left out", "offline"),
    Condition.UNKNOWN: ("Unknown", "unknown"),
}
NEEDS_A_KEY = ("key_refused", "key_unreadable", "not_readable")


@register.filter
def kind_name(kind: str) -> str:
    """What the address of an import names."""
    return KIND_NAMES.get(kind, kind)


@register.filter
def galaxy_phase(work: RunImport) -> str:
    """What an import is doing, or what it waits for."""
    if work.state == work.State.PENDING and work.error:
        return "waiting to try again"
    return PHASE_NAMES.get(work.phase, "waiting for a worker")


@register.simple_tag
def galaxy_badge(work: RunImport) -> SafeString:
    """The state of an import in a word, with its colour; a run that is followed is no idle waiting."""
    if work.state == work.State.PENDING and work.phase == work.Phase.FOLLOWING:
        return format_html('<span class="badge badge-running">{}</span>', "Following")
    return task_badge(work.state)


@register.simple_tag
def condition_badge(condition: str) -> SafeString:
    """What can be had of a dataset of Galaxy, in a word with its colour."""
    said, colour = CONDITIONS.get(condition, (condition, "unknown"))
    return format_html('<span class="badge badge-{}">{}</span>', colour, said)


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
    return advice_for(work.error_code)


@register.filter
def needs_a_key(work: RunImport) -> bool:
    """Whether an import failed because of the key with which the server was asked."""
    return work.error_code in NEEDS_A_KEY


@register.filter
def warning_text(warning: Any) -> str:
    """A warning that is a sentence, or an object with one."""
    return str(warning.get("message", "")) if isinstance(warning, dict) else str(warning)


@register.filter
def is_waiting(work: RunImport) -> bool:
    """Whether an import rests until a moment that is still to come."""
    return work.state == work.State.PENDING and work.due_at > timezone.now()


@register.filter
def best_checksum(hashes: Any) -> dict[str, str] | None:
    """The function and the value of the strongest checksum that Galaxy tells, None where it tells none."""
    if not isinstance(hashes, dict):
        return None
    for function in ("SHA-512", "SHA-256", "SHA-1", "MD5"):
        if hashes.get(function):
            return {"function": function, "value": str(hashes[function])}
    return None
