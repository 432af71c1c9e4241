"""A run read whole and lean, and the state that tells whether it is still the same."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Group, User
from data_management.models import DataFile, Dataset, DatasetCollection
from tests.factories import a_dataset, a_file, a_link, a_run, shared
from tests.records import NESTED, RNASEQ, RUNS, START, stored
from workflows.models import (
    JobFileLink,
    StatusChange,
    Workflow,
    WorkflowFile,
    WorkflowRun,
    WorkflowRunJob,
    WorkflowRunParameter,
    WorkflowRunStep,
    WorkflowVersion,
)
from workflows.recorded import RunState, read_record, state_of
from workflows.records import DatasetLink, DataType, PersonRecord, RunRecord, RunStatus, StatusBasis
from workflows.services import record_run

COLLECTED = replace(
    RNASEQ,
    name="With all that the others lack",
    status_basis=StatusBasis.INFERRED,
    message="It waited for a licence.",
    license="CC-BY-4.0",
    people=(PersonRecord("Bob", role="author"),),
    workflow=replace(RNASEQ.workflow, source_url="https://example.org/w", creators=(PersonRecord("Eve"),)),
    steps=tuple(
        replace(step, tool_url=f"https://example.org/{step.key}", message="It was slow.")
        for step in RNASEQ.steps
    ),
    jobs=tuple(replace(job, message="It waited.", after=("7", "8")) for job in RNASEQ.jobs),
    datasets=tuple(
        DatasetLink(replace(link.dataset, collection="Lane 1"), link.data_type) for link in RNASEQ.datasets
    ),
)


def recorded(record: RunRecord, owner: User) -> WorkflowRun:
    """A run of these words, read anew with all that belongs to it."""
    run, _ = record_run(record=record, owner=owner, owned_by=owner.default_group())
    return WorkflowRun.objects.with_everything().get(pk=run.pk)


def states(run: WorkflowRun, user: User) -> Callable[[], RunState]:
    """Ask for the run's state, as somebody who has just signed in."""

    def ask() -> RunState:
        state = state_of(run.pk, User.objects.get(pk=user.pk))
        assert state is not None
        return state

    return ask


def everything_of(record: RunRecord) -> tuple[Any, ...]:
    """What equality of records leaves out, too."""
    files = [(one.id, one.storage_key, one.error) for link in record.datasets for one in link.dataset.files]
    scripts = [(f.id, f.crc32, f.storage_key) for f in record.workflow.files] if record.workflow else []
    datasets = [link.dataset.id for link in record.datasets]
    own = (record.id, record.created, record.agent, record.group, record.group_url, record.history)
    return (*own, files, scripts, datasets, record.workflow and record.workflow.id)


@pytest.mark.parametrize("record", [*RUNS.values(), COLLECTED], ids=[*RUNS.keys(), "collected"])
def test_a_run_read_lean_is_the_run_that_its_models_tell(ada: User, record: RunRecord) -> None:
    run = recorded(record, ada)
    read = read_record(run.pk, ada)
    assert read == run.to_record() == record
    assert everything_of(read) == everything_of(run.to_record())


def test_files_come_in_their_order_whatever_that_of_the_rows(ada: User) -> None:
    run = recorded(RNASEQ, ada)
    DataFile.objects.filter(name="A_1.fastq.gz").update(position=7)
    read = read_record(run.pk, ada)
    assert [file.name for file in read.datasets[0].dataset.files] == ["A_2.fastq.gz", "A_1.fastq.gz"]


def test_a_dataset_with_two_parts_in_a_run_is_read_in_both(ada: User) -> None:
    run, reads = a_run(ada), a_dataset(ada)
    a_file(reads, content=b"x")
    for part in ("INPUT", "CONFIG"):
        a_link(run, reads, data_type=part)
    read = read_record(run.pk, ada)
    assert read == WorkflowRun.objects.get(pk=run.pk).to_record()
    assert len(read.files_of(DataType.CONFIG)) == 1


def test_the_first_of_several_collections_names_a_dataset(ada: User) -> None:
    run = recorded(COLLECTED, ada)
    later = DatasetCollection.objects.create(name="Later", owner=ada)
    later.datasets.set(Dataset.objects.all())
    assert {link.dataset.collection for link in read_record(run.pk, ada).datasets} == {"Lane 1"}


def test_a_stranger_reads_nothing(ada: User, eve: User) -> None:
    run = recorded(RNASEQ, ada)
    assert read_record(run.pk, eve) is None
    assert state_of(run.pk, eve) is None


def test_of_a_shared_run_its_datasets_and_its_workflow_stay_the_owners(ada: User, eve: User) -> None:
    run = recorded(RNASEQ, ada)
    shared(run, eve)
    read = read_record(run.pk, eve)
    assert read.datasets == ()
    assert read.workflow.files == ()
    assert read.workflow.name == RNASEQ.workflow.name
    shared(Dataset.objects.get(name="Alignment"), eve)
    eve = User.objects.get(pk=eve.pk)
    assert [link.dataset.name for link in read_record(run.pk, eve).datasets] == ["Alignment"]


def test_a_collection_that_one_may_not_see_is_not_named(ada: User, eve: User) -> None:
    run = recorded(COLLECTED, ada)
    shared(run, eve)
    for dataset in Dataset.objects.all():
        shared(dataset, eve)
    eve = User.objects.get(pk=eve.pk)
    assert {link.dataset.collection for link in read_record(run.pk, eve).datasets} == {""}
    hidden = state_of(run.pk, eve)
    shared(DatasetCollection.objects.get(name="Lane 1"), eve)
    assert {link.dataset.collection for link in read_record(run.pk, eve).datasets} == {"Lane 1"}
    assert state_of(run.pk, eve).revision != hidden.revision


def test_the_trash_is_not_read(ada: User) -> None:
    run = recorded(RNASEQ, ada)
    Dataset.objects.get(name="Alignment").mark_deleted(by=ada)
    run.workflowversion.workflow.mark_deleted(by=ada)
    read = read_record(run.pk, ada)
    assert "Alignment" not in [link.dataset.name for link in read.datasets]
    assert read.workflow.files == ()
    run.mark_deleted(by=ada)
    assert read_record(run.pk, ada) is None


def test_larger_runs_take_no_more_queries(ada: User) -> None:
    files = [stored(f"results/{number}.txt") for number in range(300)]
    links = tuple(
        replace(RNASEQ.datasets[0], dataset=replace(one.dataset, files=tuple(files)))
        for one in RNASEQ.datasets
    )
    large = replace(RNASEQ, name="Large", origin=NESTED.origin, jobs=RNASEQ.jobs[:1] * 30, datasets=links[:1])
    assert queries_of(recorded(large, ada), ada) == queries_of(recorded(RNASEQ, ada), ada)


def queries_of(run: WorkflowRun, user: User) -> list[int]:
    """How many queries reading takes, and how many the state."""
    user.group_ids()
    found = []
    for deed in (read_record, state_of):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            deed(run.pk, user)
        found.append(len(seen))
    return found


# --- The state -------------------------------------------------------------------------------------------------


def test_a_state_counts_and_names(ada: User) -> None:
    state = states(recorded(RNASEQ, ada), ada)()
    assert (state.files, state.jobs, state.name) == (8, 3, "RNA-seq of sample A")
    assert len(state.revision) == 32


def test_what_has_no_checksum_for_archives_is_counted_in_bytes(ada: User) -> None:
    run = recorded(RNASEQ, ada)
    ask = states(run, ada)
    held = DataFile.objects.exclude(storage_key="")
    sizes = sum(held.values_list("size", flat=True)) + sum(
        WorkflowFile.objects.values_list("size", flat=True)
    )
    assert ask().unmeasured_bytes == sizes > 0
    before = ask().revision
    DataFile.objects.update(crc32=1)
    WorkflowFile.objects.update(crc32=2)
    assert ask().unmeasured_bytes == 0
    assert ask().revision == before  # nobody would want another archive for that


def test_asked_twice_the_state_is_the_same(ada: User, bob: User) -> None:
    run = recorded(RNASEQ, ada)
    assert states(run, ada)() == states(run, ada)()
    assert states(run, bob)() == states(run, ada)()  # he sees the same


def first(model: Any) -> Any:
    return model.objects.filter(pk=model.objects.order_by("pk").values("pk")[:1])


CHANGES: dict[str, Callable[[WorkflowRun], Any]] = {
    "the run's name": lambda run: rows(run).update(name="Another"),
    "the run's status": lambda run: rows(run).update(status="FAILED"),
    "the run's message": lambda run: rows(run).update(message="No space left"),
    "the run's end": lambda run: rows(run).update(completed_at=START + timedelta(days=1)),
    "the run's environment": lambda run: rows(run).update(run_environment={"A": "1"}),
    "the run's people": lambda run: rows(run).update(people=[{"name": "Bob"}]),
    "the run's licence": lambda run: rows(run).update(license="CC0-1.0"),
    "the owner's name": lambda run: User.objects.update(first_name="Augusta"),
    "the owner's ORCID": lambda run: User.objects.update(orcid="0000-0002-1825-0097"),
    "the group's name": lambda run: Group.objects.update(name="Core"),
    "the workflow's description": lambda run: Workflow.objects.update(description="Other"),
    "the workflow in the trash": lambda run: Workflow.objects.update(deleted=True),
    "the version's engine": lambda run: WorkflowVersion.objects.update(engine_version="9"),
    "the version's files": lambda run: first(WorkflowFile).delete(),
    "what stands in a file of the workflow": lambda run: first(WorkflowFile).update(sha256="0" * 64),
    "a dataset's name": lambda run: first(Dataset).update(name="Other"),
    "a dataset's description": lambda run: first(Dataset).update(description="Other"),
    "a dataset in the trash": lambda run: first(Dataset).update(deleted=True),
    "a dataset that joins": lambda run: a_link(run, a_dataset(run.owner), data_type="LOG"),
    "a dataset that leaves": lambda run: run.dataset_links.first().delete(),
    "a dataset's part": lambda run: run.dataset_links.filter(data_type="LOG").update(data_type="REPORT"),
    "the name of a collection": lambda run: DatasetCollection.objects.update(name="Lane 2"),
    "a file's status": lambda run: first(DataFile).update(status="ERROR"),
    "a file's error": lambda run: first(DataFile).update(error="It is gone."),
    "a file's checksum": lambda run: first(DataFile).update(sha256="0" * 64),
    "a file's size": lambda run: first(DataFile).update(size=1),
    "a file's place": lambda run: first(DataFile).update(storage_key=""),
    "a file's path": lambda run: first(DataFile).update(path="b/c"),
    "the order of files": lambda run: first(DataFile).update(position=9),
    "a file more": lambda run: a_file(Dataset.objects.first(), "more"),
    "a parameter's value": lambda run: first(WorkflowRunParameter).update(value="bwa"),
    "a step's status": lambda run: first(WorkflowRunStep).update(status="FAILED"),
    "a step's message": lambda run: first(WorkflowRunStep).update(message="Never"),
    "the address of a step's tool": lambda run: first(WorkflowRunStep).update(tool_url="x"),
    "a step's parent": lambda run: first(WorkflowRunStep).update(parent=run.steps.last()),
    "a job's message": lambda run: first(WorkflowRunJob).update(message="Never"),
    "what a job waited for": lambda run: first(WorkflowRunJob).update(after=["9"]),
    "a job's error": lambda run: first(WorkflowRunJob).update(stderr="no"),
    "a job's exit code": lambda run: first(WorkflowRunJob).update(exit_code=3),
    "a job less": lambda run: first(WorkflowRunJob).delete(),
    "the files of a job": lambda run: first(JobFileLink).delete(),
    "the history": lambda run: StatusChange.objects.create(workflowrun=run, status=RunStatus.FAILED),
}


def rows(run: WorkflowRun) -> Any:
    """The run's row, to be changed without its model hearing of it."""
    return WorkflowRun.objects.filter(pk=run.pk)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_the_revision_changes_with(ada: User, change: Callable[[WorkflowRun], Any]) -> None:
    run = recorded(COLLECTED, ada)
    ask = states(run, ada)
    before = ask()
    change(run)
    assert ask().revision != before.revision


def test_who_sees_less_has_another_revision(ada: User, eve: User) -> None:
    run = recorded(RNASEQ, ada)
    shared(run, eve)
    part = states(run, eve)()
    assert part.revision != states(run, ada)().revision
    assert part.files == 0
    shared(Dataset.objects.get(name="Alignment"), eve)
    assert states(run, eve)().revision != part.revision
    assert states(run, eve)().files == 1


def test_another_run_leaves_a_state_alone(ada: User) -> None:
    run = recorded(RNASEQ, ada)
    before = states(run, ada)()
    recorded(NESTED, ada)
    a_link(a_run(ada), a_dataset(ada))
    assert states(run, ada)() == before
