"""Print the table as Markdown: a line for each crate, or for each folder of very many.

What it is imported as; whether what was read, written as a crate of ours and read again, is the same; how many
issues rocrate-validator has with it and with ours, at REQUIRED, RECOMMENDED and OPTIONAL.
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sized
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.crate_table.gathering import Crate, found_crates, lab_crates, make_lab

if TYPE_CHECKING:
    from rocrate_import.translate import Translation

HEAD = ("Crate", "Engine", "Profile", "Imported as", "Round trip", "Validator, as it came", "Validator, ours")
FOLDED_FROM = 50  # crates of one folder
Judge = Callable[[Path], str]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table."""

    name: str
    kind: str = "refused"
    engine: str = ""
    profile: str = ""
    imported_as: str = ""
    round_trip: str = ""
    as_it_came: str = ""
    ours: str = ""

    def cells(self) -> tuple[str, ...]:
        """As they stand under HEAD."""
        return (
            self.name, self.engine, self.profile, self.imported_as, self.round_trip, self.as_it_came, self.ours,
        )  # fmt: skip


def main() -> None:
    """Gather, look, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crate_table", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="where other people's crates lie")
    parser.add_argument("--contexts", default="", help="the cache of JSON-LD contexts (ROCRATE_CONTEXTS)")
    parser.add_argument(
        "--unjudged", action="store_true", help="without the validator, which takes seconds a crate"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="runstead-crates-") as scratch:
        make_lab(Path(scratch), asked.contexts)
        crates = [*lab_crates(Path(scratch)), *found_crates(asked.folders)]
        judge = _unjudged if asked.unjudged else _judge()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            many = very_many(crates)
            lines = list(
                pool.map(lambda one: line_of(one, _unjudged if top_of(one) in many else judge), crates)
            )
    for cells in (HEAD, ("---",) * len(HEAD), *(line.cells() for line in folded(lines))):
        print("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")


def very_many(crates: list[Crate]) -> set[str]:
    """The folders that hold so many crates that they are folded, and not judged: it would take hours."""
    return {top for top, count in Counter(map(top_of, crates)).items() if count >= FOLDED_FROM}


def top_of(crate: Crate | Line) -> str:
    """The first folder of a crate's name."""
    return crate.name.partition("/")[0]


def _unjudged(path: Path) -> str:
    return ""


def _judge() -> Judge:
    from benchmarks.crate_table.judging import judged  # needs the settings that make_lab made

    return judged


def line_of(crate: Crate, judge: Judge) -> Line:
    """Look at one crate."""
    from benchmarks.crate_table.again import difference, translated, written
    from rocrate_import.translate import CrateRefused
    from rocrate_packages import PackageRefused, open_package

    print(crate.name, file=sys.stderr)
    judged = judge(crate.path)
    try:
        with open_package(crate.path) as package, tempfile.TemporaryDirectory(prefix="again-") as scratch:
            told, folder = translated(package), Path(scratch) / "crate"
            written(told, package, folder)
            trip, ours = difference(told, folder) or "same", judge(folder)
    except (PackageRefused, CrateRefused) as problem:
        return Line(crate.name, imported_as=f"refused: {problem}", as_it_came=judged)
    workflow = told.workflow
    return Line(
        crate.name,
        kind="run" if told.record else "workflow version",
        engine=f"{workflow.engine.value} {workflow.engine_version}".strip() if workflow else "",
        profile=f"{told.profile} {told.profile_version}".strip(),
        imported_as=_imported_as(told),
        round_trip=trip,
        as_it_came="" if crate.is_ours else judged,
        ours=judged if crate.is_ours else ours,
    )


def _imported_as(told: "Translation") -> str:
    remarks = _number(told.warnings, "remark")
    if told.record is None:
        return f"workflow version, {_number(told.workflow.files if told.workflow else (), 'file')}, {remarks}"
    record = told.record
    files = [file for link in record.datasets for file in link.dataset.files]
    parts = [f"run, {record.status.value} ({record.status_basis.value.lower()})", _number(files, "file")]
    return ", ".join([*parts, _number(record.steps, "step"), _number(record.jobs, "job"), remarks])


def _number(things: Sized, name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


def folded(lines: list[Line]) -> Iterator[Line]:
    """The lines, with one for all crates of a folder that has very many."""
    for folder, group in groupby(lines, top_of):
        some = list(group)
        if len(some) < FOLDED_FROM:
            yield from some
        else:
            yield _one_for(folder, some)


def _one_for(folder: str, lines: list[Line]) -> Line:
    kinds = Counter(line.kind for line in lines)
    taken = [line for line in lines if line.kind != "refused"]
    same = sum(line.round_trip == "same" for line in taken)
    return Line(
        f"{folder}/ ({len(lines)} crates)",
        imported_as=", ".join(f"{count} x {kind}" for kind, count in kinds.most_common()),
        round_trip=f"same for {same} of {len(taken)}",
        as_it_came="not asked",
        ours="not asked",
    )


if __name__ == "__main__":
    main()
