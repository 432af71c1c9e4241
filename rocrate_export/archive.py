"""A crate as a zip archive that is nowhere written: what it holds and where, before the first byte is read."""

import hashlib
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.core.files.storage import default_storage
from django.utils.text import slugify

from data_management.records import FileRecord, FileStatus
from rocrate_export import columns
from rocrate_export.checksums import OnProgress, checksums_of
from rocrate_export.choice import EVERYTHING, Choice
from rocrate_export.crate import Contents, contents_of
from rocrate_export.logs import NO_LOGS, RunLogs
from rocrate_export.payload import StoredMember
from rocrate_export.run_logs import is_log
from rocrate_export.shelf import open_stored, sizes_of
from rocrate_export.version import contents_of_version
from rocrate_export.zipping import Member, ZipPlan
from workflows.records import RunRecord, WorkflowFileRecord, WorkflowRecord

LONGEST_NAME = 80
_HEAD = 8  # bytes that tell how long the description is in what is kept of an archive


@dataclass(frozen=True, slots=True)
class CrateArchive:
    """The archive of one crate; iterating gives its bytes, the same ones each time.

    ``etag`` is strong: it changes with anything that changes the bytes. ``missing`` names the files that the
    registry should have and has not, or not whole; they are not in the archive, and the crate says so.
    """

    plan: ZipPlan
    file_name: str
    etag: str
    missing: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.plan)

    def __iter__(self) -> Iterator[bytes]:
        return self.part(0, len(self.plan))

    def part(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from ``start`` to before ``end``, in chunks.

        A stored file that is not as long any more as it was raises ContentChanged, one that has gone OSError.
        """
        return self.plan.part(start, end, open_stored())

    @property
    def metadata(self) -> bytes:
        """The metadata document, byte for byte as it stands in the archive."""
        return b"".join(self.plan.content(0, open_stored()))

    def is_whole(self) -> bool:
        """Whether each stored file is still there in its length: cheap beside sending them."""
        members = self.plan.members
        if isinstance(members, columns.Columns):
            sizes = members.stored()
        else:
            sizes = {one.key: one.size for one in members if one.key}
        return sizes_of(sizes) == sizes

    def kept(self) -> Iterator[bytes]:
        """What must be kept to send the archive later, a piece at a time: all but the stored files."""
        lengths, pieces = columns.written(self.plan.members)
        described = {
            "file_name": self.file_name,
            "etag": self.etag,
            "missing": self.missing,
            "date": self.plan.date,
            "columns": lengths,
        }
        head = orjson.dumps(described)
        yield len(head).to_bytes(_HEAD, "little") + head
        yield from pieces
        yield from (one.content for one in self.plan.members if one.content is not None)

    @classmethod
    def kept_in(cls, key: str) -> "CrateArchive":
        """The archive of which ``kept`` was stored under ``key``; OSError where it is not there.

        What was written for the crate stays in the storage until it is sent.
        """
        with default_storage.open(key, "rb") as kept:
            length = int.from_bytes(kept.read(_HEAD), "little")
            described = orjson.loads(kept.read(length))
            if "columns" not in described:
                raise FileNotFoundError(f"{key} was kept in a form that is not read any more")
            start = _HEAD + length + sum(described["columns"])
            members = columns.read(kept.read, described["columns"], key, start)
        plan = ZipPlan(members, datetime.fromisoformat(described["date"]))
        return cls(plan, described["file_name"], described["etag"], tuple(described["missing"]))


def archive_of(
    record: RunRecord,
    base_url: str = "",
    choice: Choice = EVERYTHING,
    on_progress: OnProgress | None = None,
    logs: RunLogs = NO_LOGS,
) -> CrateArchive:
    """The archive of a run's crate, with these of its logs. What the storage has lost is named as lost, and left out.

    Checksums that are not known are measured, which reads the files, and remembered; ``on_progress`` hears of it.
    """

    def contents(lost: Collection[str]) -> Contents:
        return contents_of(_without(record, lost) if lost else record, base_url, choice, logs)

    name = file_name(record.name, record.id)
    return _archive(name, contents, dict(_stored_files(record)), on_progress)


def archive_of_version(
    workflow: WorkflowRecord, base_url: str = "", choice: Choice = EVERYTHING, **about: Any
) -> CrateArchive:
    """The archive of a workflow version's crate; ``about`` is what ``contents_of_version`` takes beside."""

    def contents(lost: Collection[str]) -> Contents:
        return contents_of_version(_workflow_without(workflow, lost), base_url, choice, **about)

    name = file_name(f"{workflow.name} {workflow.version}", workflow.id)
    return _archive(name, contents, {one.storage_key: one for one in workflow.files}, None)


def file_name(name: str, pk: UUID | None) -> str:
    """What an archive is called: ``rna-seq-of-sample-a-<id>.crate.zip``."""
    readable = slugify(name)[:LONGEST_NAME].strip("-") or "run"
    return f"{readable}-{pk}.crate.zip" if pk else f"{readable}.crate.zip"


def _archive(
    name: str,
    contents_without: Callable[[Collection[str]], Contents],
    files: Mapping[str, FileRecord | WorkflowFileRecord],
    on_progress: OnProgress | None,
) -> CrateArchive:
    contents = contents_without(())
    sizes = _sizes(contents.stored)
    lost = {one.key: files[one.key] for one in contents.stored if _is_lost(one, sizes)}
    if lost:
        contents = contents_without(lost)
    found = checksums_of(contents.stored, files, on_progress)
    plan = ZipPlan(_members(contents, sizes, found), contents.date)
    return CrateArchive(plan, name, _etag(plan), tuple(_shown(one) for one in lost.values()))


def _sizes(stored: Iterable[StoredMember]) -> dict[str, int]:
    """The bytes of each file that is there. Logs were read a moment ago."""
    logs = {one.key: one.size for one in stored if is_log(one.key) and one.size is not None}
    return logs | sizes_of([one.key for one in stored if one.key not in logs])


def _is_lost(one: StoredMember, sizes: Mapping[str, int]) -> bool:
    """Whether a file is not there, or not as long as it was when it was measured."""
    return one.key not in sizes or one.size not in (None, sizes[one.key])


def _members(contents: Contents, sizes: Mapping[str, int], found: Mapping[str, int]) -> list[Member]:
    written = [Member(name, len(content), zlib.crc32(content), content) for name, content in contents.written]
    return written + [
        Member(name, sizes[key], found[key] if crc32 is None else crc32, None, key)
        for name, key, _, crc32 in contents.stored
    ]


def _etag(plan: ZipPlan) -> str:
    """Over names, sizes and checksums of all members, and over what was written, which names the SHA-256 of others."""
    digest = hashlib.blake2b(digest_size=16)
    for entry in plan.directory():
        digest.update(entry)
    for one in plan.members:
        if one.content is not None:
            digest.update(one.content)
    return f'"{digest.hexdigest()}"'


# --- Records, when files are lost or measured ---------------------------------------------------------------------


def _stored_files(record: RunRecord) -> Iterator[tuple[str, FileRecord | WorkflowFileRecord]]:
    for script in record.workflow.files if record.workflow else ():
        yield script.storage_key, script
    for link in record.datasets:
        for file in link.dataset.files:
            yield file.storage_key, file


def _shown(file: FileRecord | WorkflowFileRecord) -> str:
    return file.path or getattr(file, "name", "")


def _without(record: RunRecord, lost: Collection[str]) -> RunRecord:
    """The record as it is when the files under these keys are gone."""

    def seen(file: FileRecord) -> FileRecord:
        return replace(file, storage_key="", status=FileStatus.ERROR) if file.storage_key in lost else file

    workflow = record.workflow and _workflow_without(record.workflow, lost)
    return replace(_with_files(record, seen), workflow=workflow)


def _workflow_without(workflow: WorkflowRecord, lost: Collection[str]) -> WorkflowRecord:
    files = (replace(one, storage_key="") if one.storage_key in lost else one for one in workflow.files)
    return replace(workflow, files=tuple(files))


def _with_files(record: RunRecord, change: Callable[[FileRecord], FileRecord]) -> RunRecord:
    links = (
        replace(link, dataset=replace(link.dataset, files=tuple(map(change, link.dataset.files))))
        for link in record.datasets
    )
    return replace(record, datasets=tuple(links))
