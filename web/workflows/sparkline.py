"""The last runs as a row of bars: as high as they took long, and marked where they failed."""

from dataclasses import dataclass
from math import sqrt

from web.templatetags.runs import STATUS_NAMES, duration, exact_time
from web.workflows.figures import Figures, PastRun
from workflows.records import RunStatus

MOST = 40
STEP, HEIGHT, LEAST = 8, 36, 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One run; lengths in the units of the picture."""

    x: int
    y: float
    height: float
    status: str
    said: str


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Bars from the oldest to the newest, and what they say in words."""

    bars: list[Bar]
    width: int
    said: str


def sparkline_of(figures: Figures) -> Sparkline | None:
    """The newest runs of ``figures``, None where there are too few to look at."""
    runs = list(reversed(figures.newest[:MOST]))
    if len(runs) < 2:
        return None
    longest = max((one.duration or 0 for one in runs), default=0) or 1
    bars = [_bar(place, one, longest) for place, one in enumerate(runs)]
    return Sparkline(bars, STEP * len(runs), _in_words(runs))


def _bar(place: int, run: PastRun, longest: float) -> Bar:
    """A root tells short ones from shorter ones, where one took very long."""
    height = round(max(LEAST, HEIGHT * sqrt((run.duration or 0) / longest)), 1)
    parts = [STATUS_NAMES.get(run.status, run.status)]
    parts += [duration(run.duration)] if run.duration is not None else []
    parts += [exact_time(run.at)] if run.at else []
    return Bar(STEP * place, HEIGHT - height, height, run.status.lower(), ", ".join(parts))


def _in_words(runs: list[PastRun]) -> str:
    counts = {status: sum(one.status == status for one in runs) for status in RunStatus}
    told = ", ".join(f"{count} {STATUS_NAMES[status].lower()}" for status, count in counts.items() if count)
    return f"The last {len(runs)} runs, oldest first: {told}."
