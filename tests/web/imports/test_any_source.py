"""Importing from any source: what is recognised, asked for and listed."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from run_import.models import RunImport
from tests.web.galaxy_rows import a_galaxy_import
from tests.web.imported_rows import ADDRESS, RUN_ID, URL, a_reana

pytestmark = pytest.mark.django_db
FORM, PAGE, LIST = reverse("web:import-runs"), reverse("web:import"), reverse("web:import-list")


def test_an_address_of_another_source_is_recognised_and_imported(ada_browser: Client) -> None:
    a_reana()
    told = ada_browser.post(reverse("web:import-check"), {"import-urls": f"{ADDRESS}\nnonsense"})
    page = told.content.decode()
    assert "REANA: run <code>" in page
    assert "on REANA Example, without credentials" in page
    assert "No source understands this address.</span>" in page
    ada_browser.post(FORM, {"import-urls": ADDRESS})
    wanted = RunImport.objects.get()
    assert (wanted.server.source, wanted.external_id, wanted.kind) == ("reana", RUN_ID, "RUN")


def test_an_identifier_is_taken_with_its_server(ada_browser: Client) -> None:
    a_reana()
    given = {"import-urls": "hello.1", "import-server": URL, "import-source": "reana"}
    assert "REANA: " in ada_browser.post(reverse("web:import-check"), given).content.decode()
    ada_browser.post(FORM, given)
    assert RunImport.objects.get().external_id == "hello.1"
    wrong = ada_browser.post(FORM, {**given, "import-source": "nobody"})
    assert wrong.status_code == 400
    assert wrong.context["form"].errors["source"]
    assert '<details class="field further" open>' in wrong.content.decode()


def test_the_page_tells_what_every_source_understands(ada_browser: Client, settings: Any) -> None:
    settings.RUN_SOURCES = {**settings.RUN_SOURCES, "paper": "nowhere.at.all"}
    a_reana()
    page = ada_browser.get(PAGE).content.decode()
    for title in ("Galaxy", "REANA", "Torc", "AWS HealthOmics", "GA4GH WES"):
        assert f"<h3>{title}</h3>" in page
    assert "store your credentials</a> first" in page
    assert "arn:aws:omics:eu-west-1:123456789012:run/1234567" in page
    assert "Runs of paper cannot be imported here: nowhere is not installed." in page


def test_the_list_says_where_imports_are_from_and_is_narrowed_by_it(ada: Any, ada_browser: Client) -> None:
    made = a_galaxy_import(
        ada, server=a_reana(), external_id="hello.1", state="FAILED", error_code="not_found"
    )
    a_galaxy_import(ada)
    answer = ada_browser.get(f"{LIST}?source=reana")
    assert [row.work for row in answer.context["imports"]] == [made]
    assert "Run hello.1" in answer.content.decode()
    page = ada_browser.get(reverse("web:run-import", args=[made.pk])).content.decode()
    assert "from REANA Example (REANA)" in page
    assert "Open it at its source and copy the address anew" in page


def test_addresses_that_pages_had_before_lead_on(ada: Any, ada_browser: Client) -> None:
    made = a_galaxy_import(ada)
    moved = {
        reverse("web:import-galaxy"): PAGE,
        reverse("web:galaxy-import", args=[made.pk]): reverse("web:run-import", args=[made.pk]),
        reverse("web:galaxy-keys"): reverse("web:servers"),
    }
    assert {old: ada_browser.get(old)["Location"] for old in moved} == moved
