"""Fetching the contents of a run's datasets: a few at a time, gone on with after a cut, compared, then stored."""

import errno
import os
import zipfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from common.background import MOST_ATTEMPTS
from common.progress import Progress, Stopped
from common.storage import Measured, measure
from data_management.models import DataFile
from data_management.records import FileStatus
from data_management.services import sum_up
from galaxy_import.carrying_out.missing_files import PACKED, ZIP, Missing, held_files, missing_files
from galaxy_import.client import GalaxyClient
from galaxy_import.models import GalaxyDataset
from run_import.carrying_out.contents import MOST_TOLD
from run_import.carrying_out.parts import InUse, PartFile
from run_import.carrying_out.tallies import Counted, Tally
from run_import.carrying_out.watching import Watch
from run_import.models import RunImport
from run_import.words import counted
from run_sources.errors import (
    AnswerNotUnderstood,
    KeyRefused,
    NotFound,
    NotReadable,
    SourceError,
    SourceUnavailable,
)

AT_ONCE = 3
LOOK_EVERY = 0.5  # seconds
AWAY_AFTER = 3  # files in a row that the server does not answer for: it is away, and not the files
TOLD_TIMES = 10
SMALL = 64 * 1024 * 1024  # bytes
FULL = (errno.ENOSPC, errno.EDQUOT)


class NotAsPromised(Exception):
    """What came is not what Galaxy says it is."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a file, as what it is kept, and what is wrong with it; empty for nothing."""

    file: Missing
    measured: Measured
    wrong: str = ""


class Downloads:
    """The downloads of one import. Database and progress are the business of the thread that made it."""

    def __init__(self, wanted: RunImport, client: GalaxyClient, watch: Watch, progress: Progress) -> None:
        self._wanted, self._client, self._watch, self._progress = wanted, client, watch, progress
        self._tally = Tally()
        self._away: list[tuple[Missing, SourceUnavailable]] = []
        self._in_a_row = 0
        self._problems: list[dict[str, str]] = []

    def fetch_all(self) -> str:
        """Fetch what is missing of the run's files; a sentence about what could not be had, empty for none.

        A file that cannot be had gets the status ERROR and the reason, and the others go on. Raises what stands in
        the way of all: a server that is away, a key that is refused, a disk that is full.
        """
        run_id = self._wanted.workflowrun_id
        patterns = [] if self._wanted.download else self._wanted.paths
        files = list(missing_files(run_id, self._wanted.owner, patterns))
        held, size = held_files(run_id)
        total, bytes_of_all = held + len(files), size + sum(file.size or 0 for file in files)
        self._progress.begin(
            "DOWNLOADING", {"files_failed": 0, "file_problems": []}, files=total, bytes=bytes_of_all
        )
        self._progress.add(files=held, bytes=size)
        self._run(deque(files))
        self._settle_those_away()
        self._progress.complete()
        return self._summary(total)

    def _run(self, files: deque[Missing]) -> None:
        going: dict[Future[Came], Missing] = {}
        try:
            with _pool(self._watch) as pool:
                while files or going:
                    while files and len(going) < AT_ONCE:
                        file = files.popleft()
                        going[pool.submit(self._fetch, file)] = file
                    self._settle_finished(going)
        finally:
            self._keep_what_came(going)

    def _settle_finished(self, going: dict[Future[Came], Missing]) -> None:
        """Wait a moment for files that are through, and look whether the work goes on."""
        done, _ = wait(going, timeout=LOOK_EVERY, return_when=FIRST_COMPLETED)
        self._progress.add(bytes=self._tally.take())
        self._watch()
        for future in done:
            self._settle(going.pop(future), future)

    def _keep_what_came(self, going: dict[Future[Came], Missing]) -> None:
        """Files that were stored while the work was being stopped lie there whole."""
        for future in going:
            if future.done() and not future.cancelled() and future.exception() is None:
                self._keep(future.result())

    def _fetch(self, file: Missing) -> Came:
        """In a thread of its own: fetch, compare, store."""
        self._watch()
        part = PartFile(str(file.id))
        with part.open() as stream:
            etag = part.etag
            if not etag:
                stream.truncate(0)
            offset = stream.seek(0, os.SEEK_END)
            self._tally.add(offset)
            try:
                came = self._come(file, part, stream, offset=offset, etag=etag)
                return _stored(self._packed(came, part, stream) if came.wrong else came, part)
            except OSError as problem:
                if problem.errno in FULL:
                    part.forget()  # it would only take room from others
                raise

    def _come(self, file: Missing, part: PartFile, stream: BinaryIO, **how: Any) -> Came:
        """Have it come, and look what it is."""
        out: Any = Counted(stream, self._tally)
        limit = _most_bytes(None if how.get("packed") else file.size)
        done = self._client.download(
            file.galaxy_id, out, limit=limit,
            told=lambda mark, size: part.mark(mark), **how,
        )  # fmt: skip
        found = _measured(stream)
        if (
            done.is_archive
            and file.may_be_packed
            and file.difference(found)
            and zipfile.is_zipfile(part.path)
        ):
            return Came(file.packed, found)
        return Came(file, found, file.difference(found))

    def _packed(self, came: Came, part: PartFile, stream: BinaryIO) -> Came:
        """Ask for an archive: of a dataset of several files, Galaxy shows only what is on its first page."""
        if not came.file.may_be_packed:
            return came
        try:
            again = self._come(came.file, part, stream, packed=True)
        except (NotReadable, NotFound, AnswerNotUnderstood):
            return came
        return again if again.file.is_packed else came

    def _settle(self, file: Missing, future: Future[Came]) -> None:
        try:
            came = future.result()
        except SourceUnavailable as problem:
            self._away.append((file, problem))
            self._in_a_row += 1
            if self._in_a_row >= AWAY_AFTER and self._wanted.attempts < MOST_ATTEMPTS:
                raise
        except KeyRefused:
            raise
        except InUse:
            self._progress.add(files=1)  # another import has it in its hands
        except (SourceError, NotAsPromised) as problem:
            PartFile(str(file.id)).forget()
            self._fail(file, str(problem))
        else:
            self._in_a_row = 0
            self._keep(came)
            self._progress.add(files=1)

    def _settle_those_away(self) -> None:
        """Files that the server did not answer for are tried again with the import, and failed in the end."""
        if self._away and self._wanted.attempts < MOST_ATTEMPTS:
            raise self._away[0][1]
        for file, problem in self._away:
            self._fail(file, str(problem))

    def _keep(self, came: Came) -> None:
        file, found = came.file, came.measured
        kind = {"mime_type": ZIP, "name": file.name} if file.is_packed else {}
        with transaction.atomic():
            kept = _rows(file).update(
                status=FileStatus.ONLINE, error="", size=found.size, sha256=found.sha256, md5sum=found.md5sum,
                crc32=found.crc32, storage_key=file.key, **kind,
            )  # fmt: skip
            if kept and file.is_packed:
                GalaxyDataset.objects.filter(datafile=file.id).update(note=PACKED)
            sum_up([file.dataset_id])
        if not kept:  # its dataset was deleted meanwhile, or another import was faster
            self._remove_unless_used(file)

    def _remove_unless_used(self, file: Missing) -> None:
        if not DataFile.objects.filter(storage_key=file.key).exists():
            with suppress(OSError):
                default_storage.delete(file.key)

    def _fail(self, file: Missing, reason: str) -> None:
        self._problems.append({"path": file.name, "reason": reason})
        with transaction.atomic():
            _rows(file).update(status=FileStatus.ERROR, error=reason)
            sum_up([file.dataset_id])
        if not self._wanted.note(files_failed=len(self._problems), file_problems=self._problems[:MOST_TOLD]):
            raise Stopped

    def _summary(self, total: int) -> str:
        if not self._problems:
            return ""
        files = counted(total, "file", "files")
        first = "{path}: {reason}".format(**self._problems[0])
        said = f"{len(self._problems)} of {files} could not be fetched. {first}"
        return f"{said.rstrip('.')}. Mend the cause, then POST to retry/ of this import."


def _most_bytes(told: int | None) -> int:
    """How much of a file is taken, given the size that Galaxy tells.

    A first page may be longer than its dataset; what has no end is not to fill the disk.
    """
    most: int = settings.GALAXY_DOWNLOAD_MAX_BYTES
    return most if told is None else min(most, max(TOLD_TIMES * told, SMALL))


def _rows(file: Missing) -> Any:
    return DataFile.objects.filter(pk=file.id).exclude(status=FileStatus.ONLINE)


@contextmanager
def _pool(watch: Watch) -> Iterator[ThreadPoolExecutor]:
    """Threads that end soon when something goes wrong in this one."""
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="download")
    try:
        yield pool
    except BaseException:
        watch.stop()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _measured(stream: BinaryIO) -> Measured:
    stream.flush()
    os.fsync(stream.fileno())
    stream.seek(0)
    return measure(stream)


def _stored(came: Came, part: PartFile) -> Came:
    """Put what came into its place, if it is what Galaxy says."""
    if came.wrong:
        part.forget()
        raise NotAsPromised(came.wrong)
    part.move_to(came.file.key)
    return came
