"""Crates that can be had at once, and those that are prepared in the background first.

Of a prepared crate only the plan is kept: its files are read where they are stored when it is sent. Two
requests for the same crate, at the same moment or not, make one row: its fingerprint is unique.
"""

import hashlib
import time
from datetime import timedelta
from tempfile import TemporaryFile
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from common.storage import key_for, store
from rocrate_export.archive import CrateArchive
from rocrate_export.checksums import OnProgress
from rocrate_export.choice import Choice, Include
from rocrate_export.models import CrateExport, CrateWork
from rocrate_export.subjects import SUBJECTS, Subject
from workflows.recorded import RunState

INSTANT_FILES = 2_000
INSTANT_JOBS = 500
INSTANT_BYTES = 64 * 1024 * 1024  # that must be read first, as nobody has measured their CRC-32 yet
USE_NOTED_AFTER = timedelta(minutes=10)
INCOMPLETE_USED_FOR = timedelta(minutes=10)  # files that were missing may have come back, unseen by the run
TOLD_EVERY = 1.0  # seconds

Work = TypeVar("Work", bound=CrateWork)


def crate_of(subject: Subject, state: RunState, user: Any, choice: Choice) -> CrateArchive | CrateExport:
    """The crate, if it can be had at once; else the work that prepares it, which is begun."""
    if is_instant(state, choice):
        archive = subject.archive(user, settings.PUBLIC_URL, choice)
        if archive is not None:
            return archive
    wanted = wanted_export(subject, state, user, choice)
    if wanted.state == wanted.State.DONE:
        prepared = _prepared(wanted)
        if prepared is not None:
            return prepared
    if wanted.state in (wanted.State.DONE, wanted.State.CANCELLED):
        wanted.begin_again()
    return wanted


def is_instant(state: RunState, choice: Choice) -> bool:
    """Whether a crate is made within the time that a request should take."""
    unread = 0 if choice.include is Include.NONE else state.unmeasured_bytes
    return state.files <= INSTANT_FILES and state.jobs <= INSTANT_JOBS and unread <= INSTANT_BYTES


def wanted_export(subject: Subject, state: RunState, user: Any, choice: Choice) -> CrateExport:
    """The row of this crate, made if nobody has asked for it yet."""
    return wanted_work(
        CrateExport,
        subject,
        state,
        user,
        choice,
        {"files_total": state.files, "bytes_total": state.unmeasured_bytes},
    )


def wanted_work(
    kind: type[Work],
    subject: Subject,
    state: RunState,
    user: Any,
    choice: Choice,
    facts: dict[str, Any],
    *about: str,
) -> Work:
    """The row of one piece of work; ``about`` tells it from others on the same crate.

    Whoever asks for the same at the same moment gets the same row: the constraint on the fingerprint decides.
    """
    described = {
        "subject_kind": subject.kind, "subject_id": subject.id, "name": state.name[:255],
        "revision": state.revision, "include": str(choice.include), "limit": choice.limit,
        "absolute": choice.absolute, "base_url": settings.PUBLIC_URL, "owner": user, "created_by": user,
    }  # fmt: skip
    row: Any
    row, is_new = kind._default_manager.get_or_create(
        fingerprint=fingerprint_of(subject, state, choice, *about), defaults={**described, **facts}
    )
    if is_new or not row.wanted_by.filter(pk=user.pk).exists():
        row.wanted_by.add(user)
    if is_new:
        row.send_on_commit()
    _note_use(row)
    found: Work = row
    return found


def fingerprint_of(subject: Subject, state: RunState, choice: Choice, *about: str) -> str:
    """Equal for equal crates: the same subject in the same state, chosen alike, at the same address."""
    limit = choice.limit if choice.include is Include.SMALL else 0
    facts = (subject.kind, str(subject.id), state.revision, str(choice.include), limit, choice.absolute)
    return hashlib.sha256(repr((*facts, settings.PUBLIC_URL, *about)).encode()).hexdigest()


def carry_out_export(export: CrateExport) -> None:
    """Measure what is not measured yet, lay out the archive, keep its plan. May be repeated at any point."""
    try:
        archive = archive_for(export, _Progress(export).note)
    except Stopped:
        return
    key = key_for("prepared", export.pk, "plan")
    with TemporaryFile() as plan:
        plan.writelines(archive.kept())
        plan.seek(0)
        size = store(plan, key).size
    CrateExport.objects.filter(pk=export.pk).update(
        prepared_key=key,
        prepared_size=size,
        archive_size=len(archive),
        files_missing=len(archive.missing),
        files_done=F("files_total"),
        bytes_done=F("bytes_total"),
        last_used_at=timezone.now(),
        modified=timezone.now(),
    )


class CrateChanged(Exception):
    """What the crate was asked of is not as it was, or gone, for everyone who wanted it."""


class Stopped(Exception):
    """Nobody wants the crate any more."""


class _Progress:
    """Writes down how far the reading of files is, once in a while, and notices when it was stopped."""

    def __init__(self, export: CrateExport) -> None:
        self._row = CrateExport.objects.filter(pk=export.pk)
        self._told = time.monotonic()

    def note(self, files: int, size: int) -> None:
        """So many files are measured, so many bytes read; Stopped where somebody has cancelled the work."""
        if time.monotonic() - self._told < TOLD_EVERY:
            return
        self._told = time.monotonic()
        going = self._row.exclude(state=CrateExport.State.CANCELLED)
        if not going.update(files_done=files, bytes_done=size, modified=timezone.now()):
            raise Stopped


def archive_for(work: CrateWork, on_progress: OnProgress | None = None) -> CrateArchive:
    """The crate that a row is about, as those who want it may see it; CrateChanged where it is another by now."""
    subject = SUBJECTS[work.subject_kind](work.subject_id)
    for user in work.wanted_by.order_by("pk"):
        state = subject.state(user)
        if state is None or state.revision != work.revision:
            continue
        archive = subject.archive(user, work.base_url, work.choice, on_progress)
        if archive is not None:
            return archive
    raise CrateChanged(
        f"The {work.subject_kind} has changed since its crate was asked for: ask for it again."
    )


def _prepared(export: CrateExport) -> CrateArchive | None:
    """The archive of a plan that was kept; None where the plan or a file of it is gone, or it lacks files for long."""
    if export.files_missing and _is_old(export):
        return None
    try:
        archive = CrateArchive.kept_in(export.prepared_key)
    except OSError:
        return None
    return archive if archive.is_whole() else None


def _is_old(export: CrateExport) -> bool:
    return export.finished_at is None or export.finished_at < timezone.now() - INCOMPLETE_USED_FOR


def _note_use(row: CrateWork) -> None:
    """Not at every part of a download, which would be many writes."""
    now = timezone.now()
    if row.last_used_at < now - USE_NOTED_AFTER:
        type(row)._base_manager.filter(pk=row.pk).update(last_used_at=now)
