"""`runstead sniff`."""

from pathlib import Path

from tests.cli.conftest import Runstead
from tests.rocrate_import.crates import a_run_crate, packed


def test_each_sniffer_says_what_it_thinks_the_most_certain_first(runstead: Runstead, tmp_path: Path) -> None:
    crate = tmp_path / "run.crate.zip"
    crate.write_bytes(packed(a_run_crate()))
    told = runstead.json("sniff", crate)
    assert told[0] == {
        "engine": "rocrate",
        "certainty": "SURE",
        "reason": "its metadata names a Workflow Run RO-Crate profile",
    }
    assert {one["engine"] for one in told} >= {"snakemake", "nextflow", "cwl", "generic", "rocrate"}
    assert "SURE" in runstead.well("sniff", crate).stdout


def test_a_directory_that_nobody_recognises_is_told(runstead: Runstead, tmp_path: Path) -> None:
    place = tmp_path / "empty"
    place.mkdir()
    result = runstead("sniff", place)
    assert result.exit_code == 1
    assert "runstead.yaml" in result.stderr
    assert "found no runstead.yaml" in result.stdout


def test_what_is_not_there_is_wrong_usage(runstead: Runstead, tmp_path: Path) -> None:
    assert runstead("sniff", tmp_path / "nowhere").exit_code == 2
