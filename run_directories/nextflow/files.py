"""Which files belong to an execution: what its parameters name, its results, and what tells of it."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from run_directories.findings import FoundFile, Role
from run_directories.nextflow.config import option
from run_directories.nextflow.executions import Execution
from run_directories.nextflow.pipeline_info import NAME
from run_directories.reading import MEGABYTE, is_within, size_of, text_of
from run_directories.remarks import Remarks
from run_directories.scanning import scan

OUTDIRS = ("outdir", "out_dir", "output_dir", "output", "outputDir", "publish_dir", "results")
MOST_INPUTS = 10_000
_BRACES = re.compile(r"\{([^{}]*)\}")


def files_of(
    execution: Execution, directory: Path, parameters: dict[str, Any], has_results: bool, remarks: Remarks
) -> tuple[FoundFile, ...]:
    """The files, each in its first role; results only of the execution that wrote them last."""
    found = list(_told(execution, directory))
    results = results_directory(directory, parameters, execution.command)
    inputs = [
        path for path in named_files(parameters, directory) if results is None or not _below(path, results)
    ]
    found += [_file(path, directory, Role.INPUT) for path in inputs]
    if has_results and results is not None:
        found += _results(results, directory, remarks)
    elif results is not None:
        remarks.say("The results were left to the newest run of the directory.")
    return tuple({file.path: file for file in reversed(found)}.values())[::-1]


def results_directory(directory: Path, parameters: dict[str, Any], command: str) -> Path | None:
    """Where the results lie: as the parameters or ``-output-dir`` say, around ``pipeline_info``, or ``results``."""
    told = [option(command, "-output-dir", "-o"), *(str(parameters.get(name) or "") for name in OUTDIRS)]
    for name in told:
        if name and "://" not in name:
            found = [path for path in (directory / name, directory / Path(name).name) if path.is_dir()]
            within = [path for path in found if is_within(path, directory)]
            if within:
                return within[0]
    if (directory / NAME).is_dir():
        return directory
    if directory.name == NAME:
        return None
    around = sorted(path.parent for path in directory.glob(f"*/{NAME}"))
    return (
        around[0]
        if len(around) == 1
        else (directory / "results" if (directory / "results").is_dir() else None)
    )


def named_files(parameters: dict[str, Any], directory: Path) -> list[Path]:
    """The files below the directory that parameters name, by path or pattern, and those in a sheet of samples."""
    found: dict[Path, None] = {}
    for text in _texts(parameters):
        for path in _matching(text, directory):
            found[path] = None
            for named in _in_sheet(path, directory):
                found[named] = None
        if len(found) > MOST_INPUTS:
            break
    return list(found)[:MOST_INPUTS]


def _told(execution: Execution, directory: Path) -> Iterator[FoundFile]:
    leaving = execution.leaving
    if execution.log is not None:
        yield _file(execution.log.path, directory, Role.LOG)
    if leaving.trace is not None:
        yield _file(leaving.trace.path, directory, Role.LOG)
    for path in leaving.parameter_files:
        yield _file(path, directory, Role.PARAMETER)
    for path in leaving.files:
        yield _file(path, directory, Role.REPORT)
    named = option(execution.command, "-params-file")
    for name, role in ((named, Role.PARAMETER), ("nextflow.config", Role.CONFIG)):
        if name and (directory / name).is_file() and is_within(directory / name, directory):
            yield _file(directory / name, directory, role)


def _results(results: Path, directory: Path, remarks: Remarks) -> list[FoundFile]:
    """What was published, often as links into ``work``: seen from the whole directory they do not lead out."""
    place = results.relative_to(directory).as_posix()
    below = "" if place == "." else f"{place}/"
    entries = scan(directory, skip=("work", NAME), remarks=remarks)
    return [
        _output(directory / entry.relative, directory, entry.size)
        for entry in entries
        if entry.relative.startswith(below) and not _is_own(Path(entry.relative), not below)
    ]


def _output(path: Path, directory: Path, size: int) -> FoundFile:
    relative = path.relative_to(directory).as_posix()
    return FoundFile(path=path.absolute(), relative=relative, role=Role.OUTPUT, size=size)


def _is_own(path: Path, is_launch: bool) -> bool:
    return path.name.startswith(".nextflow.log") or (is_launch and path.suffix in (".nf", ".config"))


def _file(path: Path, directory: Path, role: Role) -> FoundFile:
    relative = path.relative_to(directory).as_posix()
    return FoundFile(path=path.absolute(), relative=relative, role=role, size=size_of(path))


def _below(path: Path, results: Path) -> bool:
    return results.resolve() in path.resolve().parents


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


def _matching(text: str, directory: Path) -> list[Path]:
    """The files of a path or of a pattern such as ``data/*_{1,2}.fq.gz``; none outside of the directory."""
    if not 0 < len(text) < 1000 or "://" in text or "\n" in text or ".." in text:
        return []
    own = str(directory.absolute())
    relative = text.removeprefix(own).lstrip("/") if text.startswith(own) else text
    if relative.startswith("/"):
        return []
    if not any(letter in relative for letter in "*?{["):
        return _within([directory / relative], directory)
    return _within(
        [path for one in _expanded(relative)[:50] for path in sorted(directory.glob(one))], directory
    )


def _within(paths: list[Path], directory: Path) -> list[Path]:
    return [path for path in paths if path.is_file() and is_within(path, directory)]


def _expanded(pattern: str) -> list[str]:
    found = _BRACES.search(pattern)
    if found is None:
        return [pattern]
    parts = [pattern[: found.start()] + part + pattern[found.end() :] for part in found[1].split(",")]
    return [one for part in parts[:20] for one in _expanded(part)]


def _in_sheet(path: Path, directory: Path) -> list[Path]:
    """The files that a sheet of samples names in its cells."""
    if path.suffix not in (".csv", ".tsv"):
        return []
    lines = text_of(path, directory, MEGABYTE).splitlines()
    cells = (
        cell for row in csv.reader(lines, delimiter="\t" if path.suffix == ".tsv" else ",") for cell in row
    )
    named = {cell for cell in cells if "/" in cell or "." in cell}
    return [found for cell in sorted(named) for found in _matching(cell, directory) if found != path]
