"""Parts of pages, which scripts ask for at the addresses of the pages: no cache takes one for the other."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.web.everything import is_whole

pytestmark = pytest.mark.django_db
STEPS, STRIP, PREVIEW = "web:run-steps", "web:run-strip", "web:file-preview"


def varies_by(answer: Any) -> set[str]:
    """The headers that a cache has to compare."""
    return {name.strip().lower() for name in answer.get("Vary", "").split(",")}


@pytest.fixture
def steps(ada: Any) -> str:
    """The tab whose filters put its own address into the history of the browser."""
    return reverse(STEPS, args=[factories.a_run(ada).pk])


def test_going_back_to_the_steps_shows_the_page_and_not_its_jobs_alone(ada_browser: Client, steps: str):
    part = ada_browser.get(steps, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="jobs")
    whole = ada_browser.get(steps)
    assert is_whole(whole)
    assert not is_whole(part)
    assert "hx-target" in varies_by(part) & varies_by(whole)


def test_a_page_that_htmx_restores_is_whole(ada_browser: Client, steps: str):
    asked = {"HTTP_HX_REQUEST": "true", "HTTP_HX_HISTORY_RESTORE_REQUEST": "true"}
    for address in (steps, reverse("web:run-list")):
        assert is_whole(ada_browser.get(address, **asked)), address


def test_the_strip_and_previews_tell_caches_by_what_they_differ(ada: Any, ada_browser: Client):
    file = factories.a_file(factories.a_dataset(ada), content=b"text")
    for address in (reverse(STRIP), reverse(PREVIEW, args=[file.pk])):
        for headers in ({}, {"HTTP_HX_REQUEST": "true"}):
            assert "hx-request" in varies_by(ada_browser.get(address, **headers)), address
