"""What by its name is secret: the one rule for run directories, sources and crates."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

from run_directories.findings import FoundRun

HIDDEN = "***"
LONGEST_NAME = 255  # characters; of a longer one the end counts
_KEYS = (
    "api",
    "access",
    "private",
    "secret",
    "auth",
)  # before "key", which alone is a column or a place in a list
_STEMS = ("passw", "passphrase", "passcode", "secret", "credential", "token", "key")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRET_WORD = re.compile(
    rf".*passw.*|.*pass(phrase|code)|.*secrets?|.*credentials?|.*({'|'.join(_KEYS)})keys?"
)
_TOKEN = re.compile(r"(?!max|min|num).*tokens?")
_MEASURES = {
    "max",
    "min",
    "num",
    "n",
    "number",
    "count",
    "limit",
    "length",
    "size",
    "per",
    "total",
}  # of tokens
_GIVEN = re.compile(r"(?<![\w.-])(?:(--?[\w.-]+)(?:\s*=\s*|(?:\s|\\\n)+(?!-))|([\w.-]+)=)")
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'|\S+")
_IN_ADDRESS = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)")
_NOTHING = (None, "", False)


def confidential(run: FoundRun) -> FoundRun:
    """The run without secrets in its parameters and its command; a remark names what was left out."""
    parameters, hidden = without_secrets(run.parameters)
    said = f"These parameters were left out, as their names say that they are secret: {', '.join(hidden)}."
    return replace(
        run,
        parameters=parameters,
        run_command=command_without_secrets(run.run_command),
        remarks=(*run.remarks, said) if hidden else run.remarks,
    )


def without_secrets(parameters: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The parameters but for those whose names say that they are secret, at any depth, and the names of these."""
    hidden: list[str] = []
    return _kept(parameters, "", hidden), hidden


def command_without_secrets(text: str) -> str:
    """A command, or a log, with values of secret options and passwords in addresses replaced by stars.

    ``--token x``, ``--api-key=x``, ``password=x``, ``ftp://ada:x@example.org``. Only lines that may hold any are looked
    at closely: logs have megabytes, and runs a hundred thousand commands.
    """
    if not _may_hold_any(text):
        return text
    return "".join(_line_without_secrets(line) if _may_hold_any(line) else line for line in _lines(text))


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Whether a name says that what it names is secret: rather one too many.

    A ``key`` is secret only as an API's, a private one and the like; a token is none where tokens are counted.
    """
    words = [one.lower() for one in _WORD.findall(name[-LONGEST_NAME:])]
    if any(map(_SECRET_WORD.fullmatch, words)):
        return True
    if any(one in _KEYS and other in ("key", "keys") for one, other in pairwise(words)):
        return True
    return any(map(_TOKEN.fullmatch, words)) and _MEASURES.isdisjoint(words)


def _may_hold_any(text: str) -> bool:
    lower = text.lower()
    return any(stem in lower for stem in _STEMS) or ("://" in text and "@" in text)


def _lines(text: str) -> Iterator[str]:
    """The lines of a text; one that goes on behind a backslash is one with the next."""
    waiting = ""
    for line in text.splitlines(keepends=True):
        waiting += line
        if not line.endswith("\\\n"):
            yield waiting
            waiting = ""
    yield waiting


def _line_without_secrets(line: str) -> str:
    line = _IN_ADDRESS.sub(HIDDEN, line)
    shown, place = [], 0
    while given := _GIVEN.search(line, place):
        shown.append(line[place : given.end()])
        place = given.end()
        value = _VALUE.match(line, place) if is_secret(given[1] or given[2]) else None
        if value:
            shown.append(HIDDEN)
            place = value.end()
    return "".join([*shown, line[place:]])


def _kept(parameters: dict[str, Any], above: str, hidden: list[str]) -> dict[str, Any]:
    kept = {}
    for name, value in parameters.items():
        if is_secret(str(name)) and value not in _NOTHING:
            hidden.append(f"{above}{name}")
        else:
            kept[name] = _kept(value, f"{above}{name}.", hidden) if isinstance(value, dict) else value
    return kept
