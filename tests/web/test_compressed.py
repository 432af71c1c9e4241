"""What travels compressed."""

import gzip
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.web.rows import a_run

pytestmark = pytest.mark.django_db
ZIPPED = {"Accept-Encoding": "gzip, deflate, br"}


def test_pages_are_compressed_for_who_takes_it(ada: Any, ada_browser: Client) -> None:
    a_run(ada, "a run of mine")
    answer = ada_browser.get(reverse("web:run-list"), headers=ZIPPED)
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    page = gzip.decompress(answer.content)
    assert b"a run of mine" in page
    assert len(answer.content) < len(page) / 3
    assert "Content-Encoding" not in ada_browser.get(reverse("web:run-list"))


def test_two_answers_to_the_same_question_differ_in_length(ada_browser: Client) -> None:
    sizes = {len(ada_browser.get(reverse("web:run-list"), headers=ZIPPED).content) for _ in range(8)}
    assert len(sizes) > 1


@pytest.mark.parametrize("route", ["workflowrun-list", "web:run-csv"])
def test_programs_and_downloads_are_answered_as_they_are(ada: Any, ada_browser: Client, route: str) -> None:
    a_run(ada)
    assert "Content-Encoding" not in ada_browser.get(reverse(route), headers=ZIPPED)
