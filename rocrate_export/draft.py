"""A crate in the making, and the small things that every part of it needs."""

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any, NamedTuple

from rocrate_export import vocabulary
from rocrate_export.choice import EVERYTHING, Choice
from rocrate_export.confidential import without_secrets
from rocrate_export.graph import Graph, Reference
from rocrate_export.logs import NO_LOGS, LogFile, RunLogs
from rocrate_export.names import Identifiers, is_web_address, uri_id
from rocrate_export.payload import Payload, payload_of
from rocrate_export.values import TEXT, kind_of, text_of
from workflows.records import JobRecord, RunRecord, RunStatus, WorkflowFileRecord

NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)  # a crate must bear a date, also of a run that has none
NEVER_RAN = {RunStatus.PENDING, RunStatus.SKIPPED}


class Level(IntEnum):
    """How much is known of a run; each level includes those before."""

    PROCESS = 1
    WORKFLOW = 2
    PROVENANCE = 3


class Standing(NamedTuple):
    """What stands for a dataset.

    ``data`` is what the run used or made, ``entity`` bears the dataset's facts, ``files`` are its files.
    """

    data: Reference
    entity: Reference
    files: list[Reference]


@dataclass(slots=True)
class Draft:
    """What the parts of a crate share while it is built.

    ``base_url`` is the registry's public address, empty where it has none. ``main_file`` is the workflow's
    entry point, None where it cannot be handed out. ``agent`` links to who ran the run, ``registrar`` to who
    registered it, ``group`` for whom. ``run_url`` is where the registry shows the run, empty without a public
    address. ``people`` and ``datasets`` hold what stands for those of the record, in its order, ``slots`` the
    slots of the workflow that a file filled, by the file's ``@id``. ``logs`` are those of each job, by its place.
    """

    record: RunRecord
    base_url: str = ""
    choice: Choice = EVERYTHING
    level: Level = Level.PROCESS
    main_file: WorkflowFileRecord | None = None
    graph: Graph = field(default_factory=Graph)
    identifiers: Identifiers = field(default_factory=Identifiers)
    payload: Payload = field(default_factory=Payload)
    parts: list[Reference] = field(default_factory=list)
    mentions: list[Reference] = field(default_factory=list)
    people: list[Reference] = field(default_factory=list)
    datasets: list[Standing] = field(default_factory=list)
    slots: dict[str, list[tuple[str, Reference]]] = field(default_factory=dict)
    agent: list[Reference] = field(default_factory=list)
    registrar: Reference | None = None
    group: Reference | None = None
    logs: dict[int, list[LogFile]] = field(default_factory=dict)
    run_url: str = field(init=False)
    _owners: dict[str, Hashable] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Put the run's address together once: each of its files links to it."""
        known = self.base_url and self.record.id
        self.run_url = f"{self.base_url}/api/v2/workflows/workflowruns/{self.record.id}/" if known else ""

    @classmethod
    def of(
        cls, record: RunRecord, base_url: str = "", choice: Choice = EVERYTHING, logs: RunLogs = NO_LOGS
    ) -> "Draft":
        """An empty crate for a run, in which every file has its place already."""
        main = record.workflow.main_file if record.workflow else None
        main = main if main and main.storage_key else None
        payload = payload_of(record, base_url, choice)
        level = _level_of(record, main)
        return cls(record, base_url, choice, level, main, payload=payload, logs=logs.by_job())

    def software_id(self, kind: str, name: str, key: Hashable = None) -> str:
        """An ``@id`` for a piece of software: in the registry's list of steps where it has an address."""
        identifier = self.identifiers.of(kind, name, key)
        return f"{self.run_url}steps/{identifier}" if self.run_url else identifier

    def owns(self, address: str, kind: str, key: Hashable) -> bool:
        """Whether an address may be the ``@id`` of this thing: nothing else in the crate bears it."""
        if not address:
            return False
        if address in self.graph:
            self._owners.setdefault(address, None)
        return self._owners.setdefault(address, (kind, key)) == (kind, key)

    def add_part(self, identifier: str, kind: str | list[str], /, **properties: Any) -> Reference:
        """Add a file to the root's parts."""
        is_new = identifier not in self.graph
        part = self.graph.add(identifier, kind, **properties)
        if is_new:
            self.parts.append(part)
        return part

    def add_mention(self, identifier: str, kind: str, /, **properties: Any) -> Reference:
        """Add an action or a collection that the root mentions."""
        if identifier not in self.graph:
            self.mentions.append({"@id": identifier})
        return self.graph.add(identifier, kind, **properties)

    def add_value(self, kind: str, name: str, value: Any, /, **properties: Any) -> Reference:
        """Add a named value; equal ones of one kind are one entity."""
        type_name = kind_of(value)
        text = text_of(value, type_name)
        key = (name, type_name, *text) if isinstance(text, list) else (name, type_name, text)
        return self.graph.add(
            self.identifiers.of(kind, name, key),
            "PropertyValue",
            name=name,
            value=text,
            additionalType=None if type_name == TEXT else type_name,
            **properties,
        )

    def add_word(self, name: str, word: str) -> Reference:
        """Add a fact that is one of a few words of ours, such as the status SKIPPED."""
        return self.graph.add(f"#{name.replace(' ', '-')}-{word}", "PropertyValue", name=name, value=word)


def _level_of(record: RunRecord, main: WorkflowFileRecord | None) -> Level:
    if main is None:
        return Level.PROCESS
    return Level.PROVENANCE if any(ran(job) for job in record.jobs) else Level.WORKFLOW


def ran(job: JobRecord) -> bool:
    """Whether a job was executed, rather than skipped or still waiting."""
    return job.status not in NEVER_RAN or job.started_at is not None


def published_at(record: RunRecord) -> datetime:
    """The date of a run's crate: when it ended, else began, else was registered; never today."""
    return record.completed_at or record.started_at or record.created or NO_DATE


def moment(time: datetime | None) -> str | None:
    """A time as the profiles write it: ``2026-03-04T10:00:01.000+00:00``."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds") if time else None


def measured(content: bytes) -> dict[str, str]:
    """Size and checksum of a file that is made for the crate."""
    return {"contentSize": str(len(content)), "sha256": hashlib.sha256(content).hexdigest()}


def page_entity(draft: Draft, url: str, name: str) -> Reference | None:
    """A web page by its address; None for what is no web address."""
    if not is_web_address(url):
        return None
    shown = without_secrets(url)
    return draft.graph.add(uri_id(shown), ["CreativeWork", "WebPage"], name=name, url=shown)


def profile_entity(draft: Draft, profile: vocabulary.Profile) -> Reference:
    """A standard that something conforms to."""
    return draft.graph.add(profile.uri, "CreativeWork", name=profile.name, version=profile.version)
