"""Taking files in: copied, measured while copying, compared, and only then shown as ONLINE."""

import errno
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from common.storage import Measured, key_for, measure, store
from data_management.dropbox import PathRefused, open_inside
from data_management.models import DataFile, FileTransfer
from data_management.records import FileStatus
from data_management.services import sum_up

BATCH_FILES = 200
BATCH_BYTES = 64 * 1024 * 1024
WRITTEN = ["status", "error", "size", "sha256", "md5sum", "crc32", "storage_key"]


def carry_out_transfer(transfer: FileTransfer) -> None:
    """Take in what is still NEW, a batch at a time; may be interrupted anywhere and called again.

    A file that cannot be taken in gets the status ERROR and a reason; the others go on.
    """
    _count_again(transfer)
    while batch := _next_batch(transfer):
        if _cancelled(transfer):
            return
        for file in batch:
            _take_in(file, transfer)
        _write_down(batch, transfer)
    _sum_up_failures(transfer)


def _sum_up_failures(transfer: FileTransfer) -> None:
    """Say on the transfer itself that files are missing, why the first one is, and what to do."""
    failed = transfer.datafiles.filter(status=FileStatus.ERROR)
    first = failed.order_by("id").first()
    if first is not None:
        said = f"{failed.count()} of {transfer.files_total} files could not be taken in. {first.name}: {first.error}"
        transfer.error = f"{said}. Mend the cause, then POST to retry/ of this transfer."


def _count_again(transfer: FileTransfer) -> None:
    """Progress as the files say, in case the last attempt was cut off."""
    rows = transfer.datafiles.exclude(status=FileStatus.NEW)
    done = [
        size or 0 for size in rows.filter(status=FileStatus.ONLINE).values_list("size", flat=True).iterator()
    ]
    failed = rows.filter(status=FileStatus.ERROR).count()
    FileTransfer.objects.filter(pk=transfer.pk).update(
        files_done=len(done), bytes_done=sum(done), files_failed=failed
    )


def _next_batch(transfer: FileTransfer) -> list[DataFile]:
    """The next files, few enough that progress is seen and an interruption repeats little."""
    batch, size = [], 0
    for file in transfer.datafiles.filter(status=FileStatus.NEW).order_by("id")[:BATCH_FILES]:
        batch.append(file)
        size += file.size or 0
        if size >= BATCH_BYTES:
            break
    return batch


def _cancelled(transfer: FileTransfer) -> bool:
    return FileTransfer.objects.filter(pk=transfer.pk, state=FileTransfer.State.CANCELLED).exists()


def _take_in(file: DataFile, transfer: FileTransfer) -> None:
    """Copy or measure one file and set its fields; nothing is written to the database here."""
    try:
        _compare(file, _reader(transfer.mode)(file, transfer.roots))
        file.status, file.error = FileStatus.ONLINE, ""
    except (OSError, PathRefused) as problem:
        if file.storage_key:
            with suppress(OSError):  # the reason of the failure is to be told, not this one
                default_storage.delete(file.storage_key)  # what was copied is not what was promised
        file.status, file.error, file.storage_key = FileStatus.ERROR, _reason(problem), ""


def _reason(problem: Exception) -> str:
    """Why a file is missing, for the person who can mend it."""
    causes = {
        errno.ENOSPC: "The disk of the storage is full",
        errno.EDQUOT: "The quota of the storage is used up",
        errno.EACCES: "The registry may not read this file",
        errno.ENOENT: "The file is no longer there",
        errno.ELOOP: "A link stands in the place of the file",
    }
    number = problem.errno if isinstance(problem, OSError) else None
    return f"{causes[number]} ({problem})" if number in causes else str(problem)


def _reader(mode: str) -> Callable[[DataFile, Sequence[str]], Measured]:
    return _measure if mode == FileTransfer.Mode.REFERENCE else _copy


def _copy(file: DataFile, roots: Sequence[str]) -> Measured:
    file.storage_key = key_for("data", file.id, file.name)
    with open_inside(file.uri, roots) as stream:
        return store(stream, file.storage_key)


def _measure(file: DataFile, roots: Sequence[str]) -> Measured:
    with open_inside(file.uri, roots) as stream:
        return measure(stream)


def _compare(file: DataFile, found: Measured) -> None:
    """Keep what was measured; PathRefused where it is not what the registration promised."""
    for what, promised, seen in (
        ("SHA-256", file.sha256, found.sha256),
        ("MD5", file.md5sum, found.md5sum),
        ("size", file.size, found.size),
    ):
        if promised not in ("", None) and promised != seen:
            raise PathRefused(
                f"{what} is {seen}, expected {promised}: the file changed after it was registered"
            )
    file.size, file.sha256, file.md5sum, file.crc32 = found.size, found.sha256, found.md5sum, found.crc32


def _write_down(batch: Sequence[DataFile], transfer: FileTransfer) -> None:
    online = [file for file in batch if file.status == FileStatus.ONLINE]
    with transaction.atomic():
        DataFile.objects.bulk_update(batch, WRITTEN)
        sum_up(list({file.dataset_id for file in batch}))
        FileTransfer.objects.filter(pk=transfer.pk).update(
            files_done=F("files_done") + len(online),
            files_failed=F("files_failed") + len(batch) - len(online),
            bytes_done=F("bytes_done") + sum(file.size or 0 for file in online),
            modified=timezone.now(),
        )
    if transfer.mode == FileTransfer.Mode.MOVE:
        _remove_originals(online)


def _remove_originals(files: Sequence[DataFile]) -> None:
    """Only after the copies are verified and written down, and only because the caller asked to move."""
    for file in files:
        Path(file.uri).unlink(missing_ok=True)
