"""Lines of a log: its end, a stretch of it, and those that hold a text. No database."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

LONGEST_LINE = 2_000  # characters of a line that a search tells
LOOK_AT_THE_CLOCK = 2_000  # lines


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of a log with the number of the first of them, from 1, and of how many there are."""

    lines: Sequence[str]
    first: int
    total: int


@dataclass(frozen=True, slots=True)
class Match:
    """A line that holds what is searched for, where in it, and the lines around it."""

    line: int
    text: str
    places: list[tuple[int, int]]
    before: Sequence[str]
    after: Sequence[str]


def lines_of(text: str) -> list[str]:
    """The lines of a text without their ends; a last line need not end."""
    return text.removesuffix("\n").split("\n") if text else []


def stretch(
    text: str, *, first: int | None = None, last: int | None = None, tail: int | None = None
) -> Stretch:
    """The lines from ``first`` up to and with ``last``, or the last ``tail`` ones."""
    lines = lines_of(text)
    total = len(lines)
    begin = max(0, total - tail) if tail is not None else (first or 1) - 1
    end = total if last is None or tail is not None else last
    return Stretch(lines[begin:end], min(begin, total) + 1, total)


def matches(
    text: str, wanted: str, *, context: int, after_line: int = 0, is_late: Callable[[], bool]
) -> Iterator[Match | int]:
    """The lines behind ``after_line`` that hold ``wanted``, in whatever case.

    When it is late, the number of the last line that was looked at comes instead, and nothing more. The search is
    for plain text: it takes as long as the text, whatever is looked for.
    """
    if wanted.lower() not in text.lower():
        return
    pattern, lines = re.compile(re.escape(wanted), re.IGNORECASE), lines_of(text)
    for place in range(after_line, len(lines)):
        if place % LOOK_AT_THE_CLOCK == LOOK_AT_THE_CLOCK - 1 and is_late():
            yield place
            return
        if pattern.search(lines[place]):
            yield _match(lines, place, pattern, context)


def _match(lines: Sequence[str], place: int, pattern: re.Pattern[str], context: int) -> Match:
    text = _around_the_first(lines[place], pattern)
    places = [found.span() for found in pattern.finditer(text)]
    before = [_short(one) for one in lines[max(0, place - context) : place]]
    after = [_short(one) for one in lines[place + 1 : place + 1 + context]]
    return Match(place + 1, text, places, before, after)


def _around_the_first(line: str, pattern: re.Pattern[str]) -> str:
    """A line; of a long one the part around the first place that matches."""
    if len(line) <= LONGEST_LINE:
        return line
    found = pattern.search(line)
    start = max(0, found.start() - LONGEST_LINE // 2) if found else 0
    return line[start : start + LONGEST_LINE]


def _short(line: str) -> str:
    return line[:LONGEST_LINE]
