"""Two long texts, and in what they differ, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_WORDS = 1_000  # of each text: beyond, finding out takes longer than reading both
AROUND = 6  # words that are shown before and after a difference
WORDS = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: ``same``, ``gone`` from the first, ``new`` in the second, or ``cut`` out of the same."""

    kind: str
    text: str


def pieces(first: str, second: str) -> list[Piece]:
    """How ``second`` comes from ``first``; nothing where that would take too long or where nothing is alike."""
    old, new = WORDS.findall(first[:50_000]), WORDS.findall(second[:50_000])
    if max(len(old), len(new)) > MOST_WORDS:
        return []
    found: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            found += _shortened(old[a:b])
        else:
            found += [
                Piece(name, "".join(part)) for name, part in (("gone", old[a:b]), ("new", new[c:d])) if part
            ]
    return found if any(piece.kind == "same" for piece in found) else []


def _shortened(words: list[str]) -> list[Piece]:
    if len(words) <= 3 * AROUND:
        return [Piece("same", "".join(words))]
    before, after = "".join(words[:AROUND]), "".join(words[-AROUND:])
    return [Piece("same", before), Piece("cut", " … "), Piece("same", after)]
