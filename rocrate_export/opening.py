"""Looking into an archive that somebody gave: what is read is bounded before it is read, nothing is unpacked.

The names of the members stay what they are: data. No Django.
"""

import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO

import orjson

MEBIBYTE = 1024 * 1024
MOST_MEMBERS = 200_000
LARGEST_DIRECTORY = 64 * MEBIBYTE  # the central directory of a zip, which is read as a whole
LARGEST_METADATA = 64 * MEBIBYTE
MOST_VALUES = 5_000_000  # objects, lists and commas of the metadata: what its parsed form costs in memory
METADATA_NAMES = ("ro-crate-metadata.json", "ro-crate-metadata.jsonld")  # the second one: RO-Crate 1.0
STORED_AND_DEFLATED = (0, 8)
ENCRYPTED = 0x1

_END = struct.Struct("<4s4H2LH")
_END_MARK = b"PK\x05\x06"
_LONGEST_COMMENT = 0xFFFF
_LOCATOR = struct.Struct("<4sLQL")
_END_64 = struct.Struct("<4sQ2H2L4Q")


class ArchiveRefused(Exception):
    """Why an archive is not taken, in a sentence for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An archive whose members can be listed and read; ``root`` is the folder of the crate in it, "" or "x/"."""

    archive: zipfile.ZipFile
    root: str
    metadata_name: str

    def metadata(self) -> bytes:
        """The metadata document; ArchiveRefused where it is larger than LARGEST_METADATA."""
        return _read(self.archive, self.metadata_name)


def open_archive(stream: BinaryIO) -> Opened:
    """Open a zip and find the crate in it; ArchiveRefused for what is none, or is not to be trusted.

    The metadata stands at the root, in the only folder there (or ``data/`` of a BagIt bag), as
    ``METADATA_NAMES`` say.
    """
    _check_directory(stream)
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, OSError, struct.error, UnicodeDecodeError) as problem:
        raise ArchiveRefused(f"The file is not a zip archive that can be read: {problem}.") from problem
    for member in archive.infolist():
        _check_member(member)
    root, name = _find(archive.namelist())
    return Opened(archive, root, name)


def check_crate(stream: BinaryIO) -> None:
    """ArchiveRefused unless the stream is a zip with a crate in it; leaves the stream anywhere."""
    document = parsed(open_archive(stream).metadata())
    graph = document.get("@graph") if isinstance(document, dict) else None
    if not isinstance(graph, list) or not graph:
        raise ArchiveRefused("The metadata of the crate holds no @graph: it is not flattened JSON-LD.")
    described = {one.get("@id") for one in graph if isinstance(one, dict) and _is_text(one.get("@id"))}
    if not any(str(one).rpartition("/")[2] in METADATA_NAMES for one in described):
        raise ArchiveRefused("The metadata of the crate does not describe itself: it has no descriptor.")


def parsed(metadata: bytes) -> Any:
    """The metadata as JSON; ArchiveRefused where it is none, or more than can be held in memory."""
    if sum(map(metadata.count, (b"{", b"[", b","))) > MOST_VALUES:
        raise ArchiveRefused(f"The metadata of the crate has more than {MOST_VALUES:,} values.")
    try:
        return orjson.loads(metadata.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as problem:
        raise ArchiveRefused(f"The metadata of the crate is not JSON: {problem}.") from problem


def is_safe(name: str) -> bool:
    """Whether a member's name stays inside a folder, on every file system."""
    parts = name.removesuffix("/").split("/")
    plain = not any(ord(char) < 32 or char in "\\\x7f" for char in name)
    drive = len(name) > 1 and name[1] == ":" and name[0].isalpha()
    return plain and not drive and not any(part in ("", ".", "..") for part in parts)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _check_directory(stream: BinaryIO) -> None:
    """Bounds first: ``zipfile`` reads a directory whole, however long it says that it is."""
    members, size = _directory(stream)
    if members > MOST_MEMBERS:
        raise ArchiveRefused(f"The archive has {members:,} members; at most {MOST_MEMBERS:,} are taken.")
    if size > LARGEST_DIRECTORY:
        raise ArchiveRefused("The list of the archive's members is larger than any crate needs.")


def _directory(stream: BinaryIO) -> tuple[int, int]:
    """Members and bytes of the central directory, as the end of the archive says (APPNOTE, 4.3.16)."""
    whole = stream.seek(0, 2)
    begin = max(0, whole - _END.size - _LONGEST_COMMENT)
    stream.seek(begin)
    tail = stream.read()
    place = tail.rfind(_END_MARK)
    if place < 0 or len(tail) - place < _END.size:
        raise ArchiveRefused("The file is not a zip archive.")
    _, _, _, _, members, size, _, _ = _END.unpack_from(tail, place)
    return _directory_64(stream, begin + place) or (members, size)


def _directory_64(stream: BinaryIO, end: int) -> tuple[int, int] | None:
    """The same from the ZIP64 record, where there is one (APPNOTE, 4.3.14)."""
    if end < _LOCATOR.size:
        return None
    stream.seek(end - _LOCATOR.size)
    mark, _, place, _ = _LOCATOR.unpack(stream.read(_LOCATOR.size))
    if mark != b"PK\x06\x07":
        return None
    # zipfile looks for the record right before the locator, whatever the locator says.
    stream.seek(max(0, end - _LOCATOR.size - _END_64.size))
    record = stream.read(_END_64.size)
    if len(record) < _END_64.size or record[:4] != b"PK\x06\x06":
        raise ArchiveRefused(f"The archive's end is damaged: there is no ZIP64 record at {place}.")
    return _END_64.unpack(record)[7], _END_64.unpack(record)[8]


def _check_member(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & ENCRYPTED:
        raise ArchiveRefused(f"{member.filename} is encrypted; nobody could read the crate.")
    if member.compress_type not in STORED_AND_DEFLATED:
        raise ArchiveRefused(f"{member.filename} is packed in a way that few can unpack; use deflate.")
    if not is_safe(member.orig_filename):
        raise ArchiveRefused(f"{member.orig_filename!r} is no name inside a folder.")
    if (member.external_attr >> 16) & 0o170000 not in (0, 0o100000, 0o040000):
        raise ArchiveRefused(f"{member.filename} is a link or a device, and no file.")


def _find(names: list[str]) -> tuple[str, str]:
    for name in METADATA_NAMES:
        found = [one for one in names if PurePosixPath(one).name == name and one.count("/") <= 2]
        found.sort(key=lambda one: one.count("/"))
        at_top = [one for one in found if one.count("/") == found[0].count("/")]
        if len(at_top) == 1:
            return at_top[0].removesuffix(name), at_top[0]
        if at_top:
            raise ArchiveRefused("The archive holds more than one crate, and none at its root.")
    raise ArchiveRefused("There is no ro-crate-metadata.json in the archive: it is not an RO-Crate.")


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """What is counted while it is unpacked is at most LARGEST_METADATA, whatever the archive says of itself."""
    try:
        with archive.open(name) as member:
            content = member.read(LARGEST_METADATA + 1)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError, zlib.error) as problem:
        raise ArchiveRefused(f"The metadata of the crate cannot be unpacked: {problem}.") from problem
    if len(content) > LARGEST_METADATA:
        raise ArchiveRefused(f"The metadata of the crate is larger than {LARGEST_METADATA // MEBIBYTE} MiB.")
    return content
