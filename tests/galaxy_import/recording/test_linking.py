"""Inputs and outputs of runs as datasets: made, found again, shared between runs, and never forced on anybody."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from data_management.models import DataFile, Dataset
from data_management.records import FileStatus
from galaxy_import.models import GalaxyDataset
from galaxy_import.recording.runs import record_galaxy_run
from galaxy_import.values import Condition, GalaxyRun
from run_import.models import RunServer
from tests.conftest import Api
from tests.factories import a_dataset, a_file
from tests.galaxy_import.values import (
    BASE,
    DONE,
    MD5,
    READS,
    RUNNING,
    SAMPLES,
    SHA256,
    SORTED,
    a_galaxy_file,
    another_run,
    file_record,
    listed,
    single,
    told,
)
from workflows.models import JobFileLink, WorkflowRun, WorkflowRunDataset
from workflows.records import DataType, FileRole, JobFile

pytestmark = pytest.mark.django_db
LINKS = "/api/v2/workflows/workflowrundatasets/"


def linked(run: WorkflowRun) -> dict[str, Dataset]:
    """The datasets of a run by their names."""
    return {link.dataset.name: link.dataset for link in run.dataset_links.select_related("dataset")}


def rows(run: WorkflowRun) -> dict[str, GalaxyDataset]:
    """What Galaxy says of a run's inputs and outputs, by their labels."""
    return {row.label: row for row in GalaxyDataset.objects.filter(workflowrun=run)}


def test_without_datasets_names_and_states_are_kept(record: Any) -> None:
    run = record().run
    assert not Dataset.objects.exists()
    found = rows(run)
    assert set(found) == {"Reads", "Samples", "Sorted", "A", "B"}
    made, samples = found["Sorted"], found["Samples"]
    assert (made.data_type, made.condition, made.size, made.job) == ("OUTPUT", "READY", 100, "bb02")
    assert (made.hashes, made.content_url) == ({"SHA-256": SHA256}, f"{BASE}/api/datasets/aa04/display")
    assert (found["A"].collection, found["A"].path) == (samples, "inputs/Samples/A.txt")
    assert (samples.src, samples.element_count, samples.collection_type) == ("hdca", 2, "list")


def test_a_collection_is_one_dataset_with_a_file_for_each_element(record: Any) -> None:
    run = record(create_datasets=True).run
    samples = linked(run)["Samples"]
    assert (samples.dataset_type, samples.file_count, samples.status) == ("collection", 2, "OFFLINE")
    assert not samples.is_managed
    files = {file.path: file for file in samples.datafiles.all()}
    assert files["inputs/Samples/B.txt"].uri == f"{BASE}/api/datasets/aa03/display"
    assert rows(run)["B"].datafile == files["inputs/Samples/B.txt"]
    assert rows(run)["B"].dataset == rows(run)["Samples"].dataset == samples


def test_a_dataset_that_failed_says_why(record: Any) -> None:
    broken = single(DataType.OUTPUT, "Sorted", "aa04", "outputs/Sorted.txt", condition=Condition.FAILED)
    file = replace(file_record(broken.files[0]), status=FileStatus.ERROR, error="The job failed.")
    broken = replace(broken, note="The job failed.", dataset=replace(broken.dataset, files=(file,)))
    run = record(replace(DONE, data=(broken,)), create_datasets=True).run
    made = rows(run)["Sorted"]
    assert (made.condition, made.note) == ("FAILED", "The job failed.")
    assert (made.datafile.status, made.datafile.error, made.dataset.status) == (
        "ERROR",
        "The job failed.",
        "ERROR",
    )


def test_the_output_of_one_run_is_the_input_of_another(record: Any) -> None:
    taken = single(DataType.INPUT, "To count", "aa04", "inputs/To count.txt")
    job = replace(DONE.record.jobs[0], files=(JobFile("inputs/To count.txt", FileRole.USED),))
    first = record(create_datasets=True).run
    second = record(told(another_run(data=(taken,)), jobs=(job,)), create_datasets=True).run
    shared = linked(first)["Sorted.txt"]
    assert linked(second) == {"Sorted.txt": shared}
    assert {(link.workflowrun_id, link.data_type) for link in shared.run_links.all()} == {
        (first.pk, "OUTPUT"),
        (second.pk, "INPUT"),
    }
    file = shared.datafiles.get()
    assert file.path == "outputs/Sorted.txt"
    used = JobFileLink.objects.get(job__workflowrun=second)
    assert (used.datafile, used.role) == (file, "USED")


def test_a_shared_dataset_does_not_change_when_the_second_run_is_told_again(record: Any) -> None:
    taken = single(DataType.INPUT, "To count", "aa04", "inputs/To count.txt", hashes={"SHA-256": SHA256})
    record(create_datasets=True)
    before = list(DataFile.objects.order_by("pk").values())
    for _ in range(2):
        record(another_run(data=(taken,)), create_datasets=True)
    assert list(DataFile.objects.order_by("pk").values()) == before


def test_without_datasets_known_ones_are_linked_all_the_same(record: Any) -> None:
    first = record(create_datasets=True).run
    second = record(another_run()).run
    assert linked(second) == linked(first)
    assert Dataset.objects.count() == 3


def test_a_dataset_of_another_server_with_the_same_id_is_another(record: Any, claimed: Any) -> None:
    record(replace(DONE, data=(SORTED,)), create_datasets=True)
    wanted = claimed(create_datasets=True)
    wanted.server = RunServer.objects.create(source="galaxy", name="Other", url="https://other.example")
    record_galaxy_run(wanted=wanted, run=another_run(data=(SORTED,)))
    assert Dataset.objects.count() == 2


def test_two_inputs_that_are_one_dataset_are_one_dataset(record: Any) -> None:
    twice = replace(READS, label="Controls")
    run = record(replace(DONE, data=(READS, twice, SORTED)), create_datasets=True).run
    assert Dataset.objects.count() == 2
    assert WorkflowRunDataset.objects.filter(workflowrun=run).count() == 2
    assert rows(run)["Controls"].datafile == rows(run)["Reads"].datafile is not None


@pytest.mark.parametrize(
    ("facts", "hashes", "size"),
    [({"sha256": SHA256}, {"SHA-256": SHA256}, 100), ({"md5sum": MD5, "size": 100}, {"MD5": MD5}, 100)],
)
def test_a_file_of_the_same_content_is_linked(
    record: Any, ada: User, facts: Any, hashes: Any, size: int
) -> None:
    dataset = a_dataset(ada, "My reads", file_count=1)
    file = a_file(dataset, "reads.txt", **facts)
    run = record(
        replace(DONE, data=(single(DataType.INPUT, "Reads", "aa09", "inputs/Reads.txt", hashes=hashes),))
    ).run
    assert linked(run) == {"My reads": dataset}
    assert (rows(run)["Reads"].known_by, rows(run)["Reads"].datafile) == ("CONTENT", file)
    assert JobFileLink.objects.get(job__workflowrun=run).datafile == file
    file.refresh_from_db()
    assert (file.name, file.path, file.uri) == ("reads.txt", "reads.txt", "")


@pytest.mark.parametrize(
    ("facts", "hashes", "size"),
    [
        ({"md5sum": MD5, "size": 99}, {"MD5": MD5}, 100),  # another size
        ({"sha256": SHA256}, {"MD5": MD5}, 100),
        ({"sha256": SHA256, "size": 0}, {"SHA-256": SHA256}, 0),  # nothing is the same as nothing
    ],
)
def test_what_only_looks_alike_is_not_linked(
    record: Any, ada: User, facts: Any, hashes: Any, size: int
) -> None:
    a_file(a_dataset(ada, file_count=1), **facts)
    data = single(DataType.INPUT, "Reads", "aa09", "inputs/Reads.txt", hashes=hashes, size=size)
    assert linked(record(replace(DONE, data=(data,))).run) == {}


def test_only_what_the_group_has_and_the_user_sees_is_linked(record: Any, ada: User, eve: User) -> None:
    a_file(a_dataset(eve, "Hers", public=True, file_count=1), sha256=SHA256)
    several = a_dataset(ada, "Several", file_count=2)
    a_file(several, "1", sha256=SHA256)
    a_file(several, "2")
    a_file(a_dataset(ada, "Thrown away", file_count=1, deleted=True), sha256=SHA256)
    assert linked(record(replace(DONE, data=(SORTED,))).run) == {}


def test_an_output_is_a_new_dataset_even_if_another_run_made_the_same(record: Any, ada: User) -> None:
    mine = a_dataset(ada, "Mine", file_count=1)
    a_file(mine, sha256=SHA256)
    same = single(DataType.INPUT, "Same", "aa07", "inputs/Same.txt", hashes={"SHA-256": SHA256})
    run = record(replace(DONE, data=(same, SORTED)), create_datasets=True).run
    assert rows(run)["Same"].dataset == mine
    assert rows(run)["Sorted"].dataset not in (mine, None)


def test_a_link_that_was_taken_away_stays_away(record: Any, ada_api: Api) -> None:
    run = record(RUNNING, create_datasets=True).run
    link = WorkflowRunDataset.objects.get(workflowrun=run, dataset__name="Reads.txt")
    assert ada_api.delete(f"{LINKS}{link.pk}/").status_code == 204
    for _ in range(2):
        record(create_datasets=True)
        assert set(linked(run)) == {"Samples", "Sorted"}
    assert Dataset.objects.filter(name="Reads.txt").count() == 1
    assert not JobFileLink.objects.filter(datafile__path="inputs/Reads.txt").exists()


def test_a_dataset_that_was_deleted_stays_deleted(record: Any, ada: User) -> None:
    run = record(RUNNING, create_datasets=True).run
    linked(run)["Reads.txt"].mark_deleted(by=ada)
    linked(run)["Samples"].delete()
    for _ in range(2):
        record(create_datasets=True)
        assert Dataset.objects.filter(name__in=("Reads.txt", "Samples")).count() == 1
        assert not Dataset.objects.filter(name__in=("Reads.txt", "Samples"), deleted=False).exists()


def test_another_run_of_what_was_deleted_makes_it_anew(record: Any, ada: User) -> None:
    older = linked(record(create_datasets=True).run)["Reads.txt"]
    older.mark_deleted(by=ada)
    newer = linked(record(another_run(), create_datasets=True).run)["Reads.txt"]
    assert newer.pk != older.pk


def test_names_that_people_gave_stay_and_facts_are_renewed(record: Any) -> None:
    run = record(create_datasets=True).run
    Dataset.objects.filter(name="Sorted.txt").update(name="Figure 2")
    DataFile.objects.filter(path="outputs/Sorted.txt").update(name="figure2.txt")
    now = single(
        DataType.OUTPUT, "Sorted", "aa04", "outputs/Sorted.txt", size=120, job="bb02", name="On data 1"
    )
    record(replace(DONE, data=(READS, SAMPLES, now)), create_datasets=True)
    file = linked(run)["Figure 2"].datafiles.get()
    assert (file.name, file.path, file.size) == ("figure2.txt", "outputs/Sorted.txt", 120)
    assert (rows(run)["Sorted"].name, rows(run)["Sorted"].size) == ("On data 1", 120)


def test_a_file_that_was_fetched_stays_fetched(record: Any) -> None:
    record(create_datasets=True, download=True)
    facts = {"status": "ONLINE", "storage_key": "data/x", "sha256": SHA256, "size": 100, "crc32": 7}
    DataFile.objects.filter(path="outputs/Sorted.txt").update(**facts)
    record(create_datasets=True)
    file = DataFile.objects.values(*facts).get(path="outputs/Sorted.txt")
    assert file == facts


def test_elements_that_come_later_are_files_that_come_later(record: Any) -> None:
    run = record(create_datasets=True).run
    grown = listed(
        DataType.INPUT,
        "Samples",
        "aa01",
        *SAMPLES.files,
        a_galaxy_file("aa05", "inputs/Samples/C.txt", element="C"),
    )
    ids = {row.label: row.pk for row in rows(run).values()}
    record(replace(DONE, data=(READS, grown, SORTED)), create_datasets=True)
    assert linked(run)["Samples"].file_count == 3
    assert rows(run)["C"].datafile.path == "inputs/Samples/C.txt"
    assert {label: row.pk for label, row in rows(run).items() if label in ids} == ids


def test_who_may_only_see_a_dataset_shares_it_and_changes_nothing(record: Any, bob: User) -> None:
    first = record(create_datasets=True).run
    newer = single(DataType.INPUT, "Reads", "aa01", "inputs/Reads.txt", size=1)
    second = record(another_run(data=(newer,)), user=bob, create_datasets=True).run
    shared = linked(second)["Reads.txt"]
    assert shared == linked(first)["Reads.txt"]
    assert shared.datafiles.get().size == 100  # it is Ada's, and Bob may not change it


def big(size: int, state: str = "ok", name: str = "Big") -> GalaxyRun:
    """A run with a collection of so many elements."""
    elements = (
        a_galaxy_file(f"e{number}", f"inputs/{name}/{number}.txt", element=str(number), state=state)
        for number in range(size)
    )
    return replace(DONE, data=(listed(DataType.INPUT, name, "ee01", *elements),))


def test_the_number_of_statements_does_not_grow_with_the_elements(record: Any) -> None:
    record()  # so that the workflow is there
    counts = []
    for size, uuid in ((30, 3), (400, 4)):
        run = big(size, name=f"Big {size}")
        run = replace(another_run(uuid), data=(replace(run.data[0], id=f"big{size}"),))
        with CaptureQueriesContext(connection) as first:
            record(run, create_datasets=True)
        again = replace(
            run, data=(replace(run.data[0], files=big(size, "discarded", f"Big {size}").data[0].files),)
        )
        with CaptureQueriesContext(connection) as second:
            record(again, create_datasets=True)
        counts.append((len(first), len(second)))
        assert GalaxyDataset.objects.filter(state="discarded", modified__lte=timezone.now()).count() >= size
    assert counts[0] == counts[1]
