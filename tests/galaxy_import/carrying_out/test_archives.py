"""Datasets that consist of several files: Galaxy shows one of them, and gives all as an archive."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage

from data_management.models import DataFile
from galaxy_import.carrying_out.missing_files import PACKED
from galaxy_import.models import GalaxyDataset
from run_sources.errors import NotReadable
from tests.galaxy_import.carrying_out.conftest import A_LINEAR
from tests.galaxy_import.carrying_out.contents import Contents
from tests.galaxy_import.replay import Replay

pytestmark = pytest.mark.django_db


def an_archive(**files: str) -> bytes:
    """A zip with these files."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


GRAPH = an_archive(Sequences="ACGT", Roadmaps="1 2", Log="fine")
PAGE = b"<html>3 files</html>"


def client_with(archive: bytes = GRAPH) -> Contents:
    """Shows a page of the dataset, and gives the archive when asked for it."""
    client = Contents({"graph": PAGE})
    client.archives["graph"] = archive
    return client


def test_a_dataset_of_several_files_is_kept_as_an_archive(told: Any, downloads: Any) -> None:
    file = told("graph", PAGE, size=370, extension="velvet", file={"name": "Graph.velvet"})
    assert downloads(client_with()) == ""
    file.refresh_from_db()
    assert (file.name, file.status, file.error) == ("Graph.velvet.zip", "ONLINE", "")
    assert (file.size, file.mime_type) == (len(GRAPH), "application/zip")
    with default_storage.open(file.storage_key) as stored:
        assert stored.read() == GRAPH
    assert GalaxyDataset.objects.get().note == PACKED


def test_it_is_not_fetched_twice(told: Any, downloads: Any) -> None:
    told("graph", PAGE, size=370, extension="velvet")
    client = client_with()
    downloads(client)
    downloads(client)
    assert len(client.asked) == 2  # the page, then the archive


def test_an_archive_that_was_cut_off_is_not_kept(told: Any, downloads: Any, stored_files: Any) -> None:
    file = told("graph", PAGE, size=370, extension="velvet")
    said = downloads(client_with(GRAPH[:-30]))
    file.refresh_from_db()
    assert (file.status, file.storage_key) == ("ERROR", "")
    assert "its size is 20, and Galaxy says 370" in said
    assert not [path for path in stored_files() if "galaxy-parts" not in path]


@pytest.mark.parametrize("extension", ["txt", "zip", "fast5.zip"])
def test_what_is_one_file_and_differs_is_damaged(told: Any, downloads: Any, extension: str) -> None:
    file = told("plain", b"hello", size=6, extension=extension)
    client = Contents({"plain": b"hello"})
    if extension != "txt":
        client.archives["plain"] = GRAPH
    downloads(client)
    file.refresh_from_db()
    assert (file.status, file.mime_type) == ("ERROR", "")
    assert "its size is 5, and Galaxy says 6" in file.error


def test_where_no_archive_can_be_had_the_difference_is_told(told: Any, downloads: Any) -> None:
    file = told("plain", b"hello", size=6, extension="txt")
    client = Contents({"plain": b"hello"})

    class Refusing(Contents):
        def download(self, dataset_id: str, write: Any, *, packed: bool = False, **how: Any) -> Any:
            if packed:
                raise NotReadable("Galaxy does not pack it.")
            return client.download(dataset_id, write, **how)

    downloads(Refusing({}))
    file.refresh_from_db()
    assert "its size is 5, and Galaxy says 6" in file.error


def test_it_stays_an_archive_when_the_run_is_imported_again(
    galaxy: Callable[..., Replay], imported: Callable[..., dict[str, Any]]
) -> None:
    server = galaxy("26.1/a_linear")
    page = next(path for path in (e["path"] for e in server.entries) if path.endswith("/display"))
    dataset = page.split("/")[3]
    server.replaced[f"/api/datasets/{dataset}"] = {
        **server.recorded(f"/api/datasets/{dataset}"), "extension": "velvet", "hashes": [], "file_size": 370_000,
    }  # fmt: skip
    server.archives[f"{page}?to_ext=data"] = GRAPH
    wanted = {"create_datasets": True, "download": True}
    for _ in range(2):
        told = imported("26.1/a_linear", A_LINEAR, server, **wanted)
        assert (told["state"], told["error"]) == ("DONE", "")
        row = GalaxyDataset.objects.get(galaxy_id=dataset)
        assert row.note == PACKED
        file = DataFile.objects.get(pk=row.datafile_id)
        assert file.name == "regions.bed.zip"
        assert (file.status, file.size, file.mime_type) == ("ONLINE", len(GRAPH), "application/zip")
    assert [one.path for one in server.asked].count(f"{page}?to_ext=data") == 1
