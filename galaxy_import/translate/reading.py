"""Reading JSON of which nothing is certain: what is missing or of another shape is taken for empty."""

import json
import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from galaxy_import.answers import Json

NAME, TOOL, VERSION, PATH, LABEL, URL, MESSAGE = (
    255,
    500,
    100,
    1024,
    1000,
    2000,
    4000,
)  # characters that are kept
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
_DEEPEST = 40


class NotUnderstood(ValueError):
    """An answer lacks what no run can be made without; the sentence names it."""


def clean(text: str) -> str:
    """The text without what no database keeps: NUL characters and halves of characters."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def cut(text: str, most: int) -> str:
    """The beginning of a text; an ellipsis says that something was cut off."""
    return text if len(text) <= most else text[: most - 1] + "…"


def text(answer: Any, key: str, most: int = MESSAGE) -> str:
    """A text of an object, cleaned and cut; empty if it is none. Numbers are taken as they are written."""
    told = answer.get(key) if isinstance(answer, dict) else None
    if isinstance(told, str):
        return cut(clean(told).strip(), most)
    return str(told)[:most] if isinstance(told, int | float) and not isinstance(told, bool) else ""


def number(answer: Any, key: str, most: int = 2**63 - 1, least: int = -(2**63)) -> int | None:
    """A whole number of an object, None if it is none, or too large or too small to be kept."""
    told = answer.get(key) if isinstance(answer, dict) else None
    if isinstance(told, float) and told.is_integer():
        told = int(told)
    if not isinstance(told, int) or isinstance(told, bool):
        return None
    return told if max(least, -most - 1) <= told <= most else None


def mapping(answer: Any, key: str) -> Json:
    """An object within an object; empty if it is none."""
    told = answer.get(key) if isinstance(answer, dict) else None
    return told if isinstance(told, dict) else {}


def objects(answer: Any, key: str) -> Iterator[Json]:
    """The objects of a list within an object."""
    told = answer.get(key) if isinstance(answer, dict) else None
    return (one for one in told if isinstance(one, dict)) if isinstance(told, list) else iter(())


def named_objects(answer: Any, key: str) -> Iterator[tuple[str, Json]]:
    """The objects of an object within an object, with their names."""
    return ((str(name), one) for name, one in mapping(answer, key).items() if isinstance(one, dict))


def texts(answer: Any, key: str, most: int = NAME) -> tuple[str, ...]:
    """The texts of a list within an object, without empty ones."""
    told = answer.get(key) if isinstance(answer, dict) else None
    listed = told if isinstance(told, list) else []
    return tuple(cut(clean(one), most) for one in listed if isinstance(one, str) and one.strip())


def time_of(written: Any) -> datetime | None:
    """A time of Galaxy's, which is in UTC and does not say so."""
    try:
        time = datetime.fromisoformat(written)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def plain(value: Any, depth: int = 0) -> Any:
    """The value as the database can keep it: clean texts, finite numbers, not nested too deep."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict | list) and depth >= _DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {clean(str(key)): plain(one, depth + 1) for key, one in value.items()}
    return [plain(one, depth + 1) for one in value] if isinstance(value, list) else value


def decoded(value: Any) -> Any:
    """What a text says in JSON; the value itself where it is no text, or no JSON."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return value


def without_nulls(value: Any) -> Any:
    """The value without the entries of objects that are null or empty."""
    if isinstance(value, dict):
        told = {key: without_nulls(one) for key, one in value.items()}
        return {key: one for key, one in told.items() if one not in (None, "", [], {})}
    return value
