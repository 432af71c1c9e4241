"""Contents that do not come, come otherwise, or are cut off: what cannot be had says why, nothing half is seen."""

import errno
import hashlib
from collections.abc import Callable
from concurrent.futures import wait
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from common.background import MOST_ATTEMPTS
from common.progress import Stopped
from data_management.models import DataFile
from galaxy_import.carrying_out.downloads import Downloads
from galaxy_import.models import GalaxyDataset
from run_import.carrying_out.parts import PartFile, parts_directory
from run_import.models import RunImport
from run_sources.errors import AddressForbidden, KeyRefused, NotReadable, SourceUnavailable
from tests.galaxy_import.carrying_out.contents import Contents
from workflows.models import WorkflowRun

pytestmark = pytest.mark.django_db


def test_a_file_that_cannot_be_had_says_why_and_the_others_go_on(
    told: Any, downloads: Any, stored_files: Callable[[], list[str]]
) -> None:
    broken, fine = told("broken", b"1"), told("fine", b"22")
    client = Contents({"broken": b"1", "fine": b"22"})
    client.broken["broken"] = NotReadable("Galaxy does not show this to ada.")
    said = downloads(client)
    broken.refresh_from_db()
    fine.refresh_from_db()
    assert (broken.status, broken.error) == ("ERROR", "Galaxy does not show this to ada.")
    broken.dataset.refresh_from_db()
    assert (broken.dataset.status, fine.status) == ("ERROR", "ONLINE")
    assert said.startswith(
        "1 of 2 files could not be fetched. broken.txt: Galaxy does not show this to ada. "
    )
    assert "POST to retry/" in said
    assert RunImport.objects.get().files_failed == 1
    assert len([path for path in stored_files() if not path.startswith(".")]) == 1


@pytest.mark.parametrize(
    ("hashes", "what"),
    [
        ({"SHA-256": "0" * 64}, "SHA-256"),
        ({"MD5": "0" * 32}, "MD5"),
    ],
)
def test_a_file_that_is_not_what_galaxy_says_is_not_kept(
    told: Any, downloads: Any, stored_files: Any, hashes: dict[str, str], what: str
) -> None:
    file = told("first", b"1", hashes=hashes)
    said = downloads(Contents({"first": b"1"}))
    file.refresh_from_db()
    assert (file.status, file.storage_key) == ("ERROR", "")
    assert f"its {what} is " in file.error
    assert f"its {what} is " in said
    assert stored_files() == []


def test_a_file_of_another_size_is_not_kept(told: Any, downloads: Any, stored_files: Any) -> None:
    file = told("first", b"123")
    downloads(Contents({"first": b"12"}))
    file.refresh_from_db()
    assert file.error.startswith("its size is 2, and Galaxy says 3")
    assert stored_files() == []


@pytest.mark.parametrize(
    ("size", "limit"),
    [(3, 64 * 1024**2), (1024**3, 10 * 1024**3), (5 * 1024**3, 20 * 1024**3), (None, 20 * 1024**3)],
)
def test_not_much_more_is_taken_than_galaxy_says_there_is(
    told: Any, downloads: Any, settings: Any, size: int | None, limit: int
) -> None:
    settings.GALAXY_DOWNLOAD_MAX_BYTES = 20 * 1024**3
    file = told("first", b"123")
    GalaxyDataset.objects.filter(datafile=file).update(size=size)
    client = Contents({"first": b"123"})
    downloads(client)
    assert client.limits[0] == limit


def test_hashes_that_galaxy_writes_in_capitals_are_the_same(told: Any, downloads: Any) -> None:
    told("first", b"1", hashes={"SHA-256": hashlib.sha256(b"1").hexdigest().upper()})
    assert downloads(Contents({"first": b"1"})) == ""


def test_a_download_that_was_cut_off_is_gone_on_with(told: Any, downloads: Any) -> None:
    file = told("first", b"0123456789")
    client = Contents({"first": b"0123456789"})
    client.broken["first"] = SourceUnavailable("away")
    client.breaks_after["first"] = 4
    with pytest.raises(SourceUnavailable):
        downloads(client)
    file.refresh_from_db()
    assert file.status == "OFFLINE"
    assert downloads(client) == ""
    assert client.asked == [("first", 0), ("first", 4)]
    file.refresh_from_db()
    assert file.sha256 == hashlib.sha256(b"0123456789").hexdigest()
    assert RunImport.objects.get().bytes_done == 10
    assert list(parts_directory().iterdir()) == []


def test_what_changed_meanwhile_is_begun_anew(told: Any, downloads: Any) -> None:
    file = told("first", b"new content")
    with PartFile(str(file.pk)).open() as part:
        part.write(b"old")
    PartFile(str(file.pk)).mark('"another"')
    assert downloads(Contents({"first": b"new content"})) == ""
    file.refresh_from_db()
    assert file.sha256 == hashlib.sha256(b"new content").hexdigest()
    assert RunImport.objects.get().bytes_done == len(b"new content")


def test_a_server_that_is_away_is_not_asked_for_everything(told: Any, downloads: Any) -> None:
    client = Contents({str(number): b"x" for number in range(30)})
    for name in client.contents:
        told(name, b"x")
        client.broken[name] = SourceUnavailable("away")
    with pytest.raises(SourceUnavailable):
        downloads(client)
    assert len(client.asked) < 10
    assert not DataFile.objects.filter(status="ERROR").exists()


def test_one_file_that_is_never_answered_for_fails_in_the_end(told: Any, downloads: Any) -> None:
    file = told("first", b"1")
    client = Contents({"first": b"1"})
    client.broken["first"] = SourceUnavailable("Galaxy cannot answer")
    assert "Galaxy cannot answer" in downloads(client, attempts=MOST_ATTEMPTS - 1)
    file.refresh_from_db()
    assert (file.status, file.error) == ("ERROR", "Galaxy cannot answer")


def test_a_file_that_is_elsewhere_does_not_keep_the_others_away(told: Any, downloads: Any) -> None:
    moved, fine = told("moved", b"1"), told("fine", b"22")
    client = Contents({"moved": b"1", "fine": b"22"})
    client.broken["moved"] = AddressForbidden("Galaxy sends to 10.0.0.1, which may not be asked.")
    downloads(client)
    moved.refresh_from_db()
    fine.refresh_from_db()
    assert (moved.status, fine.status) == ("ERROR", "ONLINE")


def test_a_refused_key_ends_it(told: Any, downloads: Any) -> None:
    file = told("first", b"1")
    client = Contents({"first": b"1"})
    client.broken["first"] = KeyRefused("The key is not accepted.")
    with pytest.raises(KeyRefused):
        downloads(client)
    file.refresh_from_db()
    assert file.status == "OFFLINE"


def test_a_full_disk_ends_it_and_gets_its_room_back(told: Any, downloads: Any, stored_files: Any) -> None:
    told("first", b"0123456789")
    client = Contents({"first": b"0123456789"})
    client.broken["first"] = OSError(errno.ENOSPC, "No space left on device")
    client.breaks_after["first"] = 4
    with pytest.raises(OSError, match="No space"):
        downloads(client)
    assert stored_files() == []


def test_a_cancelled_import_stops_and_what_it_has_is_kept(
    told: Any, downloads: Any, eager: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = {str(number): b"x" for number in range(20)}
    for name, content in contents.items():
        told(name, content)
    client = Contents(contents)
    keep = Downloads._keep

    def cancelled_then(self: Downloads, *given: Any) -> None:
        keep(self, *given)
        RunImport.objects.update(state="CANCELLED", finished_at=timezone.now())

    monkeypatch.setattr(Downloads, "_keep", cancelled_then)
    with pytest.raises(Stopped):
        downloads(client)
    states = set(DataFile.objects.values_list("status", flat=True))
    assert states == {"ONLINE", "OFFLINE"}
    assert len(client.asked) < 20


def test_a_file_that_was_stored_while_the_work_was_being_stopped_is_kept(
    told: Any, downloads: Any, eager: None, monkeypatch: pytest.MonkeyPatch, stored_files: Any
) -> None:
    for number in range(3):
        told(str(number), b"x")
    client = Contents({str(number): b"x" for number in range(3)})
    finished = Downloads._settle_finished

    def cancelled_then(self: Downloads, going: Any) -> None:
        wait(going)
        RunImport.objects.update(state="CANCELLED", finished_at=timezone.now())
        finished(self, going)

    monkeypatch.setattr(Downloads, "_settle_finished", cancelled_then)
    with pytest.raises(Stopped):
        downloads(client)
    assert DataFile.objects.filter(status="ONLINE").count() == len(stored_files()) == 3


def test_a_dataset_that_was_deleted_meanwhile_leaves_no_file(
    told: Any, downloads: Any, monkeypatch: pytest.MonkeyPatch, stored_files: Any
) -> None:
    file = told("first", b"1")
    client = Contents({"first": b"1"})
    keep = Downloads._keep

    def gone_then(self: Downloads, *given: Any) -> None:
        DataFile.objects.filter(pk=file.pk).delete()
        keep(self, *given)

    monkeypatch.setattr(Downloads, "_keep", gone_then)
    assert downloads(client) == ""
    assert stored_files() == []


def test_what_another_import_is_fetching_is_left_to_it(told: Any, downloads: Any, storage: Path) -> None:
    file = told("first", b"1")
    with PartFile(str(file.pk)).open():
        client = Contents({"first": b"1"})
        assert downloads(client) == ""
    assert client.asked == []


def test_a_file_that_is_an_input_twice_is_fetched_once(told: Any, downloads: Any, run: WorkflowRun) -> None:
    told("first", b"1")
    row = GalaxyDataset.objects.get()
    row.pk, row.label = None, "again"
    row._state.adding = True
    GalaxyDataset.objects.bulk_create([row])
    client = Contents({"first": b"1"})
    downloads(client)
    assert len(client.asked) == 1
    assert GalaxyDataset.objects.count() == 2
