"""The search of all pages: every kind in one place, exactly what the user may see, and exact hits first."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tests.web.imported_rows import ADDRESS, RUN_ID, imported
from web.lists.in_time import TookTooLong
from web.search import kinds

pytestmark = pytest.mark.django_db
PAGES = ("/search/", "/search/suggestions/")
UNKNOWN_RUN = ADDRESS.replace(RUN_ID, "9f583040-3180-4d62-9f3c-2d1f6f0b6a99")


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What another test found slow."""
    cache.clear()


def a_liver(user: Any, **facts: Any) -> dict[str, Any]:
    """One of each kind that is called after the liver."""
    workflow = factories.a_workflow(user, "Liver atlas", **facts)
    version = factories.a_version(workflow, name="liver-2")
    dataset = factories.a_dataset(user, "Liver reads", **facts)
    return {
        "run": factories.a_run(user, "Liver of mouse 7", status="FAILED", workflowversion=version, **facts),
        "workflow": workflow,
        "version": version,
        "workflow-file": factories.a_workflow_file(version),
        "dataset": dataset,
        "collection": factories.a_collection(user, dataset, name="All livers", **facts),
        "file": factories.a_file(dataset, "liver.fastq", b"ACGT"),
    }


def addresses(rows: dict[str, Any]) -> dict[str, str]:
    """The page of each."""
    return {name: reverse(f"web:{name}", args=[row.pk]) for name, row in rows.items()}


@pytest.mark.parametrize("page", PAGES)
def test_every_kind_is_found_by_its_name(ada: Any, ada_browser: Client, page: str) -> None:
    pages = addresses(a_liver(ada))
    told = ada_browser.get(page, {"q": "LIVER"}).text
    assert [name for name, where in pages.items() if f'href="{where}"' not in told] == ["workflow-file"]
    assert "Failed" in told


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "kind", ["run", "workflow", "version", "workflow-file", "dataset", "collection", "file"]
)
def test_an_id_of_any_kind_leads_to_its_page(ada: Any, ada_browser: Client, page: str, kind: str) -> None:
    row = a_liver(ada)[kind]
    told = ada_browser.get(page, {"q": str(row.pk)}).text
    assert "Exact match" in told
    assert f'href="{reverse(f"web:{kind}", args=[row.pk])}"' in told


@pytest.mark.parametrize("page", PAGES)
def test_what_one_may_not_see_does_not_exist(ada: Any, eve_browser: Client, page: str) -> None:
    rows = a_liver(ada)
    imported(rows["run"], ada)
    asked = [
        "liver",
        rows["file"].sha256,
        rows["workflow-file"].sha256,
        RUN_ID,
        *(str(one.pk) for one in rows.values()),
    ]
    for text in asked:
        told = eve_browser.get(page, {"q": text}).text
        assert not [where for where in addresses(rows).values() if where in told], text
        assert "mouse 7" not in told


@pytest.mark.parametrize("page", PAGES)
def test_what_lies_in_the_trash_is_not_found(ada: Any, ada_browser: Client, page: str) -> None:
    run = factories.a_run(ada, "Liver of mouse 7", deleted=True)
    for text in ("liver", str(run.pk)):
        assert str(run.pk) not in ada_browser.get(page, {"q": text}).text.replace(f"“{run.pk}", "").replace(
            f'value="{run.pk}"', ""
        ).replace(f"q={run.pk}", "").replace(f"Search: {run.pk}", "")


@pytest.mark.parametrize("page", PAGES)
def test_a_checksum_leads_to_the_content_and_its_files(ada: Any, ada_browser: Client, page: str) -> None:
    rows = a_liver(ada)
    factories.a_link(rows["run"], rows["dataset"])
    told = ada_browser.get(page, {"q": rows["file"].sha256.upper()}).text
    assert f"/whence/?checksum={rows['file'].sha256}" in told
    for name in ("run", "dataset", "file"):
        assert f'href="{addresses(rows)[name]}"' in told


def test_a_workflow_file_is_found_by_its_content(ada: Any, ada_browser: Client) -> None:
    file = a_liver(ada)["workflow-file"]
    assert (
        reverse("web:workflow-file", args=[file.pk]) in ada_browser.get("/search/", {"q": file.sha256}).text
    )


@pytest.mark.parametrize("text", [RUN_ID, ADDRESS])
def test_a_run_is_found_by_its_id_and_address_at_the_source(ada: Any, ada_browser: Client, text: str) -> None:
    run = factories.a_run(ada, "From REANA")
    imported(run, ada)
    told = ada_browser.get("/search/", {"q": text}).text
    assert f'href="/runs/{run.pk}/"' in told
    assert "not imported yet" not in told


def test_a_run_is_found_by_the_id_that_it_was_registered_with(ada: Any, ada_browser: Client) -> None:
    run = factories.a_run(ada, "Sarek", source="nextflow", external_id="sleepy_curie")
    assert f'href="/runs/{run.pk}/"' in ada_browser.get("/search/", {"q": "sleepy_curie"}).text


def test_the_address_of_an_unknown_run_offers_to_import_it(ada: Any, ada_browser: Client) -> None:
    imported(factories.a_run(ada, "From REANA"), ada)
    told = ada_browser.get("/search/", {"q": UNKNOWN_RUN})
    assert "not imported yet" in told.text
    [offer] = told.context["exact"].offers
    assert UNKNOWN_RUN in ada_browser.get(offer.address).text


def test_many_hits_lead_to_the_list_with_the_same_search(ada: Any, ada_browser: Client) -> None:
    for number in range(11):
        factories.a_run(ada, f"Liver {number}")
    told = ada_browser.get("/search/", {"q": "liver"}).text
    assert "All 11 runs" in told
    assert 'href="/?search=liver"' in told


def test_nothing_asked_and_nothing_found_say_what_can_be_searched(ada_browser: Client) -> None:
    assert "What can be searched for" in ada_browser.get("/search/").text
    assert "No results" in ada_browser.get("/search/", {"q": "kidney"}).text
    assert ada_browser.get("/search/suggestions/").text.strip() == ""


@pytest.mark.parametrize(
    "text", ["\0", "%", "'", '"', "://", "arn:", "http://[", "a" * 5000, "é" * 32, "0" * 64, " ", "\\"]
)
@pytest.mark.parametrize("page", PAGES)
def test_odd_texts_are_only_texts(ada_browser: Client, page: str, text: str) -> None:
    assert ada_browser.get(page, {"q": text}).status_code == 200


def test_what_takes_too_long_is_given_up_and_leads_to_the_list(
    ada: Any, ada_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_liver(ada)

    def late(*_: Any) -> Any:
        raise TookTooLong

    monkeypatch.setattr(kinds, "newest", late)
    told = ada_browser.get("/search/", {"q": "liver"}).text
    assert "too much to look through" in told
    assert 'href="/?search=liver"' in told
    assert "No results" not in told


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("text", ["liver", "ab" * 32, RUN_ID])
def test_a_search_costs_the_same_for_many_as_for_one(
    ada: Any, ada_browser: Client, page: str, text: str
) -> None:
    a_liver(ada)
    ada_browser.get(page, {"q": text})
    costs = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            ada_browser.get(page, {"q": text})
        costs.append(len(asked))
        for _ in range(3):
            a_liver(ada)
    assert costs[0] == costs[1] <= 40
