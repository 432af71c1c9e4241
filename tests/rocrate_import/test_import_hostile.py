"""Hostile archives over HTTP: each is refused or made inert, and leaves nothing behind but what was said of it."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from data_management.models import DataFile, Dataset
from rocrate_export.models import StoredCrate
from rocrate_import.models import CrateImport
from tests.conftest import Api
from tests.rocrate_import.conftest import RUNS
from tests.rocrate_import.crates import a_run_crate, packed
from workflows.models import Workflow, WorkflowRun

pytestmark = pytest.mark.django_db
HOSTILE = sorted((Path(__file__).parents[1] / "data" / "crates" / "hostile").glob("*.zip"))
INERT = {"bom-metadata", "file-uri", "id-traversal", "remote-context-ssrf", "wrapped-in-folder"}


@pytest.fixture(autouse=True)
def _nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks the network for anything fails the test."""

    def refuse(*given: Any, **more: Any) -> Any:
        raise AssertionError(f"something was to be fetched: {given}")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def nothing_is_left(stored: list[str]) -> bool:
    kinds = (WorkflowRun, Workflow, Dataset, DataFile, StoredCrate)
    return stored == [] and not any(kind.objects.exists() for kind in kinds)


def test_there_are_hostile_archives() -> None:
    assert len(HOSTILE) >= 20


@pytest.mark.parametrize(
    "path", [one for one in HOSTILE if one.stem not in INERT], ids=lambda path: path.stem
)
def test_a_hostile_archive_is_refused_with_a_reason_and_leaves_nothing(
    send: Any, run_tasks: Any, stored_files: Any, path: Path
) -> None:
    answer = send(path.read_bytes())
    assert answer.status_code in (202, 400)
    run_tasks()
    if answer.status_code == 202:
        row = CrateImport.objects.get()
        assert row.state == "FAILED"
        assert len(row.error) > 20
        assert row.error.endswith(".")
        assert "Traceback" not in row.error
        assert not row.storage_key
    assert nothing_is_left(stored_files())


@pytest.mark.parametrize("path", [one for one in HOSTILE if one.stem in INERT], ids=lambda path: path.stem)
def test_an_archive_that_only_tries_is_made_inert(imported: Any, path: Path) -> None:
    done = imported(path.read_bytes())
    assert (done["state"], done["error"]) == ("DONE", "")
    names = set(DataFile.objects.values_list("uri", flat=True))
    keys = DataFile.objects.exclude(storage_key="").values_list("storage_key", flat=True)
    assert all(key.startswith("imports/") and ".." not in key for key in keys)
    assert not {uri for uri in names if uri.startswith("/")}


def test_a_crc_that_lies_late_in_the_archive_undoes_all_that_was_stored(
    imported: Any, stored_files: Any
) -> None:
    archive = bytearray(packed(a_run_crate({"a.txt": b"one\n", "z.txt": b"damaged here\n"}), compression=0))
    place = archive.index(b"damaged here")
    archive[place] ^= 1
    told = imported(bytes(archive))
    assert (told["state"], "damaged" in told["error"]) == ("FAILED", True)
    assert nothing_is_left(stored_files())


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/x", "http://169.254.169.254/latest/", "file:///etc/passwd"]
)
def test_addresses_in_a_crate_are_names_and_nothing_more(imported: Any, address: str) -> None:
    crate = a_run_crate({"a.txt": b"a\n"})
    document = json.loads(crate["ro-crate-metadata.json"])
    document["@context"] = [document["@context"][0], address]
    action = next(one for one in document["@graph"] if one["@type"] == "CreateAction")
    action["object"] = [{"@id": address}]
    document["@graph"].append({"@id": address, "@type": "File", "name": "far", "contentUrl": address})
    crate["ro-crate-metadata.json"] = json.dumps(document).encode()
    assert imported(crate)["state"] == "DONE"
    assert not DataFile.objects.filter(name="far").exclude(storage_key="").exists()


def test_scripts_in_names_are_shown_as_text(imported: Any, as_browser: Any, ada_api: Api) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    done = imported(a_run_crate({"a.txt": b"a\n"}, name=evil, description=evil), name=f"{evil[:20]}.zip")
    page = as_browser.get(f"/runs/{done['workflowrun']}/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert evil in ada_api.get(f"{RUNS}{done['workflowrun']}/").json()["name"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "n" * 100_000),
        ("description", "with a \u0000 in it"),
        ("name", "\ud800 alone"),
        ("startTime", "9999-99-99"),
        ("endTime", "0001-01-01T00:00:00+00:00"),
    ],
)
def test_values_that_no_column_takes_are_cut_or_left_out(imported: Any, field: str, value: str) -> None:
    done = imported(a_run_crate(**{field: value}))
    assert done["state"] == "DONE", done["error"]
    run = WorkflowRun.objects.get()
    for column in run._meta.concrete_fields:
        longest, found = getattr(column, "max_length", None), getattr(run, column.attname)
        assert not (longest and isinstance(found, str) and len(found) > longest)
        assert not (isinstance(found, str) and "\0" in found)


def test_a_crate_above_the_limit_when_it_is_unpacked_is_refused(
    imported: Any, settings: Any, stored_files: Any
) -> None:
    settings.CRATE_MAX_BYTES = 50_000
    told = imported(a_run_crate({"zeros.bin": b"\0" * 60_000}))
    assert (told["state"], bool(told["error"])) == ("FAILED", True)
    assert nothing_is_left(stored_files())
