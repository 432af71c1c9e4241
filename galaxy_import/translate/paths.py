"""Where a dataset stands among the files of a run: places that follow from the workflow, and never change."""

import hashlib
import re

from galaxy_import.translate.reading import NAME, PATH, clean, cut

# What file systems, addresses and crates have a meaning of their own for.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|#%&{}\[\]\ufffd]+')
_UNNAMEABLE = re.compile(r"[\x00-\x1f\x7f\\/]+")
_LONGEST_PART = 120
_LONGEST_ENDING = 20
_ENDING = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")
_OWN_ENDING = re.compile(r"[^.]\.[A-Za-z][A-Za-z0-9]{0,9}(\.(gz|bz2|xz|zip|zst))?$")


def safe_part(name: str) -> str:
    """The name as one part of a path. One that had to be changed ends with letters that follow from it alone.

    So two names that look alike afterwards still differ, whichever comes first.
    """
    safe = _UNSAFE.sub("_", clean(name)).strip(" .")[:_LONGEST_PART].strip(" .")
    if safe == name and safe:
        return safe
    mark = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:6]
    return f"{safe}-{mark}" if safe else mark


def with_ending(path: str, extension: str) -> str:
    """The path with the ending of the dataset's format, if it does not end so already."""
    known = _ENDING.fullmatch(extension) and len(extension) <= _LONGEST_ENDING
    return path if not known or path.lower().endswith(f".{extension.lower()}") else f"{path}.{extension}"


def apart(path: str, identifier: str) -> str:
    """The path with a dataset's id before its ending: where another dataset has the path itself."""
    folder, slash, name = path.rpartition("/")
    stem, dot, ending = name.partition(".")
    return f"{folder}{slash}{stem[:_LONGEST_PART]}-{safe_part(identifier)}{dot}{ending}"


def file_name(name: str, extension: str) -> str:
    """What the file of a dataset is called: the dataset's name, with the ending of its format where it has none.

    A file that somebody uploaded as ``reads.tsv`` stays that, whatever Galaxy calls its format.
    """
    safe = _UNNAMEABLE.sub("_", clean(name)).strip() or "dataset"
    safe = f"_{safe}" if not safe.strip(".") else safe
    ending = "" if _OWN_ENDING.search(safe) else with_ending(safe, extension)[len(safe) :]
    return cut(safe, NAME - len(ending)) + ending


class Places:
    """Gives each dataset its place; a place that is taken, or too long, gets the dataset's id to its end."""

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}
        self._of: dict[tuple[str, str], str] = {}

    def place(self, source: tuple[str, str], parts: list[str], extension: str) -> str:
        """The path of a dataset, given its first parts; the same dataset always has one path."""
        if source not in self._of:
            path = with_ending("/".join(map(safe_part, parts)), extension)
            if len(path) > PATH or self._taken.get(path.lower(), source[1]) != source[1]:
                head = "/".join(map(safe_part, parts))[: PATH - 100].rstrip("/ .")
                path = with_ending(f"{head}-{safe_part(source[1])}", extension)
            self._taken[path.lower()] = source[1]
            self._of[source] = path
        return self._of[source]

    def of(self, source: tuple[str, str]) -> str:
        """The path that a dataset was given; empty for none."""
        return self._of.get(source, "")
