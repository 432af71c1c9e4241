"""`runstead register wfrun_crate`, and `register wfrun` of a crate."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from rocrate_import.models import CrateImport
from tests.cli.conftest import Runstead
from tests.rocrate_import.crates import a_run_crate, a_workflow_crate, packed
from workflows.models import WorkflowRun, WorkflowVersion


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    """A zip that lies outside of the dropbox."""
    place = tmp_path / "run.crate.zip"
    place.write_bytes(packed(a_run_crate()))
    return place


def unpacked(archive: Path, place: Path) -> Path:
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(place)
    return place


@pytest.mark.parametrize("words", ["wfrun_crate", "wfrun"])
def test_a_crate_becomes_a_run(cli: Runstead, crate: Path, words: str) -> None:
    told = cli.json("register", words, crate, "--yes")
    run = WorkflowRun.objects.get()
    assert (run.name, run.status) == ("Sorted", "SUCCESS")
    assert (told["state"], told["page"]) == ("DONE", f"http://testserver/runs/{run.pk}/")
    again = cli.json("register", words, crate, "--yes")
    assert again["id"] == told["id"]
    assert WorkflowRun.objects.count() == 1


def test_a_folder_is_packed_and_sent_the_same_each_time(cli: Runstead, crate: Path, tmp_path: Path) -> None:
    folder = unpacked(crate, tmp_path / "folder")
    first = cli.json("register", "wfrun_crate", folder, "--yes")
    assert first["name"] == "folder.crate.zip"
    assert cli.json("register", "wfrun_crate", folder, "--yes")["id"] == first["id"]


def test_what_lies_in_the_dropbox_is_only_named(cli: Runstead, crate: Path, dropbox: Path) -> None:
    folder = unpacked(crate, dropbox / "crate")
    told = cli.json("register", "wfrun_crate", folder, "--yes")
    assert (told["state"], told["path"]) == ("DONE", str(folder))
    sent = next(one for one in cli.wire.requests if one.path_url.endswith("/import_rocrate/"))
    assert json.loads(sent.body or b"") == {"path": str(folder), "public": False}


def test_metadata_may_come_alone(cli: Runstead, tmp_path: Path) -> None:
    metadata = tmp_path / "ro-crate-metadata.json"
    metadata.write_bytes(a_run_crate({})["ro-crate-metadata.json"])
    cli.well("register", "wfrun_crate", metadata, "--yes")
    assert WorkflowRun.objects.get().name == "Sorted"


def test_warnings_are_shown(cli: Runstead, tmp_path: Path) -> None:
    crate = tmp_path / "odd.zip"
    crate.write_bytes(packed(a_run_crate(endTime="yesterday")))
    result = cli.well("register", "wfrun_crate", crate, "--yes")
    assert "Warning: " in result.stderr


def test_a_crate_of_a_workflow_leads_to_its_page(cli: Runstead, tmp_path: Path) -> None:
    crate = tmp_path / "workflow.zip"
    crate.write_bytes(packed(a_workflow_crate()))
    told = cli.json("register", "wfrun_crate", crate, "--yes")
    assert told["page"] == f"http://testserver/workflows/{WorkflowVersion.objects.get().workflow_id}/"


def test_what_is_no_crate_is_refused_before_it_is_sent(cli: Runstead, tmp_path: Path) -> None:
    place = tmp_path / "reads.zip"
    with zipfile.ZipFile(place, "w") as opened:
        opened.writestr("reads.txt", "ACGT")
    result = cli("register", "wfrun_crate", place, "--yes")
    assert result.exit_code == 1
    assert "no ro-crate-metadata.json" in result.stderr
    assert not CrateImport.objects.exists()


def test_a_dry_run_or_a_no_sends_nothing(cli: Runstead, crate: Path) -> None:
    assert cli.json("register", "wfrun_crate", crate, "--dry-run") == {"dry_run": True, "files": 1, "size": 4}
    assert cli("register", "wfrun_crate", crate, input="n\n").exit_code == 130
    assert not CrateImport.objects.exists()


def test_without_waiting_the_import_goes_on(cli: Runstead, crate: Path) -> None:
    result = cli.well("register", "wfrun_crate", crate, "--yes", "--no-wait")
    wanted = CrateImport.objects.get()
    assert wanted.state == "PENDING"
    assert result.stdout.strip() == f"http://testserver/runs/imports/{wanted.pk}/"


def test_an_import_that_failed_is_told_with_its_reason(cli: Runstead, tmp_path: Path) -> None:
    content = io.BytesIO(packed(a_run_crate()))
    with zipfile.ZipFile(content, "a") as opened:
        opened.writestr("out/SORTED.txt", "x")
        opened.writestr("more.txt", "y" * 100)
    damaged = content.getvalue().replace(b"y" * 100, b"z" * 100)
    crate = tmp_path / "damaged.zip"
    crate.write_bytes(damaged)
    result = cli("register", "wfrun_crate", crate, "--yes")
    assert result.exit_code == 1
    assert "Error: " in result.stderr
    assert not WorkflowRun.objects.exists()
