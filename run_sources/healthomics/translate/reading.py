"""Reading JSON of which nothing is certain: what is missing or of another shape is taken for empty."""

import hashlib
import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from run_sources.healthomics.answers import SENSITIVE, Json

NAME, TOOL, WORD, PATH, MESSAGE = 255, 500, 60, 1024, 4000  # characters that are kept
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_DEEPEST = 40


def clean(text: str) -> str:
    """The text without what no database keeps: NUL characters and halves of characters."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def cut(text: str, most: int) -> str:
    """The beginning of a text; an ellipsis says that something was cut off."""
    return text if len(text) <= most else text[: most - 1] + "…"


def text(answer: Json, key: str, most: int = MESSAGE) -> str:
    """A text of an object, cleaned and cut; empty if it is none."""
    told = answer.get(key)
    return cut(clean(told).strip(), most) if isinstance(told, str) else ""


def mapping(answer: Json, key: str) -> Json:
    """An object within an object; empty if it is none."""
    told = answer.get(key)
    return told if isinstance(told, dict) else {}


def count(answer: Json, key: str) -> int | None:
    """A number of things, None if there is none."""
    told = answer.get(key)
    is_count = isinstance(told, int) and not isinstance(told, bool) and 0 <= told < 2**53
    return told if is_count else None


def time(answer: Json, key: str) -> datetime | None:
    """A time, in UTC: HealthOmics says the zone."""
    try:
        told = datetime.fromisoformat(str(answer.get(key)))
        return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
    except (ValueError, OverflowError):
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


def texts(answer: Json, key: str) -> dict[str, str]:
    """The texts of an object by their names: tags."""
    return {
        clean(str(name)): clean(one) for name, one in mapping(answer, key).items() if isinstance(one, str)
    }


def spelt(name: str) -> str:
    """A name of AWS's as ours are spelt: ``runGroupId`` is ``run_group_id``."""
    return _CAPITAL.sub(r"_\1", name).lower()


def named(answer: Json, names: Iterable[str]) -> Json:
    """Some members of an object under our spelling of their names, without empty ones."""
    found = {spelt(name): plain(answer.get(name)) for name in names}
    return {name: one for name, one in found.items() if one not in (None, "", [], {})}


def rest_of(answer: Json, known: Iterable[str]) -> Json:
    """What is in an answer that nobody here knows: newer than this reader. What is sensitive is left out."""
    return named(answer, sorted(set(answer) - set(known) - SENSITIVE))


def short_path(path: str, most: int = PATH) -> str:
    """A path that fits its column; one that had to be cut ends with letters that follow from it alone."""
    if len(path) <= most:
        return path
    mark = hashlib.sha256(path.encode("utf-8", "replace")).hexdigest()[:12]
    return f"{path[: most - 13]}-{mark}"
