"""How the pages say times, durations, sizes and statuses."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.background import BackgroundTask
from data_management.records import FileStatus
from rocrate_import.models import CrateImport
from workflows.records import DataType, Engine, RunStatus

register = template.Library()

NOTHING = "–"
NAMELESS = "Run without a name"
LONGEST_TEXT = 20_000
LONGEST_LINE = 60
STATUS_NAMES: dict[str, str] = {status.value: status.value.capitalize() for status in RunStatus}
FILE_STATUS_NAMES: dict[str, str] = {
    FileStatus.NEW: "Transferring",
    FileStatus.ONLINE: "Online",
    FileStatus.OFFLINE: "Offline",
    FileStatus.ERROR: "Error",
}
FILE_STATUS_MEANINGS: dict[str, str] = {
    FileStatus.NEW: "The content is being copied into the registry and verified.",
    FileStatus.ONLINE: "The content can be read and downloaded here.",
    FileStatus.OFFLINE: "The registry knows it, but does not hold the content.",
    FileStatus.ERROR: "The content could not be read, or is not what was registered.",
}
ACRONYMS = (Engine.CWL, Engine.WDL, Engine.REANA)
ENGINE_NAMES: dict[str, str] = {
    engine.value: engine.value if engine in ACRONYMS else engine.value.capitalize() for engine in Engine
}
DATA_TYPE_NAMES: dict[str, str] = {
    DataType.INPUT: "Inputs",
    DataType.OUTPUT: "Outputs",
    DataType.PARAMETER: "Parameter files",
    DataType.CONFIG: "Configuration",
    DataType.REPORT: "Reports",
    DataType.LOG: "Logs",
}

PHASE_NAMES: dict[str, str] = {
    CrateImport.Phase.FETCHING: "taking it out of the dropbox",
    CrateImport.Phase.READING: "reading what it says",
    CrateImport.Phase.STORING: "storing its files",
    CrateImport.Phase.RECORDING: "writing it down",
}
PROFILE_NAMES: dict[str, str] = {
    "process": "Process Run Crate",
    "workflow": "Workflow Run Crate",
    "provenance": "Provenance Run Crate",
    "workflow-ro-crate": "Workflow RO-Crate",
}


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds as people say them: ``0.4 s``, ``12 s``, ``3 min 04 s``, ``1 h 02 min``, ``2 d 3 h``."""
    if seconds is None:
        return NOTHING
    if 0 < seconds < 0.05:
        return "< 0.1 s"
    if seconds < 1:
        return f"{seconds:.1f} s" if seconds else "0 s"
    whole = round(seconds)
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"


@register.filter
def elapsed(work: Any) -> str:
    """How long a run or a job took; of one that is running, how long it has been."""
    if work.started_at and work.completed_at:
        return duration((work.completed_at - work.started_at) / timedelta(seconds=1))
    if work.started_at and work.status == RunStatus.RUNNING:
        return duration(max(0.0, (timezone.now() - work.started_at) / timedelta(seconds=1))) + " so far"
    return NOTHING


@register.filter
def filesize(size: int | None) -> str:
    """Bytes in decimal units with three figures: ``512 B``, ``1.84 GB``."""
    if size is None:
        return NOTHING
    amount, units = float(size), ["B", "kB", "MB", "GB", "TB", "PB"]
    while round(amount) >= 1000 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    if units[0] == "B":
        return f"{size} B"
    figures = 2 if amount < 9.995 else 1 if amount < 99.95 else 0
    return f"{amount:.{figures}f} {units[0]}"


def local(moment: datetime) -> datetime:
    """A moment in the zone of the page; in UTC at the ends of time, which other zones do not have."""
    try:
        return timezone.localtime(moment)
    except OverflowError:
        return moment.astimezone(UTC)


@register.filter
def relative_time(moment: datetime) -> str:
    """How long ago: ``just now``, ``5 min ago``, ``3 h ago``, ``yesterday``; after a week the date."""
    ago = timezone.now() - moment
    if ago < timedelta(minutes=-1) or ago >= timedelta(days=7):
        return f"{local(moment):%-d %b %Y}"
    if ago < timedelta(minutes=1):
        return "just now"
    if ago < timedelta(hours=1):
        return f"{ago // timedelta(minutes=1)} min ago"
    if ago < timedelta(days=1):
        return f"{ago // timedelta(hours=1)} h ago"
    return "yesterday" if ago.days == 1 else f"{ago.days} days ago"


@register.filter
def exact_time(moment: datetime) -> str:
    """The moment to the second, with its time zone."""
    return f"{local(moment):%-d %b %Y, %H:%M:%S %Z}"


@register.simple_tag
def when(moment: datetime | None) -> SafeString | str:
    """A ``<time>`` that reads relative and tells the exact moment on hover."""
    if moment is None:
        return NOTHING
    said = moment.isoformat(), exact_time(moment), relative_time(moment)
    return format_html('<time datetime="{}" title="{}">{}</time>', *said)


@register.simple_tag
def exactly(moment: datetime | None) -> SafeString | str:
    """A ``<time>`` that tells the exact moment."""
    if moment is None:
        return NOTHING
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), exact_time(moment))


@register.simple_tag
def clock(moment: datetime | None) -> SafeString | str:
    """A ``<time>`` that reads as the time of day and tells the exact moment on hover."""
    if moment is None:
        return NOTHING
    said = moment.isoformat(), exact_time(moment), f"{local(moment):%H:%M:%S}"
    return format_html('<time datetime="{}" title="{}">{}</time>', *said)


@register.filter
def status_class(status: str) -> str:
    """The class of a badge: one colour for each status of runs and of files."""
    return f"badge badge-{status.lower()}"


@register.simple_tag
def status_badge(status: str) -> SafeString:
    """A status of a run or of a file in words, with its colour."""
    name = STATUS_NAMES.get(status) or FILE_STATUS_NAMES.get(status) or status
    if meaning := FILE_STATUS_MEANINGS.get(status):
        return format_html('<span class="{}" title="{}">{}</span>', status_class(status), meaning, name)
    return format_html('<span class="{}">{}</span>', status_class(status), name)


@register.simple_tag
def task_badge(state: str) -> SafeString:
    """The state of background work in words, with the colour of the like status of a run."""
    colour = RunStatus.SUCCESS.value if state == BackgroundTask.State.DONE else state
    return format_html('<span class="{}">{}</span>', status_class(colour), state.capitalize())


@register.filter
def phase_name(phase: str) -> str:
    """What an import is doing."""
    return PHASE_NAMES.get(phase, "waiting for a worker")


@register.filter
def profile_name(profile: str) -> str:
    """The kind of a crate as its profile is called."""
    return PROFILE_NAMES.get(profile, profile)


@register.filter
def engine_name(engine: str) -> str:
    """An engine as its makers write it."""
    return ENGINE_NAMES.get(engine, engine)


@register.filter
def is_web_address(text: str) -> bool:
    """Whether a text may stand in a link: http and https only, never a script."""
    try:
        address = urlsplit(text)
    except ValueError:
        return False
    return address.scheme in {"http", "https"} and bool(address.netloc)


@register.filter
def as_text(value: Any) -> str:
    """A text as it is, any other JSON value as JSON, on one line if it fits; cut off if very long."""
    text = value if isinstance(value, str) else _as_json(value)
    more = len(text) - LONGEST_TEXT
    return text if more <= 0 else f"{text[:LONGEST_TEXT]}\n… and {more:,} more characters"


def _as_json(value: Any) -> str:
    line = json.dumps(value, ensure_ascii=False)
    return line if len(line) <= LONGEST_LINE else json.dumps(value, ensure_ascii=False, indent=2)


@register.filter
def thousands(number: int) -> str:
    """A number with separators: ``12,345``."""
    return f"{number:,}"
