"""What changed from one state to the next, as the history tells it; and telling it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from common.models import HistoryEvent

ONE_SITTING = timedelta(minutes=5)  # a pause in writing that does not make another deed of it


def plain(value: Any) -> Any:
    """A column's value as JSON can hold it: identifiers and times become texts."""
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """``{name: [before, after]}`` for what is not the same in both; ``after`` has every name of ``before``."""
    pairs = {name: [plain(old), plain(after[name])] for name, old in before.items()}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def tell(record: Any, action: str, *, by: Any, changes: Mapping[str, Any] | None = None) -> None:
    """Add an event to a record's history."""
    HistoryEvent.objects.create(
        kind=record._meta.label_lower, object_id=record.pk, action=action, changes=dict(changes or {}), by=by
    )


def tell_of_note(record: Any, before: str, after: str, *, by: Any) -> None:
    """Add the change of a note, which goes on in the newest event if that is what the same person has just written.

    Who writes saves at every pause: one event has the text from before the sitting and the last one.
    """
    newest = _newest(record)
    text = (
        newest.changes.get("note", [None, None]) if newest and newest.action == "remarked" else [None, None]
    )
    is_same_sitting = newest and newest.by_id == by.pk and timezone.now() - newest.at < ONE_SITTING
    if is_same_sitting and text[1] == before and text[0] not in (None, after):
        newest.changes, newest.at = {"note": [text[0], after]}, timezone.now()
        newest.save(update_fields=["changes", "at"])
    else:
        tell(record, "remarked", by=by, changes={"note": [before, after]})


def _newest(record: Any) -> Any:
    events = HistoryEvent.objects.filter(kind=record._meta.label_lower, object_id=record.pk)
    return events.order_by("-id").first()
