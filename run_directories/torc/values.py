"""What Torc tells of a workflow, in one shape whichever generation of servers, or which file, told it.

Identifiers are Torc's own, as texts: numbers of the servers since 2025, keys of those before. Times are in UTC.
What may be secret has been left out already.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow, and how its latest run stands; ``run_id`` counts its starts and restarts.

    ``is_complete`` is None where Torc was not asked. ``directory`` is where it was submitted. ``further`` is whatever
    else is told of it.
    """

    id: str
    name: str
    user: str = ""
    description: str = ""
    created: datetime | None = None
    run_id: int = 1
    is_archived: bool = False
    is_canceled: bool = False
    is_complete: bool | None = None
    directory: str = ""
    further: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """A job of a workflow, as it stands in the latest run.

    ``status`` is Torc's word. ``used`` and ``made`` are ids of files, ``reads`` and ``writes`` of user data, ``after``
    of jobs. ``command`` is what runs: with the invocation script, where there is one, before it.
    """

    id: str
    name: str
    command: str = ""
    status: str = ""
    attempt: int = 1
    after: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    requirements: str = ""
    scheduler: str = ""
    node: str = ""
    started_at: datetime | None = None
    priority: int = 0
    environment: dict[str, str] = field(default_factory=dict)
    further: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """How one attempt at a job ended, in one run. ``resources`` are named with their unit."""

    job: str
    run_id: int
    attempt: int = 1
    return_code: int | None = None
    status: str = ""
    started_at: datetime | None = None
    completed_at: datetime | None = None
    node: str = ""
    resources: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class File:
    """A file of a workflow. ``modified`` is None while it is not there."""

    id: str
    name: str
    path: str
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class UserData:
    """A named value; an ephemeral one is cleared before each run."""

    id: str
    name: str
    value: Any = None
    is_ephemeral: bool = False


@dataclass(frozen=True, slots=True)
class Requirements:
    """What jobs ask for; ``requested`` are resources named with their unit."""

    id: str
    name: str
    requested: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scheduler:
    """What allocates nodes: ``kind`` is slurm, local or aws."""

    id: str
    kind: str
    name: str = ""
    account: str = ""
    partition: str = ""
    further: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Node:
    """A compute node on which workers ran. ``job_id`` is the scheduler's, ``statistics`` as of a ComputeNodeRecord."""

    id: str
    hostname: str = ""
    kind: str = ""
    started_at: datetime | None = None
    completed_at: datetime | None = None
    is_active: bool = False
    cpus: float | None = None
    memory_bytes: int | None = None
    gpus: int | None = None
    job_id: str = ""
    scheduler: str = ""
    allocation: dict[str, Any] = field(default_factory=dict)
    statistics: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a scheduler, or Torc's own monitor, measured of one attempt at a job."""

    job: str
    run_id: int
    attempt: int = 1
    scheduler_job: str = ""
    hosts: str = ""
    resources: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a workflow; ``run_id`` is None where Torc does not say in which run."""

    id: str
    at: datetime
    category: str = ""
    type: str = ""
    message: str = ""
    level: str = "info"
    job: str = ""
    run_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)
