"""What is there of what was declared, and what that says about a run; pure values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from data_management.records import FileStatus
from workflows.records import DataType, DeclaredFile

FILE_TYPES = ("File", "Directory")
PLACES = ("path", "location", "uri", "url")  # what files are called by inside values


class Completeness(StrEnum):
    """How a run stands in this."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    CHANGED = "changed"
    UNKNOWN = "unknown"


class State(StrEnum):
    """How something declared stands; ``awaited`` is what a run that goes on may still make."""

    PRESENT = "present"
    ABSENT = "absent"
    DAMAGED = "damaged"
    AWAITED = "awaited"
    UNKNOWN = "unknown"


class KnownFile(NamedTuple):
    """A file of the run as far as it matters here."""

    id: UUID
    name: str
    path: str
    uri: str
    status: str


@dataclass(frozen=True, slots=True)
class Declared:
    """Something that the run was to take in or to make: a file by its path, or a parameter by its name."""

    name: str
    kind: str
    data_type: str
    optional: bool
    state: State
    datafile: UUID | None = None

    @property
    def is_missing(self) -> bool:
        """Whether the run lacks it."""
        return self.state == State.DAMAGED or (self.state == State.ABSENT and not self.optional)


class Shelf:
    """The files of a run, found by what they are called."""

    def __init__(self, files: Iterable[KnownFile]) -> None:
        self._by_path: dict[str, KnownFile] = {}
        self._by_name: dict[str, list[KnownFile]] = {}
        self._folders: set[str] = set()
        for file in files:
            self._add(file)

    def _add(self, file: KnownFile) -> None:
        for place in filter(None, (_plain(file.path), _plain(file.uri), file.name)):
            self._by_path.setdefault(place, file)
            self._by_name.setdefault(place.rpartition("/")[2], []).append(file)
            folder = place.rpartition("/")[0]
            while folder and folder not in self._folders:
                self._folders.add(folder)
                folder = folder.rpartition("/")[0]

    def find(self, path: str) -> KnownFile | None:
        """The file of a path; one that is kept below an outer directory is it, too."""
        wanted = _plain(path)
        if found := self._by_path.get(wanted):
            return found
        ending = f"/{wanted}"
        near = self._by_name.get(wanted.rpartition("/")[2], ())
        return next((file for file in near if f"/{_plain(file.path or file.uri)}".endswith(ending)), None)

    def holds(self, folder: str) -> bool:
        """Whether there is a file below a directory."""
        wanted = _plain(folder)
        return (
            not wanted or wanted in self._folders or any(one.endswith(f"/{wanted}") for one in self._folders)
        )


def _plain(path: str) -> str:
    """A path without what makes no difference; of an address only that it is no directory."""
    path = path.removeprefix("file://").rstrip("/")
    while path.startswith("./"):
        path = path[2:]
    return "" if path == "." else path


def declared_files(
    declared: Iterable[DeclaredFile], shelf: Shelf, *, is_over: bool, sees_all: bool
) -> Iterator[Declared]:
    """How each declared file stands. Where not all datasets may be seen, nobody can say that one is absent."""
    for one in declared:
        is_folder = one.path.endswith("/")
        file = None if is_folder else shelf.find(one.path)
        missing = _missing(one.data_type, is_over=is_over, sees_all=sees_all)
        if file is not None:
            state = State.DAMAGED if file.status == FileStatus.ERROR else State.PRESENT
        else:
            state = State.PRESENT if is_folder and shelf.holds(one.path) else missing
        yield Declared(one.path, "file", str(one.data_type), one.optional, state, file and file.id)


def _missing(data_type: str, *, is_over: bool, sees_all: bool) -> State:
    if not sees_all:
        return State.UNKNOWN
    return State.ABSENT if is_over or data_type == DataType.INPUT else State.AWAITED


def file_parameters(
    template: Mapping[str, Any], values: Mapping[str, Any], shelf: Shelf
) -> Iterator[Declared]:
    """How the version's parameters that are files stand in the run.

    One that was given is there if the registry holds its files; where it does not, nobody can say.
    """
    for name, entry in template.items():
        if not isinstance(entry, Mapping) or not _is_file(entry.get("type")):
            continue
        optional = bool(entry.get("optional")) or str(entry["type"]).endswith("?") or "default" in entry
        value = values.get(name)
        if value is None:
            state = State.ABSENT if values else State.UNKNOWN  # of some runs nobody told the parameters
            yield Declared(name, "parameter", str(DataType.INPUT), optional, state)
            continue
        found = [shelf.find(place) for place in places_in(value)]
        held = [one for one in found if one is not None]
        damaged = any(one.status == FileStatus.ERROR for one in held)
        all_held = bool(found) and len(held) == len(found)
        state = State.DAMAGED if damaged else State.PRESENT if all_held else State.UNKNOWN
        yield Declared(name, "parameter", str(DataType.INPUT), optional, state, held[0].id if held else None)


def _is_file(type_name: Any) -> bool:
    return isinstance(type_name, str) and type_name.rstrip("?").removesuffix("[]") in FILE_TYPES


def places_in(value: Any) -> list[str]:
    """The files that a parameter's value names: texts, or objects as CWL writes them, alone or in lists."""
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, list):
        return [place for one in value for place in places_in(one)]
    if isinstance(value, Mapping):
        return next(([value[key]] for key in PLACES if isinstance(value.get(key), str) and value[key]), [])
    return []


@dataclass(slots=True)
class Inputs:
    """What became of a run's inputs: how many could be compared, which changed, which could not be compared."""

    checked: int = 0
    unchecked: int = 0
    changed: list[dict[str, Any]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run stands, and why."""

    status: Completeness
    reasons: list[str]


def judge(declared: Sequence[Declared], inputs: Inputs, *, is_over: bool, sees_all: bool) -> Verdict:
    """What all this says about a run: what is missing weighs more than what changed."""
    missing = [one for one in declared if one.is_missing]
    unsure = [one for one in declared if one.state in (State.UNKNOWN, State.AWAITED)]
    reasons = [*_missing_in_words(missing)]
    if inputs.changed:
        reasons.append(f"{_counted(len(inputs.changed), 'input')} changed since the run.")
    if not declared:
        reasons.append("Nothing is declared that could be missing.")
    if not sees_all:
        reasons.append("Some datasets of the run are not shown to you, so what is absent cannot be told.")
    if not is_over:
        reasons.append("The run is not over: outputs may still come.")
    if untraced := sum(one.kind == "parameter" and one.state == State.UNKNOWN for one in declared):
        reasons.append(
            f"{_counted(untraced, 'parameter')} cannot be traced to files that the registry holds."
        )
    return Verdict(_status(missing, unsure, declared, inputs), [*reasons, *inputs.reasons])


def _status(missing: Any, unsure: Any, declared: Any, inputs: Inputs) -> Completeness:
    if missing:
        return Completeness.INCOMPLETE
    if inputs.changed:
        return Completeness.CHANGED
    return Completeness.UNKNOWN if unsure or not declared else Completeness.COMPLETE


def _missing_in_words(missing: Sequence[Declared]) -> Iterator[str]:
    for data_type, noun in ((DataType.INPUT, "declared input"), (DataType.OUTPUT, "declared output")):
        of_type = [one for one in missing if one.data_type == data_type]
        for state, word in ((State.ABSENT, "absent"), (State.DAMAGED, "damaged")):
            if count := sum(one.state == state for one in of_type):
                yield f"{_counted(count, noun)} {'is' if count == 1 else 'are'} {word}."
    others = sum(one.data_type not in (DataType.INPUT, DataType.OUTPUT) for one in missing)
    if others:
        yield f"{_counted(others, 'other declared file')} {'is' if others == 1 else 'are'} missing."


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
