"""A crate in the making, and the small things that every part of it needs."""

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

import orjson

from rocrate_export import vocabulary
from rocrate_export.graph import Graph, Reference
from rocrate_export.names import Identifiers, is_web_address, uri_id
from rocrate_export.payload import Payload, payload_of
from workflows.records import JobRecord, RunRecord, RunStatus, WorkflowFileRecord

NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)  # a crate must bear a date, also of a run that has none
NEVER_RAN = {RunStatus.PENDING, RunStatus.SKIPPED}


class Level(IntEnum):
    """How much is known of a run; each level includes those before."""

    PROCESS = 1
    WORKFLOW = 2
    PROVENANCE = 3


@dataclass(slots=True)
class Draft:
    """What the parts of a crate share while it is built.

    ``base_url`` is the registry's public address, empty where it has none. ``agent`` and ``group`` link to
    who registered the run and for whom.
    """

    record: RunRecord
    base_url: str = ""
    graph: Graph = field(default_factory=Graph)
    identifiers: Identifiers = field(default_factory=Identifiers)
    payload: Payload = field(default_factory=Payload)
    parts: list[Reference] = field(default_factory=list)
    mentions: list[Reference] = field(default_factory=list)
    agent: Reference | None = None
    group: Reference | None = None

    @classmethod
    def of(cls, record: RunRecord, base_url: str = "") -> "Draft":
        """An empty crate for a run, in which every file has its place already."""
        return cls(record, base_url, payload=payload_of(record, base_url))

    @property
    def level(self) -> Level:
        """The level that the record allows."""
        if self.main_file is None:
            return Level.PROCESS
        return Level.PROVENANCE if any(ran(job) for job in self.record.jobs) else Level.WORKFLOW

    @property
    def main_file(self) -> WorkflowFileRecord | None:
        """The workflow's entry point, None where it cannot be handed out."""
        main = self.record.workflow.main_file if self.record.workflow else None
        return main if main and main.storage_key else None

    @property
    def run_url(self) -> str:
        """Where the registry shows the run; empty without a public address."""
        known = self.base_url and self.record.id
        return f"{self.base_url}/api/v2/workflows/workflowruns/{self.record.id}/" if known else ""

    def software_id(self, kind: str, name: str, key: Hashable = None) -> str:
        """An ``@id`` for a piece of software: in the registry's list of steps where it has an address."""
        identifier = self.identifiers.of(kind, name, key)
        return f"{self.run_url}steps/{identifier}" if self.run_url else identifier

    def add_part(self, identifier: str, kind: str | list[str], /, **properties: Any) -> Reference:
        """Add a file to the root's parts."""
        if identifier not in self.graph:
            self.parts.append({"@id": identifier})
        return self.graph.add(identifier, kind, **properties)

    def add_mention(self, identifier: str, kind: str, /, **properties: Any) -> Reference:
        """Add an action or a collection that the root mentions."""
        if identifier not in self.graph:
            self.mentions.append({"@id": identifier})
        return self.graph.add(identifier, kind, **properties)

    def add_value(self, kind: str, name: str, value: Any, /, **properties: Any) -> Reference:
        """Add a named value; equal ones of one kind are one entity."""
        text = text_of(value)
        key = (name, *text) if isinstance(text, list) else (name, text)
        identifier = self.identifiers.of(kind, name, key)
        return self.graph.add(identifier, "PropertyValue", name=name, value=text, **properties)


def ran(job: JobRecord) -> bool:
    """Whether a job was executed, rather than skipped or still waiting."""
    return job.status not in NEVER_RAN or job.started_at is not None


def published_at(record: RunRecord) -> datetime:
    """The date of a run's crate: when it ended, else began, else was registered; never today."""
    return record.completed_at or record.started_at or record.created or NO_DATE


def moment(time: datetime | None) -> str | None:
    """A time as the profiles write it: ``2026-03-04T10:00:01.000+00:00``."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds") if time else None


def text_of(value: Any) -> str | list[str]:
    """A JSON value as a PropertyValue bears it: texts all; what is nested as JSON."""
    if isinstance(value, list) and value and not any(isinstance(one, list | dict) for one in value):
        return [str(text_of(one)) for one in value]
    if isinstance(value, str | bool | int | float):
        return str(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def measured(content: bytes) -> dict[str, str]:
    """Size and checksum of a file that is made for the crate."""
    return {"contentSize": str(len(content)), "sha256": hashlib.sha256(content).hexdigest()}


def page_entity(draft: Draft, url: str, name: str) -> Reference | None:
    """A web page by its address; None for what is no web address."""
    if not is_web_address(url):
        return None
    return draft.graph.add(uri_id(url), ["CreativeWork", "WebPage"], name=name, url=url)


def profile_entity(draft: Draft, profile: vocabulary.Profile) -> Reference:
    """A standard that something conforms to."""
    return draft.graph.add(profile.uri, "CreativeWork", name=profile.name, version=profile.version)
