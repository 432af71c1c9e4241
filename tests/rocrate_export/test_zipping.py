"""An archive of stored members: every byte in its place, whatever part is asked for."""

import io
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from shutil import which

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rocrate_export.zipping import CHUNK, ContentChanged, Member, ZipPlan

DATE = datetime(2026, 3, 4, 10, 11, 13, tzinfo=UTC)
LARGE = 5 * 1024**3
FILES = {
    "a.txt": b"first",
    "empty": b"",
    "inputs/grün und 読.csv": b"1,2\n" * 100,
    "large.bin": bytes(range(256)) * (CHUNK // 256 * 2 + 7),
    "chunk.bin": b"x" * CHUNK,
    "last": b"z",
}


def opened(name: str) -> io.BytesIO:
    """A storage in which these files lie under their own names."""
    return io.BytesIO(FILES[name])


def member(name: str, content: bytes, *, written: bool) -> Member:
    if written:
        return Member(name, len(content), zlib.crc32(content), content)
    return Member(name, len(content), zlib.crc32(content), key=name)


PLAN = ZipPlan([member(name, content, written=name == "a.txt") for name, content in FILES.items()], DATE)


def whole(plan: ZipPlan, open_stored: Callable[[str], io.BytesIO] = opened) -> bytes:
    return b"".join(plan.part(0, len(plan), open_stored))


ARCHIVE = whole(PLAN)


def test_every_member_is_read_back_whole() -> None:
    with zipfile.ZipFile(io.BytesIO(ARCHIVE)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
        assert archive.namelist() == list(FILES)


def test_members_are_stored_dated_readable_files() -> None:
    with zipfile.ZipFile(io.BytesIO(ARCHIVE)) as archive:
        for info in archive.infolist():
            assert info.compress_type == zipfile.ZIP_STORED
            assert info.date_time == (2026, 3, 4, 10, 11, 12)
            assert info.external_attr >> 16 == 0o100644
            assert info.flag_bits == 0x800
            assert info.extra == b""


@pytest.mark.skipif(which("unzip") is None, reason="unzip is not installed")
def test_unzip_finds_nothing_wrong(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(ARCHIVE)
    answer = subprocess.run(["unzip", "-t", str(path)], capture_output=True, text=True, check=True)
    assert "No errors detected" in answer.stdout


def test_the_length_is_known_before_anything_is_read() -> None:
    assert len(PLAN) == len(ARCHIVE)


@given(st.lists(st.integers(0, len(ARCHIVE)), max_size=5))
def test_parts_of_any_cut_make_the_whole(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(ARCHIVE)]
    parts = [PLAN.part(start, end, opened) for start, end in pairwise(places)]
    assert b"".join(b"".join(part) for part in parts) == ARCHIVE


@given(st.integers(-5, len(ARCHIVE) + 5), st.integers(-5, 400))
def test_a_part_is_what_a_slice_of_the_archive_is(start: int, length: int) -> None:
    end = start + length
    assert b"".join(PLAN.part(start, end, opened)) == ARCHIVE[max(start, 0) : max(end, 0)]


def test_every_border_may_be_a_cut() -> None:
    borders = [i for i in range(len(ARCHIVE)) if ARCHIVE[i : i + 2] == b"PK"]
    for place in [near for border in borders for near in range(border - 60, border + 60)]:
        cut = min(max(place, 0), len(ARCHIVE))
        assert b"".join(PLAN.part(cut, cut + 61, opened)) == ARCHIVE[cut : cut + 61]


@given(
    st.dictionaries(
        st.text("abÄ読/.", min_size=1, max_size=20), st.tuples(st.binary(max_size=300), st.booleans())
    ),
    st.data(),
)
def test_any_members_make_an_archive_that_any_part_can_be_had_of(
    files: dict[str, tuple[bytes, bool]], data: st.DataObject
) -> None:
    plan = ZipPlan(
        [member(name, content, written=written) for name, (content, written) in files.items()], DATE
    )

    def open_stored(key: str) -> io.BytesIO:
        return io.BytesIO(files[key][0])

    archive = b"".join(plan.part(0, len(plan), open_stored))
    with zipfile.ZipFile(io.BytesIO(archive)) as read:
        assert {one.filename: read.read(one) for one in read.infolist()} == {
            n: c for n, (c, _) in files.items()
        }
    cut = data.draw(st.integers(0, len(archive)))
    assert b"".join(plan.part(0, cut, open_stored)) == archive[:cut]
    assert b"".join(plan.part(cut, len(plan), open_stored)) == archive[cut:]


@pytest.mark.parametrize(("content", "said"), [(b"sho", "has 3 bytes"), (b"longer", "longer than the 5")])
def test_a_file_that_changed_its_length_ends_the_archive(content: bytes, said: str) -> None:
    plan = ZipPlan([Member("a", 5, 0, key="a")], DATE)
    with pytest.raises(ContentChanged, match=said):
        whole(plan, lambda _: io.BytesIO(content))


def test_a_large_file_that_grew_is_noticed_before_its_last_piece_is_out() -> None:
    plan = ZipPlan([Member("a", 2 * CHUNK, 0, key="a")], DATE)
    got = 0
    with pytest.raises(ContentChanged):  # noqa: PT012
        for piece in plan.part(0, len(plan), lambda _: io.BytesIO(bytes(2 * CHUNK + 1))):
            got += len(piece)
    assert got < 2 * CHUNK


def test_an_empty_file_that_grew_is_noticed() -> None:
    with pytest.raises(ContentChanged):
        whole(ZipPlan([Member("a", 0, 0, key="a")], DATE), lambda _: io.BytesIO(b"x"))


def test_the_part_before_a_damaged_file_can_still_be_had() -> None:
    plan = ZipPlan([member("a.txt", b"first", written=True), Member("b", 5, 0, key="b")], DATE)
    assert len(b"".join(plan.part(0, 40, lambda _: io.BytesIO(b"")))) == 40


def test_files_are_given_back_also_when_the_reader_leaves() -> None:
    file = opened("large.bin")
    part = PLAN.part(0, len(PLAN), lambda _: file)
    with pytest.raises(ContentChanged):  # the empty file is not empty here
        next(part)
    assert file.closed


@pytest.mark.parametrize(("year", "written"), [(1966, 1980), (1980, 1980), (2107, 2107), (2300, 2107)])
def test_a_year_that_the_format_cannot_say_becomes_the_nearest(year: int, written: int) -> None:
    archive = whole(ZipPlan([], DATE)) and whole(ZipPlan([PLAN.members[0]], DATE.replace(year=year)))
    with zipfile.ZipFile(io.BytesIO(archive)) as read:
        assert read.infolist()[0].date_time[0] == written


def test_small_files_travel_together() -> None:
    plan = ZipPlan([Member(f"{n}", 5, 0, b"first") for n in range(20_000)], DATE)
    chunks = list(plan.part(0, len(plan), opened))
    assert min(map(len, chunks[:-1])) >= CHUNK
    assert max(map(len, chunks)) < 2 * CHUNK


# --- What 32 bits cannot say -------------------------------------------------------------------------------


class Zeros:
    """As many zeros as anybody reads: a file of 5 GiB that takes no room."""

    def __init__(self, size: int) -> None:
        self.size, self.place = size, 0

    def read(self, size: int, /) -> bytes:
        got = min(size, self.size - self.place)
        self.place += got
        return bytes(got)

    def seek(self, offset: int, /) -> int:
        self.place = offset
        return offset

    def close(self) -> None:
        pass


class Pretended(io.RawIOBase):
    """The archive of a plan as a file that can be read anywhere, without its bytes lying anywhere."""

    def __init__(self, plan: ZipPlan, sizes: dict[str, int]) -> None:
        self.plan, self.sizes, self.place = plan, sizes, 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.place

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self.place = offset + (0, self.place, len(self.plan))[whence]
        return self.place

    def read(self, size: int = -1, /) -> bytes:
        end = len(self.plan) if size is None or size < 0 else self.place + size
        got = b"".join(self.plan.part(self.place, end, lambda key: Zeros(self.sizes[key])))
        self.place += len(got)
        return got


def pretended(*sizes: int) -> tuple[ZipPlan, Pretended]:
    members = [
        Member(f"{n}.bin", size, zlib.crc32(bytes(min(size, 100))), key=f"{n}")
        for n, size in enumerate(sizes)
    ]
    plan = ZipPlan(members, DATE)
    return plan, Pretended(plan, {f"{n}": size for n, size in enumerate(sizes)})


@pytest.mark.parametrize(
    ("sizes", "large"),
    [
        ((LARGE, 10), [True, True]),  # the second lies behind 4 GiB
        ((10, LARGE), [False, True]),
        ((0xFFFF_FFFE, 10), [False, True]),
        ((0xFFFF_FFFF, 10), [True, True]),
        ((10, 10), [False, False]),
    ],
)
def test_zip64_stands_where_a_number_needs_it_and_nowhere_else(
    sizes: tuple[int, ...], large: list[bool]
) -> None:
    _, file = pretended(*sizes)
    with zipfile.ZipFile(file) as archive:  # type: ignore[call-overload]
        assert [info.file_size for info in archive.infolist()] == list(sizes)
        assert [info.extract_version == 45 for info in archive.infolist()] == large
        for info in archive.infolist():
            if info.file_size < 100:
                assert archive.read(info) == bytes(info.file_size)
            with archive.open(info) as content:  # its local header is where the directory says
                assert content.read(5) == bytes(5)


def test_the_end_of_a_large_file_can_be_had_without_its_beginning() -> None:
    plan, _ = pretended(LARGE, 10)
    read: list[int] = []

    class Counted(Zeros):
        def read(self, size: int, /) -> bytes:
            read.append(size)
            return super().read(size)

    sizes = {"0": LARGE, "1": 10}
    tail = b"".join(plan.part(LARGE, len(plan), lambda key: Counted(sizes[key])))
    assert len(tail) == len(plan) - LARGE
    assert sum(read) < 200


@pytest.mark.parametrize(("count", "large"), [(65_534, False), (65_535, True), (70_000, True)])
def test_many_members_are_counted_in_zip64(count: int, large: bool) -> None:
    plan = ZipPlan([Member(f"{n}", 0, 0, b"") for n in range(count)], DATE)
    data = whole(plan)
    assert len(data) == len(plan)
    assert (b"PK\6\6" in data) is large
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert len(archive.namelist()) == count


def test_a_directory_behind_4_gib_is_found() -> None:
    plan, file = pretended(LARGE)
    end = b"".join(plan.part(len(plan) - 22, len(plan), lambda _: Zeros(LARGE)))
    assert struct.unpack("<I", end[16:20]) == (0xFFFF_FFFF,)
    with zipfile.ZipFile(file) as archive:  # type: ignore[call-overload]
        assert archive.start_dir == LARGE + 30 + 5 + 20
