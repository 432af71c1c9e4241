"""Archives that are kept as they came: taken in, checked, found again."""

from collections.abc import Sequence
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from common.errors import InvalidInput, TooLarge, Violation
from common.identifiers import uuid7
from common.storage import key_for, measure, store
from rocrate_export.models import StoredCrate
from rocrate_export.streams import upload_on_disk
from rocrate_packages import METADATA_NAMES, Package, PackageRefused, open_package, read_document
from workflows.models import WorkflowRun, WorkflowVersion

Warnings = Sequence[dict[str, str]]


def take_original(
    *,
    stream: BinaryIO | None = None,
    key: str = "",
    name: str,
    user: Any,
    run: WorkflowRun | None = None,
    version: WorkflowVersion | None = None,
    sha256: str = "",
    size: int | None = None,
    warnings: Warnings = (),
) -> tuple[StoredCrate, bool]:
    """Keep an archive for a run or for a version, byte for byte; returns it, and whether it is new.

    The bytes come as ``stream``, or lie in the storage under ``key`` already; ``sha256`` and ``size`` are
    measured where they are not given. The same bytes twice for one run are one row; what lay under ``key``
    for the second time is removed on commit.
    """
    if stream is not None:
        key = key_for("crates", uuid7(), name)
        measured = store(stream, key)
        sha256, size = measured.sha256, measured.size
    elif not sha256 or size is None:
        sha256, size = _measured(key)
    facts = {"name": name[:255], "storage_key": key, "size": size, "warnings": list(warnings)}
    made = StoredCrate(run=run, version=version, sha256=sha256, created_by=user, modified_by=user, **facts)
    return _saved(made)


def keep_original(**archive: Any) -> StoredCrate:
    """Like ``take_original``, for those to whom it does not matter whether the archive is new."""
    return take_original(**archive)[0]


def originals_of(*, run: Any = None, version: Any = None) -> QuerySet[StoredCrate]:
    """The archives that were given for a run or a version (or their id), the newest first."""
    rows = (
        StoredCrate.objects.filter(run=run)
        if run is not None
        else StoredCrate.objects.filter(version=version)
    )
    return rows.order_by("-id")


def must_not_be_larger(size: int) -> None:
    """TooLarge above CRATE_MAX_BYTES."""
    if size > settings.CRATE_MAX_BYTES:
        raise TooLarge(f"The archive is larger than the limit of {settings.CRATE_MAX_BYTES} bytes.")


def must_be_crate(upload: Any) -> None:
    """InvalidInput on ``file`` where an upload is no archive with a crate; leaves it at its start."""
    try:
        with upload_on_disk(upload) as path, open_package(path) as package:
            _must_describe_itself(package)
    except PackageRefused as problem:
        raise InvalidInput([Violation("file", problem.reason)]) from problem


def _must_describe_itself(package: Package) -> None:
    if package.kind != "zip":
        raise PackageRefused("This is a metadata document alone. Pack the crate as a zip and send that.")
    document = read_document(package.metadata)
    graph = document.get("@graph") if isinstance(document, dict) else None
    if not isinstance(graph, list) or not graph:
        raise PackageRefused("The metadata document has no @graph: it is not flattened JSON-LD.")
    identifiers = [str(one.get("@id")) for one in graph if isinstance(one, dict)]
    if not any(one.rpartition("/")[2] in METADATA_NAMES for one in identifiers):
        raise PackageRefused("The metadata document does not describe itself: it has no descriptor.")


def _measured(key: str) -> tuple[str, int]:
    stream: Any = default_storage.open(key, "rb")
    with stream:
        found = measure(stream)
    return found.sha256, found.size


def _saved(made: StoredCrate) -> tuple[StoredCrate, bool]:
    """The constraint decides who comes first; the bytes of who comes second are removed when that is sure."""
    try:
        with transaction.atomic():
            made.save(force_insert=True)
        return made, True
    except IntegrityError:
        same = originals_of(run=made.run, version=made.version).filter(sha256=made.sha256).get()
        if same.storage_key != made.storage_key:
            transaction.on_commit(lambda: default_storage.delete(made.storage_key))
        return same, False
