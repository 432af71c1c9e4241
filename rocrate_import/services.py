"""Asking for the import of a crate, and calling it off."""

import os
from typing import Any

from django.db import transaction

from common.errors import Conflict, InvalidInput, Violation
from common.identifiers import uuid7
from data_management.dropbox import PathRefused, Resolver
from data_management.models import Dropbox
from data_management.services import Ownership
from rocrate_import.known import earlier_import, import_under_way
from rocrate_import.models import CrateImport
from rocrate_import.storing import archive_key, remove_file
from rocrate_import.uploads import IncomingFile

EXPECTED = "expected a zip archive, or a folder, with a ro-crate-metadata.json at its top"


def request_upload_import(
    *, upload: IncomingFile, user: Any, group: Any, public: bool = False
) -> tuple[CrateImport, bool]:
    """Have an uploaded archive imported for a group; returns the work, and whether it is new.

    The same archive for the same group is imported once: while that work is under way, or its run is there, it
    is that work which is returned, and the upload is not kept.
    """
    known = {"sha256": upload.sha256, "group": group, "user": user}
    if earlier := earlier_import(**known) or import_under_way(**known):
        return earlier, False
    wanted = _new(name=(upload.name or "")[:255] or "crate.zip", user=user, group=group, public=public)
    wanted.storage_key = archive_key(wanted.id, wanted.name)
    wanted.sha256, wanted.size = upload.sha256, upload.size
    try:
        with transaction.atomic():
            wanted.save(force_insert=True)
            upload.move_to(wanted.storage_key)
            wanted.send_on_commit()
    except BaseException:
        remove_file(wanted.storage_key)
        raise
    return wanted, True


def request_dropbox_import(*, path: str, user: Any, group: Any = None, public: bool = False) -> CrateImport:
    """Have a zip or a folder in one's own dropbox imported, for ``group`` or else the dropbox's group.

    InvalidInput for a path that leads out, or to nothing that could be a crate.
    """
    boxes = Dropbox.objects.filter(user=user).select_related("group").order_by("pk")
    if group is not None:
        boxes = boxes.filter(group=group)
    box, real = _found(path, list(boxes))
    if earlier := _under_way(real, box.group, user):
        return earlier
    wanted = _new(name=os.path.basename(real)[:255], user=user, group=box.group, public=public)
    wanted.path, wanted.roots = real, [box.path]
    with transaction.atomic():
        wanted.save(force_insert=True)
        wanted.send_on_commit()
    return wanted


def cancel_import(*, wanted: CrateImport) -> None:
    """Stop the work; nothing of the crate stays but the archive, for another try. Conflict if it has ended."""
    if not wanted.cancel():
        raise Conflict("This import has ended: there is nothing to cancel.")


def retry_import(*, wanted: CrateImport) -> None:
    """Begin again what failed or was cancelled. Conflict where that is not possible, or not yet."""
    if (
        wanted.state in (CrateImport.State.FAILED, CrateImport.State.CANCELLED)
        and not wanted.can_be_tried_again
    ):
        raise Conflict("The archive was refused and is not kept: mend it and send it again.")
    with transaction.atomic():
        if not wanted.begin_again(files_done=0, bytes_done=0):
            raise Conflict(
                "An import can be tried again when it has failed or was cancelled, and has stopped."
            )


def _found(path: str, boxes: list[Dropbox]) -> tuple[Dropbox, str]:
    """The dropbox that the path leads into, and the real path; InvalidInput names what was expected."""
    refusal = "you have no dropbox for this group; ask an administrator"
    for box in boxes:
        try:
            return box, _real(path, Resolver([box.path]))
        except PathRefused as problem:
            refusal = str(problem)
    if len(boxes) > 1:
        refusal = _for_all(path, boxes)
    raise InvalidInput([Violation("path", f"{refusal}; {EXPECTED}")])


def _for_all(path: str, boxes: list[Dropbox]) -> str:
    """What is wrong with a path that was found in no dropbox."""
    try:
        _real(path, Resolver([box.path for box in boxes]))
    except PathRefused as problem:
        return str(problem)
    return f"{path} cannot be read"


def _real(path: str, resolver: Resolver) -> str:
    try:
        if os.path.isdir(path):
            return resolver.directory(path)
        found = resolver.find(path, resolver.roots[0])
    except ValueError as problem:
        raise PathRefused(f"{path} is not a path") from problem
    if len(found) != 1 or found[0].in_folder:
        return resolver.directory(os.path.join(resolver.roots[0], path))
    return found[0].path


def _under_way(path: str, group: Any, user: Any) -> CrateImport | None:
    same = CrateImport.objects.visible_to(user).filter(path=path, owned_by=group, owner=user)
    return same.filter(state__in=CrateImport.GOING).first()


def _new(*, name: str, user: Any, group: Any, public: bool) -> CrateImport:
    return CrateImport(id=uuid7(), name=name, makes_public=public, **Ownership(user, group).columns())
