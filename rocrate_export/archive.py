"""A crate as a zip archive that is written while it is sent; its length is known before the first byte."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from zipstream import ZipStream, ZipStreamInfo

from common.api.conditional import etag_of
from common.storage import CHUNK
from data_management.records import FileRecord, FileStatus
from rocrate_export.crate import Contents, contents_of
from rocrate_export.payload import payload_of
from workflows.records import RunRecord, WorkflowRecord

READABLE_BY_ALL = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class CrateArchive:
    """The archive of one crate; iterating gives its bytes, the same ones each time.

    ``sizes`` holds the bytes of each stored member by its key, as the storage says.
    """

    contents: Contents
    sizes: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._zip())

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._zip())

    @property
    def etag(self) -> str:
        """A strong entity tag: it changes with anything that changes the bytes."""
        return etag_of(
            repr((self.contents.written, self.contents.stored, sorted(self.sizes.items()))).encode()
        )

    def _zip(self) -> ZipStream:
        stream = _DatedZipStream(self.contents.date)
        for name, content in self.contents.written:
            stream.add(content, name)
        for one in self.contents.stored:
            stream.add(_read(one.key), one.name, size=self.sizes[one.key])
        return stream


def archive_of(record: RunRecord, base_url: str = "") -> CrateArchive:
    """The archive of a run's crate. What the storage has lost is named in it as lost, and left out."""
    keys = [one.key for one in payload_of(record).stored]
    sizes = _sizes(keys)
    lost = set(keys) - set(sizes)
    return CrateArchive(contents_of(_without(record, lost) if lost else record, base_url), sizes)


def _sizes(keys: list[str]) -> dict[str, int]:
    sizes = {}
    for key in keys:
        with suppress(FileNotFoundError):
            sizes[key] = default_storage.size(key)
    return sizes


def _without(record: RunRecord, lost: set[str]) -> RunRecord:
    """The record as it is when the files under these keys are gone."""
    links = (
        replace(
            link,
            dataset=replace(link.dataset, files=tuple(_found(file, lost) for file in link.dataset.files)),
        )
        for link in record.datasets
    )
    workflow = _workflow_without(record.workflow, lost) if record.workflow else None
    return replace(record, datasets=tuple(links), workflow=workflow)


def _found(file: FileRecord, lost: set[str]) -> FileRecord:
    return replace(file, storage_key="", status=FileStatus.ERROR) if file.storage_key in lost else file


def _workflow_without(workflow: WorkflowRecord, lost: set[str]) -> WorkflowRecord:
    return replace(workflow, files=tuple(file for file in workflow.files if file.storage_key not in lost))


def _read(key: str) -> Iterator[bytes]:
    with default_storage.open(key, "rb") as file:
        yield from file.chunks(CHUNK)


class _DatedZipStream(ZipStream):
    """A zip of stored members, all with one date: the library itself would write today's."""

    def __init__(self, date: datetime) -> None:
        super().__init__(sized=True)
        self._date = date.timetuple()[:6]

    def _gen_file_entry(self, *, arcname: str, size: int, **source: Any) -> Iterator[bytes]:
        info = ZipStreamInfo(arcname, self._date)
        info.external_attr = READABLE_BY_ALL
        info.file_size = size
        info.header_offset = self._pos
        for part in info._file_data(source.get("iterable") or [source["data"]]):
            yield self._track(part)
        if info.file_size != size:  # the length is promised already: better no archive than a wrong one
            raise RuntimeError(f"{arcname} has {info.file_size} bytes instead of {size}")
        self._filelist.append(info)
