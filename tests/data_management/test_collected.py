"""Datasets are put into collections and taken out of them."""

from typing import Any

import pytest

from common.models import HistoryEvent
from data_management.models import CollectionItem, Dataset, DatasetCollection
from tests.conftest import Api
from tests.factories import a_collection, a_dataset

pytestmark = pytest.mark.django_db

COLLECTIONS = "/api/v2/data-management/datasetcollections/"


def contents(collection: DatasetCollection) -> list[Any]:
    """The ids of its datasets, in their order."""
    items = CollectionItem.objects.filter(collection=collection).order_by("position")
    return list(items.values_list("dataset_id", flat=True))


def named(*datasets: Dataset) -> dict[str, Any]:
    """A body that names them."""
    return {"datasets": [{"id": str(one.pk)} for one in datasets]}


def test_datasets_come_behind_what_is_there_and_repeating_it_changes_nothing(ada: Any, ada_api: Api) -> None:
    first, second, third = (a_dataset(ada) for _ in range(3))
    collection = a_collection(ada, first)
    address = f"{COLLECTIONS}{collection.pk}/datasets/"
    answers = [ada_api.put(address, named(third, first, second, third)) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    wanted = [str(third.pk), str(first.pk), str(second.pk)]
    assert [one["id"] for one in answers[0].json()] == wanted
    assert contents(collection) == [first.pk, third.pk, second.pk]
    event = HistoryEvent.objects.get(object_id=collection.pk)
    assert (event.action, event.by) == ("datasets", ada)
    assert event.changes == {"datasets": [None, [str(third.pk), str(second.pk)]]}


def test_a_dataset_is_taken_out_and_stays_itself(ada: Any, ada_api: Api) -> None:
    first, second = a_dataset(ada), a_dataset(ada)
    collection = a_collection(ada, first, second)
    address = f"{COLLECTIONS}{collection.pk}/datasets/{first.pk}/"
    assert ada_api.delete(address).status_code == 204
    assert contents(collection) == [second.pk]
    assert Dataset.objects.filter(pk=first.pk, deleted=False).exists()
    event = HistoryEvent.objects.get(object_id=collection.pk)
    assert event.changes == {"datasets": [[str(first.pk)], None]}
    assert ada_api.delete(address).status_code == 404


def test_what_one_may_not_see_can_be_neither_put_in_nor_taken_out(ada: Any, eve: Any, ada_api: Api) -> None:
    own, foreign = a_dataset(ada), a_dataset(eve)
    collection = a_collection(ada)
    answer = ada_api.put(f"{COLLECTIONS}{collection.pk}/datasets/", named(own, foreign))
    assert answer.status_code == 404
    assert [one["field"] for one in answer.json()["errors"]] == ["datasets[1].id"]
    assert contents(collection) == []
    CollectionItem.objects.create(collection=collection, dataset=foreign)
    assert ada_api.delete(f"{COLLECTIONS}{collection.pk}/datasets/{foreign.pk}/").status_code == 404
    assert contents(collection) == [foreign.pk]


@pytest.mark.parametrize("body", [{}, {"datasets": "x"}, {"datasets": [{"id": "x"}]}, {"datasets": [{}]}, []])
def test_a_body_that_names_no_datasets_is_refused(ada: Any, ada_api: Api, body: Any) -> None:
    collection = a_collection(ada)
    assert ada_api.put(f"{COLLECTIONS}{collection.pk}/datasets/", body).status_code == 400


def test_a_member_may_look_but_not_change_it(ada: Any, bob: Any) -> None:
    bob_api = Api(bob)
    dataset = a_dataset(ada)
    collection = a_collection(ada, dataset)
    assert bob_api.put(f"{COLLECTIONS}{collection.pk}/datasets/", named(dataset)).status_code == 403
    assert bob_api.delete(f"{COLLECTIONS}{collection.pk}/datasets/{dataset.pk}/").status_code == 403
