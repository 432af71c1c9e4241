"""What sources told of runs, as JSON and back: so that a recorded run can be kept as a file."""

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from run_sources.seam import FetchedRun
from workflows.records import EventRecord, LogRecord, RunRecord


@dataclass(frozen=True, slots=True)
class ToldRun:
    """A fetched run whose files, logs and events are all read; ``files`` are texts, by their paths."""

    record: RunRecord
    files: dict[str, str]
    logs: tuple[LogRecord, ...] = ()
    events: tuple[EventRecord, ...] = ()


def told_by(fetched: FetchedRun) -> ToldRun:
    """All that a source tells of a run, read to its end."""
    files = {path: content.decode() for path, content in fetched.files.items()}
    return ToldRun(fetched.record, files, tuple(fetched.logs), tuple(fetched.events))


def to_plain(value: Any) -> Any:
    """A frozen value as JSON has it; members that are as they are by default are left out."""
    if is_dataclass(value):
        return {
            one.name: to_plain(getattr(value, one.name))
            for one in fields(value)
            if getattr(value, one.name) != _default(one)
        }
    if isinstance(value, Mapping):
        return {name: to_plain(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else value


def from_plain(kind: Any, plain: Mapping[str, Any]) -> Any:
    """The frozen value that was written; ``kind`` is its class."""
    hints = _hints(kind)
    return kind(**{name: _read(hints[name], value) for name, value in plain.items()})


def _read(hint: Any, plain: Any) -> Any:
    """A member by what it is declared as."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(one for one in get_args(hint) if one is not type(None))
    if get_origin(hint) is tuple:
        return tuple(_read(get_args(hint)[0], one) for one in plain)
    if is_dataclass(hint):
        return from_plain(hint, plain)
    if hint is datetime:
        return datetime.fromisoformat(plain)
    return hint(plain) if isinstance(hint, type) and issubclass(hint, StrEnum) else plain


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _default(one: Field[Any]) -> Any:
    return one.default_factory() if one.default_factory is not MISSING else one.default
