"""Reading JSON of which nothing is certain: what is missing, or of another shape, is taken for empty."""

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]
NAME, IMAGE, WORD, MESSAGE, PATH = 255, 500, 60, 4000, 1024  # characters that are kept
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")  # what no database keeps
_DEEPEST = 40


def clean(text: str) -> str:
    """The text without NUL characters and halves of characters."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def cut(text: str, most: int) -> str:
    """The beginning of a text; an ellipsis says that something was cut off."""
    return text if len(text) <= most else text[: most - 1] + "…"


def text(answer: Any, key: str, most: int = MESSAGE) -> str:
    """A text of an object, cleaned and cut; numbers as they are written."""
    told = answer.get(key) if isinstance(answer, dict) else None
    if isinstance(told, int | float) and not isinstance(told, bool):
        told = str(told)
    return cut(clean(told).strip(), most) if isinstance(told, str) else ""


def whole(answer: Any, key: str) -> str:
    """A long text of an object, not cut."""
    told = answer.get(key) if isinstance(answer, dict) else None
    return clean(told) if isinstance(told, str) else ""


def number(answer: Any, key: str) -> int | None:
    """A whole number of an object, from zero on."""
    told = answer.get(key) if isinstance(answer, dict) else None
    if not isinstance(told, int) or isinstance(told, bool):
        return None
    return told if 0 <= told < 2**63 else None


def mapping(answer: Any, *keys: str) -> Json:
    """An object within objects; empty if it is none."""
    for key in keys:
        answer = answer.get(key) if isinstance(answer, dict) else None
    return answer if isinstance(answer, dict) else {}


def objects(answer: Any, key: str) -> Iterator[Json]:
    """The objects of a list within an object."""
    told = answer.get(key) if isinstance(answer, dict) else None
    return (one for one in told if isinstance(one, dict)) if isinstance(told, list) else iter(())


def texts(answer: Any, key: str, most: int = PATH) -> list[str]:
    """The texts of a list within an object that are not empty."""
    told = answer.get(key) if isinstance(answer, dict) else None
    found = told if isinstance(told, list) else []
    return [cut(clean(one), most) for one in found if isinstance(one, str) and one.strip()]


def time_of(answer: Any, key: str) -> datetime | None:
    """A time of REANA's, whose servers keep UTC and do not say so."""
    try:
        time = datetime.fromisoformat(text(answer, key))
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def not_before(end: datetime | None, start: datetime | None) -> datetime | None:
    """An end that can be one; None for one before the start, which clocks of two machines make now and then."""
    return None if end and start and end < start else end


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


def without_empty(value: Json) -> Json:
    """The object without entries that say nothing."""
    return {key: one for key, one in value.items() if one not in (None, "", [], {})}
