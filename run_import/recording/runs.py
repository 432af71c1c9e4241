"""Writing down what a source told of a run: all of it, or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Group
from common.trail import tell
from data_management.services import Ownership
from run_import.models import ImportedRun, RunImport
from run_import.recording.edits import VERSION, Told, with_edits
from run_import.recording.keeping import KeptAnswers, remove
from run_import.recording.noting import keep_imported, note, told_of
from run_import.recording.permission import NotAllowed, who_asked
from run_import.recording.tags import tag
from workflows.models import WorkflowFile, WorkflowRun
from workflows.records import DatasetLink, RunOrigin, RunRecord, RunStatus, StatusBasis, WorkflowRecord
from workflows.services import change_run, index_text, record_run

ENDED = (RunStatus.SUCCESS, RunStatus.FAILED, RunStatus.CANCELLED)

__all__ = ["NotAllowed", "Recorded", "Recording", "ToldRun"]


@dataclass(frozen=True, slots=True)
class ToldRun:
    """A run as a source tells it: its record, and what is kept of it beside the run.

    ``external_id`` and ``container_id`` are what the server knows it and its container by, ``state`` is its word for
    the status. ``tags`` become annotations. The record's workflow and datasets are the recording's business.
    ``has_more`` says that the import is not through when the run is written down: whoever records says when it is.
    """

    record: RunRecord
    external_id: str
    container_id: str = ""
    state: str = ""
    has_ended: bool = True
    remarks: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """The run, and whether it is new; ``is_left_alone`` where the user may not change the one that is there."""

    run: WorkflowRun
    is_new: bool
    is_left_alone: bool = False


class Recording:
    """Writes one run down, or brings the one that is known up to date; the import then names it.

    What people changed here stays: values that were edited, links that were removed, datasets that were deleted.
    Telling the same again changes nothing but when the source was asked. ``answers`` replace those that were kept
    before. ``also`` is done in the same transaction. A source that knows more has a class of its own: see
    ``store``, ``known``, ``version_of``, ``datasets`` and ``rest``.
    """

    def __init__(
        self,
        *,
        wanted: RunImport,
        told: ToldRun,
        answers: KeptAnswers | None = None,
        also: Callable[[Recorded], None] | None = None,
    ) -> None:
        user = who_asked(wanted)
        self.wanted, self.told, self.answers, self._also = wanted, told, answers, also
        self.ownership = Ownership(user, wanted.owned_by or user.default_group(), wanted.makes_public)

    def store(self) -> Sequence[str]:
        """Put files into the storage, not within a transaction; their keys, which are gone again if no row has them."""
        return ()

    def known(self, run: WorkflowRun) -> None:
        """Look at the run that is there before anything is written."""

    def version_of(self, run: WorkflowRun | None) -> UUID | None:
        """The version of the registry that ran, None where it cannot be read."""
        return None

    def datasets(self, run: WorkflowRun | None) -> tuple[Sequence[DatasetLink], Mapping[str, UUID] | None]:
        """The run's datasets, and the data files of the paths that its jobs name, where those are not the paths."""
        return (), None

    def rest(self, run: WorkflowRun) -> None:
        """Write what else is kept beside the run, in the same transaction."""

    def told_datasets(self) -> tuple[tuple[str, str], ...]:
        """What was told of datasets so far, by which is seen what people took away."""
        return ()

    def make(self) -> Recorded:
        """All of it, or nothing; ``recorded_at`` is set unless the run goes on and is followed.

        Stopped, if the import was called off; NotAllowed, if its owner may no longer have it. Whatever is raised,
        nothing is left of the run, nor of its files.
        """
        keys: Sequence[str] = ()
        try:
            keys = self.store()
            with transaction.atomic():
                recorded = self._record()
                if self._also is not None:
                    self._also(recorded)
                note(self.wanted, self.told, recorded)
        except BaseException:
            self._remove(keys)
            raise
        used = set(WorkflowFile.objects.filter(storage_key__in=keys).values_list("storage_key", flat=True))
        for key in keys:
            if key not in used:
                remove(key)
        if recorded.is_left_alone:
            self._remove(())
        return recorded

    def _record(self) -> Recorded:
        who_asked(self.wanted)  # a moment ago, or an hour
        ownership = self.ownership
        Group.one_at_a_time(ownership.group)
        run = _known_run(self.told.record, ownership.group)
        if run is not None and not WorkflowRun.objects.editable_by(ownership.user).filter(pk=run.pk).exists():
            return Recorded(run, is_new=False, is_left_alone=True)
        if run is not None:
            self.known(run)
            if self.told.record.source_deleted:
                return self._note_deleted(run)
        said = replace(self.told.record, workflow=self._version(run), datasets=())
        record = said if run is None else with_edits(said, here=_as_it_stands(run), told=told_of(run))
        links, file_ids = self.datasets(run)
        run, is_new = record_run(
            record=replace(record, datasets=tuple(links)), owner=ownership.user, owned_by=ownership.group,
            public=ownership.public, known=run, file_ids=file_ids,
        )  # fmt: skip
        self._tag(run)
        self.rest(run)
        about = replace(Told.of(said), datasets=self.told_datasets())
        keep_imported(self.wanted, self.told, run, about, self.answers, ownership)
        if is_new:
            _tell_of(run, self.told.record, ownership)
        return Recorded(run, is_new)

    def _note_deleted(self, run: WorkflowRun) -> Recorded:
        """The source has the run no longer: what it told before stays, with its answers; only that is noted."""
        record = self.told.record
        facts: dict[str, Any] = {"source_status": record.source_status, "source_deleted": True}
        if RunStatus(run.status) not in ENDED and record.status in ENDED:
            facts |= {
                "status": str(record.status),
                "status_basis": str(record.status_basis),
                "completed_at": record.completed_at or run.completed_at,
            }
        change_run(run=run, fields=facts, user=self.ownership.user)
        keep_imported(self.wanted, self.told, run, told_of(run), None, self.ownership)
        if self.answers is not None:
            answers = self.answers
            transaction.on_commit(lambda: remove(answers.key))
        return Recorded(run, is_new=False)

    def _version(self, run: WorkflowRun | None) -> WorkflowRecord | None:
        """The version by its id. Where the workflow cannot be read, a run that has one keeps it: the key may be
        another than before."""
        version = self.version_of(run)
        if version is None and run is not None and run.workflowversion_id is not None:
            return _named(told_of(run).fields.get(VERSION) or run.workflowversion_id)
        return _named(version)

    def _tag(self, run: WorkflowRun) -> None:
        """Add the tags that were not told before: those taken away here since are not brought back."""
        before = told_of(run).tags
        if tag(run, [one for one in self.told.tags if one not in before], self.ownership):
            index_text(run)

    def _remove(self, keys: Sequence[str]) -> None:
        for key in keys:
            remove(key)
        if self.answers is not None:
            remove(self.answers.key)


def _known_run(record: RunRecord, group: Any) -> WorkflowRun | None:
    """The group's run of this origin: it is still the same where people changed where it says to come from.

    One in the trash is not known: importing makes another, and the older one cannot be restored beside it.
    """
    origin = record.origin
    if not origin.external_id:
        return None
    runs = WorkflowRun.objects.filter(owned_by=group, deleted=False).order_by("id")
    told = ImportedRun.objects.filter(uuid=origin.external_id, server__source=origin.source)
    same = runs.filter(source=origin.source, external_id=origin.external_id)
    by_what_was_told = runs.filter(pk__in=told.values("workflowrun"))
    locked = (rows.select_for_update(no_key=True).first() for rows in (by_what_was_told, same))
    return next((run for run in locked if run is not None), None)


def _named(version_id: Any) -> WorkflowRecord | None:
    """A version by its id alone."""
    return WorkflowRecord(name="", version="", id=UUID(str(version_id))) if version_id else None


def _as_it_stands(run: WorkflowRun) -> RunRecord:
    """The run's own values and parameters, which people can change; not its parts, which may be many."""
    return RunRecord(
        name=run.name, description=run.description, status=RunStatus(run.status),
        status_basis=StatusBasis(run.status_basis), message=run.message, license=run.license,
        started_at=run.started_at, completed_at=run.completed_at, run_command=run.run_command,
        run_environment=run.run_environment, is_imported=run.is_imported,
        origin=RunOrigin(run.source, run.source_url, run.external_id), workflow=_named(run.workflowversion_id),
        parameters=tuple(one.to_record() for one in run.parameters.order_by("id")),
        tags=run.tags, metadata=run.metadata,
    )  # fmt: skip


def _tell_of(run: WorkflowRun, record: RunRecord, ownership: Ownership) -> None:
    changes = {"url": [None, record.origin.source_url], "uuid": [None, record.origin.external_id]}
    tell(run, "imported", by=ownership.user, changes=changes)
