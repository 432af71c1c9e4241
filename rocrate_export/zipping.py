"""Zip archives of stored members, of which any part can be had without what stands before it.

When the size and the CRC-32 of each member are known, so is the place of every byte: the length can be told
before the first byte is read, and a download that broke off goes on where it ended. Nothing is compressed.
Written after PKWARE's APPNOTE 6.3.10; ZIP64 (its section 4.3.14) only where a number does not fit otherwise.
"""

import struct
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

CHUNK = 256 * 1024  # bytes; small members are joined to this, large ones are read in pieces of it
_MOST = 0xFFFF_FFFF  # what 32 bits can say; the greatest of them says "look into the ZIP64 field"
_MOST_ENTRIES = 0xFFFF
_FLAGS = 0x800  # names are UTF-8
_PLAIN, _ZIP64 = 20, 45  # versions of the format that a reader must know
_MADE_BY = 3 << 8 | _ZIP64  # on Unix, so that the mode counts
_MODE = 0o100644 << 16  # a file that all may read
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_SIZES = struct.Struct("<HHQQ")  # the ZIP64 field of a local header
_END64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR = struct.Struct("<4sIQI")
_END = struct.Struct("<4s4H2IH")


class Stored(Protocol):
    """A file that lies in a storage, open for reading."""

    def read(self, size: int, /) -> bytes:
        """The next ``size`` bytes or fewer; none at the end."""

    def seek(self, offset: int, /) -> object:
        """Go to this place, counted in bytes from the start."""

    def close(self) -> object:
        """Give it back."""


OpenStored = Callable[[str], Stored]


class Member(NamedTuple):
    """A file in an archive: its bytes, or else the key under which the storage has them.

    ``name`` has ``/`` between its parts, ``size`` is in bytes, ``crc32`` an unsigned number. ``inside`` is the
    byte at which it begins in a stored file that holds more; None where it is all of the stored file.
    """

    name: str
    size: int
    crc32: int
    content: bytes | None = None
    key: str = ""
    inside: int | None = None


class ContentChanged(RuntimeError):
    """A stored file is not as long as was promised: better no archive than a wrong one."""


class ZipPlan:
    """Where every byte of an archive stands. Equal members and dates make equal archives.

    ``date`` is written as the time of each member; years that the format cannot say become the nearest one.
    """

    def __init__(self, members: Sequence[Member], date: datetime) -> None:
        self.members = members
        self.date = date
        self._offsets = array("Q")
        self._length_of_directory = 0
        offset = 0
        for one in members:
            name = len(one.name.encode())
            self._offsets.append(offset)
            self._length_of_directory += _CENTRAL.size + name + len(_fields64(one.size, offset))
            offset += _LOCAL.size + name + _extra_of_header(one.size) + one.size
        self._directory_at = offset

    def __len__(self) -> int:
        return self._directory_at + self._length_of_directory + len(self._end())

    def part(self, start: int, end: int, open_stored: OpenStored) -> Iterator[bytes]:
        """The bytes from ``start`` to before ``end``, in chunks; all of them for 0 and the plan's length.

        A stored file that has become shorter or longer raises ContentChanged, one that has gone OSError;
        both before its last bytes are given out.
        """
        start, end = max(start, 0), min(end, len(self))
        return _joined(self._pieces(start, end, open_stored)) if start < end else iter(())

    def content(self, number: int, open_stored: OpenStored) -> Iterator[bytes]:
        """The bytes of one member, in chunks."""
        one = self.members[number]
        return _content(one, 0, one.size, open_stored)

    def directory(self) -> Iterator[bytes]:
        """The entries of the central directory: what tells this archive from any other with equal contents."""
        stamp = _stamp(self.date)
        for one, offset in zip(self.members, self._offsets, strict=True):
            yield _entry(one, offset, stamp)

    def _pieces(self, start: int, end: int, open_stored: OpenStored) -> Iterator[bytes]:
        if start < self._directory_at:
            yield from self._members(start, min(end, self._directory_at), open_stored)
        if end > self._directory_at:
            yield from self._tail(max(start - self._directory_at, 0), end - self._directory_at)

    def _members(self, start: int, end: int, open_stored: OpenStored) -> Iterator[bytes]:
        first = bisect_right(self._offsets, start) - 1
        stamp = _stamp(self.date)
        for number in range(first, len(self.members)):
            offset = self._offsets[number]
            if offset >= end:
                break
            one = self.members[number]
            header = _header(one, stamp)
            yield header[max(start - offset, 0) : end - offset]
            offset += len(header)
            yield from _content(one, max(start - offset, 0), min(end - offset, one.size), open_stored)

    def _tail(self, start: int, end: int) -> Iterator[bytes]:
        """Part of the central directory and of what ends the archive, counted from the directory's start."""
        offset = 0
        for piece in self._tail_pieces():
            if start < offset + len(piece) and offset < end:
                yield piece[max(start - offset, 0) : end - offset]
            offset += len(piece)

    def _tail_pieces(self) -> Iterator[bytes]:
        yield from self.directory()
        yield self._end()

    def _end(self) -> bytes:
        count, size, offset = len(self.members), self._length_of_directory, self._directory_at
        plain = _END.pack(
            b"PK\5\6", 0, 0, *[min(count, _MOST_ENTRIES)] * 2, min(size, _MOST), min(offset, _MOST), 0
        )
        if count < _MOST_ENTRIES and size < _MOST and offset < _MOST:
            return plain
        large = _END64.pack(b"PK\6\6", _END64.size - 12, _MADE_BY, _ZIP64, 0, 0, count, count, size, offset)
        return large + _LOCATOR.pack(b"PK\6\7", 0, offset + size, 1) + plain


def _joined(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Small pieces as chunks, large ones as they are."""
    waiting: list[bytes] = []
    length = 0
    for piece in pieces:
        if len(piece) >= CHUNK and waiting:
            yield b"".join(waiting)
            waiting, length = [], 0
        waiting.append(piece)
        length += len(piece)
        if length >= CHUNK:
            yield waiting[0] if len(waiting) == 1 else b"".join(waiting)
            waiting, length = [], 0
    if length:
        yield b"".join(waiting)


def _content(one: Member, start: int, end: int, open_stored: OpenStored) -> Iterator[bytes]:
    if end < start or (start == end and one.size):
        return
    if one.content is not None:
        yield one.content[start:end]
        return
    file = open_stored(one.key)
    try:
        if start or one.inside:
            file.seek(start + (one.inside or 0))
        yield from _read(file, one, start, end)
    finally:
        file.close()


def _read(file: Stored, one: Member, start: int, end: int) -> Iterator[bytes]:
    """The bytes of a file. The read that shall bring its last ones asks for one more, which must not come."""
    behind = 1 if end == one.size and one.inside is None else 0
    while True:
        left = end - start
        piece = file.read(left + behind if left <= CHUNK else CHUNK)
        if len(piece) > left:
            raise ContentChanged(f"{one.name} is longer than the {one.size} bytes that were promised")
        start += len(piece)
        if start < end and not piece:
            raise ContentChanged(f"{one.name} has {start} bytes instead of {one.size}")
        yield piece
        if start == end:
            return


def _header(one: Member, stamp: tuple[int, int]) -> bytes:
    name = one.name.encode()
    if one.size < _MOST:
        sizes, extra, version = one.size, b"", _PLAIN
    else:
        sizes, extra, version = _MOST, _SIZES.pack(1, 16, one.size, one.size), _ZIP64
    head = _LOCAL.pack(b"PK\3\4", version, _FLAGS, 0, *stamp, one.crc32, sizes, sizes, len(name), len(extra))
    return head + name + extra


def _entry(one: Member, offset: int, stamp: tuple[int, int]) -> bytes:
    name, extra = one.name.encode(), _fields64(one.size, offset)
    size, place = min(one.size, _MOST), min(offset, _MOST)
    version = _ZIP64 if extra else _PLAIN
    head = _CENTRAL.pack(
        b"PK\1\2", _MADE_BY, version, _FLAGS, 0, *stamp, one.crc32, size, size, len(name), len(extra),
        0, 0, 0, _MODE, place,
    )  # fmt: skip
    return head + name + extra


def _extra_of_header(size: int) -> int:
    return 0 if size < _MOST else _SIZES.size


def _fields64(size: int, offset: int) -> bytes:
    """The ZIP64 field of an entry in the directory: only the numbers that do not fit into the entry itself."""
    if size < _MOST and offset < _MOST:
        return b""
    numbers = [size, size] if size >= _MOST else []
    numbers += [offset] if offset >= _MOST else []
    return struct.pack(f"<HH{len(numbers)}Q", 1, 8 * len(numbers), *numbers)


def _stamp(date: datetime) -> tuple[int, int]:
    """A time as MS-DOS writes it: in steps of two seconds, from 1980 to 2107."""
    year, month, day, hour, minute, second, *_ = date.timetuple()
    if year < 1980:
        year, month, day, hour, minute, second = 1980, 1, 1, 0, 0, 0
    if year > 2107:
        year, month, day, hour, minute, second = 2107, 12, 31, 23, 59, 58
    return hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day
