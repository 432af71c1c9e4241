"""How the pages say what concerns Galaxy."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from galaxy_import.values import Condition

register = template.Library()

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


@register.simple_tag
def condition_badge(condition: str) -> SafeString:
    """What can be had of a dataset of Galaxy, in a word with its colour."""
    said, colour = CONDITIONS.get(condition, (condition, "unknown"))
    return format_html('<span class="badge badge-{}">{}</span>', colour, said)


@register.filter
def best_checksum(hashes: Any) -> dict[str, str] | None:
    """The function and the value of the strongest checksum that Galaxy tells, None where it tells none."""
    if not isinstance(hashes, dict):
        return None
    for function in ("SHA-512", "SHA-256", "SHA-1", "MD5"):
        if hashes.get(function):
            return {"function": function, "value": str(hashes[function])}
    return None
