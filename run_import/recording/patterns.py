"""Which files of a run are wanted, by their paths. No Django."""

import fnmatch
from collections.abc import Iterable


def fits(path: str, patterns: Iterable[str]) -> bool:
    """Whether any of the patterns is for this path: as in a shell, where ``*`` stands for ``/``, too."""
    return any(fnmatch.fnmatchcase(path, one) for one in patterns)
