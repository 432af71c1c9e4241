"""The changes of a record as people read them."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from web.templatetags.runs import as_text, exact_time

MOST = 20  # changes of one deed that are told
LONGEST = 300
NOTHING = "nothing"
NAMES = {
    "owned_by_id": "group",
    "owner_id": "owner",
    "workflowversion_id": "workflow version",
    "run_command": "command",
    "license": "licence",
    "crate": "RO-Crate",
    "can_edit": "may edit",
    "can_delete": "may delete",
}
TIMES = ("started_at", "completed_at", "released_at")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed, from what to what; ``before`` is None for what was only added."""

    name: str
    before: str | None
    after: str


def described(changes: Any, names: dict[str, str]) -> list[Change]:
    """Each change in words; ``names`` are those of the ids that stand in them."""
    if not isinstance(changes, dict):
        return []
    return [_change(name, pair, names) for name, pair in list(changes.items())[:MOST]]


def _change(name: str, pair: Any, names: dict[str, str]) -> Change:
    before, after = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)
    told = NAMES.get(name) or name.removesuffix("_id").replace("_", " ")
    old = None if before is None or before == "" else _words(name, before, names)
    return Change(told[:LONGEST], old, _words(name, after, names))


def _words(name: str, value: Any, names: dict[str, str]) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict) and value.keys() <= {"can_edit", "can_delete"}:
        return _rights(value)
    if name in TIMES and (moment := parse_datetime(str(value).replace(" ", "T", 1))):
        return exact_time(moment if timezone.is_aware(moment) else timezone.make_aware(moment))
    text = names.get(str(value)) or as_text(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _rights(value: dict[str, bool]) -> str:
    given = ["view", *(name.removeprefix("can_") for name, may in value.items() if may)]
    return f"may {' and '.join((', '.join(given[:-1]), given[-1])) if len(given) > 1 else given[0]}"
