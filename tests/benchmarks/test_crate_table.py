"""The table of crates tells what becomes of each."""

from pathlib import Path

from benchmarks.crate_table.__main__ import Line, folded, line_of, very_many
from benchmarks.crate_table.gathering import Crate, found_crates

CRATES = Path(__file__).resolve().parents[1] / "data" / "crates"


def unjudged(path: Path) -> str:
    return "0 / 1 / 2" if (path / "README.md").exists() else "3 / 4 / 5"


def test_a_crate_of_somebody_else_gets_its_line() -> None:
    line = line_of(Crate("cwltool", CRATES / "cwltool-ro-ok"), unjudged)
    assert line.engine.startswith("CWL 3.3")
    assert line.profile == "provenance 0.1"
    assert line.imported_as.startswith("run, SUCCESS (assumed), 6 files, 2 steps, 4 jobs")
    assert (line.round_trip, line.as_it_came, line.ours) == ("same", "3 / 4 / 5", "0 / 1 / 2")


def test_what_is_refused_is_told_with_the_reason() -> None:
    line = line_of(Crate("hostile", CRATES / "hostile" / "traversal.zip"), unjudged)
    assert line.imported_as.startswith("refused: The name of the entry '../../evil.txt' leads out")
    assert line.round_trip == ""


def test_folders_and_zips_are_found() -> None:
    names = {crate.name for crate in found_crates([CRATES])}
    assert {"cwltool-ro-ok", "hostile/traversal.zip"} <= names


def test_very_many_crates_of_a_folder_make_one_line() -> None:
    lines = [Line(f"x/{n}", "run", round_trip="same" if n else "differs: jobs") for n in range(60)]
    (line,) = folded([*lines, *[Line(f"x/bad{n}") for n in range(2)]])
    assert line.name == "x/ (62 crates)"
    assert line.imported_as == "60 x run, 2 x refused"
    assert line.round_trip == "same for 59 of 60"
    assert very_many([Crate(line.name, CRATES) for line in lines]) == {"x"}
    assert very_many([Crate("x/1", CRATES)]) == set()
