"""Who recognises what: the sniffers of this package and of others, asked in order of their certainty.

Another distribution brings its own through the entry point group ``runstead.sniffers``: the entry's name is the
engine's, its value a class or function that makes a ``Sniffer`` and takes nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Protocol

from run_directories.findings import Certainty, FoundRun, Verdict
from run_directories.secrets import confidential

GROUP = "runstead.sniffers"
# Of equally certain ones the first is taken: who reads the engine's own traces before who reads what is exported.
# They are named, not imported, so that a command that sniffs nothing loads none of them.
BUILT_IN = {
    "snakemake": "run_directories.snakemake:SnakemakeSniffer",
    "nextflow": "run_directories.nextflow:NextflowSniffer",
    "cwl": "run_directories.cwl:CwlSniffer",
    "galaxy": "run_directories.galaxy:GalaxySniffer",
    "torc": "run_directories.torc:TorcSniffer",
    "rocrate": "run_directories.rocrate:RocrateSniffer",
    "generic": "run_directories.generic:GenericSniffer",
}


class NotThisEngine(Exception):
    """The directory holds no run of the engine; ``str()`` is a sentence that says why."""


class NotRecognised(NotThisEngine):
    """No sniffer knows the directory, or none bears the name that was asked for."""


class Unreadable(Exception):
    """The directory is of the engine but cannot be read; ``str()`` is a sentence that says why."""


class Sniffer(Protocol):
    """What recognises the directories of an engine. The directory may also be a file, such as a zipped crate.

    ``engine`` is the name by which it is asked for, in lower case.
    """

    engine: str

    def look(self, directory: Path) -> Verdict:
        """How sure it is; cheap, as it looks at a few names and opens at most a small file or two."""

    def read(self, directory: Path) -> tuple[FoundRun, ...]:
        """The runs of the directory, the newest first, at least one. NotThisEngine, Unreadable."""


class BrokenSniffer:
    """Stands in for a sniffer that could not be loaded, and says so when it is asked."""

    def __init__(self, engine: str, problem: Exception) -> None:
        self.engine = engine
        self.reason = f"its sniffer could not be loaded ({_told(problem)}); update or remove its package"

    def look(self, directory: Path) -> Verdict:
        """It recognises nothing, and gives the reason."""
        return Verdict(self.engine, Certainty.NO, self.reason)

    def read(self, directory: Path) -> tuple[FoundRun, ...]:
        """It reads nothing. Unreadable."""
        raise Unreadable(f"{directory} cannot be read as {self.engine}: {self.reason}.")


def all_sniffers() -> list[Sniffer]:
    """Every sniffer, ours first and ``generic`` last. One that cannot be loaded is a BrokenSniffer."""
    others = {entry.name: entry.load for entry in entry_points(group=GROUP) if entry.name not in BUILT_IN}
    sniffers = [_made(name, partial(_imported, place)) for name, place in BUILT_IN.items()]
    return sniffers[:-1] + [_made(name, load) for name, load in sorted(others.items())] + sniffers[-1:]


def verdicts(directory: Path) -> list[tuple[Sniffer, Verdict]]:
    """What each sniffer thinks of the directory, the most certain first. Unreadable where there is none."""
    _check_is_there(directory)
    asked = [(sniffer, _verdict(sniffer, directory)) for sniffer in all_sniffers()]
    return sorted(asked, key=lambda pair: -pair[1].certainty)


def sniff(directory: Path, engine: str = "") -> tuple[FoundRun, ...]:
    """The runs of the directory, the newest first, read by the most certain sniffer, or by that of ``engine``.

    NotRecognised where there is no such sniffer or nobody knows the directory; Unreadable where the one that
    knows it fails: a less certain one would tell another story.
    """
    if engine:
        _check_is_there(directory)
        return _read(_named(engine), directory)
    told = [pair for pair in verdicts(directory) if pair[1].certainty > Certainty.NO]
    refusals = []
    for sniffer, _ in told:
        try:
            return _read(sniffer, directory)
        except NotThisEngine as problem:
            refusals.append(str(problem))
    raise NotRecognised(" ".join(refusals) or _nobody(directory))


def _made(name: str, load: Callable[[], Any]) -> Sniffer:
    """The sniffer, whatever goes wrong while foreign code is loaded."""
    try:
        sniffer: Sniffer = load()()
        _check_shape(sniffer)
    except Exception as problem:
        return BrokenSniffer(name, problem)
    return sniffer


def _imported(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def _check_shape(sniffer: Any) -> None:
    for name in ("engine", "look", "read"):
        if not hasattr(sniffer, name):
            raise TypeError(f"it has no {name!r}")


def _named(engine: str) -> Sniffer:
    sniffers = {sniffer.engine.lower(): sniffer for sniffer in all_sniffers()}
    if found := sniffers.get(engine.strip().lower()):
        return found
    raise NotRecognised(f"There is no sniffer called {engine!r}; there are {', '.join(sorted(sniffers))}.")


def _verdict(sniffer: Sniffer, directory: Path) -> Verdict:
    try:
        return sniffer.look(directory)
    except Exception as problem:  # foreign code: what one does not understand, another may
        return Verdict(sniffer.engine, Certainty.NO, f"could not look: {_told(problem)}")


def _read(sniffer: Sniffer, directory: Path) -> tuple[FoundRun, ...]:
    try:
        found = sniffer.read(directory)
        runs = tuple(confidential(replace(run, source=run.source or sniffer.engine)) for run in found)
    except (NotThisEngine, Unreadable):
        raise
    except Exception as problem:
        raise Unreadable(f"{directory} could not be read as {sniffer.engine}: {_told(problem)}.") from problem
    if not runs:
        raise NotThisEngine(f"{directory} holds no run of {sniffer.engine}.")
    return runs


def _check_is_there(directory: Path) -> None:
    if not directory.exists():
        raise Unreadable(f"{directory} does not exist; name the directory of a run.")


def _nobody(directory: Path) -> str:
    return (
        f"Nothing in {directory} was left by an engine that is known here. Name the engine, or say in a "
        f"runstead.yaml beside the run which of its files are what."
    )


def _told(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}" if str(problem) else type(problem).__name__
