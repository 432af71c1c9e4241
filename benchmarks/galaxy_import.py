"""``python -m benchmarks.galaxy_import``: what importing an invocation costs beside fetching it.

A server on this machine answers as Galaxy does, of one invocation with as many jobs as wanted. Each deed happens in a
process of its own, by turns, and the least of the repetitions counts: asking for the same addresses and reading no
answer, fetching with the product's client and throwing the answers away, and the whole import into an empty SQLite
database. Nothing is judged here.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.galaxy.children import PATHS, ROOT, run_child
from benchmarks.galaxy.invocation import MadeInvocation
from benchmarks.galaxy.standin import ASKED

DEEDS = ("fetch", "ask", "import")
SAID = {
    "ask": "`requests`: the same addresses, answers not read",
    "fetch": "our client: every answer read and thrown away",
    "import": "import",
}
MEBIBYTE, MEMORY_AIM = 1024 * 1024, 500
Cost = dict[str, float]


@dataclass(frozen=True)
class Series:
    """What was found for one number of jobs: the least CPU and wall of each deed, its requests, its memory."""

    jobs: int
    costs: dict[str, Cost] = field(default_factory=dict)
    requests: dict[str, dict[str, int]] = field(default_factory=dict)

    def take(self, deed: str, cost: Cost, kinds: dict[str, int]) -> None:
        """One more repetition of a deed."""
        known = self.costs.get(deed, cost)
        least = {name: min(known[name], cost[name]) for name in ("cpu", "wall")}
        self.costs[deed] = {**least, "peak": max(known["peak"], cost["peak"])}
        self.requests[deed] = kinds


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.galaxy_import", description=__doc__)
    parser.add_argument("--jobs", default="1000,10000", help="sizes, divided by commas")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--datasets", action="store_true", help="import with create_datasets")
    return parser.parse_args(given)


@contextmanager
def serving(jobs: int) -> Iterator[str]:
    """The address of a server that tells of an invocation with so many jobs."""
    command = [sys.executable, "-m", "benchmarks.galaxy.standin", str(jobs)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def asked_of(base: str) -> tuple[dict[str, int], list[str]]:
    """What the server was asked for since the last time: how often by kind, and the paths."""
    with urllib.request.urlopen(base + ASKED) as answer:
        said = json.load(answer)
    return said["kinds"], said["paths"]


def series_of(jobs: int, repetitions: int, directory: Path, *, datasets: bool = False) -> Series:
    """Do every deed so many times."""
    found, empty = Series(MadeInvocation.of(jobs).jobs), directory / "empty"
    empty.mkdir(parents=True)
    with serving(jobs) as base:
        run_child("migrate", base=base, data=empty)
        for number in range(repetitions):
            for deed in DEEDS:
                data = directory / f"{deed}-{number}"
                shutil.copytree(empty, data)
                asked_of(base)
                cost = run_child(deed, base=base, data=data, datasets=datasets)
                kinds, paths = asked_of(base)
                found.take(deed, cost, kinds)
                if deed == "fetch":
                    (empty / PATHS).write_text(json.dumps(paths))
                shutil.rmtree(data)
    return found


def table(found: Sequence[Series], repetitions: int) -> str:
    """The figures as Markdown."""
    lines = [
        f"Seconds for 1,000 jobs, least of {repetitions}; import beside each:",
        "",
        "| jobs | deed | CPU | import / this | wall | import / this | requests | peak memory |",
        "|--|--|--|--|--|--|--|--|",
    ]
    lines += [_row(series, deed) for series in found for deed in ("ask", "fetch", "import")]
    lines += ["", "Requests by kind:", "", "| jobs | kind | fetching | importing |", "|--|--|--|--|"]
    for series in found:
        fetched, imported = series.requests["fetch"], series.requests["import"]
        for kind in sorted(fetched.keys() | imported.keys()):
            lines.append(
                f"| {series.jobs:,} | {kind} | {fetched.get(kind, 0):,} | {imported.get(kind, 0):,} |"
            )
    peak = max(series.costs["import"]["peak"] for series in found) / MEBIBYTE
    return "\n".join([*lines, "", f"Aim: peak below {MEMORY_AIM} MiB (found: {peak:.0f})."])


def _row(series: Series, deed: str) -> str:
    cost, whole = series.costs[deed], series.costs["import"]
    each = 1000 / series.jobs
    ratios = ["", ""] if deed == "import" else [f"**{whole[of] / cost[of]:.2f}**" for of in ("cpu", "wall")]
    return (
        f"| {series.jobs:,} | {SAID[deed]} | {cost['cpu'] * each:.2f} s | {ratios[0]} | "
        f"{cost['wall'] * each:.2f} s | {ratios[1]} | {sum(series.requests[deed].values()):,} | "
        f"{cost['peak'] / MEBIBYTE:.0f} MiB |"
    )


def main() -> None:
    """Measure each size and print what was found."""
    asked = arguments()
    with tempfile.TemporaryDirectory(prefix="runstead-bench-") as directory:
        found = [
            series_of(jobs, asked.repetitions, Path(directory) / str(jobs), datasets=asked.datasets)
            for jobs in map(int, asked.jobs.split(","))
        ]
    print(table(found, asked.repetitions))


if __name__ == "__main__":
    main()
