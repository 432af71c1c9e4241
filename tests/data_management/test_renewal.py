"""Files that are told again: what we hold stays as it was measured, what changed is written, nothing is lost."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from data_management.models import DataFile, Dataset
from data_management.records import DatasetRecord, FileRecord, FileStatus
from data_management.services import Ownership, create_datasets, renew_files, renew_files_of_many
from tests.factories import a_dataset, a_file, sha256_of

PLACE = "https://galaxy.example.org/datasets/1"


@pytest.fixture
def reads(ada: User) -> Dataset:
    return a_dataset(ada)


def renew(dataset: Dataset, user: User, *files: FileRecord) -> Dataset:
    """Tell the files of a dataset, and read it anew."""
    renew_files(dataset_id=dataset.pk, files=files, ownership=Ownership(user, None))
    return Dataset.objects.get(pk=dataset.pk)


def told(name: str = "reads.fastq", **facts: Any) -> FileRecord:
    """A file as a source tells it that we cannot reach."""
    return FileRecord(**{"name": name, "path": name, "uri": PLACE, "status": FileStatus.OFFLINE, **facts})


def test_a_file_says_why_it_cannot_be_had(ada: User) -> None:
    lost = told(error="It was purged in Galaxy.")
    made = create_datasets(
        records=[DatasetRecord("Reads", files=(lost,))], ownership=Ownership(ada, ada.default_group())
    )
    file = DataFile.objects.get(pk=made.files[0][0])
    assert file.error == file.to_record().error == "It was purged in Galaxy."


def test_new_files_are_added_and_summed_up(ada: User, reads: Dataset) -> None:
    a_file(reads, content=b"held")
    dataset = renew(reads, ada, told("reads.fastq"), told("more.fastq", size=6, error="It is not there."))
    assert (dataset.file_count, dataset.size, dataset.status) == (2, 10, "OFFLINE")
    more = DataFile.objects.get(name="more.fastq")
    assert (more.position, more.uri, more.error, more.created_by) == (1, PLACE, "It is not there.", ada)


def test_a_file_that_we_hold_stays_as_it_was_measured(ada: User, reads: Dataset) -> None:
    held = a_file(reads, content=b"held")
    dataset = renew(reads, ada, told(format="fastq", error="Galaxy does not say.", crc32=7))
    now = DataFile.objects.get()
    for name in ("id", "size", "sha256", "md5sum", "crc32", "status", "storage_key", "error"):
        assert getattr(now, name) == getattr(held, name)
    assert (now.format, now.uri) == ("fastq", PLACE)
    assert (dataset.status, dataset.size) == ("ONLINE", 4)


AGREEING = {
    "the same SHA-256": {"sha256": sha256_of(b"held")},
    "the same SHA-256 and an odd size": {"sha256": sha256_of(b"held"), "size": 5},
    "the same size": {"size": 4},
    "nothing": {},
}
CONTRADICTING = {
    "another SHA-256": {"sha256": "0" * 64, "size": 4},
    "another MD5": {"md5sum": "0" * 32},
    "another size": {"size": 5},
}


@pytest.mark.parametrize("facts", AGREEING.values(), ids=AGREEING.keys())
def test_our_copy_stays_where_the_source_tells(ada: User, reads: Dataset, facts: dict[str, Any]) -> None:
    held = a_file(reads, content=b"held")
    renew(reads, ada, told(**facts))
    now = DataFile.objects.get()
    assert (now.storage_key, now.size, now.status) == (held.storage_key, 4, "ONLINE")


@pytest.mark.parametrize("facts", CONTRADICTING.values(), ids=CONTRADICTING.keys())
def test_our_copy_is_of_another_content_where_it_tells(
    ada: User, reads: Dataset, facts: dict[str, Any]
) -> None:
    a_file(reads, content=b"held")
    renew(reads, ada, told(**facts))
    now = DataFile.objects.get()
    assert (now.storage_key, now.status) == ("", "OFFLINE")
    assert {name: getattr(now, name) for name in facts} == facts


def test_a_record_that_names_a_copy_speaks_for_it(ada: User, reads: Dataset) -> None:
    held = a_file(reads, content=b"held")
    renew(reads, ada, told(storage_key=held.storage_key, status=FileStatus.ERROR, error="It is damaged."))
    now = DataFile.objects.get()
    assert (now.storage_key, now.status, now.error) == (held.storage_key, "ERROR", "It is damaged.")


def test_a_file_that_failed_is_told_anew(ada: User, reads: Dataset) -> None:
    a_file(reads, status="ERROR", error="It broke off.")
    renew(reads, ada, told(size=3))
    now = DataFile.objects.get()
    assert (now.status, now.error, now.size) == ("OFFLINE", "", 3)


def test_files_that_are_no_longer_named_stay(ada: User, reads: Dataset) -> None:
    a_file(reads, "a")
    a_file(reads, "b", position=1)
    renew(reads, ada, told("b"))
    assert set(DataFile.objects.values_list("name", flat=True)) == {"a", "b"}


def test_two_files_of_one_path_stay_two(ada: User, reads: Dataset) -> None:
    files = (told(size=1), told(size=2))
    renew(reads, ada, *files)
    assert renew(reads, ada, *files).to_record().files == files
    assert DataFile.objects.count() == 2


def test_what_did_not_change_is_not_written(ada: User, bob: User, reads: Dataset) -> None:
    files = (told("a"), told("b"))
    renew(reads, ada, *files)
    before = list(DataFile.objects.order_by("id").values())
    renew(reads, bob, *files)
    assert list(DataFile.objects.order_by("id").values()) == before
    renew(reads, bob, files[0], told("b", size=1))
    assert list(DataFile.objects.order_by("id").values_list("modified_by", flat=True)) == [ada.pk, bob.pk]


def test_many_files_take_as_many_statements_as_few(ada: User) -> None:
    def cost(count: int) -> int:
        datasets = [a_dataset(ada, str(number)) for number in range(count)]
        for one in datasets:
            a_file(one, "a")
        files = [told("a", size=count), *(told(f"f{number}") for number in range(count))]
        with CaptureQueriesContext(connection) as seen:
            renew_files_of_many(told={one.pk: files for one in datasets}, ownership=Ownership(ada, None))
        assert DataFile.objects.filter(size=count).count() == count
        return len(seen)

    assert cost(20) == cost(2)
