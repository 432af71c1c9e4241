"""Frozen values that say what a workflow run was: the common language of everything that comes in or goes out.

They know no database and no Django. ``record_run(record=R)[0].to_record() == R`` holds for every record.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from data_management.records import DatasetRecord, FileRecord


class RunStatus(StrEnum):
    """How a run, a step or a job stands."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    SKIPPED = "SKIPPED"
    UNKNOWN = "UNKNOWN"


class StatusBasis(StrEnum):
    """How a status is known: said by the source, concluded from what it says, or assumed where it says nothing."""

    REPORTED = "REPORTED"
    INFERRED = "INFERRED"
    ASSUMED = "ASSUMED"


class DataType(StrEnum):
    """What a dataset is to a run."""

    INPUT = "INPUT"
    OUTPUT = "OUTPUT"
    PARAMETER = "PARAMETER"
    CONFIG = "CONFIG"
    REPORT = "REPORT"
    LOG = "LOG"


class Engine(StrEnum):
    """The language of a workflow, named after its engine where the two are one."""

    GALAXY = "GALAXY"
    SNAKEMAKE = "SNAKEMAKE"
    NEXTFLOW = "NEXTFLOW"
    CWL = "CWL"
    WDL = "WDL"
    AIRFLOW = "AIRFLOW"
    REANA = "REANA"
    TORC = "TORC"
    OTHER = "OTHER"


class FileType(StrEnum):
    """What a file is to a workflow version; at most one is MAIN."""

    MAIN = "MAIN"
    CONFIG = "CONFIG"
    PARAMETER = "PARAMETER"
    README = "README"
    LICENSE = "LICENSE"
    TEST = "TEST"
    OTHER = "OTHER"


class VersionState(StrEnum):
    """Whether a workflow version is to be used."""

    DRAFT = "draft"
    ACTIVE = "active"
    DEPRECATED = "deprecated"
    WITHDRAWN = "withdrawn"


class FileRole(StrEnum):
    """What a job did with a file."""

    USED = "USED"
    MADE = "MADE"


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person as crates name them.

    ``orcid`` is the bare identifier (``0000-0002-1825-0097``), ``role`` what the person did, in the words of
    schema.org: ``agent`` (ran it), ``author``, ``creator``. What is not known is empty.
    """

    name: str
    orcid: str = ""
    affiliation: str = ""
    url: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class WorkflowFileRecord:
    """A file of a workflow version; ``path`` is relative to the version's root, ``size`` in bytes.

    ``crc32`` is an unsigned number. ``storage_key`` names the content in the registry's own storage.
    """

    path: str
    data_type: FileType = FileType.OTHER
    size: int | None = None
    sha256: str = ""
    storage_key: str = field(default="", compare=False)
    crc32: int | None = field(default=None, compare=False)
    id: UUID | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class WorkflowRecord:
    """The workflow version that ran. ``license`` is an SPDX identifier, ``version`` the version's name.

    ``source_url`` is where the version was imported from, ``creators`` are the people who wrote it.
    ``source_digest`` is the source's own digest of the definition, ``<algorithm>:<hexadecimal>``.

    ``parameter_template`` maps the name of each declared parameter to ``{"type", "description", "optional",
    "default", "values"}``, of which each key may be missing; ``type`` is a word of CWL (``string``, ``int``, ``File``,
    ``File[]``). ``requirements`` are the resources that the version asks for, ``container_registry_map`` where images
    are taken from, ``repository`` says ``{"provider", "full_id", "branch", "tag", "commit", "main_path",
    "readme_path"}``. ``tags`` are names with values, ``metadata`` is whatever else is known.
    """

    name: str
    version: str
    engine: Engine = Engine.OTHER
    engine_version: str = ""
    description: str = ""
    license: str = ""
    repository_url: str = ""
    commit_hash: str = ""
    source_url: str = ""
    creators: tuple[PersonRecord, ...] = ()
    files: tuple[WorkflowFileRecord, ...] = ()
    source_digest: str = ""
    parameter_template: dict[str, Any] = field(default_factory=dict)
    requirements: dict[str, Any] = field(default_factory=dict)
    container_registry_map: dict[str, Any] = field(default_factory=dict)
    repository: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    id: UUID | None = field(default=None, compare=False)

    @property
    def main_file(self) -> WorkflowFileRecord | None:
        """The entry point, None where it is not known."""
        return next((file for file in self.files if file.data_type == FileType.MAIN), None)


@dataclass(frozen=True, slots=True)
class ParameterRecord:
    """A named value that the run was started with; ``value`` is anything that JSON can say."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A step of the workflow as it took part in the run.

    ``key`` tells the steps of one run apart; ``parent`` is the key of the step that holds a subworkflow.
    ``container_image`` is a reference as an engine takes it, for example ``quay.io/biocontainers/x:1.0``.
    ``tool_url`` is where the tool's own code or description is, in the revision that ran where that is known.
    ``message`` says why the step stands as it does, in the source's words.
    """

    key: str
    name: str
    position: int = 0
    parent: str = ""
    tool_id: str = ""
    tool_name: str = ""
    tool_version: str = ""
    container_image: str = ""
    status: RunStatus = RunStatus.UNKNOWN
    tool_url: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class JobFile:
    """A file that a job used or made: the ``path`` of a file of one of the run's datasets."""

    path: str
    role: FileRole


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One execution of a step.

    ``stdout`` and ``stderr`` are excerpts. ``resources`` maps a measure's name to a number in the unit that
    the name ends with (``cpu_seconds``, ``max_rss_bytes``). ``environment`` maps variables to values.
    ``message`` says why the job stands as it does, in the source's words. ``after`` are the external ids of the
    jobs of this run whose results it used, sorted.

    ``source_status`` is the source's own word. ``requested`` are the resources that were asked for, named like
    ``resources``, which are those that were used. ``node`` is the key of the compute node that it ran on.
    ``scheduler`` says ``{"kind", "job_id", "partition", "account"}``, of which each key may be missing.
    """

    name: str
    step: str = ""
    attempt: int = 1
    status: RunStatus = RunStatus.UNKNOWN
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
    files: tuple[JobFile, ...] = ()
    message: str = ""
    after: tuple[str, ...] = ()
    source_status: str = ""
    requested: dict[str, Any] = field(default_factory=dict)
    scheduler: dict[str, Any] = field(default_factory=dict)
    node: str = ""


@dataclass(frozen=True, slots=True)
class ComputeNodeRecord:
    """A machine, or an allocation of some, that jobs of the run ran on.

    ``key`` tells the nodes of one run apart. ``memory_bytes`` is what it had, ``scheduler`` as of a job.
    ``statistics`` maps a measure's name, as in ``JobRecord.resources``, to ``{"min", "average", "max"}``.
    """

    key: str
    hostname: str = ""
    kind: str = ""
    started_at: datetime | None = None
    completed_at: datetime | None = None
    cpus: float | None = None
    memory_bytes: int | None = None
    gpus: int | None = None
    scheduler: dict[str, Any] = field(default_factory=dict)
    statistics: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeclaredFile:
    """A file that the run was to take in or to make, whether or not it is there.

    ``path`` is relative to the run's directory; one that ends with ``/`` is a directory.
    """

    path: str
    data_type: DataType
    optional: bool = False


@dataclass(frozen=True, slots=True)
class EventRecord:
    """Something that happened in a run, at a time, in the source's words.

    ``key`` tells the events of one run apart where the source has an identifier, so that none is kept twice.
    ``job`` is the external id of the job that it is about. ``level`` is ``debug``, ``info``, ``warning`` or ``error``.
    """

    at: datetime
    category: str = ""
    type: str = ""
    message: str = ""
    level: str = "info"
    data: dict[str, Any] = field(default_factory=dict)
    job: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class LogRecord:
    """A text that was written while a run or a job ran.

    ``name`` is ``stdout``, ``stderr``, or what the source calls it (``engine``, ``service:dask``). ``job`` is the
    external id of the job whose it is, empty for the run's own, ``attempt`` the job's.
    """

    name: str
    text: str
    job: str = ""
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class DatasetLink:
    """A dataset and what it was to the run."""

    dataset: DatasetRecord
    data_type: DataType


@dataclass(frozen=True, slots=True)
class RunOrigin:
    """Where a run comes from: the engine or system, its address there, and its identifier there."""

    source: str = ""
    source_url: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class StatusRecord:
    """An entry of a run's history: the status that it took, when the registry heard of it, from whom, and why."""

    status: RunStatus
    at: datetime
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One execution of a workflow, whole.

    Times are aware. ``run_environment`` is a text or anything that JSON can say. ``license`` is an SPDX
    identifier or an address, for the run's data. ``people`` are those whom the source names. ``message`` says why
    the run stands as it does, in the source's words: why it failed, or could not be scheduled. ``source_status``
    is the source's own word for the status, ``source_deleted`` says that the source has it no longer.

    ``rerun_of`` is the external id, at the same source, of the run that this one repeats or goes on with.
    ``declared`` are the files that the run was to take in and to make. ``tags`` are names with values, ``metadata``
    is whatever else is known.

    ``agent`` and ``group`` say who registered the run and for whom, ``history`` when it took which status:
    they are the registry's own, are read when a run goes out, and are not taken from a record that comes in.
    """

    name: str
    workflow: WorkflowRecord | None = None
    status: RunStatus = RunStatus.UNKNOWN
    status_basis: StatusBasis = StatusBasis.REPORTED
    message: str = ""
    description: str = ""
    license: str = ""
    started_at: datetime | None = None
    completed_at: datetime | None = None
    run_command: str = ""
    run_environment: Any = None
    is_imported: bool = False
    origin: RunOrigin = RunOrigin()
    people: tuple[PersonRecord, ...] = ()
    parameters: tuple[ParameterRecord, ...] = ()
    steps: tuple[StepRecord, ...] = ()
    jobs: tuple[JobRecord, ...] = ()
    datasets: tuple[DatasetLink, ...] = ()
    source_status: str = ""
    source_deleted: bool = False
    rerun_of: str = ""
    nodes: tuple[ComputeNodeRecord, ...] = ()
    declared: tuple[DeclaredFile, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    id: UUID | None = field(default=None, compare=False)
    created: datetime | None = field(default=None, compare=False)
    agent: PersonRecord | None = field(default=None, compare=False)
    group: str = field(default="", compare=False)
    group_url: str = field(default="", compare=False)
    history: tuple[StatusRecord, ...] = field(default=(), compare=False)

    def files_of(self, data_type: DataType) -> tuple[FileRecord, ...]:
        """The files of all datasets of one type, in their order."""
        return tuple(
            file for link in self.datasets if link.data_type == data_type for file in link.dataset.files
        )
