"""Takes apart the lists of a log: ``a.txt, b.txt`` and ``sample=A, unit=1``. Names and values may hold commas."""

import re
from collections.abc import Container, Iterator

_LONGEST = 12  # so many commas in one name are not looked for
_KEY = re.compile(r"[A-Za-z_]\w*=")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def split_names(text: str, known: Container[str] = ()) -> list[str]:
    """The names of a list. Where ``known`` holds a name with commas in it, it is taken as one."""
    parts = text.split(", ") if text else []
    names, place = [], 0
    while place < len(parts):
        name, place = _name_at(parts, place, known)
        names.append(name)
    return names


def _name_at(parts: list[str], place: int, known: Container[str]) -> tuple[str, int]:
    for end in range(place + 1, min(len(parts), place + _LONGEST) + 1):
        if (name := ", ".join(parts[place:end])) in known:
            return name, end
    return parts[place], place + 1


def split_pairs(text: str) -> dict[str, str]:
    """The values of ``name=value, name=value``. A part without a name belongs to the value before it."""
    pairs: dict[str, str] = {}
    name = ""
    for part in text.split(", ") if text else []:
        if _KEY.match(part):
            name, _, pairs[name] = part.partition("=")
        elif name:
            pairs[name] += f", {part}"
    return pairs


def folders_of(name: str) -> Iterator[str]:
    """The directories around a name, the nearest first: ``a/b`` and ``a`` of ``a/b/c.txt``."""
    end = name.rfind("/")
    while end > 0:
        yield name[:end]
        end = name.rfind("/", 0, end)


def number(text: str) -> int | float | None:
    """The number that a text says, or none."""
    if not _NUMBER.fullmatch(text.strip()):
        return None
    return float(text) if "." in text else int(text)
