"""What real servers told, written down and read back."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from data_management.models import DataFile, Dataset
from galaxy_import.models import GalaxyDataset
from galaxy_import.values import Condition, GalaxyRun
from tests.galaxy_import.recording.test_recording import everything
from tests.galaxy_import.translate.cases import ALL, RUNNING, WHOLE, case
from workflows.models import JobFileLink, WorkflowRun
from workflows.records import JobFile, RunRecord

pytestmark = pytest.mark.django_db


def plain(record: RunRecord, **facts: Any) -> RunRecord:
    """A record without its datasets, and with the files of its jobs in their order."""
    jobs = tuple(
        replace(job, files=tuple(sorted(job.files, key=lambda one: (one.role, one.path))))
        for job in record.jobs
    )
    return replace(record, jobs=jobs, datasets=(), **facts)


def _by_role(file: JobFile) -> tuple[str, str]:
    return file.role, file.path


def without_files(record: RunRecord) -> RunRecord:
    """What is read back where no datasets were asked for."""
    return replace(record, jobs=tuple(replace(job, files=()) for job in record.jobs))


def paths(run: GalaxyRun) -> set[str]:
    """The paths of the files that are to be recorded."""
    return {file.path for one in run.data for file in one.dataset.files}


def with_recorded_files(run: GalaxyRun) -> RunRecord:
    """The record, whose jobs name only files that are recorded."""
    known = paths(run)
    jobs = tuple(
        replace(job, files=tuple(one for one in job.files if one.path in known)) for job in run.record.jobs
    )
    return plain(replace(run.record, jobs=jobs))


@pytest.mark.parametrize(("version", "name"), ALL)
def test_a_recorded_run_reads_back_as_it_was_told(record: Any, version: str, name: str) -> None:
    told = case(version, name).run
    record(told)
    read = WorkflowRun.objects.with_everything().get().to_record()
    assert plain(read) == plain(without_files(told.record))


@pytest.mark.parametrize(("version", "name"), ALL)
def test_with_its_datasets_every_file_has_its_jobs(record: Any, version: str, name: str) -> None:
    told = case(version, name, all_outputs=True).run
    record(told, create_datasets=True)
    read = WorkflowRun.objects.with_everything().get().to_record()
    assert plain(read, workflow=None) == replace(with_recorded_files(told), workflow=None)
    assert {file.path for file in DataFile.objects.all()} == paths(told)
    unlike = {(one.src, one.id) for one in told.data if one.condition != Condition.SKIPPED}
    assert Dataset.objects.count() == len(unlike)
    assert JobFileLink.objects.exists() == any(job.files for job in with_recorded_files(told).jobs)


@pytest.mark.parametrize(("version", "name"), ALL)
def test_galaxys_words_on_each_dataset_are_kept(record: Any, version: str, name: str) -> None:
    told = case(version, name).run
    record(told)
    rows = GalaxyDataset.objects.filter(collection=None)
    assert Counter(rows.values_list("src", "galaxy_id", "label", "state", "condition")) == Counter(
        (one.src, one.id, one.label, one.state, str(one.condition)) for one in told.data
    )
    elements = GalaxyDataset.objects.exclude(collection=None)
    assert Counter(elements.values_list("galaxy_id", "label", "size", "path")) == Counter(
        (file.id, file.element, file.size, file.path)
        for one in told.data
        if one.collection_type
        for file in one.files
    )


@pytest.mark.parametrize(("version", "name"), [*WHOLE, *RUNNING])
def test_a_recorded_run_told_twice_changes_nothing(record: Any, version: str, name: str) -> None:
    told = case(version, name, all_outputs=True).run
    record(told, create_datasets=True)
    before = everything()
    record(told, create_datasets=True)
    assert everything() == before


def test_what_was_skipped_is_no_dataset_and_says_why(record: Any) -> None:
    record(case("26.1", "f_skipped_step").run, create_datasets=True)
    row = GalaxyDataset.objects.get(condition=Condition.SKIPPED)
    assert (row.label, row.dataset, row.note) == (
        "cut", None, "Its step was skipped; Galaxy holds a null in its place."
    )  # fmt: skip
    assert set(Dataset.objects.values_list("status", flat=True)) == {"OFFLINE"}
