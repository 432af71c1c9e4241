"""Adding a file to a run: received within a limit, checked, stored whole or not at all."""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import transaction

from common.errors import Conflict, InvalidInput, NotReady, TooLarge, Violation
from common.identifiers import uuid7
from common.storage import Measured, key_for, measure, store
from common.trail import tell
from data_management.models import DataFile
from data_management.records import DatasetRecord, FileRecord, FileStatus
from data_management.services import Ownership, create_datasets
from workflows.models import WorkflowRun
from workflows.records import DataType
from workflows.run_files import files_of
from workflows.services import link_datasets
from workflows.versions import checked_path

AROUND_A_FILE = 64 * 1024  # bytes of a form beside the file itself
LONGEST_PATH, LONGEST_NAME = 1024, 255
FULL = {
    errno.ENOSPC: "The disk of the storage is full: ask an administrator of this registry.",
    errno.EDQUOT: "The quota of the storage is used up: ask an administrator of this registry.",
}
_UNSEEN = re.compile(r"[\x00-\x1f\x7f]")


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Receives files up to RUN_FILE_MAX_BYTES, whatever the request says of its length."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write it down; TooLarge beyond the limit, NotReady on a full disk."""
        try:
            must_not_be_larger(start + len(raw_data))
            with disk_full_is_told():
                super().receive_data_chunk(raw_data, start)
        except BaseException:
            self.file.close()  # which removes it
            raise


def must_not_be_larger(size: int) -> None:
    """TooLarge above the limit of one file."""
    if size > settings.RUN_FILE_MAX_BYTES:
        raise TooLarge(f"The file is larger than the limit of {settings.RUN_FILE_MAX_BYTES:,} bytes.")


def refuse_too_large(request: Any) -> None:
    """TooLarge for a request that says itself that it is, before its body is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit():
        must_not_be_larger(int(length) - AROUND_A_FILE)


def add_file(
    *,
    run: WorkflowRun,
    user: Any,
    path: str,
    stream: BinaryIO,
    data_type: str,
    mime_type: str = "",
    sha256: str = "",
    md5: str = "",
) -> tuple[DataFile, bool]:
    """Store a file as a dataset of its own of the run; returns it and whether it is new.

    ``path`` is relative to the run's directory. The checksums are those that the content must have. A path that is
    taken is a Conflict, but for a file with the same content: that one is returned.
    """
    path = allowed_path(path)
    known = _known(run, user, path)
    if known is not None:
        found = measure(stream)
        _must_be_as_promised(found, sha256, md5)
        return _same(known, found), False
    key = key_for("data", uuid7(), path.rpartition("/")[2])
    kept = _stored(stream, key)
    try:
        _must_be_as_promised(kept, sha256, md5)
        return _written_down(run, user, DataType(data_type), _record(path, key, kept, mime_type))
    except BaseException:
        with suppress(OSError):  # the reason of the failure is to be told, not this one
            default_storage.delete(key)
        raise


def allowed_path(path: str) -> str:
    """A relative path without anything odd; InvalidInput says what is wrong with another one."""
    checked = checked_path(path)
    if len(checked) > LONGEST_PATH or len(checked.rpartition("/")[2]) > LONGEST_NAME:
        sentence = f"must have at most {LONGEST_PATH} characters, and its last part at most {LONGEST_NAME}"
        raise InvalidInput([Violation("path", sentence)])
    if _UNSEEN.search(checked):
        raise InvalidInput([Violation("path", "must not hold letters that nobody sees, such as line ends")])
    return checked


@contextmanager
def disk_full_is_told() -> Iterator[None]:
    """NotReady in words for people where there is no room."""
    try:
        yield
    except OSError as problem:
        if problem.errno in FULL:
            raise NotReady(FULL[problem.errno]) from problem
        raise


def _known(run: WorkflowRun, user: Any, path: str) -> DataFile | None:
    found: DataFile | None = files_of(run.pk, user).filter(place=path).order_by("id").first()
    return found


def _stored(stream: BinaryIO, key: str) -> Measured:
    with disk_full_is_told():
        return store(stream, key)


def _must_be_as_promised(found: Measured, sha256: str, md5: str) -> None:
    told = (("sha256", sha256.lower(), found.sha256), ("md5", md5.lower(), found.md5sum))
    wrong = [
        Violation(field, f"is not that of the file that came, which is {seen}: send it again")
        for field, promised, seen in told
        if promised and promised != seen
    ]
    if wrong:
        raise InvalidInput(wrong)


def _same(known: DataFile, found: Measured) -> DataFile:
    """The file that is there, if it has this content."""
    pairs = ((known.sha256, found.sha256), (known.md5sum, found.md5sum))
    compared = [ours == theirs for ours, theirs in pairs if ours]
    if compared and all(compared):
        return known
    has = "another content" if compared else "a content that the registry does not know"
    raise Conflict(f"The run has a file {known.path or known.name} already, with {has}: choose another path.")


def _record(path: str, key: str, kept: Measured, mime_type: str) -> FileRecord:
    return FileRecord(
        name=path.rpartition("/")[2],
        path=path,
        mime_type=mime_type[:255],
        size=kept.size,
        sha256=kept.sha256,
        md5sum=kept.md5sum,
        crc32=kept.crc32,
        status=FileStatus.ONLINE,
        storage_key=key,
    )


@transaction.atomic
def _written_down(
    run: WorkflowRun, user: Any, data_type: DataType, file: FileRecord
) -> tuple[DataFile, bool]:
    """The row, unless somebody else has just taken the path: looked at again while nobody else can write."""
    list(WorkflowRun.objects.select_for_update().filter(pk=run.pk).values_list("pk"))
    if _known(run, user, file.path) is not None:
        raise Conflict(f"The run has a file {file.path} by now: somebody else has just added it.")
    ownership = Ownership(user, run.owned_by, run.public)
    made = create_datasets(records=[DatasetRecord(file.name, files=(file,))], ownership=ownership)
    link_datasets(run_id=run.pk, links=[(made.datasets[0], data_type)], ownership=ownership)
    tell(run, "datasets", by=user, changes={str(data_type): [None, [str(made.datasets[0])]]})
    return files_of(run.pk, user).get(pk=made.files[0][0]), True
