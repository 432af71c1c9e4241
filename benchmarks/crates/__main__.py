"""``python -m benchmarks.crates``: make the files, measure, check the archive, print the tables."""

import argparse
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson

from benchmarks.crates.deeds import MEGABYTE, Figures
from benchmarks.crates.material import SMALL, make_run
from benchmarks.databases import ROOT

PACKING = {
    "floor": "copy the same bytes, by 1 MiB",
    "floor_256": "copy the same bytes, by 256 KiB",
    "ours": "ours, from the record",
    "prepared": "ours, prepared before",
    "rocrate": "ro-crate-py `write_zip`",
}
KNOWING = {
    "metadata": "record to JSON-LD",
    "read": "database to record",
    "both": "database to JSON-LD",
    "state": "has it changed?",
    "worker": "database to kept plan",
}


ONCE = {"fill", "warm", "rocrate"}  # what is not measured, and what takes minutes
TIMES = 3


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crates", description=__doc__)
    parser.add_argument("--files", type=int, default=50_000, help=f"of {SMALL} bytes")
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--large", type=int, default=4, help="how many large files")
    parser.add_argument("--large-mib", type=int, default=512, help="MiB of each of them")
    parser.add_argument("--hurry", action="store_true", help="a hundredth of everything, in seconds")
    parser.add_argument("--only", default="", help=f"some of {','.join([*PACKING, *KNOWING])}")
    parser.add_argument(
        "--directory", type=Path, help="where the files are made; twice their size must be free"
    )
    asked = parser.parse_args(given)
    if asked.hurry:
        asked.files, asked.jobs, asked.large_mib = (
            asked.files // 100,
            asked.jobs // 100,
            asked.large_mib // 100,
        )
    return asked


def measured(deeds: Sequence[str], directory: Path) -> dict[str, Figures]:
    """Each deed in processes of its own, one after the other; of several times the one that took least CPU."""
    found: dict[str, Figures] = {}
    for deed in deeds:
        print(f"  {deed}", file=sys.stderr, flush=True)
        times = 1 if deed in ONCE else TIMES
        found[deed] = min((_done(deed, directory) for _ in range(times)), key=lambda one: one["cpu"])
        if deed == "ours":
            _check(directory / "archive")
    return found


def _done(deed: str, directory: Path) -> Figures:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "RUNSTEAD_DATA": str(directory),
        "DATABASE_URL": f"sqlite:///{directory}/benchmark.sqlite3",
    }
    command = [sys.executable, "-m", "benchmarks.crates.deeds", deed, str(directory)]
    answer = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
    figures: Figures = orjson.loads(answer.stdout)
    return figures


def _check(path: Path) -> None:
    """The archive is whole, by another reader than our own writer."""
    with zipfile.ZipFile(path) as archive:
        damaged = archive.testzip()
    if damaged is not None:
        sys.exit(f"{damaged} is not what it was: the figures are worth nothing")


def packing(found: dict[str, Figures]) -> Iterator[str]:
    """The table of packing."""
    base = min((found[one]["cpu"] for one in ("floor", "floor_256") if one in found), default=0)
    yield "| packing | CPU s | × the cheaper copying | first byte s | peak MiB | MB/s of CPU |"
    yield "|--|--|--|--|--|--|"
    for deed, title in PACKING.items():
        if one := found.get(deed):
            ratio = f"{one['cpu'] / base:.2f}" if base else ""
            first = f"{one['first']:.2f}" if "first" in one else ""
            speed = f"{one['bytes'] / one['cpu'] / 1e6:,.0f}" if "bytes" in one else ""
            cells = [title, f"{one['cpu']:.2f}", ratio, first, f"{one['peak'] / MEGABYTE:.0f}", speed]
            yield f"| {' | '.join(cells)} |"
    if "ours" in found and "rocrate" in found:
        yield ""
        yield f"ro-crate-py takes {found['rocrate']['cpu'] / found['ours']['cpu']:.0f} times the CPU of ours."


def knowing(found: dict[str, Figures]) -> Iterator[str]:
    """The table of metadata."""
    yield "| metadata | CPU s | peak MiB | MB |"
    yield "|--|--|--|--|"
    for deed, title in KNOWING.items():
        if one := found.get(deed):
            size = f"{one['bytes'] / 1e6:.1f}" if "bytes" in one else ""
            yield f"| {title} | {one['cpu']:.2f} | {one['peak'] / MEGABYTE:.0f} | {size} |"


def main() -> None:
    """Run what the command line asks for."""
    asked = arguments()
    wanted = asked.only.split(",") if asked.only else [*PACKING, *KNOWING]
    with tempfile.TemporaryDirectory(dir=asked.directory, prefix="runstead-crates-") as name:
        directory = Path(name)
        print("  making the files", file=sys.stderr, flush=True)
        size = asked.large_mib * MEGABYTE
        make_run(directory, files=asked.files, jobs=asked.jobs, large=asked.large, large_size=size)
        if {"read", "both", "state", "worker"} & set(wanted):
            measured(["fill"], directory)
        measured(["warm"], directory)
        found = measured([one for one in [*PACKING, *KNOWING] if one in wanted], directory)
        print(
            f"{asked.files:,} files of {SMALL} bytes and {asked.large} of {asked.large_mib} MiB; {asked.jobs:,} jobs.\n"
        )
        print("\n".join([*packing(found), "", *knowing(found)]))


if __name__ == "__main__":
    main()
