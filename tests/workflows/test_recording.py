"""What the database holds true by itself, and runs written down from their records."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Group, User
from common.models import HistoryEvent
from data_management.models import CollectionItem, DataFile, Dataset, DatasetCollection
from data_management.records import DatasetRecord, FileRecord
from data_management.services import Ownership
from tests.factories import (
    a_collection,
    a_dataset,
    a_file,
    a_job,
    a_link,
    a_parameter,
    a_run,
    a_step,
    a_version,
    a_workflow,
    a_workflow_file,
    shared,
)
from tests.records import FAILED, NESTED, RNASEQ, RUNS
from workflows.models import Workflow, WorkflowRun, WorkflowRunDataset, WorkflowRunStep, WorkflowVersion
from workflows.records import DatasetLink, DataType, FileRole, JobFile, JobRecord, RunRecord, RunStatus
from workflows.services import link_datasets, record_run

NOON = datetime(2024, 1, 15, 12, tzinfo=UTC)


def refused(deed: Any) -> bool:
    """Whether the database itself says no."""
    try:
        with transaction.atomic():
            deed()
            connection.check_constraints()
    except IntegrityError:
        return True
    return False


def test_nothing_is_completed_before_it_is_started(ada: User) -> None:
    times = {"started_at": NOON, "completed_at": NOON - timedelta(microseconds=1)}
    run = a_run(ada, started_at=NOON, completed_at=NOON)
    assert refused(lambda: a_run(ada, **times))
    assert refused(lambda: WorkflowRun.objects.filter(pk=run.pk).update(**times))
    assert refused(lambda: a_job(run, **times))
    assert not refused(lambda: a_run(ada, completed_at=NOON))


def test_one_file_of_a_version_is_main_and_each_path_stands_once(ada: User) -> None:
    version = a_version(a_workflow(ada))
    a_workflow_file(version, "a", "MAIN")
    assert refused(lambda: a_workflow_file(version, "b", "MAIN"))
    assert refused(lambda: a_workflow_file(version, "a", "OTHER"))
    assert not refused(lambda: a_workflow_file(version, "b", "OTHER"))


def test_one_version_of_a_workflow_is_the_latest(ada: User) -> None:
    workflow = a_workflow(ada)
    a_version(workflow)
    assert refused(lambda: a_version(workflow, index=2))
    assert refused(lambda: a_version(workflow, index=1, is_latest=False))
    assert not refused(lambda: a_version(workflow, index=2, is_latest=False))


def test_a_dataset_stands_once_per_run_and_type(ada: User) -> None:
    run, dataset = a_run(ada), a_dataset(ada)
    a_link(run, dataset, "INPUT")
    assert refused(lambda: a_link(run, dataset, "INPUT"))
    assert refused(
        lambda: link_datasets(run_id=run.pk, links=[(dataset.pk, "INPUT")], ownership=Ownership(ada, None))
    )
    assert not refused(lambda: a_link(run, dataset, "OUTPUT"))


def test_a_run_of_one_origin_is_one_run_in_its_group(ada: User, eve: User) -> None:
    origin = {"source": "galaxy", "external_id": "d8b4"}
    run = a_run(ada, **origin)
    assert refused(lambda: a_run(ada, **origin))
    assert not refused(lambda: a_run(eve, **origin))
    assert not refused(lambda: a_run(ada, source="galaxy"))
    run.mark_deleted(by=ada)
    assert not refused(lambda: a_run(ada, **origin))


def test_parts_and_shares_stand_once(ada: User, eve: User) -> None:
    run = a_run(ada)
    a_parameter(run, "k", 1)
    a_step(run, "a")
    shared(run, eve)
    shared(run, group=eve.primary_group)
    collection = a_collection(ada, a_dataset(ada))
    item = collection.items.get()
    assert refused(lambda: a_parameter(run, "k", 2))
    assert refused(lambda: a_step(run, "a"))
    assert refused(lambda: shared(run, eve))
    assert refused(lambda: shared(run, group=eve.primary_group))
    assert refused(lambda: shared(run))
    assert refused(lambda: shared(run, eve, group=eve.primary_group))
    assert refused(lambda: CollectionItem.objects.create(collection=collection, dataset=item.dataset))


# --- records ------------------------------------------------------------------------------------------------


def read(run: WorkflowRun) -> RunRecord:
    """The run as it stands in the database."""
    return WorkflowRun.objects.with_everything().get(pk=run.pk).to_record()


def counts() -> dict[str, int]:
    kinds = (WorkflowRun, WorkflowRunDataset, Dataset, DataFile, DatasetCollection, Workflow, WorkflowVersion)
    rows = {kind.__name__: kind._base_manager.count() for kind in kinds}
    return {
        **rows,
        "HistoryEvent": HistoryEvent.objects.count(),
        "CollectionItem": CollectionItem.objects.count(),
    }


@pytest.mark.parametrize("name", sorted(RUNS))
def test_a_run_that_is_written_down_reads_as_it_was(ada: User, name: str) -> None:
    run, created = record_run(record=RUNS[name], owner=ada)
    assert created
    assert read(run) == RUNS[name]
    assert (run.owner, run.owned_by, run.created_by) == (ada, ada.primary_group, ada)


@pytest.mark.parametrize("name", sorted(name for name, record in RUNS.items() if record.origin.external_id))
def test_telling_it_twice_is_telling_it_once(ada: User, name: str) -> None:
    first, _ = record_run(record=RUNS[name], owner=ada)
    before, steps = counts(), set(WorkflowRunStep.objects.values_list("pk", flat=True))
    second, created = record_run(record=RUNS[name], owner=ada)
    assert (second.pk, created) == (first.pk, False)
    assert counts() == before
    assert set(WorkflowRunStep.objects.values_list("pk", flat=True)) == steps
    assert read(second) == RUNS[name]


def test_a_run_told_again_later_is_brought_up_to_date(ada: User) -> None:
    running = replace(
        RNASEQ, status=RunStatus.RUNNING, jobs=(), completed_at=None, datasets=RNASEQ.datasets[:1]
    )
    record_run(record=running, owner=ada)
    run, created = record_run(record=RNASEQ, owner=ada)
    assert not created
    assert read(run) == RNASEQ
    assert [one.status for one in run.status_changes.all()] == ["RUNNING", "SUCCESS"]
    event = HistoryEvent.objects.get(object_id=run.pk, action="updated")
    assert event.changes["status"] == ["RUNNING", "SUCCESS"]
    assert event.by == ada


def test_the_same_origin_in_another_group_is_another_run(ada: User, eve: User) -> None:
    first, _ = record_run(record=RNASEQ, owner=ada)
    second, created = record_run(record=RNASEQ, owner=eve)
    assert created
    assert first.pk != second.pk
    assert first.workflowversion_id != second.workflowversion_id


def test_two_runs_of_one_workflow_share_its_version(ada: User) -> None:
    first, _ = record_run(record=RNASEQ, owner=ada)
    second, _ = record_run(record=FAILED, owner=ada)
    assert first.workflowversion_id == second.workflowversion_id
    version = WorkflowVersion.objects.get()
    assert version.is_committed
    assert version.content_digest == version.digest_of_files()


def test_of_two_workflows_of_one_name_the_oldest_is_the_one(ada: User) -> None:
    known = RNASEQ.workflow
    assert known is not None
    facts = {"workflow_manager": str(known.engine), "repository_url": known.repository_url}
    oldest, newer = (a_workflow(ada, known.name, **facts) for _ in range(2))
    run, _ = record_run(record=RNASEQ, owner=ada)
    assert run.workflowversion is not None
    assert run.workflowversion.workflow == oldest
    assert set(Workflow.objects.all()) == {oldest, newer}


def test_a_version_in_the_trash_is_not_used_by_new_runs(ada: User) -> None:
    first, _ = record_run(record=RNASEQ, owner=ada)
    assert first.workflowversion is not None
    first.workflowversion.mark_deleted(by=ada)
    second, _ = record_run(record=FAILED, owner=ada)
    assert second.workflowversion is not None
    assert second.workflowversion.pk != first.workflowversion.pk
    assert second.workflowversion.workflow == first.workflowversion.workflow


def test_a_run_that_the_caller_knows_need_not_have_the_same_origin(ada: User) -> None:
    run = a_run(ada, source="elsewhere", external_id="x")
    same, created = record_run(record=NESTED, owner=ada, known=run)
    assert (same.pk, created, same.external_id) == (run.pk, False, NESTED.origin.external_id)


@pytest.mark.parametrize("is_known", [False, True])
def test_the_caller_may_say_which_file_a_path_means(ada: User, is_known: bool) -> None:
    here = a_dataset(ada, "reads")
    file = a_file(here, "in.fastq")
    link = DatasetLink(DatasetRecord("", id=here.pk), DataType.INPUT)
    job = JobRecord(
        "sort", files=(JobFile("theirs.fastq", FileRole.USED), JobFile("in.fastq", FileRole.MADE))
    )
    record = RunRecord("Sorted", datasets=(link,), jobs=(job,))
    known = a_run(ada) if is_known else None
    run, _ = record_run(record=record, owner=ada, known=known, file_ids={"theirs.fastq": file.pk})
    assert [(one.role, one.datafile) for one in run.jobs.get().files.all()] == [("USED", file)]


def test_a_run_in_the_trash_does_not_come_back_by_being_told_again(ada: User) -> None:
    first, _ = record_run(record=NESTED, owner=ada)
    first.mark_deleted(by=ada)
    second, created = record_run(record=NESTED, owner=ada)
    assert created
    assert second.pk != first.pk


def test_a_new_run_takes_in_datasets_that_are_here_already(ada: User) -> None:
    here = a_dataset(ada, "reads")
    file = a_file(here, "in.fastq")
    known = DatasetLink(replace(here.to_record(), id=here.pk), DataType.INPUT)
    job = JobRecord("sort", files=(JobFile("in.fastq", FileRole.USED), JobFile("out.bam", FileRole.MADE)))
    made = DatasetLink(DatasetRecord("sorted", files=(FileRecord("out.bam"),)), DataType.OUTPUT)
    run, _ = record_run(record=RunRecord("Sorted", datasets=(known, made), jobs=(job,)), owner=ada)
    links = {link.role: link.datafile for link in run.jobs.get().files.all()}
    assert links == {"USED": file, "MADE": DataFile.objects.get(name="out.bam")}
    assert Dataset.objects.count() == 2


def test_steps_are_nested_and_jobs_know_their_files(ada: User) -> None:
    run, _ = record_run(record=NESTED, owner=ada)
    inner = run.steps.get(key="0/3/1")
    assert inner.parent is not None
    assert inner.parent.key == "0/3"
    job = run.jobs.get(name="cutadapt")
    assert {(link.role, link.datafile.name) for link in job.files.all()} == {
        ("MADE", "trimmed.fastq"),
        ("USED", "in.fastq"),
    }


def test_deleting_a_run_for_good_leaves_its_datasets(ada: User) -> None:
    run, _ = record_run(record=NESTED, owner=ada)
    datasets = Dataset.objects.count()
    run.delete()
    assert Dataset.objects.count() == datasets
    assert not WorkflowRunStep.objects.exists()


def test_a_group_that_owns_runs_cannot_be_deleted(ada: User, genomics: Group) -> None:
    a_run(ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        genomics.delete()


def test_a_large_record_is_read_in_as_many_queries_as_a_small_one(ada: User) -> None:
    def cost(record: RunRecord) -> int:
        run, _ = record_run(record=record, owner=ada)
        with CaptureQueriesContext(connection) as queries:
            read(run)
        return len(queries)

    many = replace(
        RNASEQ,
        origin=replace(RNASEQ.origin, external_id="many"),
        datasets=tuple(
            replace(link, dataset=replace(link.dataset, name=f"{link.dataset.name} {number}"))
            for number in range(10)
            for link in RNASEQ.datasets
        ),
    )
    assert cost(many) == cost(RNASEQ)
