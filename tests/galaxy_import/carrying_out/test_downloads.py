"""Fetching contents: what is had stays, what cannot be had says why, and nothing half is ever seen."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage

from accounts.models import User
from data_management.models import DataFile
from run_import.models import RunImport
from tests.factories import a_dataset
from tests.galaxy_import.carrying_out.contents import Contents

pytestmark = pytest.mark.django_db


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
    row = RunImport.objects.get()
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
