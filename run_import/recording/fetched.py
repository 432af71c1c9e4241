"""Writing down a run of any source of the seam: with its workflow's files, and datasets where they are wanted."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from common.storage import store
from run_import.models import RunImport
from run_import.recording.keeping import new_key
from run_import.recording.noting import told_of
from run_import.recording.runs import Recording, ToldRun
from run_sources.seam import FetchedRun
from workflows.models import WorkflowRun, WorkflowRunDataset
from workflows.records import DatasetLink, WorkflowFileRecord, WorkflowRecord
from workflows.versions import find_or_make_version


class FetchedRecording(Recording):
    """What a source fetched; the import is done when its logs and events are read, too (``has_more``)."""

    def __init__(self, *, wanted: RunImport, fetched: FetchedRun, **how: Any) -> None:
        record = fetched.record
        told = ToldRun(
            record=record, external_id=wanted.external_id, state=record.source_status,
            has_ended=fetched.has_ended, remarks=fetched.remarks, has_more=True,
        )  # fmt: skip
        super().__init__(wanted=wanted, told=told, **how)
        self._fetched = fetched
        self._workflow: WorkflowRecord | None = record.workflow
        self._linked: tuple[tuple[str, str], ...] = ()

    def store(self) -> Sequence[str]:
        """The workflow's files that came with the run; one that came without content is not kept as a file."""
        if self._workflow is None:
            return ()
        contents = self._fetched.files
        files = tuple(self._stored(one) for one in self._workflow.files if one.path in contents)
        self._workflow = replace(self._workflow, files=files)
        return [one.storage_key for one in files]

    def version_of(self, run: WorkflowRun | None) -> UUID | None:
        """The group's version with the same names and files, or a new one."""
        if self._workflow is None:
            return None
        return find_or_make_version(record=self._workflow, ownership=self.ownership).pk

    def datasets(self, run: WorkflowRun | None) -> tuple[Sequence[DatasetLink], Mapping[str, UUID] | None]:
        """All that were told, where they are wanted; what was taken out of the run since is not brought back."""
        before = told_of(run).datasets if run is not None else ()
        links = self._fetched.record.datasets if self.wanted.create_datasets else ()
        here = _linked_to(run) if run is not None else set()
        links = tuple(one for one in links if _key(one) not in before or _key(one) in here)
        self._linked = tuple(dict.fromkeys((*before, *map(_key, links))))
        return links, None

    def told_datasets(self) -> tuple[tuple[str, str], ...]:
        """Those that ever became datasets."""
        return self._linked

    def _stored(self, file: WorkflowFileRecord) -> WorkflowFileRecord:
        key = new_key(self.wanted.pk, file.path.rpartition("/")[2])
        kept = store(io.BytesIO(self._fetched.files[file.path]), key)
        return replace(file, size=kept.size, sha256=kept.sha256, crc32=kept.crc32, storage_key=key)


def _key(link: DatasetLink) -> tuple[str, str]:
    return str(link.data_type), link.dataset.name[:255]


def _linked_to(run: WorkflowRun) -> set[tuple[str, str]]:
    rows = WorkflowRunDataset.objects.filter(workflowrun=run, dataset__deleted=False)
    return set(rows.values_list("data_type", "dataset__name"))
