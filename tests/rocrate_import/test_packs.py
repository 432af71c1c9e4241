"""Very many small files lie in packs, and are read, handed out and exported as if each lay by itself."""

import errno
import io
import zipfile
from typing import Any

import pytest
from django.core.files.storage import default_storage

from common.identifiers import uuid7
from common.storage import Part
from data_management.models import DataFile
from rocrate_import import storing
from tests.conftest import Api
from tests.rocrate_import.conftest import RUNS
from tests.rocrate_import.crates import a_run_crate

pytestmark = pytest.mark.django_db
FILES = {f"out/{number}.txt": b"%d\n" % number * number for number in range(12)}


@pytest.fixture
def packed_run(imported: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A run whose small files lie in packs; one file is large."""
    monkeypatch.setattr(storing, "PACKED_FROM", 5)
    monkeypatch.setattr(storing, "SMALL", 30)
    done: dict[str, Any] = imported(a_run_crate(FILES))
    return done


def test_small_files_share_a_pack_and_large_ones_have_their_own(packed_run: Any, stored_files: Any) -> None:
    lying = [path for path in stored_files() if path.startswith("imports")]
    large = [name for name, content in FILES.items() if len(content) > 30]
    assert large
    assert len(lying) == 1 + len(large)


def test_each_file_is_handed_out_by_itself_and_in_parts(packed_run: Any, ada_api: Api, body_of: Any) -> None:
    for file in DataFile.objects.all():
        content = FILES[file.path]
        assert (file.size, file.status) == (len(content), "ONLINE")
        address = f"/api/v2/data-management/datafiles/{file.pk}/download/"
        assert body_of(ada_api.get(address)) == content
        if len(content) > 3:
            assert body_of(ada_api.get(address, HTTP_RANGE="bytes=1-2")) == content[1:3]


def test_our_own_crate_of_such_a_run_has_them_all(packed_run: Any, ada_api: Api, body_of: Any) -> None:
    answer = ada_api.get(f"{RUNS}{packed_run['workflowrun']}/rocrate/?kind=generated")
    archive = zipfile.ZipFile(io.BytesIO(body_of(answer)))
    contents = {archive.read(name) for name in archive.namelist()}
    assert set(FILES.values()) <= contents
    assert archive.testzip() is None


def test_a_part_goes_with_its_pack_and_not_before(packed_run: Any) -> None:
    keys = [key for key in DataFile.objects.values_list("storage_key", flat=True) if ":" in key]
    default_storage.delete(keys[0])
    assert all(default_storage.exists(key) for key in keys)
    whole = Part.of(keys[0])
    assert whole is not None
    default_storage.delete(whole.whole)
    assert not any(default_storage.exists(key) for key in keys)
    with pytest.raises(FileNotFoundError):
        default_storage.size(keys[0])


def test_a_new_pack_is_begun_when_one_is_large(
    imported: Any, monkeypatch: pytest.MonkeyPatch, stored_files: Any
) -> None:
    monkeypatch.setattr(storing, "PACKED_FROM", 5)
    monkeypatch.setattr(storing, "LARGEST_PACK", 20)
    imported(a_run_crate(FILES))
    assert sum("pack-" in path for path in stored_files()) > 2
    for file in DataFile.objects.all():
        with default_storage.open(file.storage_key) as content:
            assert content.read() == FILES[file.path]


@pytest.mark.parametrize("key", ["a/b:1+2", "a:b:0+0"])
def test_a_key_of_a_part_says_where_it_lies(key: str) -> None:
    part = Part.of(key)
    assert part is not None
    assert part.key == key


@pytest.mark.parametrize("key", ["a/b", "a:b", "a:1", "a:-1+2", "a:1+x"])
def test_any_other_key_is_that_of_a_whole_file(key: str) -> None:
    assert Part.of(key) is None


def test_what_no_longer_fits_is_removed_and_the_pack_closed_once(
    storage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, content: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    shelf = storing.Shelf(uuid7())
    shelf.packs = True
    kept = shelf.take("a.txt", 1, io.BytesIO(b"a"), lambda files, size: None)
    with monkeypatch.context() as patch:
        patch.setattr(storing.os, "write", full)
        with pytest.raises(OSError, match="No space"):
            shelf.close()
        shelf.take("b.txt", 1, io.BytesIO(b"b"), lambda files, size: None)
        shelf.clear()
    assert not default_storage.exists(kept.key)
    assert not list((storage / shelf.key).rglob("*"))
