"""What runcrate, the field's own reader, finds in our crates."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from runcrate.report import dump_crate_actions

from rocrate_export.crate import contents_of
from tests.records import RUNS, TOLD
from tests.rocrate_export.reading import Crate, unpack
from workflows.records import RunRecord

ALL = {**RUNS, "told": TOLD}
PROVENANCE = {
    name: record for name, record in ALL.items() if "Provenance Run Crate" in Crate.of(record).profiles
}


def report(record: RunRecord, folder: Path) -> str:
    """What runcrate reports of a run's crate."""
    text = io.StringIO()
    dump_crate_actions(str(unpack(contents_of(record), folder)), f=text)
    return text.getvalue()


@pytest.mark.parametrize("record", PROVENANCE.values(), ids=PROVENANCE.keys())
def test_runcrate_lists_the_run_and_every_job_that_ran(record: RunRecord, tmp_path: Path) -> None:
    crate = Crate.of(record)
    listed = [
        line.split()[1] for line in report(record, tmp_path).splitlines() if line.startswith("action: ")
    ]
    jobs = [
        name for name, one in crate.entities.items() if name.startswith("#job-") and one["@type"] != "Action"
    ]
    assert listed[0] == crate.run["@id"]
    assert {crate.run["@id"], *jobs} <= set(listed)
    assert set(listed) == {one["@id"] for one in crate.of_type("CreateAction")}


def test_runcrate_tells_which_slot_each_file_and_value_filled(tmp_path: Path) -> None:
    text = report(replace(RUNS["rnaseq"], people=()), tmp_path)
    assert "outputs/results/A.bam <- #output-Alignment" in text
    assert "    star <- #parameter-aligner" in text
    assert "    4 <- #slot-threads" in text
    assert "  step: #step-STAR_ALIGN" in text
