"""Lists and pages of datasets and workflows."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

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


def test_a_workflow_tells_its_versions_files_and_runs(ada: Any, bob_browser: Client) -> None:
    version = a_version(ada)
    a_run(ada, "newest", workflowversion=version)
    page = bob_browser.get(reverse("web:workflow", args=[version.workflow_id])).content.decode()
    file = version.files.get()
    for text in ("1.4.0", "main.ga", f"/api/v2/workflows/workflowfiles/{file.id}/download/", "newest"):
        assert text in page


def test_each_version_of_a_workflow_leads_to_its_crate(ada: Any, bob_browser: Client) -> None:
    version = a_version(ada)
    page = bob_browser.get(reverse("web:workflow", args=[version.workflow_id])).content.decode()
    assert f'href="/api/v2/workflows/workflowversions/{version.pk}/rocrate/"' in page


def test_strangers_find_nothing(ada: Any, eve_browser: Client, client: Client) -> None:
    version, dataset = a_version(ada, "ours"), a_dataset(ada, name="ours")
    for address in (
        reverse("web:workflow", args=[version.workflow_id]),
        reverse("web:dataset", args=[dataset.id]),
    ):
        assert eve_browser.get(address).status_code == 404
        assert client.get(address).status_code == 302
    for address in (reverse("web:workflow-list"), reverse("web:dataset-list")):
        assert "ours" not in eve_browser.get(address).content.decode()
        assert client.get(address).status_code == 302


@pytest.mark.parametrize("name", ["web:workflow-list", "web:dataset-list"])
def test_lists_are_searched_by_name(ada: Any, ada_browser: Client, name: str) -> None:
    for title in ("Liver", "Kidney"):
        a_version(ada, title)
        a_dataset(ada, name=title)
    answer = ada_browser.get(reverse(name), {"q": "liv"})
    assert [row.name for row in answer.context["page"].rows] == ["Liver"]
    assert "Nothing is called that" in ada_browser.get(reverse(name), {"q": "spleen"}).content.decode()


def test_twenty_rows_cost_no_more_queries_than_one(
    ada: Any, ada_browser: Client, django_assert_max_num_queries: Any
) -> None:
    dataset, version = a_dataset(ada), a_version(ada)
    for number in range(20):
        a_dataset(ada, "a.txt", name=f"set {number}")
        a_version(ada, f"workflow {number}")
        used(a_run(ada, f"run {number}", workflowversion=version), dataset)
    for address, most in (
        (reverse("web:dataset-list"), 4),  # session, user, groups, datasets
        (reverse("web:workflow-list"), 4),
        (reverse("web:dataset", args=[dataset.id]), 10),
        (reverse("web:workflow", args=[version.workflow_id]), 9),
    ):
        with django_assert_max_num_queries(most):
            assert ada_browser.get(address).status_code == 200
