"""Crates of all files, of small ones, and of none."""

from dataclasses import replace
from uuid import UUID

import pytest

from rocrate_export.choice import Choice, Include
from rocrate_export.crate import contents_of
from rocrate_export.wording import WHEREABOUTS
from tests.records import PROCESS_ONLY, RNASEQ, RNASEQ_WORKFLOW, RUNS, dataset, stored
from tests.rocrate_export.reading import Crate
from workflows.records import DataType, RunRecord

ROW = UUID("01957a00-0000-7000-8000-00000000000f")
BASE = "https://runs.example.org"
NONE = Choice(Include.NONE)
LIMIT = len(b"This is sample/small.txt.\n")
SMALL = Choice(Include.SMALL, LIMIT)
TWO_SIZES = replace(
    RNASEQ,
    datasets=(
        dataset(DataType.INPUT, "Small", stored("small.txt")),
        dataset(DataType.OUTPUT, "Large", stored("larger.txt", id=ROW)),
    ),
)


def names_of(record: RunRecord, choice: Choice) -> list[str]:
    return [
        name for name, *_ in contents_of(record, choice=choice).stored if not name.startswith("workflow/")
    ]


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        (Choice(), ["inputs/small.txt", "outputs/larger.txt"]),
        (SMALL, ["inputs/small.txt"]),
        (replace(SMALL, limit=LIMIT - 1), []),
        (replace(SMALL, limit=LIMIT + 1), ["inputs/small.txt", "outputs/larger.txt"]),
        (NONE, []),
    ],
)
def test_a_choice_decides_which_files_are_copied(choice: Choice, names: list[str]) -> None:
    assert names_of(TWO_SIZES, choice) == names


def test_a_file_of_unknown_size_counts_as_small() -> None:
    (link, _) = TWO_SIZES.datasets
    unknown = replace(link.dataset.files[0], size=None)
    record = replace(TWO_SIZES, datasets=(replace(link, dataset=replace(link.dataset, files=(unknown,))),))
    assert names_of(record, SMALL) == ["inputs/small.txt"]


def test_a_file_that_is_left_out_is_named_by_its_address_with_the_reason() -> None:
    crate = Crate(contents_of(TWO_SIZES, BASE, SMALL).document)
    large = crate[f"{BASE}/api/v2/data-management/datafiles/{ROW}/download/"]
    assert large["creativeWorkStatus"] == f"Not in this archive: it is larger than {LIMIT} bytes."
    assert (large["contentSize"], len(large["sha256"])) == (str(LIMIT + 1), 64)
    assert large["sdDatePublished"] == "2026-03-04T11:00:01.500+00:00"
    assert "creativeWorkStatus" not in crate["inputs/small.txt"]


def test_without_a_public_address_it_is_named_by_where_it_was_found() -> None:
    crate = Crate(contents_of(TWO_SIZES, choice=NONE).document)
    small = crate["file:///dropbox/run/small.txt"]
    assert small["creativeWorkStatus"] == "Not in this archive: files were left out by choice."


def test_the_files_of_the_workflow_and_what_jobs_said_always_stay() -> None:
    contents = contents_of(RNASEQ, choice=NONE)
    assert [name for name, *_ in contents.stored] == [
        "workflow/LICENSE",
        "workflow/main.nf",
        "workflow/nextflow.config",
    ]
    assert {"README.md", "ro-crate-preview.html", "logs/jobs/2.stderr.txt"} <= set(dict(contents.written))
    assert "Workflow RO-Crate" in Crate(contents.document).profiles


@pytest.mark.parametrize("choice", [NONE, SMALL], ids=["none", "small"])
@pytest.mark.parametrize("record", RUNS.values(), ids=RUNS.keys())
def test_what_is_left_out_leaves_nothing_else_out(record: RunRecord, choice: Choice) -> None:
    """Apart from addresses and where files are, a crate says the same whatever it holds."""
    whole, chosen = (Crate(contents_of(record, choice=one).document) for one in (Choice(), choice))
    assert len(whole.of_type("File")) == len(chosen.of_type("File"))
    for name in ("name", "startTime", "actionStatus", "description"):
        assert whole.run.get(name) == chosen.run.get(name)
    assert len(whole.links(whole.run, "object")) == len(chosen.links(chosen.run, "object"))


def test_readme_and_preview_tell_how_many_files_are_missing_and_why() -> None:
    lost = replace(PROCESS_ONLY, datasets=(*PROCESS_ONLY.datasets, *TWO_SIZES.datasets))
    written = dict(contents_of(lost, choice=SMALL).written)
    for page in (
        written["README.md"].decode(),
        written["ro-crate-preview.html"].decode().replace("&#x27;", "'"),
    ):
        for why in (
            *(WHEREABOUTS[status] for status in ("NEW", "OFFLINE")),
            f"it is larger than {LIMIT} bytes",
        ):
            assert f"Not in this archive: 1 of 4 files: {why}" in page
    assert "Not in this archive" not in dict(contents_of(TWO_SIZES).written)["README.md"].decode()


def test_readme_tells_of_lost_files_of_the_workflow() -> None:
    files = (*RNASEQ_WORKFLOW.files[:2], replace(RNASEQ_WORKFLOW.files[2], storage_key=""))
    record = replace(RNASEQ, workflow=replace(RNASEQ_WORKFLOW, files=files))
    assert b"but 1 of its files are missing" in dict(contents_of(record).written)["README.md"]


def main_row(record: RunRecord) -> RunRecord:
    """The same run, with the row of its main workflow file known."""
    workflow = record.workflow
    files = (replace(one, id=ROW) if one is workflow.main_file else one for one in workflow.files)
    return replace(record, workflow=replace(workflow, files=tuple(files)))


ABSOLUTE = Choice(absolute=True)


def test_the_absolute_form_names_the_main_workflow_by_where_the_registry_hands_it_out() -> None:
    contents = contents_of(main_row(RNASEQ), BASE, ABSOLUTE)
    crate = Crate(contents.document)
    address = f"{BASE}/api/v2/workflows/workflowfiles/{ROW}/download/"
    assert crate.links(crate.root, "mainEntity") == crate.links(crate.run, "instrument") == [address]
    assert crate.links(crate[address], "encoding") == ["workflow/main.nf"]
    assert {address, "workflow/main.nf"} <= set(crate.links(crate.root, "hasPart"))
    assert crate["workflow/main.nf"]["@type"] == "File"
    assert crate[address]["sha256"] == crate["workflow/main.nf"]["sha256"]
    assert "workflow/main.nf" in [name for name, *_ in contents.stored]


@pytest.mark.parametrize(("record", "base_url"), [(main_row(RNASEQ), ""), (RNASEQ, BASE)])
def test_without_an_address_the_absolute_form_changes_nothing(record: RunRecord, base_url: str) -> None:
    assert contents_of(record, base_url, ABSOLUTE).written == contents_of(record, base_url).written
