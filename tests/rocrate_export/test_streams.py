"""Uploads and stored archives as files of this machine, wherever they lie."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.storage.memory import InMemoryStorage
from django.core.files.uploadedfile import InMemoryUploadedFile, TemporaryUploadedFile

from common.storage import store
from rocrate_export.originals import must_be_crate
from rocrate_export.streams import on_this_disk, upload_on_disk

ELSEWHERE = {"default": {"BACKEND": f"{InMemoryStorage.__module__}.{InMemoryStorage.__name__}"}}


def in_memory(content: bytes) -> Any:
    return InMemoryUploadedFile(io.BytesIO(content), "file", "a.zip", "application/zip", len(content), None)


def on_disk(content: bytes) -> Any:
    upload = TemporaryUploadedFile("a.zip", "application/zip", len(content), None)
    upload.write(content)
    upload.flush()
    return upload


def test_a_stored_file_is_opened_where_it_lies() -> None:
    store(io.BytesIO(b"content"), "crates/a.zip")
    with on_this_disk("crates/a.zip") as path:
        assert path == Path(default_storage.path("crates/a.zip"))
    assert path.read_bytes() == b"content"


def test_a_file_that_is_stored_elsewhere_is_here_for_the_time_being(settings: Any) -> None:
    settings.STORAGES = ELSEWHERE
    store(io.BytesIO(b"content"), "crates/a.zip")
    with on_this_disk("crates/a.zip") as path:
        assert path.read_bytes() == b"content"
    assert not path.exists()
    with pytest.raises(FileNotFoundError), on_this_disk("crates/lost.zip"):
        pass


@pytest.mark.parametrize("upload_of", [in_memory, on_disk])
def test_an_upload_is_a_file_while_it_is_looked_at_and_read_whole_afterwards(
    upload_of: Callable[[bytes], Any], a_zip: Any
) -> None:
    content = a_zip()
    with upload_of(content) as upload:
        upload.read(5)
        with upload_on_disk(upload) as path:
            assert path.read_bytes() == content
        must_be_crate(upload)
        assert upload.read() == content
    assert not path.exists()
