"""Records that a page names in passing."""

from typing import Any

from common.models import UserLike


def seen_by(user: UserLike, record: Any) -> Any:
    """The record if ``user`` may still see it, else None."""
    if record is None or not type(record).objects.visible_to(user).filter(pk=record.pk).exists():
        return None
    return record
