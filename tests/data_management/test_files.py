"""Downloads whole and by range, and what stands in a dropbox."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from accounts.models import User
from data_management.models import DataFile
from tests.conftest import Api
from tests.factories import a_dataset, a_file, a_workflow

CONTENT = b"0123456789"
DATA = "/api/v2/data-management/"
BodyOf = Callable[[Any], bytes]


@pytest.fixture
def file(ada: User) -> DataFile:
    """Ten bytes of Ada's in the storage."""
    return a_file(a_dataset(ada), 'näme "x".txt', CONTENT)


@pytest.fixture
def download(ada_api: Api, file: DataFile) -> Callable[..., Any]:
    """Asks for the file with these headers."""
    return lambda **headers: ada_api.get(f"{DATA}datafiles/{file.pk}/download/", headers=headers)


def test_a_file_is_handed_out_whole(download: Any, body_of: BodyOf, file: DataFile) -> None:
    answer = download()
    assert (answer.status_code, body_of(answer)) == (200, CONTENT)
    assert answer["Content-Length"] == "10"
    assert answer["ETag"] == f'"{file.sha256}"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == (
        "attachment; filename=\"n_me _x_.txt\"; filename*=UTF-8''n%C3%A4me%20%22x%22.txt"
    )


@pytest.mark.parametrize(
    ("asked", "part", "told"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=4-", b"456789", "bytes 4-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=8-100", b"89", "bytes 8-9/10"),
    ],
)
def test_a_part_is_handed_out(download: Any, body_of: BodyOf, asked: str, part: bytes, told: str) -> None:
    answer = download(Range=asked)
    assert (answer.status_code, body_of(answer), answer["Content-Range"]) == (206, part, told)


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=99-100"])
def test_a_part_that_is_not_there_is_refused(download: Any, asked: str) -> None:
    answer = download(Range=asked)
    assert answer.status_code == 416
    assert answer.json()["code"] == "range_not_satisfiable"


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "lines=1-2", "bytes=x", f"bytes={'9' * 5000}-"])
def test_ranges_that_are_not_understood_are_no_fault(download: Any, asked: str) -> None:
    assert download(Range=asked).status_code in (200, 416)


def test_a_part_of_an_older_content_is_the_whole_new_one(download: Any, body_of: BodyOf) -> None:
    assert body_of(download(**{"Range": "bytes=0-3", "If-Range": '"older"'})) == CONTENT


def test_an_unchanged_file_costs_nothing(download: Any, file: DataFile) -> None:
    assert download(**{"If-None-Match": f'"{file.sha256}"'}).status_code == 304


def test_an_empty_file_is_handed_out(ada_api: Api, ada: User, body_of: BodyOf) -> None:
    empty = a_file(a_dataset(ada), "empty", b"")
    answer = ada_api.get(f"{DATA}datafiles/{empty.pk}/download/")
    assert (answer.status_code, body_of(answer)) == (200, b"")


@pytest.mark.parametrize("lost", ["never there", "gone"])
def test_a_file_that_the_registry_does_not_hold_is_a_conflict(ada_api: Api, ada: User, lost: str) -> None:
    dataset = a_dataset(ada)
    file = a_file(dataset, status="OFFLINE") if lost == "never there" else a_file(dataset, content=CONTENT)
    if file.storage_key:
        default_storage.delete(file.storage_key)
    answer = ada_api.get(f"{DATA}datafiles/{file.pk}/download/")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_names_of_files_may_be_mended_but_not_their_content(ada_api: Api, file: DataFile) -> None:
    changed = ada_api.patch(
        f"{DATA}datafiles/{file.pk}/", {"name": "b.txt", "size": 1, "sha256": "0" * 64}
    ).json()
    assert (changed["name"], changed["size"], changed["sha256"]) == ("b.txt", 10, file.sha256)


def test_one_lists_ones_own_dropboxes(ada_api: Api, dropbox: Path, ada: User, bob: User) -> None:
    assert ada_api.get(f"{DATA}dropbox/").json() == [
        {"group": str(ada.primary_group_id), "path": str(dropbox)}
    ]
    assert Api(bob).get(f"{DATA}dropbox/").json() == []


def test_one_looks_into_ones_own_dropbox(ada_api: Api, dropbox: Path) -> None:
    (dropbox / "run").mkdir()
    (dropbox / "a.txt").write_text("abc")
    (dropbox / "link").symlink_to("/etc")
    Path(os.fsdecode(os.fsencode(dropbox) + b"/\xff")).write_text("no name")
    found = ada_api.get(f"{DATA}dropbox/browse/", {"path": str(dropbox)}).json()
    assert [(one["name"], one["is_folder"], one["size"]) for one in found] == [
        ("run", True, None),
        ("a.txt", False, 3),
    ]


@pytest.mark.parametrize("path", ["", "/", "/etc", "{}/..", "{}/link", "{}/missing", "{}/a.txt", "\0"])
def test_one_looks_nowhere_else(ada_api: Api, dropbox: Path, path: str) -> None:
    (dropbox / "link").symlink_to("/etc")
    (dropbox / "a.txt").write_text("abc")
    answer = ada_api.get(f"{DATA}dropbox/browse/", {"path": path.format(dropbox)})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "path"


def test_a_dataset_in_the_trash_takes_its_files_along(ada_api: Api, file: DataFile) -> None:
    assert ada_api.delete(f"{DATA}datasets/{file.dataset_id}/").status_code == 204
    assert ada_api.get(f"{DATA}datafiles/{file.pk}/").status_code == 404
    assert ada_api.get(f"{DATA}datafiles/{file.pk}/download/").status_code == 404
    assert ada_api.post(f"{DATA}datasets/{file.dataset_id}/restore/").status_code == 200
    assert ada_api.get(f"{DATA}datafiles/{file.pk}/").status_code == 200


def test_records_of_another_kind_are_not_found_under_this_address(ada_api: Api, ada: User) -> None:
    assert ada_api.get(f"{DATA}datasets/{a_workflow(ada).pk}/").status_code == 404
