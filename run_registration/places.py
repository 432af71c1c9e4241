"""Which directories a person may have looked into."""

import os
from typing import Any
from uuid import UUID

from common.errors import InvalidInput, Violation
from data_management.dropbox import PathRefused, Resolver, is_inside
from data_management.models import Dropbox
from run_registration.models import DirectoryRegistration


def place_of(path: str, user: Any, group_id: UUID | None = None) -> tuple[str, Dropbox, list[str]]:
    """The real path of a directory, the user's dropbox that holds it, and all of that group's.

    Of several that hold it, that of the group is taken, or else the deepest. InvalidInput for what leads out, or is
    no directory, or where the group's dropbox does not hold it.
    """
    real, boxes, holding = _real(path, user)
    possible = [box for box in holding if group_id in (None, box.group_id)]
    if not possible:
        raise InvalidInput([Violation("owned_by", "The dropbox of this group does not hold the directory.")])
    box = max(possible, key=lambda one: len(os.path.realpath(one.path)))
    return real, box, [os.path.realpath(one.path) for one in boxes if one.group_id == box.group_id]


def boxes_holding(path: str, user: Any) -> list[Dropbox]:
    """The user's dropboxes that a directory lies in; none where it lies in none, or is not there."""
    try:
        return _real(path, user)[2]
    except InvalidInput:
        return []


def _real(path: str, user: Any) -> tuple[str, list[Dropbox], list[Dropbox]]:
    """The real path, the user's dropboxes, and those that hold it."""
    boxes = list(Dropbox.objects.filter(user=user).select_related("group").order_by("pk"))
    try:
        real = Resolver([box.path for box in boxes]).directory(path)
        real.encode()
    except (PathRefused, ValueError, OSError) as problem:
        said = str(problem) if isinstance(problem, PathRefused) else "this is no path"
        raise InvalidInput([Violation("path", said)]) from problem
    return real, boxes, [box for box in boxes if is_inside(real, os.path.realpath(box.path))]


def still_there(work: DirectoryRegistration) -> bool:
    """Whether the directory is where it was, and its owner may still register from there."""
    try:
        real, _, roots = place_of(work.path, work.owner, work.owned_by_id)
    except InvalidInput:
        return False
    return real == work.path and set(work.roots) <= set(roots)
