"""Importing a crate: fetched, understood, its files stored, and only then written down, in one short transaction."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError
from django.utils import timezone

from common.progress import Progress, Stopped
from data_management.dropbox import PathRefused
from rocrate_export.streams import on_this_disk
from rocrate_import.fetching import fetch
from rocrate_import.known import earlier_import
from rocrate_import.logs import open_logs
from rocrate_import.models import CrateImport
from rocrate_import.payload import Kept, Outcome, names_of, with_keys
from rocrate_import.recording import record_outcome
from rocrate_import.storing import Shelf, remove_below, remove_file, shelf_of, store_all
from rocrate_import.translate import CrateRefused, Translation, read_crate
from rocrate_packages import Limits, Package, PackageRefused, open_package
from rocrate_packages.collector import collector_paused

logger = logging.getLogger(__name__)

ARCHIVE_KEPT = timedelta(days=7)  # of an import that failed or was cancelled, for another try

COPIED = (
    "workflowrun_id", "workflowversion_id", "profile", "profile_version", "specification", "warnings",
    "files_total", "files_done", "bytes_total", "bytes_done",
)  # fmt: skip


def carry_out_import(wanted: CrateImport) -> None:
    """Make a run, or a workflow version, of the crate. May be interrupted anywhere and called again.

    Until the run is written down, nothing of the crate can be seen, and what was stored is removed if it does
    not come to that. A crate that is refused leaves the row as FAILED, with the reason, and nothing else.
    """
    remove_below(shelf_of(wanted.id))  # of an attempt that was cut off
    shelf = Shelf(wanted.id)
    try:
        with _removed_on_failure(wanted, shelf), collector_paused():
            _import(wanted, shelf)
    except Stopped:
        wanted.let_go(has_leftovers=False)
    except (PackageRefused, CrateRefused) as problem:
        _refuse(wanted, problem.reason)
    except PathRefused as problem:
        wanted.fail(f"{problem}.")
    except DataError as problem:
        logger.info("Refused by the database: %s", problem)
        _refuse(wanted, "The crate holds a value that cannot be kept.")
    except IntegrityError as problem:
        logger.warning("Refused by a constraint: %s", problem)
        wanted.fail(
            "The registry holds something already that stands against this crate: a rule of uniqueness or order."
        )
    except OSError as problem:
        logger.exception("%s failed", wanted)
        wanted.fail(f"The storage could not keep the files of the crate: {problem.strerror}.")


def tidy() -> int:
    """Remove what imports left that were cut off and given up, and archives that nobody tried again in time.

    Says how many imports were tidied up after.
    """
    now = timezone.now()
    count = 0
    ended = CrateImport.objects.filter(state__in=(CrateImport.State.FAILED, CrateImport.State.CANCELLED))
    for one in ended.exclude(lease_until__gte=now).filter(has_leftovers=True):
        remove_below(shelf_of(one.id))
        count += CrateImport.objects.filter(pk=one.pk, state=one.state).update(has_leftovers=False)
    before = now - ARCHIVE_KEPT
    for one in ended.filter(finished_at__lt=before).exclude(storage_key=""):
        remove_file(one.storage_key)
        count += CrateImport.objects.filter(pk=one.pk, state=one.state).update(storage_key="")
    return count


def _import(wanted: CrateImport, shelf: Shelf) -> None:
    progress = Progress(wanted)
    limits = Limits(total=settings.CRATE_MAX_BYTES)
    fetch(wanted, progress, limits)
    if _is_known(wanted):
        return
    progress.begin(CrateImport.Phase.READING, files=0, bytes=0)
    outcome = _outcome(wanted, limits, shelf, progress)
    progress.enter(CrateImport.Phase.RECORDING)
    with open_logs(wanted.storage_key, outcome.said.logs, limits) as logs:
        unused = set(record_outcome(wanted, outcome, logs))
    if unused.issuperset(outcome.keys):
        shelf.clear()
    for key in unused:
        remove_file(key)


def _is_known(wanted: CrateImport) -> bool:
    """Whether this very archive was imported before; then the work is done, and the second copy not needed."""
    earlier = None
    if wanted.owner is not None:
        earlier = earlier_import(
            sha256=wanted.sha256, group=wanted.owned_by, user=wanted.owner, besides=wanted.pk
        )
    if earlier is None:
        return False
    key = wanted.storage_key
    if not wanted.finish(storage_key="", **{name: getattr(earlier, name) for name in COPIED}):
        raise Stopped
    remove_file(key)
    return True


def _outcome(wanted: CrateImport, limits: Limits, shelf: Shelf, progress: Progress) -> Outcome:
    """What the crate says, its files stored. What is large is let go as soon as it has served."""
    translation, stored = _stored(wanted, limits, shelf, progress)
    progress.complete()
    return with_keys(translation, stored)


def _stored(
    wanted: CrateImport, limits: Limits, shelf: Shelf, progress: Progress
) -> tuple[Translation, dict[str, Kept]]:
    with on_this_disk(wanted.storage_key) as path, open_package(path, limits) as package:
        translation = _understood(package)
        sizes = {name: package.names[name].size for name in names_of(translation)}
        size = sum(sizes.values())
        leftovers = {"has_leftovers": True}
        progress.begin(CrateImport.Phase.STORING, leftovers, files=len(sizes), bytes=size)
        stored = store_all(
            shelf, sizes, package.open, lambda files, more: progress.add(files=files, bytes=more)
        )
        return translation, stored


def _understood(package: Package) -> Translation:
    def read_text(name: str, most: int) -> str:
        with package.open(name) as stream:
            return stream.read(most).decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")

    return read_crate(package.metadata, {name: one.size for name, one in package.names.items()}, read_text)


@contextmanager
def _removed_on_failure(wanted: CrateImport, shelf: Shelf) -> Iterator[None]:
    try:
        yield
    except BaseException:
        shelf.clear()
        wanted.note(has_leftovers=False)
        raise


def _refuse(wanted: CrateImport, reason: str) -> None:
    """Nothing of a crate that is refused is kept: sent again, it would be refused again."""
    key: Any = wanted.storage_key
    if wanted.fail(reason) and key:
        CrateImport.objects.filter(pk=wanted.pk).update(storage_key="")
        remove_file(key)
