"""Nextflow's two ways of writing numbers: for people (``1h 2m``, ``3.8 GB``, ``72.6%``) and raw (``trace.raw``)."""

import re
from datetime import UTC, datetime

_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)", re.IGNORECASE)
_MILLISECONDS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_SIZE = re.compile(r"^(\d+(?:\.\d+)?)\s*([KMGTPE]?)B?$", re.IGNORECASE)
_POWERS = " KMGTPE"
NOTHING = ("", "-", "null")


def milliseconds(told: str) -> int | None:
    """A duration: raw milliseconds, or parts with their units."""
    told = told.strip()
    if told.isdigit():
        return int(told)
    parts = _PART.findall(told)
    return (
        round(sum(float(number) * _MILLISECONDS[unit.lower()] for number, unit in parts)) if parts else None
    )


def byte_count(told: str) -> int | None:
    """A size in bytes; 1 KB is 1024 bytes to Nextflow."""
    found = _SIZE.match(told.strip())
    return round(float(found[1]) * 1024 ** _POWERS.index(found[2].upper() or " ")) if found else None


def number(told: str) -> float | int | None:
    """A number, with or without a percent sign."""
    try:
        value = float(told.strip().removesuffix("%"))
    except ValueError:
        return None
    return int(value) if value.is_integer() else value


def moment(told: str) -> datetime | None:
    """A time: raw milliseconds since 1970 have a zone, what is written for people is local and has none."""
    told = told.strip()
    if told.isdigit():
        return datetime.fromtimestamp(int(told) / 1000, UTC)
    try:
        return datetime.fromisoformat(told)
    except ValueError:
        return None
