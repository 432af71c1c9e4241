"""What people and scripts get to see: results on stdout, all talk on stderr, JSON instead where it is asked for."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import click

from runstead_cli.progress import Bar, shown_bar


@dataclass(frozen=True, slots=True)
class Node:
    """A line of a tree, and what hangs below it."""

    label: str
    children: Sequence["Node"] = field(default_factory=tuple)


class Output:
    """The one way out. ``json`` turns every result into JSON; tables are drawn on terminals alone."""

    def __init__(self, json: bool = False) -> None:
        self.json = json

    def result(self, value: Any, for_people: Callable[[], object]) -> None:
        """A command's result: ``value`` as JSON, or what ``for_people`` shows."""
        if self.json:
            self.data(value)
        else:
            for_people()

    def data(self, value: Any) -> None:
        """A value as JSON on stdout."""
        click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))

    def json_line(self, value: Any) -> None:
        """A value as one line of JSON: a part of a result that has no end."""
        click.echo(json.dumps(value, ensure_ascii=False, default=str))

    def line(self, text: str) -> None:
        """A line of the result."""
        click.echo(clean(text))

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Rows under columns; plain text with two blanks between, where no terminal reads."""
        words = [[clean(_text(cell)) for cell in row] for row in rows]
        if sys.stdout.isatty():
            _draw(columns, words)
            return
        for row in [list(columns), *words]:
            widths = [max(len(line[at]) for line in [columns, *words]) for at in range(len(columns))]
            click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())

    def facts(self, pairs: Iterable[tuple[str, Any]]) -> None:
        """Names and values, one below the other; what is empty is left out."""
        known = [(name, clean(_text(value))) for name, value in pairs if value not in (None, "", [], {})]
        width = max((len(name) for name, _ in known), default=0)
        for name, value in known:
            lines = value.splitlines() or [""]
            click.echo(f"{name.ljust(width)}  {lines[0]}")
            for line in lines[1:]:
                click.echo(f"{' ' * width}  {line}")

    def tree(self, root: Node) -> None:
        """A tree, drawn with lines."""
        for line in _branches(root):
            click.echo(line)

    def say(self, text: str) -> None:
        """A word on how it goes."""
        click.echo(clean(text), err=True)

    def warn(self, text: str) -> None:
        """Something that is odd, but does not end the command."""
        click.echo(click.style("Warning: ", fg="yellow") + clean(text), err=True)

    @contextmanager
    def progress(self, label: str, total: int | None = None, unit: str = "bytes") -> Iterator[Bar]:
        """A bar on stderr: ``bar.update(done, total, note)``; on no terminal a line now and then."""
        with shown_bar(label, total, unit) as bar:
            yield bar

    def confirm(self, question: str) -> None:
        """Ask, and end the command on a no. ``--yes`` is for where nobody can be asked."""
        click.confirm(clean(question), abort=True, err=True)


def clean(text: str) -> str:
    """Without what could steer a terminal: names come from others."""
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "�" for letter in text)


def size(count: int | None) -> str:
    """Bytes for people."""
    if count is None:
        return ""
    amount, units = float(count), ["B", "KiB", "MiB", "GiB", "TiB"]
    while amount >= 1024 and len(units) > 1:
        amount, units = amount / 1024, units[1:]
    return f"{count} B" if units[0] == "B" else f"{amount:.1f} {units[0]}"


def value(content: Any) -> str:
    """What a parameter holds: text as it is, all else as JSON."""
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


def duration(seconds: float | None) -> str:
    """Seconds for people."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, hours = int(seconds // 60), int(seconds // 3600)
    return f"{minutes} min {int(seconds % 60)} s" if hours == 0 else f"{hours} h {minutes % 60} min"


def minute(text: str | None) -> str:
    """A time of the API to the minute, for a column that says that it is in UTC."""
    return f"{text[:10]} {text[11:16]}" if text else ""


def moment(text: str | None) -> str:
    """A time of the API to the second, in UTC."""
    if not text:
        return ""
    return f"{text[:10]} {text[11:19]}" + (" UTC" if text.endswith(("Z", "+00:00")) else text[-6:])


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _draw(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=column == "ID", overflow="fold")
    for row in rows:
        table.add_row(*(_plain(cell) for cell in row))
    Console().print(table)


def _plain(text: str) -> Any:
    """Brackets in a name are no markup."""
    from rich.text import Text

    return Text(text)


def _branches(node: Node, lead: str = "", below: str = "") -> Iterator[str]:
    yield lead + clean(node.label)
    for child in node.children:
        is_last = child is node.children[-1]
        yield from _branches(
            child, below + ("└── " if is_last else "├── "), below + ("    " if is_last else "│   ")
        )
