"""A log as a page shows it: a window of its lines, those that match, and where it speaks of errors."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from workflows.log_ansi import coloured, style_after

WINDOW = 400  # lines that are shown at once
CONTEXT = 2  # lines around a line that matches
MOST_MATCHES = 200  # lines that match and are shown
LONGEST_LINE = 2_000  # characters of a line that are shown
ABOVE = 10  # lines above one that is led to
MOST_READ = 4_000  # characters of a line that are searched for words of errors
ERROR_WORDS = (
    "error", "exception", "fatal", "traceback", "killed", "panic", "segmentation fault", "out of memory",
    "not found", "no such file", "failed", "denied",
)  # fmt: skip
_ERROR = re.compile(
    r"(?<![\w-])(?:\w*error|\w*exception|" + "|".join(ERROR_WORDS[2:]) + r")s?(?![\w-])", re.IGNORECASE
)
_NO_ERROR = re.compile(
    r"\b(?:0|no|without) (?:errors?|failed)\b|\berrors?: 0\b|\berror rate\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a log with its number from 1, in pieces: (text, whether it matches). ``gap``: lines left out before.

    ``coloured`` are the same in pieces of one colour, (text, classes), where colours are shown.
    """

    number: int
    pieces: list[tuple[str, bool]]
    is_match: bool = False
    gap: bool = False
    coloured: list[tuple[str, str]] = field(default_factory=list)
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Log:
    """A window of what a job wrote to a stream, or the lines of it that match."""

    lines: list[Line]
    total: int
    size: int
    first: int
    matches: int | None = None
    errors: list[int] = field(default_factory=list)

    @property
    def last(self) -> int:
        """The number of the last line in the window."""
        return self.lines[-1].number if self.lines else 0

    @property
    def before(self) -> int | None:
        """Where the window before this one starts."""
        return max(1, self.first - WINDOW) if self.first > 1 else None

    @property
    def after(self) -> int | None:
        """Where the window after this one starts."""
        return self.last + 1 if self.last < self.total else None

    @property
    def tail(self) -> int:
        """Where the last window starts."""
        return max(1, self.total - WINDOW + 1)

    @property
    def ways_to_errors(self) -> list[tuple[str, int, int]]:
        """The first and the last line that speak of an error: a name, its number, where its window starts."""
        ends = [("First", self.errors[0]), ("Last", self.errors[-1])] if self.errors else []
        known = ends if len(self.errors) > 1 else [("Show", line) for _, line in ends[:1]]
        return [(name, line, max(1, line - ABOVE)) for name, line in known]


def in_colours(log: Log, text: str) -> Log:
    """A window with the colours that the lines have in the text as it was written."""
    lines = lines_of(text.replace("\r\n", "\n"))
    before = style_after("\n".join(lines[: log.first - 1]))
    shown = coloured((_cut(line) for line in lines[log.first - 1 : log.last]), before)
    pairs = zip(log.lines, shown, strict=True)
    return replace(log, lines=[replace(line, coloured=pieces) for line, pieces in pairs])


def with_errors(log: Log, text: str) -> Log:
    """A window that knows where the text speaks of errors."""
    errors = errors_in(text)
    told = set(errors)
    return replace(log, errors=errors, lines=[replace(one, is_error=one.number in told) for one in log.lines])


def window(text: str, wanted: str) -> Log:
    """The lines from the one with the number ``wanted`` on; the last ones for ``end``."""
    lines = lines_of(text)
    wanted = str(len(lines) - WINDOW + 1) if wanted == "end" else wanted
    asked = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 1
    first = min(max(1, asked), max(1, len(lines)))
    shown = enumerate(lines[first - 1 : first - 1 + WINDOW], first)
    return Log([Line(number, [(_cut(line), False)]) for number, line in shown], len(lines), len(text), first)


def matching(text: str, search: str) -> Log:
    """The lines that contain ``search`` in whatever case, each with those around it."""
    lines = lines_of(text)
    pattern = re.compile(re.escape(search), re.IGNORECASE)
    places = [place for place, line in enumerate(lines) if pattern.search(line)]
    shown = list(_around(lines, places[:MOST_MATCHES], pattern))
    return Log(shown, len(lines), len(text), 1, len(places))


def _around(lines: list[str], places: list[int], pattern: re.Pattern[str]) -> Iterator[Line]:
    matches, told = set(places), -1
    for place in places:
        for near in range(max(told + 1, place - CONTEXT), min(len(lines), place + CONTEXT + 1)):
            gap = near > told + 1
            told = near
            pieces = pieces_of(lines[near], pattern) if near in matches else [(_cut(lines[near]), False)]
            yield Line(near + 1, pieces, near in matches, gap)


def pieces_of(line: str, pattern: re.Pattern[str]) -> list[tuple[str, bool]]:
    """A line cut where it matches; of a long line the part around its first match."""
    if len(line) > LONGEST_LINE and (found := pattern.search(line)):
        start = max(0, found.start() - LONGEST_LINE // 2)
        line = ("…" if start else "") + _cut(line[start:])
    pieces, last = [], 0
    for found in pattern.finditer(line):
        pieces += [(line[last : found.start()], False), (found.group(), True)]
        last = found.end()
    return [piece for piece in [*pieces, (line[last:], False)] if piece[0]]


def lines_of(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _cut(line: str) -> str:
    more = len(line) - LONGEST_LINE
    return line if more <= 0 else f"{line[:LONGEST_LINE]}… and {more:,} more characters"


def errors_in(text: str) -> list[int]:
    """The numbers of the lines that speak of an error, as far as words tell."""
    return [number for number, line in enumerate(lines_of(text), 1) if _is_error(line[:MOST_READ])]


def _is_error(line: str) -> bool:
    small = line.lower()
    return any(word in small for word in ERROR_WORDS) and bool(_ERROR.search(_NO_ERROR.sub("", line)))
