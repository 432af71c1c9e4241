"""What the field's own validator says of crates of every shape."""

from dataclasses import replace
from pathlib import Path

import pytest

from rocrate_export.crate import contents_of
from tests.records import EMPTY, FAILED, NAMED_WORKFLOW, RNASEQ, RNASEQ_WORKFLOW, RUNS, after, dataset, stored
from tests.rocrate_export.judge import PROCESS, PROVENANCE, WORKFLOW, needs_contexts, violations
from tests.rocrate_export.reading import Crate, unpack
from workflows.records import DataType, RunRecord, RunStatus, StepRecord

pytestmark = [needs_contexts, pytest.mark.once]

LOCAL_WORKFLOW = "process-run-crate-0.5_5.1"  # every local main workflow raises it: the validator's issue 51

SHAPES = {
    **RUNS,
    **{f"status {status}": replace(FAILED, status=status) for status in RunStatus},
    "no version": replace(NAMED_WORKFLOW, workflow=replace(RNASEQ_WORKFLOW, version="", files=())),
    "no jobs": replace(RNASEQ, jobs=()),
    "no steps": replace(RNASEQ, steps=()),
    "no datasets": replace(RNASEQ, datasets=()),
    "no times": replace(RNASEQ, started_at=None, completed_at=None),
    "a thousand files": replace(
        EMPTY, datasets=tuple(dataset(DataType.OUTPUT, f"{n}", stored(f"{n}.txt")) for n in range(1000))
    ),
}


def profile_of(record: RunRecord) -> str:
    """The highest profile that the crate claims."""
    claimed = Crate.of(record).profiles
    if "Provenance Run Crate" in claimed:
        return PROVENANCE
    return WORKFLOW if "Workflow Run Crate" in claimed else PROCESS


@pytest.mark.parametrize("record", SHAPES.values(), ids=SHAPES.keys())
def test_a_crate_of_any_shape_has_all_that_its_profile_requires(record: RunRecord, tmp_path: Path) -> None:
    assert violations(unpack(contents_of(record), tmp_path), profile_of(record)) == []


@pytest.mark.parametrize("address", ["", "https://runs.example.org"])
def test_a_run_of_which_all_is_known_has_all_that_is_recommended(address: str, tmp_path: Path) -> None:
    steps = tuple(one for one in RNASEQ.steps if one.tool_version)
    local = tuple(one for one in RNASEQ.datasets if one.dataset.name != "Genome")
    known = replace(RNASEQ, steps=steps, datasets=local)
    found = violations(unpack(contents_of(known, address), tmp_path), PROVENANCE, "RECOMMENDED")
    assert [line for line in found if LOCAL_WORKFLOW not in line] == []
    assert len(found) == 2


def test_the_judge_finds_what_is_wrong(tmp_path: Path) -> None:
    crate = unpack(contents_of(RNASEQ), tmp_path)
    (crate / "outputs" / "results" / "A.bam").unlink()
    assert any("outputs/results/A.bam" in line for line in violations(crate, PROVENANCE))


def test_the_judge_finds_what_is_recommended(tmp_path: Path) -> None:
    nameless = replace(
        RNASEQ, steps=(*RNASEQ.steps, StepRecord("x", "x")), completed_at=after(12), agent=None
    )
    crate = unpack(contents_of(nameless), tmp_path)
    assert any("agent" in line for line in violations(crate, PROVENANCE, "RECOMMENDED"))
