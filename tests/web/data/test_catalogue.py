"""Lists and pages of datasets."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from data_management.models import Dataset
from tests.web.rows import a_dataset, a_run, a_version, used

pytestmark = pytest.mark.django_db


def test_a_dataset_tells_its_files_and_the_runs_around_it(ada: Any, bob_browser: Client) -> None:
    dataset = a_dataset(ada, "aligned.bam")
    used(a_run(ada, "maker"), dataset, "OUTPUT")
    used(a_run(ada, "user"), dataset, "INPUT")
    answer = bob_browser.get(reverse("web:dataset", args=[dataset.id]))
    assert "aligned.bam" in answer.content.decode()
    assert [link.workflowrun.name for link in answer.context["makers"].rows] == ["maker"]
    assert [link.workflowrun.name for link in answer.context["users"].rows] == ["user"]


def test_a_public_dataset_does_not_tell_of_hidden_runs(ada: Any, eve_browser: Client) -> None:
    dataset = a_dataset(ada, "reference.fa", public=True)
    used(a_run(ada, "hidden from strangers"), dataset, "INPUT")
    page = eve_browser.get(reverse("web:dataset", args=[dataset.id])).content.decode()
    assert "reference.fa" in page
    assert "hidden from strangers" not in page


def test_strangers_find_nothing(ada: Any, eve_browser: Client, client: Client) -> None:
    address = reverse("web:dataset", args=[a_dataset(ada, name="ours").id])
    assert eve_browser.get(address).status_code == 404
    assert client.get(address).status_code == 302
    assert "ours" not in eve_browser.get(reverse("web:dataset-list")).content.decode()
    assert client.get(reverse("web:dataset-list")).status_code == 302


def test_the_list_is_searched_by_name(ada: Any, ada_browser: Client) -> None:
    for title in ("Liver", "Kidney"):
        a_dataset(ada, name=title)
    address = reverse("web:dataset-list")
    answer = ada_browser.get(address, {"search": "liv"})
    assert [row.name for row in answer.context["page"].rows] == ["Liver"]
    assert "Nothing matches" in ada_browser.get(address, {"search": "spleen"}).content.decode()


def test_twenty_rows_cost_no_more_queries_than_one(
    ada: Any, ada_browser: Client, django_assert_max_num_queries: Any
) -> None:
    dataset, version = a_dataset(ada), a_version(ada)
    for number in range(20):
        a_dataset(ada, "a.txt", name=f"set {number}")
        used(a_run(ada, f"run {number}", workflowversion=version), dataset)
    for address, most in (
        (reverse("web:dataset-list"), 6),  # session, user, preferences, groups and their names, datasets
        (reverse("web:dataset", args=[dataset.id]), 15),
    ):
        with django_assert_max_num_queries(most):
            assert ada_browser.get(address).status_code == 200


def test_a_status_says_what_it_means(ada: Any, ada_browser: Client) -> None:
    dataset = a_dataset(ada, "a.txt", name="Liver")
    Dataset.objects.filter(pk=dataset.pk).update(status="OFFLINE")
    page = ada_browser.get(reverse("web:dataset-list")).content.decode()
    assert 'title="The registry knows it, but does not hold the content."' in page
