"""The escapes by which programs colour a terminal (ECMA-48): left out, or told as names of classes. Never as HTML.

Of a line that was written over (``\\r``) what stood last is told. Whatever else no screen shows becomes ``�``.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html import escape

ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[PX^_][^\x1b\n]*\x1b\\|[ -/]+[0-~]|[0-~])"
)
_COLOURS = re.compile(r"\x1b\[([0-9;:]*)m")  # "select graphic rendition", section 8.3.117
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_BASIC = (
    (0, 0, 0),
    (187, 0, 0),
    (0, 187, 0),
    (187, 187, 0),
    (0, 0, 187),
    (187, 0, 187),
    (0, 187, 187),
    (187,) * 3,
)
_SWITCHES = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse", 9: "strike"}
_OFF = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("inverse",), 29: ("strike",)}

MOST_NUMBERS = 200  # characters of one escape; what nobody means is not read to its end

Pieces = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Style:
    """How letters look: names of colours, and what is switched on."""

    front: str = ""
    back: str = ""
    on: tuple[str, ...] = ()

    @property
    def classes(self) -> str:
        """The classes that a page gives to such letters."""
        colours = [f"ansi-{name}" for name in (self.front,) if name]
        colours += [f"ansi-on-{name}" for name in (self.back,) if name]
        return " ".join([*colours, *(f"ansi-{name}" for name in self.on)])


PLAIN = Style()


def readable(text: str) -> str:
    """A text without escapes, as it would be read."""
    plain = ESCAPES.sub("", text.replace("\r\n", "\n"))
    lines = (_last_written(line) for line in plain.split("\n")) if "\r" in plain else plain.split("\n")
    return _UNSEEN.sub("�", "\n".join(lines))


def style_after(text: str, style: Style = PLAIN) -> Style:
    """How letters look that come behind this text, if they looked like ``style`` before it."""
    for found in _COLOURS.finditer(text):
        style = changed(style, found[1])
    return style


def coloured(lines: Iterable[str], style: Style = PLAIN) -> Iterator[Pieces]:
    """Each line, without its end, in pieces: (text, classes). A colour holds until it is changed."""
    for line in lines:
        last = _last_written(line)
        style = style_after(line[: len(line) - len(last)].rstrip("\r"), style)
        pieces, style = _pieces(last.rstrip("\r"), style)
        yield pieces


def as_html(lines: Iterable[str], style: Style = PLAIN) -> Iterator[str]:
    """Each line as HTML: spans with classes around text in which nothing is left that could be a tag."""
    for pieces in coloured(lines, style):
        yield "".join(
            f'<span class="{classes}">{escape(text)}</span>' if classes else escape(text)
            for text, classes in pieces
        )


def changed(style: Style, numbers: str) -> Style:
    """The style after an escape with these numbers; what is not known changes nothing."""
    told = re.split("[;:]", numbers[:MOST_NUMBERS])
    given = [int(one) if one.isdecimal() and len(one) < 6 else 0 for one in told]
    while given:
        number = given.pop(0)
        many = number in (38, 48)
        style = _with_colour(style, number == 38, _chosen(given)) if many else _switched(style, number)
    return style


def _switched(style: Style, number: int) -> Style:
    if number == 0:
        return PLAIN
    if number in _SWITCHES:
        return replace(style, on=tuple(sorted({*style.on, _SWITCHES[number]})))
    if number in _OFF:
        return replace(style, on=tuple(one for one in style.on if one not in _OFF[number]))
    if number in (39, 49):
        return _with_colour(style, number == 39, "")
    for first, bright in ((30, ""), (90, "bright-")):
        for behind in (0, 10):
            if first + behind <= number <= first + behind + 7:
                return _with_colour(style, not behind, bright + _NAMES[number - first - behind])
    return style


def _with_colour(style: Style, is_front: bool, name: str) -> Style:
    return replace(style, front=name) if is_front else replace(style, back=name)


def _chosen(given: list[int]) -> str:
    """The colour of ``5;n`` or ``2;r;g;b``, which are taken off; of many colours the nearest that has a name."""
    kind = given.pop(0) if given else 0
    if kind == 5 and given:
        return _of_256(given.pop(0))
    if kind == 2 and len(given) >= 3:
        parts, given[:3] = tuple(min(255, one) for one in given[:3]), []
        return _nearest(parts)
    return ""


def _of_256(number: int) -> str:
    """A colour of the table of 256: eight, eight bright ones, a cube of six by six by six, greys."""
    if number < 16:
        return ("bright-" if number > 7 else "") + _NAMES[number % 8]
    if number < 232:
        cube = number - 16
        return _nearest(tuple(51 * part for part in (cube // 36, cube // 6 % 6, cube % 6)))
    return "black" if number < 240 else "bright-black" if number < 248 else "white"


def _nearest(parts: tuple[int, ...]) -> str:
    def distance(place: int) -> int:
        return sum((one - other) ** 2 for one, other in zip(parts, _BASIC[place], strict=True))

    return _NAMES[min(range(8), key=distance)]


def _last_written(line: str) -> str:
    return line.rstrip("\r").rpartition("\r")[2]


def _pieces(line: str, style: Style) -> tuple[Pieces, Style]:
    pieces: Pieces = []
    last = 0
    for found in ESCAPES.finditer(line):
        _add(pieces, line[last : found.start()], style)
        last = found.end()
        if colour := _COLOURS.fullmatch(found[0]):
            style = changed(style, colour[1])
    _add(pieces, line[last:], style)
    return pieces, style


def _add(pieces: Pieces, text: str, style: Style) -> None:
    if text:
        pieces.append((_UNSEEN.sub("�", text), style.classes))
