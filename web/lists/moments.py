"""Times that people write into an address."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from common.api.filters import TimeFilter


def with_zone(asked_of: Any, value: str) -> str:
    """A time without a zone is meant in the zone that the pages tell times in; the API would take it for UTC."""
    if not isinstance(asked_of, TimeFilter):
        return value
    try:
        moment: datetime | None = parse_datetime(value)
    except ValueError:
        return value
    if moment is None or not timezone.is_naive(moment):
        return value
    try:
        return timezone.make_aware(moment).isoformat()
    except (OverflowError, ValueError):
        return value
