"""Members of an archive as columns."""

import io

import pytest

from rocrate_export.columns import Columns, read, written
from rocrate_export.zipping import Member

MEMBERS = [
    Member("ro-crate-metadata.json", 4, 1, b"abcd"),
    Member("inputs/größe.bin", 2**33, 2**32 - 1, None, "data/größe"),
    Member("empty.txt", 0, 0, b""),
    Member("logs/a.txt", 3, 7, b"efg"),
]


@pytest.fixture
def columns() -> Columns:
    lengths, pieces = written(MEMBERS)
    return read(io.BytesIO(b"".join(pieces)).read, lengths, "prepared/plan", 100)


def test_members_come_back_with_the_place_of_their_contents(columns: Columns) -> None:
    assert list(columns) == [
        Member("ro-crate-metadata.json", 4, 1, None, "prepared/plan", 100),
        MEMBERS[1],
        Member("empty.txt", 0, 0, None, "prepared/plan", 104),
        Member("logs/a.txt", 3, 7, None, "prepared/plan", 104),
    ]


def test_one_member_is_what_it_is_among_all(columns: Columns) -> None:
    assert [columns[number] for number in range(len(columns))] == list(columns) == columns[:]
    with pytest.raises(IndexError):
        columns[4]


def test_stored_files_are_told_with_their_sizes(columns: Columns) -> None:
    assert columns.stored() == {"data/größe": 2**33}
