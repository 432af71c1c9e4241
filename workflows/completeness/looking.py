"""Inputs as they lie on the disk now: looked at where they were registered from, within bounds."""

from collections.abc import Iterable
from typing import Any

from common.storage import Measured, measure
from data_management.dropbox import PathRefused, open_inside
from data_management.models import DataFile
from workflows.completeness.judging import Inputs

MOST_LOOKED_AT = 200
MOST_BYTES = 256 * 2**20  # that are read in one request


def look_at(files: Iterable[DataFile], found: Inputs) -> None:
    """Compare the files with what is on the disk, and add to ``found`` what changed.

    A file is only opened inside the directories that its registration allowed. What is larger than what is left of
    the bound is compared by its size alone.
    """
    left, looked_at, unsure, gone = MOST_BYTES, 0, 0, 0
    for file in files:
        roots = file.transfer.roots if file.transfer else []
        if not roots or looked_at == MOST_LOOKED_AT:
            unsure += 1
            continue
        looked_at += 1
        try:
            seen, read = _seen(file, roots, left)
        except FileNotFoundError:
            gone += 1
            continue
        except (OSError, PathRefused):
            unsure += 1
            continue
        left -= read
        if seen is not None:
            found.changed.append(_change(file, seen))
        elif not read and file.size:
            unsure += 1
    _say(found, gone, unsure)


def _seen(file: DataFile, roots: list[str], left: int) -> tuple[dict[str, Any] | None, int]:
    """What the file is now if it is another, and how many bytes were read to know."""
    with open_inside(file.uri, roots) as stream:
        size = stream.seek(0, 2)
        stream.seek(0)
        if file.size is not None and size != file.size:
            return {"size": size, "sha256": "", "md5sum": ""}, 0
        if size > left:
            return None, 0
        now = measure(stream)
    return (_told(now) if _is_other(file, now) else None), size


def _is_other(file: DataFile, now: Measured) -> bool:
    return now.sha256 != file.sha256 if file.sha256 else now.md5sum != file.md5sum


def _told(now: Measured) -> dict[str, Any]:
    return {"size": now.size, "sha256": now.sha256, "md5sum": now.md5sum}


def _change(file: DataFile, now: dict[str, Any]) -> dict[str, Any]:
    return {
        "datafile": file.pk,
        "path": file.path or file.name,
        "uri": file.uri,
        "known_from": "disk",
        "later": None,
        "was": {"sha256": file.sha256, "md5sum": file.md5sum, "size": file.size},
        "is": now,
    }


def _say(found: Inputs, gone: int, unsure: int) -> None:
    if gone:
        found.reasons.append(f"{gone:,} of the inputs lie no longer where they were registered from.")
    if unsure:
        found.reasons.append(f"{unsure:,} of the inputs could not be compared with the disk.")
