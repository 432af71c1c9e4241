"""Files as one archive that is nowhere written: its length is known before its first byte, parts of it can be had."""

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import slugify

from common.api.files import Download, answer
from common.errors import TooLarge
from data_management.models import DataFile
from data_management.records import FileStatus
from rocrate_export.checksums import checksums_of
from rocrate_export.names import ArchiveNames
from rocrate_export.payload import StoredMember
from rocrate_export.shelf import open_stored, sizes_of
from rocrate_export.zipping import Member, ZipPlan

MOST_FILES = 10_000
MOST_UNMEASURED = 512 * 1024 * 1024  # bytes whose checksum a request may wait for
LEFT_OUT = "LEFT-OUT.txt"


class TooMuch(TooLarge):
    """More than a request can answer; the message says what to do instead."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file, and the folder that it shall stand in."""

    folder: str
    file: DataFile


def must_not_be_too_many(found: Sequence[Any]) -> None:
    """TooMuch for more than MOST_FILES."""
    if len(found) > MOST_FILES:
        raise TooMuch(
            f"These are more than {MOST_FILES:,} files. Take the RO-Crate, or download them with the command line."
        )


def zip_answer(request: Any, wanted: Sequence[Wanted], name: str) -> HttpResponse:
    """The files that the registry holds as a zip archive; a text in it names those that it does not hold."""
    held, lost = _sorted_out(wanted)
    members = _members(held)
    if lost:
        said = "The registry does not hold the content of these files:\n\n" + "\n".join(lost) + "\n"
        members.append(_text(LEFT_OUT, said))
    date = max((one.file.modified for one in wanted), default=timezone.now())
    plan = ZipPlan(members, timezone.localtime(date, timezone.get_default_timezone()))
    tag = hashlib.sha256(b"".join(plan.directory())).hexdigest()

    def part(start: int, end: int) -> Iterable[bytes]:
        return plan.part(start, end, open_stored())

    given: HttpResponse = answer(
        request, Download(file_name(name), len(plan), f'"{tag}"', part, "application/zip")
    )
    return given


def file_name(name: str) -> str:
    """What an archive is called that is downloaded."""
    return f"{slugify(name)[:80].strip('-') or 'files'}.zip"


def _sorted_out(wanted: Sequence[Wanted]) -> tuple[list[Wanted], list[str]]:
    """What can be given, and what is named as left out."""
    keys = [one.file.storage_key for one in wanted if _is_promised(one.file)]
    sizes = sizes_of(keys)
    held = [
        one for one in wanted if _is_promised(one.file) and sizes.get(one.file.storage_key) == one.file.size
    ]
    kept = {id(one) for one in held}
    lost = [
        f"{one.folder}/{one.file.path or one.file.name}: {one.file.status} {one.file.error}".rstrip()
        for one in wanted
        if id(one) not in kept
    ]
    return held, lost


def _is_promised(file: DataFile) -> bool:
    return file.status == FileStatus.ONLINE and bool(file.storage_key) and file.size is not None


def _members(held: Sequence[Wanted]) -> list[Member]:
    names = ArchiveNames()
    measured = _checksums([one.file for one in held])
    members = []
    for one in held:
        file = one.file
        name = names.take(one.folder or "files", file.path or file.name)
        crc32 = file.crc32 if file.crc32 is not None else measured[file.storage_key]
        members.append(Member(name, file.size or 0, crc32, key=file.storage_key))
    return members


def _checksums(files: Sequence[DataFile]) -> dict[str, int]:
    unknown = [file for file in files if file.crc32 is None]
    if sum(file.size or 0 for file in unknown) > MOST_UNMEASURED:
        raise TooMuch(
            "These files were registered before their checksums were taken, and are too large to be read now. "
            "Take the RO-Crate, which is prepared in the background, or the files one by one."
        )
    stored = [StoredMember("", file.storage_key, file.size, None) for file in unknown]
    return checksums_of(stored, {file.storage_key: file.to_record() for file in unknown})


def _text(name: str, text: str) -> Member:
    content = text.encode()
    return Member(name, len(content), zlib.crc32(content), content)
