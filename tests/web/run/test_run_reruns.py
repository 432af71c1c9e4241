"""What a run repeats and what repeats it, on its page."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.web.rows import a_run
from workflows.models import WorkflowRun

pytestmark = pytest.mark.django_db


def page_of(browser: Client, run: WorkflowRun) -> str:
    return browser.get(reverse("web:run", args=[run.pk])).content.decode()


def test_a_rerun_leads_to_what_it_repeats_and_back_and_to_the_difference(
    ada: Any, ada_browser: Client
) -> None:
    first = a_run(ada, name="First try")
    again = a_run(ada, name="Second try", rerun_of=first)
    compared = f"{reverse('web:compare')}?ids={first.pk},{again.pk}"
    for page, dt, other in (
        (page_of(ada_browser, first), "Run again as", again),
        (page_of(ada_browser, again), "Rerun of", first),
    ):
        facts = page.split(f"<dt>{dt}</dt>")[1].split("</dd>")[0]
        assert reverse("web:run", args=[other.pk]) in facts
        assert compared in facts


def test_what_may_not_be_seen_is_not_named(ada: Any, eve: Any, ada_browser: Client) -> None:
    hidden = a_run(eve, name="Hidden")
    again = a_run(ada, rerun_of=hidden)
    a_run(eve, name="Also hidden", rerun_of=again)
    page = page_of(ada_browser, again)
    assert "<dt>Rerun of</dt>" not in page
    assert "<dt>Run again as</dt>" not in page


def test_a_run_that_is_not_here_is_named_as_the_source_does(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada, source_status="stopped", source_deleted=True, rerun_of_external_id="reana <7>")
    page = page_of(ada_browser, run)
    assert "<code>reana &lt;7&gt;</code>" in page
    assert "<code>stopped</code>; deleted there" in page
