"""Reads ``runstead.yaml``: all that is wrong with it is found at once, each with its line."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from run_directories.careful_yaml import refusal_of
from run_directories.findings import Role
from run_directories.overrides import FILE_NAME, Overrides, Pattern, WorkflowOverrides
from run_directories.patterns import Glob
from run_directories.wire import STATUSES, plain

LARGEST = 2**20
ENGINES = {"GALAXY", "SNAKEMAKE", "NEXTFLOW", "CWL", "WDL", "AIRFLOW", "REANA", "TORC", "OTHER"}
PATTERN_KEYS = ("pattern", "dataset", "collection", "format")
_TEXTS = ("engine", "name", "description", "message", "run_command", "source_url", "external_id")
_HEXADECIMAL = re.compile("[0-9a-fA-F]{6,64}")


class WrongOverrides(Exception):
    """What a person said about a run cannot be understood; ``problems`` are sentences, all of them."""

    def __init__(self, where: str, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(f"{where}: " + " ".join(problems))


def read_overrides(directory: Path) -> Overrides:
    """What ``runstead.yaml`` in the directory says; nothing where there is none. WrongOverrides."""
    path = directory / FILE_NAME
    try:
        if not path.is_file():
            return Overrides()
        with path.open("rb") as opened:
            raw = opened.read(LARGEST + 1)
    except OSError as problem:
        raise WrongOverrides(str(path), [f"It cannot be read ({problem.strerror})."]) from problem
    if len(raw) > LARGEST:
        raise WrongOverrides(str(path), [f"It has more than {LARGEST:,} bytes; keep it short."])
    return parse_overrides(raw, str(path))


def parse_overrides(raw: bytes | str, where: str = FILE_NAME) -> Overrides:
    """The overrides that a YAML text says. WrongOverrides with all that is wrong."""
    try:
        if refusal := refusal_of(raw):
            raise WrongOverrides(where, [refusal])
        node = yaml.compose(raw, Loader=yaml.SafeLoader)
        data = yaml.safe_load(raw)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as problem:
        raise WrongOverrides(where, [_not_yaml(problem)]) from problem
    reader = _Reader(node)
    overrides = reader.overrides({} if data is None else data)
    if reader.problems:
        raise WrongOverrides(where, reader.problems)
    return overrides


def read_pattern(role: str, text: str) -> Pattern:
    """The pattern of a command's option, ``GLOB`` or ``GLOB=DATASET``. WrongOverrides."""
    glob, _, dataset = text.partition("=")
    try:
        return Pattern(Glob.of(glob), Role(role.upper()), dataset)
    except ValueError as problem:
        raise WrongOverrides(f"--{role.lower()}", [f"{problem}."]) from problem


def _not_yaml(problem: Exception) -> str:
    mark = getattr(problem, "problem_mark", None)
    place = f"Line {mark.line + 1}" if mark else "It"
    return f"{place} is not YAML: {getattr(problem, 'problem', None) or type(problem).__name__}."


class _Reader:
    """Collects ``problems``. A place in the document is a tuple of keys, by which its line is looked up."""

    def __init__(self, node: yaml.Node | None) -> None:
        self._found: list[tuple[int, str]] = []
        self._lines: dict[tuple[Any, ...], int] = {}
        if node is not None:
            self._note_lines(node, ())

    def overrides(self, data: Any) -> Overrides:
        if not isinstance(data, dict):
            self.wrong((), "must be names with values, such as name: My run")
            return Overrides()
        self._unknown(data, (*_TEXTS, *_READERS), ())
        said: dict[str, Any] = {name: self._text(data, name, ()) for name in _TEXTS}
        further = {name: read(self, data.get(name)) for name, read in _READERS.items()}
        start, end = further["started_at"], further["completed_at"]
        if start and end and end < start:
            self.wrong(("completed_at",), "must not be before started_at")
        return Overrides(**said, **further)

    def wrong(self, place: tuple[Any, ...], message: str) -> None:
        """Note what is wrong at a place."""
        line = next(
            (self._lines[place[:n]] for n in range(len(place), -1, -1) if place[:n] in self._lines), 1
        )
        name = ".".join(map(str, place)) or "the file"
        self._found.append((line, f"Line {line}: {name} {message}."))

    @property
    def problems(self) -> list[str]:
        """What is wrong, from the first line to the last."""
        return [sentence for _, sentence in sorted(self._found, key=lambda one: one[0])]

    # --- parts ----------------------------------------------------------------------------------------------

    def status(self, value: Any) -> str:
        found = str(value or "").upper()
        if found and found not in STATUSES:
            self.wrong(("status",), f"must be one of {', '.join(sorted(STATUSES))}")
        return found

    def started_at(self, value: Any) -> datetime | None:
        return self._time(value, ("started_at",))

    def completed_at(self, value: Any) -> datetime | None:
        return self._time(value, ("completed_at",))

    def workflow(self, value: Any) -> WorkflowOverrides:
        data = self._mapping(value, ("workflow",))
        names = WorkflowOverrides.__slots__
        self._unknown(data, names, ("workflow",))
        said = {name: self._text(data, name, ("workflow",)) for name in names}
        said["engine"] = said["engine"].upper()
        if said["engine"] and said["engine"] not in ENGINES:
            self.wrong(("workflow", "engine"), f"must be one of {', '.join(sorted(ENGINES))}")
        if said["commit_hash"] and not _HEXADECIMAL.fullmatch(said["commit_hash"]):
            self.wrong(("workflow", "commit_hash"), "must be hexadecimal digits; put it into quotes")
        if said["version_id"] and not _is_uuid(said["version_id"]):
            self.wrong(("workflow", "version_id"), "must be the id of a version in the registry, a UUID")
        return WorkflowOverrides(**said)

    def parameters(self, value: Any) -> dict[str, Any]:
        return {str(name): plain(one) for name, one in self._mapping(value, ("parameters",)).items()}

    def patterns(self, value: Any) -> tuple[Pattern, ...]:
        found: list[Pattern] = []
        for name, entries in self._mapping(value, ("patterns",)).items():
            place = ("patterns", name)
            role = str(name).upper()
            if role not in tuple(Role):
                self.wrong(place, f"is no role; roles are {', '.join(Role)}")
                continue
            listed = entries if isinstance(entries, list) else [entries]
            for number, entry in enumerate(listed):
                found += self._pattern(entry, Role(role), (*place, number))
        return tuple(found)

    def ignore(self, value: Any) -> tuple[Glob, ...]:
        listed = value if isinstance(value, list) else [] if value is None else [value]
        globs = (self._glob(one, ("ignore", number)) for number, one in enumerate(listed))
        return tuple(glob for glob in globs if glob)

    def _pattern(self, entry: Any, role: Role, place: tuple[Any, ...]) -> Iterator[Pattern]:
        data = entry if isinstance(entry, dict) else {"pattern": entry}
        self._unknown(data, PATTERN_KEYS, place)
        names = {name: self._text(data, name, place) for name in PATTERN_KEYS[1:]}
        glob = self._glob(data.get("pattern"), place)
        if glob and glob.is_negative:
            self.wrong(place, "must not begin with !; name what else the files are, or put them under ignore")
        elif glob:
            yield Pattern(glob, role, **names)

    # --- single values --------------------------------------------------------------------------------------

    def _glob(self, value: Any, place: tuple[Any, ...]) -> Glob | None:
        try:
            if isinstance(value, str):
                return Glob.of(value)
            self.wrong(place, "must be a pattern such as results/**; put one that begins with * into quotes")
        except ValueError as problem:
            self.wrong(place, f"is no pattern: {problem}")
        return None

    def _text(self, data: Mapping[Any, Any], name: str, place: tuple[Any, ...]) -> str:
        value = data.get(name)
        if value is None or isinstance(value, str):
            return value or ""
        if isinstance(value, int | float) and not isinstance(value, bool) and name == "version":
            self.wrong((*place, name), f"must be a text: write '{value}' in quotes, or 1.10 becomes 1.1")
        else:
            self.wrong((*place, name), f"must be a text, not {_kind(value)}; put it into quotes")
        return ""

    def _mapping(self, value: Any, place: tuple[Any, ...]) -> dict[Any, Any]:
        if value is None or isinstance(value, dict):
            return value or {}
        self.wrong(place, f"must be names with values, not {_kind(value)}")
        return {}

    def _time(self, value: Any, place: tuple[Any, ...]) -> datetime | None:
        """A time; without a zone it is one of this machine's."""
        try:
            if value is None:
                return None
            if isinstance(value, str):
                value = datetime.fromisoformat(value)
            if isinstance(value, datetime):
                return value.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        self.wrong(place, "must be a time such as 2026-11-20T10:00:00+01:00")
        return None

    def _unknown(self, data: Mapping[Any, Any], known: tuple[str, ...], place: tuple[Any, ...]) -> None:
        for name in data:
            if name not in known:
                self.wrong((*place, name), f"is not known; known are {', '.join(sorted(known))}")

    def _note_lines(self, node: yaml.Node, place: tuple[Any, ...]) -> None:
        """The line of each key as deep as anything is told here; deeper lie only values of parameters."""
        self._lines[place] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode) and len(place) < 4:
            for key, value in node.value:
                self._note_key(key, value, (*place, key.value))
        elif isinstance(node, yaml.SequenceNode) and len(place) < 4:
            for number, one in enumerate(node.value):
                self._note_lines(one, (*place, number))

    def _note_key(self, key: yaml.Node, value: yaml.Node, place: tuple[Any, ...]) -> None:
        if not isinstance(key, yaml.ScalarNode):
            return
        is_twice = place in self._lines
        self._note_lines(value, place)
        self._lines[place] = key.start_mark.line + 1
        if is_twice:
            self.wrong(place, "stands twice")


_READERS: dict[str, Callable[[_Reader, Any], Any]] = {
    "status": _Reader.status,
    "started_at": _Reader.started_at,
    "completed_at": _Reader.completed_at,
    "workflow": _Reader.workflow,
    "parameters": _Reader.parameters,
    "patterns": _Reader.patterns,
    "ignore": _Reader.ignore,
}


def _kind(value: Any) -> str:
    kinds: tuple[tuple[Any, str], ...] = (
        (bool, "true or false"),
        ((int, float), "a number"),
        (date, "a date"),
        (list, "a list"),
        (dict, "names with values"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), type(value).__name__)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
