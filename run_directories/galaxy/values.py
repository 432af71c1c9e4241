"""Reads single values of Galaxy's JSON, whatever shape they have."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

Json = Mapping[str, Any]


def mapping(value: Any, key: str) -> dict[str, Any]:
    """The object under the key, an empty one where there is none."""
    told = value.get(key) if isinstance(value, Mapping) else None
    return told if isinstance(told, dict) else {}


def objects(value: Any, key: str) -> Iterator[dict[str, Any]]:
    """The objects of the list under the key."""
    told = value.get(key) if isinstance(value, Mapping) else None
    return (one for one in told if isinstance(one, dict)) if isinstance(told, list) else iter(())


def text(value: Any, key: str) -> str:
    """The text under the key, empty where there is none."""
    told = value.get(key) if isinstance(value, Mapping) else None
    return told if isinstance(told, str) else ""


def whole(value: Any, key: str) -> int | None:
    """The whole number under the key."""
    told = value.get(key) if isinstance(value, Mapping) else None
    return told if isinstance(told, int) and not isinstance(told, bool) else None


def texts(value: Any, key: str) -> tuple[str, ...]:
    """The texts of the list under the key."""
    told = value.get(key) if isinstance(value, Mapping) else None
    return tuple(one for one in told if isinstance(one, str) and one) if isinstance(told, list) else ()


def time_of(value: Any, key: str) -> datetime | None:
    """The time under the key. Galaxy keeps its times in UTC and does not say so."""
    try:
        told = datetime.fromisoformat(text(value, key))
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def decoded(value: Any) -> Any:
    """The object or list that a text holds as JSON; anything else as it is: ``"5"`` was given as a text."""
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
