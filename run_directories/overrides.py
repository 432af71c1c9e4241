"""What a person says about a run, laid over what was sniffed: from ``runstead.yaml`` or a command's options."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from run_directories.findings import FoundFile, FoundRun, FoundWorkflow, Role
from run_directories.patterns import Glob, is_ignored
from run_directories.remarks import Remarks
from run_directories.scanning import scan

FILE_NAME = "runstead.yaml"
RUN_FIELDS = (
    "name",
    "description",
    "status",
    "message",
    "started_at",
    "completed_at",
    "run_command",
    "source_url",
    "external_id",
)
WORKFLOW_FIELDS = (
    "name",
    "version",
    "engine",
    "engine_version",
    "repository_url",
    "commit_hash",
    "license",
    "description",
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """What the files are that a pattern matches; empty names leave a file where it was."""

    glob: Glob
    role: Role
    dataset: str = ""
    collection: str = ""
    format: str = ""


@dataclass(frozen=True, slots=True)
class WorkflowOverrides:
    """What is said about the workflow; ``version_id`` is the registry's id of a version that is there already."""

    name: str = ""
    version: str = ""
    engine: str = ""
    engine_version: str = ""
    repository_url: str = ""
    commit_hash: str = ""
    license: str = ""
    description: str = ""
    version_id: str = ""


@dataclass(frozen=True, slots=True)
class Overrides:
    """What is said about a run; what is empty is left as it was sniffed.

    ``engine`` names the sniffer that is to read the directory. Of the ``patterns`` the last that matches a file
    decides, and ``ignore`` decides over them.
    """

    engine: str = ""
    name: str = ""
    description: str = ""
    status: str = ""
    message: str = ""
    started_at: datetime | None = None
    completed_at: datetime | None = None
    run_command: str = ""
    source_url: str = ""
    external_id: str = ""
    workflow: WorkflowOverrides = WorkflowOverrides()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    patterns: tuple[Pattern, ...] = ()
    ignore: tuple[Glob, ...] = ()

    def under(self, stronger: "Overrides") -> "Overrides":
        """These with the stronger ones laid over them: options over a file."""
        changed = _said(stronger, [one.name for one in fields(self) if one.name not in _JOINED])
        return replace(
            self,
            **changed,
            workflow=replace(self.workflow, **_said(stronger.workflow, [*WORKFLOW_FIELDS, "version_id"])),
            parameters={**self.parameters, **stronger.parameters},
            patterns=self.patterns + stronger.patterns,
            ignore=self.ignore + stronger.ignore,
        )


_JOINED = ("workflow", "parameters", "patterns", "ignore")


def lay_over(run: FoundRun, overrides: Overrides, root: Path) -> FoundRun:
    """The run as the person wants it told. With patterns, files that no sniffer named are looked for in ``root``."""
    changed = replace(run, **_said(overrides, RUN_FIELDS))
    remarks = Remarks()
    return replace(
        changed,
        status_basis="REPORTED" if overrides.status else run.status_basis,
        workflow=_workflow(run.workflow, overrides.workflow),
        parameters={**run.parameters, **overrides.parameters},
        files=tuple(_files(run, overrides, root, remarks)),
        remarks=(*run.remarks, *remarks.sentences()),
    )


def _said(overrides: Any, names: list[str] | tuple[str, ...]) -> dict[str, Any]:
    found = {name: getattr(overrides, name) for name in names}
    return {name: value for name, value in found.items() if value not in ("", None)}


def _workflow(found: FoundWorkflow | None, overrides: WorkflowOverrides) -> FoundWorkflow | None:
    said = _said(overrides, WORKFLOW_FIELDS)
    if not said:
        return found
    return replace(found or FoundWorkflow(name=said.get("name", "Workflow")), **said)


def _files(run: FoundRun, overrides: Overrides, root: Path, remarks: Remarks) -> Iterator[FoundFile]:
    for file in run.files:
        yield _judged(file, overrides)
    if overrides.patterns:
        yield from _further(run, overrides, root, remarks)


def _further(run: FoundRun, overrides: Overrides, root: Path, remarks: Remarks) -> Iterator[FoundFile]:
    """What lies in the directory, is named by a pattern, and was not found by the sniffer."""
    known = {file.path for file in run.files}
    for entry in scan(root, remarks=remarks):
        if entry.relative == FILE_NAME or is_ignored(entry.relative, overrides.ignore):
            continue
        pattern = _pattern_for(entry.relative, overrides)
        if pattern and pattern.role != Role.IGNORED and (path := root / entry.relative) not in known:
            yield _by_pattern(FoundFile(path, entry.relative, pattern.role, size=entry.size), pattern)


def _judged(file: FoundFile, overrides: Overrides) -> FoundFile:
    if is_ignored(file.relative, overrides.ignore):
        return replace(file, role=Role.IGNORED)
    pattern = _pattern_for(file.relative, overrides)
    return _by_pattern(file, pattern) if pattern else file


def _pattern_for(relative: str, overrides: Overrides) -> Pattern | None:
    for pattern in reversed(overrides.patterns):
        if pattern.glob.matches(relative):
            return pattern
    return None


def _by_pattern(file: FoundFile, pattern: Pattern) -> FoundFile:
    return replace(
        file,
        role=pattern.role,
        dataset=pattern.dataset or file.dataset,
        collection=pattern.collection or file.collection,
        format=pattern.format or file.format,
    )
