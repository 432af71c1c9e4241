"""Any Workflow Run RO-Crate, a folder or a zip, whatever made it.

Such a crate is registered by giving it to the server whole, which reads it better than any plan could tell it:
what is read here is enough to show a person which run it holds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rocrate_packages import METADATA_NAMES, PackageRefused, open_package, read_document
from run_directories.findings import Certainty, FoundRun, Verdict
from run_directories.rocrate.actions import NO_RUN, entities_of, is_run_crate, run_of
from run_directories.sniffers import NotThisEngine, Unreadable

ENGINE = "rocrate"


@dataclass(frozen=True, slots=True)
class RocrateSniffer:
    """Recognises crates that conform to a Workflow Run profile, and others that tell of an execution."""

    engine: str = ENGINE

    def look(self, directory: Path) -> Verdict:
        """SURE where a profile of runs is named, MAYBE for a crate that tells of an action all the same."""
        try:
            entities = self._entities(directory)
        except NotThisEngine as problem:
            return Verdict(self.engine, Certainty.NO, str(problem).rstrip("."))
        except (PackageRefused, OSError) as problem:
            return Verdict(self.engine, Certainty.NO, f"cannot be read: {problem}".rstrip("."))
        if is_run_crate(entities):
            return Verdict(self.engine, Certainty.SURE, "its metadata names a Workflow Run RO-Crate profile")
        if run_of(entities, directory) is not None:
            return Verdict(self.engine, Certainty.MAYBE, "it is an RO-Crate and tells of an execution")
        return Verdict(self.engine, Certainty.NO, NO_RUN)

    def read(self, directory: Path) -> tuple[FoundRun, ...]:
        """The one run that the crate is about. NotThisEngine, Unreadable."""
        try:
            run = run_of(self._entities(directory), directory)
        except (PackageRefused, OSError) as problem:
            raise Unreadable(f"{directory} cannot be read as an RO-Crate: {problem}") from problem
        if run is None:
            raise NotThisEngine(f"{directory}: {NO_RUN}.")
        return (run,)

    def _entities(self, directory: Path) -> Mapping[str, dict[str, Any]]:
        """The entities of the crate's metadata by their ids; NotThisEngine where there is no crate."""
        if not any(_is_there(directory)):
            raise NotThisEngine(f"there is no {METADATA_NAMES[0]}, and it is no zip of a crate.")
        if directory.is_dir():
            return entities_of(_document_of(directory))
        with open_package(directory) as package:
            return entities_of(read_document(package.metadata))


def is_crate(path: Path) -> bool:
    """Whether a folder or file may be a crate, by its names alone."""
    return any(_is_there(path))


def _is_there(directory: Path) -> Iterator[bool]:
    """Whether each sign of a crate is there: its metadata at the top or in a bag, or the first bytes of a zip."""
    if directory.is_dir():
        yield from (path.is_file() for path in _places(directory))
    elif directory.is_file():
        yield _begins_like_a_zip(directory) or directory.name in METADATA_NAMES


def _places(directory: Path) -> list[Path]:
    return [folder / name for name in METADATA_NAMES for folder in (directory, directory / "data")]


def _begins_like_a_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PK\x03\x04"
    except OSError:
        return False


def _document_of(directory: Path) -> Any:
    """The metadata of a folder, which is opened alone: what else lies there may be a hundred thousand files."""
    path = next(one for one in _places(directory) if one.is_file())
    with open_package(path) as package:
        return read_document(package.metadata)
