"""Patterns of paths as ``.gitignore`` knows them. Nothing here touches a disk.

``*.bam`` is a name at any depth; ``results/*.bam`` and ``/x`` begin at the run's directory; ``**`` crosses
directories; ``tmp/`` and every other pattern that names a directory hold for all that lies below it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern made ready: ``is_negative`` where it began with ``!``."""

    text: str
    expression: re.Pattern[str]
    is_negative: bool = False

    @classmethod
    def of(cls, text: str) -> "Glob":
        """Make a pattern ready; ValueError with a sentence for one that says nothing or is not well formed."""
        is_negative = text.startswith("!")
        pattern = text[1:] if is_negative else text
        if not pattern.strip("/ "):
            raise ValueError(f"{text!r} matches nothing: write a pattern such as *.bam or results/**")
        try:
            return cls(text, re.compile(_expression(pattern), re.DOTALL), is_negative)
        except re.error as problem:
            raise ValueError(f"{text!r} is no pattern: {problem}") from problem

    def matches(self, relative: str) -> bool:
        """Whether a file's path, relative and with ``/``, is meant; a ``!`` is not looked at."""
        return self.expression.fullmatch(relative) is not None


def is_ignored(relative: str, globs: Sequence[Glob]) -> bool:
    """Whether the last of the patterns that match says so; one with ``!`` takes the path back."""
    for glob in reversed(globs):
        if glob.matches(relative):
            return not glob.is_negative
    return False


def _expression(pattern: str) -> str:
    # Only below a directory, when a slash ends it; the directory itself is no file.
    tail = "/.*" if pattern.endswith("/") else "(?:/.*)?"
    stripped = pattern.rstrip("/")
    anchored = "/" in stripped
    body = _translated(stripped.removeprefix("./").removeprefix("/"))
    return f"{'' if anchored else '(?:.*/)?'}{body}{tail}"


def _translated(pattern: str) -> str:
    found, place = [], 0
    while place < len(pattern):
        part, place = _part(pattern, place)
        found.append(part)
    return "".join(found)


def _part(pattern: str, place: int) -> tuple[str, int]:
    """The expression of what stands at this place, and the place behind it."""
    if pattern.startswith("**/", place) and _begins_part(pattern, place):
        return "(?:.*/)?", place + 3
    if pattern.startswith("**", place):
        return ".*", place + 2
    letter = pattern[place]
    if letter == "[" and (end := pattern.find("]", place + 2)) > 0:
        return _set(pattern[place + 1 : end]), end + 1
    if letter == "\\" and place + 1 < len(pattern):
        return re.escape(pattern[place + 1]), place + 2
    return {"*": "[^/]*", "?": "[^/]"}.get(letter, re.escape(letter)), place + 1


def _begins_part(pattern: str, place: int) -> bool:
    return place == 0 or pattern[place - 1] == "/"


def _set(inside: str) -> str:
    """A set of characters; ``!`` turns it round. No set matches a ``/``."""
    turned = inside[0] in "!^"
    letters = inside[turned:].replace("\\", "\\\\").replace("[", "\\[").replace("^", "\\^")
    letters = re.sub(r"([&~|])", r"\\\1", letters).replace("--", "\\--")
    return f"(?!/)[{'^' if turned else ''}{letters}]"
