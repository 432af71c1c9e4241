"""Fetching contents: what is had stays, what cannot be had says why, and nothing half is ever seen."""

import errno
import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import wait
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from common.background import MOST_ATTEMPTS
from common.progress import Progress, Stopped
from data_management.models import DataFile
from galaxy_import.client import AddressForbidden, Downloaded, GalaxyUnavailable, KeyRefused, NotReadable
from galaxy_import.downloads import Downloads
from galaxy_import.models import GalaxyDataset, GalaxyImport, GalaxyServer
from galaxy_import.parts import PartFile, parts_directory
from galaxy_import.watching import Watch
from tests.factories import a_dataset, a_file, a_run
from workflows.models import WorkflowRun

pytestmark = pytest.mark.django_db
ETAG = '"0964a84be873ac8a"'


class Contents:
    """Stands for the client: datasets by their ids, and what goes wrong with some of them."""

    def __init__(self, contents: dict[str, bytes]) -> None:
        self.contents = contents
        self.broken: dict[str, Exception] = {}
        self.breaks_after: dict[str, int] = {}
        self.asked: list[tuple[str, int]] = []
        self.together = 0
        self.most_together = 0
        self._lock = threading.Lock()

    def download(
        self, dataset_id: str, write: Any, *, offset: int = 0, etag: str = "", limit: int, told: Any
    ) -> Downloaded:
        with self._lock:
            self.asked.append((dataset_id, offset))
            self.together += 1
            self.most_together = max(self.most_together, self.together)
        try:
            return self._send(dataset_id, write, offset if etag == ETAG else 0, told)
        finally:
            with self._lock:
                self.together -= 1

    def _send(self, dataset_id: str, write: Any, start: int, told: Any) -> Downloaded:
        content = self.contents[dataset_id]
        told(ETAG, len(content))
        write.seek(start)
        write.truncate()
        if dataset_id in self.breaks_after:
            write.write(content[start : self.breaks_after.pop(dataset_id)])
            raise self.broken.pop(dataset_id)
        if dataset_id in self.broken:
            raise self.broken[dataset_id]
        write.write(content[start:])
        return Downloaded(len(content), ETAG)


@pytest.fixture
def run(ada: User) -> WorkflowRun:
    """A run of Ada's."""
    return a_run(ada)


@pytest.fixture
def told(ada: User, run: WorkflowRun, server: GalaxyServer) -> Callable[..., DataFile]:
    """Makes a file that Galaxy told of, in a dataset of its own."""

    def make(galaxy_id: str, content: bytes = b"", **facts: Any) -> DataFile:
        made = {
            "name": f"{galaxy_id}.txt",
            "size": len(content),
            "status": "OFFLINE",
            **facts.pop("file", {}),
        }
        file = a_file(facts.pop("dataset", None) or a_dataset(ada, galaxy_id), **made)
        GalaxyDataset.objects.create(
            workflowrun=run, server=server, src="hda", galaxy_id=galaxy_id, data_type="OUTPUT", name=galaxy_id,
            **{"label": galaxy_id, "condition": "READY", "size": len(content), "dataset": file.dataset,
               "datafile": file, "known_by": "GALAXY", **facts},
        )  # fmt: skip
        return file

    return make


@pytest.fixture
def downloads(claimed: Callable[..., GalaxyImport], run: WorkflowRun) -> Callable[..., Any]:
    """Fetches with a client of the test's, as an attempt of that number; returns the summary."""

    def fetch(client: Contents, attempts: int = 0) -> str:
        wanted = GalaxyImport.objects.first()
        if wanted is None:
            wanted = claimed(workflowrun=run, create_datasets=True, download=True, attempts=attempts)
        given: Any = client
        return Downloads(wanted, given, Watch(wanted), Progress(wanted)).fetch_all()

    return fetch


def test_contents_are_fetched_measured_and_online(
    told: Any, downloads: Any, stored_files: Callable[[], list[str]]
) -> None:
    files = {name: told(name, name.encode()) for name in ("first", "second")}
    assert downloads(Contents({name: name.encode() for name in files})) == ""
    for name, file in files.items():
        file.refresh_from_db()
        assert (file.status, file.size, file.error) == ("ONLINE", len(name), "")
        assert file.sha256 == hashlib.sha256(name.encode()).hexdigest()
        assert file.md5sum == hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
        with default_storage.open(file.storage_key) as stored:
            assert stored.read() == name.encode()
        file.dataset.refresh_from_db()
        assert file.dataset.status == "ONLINE"
    assert len(stored_files()) == 2
    row = GalaxyImport.objects.get()
    assert (row.phase, row.files_total, row.files_done, row.bytes_total, row.bytes_done) == (
        "DOWNLOADING",
        2,
        2,
        11,
        11,
    )


def test_a_few_are_fetched_at_a_time(told: Any, downloads: Any) -> None:
    contents = {str(number): b"x" * number for number in range(12)}
    for name, content in contents.items():
        told(name, content)
    client = Contents(contents)
    downloads(client)
    assert client.most_together <= 3
    assert DataFile.objects.filter(status="ONLINE").count() == 12


def test_fetching_again_asks_for_nothing(told: Any, downloads: Any) -> None:
    told("first", b"1")
    client = Contents({"first": b"1"})
    downloads(client)
    downloads(client)
    assert len(client.asked) == 1


@pytest.mark.parametrize(
    "condition", ["PENDING", "FAILED", "SKIPPED", "PURGED", "DEFERRED", "RESTRICTED", "UNKNOWN"]
)
def test_what_cannot_be_had_is_not_asked_for(told: Any, downloads: Any, condition: str) -> None:
    file = told("first", condition=condition)
    client = Contents({})
    assert downloads(client) == ""
    file.refresh_from_db()
    assert (client.asked, file.status) == ([], "OFFLINE")


@pytest.mark.parametrize("condition", ["READY", "EMPTY", "DELETED"])
def test_what_is_empty_or_in_the_waste_bin_can_be_had(told: Any, downloads: Any, condition: str) -> None:
    file = told("first", b"", condition=condition)
    assert downloads(Contents({"first": b""})) == ""
    file.refresh_from_db()
    assert (file.status, file.size) == ("ONLINE", 0)


def test_a_file_of_somebody_with_the_same_content_is_left_alone(told: Any, downloads: Any) -> None:
    told("first", b"1", known_by="CONTENT")
    client = Contents({"first": b"1"})
    downloads(client)
    assert client.asked == []


def test_datasets_that_one_may_not_change_are_left_alone(told: Any, downloads: Any, eve: User) -> None:
    told("first", b"1", dataset=a_dataset(eve, "Hers"))
    client = Contents({"first": b"1"})
    downloads(client)
    assert client.asked == []


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
    assert GalaxyImport.objects.get().files_failed == 1
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


def test_hashes_that_galaxy_writes_in_capitals_are_the_same(told: Any, downloads: Any) -> None:
    told("first", b"1", hashes={"SHA-256": hashlib.sha256(b"1").hexdigest().upper()})
    assert downloads(Contents({"first": b"1"})) == ""


def test_a_download_that_was_cut_off_is_gone_on_with(told: Any, downloads: Any) -> None:
    file = told("first", b"0123456789")
    client = Contents({"first": b"0123456789"})
    client.broken["first"] = GalaxyUnavailable("away")
    client.breaks_after["first"] = 4
    with pytest.raises(GalaxyUnavailable):
        downloads(client)
    file.refresh_from_db()
    assert file.status == "OFFLINE"
    assert downloads(client) == ""
    assert client.asked == [("first", 0), ("first", 4)]
    file.refresh_from_db()
    assert file.sha256 == hashlib.sha256(b"0123456789").hexdigest()
    assert GalaxyImport.objects.get().bytes_done == 10
    assert list(parts_directory().iterdir()) == []


def test_what_changed_meanwhile_is_begun_anew(told: Any, downloads: Any) -> None:
    file = told("first", b"new content")
    with PartFile(str(file.pk)).open() as part:
        part.write(b"old")
    PartFile(str(file.pk)).mark('"another"')
    assert downloads(Contents({"first": b"new content"})) == ""
    file.refresh_from_db()
    assert file.sha256 == hashlib.sha256(b"new content").hexdigest()
    assert GalaxyImport.objects.get().bytes_done == len(b"new content")


def test_a_server_that_is_away_is_not_asked_for_everything(told: Any, downloads: Any) -> None:
    client = Contents({str(number): b"x" for number in range(30)})
    for name in client.contents:
        told(name, b"x")
        client.broken[name] = GalaxyUnavailable("away")
    with pytest.raises(GalaxyUnavailable):
        downloads(client)
    assert len(client.asked) < 10
    assert not DataFile.objects.filter(status="ERROR").exists()


def test_one_file_that_is_never_answered_for_fails_in_the_end(told: Any, downloads: Any) -> None:
    file = told("first", b"1")
    client = Contents({"first": b"1"})
    client.broken["first"] = GalaxyUnavailable("Galaxy cannot answer")
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
        GalaxyImport.objects.update(state="CANCELLED", finished_at=timezone.now())

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
        GalaxyImport.objects.update(state="CANCELLED", finished_at=timezone.now())
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
