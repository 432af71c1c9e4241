"""What the reading of a crate gives."""

from dataclasses import dataclass

from workflows.records import RunRecord, WorkflowRecord


class CrateRefused(Exception):
    """This is no crate that can be read; ``reason`` tells its user why, and what would help."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd, and how it was taken. ``entity`` is the ``@id`` that it is about, empty for the crate."""

    entity: str
    message: str


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A log that is an entry of the package; ``job`` is its job's place in the record from 1 on, 0 the run itself."""

    name: str
    entry: str
    job: int = 0


@dataclass(frozen=True, slots=True)
class Translation:
    """A crate in the words of the registry.

    ``record`` is the run, None for a workflow without one; ``workflow`` is the workflow, also that of the
    run. The ``storage_key`` of a file is the name of its entry in the package. ``profile`` is ``process``,
    ``workflow``, ``provenance`` or ``workflow-ro-crate`` (empty: none is declared or to be seen),
    ``profile_version`` and ``specification`` (of RO-Crate) are as declared. ``identifiers`` are all by which
    the run, else the crate, is known, the steadiest first. ``logs`` are kept beside the run.
    """

    record: RunRecord | None
    workflow: WorkflowRecord | None
    profile: str
    profile_version: str
    specification: str
    warnings: tuple[Remark, ...] = ()
    identifiers: tuple[str, ...] = ()
    logs: tuple[LogEntry, ...] = ()
