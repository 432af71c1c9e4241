"""Names of runs: ``name.major``, of a restart ``name.major.minor``; and which run a restart restarts."""

import re
from collections.abc import Callable, Iterable, Iterator

from run_sources.reana.reading import Json, text
from run_sources.reana.values import RunName

_NUMBERED = re.compile(r"(?P<name>.+)\.(?P<major>\d{1,9})")
_TWICE = re.compile(r"(?P<name>.+)\.(?P<major>\d{1,9})\.(?P<minor>\d{1,9})")


def readings(full: str) -> Iterator[RunName]:
    """What a name may mean: ``a.1.2`` is the second restart of ``a.1``, or the second run of ``a.1``."""
    if found := _TWICE.fullmatch(full):
        yield RunName(found["name"], int(found["major"]), int(found["minor"]))
    if found := _NUMBERED.fullmatch(full):
        yield RunName(found["name"], int(found["major"]))
    else:
        yield RunName(full)


def place_among(full: str, run_id: str, runs_named: Callable[[str], Iterable[Json]]) -> tuple[RunName, str]:
    """What the name of a run means, and the UUID of the run that it restarts, empty for none.

    The server is asked for the runs of the shorter name: it is a restart if it is among them. What it restarts is the
    one of them, of the same owner, that has the number without its last part; all restarts of a run share that one's
    workspace, and which of them was begun from which is told nowhere.
    """
    first, *others = readings(full)
    if first.minor is None:
        return first, ""
    runs = list(runs_named(first.name))
    own = next((run for run in runs if text(run, "id").lower() == run_id), None)
    if own is None:
        return others[0], ""
    return first, _original(first, own, runs)


def _original(name: RunName, own: Json, runs: list[Json]) -> str:
    owner = text(own, "owner_email")
    found = [run for run in runs if text(run, "name") == name.original and text(run, "owner_email") == owner]
    return text(found[0], "id").lower() if len(found) == 1 else ""
