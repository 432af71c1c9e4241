"""Crates that lie in a dropbox: archives and folders; nothing that leads out of it."""

import os
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Group, Membership, User
from rocrate_export.models import StoredCrate
from rocrate_import.models import CrateImport
from tests.conftest import Api, dropbox_of
from tests.rocrate_import.conftest import IMPORT, IMPORTS
from tests.rocrate_import.crates import a_run_crate, packed
from workflows.models import WorkflowRun

pytestmark = pytest.mark.django_db


def laid_out(folder: Path, crate: dict[str, bytes]) -> Path:
    """The files of a crate in a folder."""
    for name, content in crate.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def fetched(ada_api: Api, run_tasks: Any) -> Any:
    """Asks for the import of a path and lets the worker do it; returns how it ended."""

    def bring_in(path: Path, api: Api = ada_api, **more: Any) -> dict[str, Any]:
        answer = api.post(IMPORT, {"path": str(path), **more})
        assert answer.status_code == 202, answer.content
        run_tasks()
        told: dict[str, Any] = api.get(f"{IMPORTS}{answer.json()['id']}/").json()
        return told

    return bring_in


def test_an_archive_in_ones_dropbox_is_imported_and_stays_there(fetched: Any, dropbox: Path) -> None:
    archive = dropbox / "a.zip"
    archive.write_bytes(packed(a_run_crate()))
    done = fetched(archive)
    assert (done["state"], done["name"], done["path"]) == ("DONE", "a.zip", str(archive))
    kept = StoredCrate.objects.get()
    assert (str(kept.run_id), kept.size) == (done["workflowrun"], archive.stat().st_size)


def test_a_folder_in_ones_dropbox_is_imported_and_kept_as_an_archive(
    fetched: Any, dropbox: Path, ada_api: Api, body_of: Any
) -> None:
    crate = a_run_crate({"out/a.txt": b"A\n"})
    done = fetched(laid_out(dropbox / "sorted", crate))
    assert (done["state"], done["error"]) == ("DONE", "")
    kept = StoredCrate.objects.get()
    assert kept.name == "sorted.crate.zip"
    import io
    import zipfile

    from django.core.files.storage import default_storage

    with default_storage.open(kept.storage_key) as content:
        archive = zipfile.ZipFile(io.BytesIO(content.read()))
    assert {name: archive.read(name) for name in archive.namelist()} == crate


def test_the_same_folder_twice_is_one_run_and_one_archive(
    fetched: Any, dropbox: Path, stored_files: Any
) -> None:
    folder = laid_out(dropbox / "sorted", a_run_crate())
    first = fetched(folder)
    before = stored_files()
    for path in folder.rglob("*"):
        os.utime(path, (1, 1))
    second = fetched(folder)
    assert second["state"] == "DONE"
    assert second["workflowrun"] == first["workflowrun"]
    assert second["warnings"] == first["warnings"]
    assert stored_files() == before
    assert WorkflowRun.objects.count() == 1


def test_a_path_that_is_asked_for_twice_at_once_is_one_import(ada_api: Api, dropbox: Path) -> None:
    folder = laid_out(dropbox / "sorted", a_run_crate())
    ids = {ada_api.post(IMPORT, {"path": str(folder)}).json()["id"] for _ in range(2)}
    assert len(ids) == 1


def test_the_dropbox_says_for_which_group(fetched: Any, dropbox: Path, ada: User, tmp_path: Path) -> None:
    imaging = Group.objects.create(name="Imaging")
    Membership.objects.create(user=ada, group=imaging)
    other = dropbox_of(ada, imaging, tmp_path / "dropboxes" / "ada-imaging")
    done = fetched(laid_out(other / "sorted", a_run_crate()), Api(ada))
    assert done["owned_by"] == str(imaging.pk)
    answer = Api(ada).post(IMPORT, {"path": str(other / "sorted"), "owned_by": str(ada.primary_group_id)})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "/etc",
        "{dropbox}/../other",
        "{dropbox}/link",
        "{dropbox}/none",
        "https://example.org/a.zip",
        "none.zip",
    ],
)
def test_what_leads_out_of_the_dropbox_or_nowhere_is_refused(
    ada_api: Api, dropbox: Path, path: str, stored_files: Any
) -> None:
    laid_out(dropbox.parent / "other", a_run_crate())
    (dropbox / "link").symlink_to(dropbox.parent / "other")
    answer = ada_api.post(IMPORT, {"path": path.format(dropbox=dropbox)})
    assert answer.status_code == 400
    error = answer.json()["errors"][0]
    assert error["field"] == "path"
    assert "expected a zip archive" in error["message"]
    assert (CrateImport.objects.count(), stored_files()) == (0, [])


def test_who_has_no_dropbox_is_told_so(eve: User, dropbox: Path) -> None:
    answer = Api(eve).post(IMPORT, {"path": str(laid_out(dropbox / "sorted", a_run_crate()))})
    assert answer.status_code == 400
    assert "you have no dropbox" in answer.json()["errors"][0]["message"]


def test_a_link_in_a_folder_is_not_followed(fetched: Any, dropbox: Path, stored_files: Any) -> None:
    folder = laid_out(dropbox / "sorted", a_run_crate())
    (folder / "passwd.txt").symlink_to("/etc/passwd")
    told = fetched(folder)
    assert (told["state"], "is a link" in told["error"]) == ("FAILED", True)
    assert stored_files() == []
    assert not WorkflowRun.objects.exists()


def swap(path: Path, target: Path) -> None:
    """What an owner can do between the request and the work: another thing stands in the path's place."""
    path.rename(path.with_name("moved"))
    path.symlink_to(target)


@pytest.mark.parametrize("kind", ["folder", "archive"])
def test_a_link_that_was_put_in_its_place_since_is_refused(
    ada_api: Api, run_tasks: Any, dropbox: Path, stored_files: Any, kind: str
) -> None:
    secret = laid_out(dropbox.parent / "secret", a_run_crate(name="Secret"))
    if kind == "folder":
        path = laid_out(dropbox / "sorted", a_run_crate())
    else:
        path, folder = dropbox / "a.zip", secret
        path.write_bytes(packed(a_run_crate()))
        secret = folder.with_name("secret.zip")
        secret.write_bytes(packed(a_run_crate(name="Secret")))
    key = ada_api.post(IMPORT, {"path": str(path)}).json()["id"]
    swap(path, secret)
    run_tasks()
    assert ada_api.get(f"{IMPORTS}{key}/").json()["state"] == "FAILED"
    assert not WorkflowRun.objects.exists()
    assert stored_files() == []


def test_a_folder_above_that_was_replaced_by_a_link_is_refused(
    ada_api: Api, run_tasks: Any, dropbox: Path
) -> None:
    laid_out(dropbox.parent / "secret" / "sorted", a_run_crate(name="Secret"))
    folder = laid_out(dropbox / "runs" / "sorted", a_run_crate())
    key = ada_api.post(IMPORT, {"path": str(folder)}).json()["id"]
    swap(dropbox / "runs", dropbox.parent / "secret")
    run_tasks()
    told = ada_api.get(f"{IMPORTS}{key}/").json()
    assert (told["state"], "leads out of the dropbox" in told["error"]) == ("FAILED", True)


def test_what_is_gone_meanwhile_is_told_and_can_be_tried_again(
    ada_api: Api, run_tasks: Any, dropbox: Path
) -> None:
    archive = dropbox / "a.zip"
    archive.write_bytes(packed(a_run_crate()))
    key = ada_api.post(IMPORT, {"path": str(archive)}).json()["id"]
    content = archive.read_bytes()
    archive.unlink()
    run_tasks()
    told = ada_api.get(f"{IMPORTS}{key}/").json()
    assert (told["state"], "no longer there" in told["error"]) == ("FAILED", True)
    archive.write_bytes(content)
    assert ada_api.post(f"{IMPORTS}{key}/retry/").status_code == 200
    run_tasks()
    assert ada_api.get(f"{IMPORTS}{key}/").json()["state"] == "DONE"


def test_a_folder_without_a_crate_is_refused_before_it_is_copied(fetched: Any, dropbox: Path) -> None:
    (dropbox / "notes").mkdir()
    (dropbox / "notes" / "a.txt").write_bytes(b"a")
    told = fetched(dropbox / "notes")
    assert (told["state"], "no ro-crate-metadata.json" in told["error"]) == ("FAILED", True)
    assert told["files_total"] == 0


def test_a_file_that_is_no_archive_is_refused(fetched: Any, dropbox: Path, stored_files: Any) -> None:
    (dropbox / "a.zip").write_bytes(b"no archive")
    told = fetched(dropbox / "a.zip")
    assert (told["state"], "no zip archive" in told["error"]) == ("FAILED", True)
    assert stored_files() == []


def test_a_folder_above_the_limit_is_refused(fetched: Any, dropbox: Path, settings: Any) -> None:
    settings.CRATE_MAX_BYTES = 100
    told = fetched(laid_out(dropbox / "sorted", a_run_crate()))
    assert (told["state"], "100 bytes" in told["error"]) == ("FAILED", True)
