"""A comparison as a page shows it: sections of rows, rows of cells, each cell against that of the first run."""

import json
from dataclasses import dataclass, field
from posixpath import basename
from typing import Any

from django.utils.dateparse import parse_datetime

from web.lineage.differing import Piece, pieces
from web.templatetags.runs import as_text, duration, engine_name

TITLES = {
    "workflow": "Workflow version",
    "parameters": "Parameters",
    "inputs": "Inputs (by checksum)",
    "outputs": "Outputs (by checksum)",
    "environment": "Environment",
    "tools": "Tools",
    "containers": "Containers",
    "times": "Times",
    "facts": "About the run",
}
NAMES = {
    "status_basis": "Basis of the status",
    "run_command": "Command",
    "source_url": "Source address",
    "external_id": "ID at the source",
    "license": "Licence",
    "started_at": "Started",
    "completed_at": "Completed",
    "engine_version": "Engine version",
    "commit_hash": "Commit",
    "content_digest": "Checksum of the workflow files",
    "repository_url": "Repository",
}
TIMES = ("duration", "started_at", "completed_at")
ORDER = (
    "workflow",
    "version",
    "engine",
    "engine_version",
    "name",
    "status",
    "message",
    "run_command",
    *TIMES,
)
FILES = ("inputs", "outputs")
LONG = 120
MOST_DIFFS = 20


@dataclass(slots=True)
class Cell:
    """What one run has. ``kind`` says how it is shown; ``differs`` that the first run has something else."""

    letter: str
    text: str = ""
    kind: str = "text"
    value: Any = None
    differs: bool = False
    hint: str = ""
    names: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)

    @property
    def is_marked(self) -> bool:
        """Whether it stands out: it has something, and something else than the first run."""
        return self.differs and self.kind != "unset"

    @property
    def is_long(self) -> bool:
        """Whether only its beginning is shown at first."""
        return len(self.text) > LONG or self.text.count("\n") > 2

    @property
    def beginning(self) -> str:
        """What is shown of it at first."""
        return " ".join(self.text[:LONG].split())


@dataclass(slots=True)
class Row:
    """A name, and what each run has under it."""

    name: str
    is_same: bool
    cells: list[Cell]
    is_file: bool = False

    @property
    def base(self) -> str:
        """The name of the file, without the folders that it lies in."""
        return basename(self.name) or self.name

    @property
    def folders(self) -> list[str]:
        """The folders that it lies in, from the outermost."""
        return [] if self.base == self.name else self.name.split("/")[:-1]


@dataclass(slots=True)
class Section:
    """One part of what a run is; ``more`` rows are not shown."""

    key: str
    title: str
    different: int
    same: int
    more: int
    rows: list[Row]

    @property
    def is_empty(self) -> bool:
        """Whether no run has anything of it."""
        return not (self.different or self.same)


def sections_of(told: dict[str, Any], letters: str, *, everything: bool) -> list[Section]:
    """The sections of what the API told with ``all``, in the order of interest."""
    parts = {key: told[key] for key in TITLES if key in told}
    facts = told["facts"]["rows"]
    parts["workflow"] = _counted([row for row in told["workflow"]["rows"] if row["name"] != "version_id"])
    parts["times"] = _counted([row for row in facts if row["name"] in TIMES])
    parts["facts"] = _counted([row for row in facts if row["name"] not in TIMES])
    sections = [_section(key, parts[key], letters, everything) for key in TITLES]
    _mark_text(sections)
    return sections


def _counted(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What differs first, and then what is most asked for."""
    place = {name: number for number, name in enumerate(ORDER)}
    rows = sorted(rows, key=lambda row: (row["is_same"], place.get(row["name"], len(ORDER))))
    different = sum(not row["is_same"] for row in rows)
    return {"rows": rows, "different": different, "same": len(rows) - different}


def _section(key: str, part: dict[str, Any], letters: str, everything: bool) -> Section:
    make = _file_row if key in FILES else _row
    wanted = [row for row in part["rows"] if everything or not row["is_same"]]
    rows = [make(key, row, letters) for row in wanted]
    different, same = part["different"], part["same"]
    more = different + (same if everything else 0) - len(rows)
    return Section(key, TITLES[key], different, same, more, rows)


# --- values ---------------------------------------------------------------------------------------------------


def _row(key: str, told: dict[str, Any], letters: str) -> Row:
    name = told["name"]
    own = key in ("workflow", "times", "facts")
    cells = [
        _cell(name if own else "", letter, value, is_set)
        for letter, value, is_set in zip(letters, told["values"], told["is_set"], strict=True)
    ]
    first = (told["is_set"][0], told["values"][0])
    for cell, is_set, value in zip(cells, told["is_set"], told["values"], strict=True):
        cell.differs = not told["is_same"] and _is_other(first, (is_set, value))
    if own and name == "duration":
        _tell_shares(cells)
    shown = NAMES.get(name, name.replace("_", " ").capitalize()) if own else name
    return Row(shown or "(no name)", told["is_same"], cells)


def _is_other(first: tuple[bool, Any], second: tuple[bool, Any]) -> bool:
    """1, true and "1" are three values, as for the API."""
    return json.dumps(first, sort_keys=True) != json.dumps(second, sort_keys=True)


def _cell(name: str, letter: str, value: Any, is_set: bool) -> Cell:
    """A value in the form that its name asks for; a fact of a run without a value is not set either."""
    if not is_set or (name and value in (None, "")):
        return Cell(letter, kind="unset")
    if name == "status":
        return Cell(letter, value, "status")
    if name in ("started_at", "completed_at"):
        return Cell(letter, value, "time", parse_datetime(value))
    if name == "duration":
        return Cell(letter, duration(value), value=value)
    if name == "engine":
        return Cell(letter, engine_name(value))
    return Cell(letter, _text(value))


def _text(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(one or "no version" for one in value)
    return as_text(value) if value != "" else '""'


def _tell_shares(cells: list[Cell]) -> None:
    """How much longer or shorter each took than the first."""
    base = cells[0].value
    for cell in cells[1:]:
        if base and cell.value is not None and cell.differs:
            percent = round((cell.value - base) / base * 100)
            cell.hint = f"{percent:+,} %" if abs(percent) < 1000 else f"× {cell.value / base:,.0f}"


# --- files ----------------------------------------------------------------------------------------------------


def _file_row(_: str, told: dict[str, Any], letters: str) -> Row:
    first = (told["sha256"][0], bool(told["names"][0]))
    cells = []
    for place, letter in enumerate(letters):
        names, known, size = told["names"][place], told["sha256"][place], told["size"][place]
        cell = Cell(
            letter, known[0] if len(known) == 1 else "", "file" if names else "unset", size, names=names
        )
        cell.hint = _about(known, told["name"], names)
        cell.differs = not told["is_same"] and (known, bool(names)) != first
        cells.append(cell)
    return Row(told["name"], told["is_same"], cells, is_file=True)


def _about(known: list[str], name: str, names: list[str]) -> str:
    """What is to be said of a file beside its content: another name, or that the content is not known."""
    if len(known) > 1:
        return f"{len(known)} files of this name"
    if names and not known:
        return "no checksum recorded"
    return "" if not names or names == [name] else "as " + ", ".join(names)


# --- long texts -----------------------------------------------------------------------------------------------


def _mark_text(sections: list[Section]) -> None:
    """In long texts, what differs from that of the first run; of some at most, as it takes time."""
    left = MOST_DIFFS
    for row in (row for section in sections if section.key not in FILES for row in section.rows):
        first = row.cells[0]
        for cell in row.cells[1:]:
            if (
                left
                and cell.differs
                and cell.kind == first.kind == "text"
                and (cell.is_long or first.is_long)
            ):
                cell.pieces = pieces(first.text, cell.text)
                left -= 1
