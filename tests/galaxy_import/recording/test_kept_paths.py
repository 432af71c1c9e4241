"""The place of a dataset among a run's files, from one import to the next."""

from dataclasses import replace
from typing import Any

import pytest

from data_management.models import DataFile
from galaxy_import.models import GalaxyDataset
from galaxy_import.values import Condition, GalaxyData, GalaxyRun
from tests.galaxy_import.values import (
    DONE,
    PENDING_SORTED,
    READS,
    RECORD,
    SAMPLES,
    SORTED,
    listed,
    single,
    told,
)
from workflows.models import JobFileLink, WorkflowRun
from workflows.records import DataType, FileRole, JobFile

pytestmark = pytest.mark.django_db
IN_STEP, LABELLED = "steps/6.2/sorted.txt", "outputs/Sorted.txt"


def made_at(path: str, *data: GalaxyData) -> GalaxyRun:
    """A run whose only job made what stands at this path."""
    job = replace(RECORD.jobs[1], files=(JobFile(path, FileRole.MADE),))
    return replace(told(DONE, jobs=(job,)), data=data)


def unlabelled(path: str = IN_STEP, **facts: Any) -> GalaxyData:
    """The output as it is called while its label is not known."""
    return replace(single(DataType.OUTPUT, "Sort: sorted", "aa04", path, **facts), is_labelled=False)


@pytest.mark.parametrize("first_creates", [True, False])
def test_a_dataset_keeps_its_path_when_its_label_becomes_known(record: Any, first_creates: bool) -> None:
    record(made_at(IN_STEP, unlabelled()), create_datasets=first_creates)
    for _ in range(2):
        run = record(made_at(LABELLED, SORTED), create_datasets=True).run
    file = DataFile.objects.get()
    assert file.path == IN_STEP
    assert set(GalaxyDataset.objects.values_list("path", flat=True)) == {IN_STEP}
    link = JobFileLink.objects.get(job__workflowrun=run)
    assert (link.datafile, link.role) == (file, "MADE")
    (job,) = WorkflowRun.objects.with_everything().get().to_record().jobs
    assert job.files == (JobFile(IN_STEP, FileRole.MADE),)


def test_a_format_that_is_edited_in_galaxy_changes_no_path(record: Any) -> None:
    record(made_at(LABELLED, SORTED), create_datasets=True)
    renamed = single(DataType.OUTPUT, "Sorted", "aa04", "outputs/Sorted.tabular", extension="tabular")
    record(made_at("outputs/Sorted.tabular", renamed), create_datasets=True)
    file = DataFile.objects.get()
    assert (file.path, JobFileLink.objects.get().datafile) == (LABELLED, file)
    row = GalaxyDataset.objects.get()
    assert (row.path, row.extension) == (LABELLED, "tabular")


def test_what_is_not_made_yet_gets_its_ending_later(record: Any) -> None:
    record(replace(DONE, data=(PENDING_SORTED,)), create_datasets=True)
    record(made_at(LABELLED, SORTED), create_datasets=True)
    assert (DataFile.objects.get().path, GalaxyDataset.objects.get().path) == (LABELLED, LABELLED)


def test_a_dataset_that_comes_later_does_not_take_the_path_of_another(record: Any) -> None:
    record(made_at(LABELLED, SORTED), create_datasets=True)
    other = single(DataType.OUTPUT, "SORTED", "aa09", "outputs/SORTED.txt")
    moved = single(DataType.OUTPUT, "Sorted", "aa04", "outputs/Sorted-aa04.txt")
    run = record(made_at("outputs/SORTED.txt", other, moved), create_datasets=True).run
    paths = dict(GalaxyDataset.objects.values_list("galaxy_id", "path"))
    assert paths == {"aa04": LABELLED, "aa09": "outputs/SORTED-aa09.txt"}
    assert JobFileLink.objects.get(job__workflowrun=run).datafile.path == "outputs/SORTED-aa09.txt"


def test_paths_of_elements_are_kept_as_well(record: Any) -> None:
    record(replace(DONE, data=(SAMPLES,)), create_datasets=True)
    moved = [replace(one, path=f"outputs/Others/{one.element}.txt") for one in SAMPLES.files]
    record(replace(DONE, data=(listed(DataType.INPUT, "Samples", "aa01", *moved),)), create_datasets=True)
    paths = set(DataFile.objects.values_list("path", flat=True))
    assert paths == {"inputs/Samples/A.txt", "inputs/Samples/B.txt"}


def test_a_dataset_that_was_restricted_keeps_the_path_without_an_ending(record: Any) -> None:
    hidden = unlabelled("steps/6.2/sorted", condition=Condition.RESTRICTED, extension="", size=None)
    record(made_at("steps/6.2/sorted", hidden), create_datasets=True)
    record(made_at(IN_STEP, unlabelled()), create_datasets=True)
    assert DataFile.objects.get().path == "steps/6.2/sorted"


def test_jobs_have_the_file_of_the_first_place_of_a_dataset(record: Any) -> None:
    """A dataset that stands alone and in a collection has a file in either."""
    path = SAMPLES.files[0].path
    alone = single(DataType.INPUT, "One of them", "aa02", path)
    job = replace(RECORD.jobs[0], files=(JobFile(path, FileRole.USED),))
    run = record(replace(told(DONE, jobs=(job,)), data=(READS, SAMPLES, alone)), create_datasets=True).run
    link = JobFileLink.objects.get(job__workflowrun=run)
    assert link.datafile.dataset.name == "Samples"
    assert DataFile.objects.filter(path=path).count() == 2
