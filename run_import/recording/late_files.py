"""The files of a workflow version that could not be had when it came in, and can be had now."""

from collections.abc import Sequence

from data_management.services import Ownership
from workflows.models import WorkflowFile, WorkflowVersion
from workflows.records import WorkflowFileRecord


def add_late_files(
    version: WorkflowVersion, files: Sequence[WorkflowFileRecord], digest: str, ownership: Ownership
) -> None:
    """Give a version its stored files that has none, where the source's digest says that they are its own.

    Nothing is done otherwise. Within a transaction.
    """
    is_its_own = bool(digest) and version.source_digest == digest
    if not files or not is_its_own or version.files.exists():
        return
    for one in files:
        WorkflowFile.objects.create(
            workflowversion=version, path=one.path, data_type=one.data_type, size=one.size or 0, sha256=one.sha256,
            crc32=one.crc32, storage_key=one.storage_key, **ownership.authorship(),
        )  # fmt: skip
    version.content_digest = version.digest_of_files()
    version.save(update_fields=["content_digest"])
