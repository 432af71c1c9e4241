"""How far something is: a bar on a terminal, else a line at each tenth."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import click


class Bar(Protocol):
    """What is told how far it is."""

    def update(self, done: int, total: int | None = None, note: str = "") -> None:
        """So much is done, out of so much; ``note`` says what is being done."""


@contextmanager
def shown_bar(label: str, total: int | None, unit: str) -> Iterator[Bar]:
    """A bar while the block lasts. ``unit`` is ``bytes`` or the name of what is counted."""
    if not sys.stderr.isatty():
        yield Lines(label, total)
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(*_columns(unit), console=Console(stderr=True), transient=True) as progress:
        yield Drawn(progress, label, total)


class Lines:
    """For logs: nothing for what is quick, then a line at each tenth."""

    def __init__(self, label: str, total: int | None) -> None:
        self.label, self.total, self.tenth, self.note = label, total, 0, ""

    def update(self, done: int, total: int | None = None, note: str = "") -> None:
        """Say it if something has changed that is worth a line."""
        self.total = total or self.total
        tenth = 10 * done // self.total if self.total else 0
        if tenth > self.tenth or (note and note != self.note):
            share = f" {10 * tenth} %" if self.total else ""
            click.echo(f"{self.label}{share}{f' ({note})' if note else ''}", err=True)
        self.tenth, self.note = max(self.tenth, tenth), note or self.note


class Drawn:
    """A bar of rich's."""

    def __init__(self, progress: Any, label: str, total: int | None) -> None:
        self.progress, self.label = progress, label
        self.task = progress.add_task(label, total=total)

    def update(self, done: int, total: int | None = None, note: str = "") -> None:
        """Draw it anew."""
        more = {} if total is None else {"total": total}
        description = f"{self.label} ({note})" if note else self.label
        self.progress.update(self.task, completed=done, description=description, **more)


def _columns(unit: str) -> list[Any]:
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    amount = DownloadColumn(binary_units=True) if unit == "bytes" else MofNCompleteColumn()
    return [TextColumn("{task.description}", markup=False), BarColumn(), amount, TimeRemainingColumn()]
