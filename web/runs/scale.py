"""The scales of the picture above the list: a round number at the top, and dates below the bars."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

MOST_TICKS = 8
FEW_BARS = 8  # each has its own date
EDGE = 0.04  # of the width: dates nearer to the side are not centred below their bar
Wanted = Callable[[datetime], bool]


@dataclass(frozen=True, slots=True)
class Tick:
    """A date below a bar; ``is_minor`` ones are left out where there is little room."""

    x: str
    label: str
    anchor: str
    is_minor: bool


def round_above(number: int) -> int:
    """The least of 1, 2, 4, 6, 8, 10, 12, 16, 20, 40, 60, 80, 100, 120 ... that is no less."""
    if number <= 1:
        return 1
    scale = 1
    while number > 10 * scale:
        scale *= 10
    steps = (12, 16, 20, 40, 60, 80, 100) if scale > 1 else (20, 40, 60, 80, 100)
    return next(step * scale // 10 for step in steps if step * scale >= 10 * number)


def percent(part: float) -> str:
    """A part of the width."""
    return f"{100 * part:.2f}%"


def ticks_of(starts: list[datetime], unit: str) -> list[Tick]:
    """Dates below bars that begin at ``starts``: Mondays, months or years, no more than can be read."""
    count = len(starts)
    wanted, pattern = _wanted(starts, unit)
    found = [place for place, start in enumerate(starts) if wanted(start)] or ([0] if starts else [])
    found = found[:: -(-len(found) // MOST_TICKS) or 1]
    return [
        _tick(
            (place + 0.5) / count, f"{starts[place]:{pattern}}", is_minor=len(found) > 4 and number % 2 == 1
        )
        for number, place in enumerate(found)
    ]


def _wanted(starts: list[datetime], unit: str) -> tuple[Wanted, str]:
    """Below which bars a date stands, and how it is written."""
    if unit == "day":
        every = len(starts) <= FEW_BARS
        return (lambda start: every or start.weekday() == 0), "%-d %b"
    if unit == "week":
        return (lambda start: start.day <= 7), "%b %Y"
    if unit == "month":
        return (lambda start: start.month == 1 or len(starts) <= FEW_BARS), "%b %Y"
    return (lambda start: start.month == 1), "%Y"


def _tick(place: float, label: str, *, is_minor: bool) -> Tick:
    if place < EDGE:
        return Tick("0%", label, "start", is_minor)
    if place > 1 - EDGE:
        return Tick("100%", label, "end", is_minor)
    return Tick(percent(place), label, "middle", is_minor)
