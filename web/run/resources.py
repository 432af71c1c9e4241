"""What jobs asked for and took, whatever the engine calls it: measures are named with their unit at the end."""

from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any

from web.templatetags.runs import duration, filesize

MEMORY_USED = (
    "max_rss_bytes",
    "peak_rss_bytes",
    "max_memory_bytes",
    "max_rss",
    "peak_memory_bytes",
    "rss_bytes",
)
MEMORY_ASKED = ("requested_memory_bytes", "memory_bytes", "allocated_memory_gib", "galaxy_memory_mb")
CPUS_ASKED = ("cpus", "threads", "allocated_cpus", "galaxy_slots")
CPU_SECONDS = ("cpu_seconds",)
_FACTORS = {"_gib": 2**30, "_mib": 2**20, "_gb": 10**9, "_mb": 10**6}
_SECONDS = {"_seconds": 1.0, "_ms": 0.001, "_minutes": 60.0}


def memory_used(resources: Any) -> int | None:
    """The most memory that was in use, in bytes."""
    return _bytes_of(resources, MEMORY_USED)


def memory_asked(resources: Any) -> int | None:
    """The memory that was asked for, in bytes."""
    return _bytes_of(resources, MEMORY_ASKED)


def cpus_asked(resources: Any) -> float | None:
    """The processors that were asked for."""
    found = _first(resources, CPUS_ASKED)
    return found[1] if found else None


def cpu_seconds(resources: Any) -> float | None:
    """The time on processors, where it was measured."""
    found = _first(resources, CPU_SECONDS)
    return found[1] if found else None


def told(resources: Any) -> list[tuple[str, str]]:
    """Every measure as people read it: its name in words, and its value with a unit."""
    if not isinstance(resources, Mapping):
        return []
    return [_in_words(str(name), value) for name, value in resources.items()]


def _in_words(name: str, value: Any) -> tuple[str, str]:
    words = name.replace("_", " ")
    if not _is_number(value):
        return words, str(value)
    for ending, factor in _SECONDS.items():
        if name.endswith(ending):
            return words.removesuffix(ending.replace("_", " ")), duration(value * factor)
    if name.endswith("_bytes") or name in MEMORY_USED:
        return words.removesuffix(" bytes"), filesize(round(value))
    return words, f"{value:,}"


def _bytes_of(resources: Any, names: Iterable[str]) -> int | None:
    found = _first(resources, names)
    if found is None:
        return None
    name, value = found
    factor = next((factor for ending, factor in _FACTORS.items() if name.endswith(ending)), 1)
    return round(value * factor)


def _first(resources: Any, names: Iterable[str]) -> tuple[str, float] | None:
    """The first of these measures that is a number; what people recorded may be anything."""
    if not isinstance(resources, Mapping):
        return None
    return next(((name, float(resources[name])) for name in names if _is_number(resources.get(name))), None)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and 0 <= value < 1e18  # type: ignore[operator]
