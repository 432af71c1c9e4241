"""Tables in text files: the first rows and columns of them."""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass

ROWS, COLUMNS = 200, 40
LONGEST_CELL = 400
SEPARATORS = {"tsv": "\t", "tab": "\t", "csv": ",;\t"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One value, and whether it stands in a column of numbers."""

    text: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The first rows of a table; ``head`` is empty where no row names the columns."""

    head: list[Cell]
    rows: list[list[Cell]]
    is_cut: bool


def table_of(text: str, kind: str, *, is_cut: bool) -> Table | None:
    """The table that a text of this kind (one of SEPARATORS) is; None for what is none.

    ``is_cut`` says that the text is only a beginning: its last line may be half of one, and is left out.
    """
    lines = text.splitlines()
    lines = lines[:-1] if is_cut and len(lines) > 1 else lines
    try:
        rows = _rows(lines, _separator(lines, SEPARATORS[kind]))
    except csv.Error:
        return None
    if not rows or max(len(row) for row in rows) < 2:
        return None
    more = is_cut or len(rows) > ROWS or any(len(row) > COLUMNS for row in rows)
    return _aligned([row[:COLUMNS] for row in rows[:ROWS]], is_cut=more)


def _separator(lines: Sequence[str], candidates: str) -> str:
    first = next((line for line in lines if line.strip()), "")
    return max(candidates, key=first.count)


def _rows(lines: Sequence[str], separator: str) -> list[list[str]]:
    found: list[list[str]] = []
    quote = None if separator == "\t" else '"'  # in a TSV a quotation mark is a letter like any other
    for row in csv.reader(lines, delimiter=separator, quotechar=quote):
        if row:
            found.append(row)
        if len(found) > ROWS + 1:
            break
    return found


def _aligned(rows: list[list[str]], *, is_cut: bool) -> Table:
    width = max(len(row) for row in rows)
    body = rows[1:] or rows
    numeric = [_is_numeric([row[place] for row in body if place < len(row)]) for place in range(width)]
    cells = [
        [Cell(_short(text), numeric[place]) for place, text in enumerate(row + [""] * (width - len(row)))]
        for row in rows
    ]
    has_head = len(rows) > 1 and not any(_is_number(text) for text in rows[0])
    return Table(cells[0] if has_head else [], cells[1:] if has_head else cells, is_cut)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"


def _is_numeric(texts: Sequence[str]) -> bool:
    """Whether all that is said in a column are numbers; empty ones and the usual words for none say nothing."""
    said = [text for text in texts if text.strip().lower() not in ("", "na", "nan", "-", ".", "null")]
    return bool(said) and all(_is_number(text) for text in said)


def _is_number(text: str) -> bool:
    try:
        return not math.isnan(float(text)) and "_" not in text
    except ValueError:
        return False
