"""Recognising crates that tell of runs."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from run_directories.findings import Certainty
from run_directories.rocrate import RocrateSniffer
from run_directories.sniffers import NotThisEngine, Unreadable, sniff
from tests.rocrate_import.crates import RUN_ID, a_run_crate, a_workflow_crate, packed

SNIFFER = RocrateSniffer()
CRATES = Path(__file__).resolve().parents[2] / "data" / "crates"


def unpacked(files: dict[str, bytes], place: Path) -> Path:
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return place


@pytest.mark.parametrize("kind", ["folder", "zip", "bag"])
def test_a_run_crate_is_recognised(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "crate"
    if kind == "zip":
        place.write_bytes(packed(a_run_crate()))
    else:
        unpacked(a_run_crate(), place / "data" if kind == "bag" else place)
    verdict = SNIFFER.look(place)
    assert (verdict.engine, verdict.certainty) == ("rocrate", Certainty.SURE)
    (run,) = sniff(place)
    assert (run.name, run.status, run.source, run.external_id) == ("Sorted", "SUCCESS", "rocrate", RUN_ID)
    assert run.started_at == datetime(2026, 3, 4, 10, tzinfo=UTC)
    assert run.completed_at == datetime(2026, 3, 4, 10, 5, tzinfo=UTC)


def test_a_crate_without_a_run_is_not_one_of_ours(tmp_path: Path) -> None:
    unpacked(a_workflow_crate(), tmp_path)
    verdict = SNIFFER.look(tmp_path)
    assert (verdict.certainty, verdict.reason) == (
        Certainty.NO,
        "it is an RO-Crate, but tells of no execution",
    )
    with pytest.raises(NotThisEngine):
        SNIFFER.read(tmp_path)


def test_a_crate_that_names_no_profile_may_be_one(tmp_path: Path) -> None:
    files = unpacked(a_run_crate(), tmp_path) / "ro-crate-metadata.json"
    files.write_text(files.read_text().replace("https://w3id.org/ro/wfrun/process/0.5", "https://x.example"))
    assert SNIFFER.look(tmp_path).certainty == Certainty.MAYBE


def test_an_empty_directory_is_none(tmp_path: Path) -> None:
    verdict = SNIFFER.look(tmp_path)
    assert verdict.certainty == Certainty.NO
    assert "there is no ro-crate-metadata.json" in verdict.reason


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"{", "is no JSON"), (b"[]", "no zip archive"), (b'{"@graph": 5}', "no @graph"), (b"{}\xff", "UTF-8")],
)
def test_metadata_that_is_none_is_told(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "ro-crate-metadata.json").write_bytes(content)
    verdict = SNIFFER.look(tmp_path)
    assert verdict.certainty == Certainty.NO
    assert said in verdict.reason
    with pytest.raises((Unreadable, NotThisEngine), match=said):
        SNIFFER.read(tmp_path)


def test_a_zip_of_something_else_is_none(tmp_path: Path) -> None:
    place = tmp_path / "reads.zip"
    place.write_bytes(packed({"reads.txt": b"ACGT"}))
    assert SNIFFER.look(place).certainty == Certainty.NO


@pytest.mark.parametrize(
    ("facts", "status", "basis"),
    [
        ({"actionStatus": {"@id": "http://schema.org/FailedActionStatus"}}, "FAILED", "REPORTED"),
        ({"actionStatus": "http://schema.org/ActiveActionStatus"}, "RUNNING", "REPORTED"),
        ({"actionStatus": None, "error": "exit 3"}, "FAILED", "INFERRED"),
        ({"actionStatus": None}, "SUCCESS", "INFERRED"),
        ({"actionStatus": None, "endTime": None}, "UNKNOWN", "INFERRED"),
    ],
)
def test_how_the_run_went(tmp_path: Path, facts: dict[str, Any], status: str, basis: str) -> None:
    metadata = unpacked(a_run_crate(**facts), tmp_path) / "ro-crate-metadata.json"
    document = json.loads(metadata.read_text())
    for entity in document["@graph"]:
        for name in [name for name, value in entity.items() if value is None]:
            del entity[name]
    metadata.write_text(json.dumps(document))
    (run,) = SNIFFER.read(tmp_path)
    assert (run.status, run.status_basis) == (status, basis)


def test_of_several_executions_of_the_main_workflow_the_last_one_counts(tmp_path: Path) -> None:
    crate = json.loads(a_workflow_crate()["ro-crate-metadata.json"])
    for number in (1, 3, 2):
        action = {"@id": f"#run-{number}", "@type": "CreateAction", "name": f"Run {number}"}
        crate["@graph"].append(
            {**action, "instrument": {"@id": "workflow/Snakefile"}, "startTime": f"2026-01-0{number}"}
        )
    (tmp_path / "ro-crate-metadata.json").write_text(json.dumps(crate))
    (run,) = SNIFFER.read(tmp_path)
    assert run.name == "Run 3"
    assert run.external_id == ""
    assert run.workflow is not None
    assert (run.workflow.name, run.workflow.version, run.workflow.engine) == (
        "Sort and count",
        "1.2",
        "SNAKEMAKE",
    )
