"""The text of a log on a terminal: nothing in it may steer the terminal, colours only if they are wanted."""

import codecs
import re
from collections.abc import Iterable, Iterator

from runstead_cli.output import clean

_COLOUR = re.compile(r"(\x1b\[[0-9;:]*m)")
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
RESET = "\x1b[0m"


def harmless(line: str, *, colours: bool = False) -> str:
    """A line without what could steer a terminal; with its colours, if they are wanted."""
    if not colours:
        return clean(_ESCAPE.sub("", line))
    parts = _COLOUR.split(line)  # every second one is a colour
    kept = "".join(part if place % 2 else clean(_ESCAPE.sub("", part)) for place, part in enumerate(parts))
    return kept + RESET if len(parts) > 1 else kept


def lines_of(pieces: Iterable[bytes]) -> Iterator[str]:
    """The lines of a text in UTF-8 that comes in pieces, without their ends."""
    decoder, rest = codecs.getincrementaldecoder("utf-8")("replace"), ""
    for piece in pieces:
        *lines, rest = (rest + decoder.decode(piece)).split("\n")
        yield from (line.removesuffix("\r") for line in lines)
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest
