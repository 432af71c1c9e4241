"""The storage: files stand whole under their names, or not at all."""

import hashlib
import io
import os
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.base import ContentFile

from common.storage import AtomicFileSystemStorage, MeasuredFile, key_for, measure, store

KEY = UUID("01957a00-0000-7000-8000-0000000012ab")


class Broken(io.BytesIO):
    """A file whose disk breaks in the middle."""

    def read(self, *args: int | None) -> bytes:
        """The first part; then nothing more is readable."""
        if self.tell():
            raise OSError("Input/output error")
        return super().read(4)


@pytest.fixture
def storage(tmp_path: Path) -> AtomicFileSystemStorage:
    """An empty directory."""
    return AtomicFileSystemStorage(location=str(tmp_path))


def files_in(path: Path) -> list[str]:
    return sorted(str(one.relative_to(path)) for one in path.rglob("*") if one.is_file())


def test_a_file_is_measured_while_it_is_kept(tmp_path: Path) -> None:
    kept = store(io.BytesIO(b"ACGT"), "tests/a/b.txt")
    assert (kept.size, kept.sha256) == (4, hashlib.sha256(b"ACGT").hexdigest())
    assert kept == measure(io.BytesIO(b"ACGT"))


def test_a_file_that_breaks_in_the_middle_is_not_there(
    storage: AtomicFileSystemStorage, tmp_path: Path
) -> None:
    with pytest.raises(OSError, match="Input/output"):
        storage.save("a.txt", MeasuredFile(Broken(b"x" * 9)))
    assert files_in(tmp_path) == []


def test_a_file_that_breaks_in_the_middle_leaves_the_older_one(
    storage: AtomicFileSystemStorage, tmp_path: Path
) -> None:
    storage.save("a.txt", ContentFile(b"older"))
    with pytest.raises(OSError, match="Input/output"):
        storage.save("a.txt", MeasuredFile(Broken(b"x" * 9)))
    assert (tmp_path / "a.txt").read_bytes() == b"older"


def test_taking_a_file_in_twice_replaces_it(storage: AtomicFileSystemStorage, tmp_path: Path) -> None:
    for content in (b"one", b"two"):
        assert storage.save("d/a.txt", ContentFile(content)) == "d/a.txt"
    assert files_in(tmp_path) == ["d/a.txt"]
    assert (tmp_path / "d" / "a.txt").read_bytes() == b"two"


def test_whoever_reads_a_file_goes_on_reading_the_older_one(storage: AtomicFileSystemStorage) -> None:
    storage.save("a.txt", ContentFile(b"older"))
    with storage.open("a.txt") as reader:
        storage.save("a.txt", ContentFile(b"newer"))
        assert reader.read() == b"older"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", ".hidden", "", "x" * 300, "ä ö", "..", "a\nb"])
def test_keys_are_safe_whatever_the_name(storage: AtomicFileSystemStorage, tmp_path: Path, name: str) -> None:
    key = key_for("data", KEY, name)
    assert key.startswith(f"data/ab/12/{KEY}/")
    assert len(key.split("/")) == 5
    assert key.split("/")[-1] not in ("", ".", "..")
    storage.save(key, ContentFile(b"x"))
    assert files_in(tmp_path) == [key]


def test_what_a_killed_process_left_is_cleared_away_a_day_later(storage: AtomicFileSystemStorage) -> None:
    storage.incoming.mkdir()
    old, young = storage.incoming / "old.part", storage.incoming / "young.part"
    for part in (old, young):
        part.write_bytes(b"half")
    os.utime(old, (0, 0))
    assert storage.remove_leftovers() == 1
    assert [one.name for one in storage.incoming.iterdir()] == ["young.part"]
