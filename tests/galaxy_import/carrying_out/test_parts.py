"""Downloads on their way in."""

import os
import time
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from run_import.carrying_out.parts import KEPT, InUse, PartFile, parts_directory, remove_old_parts


def test_a_part_is_gone_on_with_where_it_was_left(storage: Path) -> None:
    with PartFile("a").open() as stream:
        stream.write(b"first ")
    with PartFile("a").open() as stream:
        stream.write(b"second")
    PartFile("a").move_to("data/a.txt")
    with default_storage.open("data/a.txt") as stored:
        assert stored.read() == b"first second"
    assert list(parts_directory().iterdir()) == []


def test_the_mark_of_the_content_is_kept_with_it(storage: Path) -> None:
    assert PartFile("a").etag == ""
    PartFile("a").mark('"0964a84be873ac8a"')
    assert PartFile("a").etag == '"0964a84be873ac8a"'
    PartFile("a").forget()
    assert PartFile("a").etag == ""


def test_two_workers_never_write_one_part(storage: Path) -> None:
    with PartFile("a").open(), pytest.raises(InUse), PartFile("a").open():
        pass


def test_a_part_that_nobody_went_on_with_goes_after_a_week(storage: Path) -> None:
    with PartFile("old").open() as stream:
        stream.write(b"half")
    with PartFile("new").open() as stream:
        stream.write(b"half")
    long_ago = time.time() - KEPT - 60
    os.utime(PartFile("old").path, (long_ago, long_ago))
    assert remove_old_parts() == 1
    assert [path.name for path in parts_directory().iterdir()] == ["new.part"]
