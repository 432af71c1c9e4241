"""The results as a table for people and as JSON for programs. Ratios stand beside their aims, without a verdict."""

import os
import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from benchmarks.measure import Cost, Outcome

FLAT = 1.2
MEGABYTE = 1024 * 1024
FLAT_CASES = (
    "list",
    "list-cursor",
    "list-few",
    "list-all",
    "fetch",
    "search-rare",
    "parameter-rare",
    "register",
)


@dataclass(slots=True)
class Series:
    """All that was measured on one database."""

    database: str
    runs: int
    seconds_to_start: float
    pss_at_start: int
    outcomes: list[Outcome] = field(default_factory=list)

    def find(self, name: str) -> Outcome | None:
        """The outcome of this name, None if it was not measured."""
        return next((one for one in self.outcomes if one.name == name), None)

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "database": self.database,
            "runs": self.runs,
            "seconds_to_start": round(self.seconds_to_start, 2),
            "pss_at_start_bytes": self.pss_at_start,
            "outcomes": [one.as_json() for one in self.outcomes],
        }


def write(series: list[Series], directory: Path) -> Path:
    """Write ``results.md`` and ``results.json``; returns the table's path."""
    made = datetime.now(UTC).isoformat(timespec="seconds")
    content = {"made": made, "machine": machine(), "series": [one.as_json() for one in series]}
    (directory / "results.json").write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))
    path = directory / "results.md"
    path.write_text("\n".join(lines(series)) + "\n")
    return path


def machine() -> str:
    """What it ran on."""
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"


def lines(series: list[Series]) -> Iterator[str]:
    """The whole report in Markdown."""
    for one in series:
        yield from _series(one)
    yield from _flatness(series)
    yield from _starts(series)


def _series(series: Series) -> Iterator[str]:
    yield f"### {series.database}, {series.runs:,} runs"
    yield ""
    yield (
        "CPU of one request in milliseconds, server + database; least of the repetitions,"
        " the median wall time beside it."
    )
    yield ""
    head = ["request", "ours", "floor", "ours / floor", "aim", "ours p50", "floor p50"]
    yield from _table(head, (_row(one) for one in series.outcomes))
    for one in series.outcomes:
        if one.ours.peak_rss_bytes is not None and one.floor.peak_rss_bytes is not None:
            ours, floor = one.ours.peak_rss_bytes / MEGABYTE, one.floor.peak_rss_bytes / MEGABYTE
            yield f"Peak memory of a web process, {one.title}: {ours:.0f} MiB (floor {floor:.0f}; aim < 512)."
            yield ""


def _row(one: Outcome) -> list[str]:
    aim = f"≤ {one.aim:.1f}" if one.aim else ""
    walls = [f"{one.ours.p50_ms:.1f}", f"{one.floor.p50_ms:.1f}"]
    return [one.title, _cost(one.ours), _cost(one.floor), f"{one.ratio:.2f}", aim, *walls]


def _cost(cost: Cost) -> str:
    if cost.database_ms < 0.005:
        return f"{cost.server_ms:.2f}"
    return f"{cost.server_ms:.2f} + {cost.database_ms:.2f}"


def _flatness(series: list[Series]) -> Iterator[str]:
    rows = [*_by_depth(series), *_by_size(series)]
    if rows:
        yield "### How flat"
        yield ""
        yield from _table(["database", "what", "ours", "floor", "aim"], rows)


def _by_depth(series: list[Series]) -> Iterator[list[str]]:
    for one in series:
        first, deep = one.find("page-1"), one.find("page-deep")
        if first and deep:
            what = f"{deep.title} / page 1, {one.runs:,} runs"
            yield [one.database, what, *_ratios(deep, first), f"≤ {FLAT}"]


def _by_size(series: list[Series]) -> Iterator[list[str]]:
    for database in dict.fromkeys(one.database for one in series):
        same = sorted((one for one in series if one.database == database), key=lambda one: one.runs)
        small, large = same[0], same[-1]
        for name in FLAT_CASES if small is not large else ():
            before, after = small.find(name), large.find(name)
            if before and after:
                what = f"{after.title}, {large.runs:,} / {small.runs:,} runs"
                yield [database, what, *_ratios(after, before), f"≤ {FLAT}"]


def _ratios(one: Outcome, other: Outcome) -> list[str]:
    pairs = ((one.ours, other.ours), (one.floor, other.floor))
    return [f"{a.cpu_ms / max(b.cpu_ms, 0.001):.2f}" for a, b in pairs]


def _starts(series: list[Series]) -> Iterator[str]:
    yield "### Start of the web tier, two workers"
    yield ""
    rows = (
        [
            one.database,
            f"{one.runs:,}",
            f"{one.seconds_to_start:.1f} s",
            f"{one.pss_at_start / MEGABYTE:.0f} MiB",
        ]
        for one in series
    )
    yield from _table(["database", "runs", "first answer (aim < 5 s)", "PSS (aim < 150 MiB)"], rows)


def _table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('--' for _ in head)}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
