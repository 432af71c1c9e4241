"""What lists are asked for, and how the same is asked by programs."""

from typing import Any

import pytest
from django.test import RequestFactory

from data_management.views import DatasetCollectionViewSet, DatasetViewSet
from web.lists.query import ApiList, query_of, sound_query_of

DATASETS = ApiList(DatasetViewSet, "dataset-list", "datasets list", ("status",))
COLLECTIONS = ApiList(DatasetCollectionViewSet, "datasetcollection-list")


def get(query: str) -> Any:
    return RequestFactory().get(f"/?{query}")


def test_what_makes_no_sense_is_told_of_or_left_out():
    told = query_of(get("status=WHAT&name=a&ordering=age&nonsense=1"), DATASETS)
    assert set(told.errors) >= {"ordering", "nonsense"}
    sound = sound_query_of(get("status=WHAT&name=a&ordering=age&nonsense=1"), DATASETS)
    assert (sound.conditions, sound.errors) == ([("name", "a")], {})
    assert sound.order() == query_of(get(""), DATASETS).order()


def test_nothing_empty_and_no_part_of_the_page_stands_in_the_call():
    query = sound_query_of(get("search=&name=%00&status=ONLINE&status=ERROR&page=2&ordering=-size"), DATASETS)
    assert query.call == "/api/v2/data-management/datasets/?status=ONLINE&status=ERROR&ordering=-size"
    assert query.cli == "datasets list --status ONLINE --status ERROR --ordering=-size"


@pytest.mark.parametrize("command", ["public=true", "public=false"])
def test_flags_are_spelled_as_the_command_line_has_them(command: str):
    assert sound_query_of(get(command), DATASETS).cli in (
        "datasets list --public",
        "datasets list --no-public",
    )


def test_a_list_without_a_command_has_none():
    assert sound_query_of(get("name=a"), COLLECTIONS).cli == ""


def test_conditions_that_no_field_shows_can_be_named():
    query = sound_query_of(get("name=a&search=b"), COLLECTIONS)
    assert query.beyond({"search": None}) == [("name", "a")]
    assert query.without("name") == "?search=b"
