"""Remarks as they are kept beside what was imported: the first ones, none too long. No Django."""

from collections.abc import Hashable, Iterable
from typing import TypeVar

MOST_WARNINGS = 200
LONGEST_WARNING = 500  # characters

Told = TypeVar("Told", bound=Hashable)


def first_warnings(remarks: Iterable[Told]) -> tuple[list[Told], str]:
    """The first remarks, each once, and a sentence on how many more there were; empty where those are all."""
    every = list(dict.fromkeys(remarks))
    more = len(every) - MOST_WARNINGS
    if more <= 0:
        return every, ""
    said = f"There {'is 1 more warning' if more == 1 else f'are {more} more warnings'} like these."
    return every[:MOST_WARNINGS], said


def cut_warning(text: str) -> str:
    """A remark no longer than is kept."""
    return text if len(text) <= LONGEST_WARNING else f"{text[: LONGEST_WARNING - 1]}…"
