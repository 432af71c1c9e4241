"""Names of entries: which are refused, and how the identifiers of a crate lead to them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from rocrate_packages.limits import Limits, PackageRefused

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")
_ODD_PART = re.compile(r"(?:^|/)(?:\.{0,2})(?:/|$)")  # empty, "." or "..": also a slash at either end
_HARMLESS = re.compile(r"(?:[\w-][\w.+@=, -]*/)*[\w-][\w.+@=, -]*", re.ASCII)  # as nearly all names are
_SHOWN = 120


def shown(name: str) -> str:
    """A name as a sentence may hold it: quoted, control characters spelt out, not too long."""
    return ascii(name) if len(name) <= _SHOWN else ascii(name[:_SHOWN]) + "…"


def normal(name: str) -> str:
    """The form in which names are compared: letters with accents are composed."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


class NameCheck:
    """Refuses names that lead out, that systems read differently, or that stand for two things at once."""

    def __init__(self, limits: Limits) -> None:
        self._longest = limits.name
        self._files: dict[str, str] = {}
        self._folders: set[str] = set()

    def file(self, name: str) -> None:
        """Take the name of a file; raises ``PackageRefused``."""
        self._refuse_odd(name)
        key = _folded(name)
        if key in self._files:
            raise PackageRefused(_collision(self._files[key], name))
        if key in self._folders:
            raise PackageRefused(f"The entry {shown(name)} is both a file and a folder. {_PACK_ANEW}")
        self._files[key] = name
        self._add_folder(key.rpartition("/")[0], name)

    def folder(self, name: str) -> None:
        """Take the name of a folder, without the slash at its end; raises ``PackageRefused``."""
        self._refuse_odd(name)
        self._add_folder(_folded(name), name)

    def _refuse_odd(self, name: str) -> None:
        is_long = len(name) > self._longest
        if not is_long and _HARMLESS.fullmatch(name):
            return
        problem = _problem(name) or ("is too long" if is_long else "")
        if problem:
            raise PackageRefused(f"The name of the entry {shown(name)} {problem}. {_PACK_ANEW}")

    def _add_folder(self, key: str, name: str) -> None:
        while key and key not in self._folders:
            if key in self._files:
                raise PackageRefused(
                    f"The entry {shown(self._files[key])} is a file, but {shown(name)} needs a folder there. "
                    f"{_PACK_ANEW}"
                )
            self._folders.add(key)
            key = key.rpartition("/")[0]


_PACK_ANEW = "Pack the crate again with plain names of files."


def _problem(name: str) -> str:
    if name.startswith("/"):
        return "is absolute"
    if "\\" in name:
        return "has a backslash, which some systems take for a folder"
    if _CONTROL.search(name):
        return "has control characters"
    if _DRIVE.match(name):
        return "begins with the letter of a drive"
    if _ODD_PART.search(name):
        return "leads out of the package" if ".." in name.split("/") else "has empty or '.' parts"
    return ""


def _folded(name: str) -> str:
    return name.lower() if name.isascii() else normal(name).casefold()


def _collision(first: str, second: str) -> str:
    if first == second:
        return f"There are two entries named {shown(first)}; nobody can say which one counts. {_PACK_ANEW}"
    return (
        f"The entries {shown(first)} and {shown(second)} are one file where systems do not tell letters "
        f"apart. {_PACK_ANEW}"
    )


class Finder:
    """Leads from an ``@id`` to the name of an entry, by exact match only: nothing is resolved or opened."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {normal(name): name for name in names}

    def __call__(self, identifier: str) -> str | None:
        """The entry's name; None for what is no entry. Identifiers may be percent-encoded or not."""
        plain = identifier.removeprefix("./")
        return self._names.get(normal(plain)) or self._names.get(normal(unquote(plain)))


def below(names: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """The entries in a folder (a path that ends with a slash, or nothing), named from there."""
    if not folder:
        return dict(names)
    start = len(folder)
    return {name[start:]: one for name, one in names.items() if name.startswith(folder)}
