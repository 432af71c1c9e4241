"""Whether the engine is still at work in a directory, as far as this machine can tell."""

import os
from pathlib import Path

_PROC = Path("/proc")


def is_at_work(directory: Path) -> bool | None:
    """Whether a process of Snakemake runs in the directory here; None where processes cannot be looked at."""
    if not (_PROC / "self" / "cmdline").exists():
        return None
    real = os.path.realpath(directory)
    try:
        places = [place for place in _PROC.iterdir() if place.name.isdecimal()]
    except OSError:  # this process may look at nothing but the directory
        return None
    return any(_is_ours(place, real) for place in places)


def _is_ours(place: Path, real: str) -> bool:
    try:
        words = (place / "cmdline").read_bytes().split(b"\0")
        # The engine itself or what it started in Python: `python …/snakemake …`, `python -m snakemake …`.
        is_engine = any(word.rpartition(b"/")[2] == b"snakemake" for word in words[:3])
        return is_engine and os.readlink(place / "cwd") == real
    except OSError:  # gone by now, or another user's
        return False
