"""Reading JSON of which nothing is certain: what is missing, or of another shape, is taken for empty."""

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from run_directories.secrets import command_without_secrets, is_secret
from run_directories.wire import DEEPEST, cleaned, plain

LONGEST_NAME, LARGEST_WHOLE = 255, 2**63 - 1
UNITS = {"": 1, "b": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_MEMORY = re.compile(r"\s*(\d{1,15}(?:\.\d{1,6})?)\s*([bkmgt]?)(?:i?b)?\s*", re.IGNORECASE)
_DURATION = re.compile(
    r"P(?:(\d{1,6}(?:\.\d{1,6})?)W)?(?:(\d{1,6}(?:\.\d{1,6})?)D)?"
    r"(?:T(?:(\d{1,6}(?:\.\d{1,6})?)H)?(?:(\d{1,6}(?:\.\d{1,6})?)M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?",
    re.IGNORECASE,
)
_SECONDS = (7 * 86400, 86400, 3600, 60, 1)
NOTHING: tuple[Any, ...] = (None, "", [], {})


class Answers:
    """Reads answers, and remembers what was left out as secret and whether times came without a zone."""

    def __init__(self) -> None:
        self.hidden: set[str] = set()
        self.is_zone_assumed = False

    def moment(self, written: Any) -> datetime | None:
        """A time in UTC; one without a zone is taken for one of UTC."""
        try:
            time = datetime.fromisoformat(written)
            if time.tzinfo is None:
                self.is_zone_assumed = True
                return time.replace(tzinfo=UTC)
            return time.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            return None

    def safe(self, value: Any, depth: int = 0) -> Any:
        """A value without what its names call secret, at any depth, as a database can keep it."""
        if isinstance(value, str):
            return command_without_secrets(cleaned(value))
        if isinstance(value, dict | list) and depth >= DEEPEST:
            return "…"
        if isinstance(value, list):
            return [self.safe(one, depth + 1) for one in value]
        if isinstance(value, dict):
            return {
                cleaned(str(name)): self.safe(one, depth + 1)
                for name, one in value.items()
                if not self._is_hidden(str(name), one)
            }
        return value if value is None or isinstance(value, bool) else plain(value)

    def _is_hidden(self, name: str, value: Any) -> bool:
        if not is_secret(name) or value in (None, "", False):
            return False
        self.hidden.add(cleaned(name))
        return True

    def environment(self, told: Any) -> dict[str, str]:
        """Variables with their values as texts."""
        kept = self.safe(told) if isinstance(told, dict) else {}
        return {name: value if isinstance(value, str) else str(value) for name, value in kept.items()}

    def further(self, told: dict[str, Any], known: frozenset[str]) -> dict[str, Any]:
        """What an answer says beside what is read of it."""
        rest = {name: value for name, value in told.items() if name not in known and value not in NOTHING}
        return dict(self.safe(rest)) if rest else {}


def text(told: Any, name: str) -> str:
    """A text of an object, or a number as it is written; empty if it is none."""
    value = told.get(name) if isinstance(told, dict) else None
    if isinstance(value, str):
        return cleaned(value).strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def whole(told: Any, name: str) -> int | None:
    """A whole number of an object, None if it is none."""
    value = number(told, name)
    return int(value) if value is not None and value == int(value) and abs(value) <= LARGEST_WHOLE else None


def number(told: Any, name: str) -> float | int | None:
    """A finite number of an object, None if it is none."""
    value = told.get(name) if isinstance(told, dict) else None
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return value if abs(value) <= LARGEST_WHOLE and math.isfinite(value) else None


def flag(told: Any, name: str) -> bool:
    """Whether an object says true."""
    return isinstance(told, dict) and told.get(name) in (True, 1)


def ids(told: Any, name: str) -> tuple[str, ...]:
    """The ids that an object lists, each once."""
    value = told.get(name) if isinstance(told, dict) else None
    listed = value if isinstance(value, list) else []
    return tuple(dict.fromkeys(str(one) for one in listed if isinstance(one, int | str)))


def objects(told: Any, name: str) -> Iterator[dict[str, Any]]:
    """The objects of a list within an object."""
    value = told.get(name) if isinstance(told, dict) else None
    return (one for one in value if isinstance(one, dict)) if isinstance(value, list) else iter(())


def measures(**named: float | int | None) -> dict[str, Any]:
    """The measures that are known."""
    return {name: value for name, value in named.items() if value is not None}


def epoch(seconds: float | int | None) -> datetime | None:
    """A time that is told in seconds since 1970, in UTC."""
    try:
        return None if seconds is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError:
        return None


def later(time: datetime | None, seconds: float | None) -> datetime | None:
    """So many seconds after a time (before it, if they are negative); None where either is not known."""
    try:
        return None if time is None or seconds is None else time + timedelta(seconds=seconds)
    except OverflowError:
        return None


def byte_count(written: str) -> int | None:
    """``20g`` in bytes: Torc counts in powers of 1024."""
    found = _MEMORY.fullmatch(written)
    return round(float(found[1]) * UNITS[found[2].lower()]) if found else None


def seconds_of(written: str) -> float | None:
    """``P0DT1M`` (ISO 8601) in seconds; None for what is no duration."""
    found = _DURATION.fullmatch(written.strip())
    if not found or not any(found.groups()):
        return None
    return sum(
        float(part) * unit for part, unit in zip(found.groups(), _SECONDS, strict=True) if part is not None
    )
