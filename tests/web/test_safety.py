"""What every page keeps to: its policy, its dress, and inertness."""

import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from tests.factories import a_crate_import
from tests.web.galaxy_rows import a_galaxy_import, a_server
from tests.web.rows import a_rich_run

pytestmark = pytest.mark.django_db
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
ADDRESS = re.compile(r'(?:src|href)="(?:https?:)?//')


@pytest.fixture
def pages(ada: Any, ada_browser: Client) -> dict[str, Any]:
    """The answer of every kind of page."""
    run = a_rich_run(ada, 1)
    link = run.dataset_links.get()
    assert run.workflowversion
    server = a_server("nowhere")  # no web address: nothing may lead elsewhere here
    history = a_galaxy_import(ada, server=server, kind="HISTORY", url="nowhere/h")
    addresses = [
        reverse("web:run-list"),
        reverse("web:run-list") + "?q=nothing",
        reverse("web:run", args=[run.id]),
        reverse("web:dataset-list"),
        reverse("web:dataset", args=[link.dataset_id]),
        reverse("web:workflow-list"),
        reverse("web:workflow", args=[run.workflowversion.workflow_id]),
        reverse("web:account"),
        reverse("web:import"),
        reverse("web:crate-import", args=[a_crate_import(ada).pk]),
        reverse("web:import-list"),
        reverse("web:galaxy-import", args=[history.pk]),
        reverse("web:galaxy-keys"),
        "/there/is/nothing/",
    ]
    return {
        reverse("web:sign-in"): Client().get(reverse("web:sign-in")),
        **{address: ada_browser.get(address) for address in addresses},
    }


def test_pages_need_nothing_inline_and_nothing_from_elsewhere(pages: dict[str, Any]) -> None:
    for address, answer in pages.items():
        page = answer.content.decode()
        assert not INLINE.search(page), address
        assert not ADDRESS.search(page), address


def test_the_policy_allows_nothing_inline(pages: dict[str, Any]) -> None:
    for answer in pages.values():
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_every_page_has_one_heading_a_title_and_a_way_to_the_content(pages: dict[str, Any]) -> None:
    for address, answer in pages.items():
        page = answer.content.decode()
        assert page.count("<h1") == 1, address
        assert re.search(r"<title>\S.* · Runstead</title>", page), address
        assert 'href="#content"' in page, address


def test_what_is_not_there_says_so_in_our_dress(ada_browser: Client) -> None:
    answer = ada_browser.get("/there/is/nothing/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()
    assert "Datasets" in answer.content.decode()


@pytest.mark.parametrize("template", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_an_error_page_needs_neither_request_nor_user(template: str) -> None:
    page = render_to_string(template)
    assert "<h1>" in page
    assert "/static/web/app" in page
