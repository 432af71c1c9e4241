"""How many datasets a run took in and gave out, as the database keeps it."""

from typing import Any

import pytest
from django.urls import reverse

from data_management.models import Dataset
from tests.web.rows import a_dataset, a_run, used
from workflows.models import DataCount, WorkflowRun, WorkflowRunDataset
from workflows.records import DataType

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def kept() -> dict[str, tuple[int, int]]:
    """The numbers of each run by its name, which are the same as when they are counted."""
    for one in DataCount.objects.select_related("workflowrun"):
        links = one.workflowrun.dataset_links
        counted = (links.filter(data_type="INPUT").count(), links.filter(data_type="OUTPUT").count())
        assert (one.inputs, one.outputs) == counted, one.workflowrun.name
    assert DataCount.objects.count() == WorkflowRun.objects.count()
    return {
        name: (inputs, outputs)
        for name, inputs, outputs in DataCount.objects.values_list("workflowrun__name", "inputs", "outputs")
    }


def test_associations_are_counted_however_they_are_written(ada: Any) -> None:
    one, two = a_run(ada, "one"), a_run(ada, "two")
    assert kept() == {"one": (0, 0), "two": (0, 0)}
    reads, counts = a_dataset(ada, name="reads"), a_dataset(ada, name="counts")
    used(one, reads)
    used(one, counts, "OUTPUT")
    used(one, reads, "CONFIG")
    assert kept()["one"] == (1, 1)
    WorkflowRunDataset.objects.bulk_create(
        WorkflowRunDataset(workflowrun=two, dataset=dataset, data_type=kind, owner=ada)
        for dataset in (reads, counts)
        for kind in (DataType.INPUT, DataType.OUTPUT, DataType.LOG)
    )
    assert kept()["two"] == (2, 2)
    WorkflowRunDataset.objects.filter(workflowrun=two, data_type="OUTPUT").update(data_type="REPORT")
    WorkflowRunDataset.objects.filter(workflowrun=one, data_type="OUTPUT").update(workflowrun=two)
    assert kept() == {"one": (1, 0), "two": (2, 1)}
    WorkflowRunDataset.objects.filter(data_type="INPUT", dataset=reads).delete()
    assert kept() == {"one": (0, 0), "two": (1, 1)}
    WorkflowRunDataset.objects.filter(workflowrun=two)[0].delete()
    kept()
    counts.delete()
    assert kept() == {"one": (0, 0), "two": (0, 0)}


def test_a_run_that_is_removed_takes_its_numbers_along(ada: Any) -> None:
    used(a_run(ada, "one"), a_dataset(ada))
    WorkflowRun.objects.all().delete()
    assert kept() == {}


def test_saving_a_run_or_putting_data_into_the_trash_leaves_the_numbers(ada: Any) -> None:
    run, dataset = a_run(ada, "one"), a_dataset(ada)
    used(run, dataset)
    run.save()
    Dataset.objects.get().mark_deleted(by=ada)
    assert kept() == {"one": (1, 0)}


def test_the_api_counts_what_it_adds_and_removes(ada: Any, ada_api: Any) -> None:
    run, datasets = a_run(ada, "one"), [a_dataset(ada, name=name) for name in "abc"]
    body = {"datasets": [{"id": str(one.pk)} for one in datasets], "data_type": "INPUT"}
    address = reverse("workflowrun-manage-datasets", args=[run.pk])
    assert ada_api.put(address, body, format="json").status_code == 200
    assert kept() == {"one": (3, 0)}
    link = run.dataset_links.first()
    address = reverse("workflowrundataset-detail", args=[link.pk])
    assert ada_api.delete(address).status_code == 204
    assert kept() == {"one": (2, 0)}


@pytest.mark.parametrize("name", ["inputs", "outputs"])
def test_runs_are_sorted_by_it_in_pages_and_by_cursor(ada: Any, ada_api: Any, name: str) -> None:
    kind = name[:-1].upper()
    for number, run in ((2, "two"), (0, "none"), (1, "one"), (2, "two again")):
        one = a_run(ada, run)
        for place in range(number):
            used(one, a_dataset(ada, name=f"{place}"), kind)
    wanted = ["two again", "two", "one", "none"]
    address = reverse("workflowrun-list")
    for ordering, names in ((f"-{name}", wanted), (name, ["none", "one", "two", "two again"])):
        told = ada_api.get(address, {"ordering": ordering}).json()
        assert [run["name"] for run in told["results"]] == names
        found, following = [], f"{address}?ordering={ordering}&page_size=1&cursor="
        while following:
            told = ada_api.get(following).json()
            found += [run["name"] for run in told["results"]]
            following = told["next"]
        assert found == names
