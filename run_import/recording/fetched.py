"""Writing down a run of any source of the seam: with its workflow's files, and datasets where they are wanted."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from common.storage import store
from run_import.models import RunImport
from run_import.recording.keeping import new_key
from run_import.recording.late_files import add_late_files
from run_import.recording.noting import told_of
from run_import.recording.patterns import fits
from run_import.recording.runs import Recording, ToldRun
from run_import.recording.spent_versions import remove_if_spent
from run_sources.seam import FetchedRun
from workflows.models import WorkflowRun, WorkflowRunDataset
from workflows.records import DatasetLink, WorkflowFileRecord, WorkflowRecord
from workflows.versions import find_or_make_version


class FetchedRecording(Recording):
    """What a source fetched; the import is done when its logs and events are read, too (``has_more``)."""

    def __init__(self, *, wanted: RunImport, fetched: FetchedRun, **how: Any) -> None:
        record = fetched.record
        told = ToldRun(
            record=record, external_id=own_id(wanted.external_id, record.origin.external_id),
            state=record.source_status, has_ended=fetched.has_ended, remarks=fetched.remarks, has_more=True,
        )  # fmt: skip
        super().__init__(wanted=wanted, told=told, **how)
        self._fetched = fetched
        self._workflow: WorkflowRecord | None = record.workflow
        self._linked: tuple[tuple[str, str], ...] = ()
        self._version_before: UUID | None = None

    def known(self, run: WorkflowRun) -> None:
        """Its version may be another one afterwards."""
        self._version_before = run.workflowversion_id

    def rest(self, run: WorkflowRun) -> None:
        """A version that the run had while the source did not tell its files yet is not left behind."""
        if self._version_before is not None and self._version_before != run.workflowversion_id:
            remove_if_spent(self._version_before)

    def store(self) -> Sequence[str]:
        """The workflow's files that came with the run; one that came without content is not kept as a file."""
        if self._workflow is None:
            return ()
        contents = self._fetched.files
        files = tuple(self._stored(one) for one in self._workflow.files if one.path in contents)
        self._workflow = replace(self._workflow, files=files)
        return [one.storage_key for one in files]

    def version_of(self, run: WorkflowRun | None) -> UUID | None:
        """The group's version with the same digest, or the same names and files; else a new one."""
        if (told := self._workflow) is None:
            return None
        version = find_or_make_version(record=told, ownership=self.ownership)
        add_late_files(version, told.files, told.source_digest, self.ownership)
        return version.pk

    def datasets(self, run: WorkflowRun | None) -> tuple[Sequence[DatasetLink], Mapping[str, UUID] | None]:
        """All that were told, where they are wanted, or those with files that are to be fetched.

        What was taken out of the run since is not brought back.
        """
        before = told_of(run).datasets if run is not None else ()
        links = tuple(one for one in self._fetched.record.datasets if self._is_wanted(one))
        here = _linked_to(run) if run is not None else set()
        links = tuple(one for one in links if _key(one) not in before or _key(one) in here)
        self._linked = tuple(dict.fromkeys((*before, *map(_key, links))))
        return links, None

    def told_datasets(self) -> tuple[tuple[str, str], ...]:
        """Those that ever became datasets."""
        return self._linked

    def _is_wanted(self, link: DatasetLink) -> bool:
        paths = self.wanted.paths
        if self.wanted.create_datasets or not paths:
            return self.wanted.create_datasets
        return any(fits(file.path, paths) for file in link.dataset.files)

    def _stored(self, file: WorkflowFileRecord) -> WorkflowFileRecord:
        key = new_key(self.wanted.pk, file.path.rpartition("/")[2])
        kept = store(io.BytesIO(self._fetched.files[file.path]), key)
        return replace(file, size=kept.size, sha256=kept.sha256, crc32=kept.crc32, storage_key=key)


def own_id(asked: str, told: str) -> str:
    """By what a run is asked for from now on: the id that it was asked for by where that is its own, else what the
    source tells it by. A name is not its own: later it may mean another run."""
    is_own = not told or told == asked or told.endswith(tuple(f"{mark}{asked}" for mark in "#/:"))
    return asked if is_own else told


def _key(link: DatasetLink) -> tuple[str, str]:
    return str(link.data_type), link.dataset.name[:255]


def _linked_to(run: WorkflowRun) -> set[tuple[str, str]]:
    rows = WorkflowRunDataset.objects.filter(workflowrun=run, dataset__deleted=False)
    return set(rows.values_list("data_type", "dataset__name"))
