"""Which files make a version of a workflow, and what each is to it."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from runstead_cli.errors import Failure

TYPES = ("MAIN", "CONFIG", "PARAMETER", "README", "LICENSE", "TEST", "OTHER")
MOST = 1000

_MAIN_NAMES = {"Snakefile": "SNAKEMAKE", "main.nf": "NEXTFLOW", "main.cwl": "CWL", "main.wdl": "WDL"}
_ENGINES = {".smk": "SNAKEMAKE", ".nf": "NEXTFLOW", ".cwl": "CWL", ".ga": "GALAXY", ".wdl": "WDL"}
_CONFIGS = ("nextflow.config", "config.yaml", "config.yml", "config.json")


@dataclass(frozen=True, slots=True)
class WorkflowFile:
    """A file: where it lies, its path in the version, what it is to it, and the engine that its name tells."""

    place: Path
    path: str
    type: str = "OTHER"
    engine: str = ""


def collect(
    paths: Sequence[Path], main: Path | None = None, types: dict[str, str] | None = None
) -> list[WorkflowFile]:
    """All files below the paths, each once; one of them is the main one."""
    named = main.resolve() if main else None
    root = _root(paths)
    found = {file.path: file for path in paths for file in _below(path.absolute(), root)}
    if len(found) > MOST:
        raise Failure(f"{len(found)} files are too many for a workflow; name those that belong to it.")
    files = [_typed(file, types or {}) for file in found.values()]
    chosen = (
        next((file for file in files if file.place.resolve() == named), None) if named else _main_of(files)
    )
    if named and chosen is None:
        raise Failure(f"{main} is not among the files that are given.")
    return [replace(file, type="MAIN") if file is chosen else file for file in files]


def _root(paths: Sequence[Path]) -> Path:
    """What the paths in the version begin below: the nearest directory that holds all that is given."""
    return Path(
        os.path.commonpath([path.absolute() if path.is_dir() else path.absolute().parent for path in paths])
    )


def _below(path: Path, root: Path) -> Iterator[WorkflowFile]:
    """A file, or what lies in a directory, without what is hidden and what leads out."""
    if path.is_file():
        yield _file(path, path.relative_to(root).as_posix())
        return
    for place in sorted(path.rglob("*")):
        hidden = any(part.startswith((".", "__pycache__")) for part in place.relative_to(path).parts)
        if place.is_file() and not place.is_symlink() and not hidden:
            yield _file(place, place.relative_to(root).as_posix())


def _file(place: Path, path: str) -> WorkflowFile:
    engine = _MAIN_NAMES.get(place.name) or _ENGINES.get(place.suffix, "")
    return WorkflowFile(place, path, engine=engine)


def _typed(file: WorkflowFile, types: dict[str, str]) -> WorkflowFile:
    if file.path in types:
        return replace(file, type=types[file.path])
    stem = file.place.stem.upper()
    if stem in ("README", "LICENSE"):
        return replace(file, type=stem)
    if file.place.name in _CONFIGS:
        return replace(file, type="CONFIG")
    return replace(file, type="TEST") if file.path.split("/")[0] in ("test", "tests") else file


def _main_of(files: list[WorkflowFile]) -> WorkflowFile | None:
    """The one that is said to be it, else that of a well-known name nearest to the top, else the one of an engine."""
    said = [file for file in files if file.type == "MAIN"]
    well_known = sorted(
        (f for f in files if f.place.name in _MAIN_NAMES), key=lambda file: file.path.count("/")
    )
    of_engine = [file for file in files if file.engine]
    if said or well_known:
        return (said or well_known)[0]
    return of_engine[0] if len(of_engine) == 1 else None
