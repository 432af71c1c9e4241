"""The files of the workflow: the Snakefile, what it includes, its scripts and environments."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from run_directories.findings import WorkflowFile
from run_directories.reading import MEGABYTE, is_within, text_of

# Where Snakemake itself looks when no Snakefile is named.
PLACES = ("Snakefile", "snakefile", "workflow/Snakefile", "workflow/snakefile")
_NAMED = re.compile(
    r"""^[ \t]*(include|configfile|script|notebook|conda|caption|snakefile|report|workdir)[ \t]*[:=]\s*
    (f?)(["'])(.+?)\3""",
    re.MULTILINE | re.VERBOSE,
)
_WORKFLOWS = frozenset({"include", "snakefile"})
_BESIDE = {"README": "README", "LICENSE": "LICENSE", "LICENCE": "LICENSE", "COPYING": "LICENSE"}
_MOST = 500  # files


@dataclass(slots=True)
class Sources:
    """``main`` and the files with their paths in the version; ``configfiles`` as the Snakefiles name them."""

    root: Path
    main: Path
    files: list[WorkflowFile] = field(default_factory=list)
    configfiles: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)  # named, and not to be had here

    @property
    def digest(self) -> str:
        """Tells one state of the files from another."""
        summed = hashlib.sha256()
        for file in sorted(self.files, key=lambda file: file.relative):
            summed.update(file.relative.encode() + b"\0" + hashlib.sha256(file.path.read_bytes()).digest())
        return summed.hexdigest()


def find_snakefile(directory: Path, told: str, run_directory: str) -> Path | None:
    """The Snakefile: where the log says it was, there below this directory, or where it usually lies."""
    for place in _candidates(directory, told, run_directory):
        if place.is_file():
            return place.resolve()
    return None


def _candidates(directory: Path, told: str, run_directory: str) -> Iterator[Path]:
    if told and run_directory and told.startswith(run_directory.rstrip("/") + "/"):
        yield directory / told[len(run_directory.rstrip("/")) + 1 :]  # the directory may have moved since
    elif told and "://" not in told:
        yield directory / told
    for place in PLACES:
        yield directory / place


def read_sources(main: Path, root: Path) -> Sources:
    """All that can be found from the Snakefile, as far as it is named by plain text."""
    found = Sources(root, main)
    waiting, seen = [(main, "MAIN")], {main}
    while waiting and len(found.files) < _MOST:
        path, file_type = waiting.pop(0)
        found.files.append(WorkflowFile(path, path.relative_to(root).as_posix(), file_type))
        if file_type == "MAIN" or path.suffix in ("", ".smk", ".snakefile", ".rules"):
            waiting += _named(path, found, seen)
    found.files += _beside(root, seen)
    return found


def _named(path: Path, found: Sources, seen: set[Path]) -> Iterator[tuple[Path, str]]:
    """Paths in a Snakefile are relative to it, those of configuration files to where the engine ran."""
    for keyword, is_formatted, _, name in _NAMED.findall(text_of(path, found.root, MEGABYTE)):
        if keyword == "configfile":
            found.configfiles.append(name)
        elif keyword not in ("workdir", "report") and not is_formatted:
            yield from _here(path.parent / name, keyword, name, found, seen)


def _here(
    place: Path, keyword: str, name: str, found: Sources, seen: set[Path]
) -> Iterator[tuple[Path, str]]:
    target = place.resolve()
    if target in seen:
        return
    if "{" in name or not target.is_file() or not is_within(target, found.root):
        if keyword in _WORKFLOWS:
            found.elsewhere.append(name)
        return
    seen.add(target)
    yield target, "OTHER"


def _beside(root: Path, seen: set[Path]) -> Iterator[WorkflowFile]:
    for path in sorted(root.iterdir()):
        stem = path.name.partition(".")[0].upper()
        if stem in _BESIDE and path.is_file() and path not in seen and is_within(path, root):
            yield WorkflowFile(path, path.name, _BESIDE[stem])
