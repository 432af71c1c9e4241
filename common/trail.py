"""What changed from one state to the next, as the history tells it; and telling it."""

from collections.abc import Mapping
from typing import Any

from common.models import HistoryEvent


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
