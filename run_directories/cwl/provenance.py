"""The PROV-JSON files of a research object: which job of which step used and made what, and when."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from run_directories.reading import json_of, listed

_PARENT = re.compile(r"\.([0-9a-f-]{36})\.cwlprov\.json$")


@dataclass(slots=True)
class Activity:
    """What PROV says of a job. ``plan`` is its step's name, with ``_2`` from the second scattered one on."""

    identifier: str
    plan: str = ""
    parent: str = ""
    started_at: datetime | None = None
    completed_at: datetime | None = None
    used: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Entity:
    """A file: ``sha1`` of its content, and its name. A collection has members instead."""

    sha1: str = ""
    basename: str = ""
    members: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Provenance:
    """All PROV-JSON files of a research object as one. Times are local, without a zone."""

    main: str = ""
    host: str = ""
    activities: dict[str, Activity] = field(default_factory=dict)
    entities: dict[str, Entity] = field(default_factory=dict)
    nested: set[str] = field(default_factory=set)

    @property
    def run(self) -> Activity | None:
        """The whole run."""
        return self.activities.get(self.main)

    @property
    def jobs(self) -> list[Activity]:
        """The jobs; an activity with a file of its own is a nested workflow, and no job."""
        inner = [one for one in self.activities.values() if one.identifier != self.main]
        return [one for one in inner if one.identifier not in self.nested and one.plan]

    def place(self, activity: Activity) -> str:
        """The plans of the workflows around a job, ``inner/deeper``; empty for one of the main workflow."""
        names: list[str] = []
        around = self.activities.get(activity.parent)
        while around is not None and around.identifier != self.main and len(names) < 20:
            names.insert(0, around.plan)
            around = self.activities.get(around.parent)
        return "/".join(names)

    def files(self, identifiers: list[str]) -> Iterator[tuple[str, Entity]]:
        """The files behind entities: of collections and folders their members, at any depth."""
        waiting, seen = list(reversed(identifiers)), set()
        while waiting:
            identifier = waiting.pop()
            entity = self.entities.get(identifier)
            if entity is None or identifier in seen:
                continue
            seen.add(identifier)
            waiting.extend(reversed(entity.members))
            if entity.basename and not entity.members:
                yield identifier, entity


def read_provenance(directory: Path) -> Provenance:
    """Reads ``metadata/provenance``; without it, as after an exception in the engine, there is nothing in it."""
    provenance = Provenance()
    folder = directory / "metadata" / "provenance"
    files = sorted(
        folder.glob("*.cwlprov.json"), key=lambda path: (not path.name.startswith("primary."), path.name)
    )
    for path in files:
        parent = _PARENT.search(path.name)
        _read(provenance, json_of(path, directory), parent[1] if parent else "")
    return provenance


def _read(provenance: Provenance, document: Any, parent: str) -> None:
    if not isinstance(document, dict):
        return
    _read_activities(provenance, document, parent)
    _read_times(provenance, document)
    _read_entities(provenance, document)
    _read_uses(provenance, document)


def _read_activities(provenance: Provenance, document: dict[str, Any], parent: str) -> None:
    """In a nested workflow's file the workflow itself stands again, as a run: it is known by the file's name."""
    if parent:
        provenance.nested.add(parent)
    for identifier, told in _members(document, "activity"):
        is_run = any(str(kind).endswith("WorkflowRun") for kind in _values(told.get("prov:type")))
        activity = provenance.activities.setdefault(identifier, Activity(identifier, parent=parent))
        activity.started_at = activity.started_at or _time(told.get("prov:startTime"))
        if is_run and not parent:
            provenance.main = provenance.main or identifier
    for _, told in _members(document, "wasAssociatedWith"):
        associated = provenance.activities.get(_plain(told.get("prov:activity")))
        if associated is not None and not associated.plan:
            associated.plan = unquote(str(told.get("prov:plan") or "").partition("main/")[2])


def _read_times(provenance: Provenance, document: dict[str, Any]) -> None:
    """A scattered nested workflow is one activity with several starts and ends: the first and the last count."""
    for _, told in _members(document, "wasStartedBy"):
        if activity := provenance.activities.get(_plain(told.get("prov:activity"))):
            times = [time for time in (activity.started_at, _time(told.get("prov:time"))) if time]
            activity.started_at = min(times, default=None)
    for _, told in _members(document, "wasEndedBy"):
        if activity := provenance.activities.get(_plain(told.get("prov:activity"))):
            times = [time for time in (activity.completed_at, _time(told.get("prov:time"))) if time]
            activity.completed_at = max(times, default=None)


def _read_entities(provenance: Provenance, document: dict[str, Any]) -> None:
    for identifier, told in _members(document, "entity"):
        entity = provenance.entities.setdefault(identifier, Entity())
        entity.basename = entity.basename or str(told.get("cwlprov:basename") or "")
    for _, told in _members(document, "specializationOf"):
        entity = provenance.entities.setdefault(_plain(told.get("prov:specificEntity")), Entity())
        entity.sha1 = entity.sha1 or str(told.get("prov:generalEntity") or "").removeprefix("data:")
    for _, told in _members(document, "hadMember"):
        entity = provenance.entities.setdefault(_plain(told.get("prov:collection")), Entity())
        member = _plain(told.get("prov:entity"))
        if member not in entity.members:
            entity.members.append(member)
    for _, told in _members(document, "agent"):
        provenance.host = provenance.host or str(told.get("cwlprov:hostname") or "")


def _read_uses(provenance: Provenance, document: dict[str, Any]) -> None:
    for kind, name in (("used", "used"), ("wasGeneratedBy", "made")):
        for _, told in _members(document, kind):
            activity = provenance.activities.get(_plain(told.get("prov:activity")))
            entity = _plain(told.get("prov:entity"))
            if activity is not None and entity not in getattr(activity, name):
                getattr(activity, name).append(entity)


def _members(document: dict[str, Any], kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the file says of a kind; an id that is told of several times has a list of values."""
    members = document.get(kind)
    for identifier, values in members.items() if isinstance(members, dict) else ():
        for value in listed(values):
            if isinstance(value, dict):
                yield _plain(identifier), value


def _plain(identifier: Any) -> str:
    return str(identifier or "").removeprefix("id:")


def _values(value: Any) -> list[Any]:
    return [one.get("$") if isinstance(one, dict) else one for one in listed(value)]


def _time(told: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(told))
    except ValueError:
        return None
