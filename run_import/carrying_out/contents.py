"""Fetching the contents of a run's files from any source: each whole and compared, or not at all."""

import os
from collections.abc import Iterator
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction

from common.background import MOST_ATTEMPTS
from common.progress import Progress, Stopped
from common.storage import Measured, key_for, measure
from data_management.models import DataFile, Dataset
from data_management.records import FileStatus
from data_management.services import sum_up
from run_import.carrying_out.parts import InUse, PartFile
from run_import.carrying_out.tallies import Counted, Tally
from run_import.carrying_out.watching import Watch
from run_import.models import RunImport
from run_import.recording.noting import id_at_source
from run_import.recording.patterns import fits
from run_import.recording.permission import who_asked
from run_import.sources import choice
from run_import.words import counted
from run_sources.errors import KeyRefused, SourceError, SourceUnavailable, TooLarge
from run_sources.seam import RunSource
from workflows.models import WorkflowRunDataset

CHUNK = 1024 * 1024  # bytes
MOST_TOLD = 100  # files that could not be had, each with its reason


class NotAsPromised(SourceError):
    """What came is not what the source says it is."""

    code = "not_as_promised"


class Contents:
    """The files of one import whose contents are wanted."""

    def __init__(self, wanted: RunImport, source: RunSource, watch: Watch, progress: Progress) -> None:
        self._wanted, self._source, self._watch, self._progress = wanted, source, watch, progress
        self._limit = int(choice(wanted.server.source, "DOWNLOAD_MAX_BYTES"))
        self._run_id = id_at_source(wanted)
        self._patterns = [] if wanted.download else wanted.paths
        self._tally = Tally()
        self._problems: list[dict[str, str]] = []

    def fetch_all(self) -> str:
        """Fetch what is missing; a sentence about what could not be had, empty for none.

        A file that cannot be had gets the status ERROR and the reason, and the others go on. Raises what stands in
        the way of all: a server that is away, a key that is refused, a disk that is full.
        """
        files = list(self._missing())
        size = sum(file.size or 0 for file in files)
        self._progress.begin(
            "DOWNLOADING", {"files_failed": 0, "file_problems": []}, files=len(files), bytes=size
        )
        for file in files:
            self._settle(file)
            self._progress.add(files=1)
        self._progress.complete()
        return self._summary(len(files))

    def _missing(self) -> Iterator[DataFile]:
        """Files of the run that the registry does not hold, and whose datasets the user may change."""
        links = WorkflowRunDataset.objects.filter(workflowrun=self._wanted.workflowrun_id)
        editable = Dataset.objects.editable_by(who_asked(self._wanted)).filter(pk__in=links.values("dataset"))
        rows = (
            DataFile.objects.filter(dataset__in=editable).exclude(status=FileStatus.ONLINE).exclude(path="")
        )
        seen: set[UUID] = set()
        for file in rows.order_by("dataset_id", "id").iterator(chunk_size=500):
            if file.pk not in seen and (not self._patterns or fits(file.path, self._patterns)):
                seen.add(file.pk)
                yield file

    def _settle(self, file: DataFile) -> None:
        try:
            self._fetch(file)
        except InUse:
            pass  # another import has it in its hands
        except KeyRefused:
            raise
        except SourceUnavailable as problem:
            if self._wanted.attempts < MOST_ATTEMPTS:
                raise
            self._fail(file, str(problem))
        except SourceError as problem:
            self._fail(file, str(problem))

    def _fetch(self, file: DataFile) -> None:
        part = PartFile(str(file.pk))
        try:
            with part.open() as stream:
                self._come(file, part, stream)
                stream.seek(0)
                found = measure(stream)
            self._compare(file, found)
            key = key_for("data", file.pk, file.name)
            part.move_to(key)
            self._keep(file, found, key)
        except InUse:
            raise
        except BaseException as problem:
            can_go_on = isinstance(problem, (SourceUnavailable, Stopped)) and part.etag
            if not can_go_on:
                part.forget()
            raise

    def _come(self, file: DataFile, part: PartFile, stream: BinaryIO) -> None:
        """Have it come: from where an earlier attempt broke off if the source can do that, else from the start."""
        download = getattr(self._source, "download", None)
        if download is None:
            stream.truncate(0)
            stream.seek(0)
            self._copy(file, stream)
            return
        etag = part.etag
        offset = stream.seek(0, os.SEEK_END) if etag else 0
        counted_stream: Any = Counted(stream, self._tally)
        self._tally.add(offset)
        download(
            self._run_id, file.path, counted_stream, limit=self._limit, offset=offset, etag=etag,
            told=lambda mark, size: part.mark(mark),
        )  # fmt: skip
        stream.flush()
        self._progress.add(bytes=self._tally.take())

    def _copy(self, file: DataFile, stream: BinaryIO) -> None:
        with self._source.open_file(self._run_id, file.path) as content:
            while chunk := content.read(CHUNK):
                self._watch()
                stream.write(chunk)
                self._progress.add(bytes=len(chunk))
                if stream.tell() > self._limit:
                    raise TooLarge(f"It is larger than {self._limit} bytes, the most that is fetched here.")
        stream.flush()

    def _compare(self, file: DataFile, found: Measured) -> None:
        promised: dict[str, tuple[Any, Any]] = {
            "SHA-256": (file.sha256, found.sha256),
            "MD5": (file.md5sum, found.md5sum),
            "size": (file.size, found.size),
        }
        for what, (told, came) in promised.items():
            if told not in ("", None) and told != came:
                raise NotAsPromised(
                    f"Its {what} is {came}, and the source says {told}: it was changed there."
                )

    def _keep(self, file: DataFile, found: Measured, key: str) -> None:
        with transaction.atomic():
            DataFile.objects.filter(pk=file.pk).exclude(status=FileStatus.ONLINE).update(
                status=FileStatus.ONLINE, error="", size=found.size, sha256=found.sha256, md5sum=found.md5sum,
                crc32=found.crc32, storage_key=key,
            )  # fmt: skip
            sum_up([file.dataset_id])

    def _fail(self, file: DataFile, reason: str) -> None:
        self._problems.append({"path": file.path, "reason": reason})
        with transaction.atomic():
            rows = DataFile.objects.filter(pk=file.pk).exclude(status=FileStatus.ONLINE)
            rows.update(status=FileStatus.ERROR, error=reason)
            sum_up([file.dataset_id])
        if not self._wanted.note(files_failed=len(self._problems), file_problems=self._problems[:MOST_TOLD]):
            raise Stopped

    def _summary(self, total: int) -> str:
        if not self._problems:
            return ""
        first = "{path}: {reason}".format(**self._problems[0])
        said = f"{len(self._problems)} of {counted(total, 'file', 'files')} could not be fetched. {first}"
        return f"{said.rstrip('.')}. Mend the cause, then POST to retry/ of this import."
