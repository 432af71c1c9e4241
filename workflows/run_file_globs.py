"""Patterns for paths as shells know them, as regular expressions that databases match in bounded time.

``*`` and ``?`` stand for what is in one part of a path, ``**`` for any number of parts, ``[ab]``, ``[a-z]`` and
``[!ab]`` for one letter. A pattern without ``/`` is for the name of a file, wherever it lies.

Every wildcard but the last of its kind takes the first place that fits: a later one can take whatever it leaves.
So nothing is tried twice, however many wildcards somebody writes; Python is told so by atomic groups, and
PostgreSQL, which has none, tries nothing twice by itself.
"""

import re

LONGEST = 500  # characters
_TOKENS = re.compile(r"\[!?\]?[^\]/]*\]|\*+|\?|[^*?\[]+|\[")


def regex_of(glob: str, *, atomic: bool) -> str:
    """The regular expression of a whole path. ``atomic`` is for an engine that tries again, as Python's does."""
    group = "(?>" if atomic else "(?:"
    parts = glob.split("/") if "/" in glob else ["**", glob]
    runs = _runs([part for part in parts if part])
    first, *others = runs
    told = "/".join(_part(one, group) for one in first)
    for number, run in enumerate(others):
        before = "/" if number == 0 and first else ""
        told += before + _anywhere(run, group, is_last=number == len(others) - 1)
    return rf"\A{told}\Z"


def _runs(parts: list[str]) -> list[list[str]]:
    """The parts between ``**``; several of them behind each other are one."""
    runs: list[list[str]] = [[]]
    for place, part in enumerate(parts):
        if part != "**":
            runs[-1].append(part)
        elif place == 0 or parts[place - 1] != "**":
            runs.append([])
    return runs


def _anywhere(run: list[str], group: str, *, is_last: bool) -> str:
    """Parts behind a ``**``, with the rest of the path where they are not the last."""
    told = "/".join(_part(one, group) for one in run)
    if is_last:
        return f"(?:[^/]+/)*{told}" if run else ".+"
    return f"{group}(?:[^/]+/)*?{told}/)"


def _part(part: str, group: str) -> str:
    """One part of a path."""
    pieces = [""]
    for token in _TOKENS.findall(part):
        if token.startswith("*"):
            pieces.append("")
        else:
            pieces[-1] += _letter(token)
    first, *others = pieces
    if not others:
        return first
    middle = "".join(f"{group}[^/]*?{one})" for one in others[:-1])
    return f"{first}{middle}[^/]*{others[-1]}"


def _letter(token: str) -> str:
    if token == "?":
        return "[^/]"
    if not token.startswith("[") or len(token) < 3:
        return re.escape(token)
    is_not = token[1] == "!"
    inside = token[2:-1] if is_not else token[1:-1]
    letters = "".join(_range(one) for one in re.findall(r".-.|.", inside, re.DOTALL))
    return f"[^/{letters}]" if is_not else f"[{letters}]" if letters else re.escape(token)


def _range(text: str) -> str:
    """A letter, or those from one to another, as they stand between brackets."""
    first, last = text[0], text[-1]
    if len(text) == 3 and first > last:
        return "".join(_quoted(one) for one in text)
    return f"{_quoted(first)}-{_quoted(last)}" if len(text) == 3 else _quoted(first)


def _quoted(letter: str) -> str:
    return f"\\{letter}" if letter in "\\]^-[&~|" else letter
