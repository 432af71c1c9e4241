"""What was found in a directory, as frozen values in the words of the registry's API. Nothing here reads a file."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Any


class Certainty(IntEnum):
    """How sure a sniffer is that a directory is one of its engine's."""

    NO = 0
    MAYBE = 1
    LIKELY = 2
    SURE = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a sniffer thinks of a directory, and what it goes by."""

    engine: str
    certainty: Certainty
    reason: str


class Role(StrEnum):
    """What a file is to a run: a data type of the registry, a file of the workflow itself, or neither."""

    INPUT = "INPUT"
    OUTPUT = "OUTPUT"
    PARAMETER = "PARAMETER"
    CONFIG = "CONFIG"
    REPORT = "REPORT"
    LOG = "LOG"
    WORKFLOW = "WORKFLOW"
    IGNORED = "IGNORED"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file. ``relative`` is its path as the tools saw it, with ``/`` between the parts.

    ``dataset`` and ``collection`` are the names that it is to stand under; without a dataset's name it is one by
    itself. ``size`` is in bytes. ``is_outside`` says that it lies outside of the run's directory.
    """

    path: Path
    relative: str
    role: Role
    dataset: str = ""
    collection: str = ""
    format: str = ""
    size: int | None = None
    sha256: str = ""
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class FoundStep:
    """A step of the workflow; ``parent`` is the key of the step that holds it. ``status`` as the API spells it."""

    key: str
    name: str
    position: int = 0
    parent: str = ""
    tool_id: str = ""
    tool_name: str = ""
    tool_version: str = ""
    container_image: str = ""
    status: str = "UNKNOWN"
    message: str = ""


@dataclass(frozen=True, slots=True)
class FoundJob:
    """One execution of a step. ``used`` and ``made`` are relative paths; ``resources`` are named with their unit."""

    name: str
    step: str = ""
    attempt: int = 1
    status: str = "UNKNOWN"
    started_at: datetime | None = None
    completed_at: datetime | None = None
    command_line: str = ""
    exit_code: int | None = None
    host: str = ""
    stdout: str = ""
    stderr: str = ""
    container_image: str = ""
    external_id: str = ""
    resources: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    used: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    message: str = ""
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkflowFile:
    """A file of the workflow: where it lies, its path within the version, and its type as the API spells it."""

    path: Path
    relative: str
    file_type: str = "OTHER"


@dataclass(frozen=True, slots=True)
class FoundWorkflow:
    """The workflow version that ran. ``engine`` as the API spells it, ``license`` an SPDX identifier."""

    name: str
    version: str = ""
    engine: str = "OTHER"
    engine_version: str = ""
    repository_url: str = ""
    commit_hash: str = ""
    license: str = ""
    description: str = ""
    files: tuple[WorkflowFile, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundRun:
    """A run. ``source`` and ``external_id`` tell it from every other, whenever and however often it is looked at.

    ``remarks`` are sentences about what is odd, or was assumed.
    """

    name: str
    status: str = "UNKNOWN"
    status_basis: str = "REPORTED"
    message: str = ""
    description: str = ""
    started_at: datetime | None = None
    completed_at: datetime | None = None
    run_command: str = ""
    run_environment: Any = None
    source: str = ""
    source_url: str = ""
    external_id: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    workflow: FoundWorkflow | None = None
    files: tuple[FoundFile, ...] = ()
    steps: tuple[FoundStep, ...] = ()
    jobs: tuple[FoundJob, ...] = ()
    remarks: tuple[str, ...] = ()
