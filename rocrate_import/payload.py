"""The files of a crate in its records: which of them are to be stored, and where they lie afterwards."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from common.storage import Measured
from data_management.records import DatasetRecord, FileRecord, FileStatus
from rocrate_import.translate import Remark, Translation
from workflows.records import DatasetLink, JobRecord, RunRecord, WorkflowRecord

Timed = TypeVar("Timed", RunRecord, JobRecord)


@dataclass(frozen=True, slots=True)
class Kept:
    """Where an entry of the package lies in the storage, and what it was measured to be."""

    key: str
    measured: Measured


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a crate says, its files in the storage: a run, or a workflow version alone.

    ``said`` is the rest of its translation, ``remarks`` tell what was odd, ``keys`` are those of the files.
    """

    record: RunRecord | None
    workflow: WorkflowRecord | None
    said: Translation
    remarks: tuple[Remark, ...]
    keys: tuple[str, ...]


def names_of(translation: Translation) -> list[str]:
    """The entries of the package that the records speak of, each once."""
    files = (file.storage_key for file in _files_of(translation.record))
    workflow = _workflow_of(translation)
    parts = (file.storage_key for file in workflow.files) if workflow else ()
    return list(dict.fromkeys(name for name in (*files, *parts) if name))


def with_keys(translation: Translation, kept: Mapping[str, Kept]) -> Outcome:
    """The records with keys of the storage in place of names of entries, sizes and checksums as measured."""
    remarks: list[Remark] = []
    workflow = _workflow_of(translation)
    if workflow is not None:
        workflow = _workflow_with_keys(workflow, kept, remarks)
    record = translation.record
    if record is not None:
        links = (
            DatasetLink(_dataset_with_keys(link.dataset, kept, remarks), link.data_type)
            for link in record.datasets
        )
        record = replace(
            _in_time(record, "", remarks),
            workflow=workflow,
            datasets=tuple(links),
            jobs=tuple(_in_time(job, job.name, remarks) for job in record.jobs),
            is_imported=True,
        )
    said = replace(translation, record=None, workflow=None)
    keys = tuple(one.key for one in kept.values())
    return Outcome(record, workflow, said, (*translation.warnings, *remarks), keys)


def _files_of(record: RunRecord | None) -> Iterator[FileRecord]:
    for link in record.datasets if record else ():
        yield from link.dataset.files


def _workflow_of(translation: Translation) -> WorkflowRecord | None:
    """A run's workflow is the one that stands in the run's own record."""
    return translation.record.workflow if translation.record else translation.workflow


def _dataset_with_keys(
    dataset: DatasetRecord, kept: Mapping[str, Kept], remarks: list[Remark]
) -> DatasetRecord:
    files = tuple([_file_with_key(file, kept, remarks) for file in dataset.files])
    return DatasetRecord(
        dataset.name, dataset.description, dataset.dataset_type, dataset.collection, files, dataset.id
    )


def _file_with_key(file: FileRecord, kept: Mapping[str, Kept], remarks: list[Remark]) -> FileRecord:
    if not file.storage_key:
        return file
    found = kept[file.storage_key]
    new = found.measured
    if file.size != new.size or file.sha256 or file.md5sum:
        _compare(file, new, remarks)
    return FileRecord(  # by place, not ``replace``, which takes three times as long: there may be very many
        file.name, file.path, file.uri, file.format, file.mime_type, new.size, new.sha256, new.md5sum, new.crc32,
        FileStatus.ONLINE, found.key, file.id,
    )  # fmt: skip


def _in_time(one: Timed, name: str, remarks: list[Remark]) -> Timed:
    """A run or a job that ends before it begins has an end that nobody can believe."""
    if one.started_at is None or one.completed_at is None or one.completed_at >= one.started_at:
        return one
    remarks.append(Remark(name, f"The end {one.completed_at} is before the start: it is left out."))
    return replace(one, completed_at=None)


def _workflow_with_keys(
    workflow: WorkflowRecord, kept: Mapping[str, Kept], remarks: list[Remark]
) -> WorkflowRecord:
    """A version has only files that the registry holds."""
    files = []
    for file in workflow.files:
        if not file.storage_key:
            remarks.append(
                Remark(file.path, "The crate does not hold this file of the workflow: it is left out.")
            )
            continue
        found = kept[file.storage_key]
        measured = found.measured
        files.append(
            replace(
                file, size=measured.size, sha256=measured.sha256, crc32=measured.crc32, storage_key=found.key
            )
        )
    return replace(workflow, files=tuple(sorted(files, key=lambda one: one.path)))


def _compare(file: FileRecord, measured: Measured, remarks: list[Remark]) -> None:
    """Say where the crate promises other bytes than it holds; what was measured counts."""
    for what, name in _COMPARED:
        expected, found = getattr(file, name), getattr(measured, name)
        if expected and expected != found:
            remarks.append(
                Remark(file.storage_key, f"The crate gives the {what} {expected}, but its file has {found}.")
            )


_COMPARED = (("SHA-256", "sha256"), ("MD5", "md5sum"), ("size", "size"))
