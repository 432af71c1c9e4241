"""What jobs asked for and took, as people read it."""

from collections.abc import Mapping
from typing import Any

from web.templatetags.runs import duration, filesize
from workflows.jobs.measures import MEMORY_USED, is_number

_SECONDS = {"_seconds": 1.0, "_ms": 0.001, "_minutes": 60.0}


def told(resources: Any) -> list[tuple[str, str]]:
    """Every measure as people read it: its name in words, and its value with a unit."""
    if not isinstance(resources, Mapping):
        return []
    return [_in_words(str(name), value) for name, value in resources.items()]


def _in_words(name: str, value: Any) -> tuple[str, str]:
    words = name.replace("_", " ")
    if not is_number(value):
        return words, str(value)
    for ending, factor in _SECONDS.items():
        if name.endswith(ending):
            return words.removesuffix(ending.replace("_", " ")), duration(value * factor)
    if name.endswith("_bytes") or name in MEMORY_USED:
        return words.removesuffix(" bytes"), filesize(round(value))
    return words, f"{value:,}"
