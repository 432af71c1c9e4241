"""The central directory of a zip archive, read before anything else and believed only where it fits the file.

Python's own reader repairs names and takes the last of two entries; here what is odd is refused, because two
readers that differ can be shown two crates. Rules: APPNOTE 6.3.10, sections 4.3 and 4.4.
"""

import os
import stat
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

from rocrate_packages.limits import Limits, PackageRefused
from rocrate_packages.names import NameCheck, shown

STORED, DEFLATED = 0, 8
ENCRYPTED, UTF8 = 0x1, 0x800
LOCAL_HEADER = 30  # bytes, without name and extra field

_CENTRAL = struct.Struct("<4sHHHHHHLLLHHHHHLL")
_CENTRAL64_EXTRA = 1
_END = struct.Struct("<4sHHHHLLH")
_END64 = struct.Struct("<4sQHHLLQQQQ")
_LOCATOR = struct.Struct("<4sLQL")
_LONGEST_COMMENT = 0xFFFF
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_PLAIN_KINDS = {0, stat.S_IFREG, stat.S_IFDIR}
_METHODS = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd", 99: "AES"}


class Member(NamedTuple):
    """A file of an archive as the central directory declares it."""

    name: str
    raw_name: bytes
    method: int
    crc: int
    packed: int
    size: int
    offset: int


class Directory(NamedTuple):
    """The files of an archive by name, its folders, and by a file's offset the byte before which it must end."""

    members: dict[str, Member]
    folders: list[str]
    limits: dict[int, int]


class _End(NamedTuple):
    """Where the central directory lies, and how many entries it has."""

    entries: int
    length: int
    offset: int


def read_directory(descriptor: int, limits: Limits) -> Directory:
    """What an archive holds, in the order of its directory; raises ``PackageRefused``."""
    end = _find_end(descriptor, os.fstat(descriptor).st_size)
    _refuse_large(end, limits)
    content = os.pread(descriptor, end.length, end.offset)
    entries = list(_members(content, end, limits))
    members = [one for one in entries if not one.name.endswith("/")]
    folders = [one.name[:-1] for one in entries if one.name.endswith("/")]
    _refuse_bomb(members, end.offset, limits)
    return Directory({one.name: one for one in members}, folders, _apart(members, end.offset))


def _find_end(descriptor: int, size: int) -> _End:
    start = max(0, size - _END.size - _LONGEST_COMMENT)
    tail = os.pread(descriptor, size - start, start)
    at = tail.rfind(b"PK\5\6")
    while at >= 0:
        if at + _END.size <= len(tail):
            fields = _END.unpack_from(tail, at)
            if at + _END.size + fields[-1] == len(tail):
                return _checked_end(descriptor, fields, start + at)
        at = tail.rfind(b"PK\5\6", 0, at)
    raise PackageRefused(
        "This archive has no directory at its end: it was cut off, or something was added to it. "
        "Download or pack it again."
    )


def _checked_end(descriptor: int, fields: tuple[int, ...], at: int) -> _End:
    _, disk, directory_disk, here, entries, length, offset, _ = fields
    end = _End(entries, length, offset)
    locator = os.pread(descriptor, _LOCATOR.size, max(0, at - _LOCATOR.size))
    if len(locator) == _LOCATOR.size and locator.startswith(b"PK\6\7"):
        end, at = _end64(descriptor, end, _LOCATOR.unpack(locator)[2])
    elif disk or directory_disk or here != entries:
        raise PackageRefused("This is one part of an archive in several parts. Pack the crate as one zip.")
    if end.offset + end.length != at:
        raise PackageRefused(
            "The directory of this archive is not where the archive says; something stands before or after "
            "it. Pack the crate again."
        )
    return end


def _end64(descriptor: int, short: _End, at: int) -> tuple[_End, int]:
    """The end of a large archive (ZIP64), which must not say other things than the short one does."""
    record = os.pread(descriptor, _END64.size, min(at, (1 << 63) - 1))
    if len(record) < _END64.size or not record.startswith(b"PK\6\6"):
        raise PackageRefused("The ZIP64 directory of this archive is missing. Download or pack it again.")
    end = _End(*_END64.unpack(record)[7:10])
    fulls = (_FULL16, _FULL32, _FULL32)
    if any(told not in (full, long) for told, long, full in zip(short, end, fulls, strict=True)):
        raise PackageRefused("The two directories of this archive (zip and ZIP64) differ. Pack it again.")
    return end, at


def _refuse_large(end: _End, limits: Limits) -> None:
    if end.entries > limits.members:
        raise PackageRefused(
            f"This archive has {end.entries} entries; at most {limits.members} are taken in. Pack directories "
            "of many small files into one file each."
        )
    least, most = end.entries * _CENTRAL.size, end.entries * (_CENTRAL.size + 4 * limits.name)
    if not least <= end.length <= most:
        raise PackageRefused(
            f"The directory of this archive has {end.length} bytes for {end.entries} entries, which cannot "
            "be. Pack the crate again."
        )


def _members(content: bytes, end: _End, limits: Limits) -> Iterator[Member]:
    check, at = NameCheck(limits), 0
    for _ in range(end.entries):
        if at + _CENTRAL.size > len(content):
            raise PackageRefused(_BROKEN)
        fields = _CENTRAL.unpack_from(content, at)
        lengths = fields[10:13]  # of name, extra field and comment
        at += _CENTRAL.size
        name, extra = content[at : at + lengths[0]], content[at + lengths[0] : at + lengths[0] + lengths[1]]
        at += sum(lengths)
        member = _member(fields, name, extra)
        if member.name.endswith("/"):
            _take_folder(member, check)
        else:
            check.file(member.name)
        yield member
    if at != len(content):
        raise PackageRefused(_BROKEN)


_BROKEN = "The directory of this archive is broken. Download or pack it again."


def _member(fields: tuple[Any, ...], raw_name: bytes, extra: bytes) -> Member:
    signature, _, _, flags, method, _, _, crc, packed, size, *_, disk, _, attributes, offset = fields
    name = _decoded(raw_name, flags)
    if signature != b"PK\1\2":
        raise PackageRefused(_BROKEN)
    if flags & ENCRYPTED:
        raise PackageRefused(f"The entry {shown(name)} is encrypted. Pack the crate without a password.")
    if method not in (STORED, DEFLATED):
        known = _METHODS.get(method, f"method {method}")
        raise PackageRefused(
            f"The entry {shown(name)} is compressed by {known}; only deflate is read. Pack the crate again."
        )
    if stat.S_IFMT(attributes >> 16) not in _PLAIN_KINDS:
        raise PackageRefused(
            f"The entry {shown(name)} is a link or a device, no file. Pack what it leads to in its place."
        )
    if _FULL32 in (packed, size, offset):
        packed, size, offset = _large(name, extra, packed, size, offset)
    if disk not in (0, _FULL16):
        raise PackageRefused("This is one part of an archive in several parts. Pack the crate as one zip.")
    return Member(name, raw_name, method, crc, packed, size, offset)


def _decoded(name: bytes, flags: int) -> str:
    """A name's text: UTF-8, which many write without saying so; else what the first zip used."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        if flags & UTF8:
            raise PackageRefused(f"The name of the entry {name[:60]!r} is not UTF-8, as it says.") from None
        return name.decode("cp437")


def _large(name: str, extra: bytes, packed: int, size: int, offset: int) -> tuple[int, int, int]:
    """The true numbers of an entry of ZIP64, which stand in its extra field in this order."""
    field = _extra_field(extra, _CENTRAL64_EXTRA)
    wanted = [number == _FULL32 for number in (size, packed, offset)]
    if field is None or len(field) < 8 * sum(wanted):
        raise PackageRefused(f"The size of the entry {shown(name)} is not told. Download or pack it again.")
    numbers = iter(struct.unpack_from(f"<{sum(wanted)}Q", field))
    size, packed, offset = (
        next(numbers) if large else short for large, short in zip(wanted, (size, packed, offset), strict=True)
    )
    return packed, size, offset


def _extra_field(extra: bytes, wanted: int) -> bytes | None:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == wanted:
            return extra[at + 4 : at + 4 + length]
        at += 4 + length
    return None


def _take_folder(member: Member, check: NameCheck) -> None:
    if member.size:
        raise PackageRefused(
            f"The folder {shown(member.name)} has content, as only files have. Pack it again."
        )
    check.folder(member.name[:-1])


def _refuse_bomb(members: list[Member], length: int, limits: Limits) -> None:
    """Refuse what would grow out of all proportion; ``length`` is that of the packed content."""
    for one in members:
        if one.size > limits.ratio_floor and one.size > limits.ratio * one.packed:
            raise PackageRefused(
                f"The entry {shown(one.name)} would grow to more than {limits.ratio} times its packed size "
                f"({one.packed:,} to {one.size:,} bytes): this looks like a zip bomb."
            )
    total = sum(one.size for one in members)
    if total > limits.ratio_floor and total > limits.ratio * length:
        raise PackageRefused(
            f"The archive would grow to more than {limits.ratio} times its size ({length:,} to {total:,} bytes): "
            "this looks like a zip bomb."
        )
    if total > limits.total:
        raise PackageRefused(
            f"The files of this archive have {total} bytes; at most {limits.total} are taken in. Leave the "
            "large ones out and name them by their address."
        )


def _apart(members: list[Member], end: int) -> dict[int, int]:
    """The byte before which each member must end, by its offset; refuses those that share bytes."""
    limit, limits = end, {}
    for one in sorted(members, key=lambda member: member.offset, reverse=True):
        if one.offset + LOCAL_HEADER + len(one.raw_name) + one.packed > limit:
            raise PackageRefused(
                f"The entry {shown(one.name)} reaches into another or past the end, as only broken archives "
                "and those made to do harm do. Download or pack it again."
            )
        limits[one.offset] = limit
        limit = one.offset
    return limits
