"""The whole way in a browser: from a pasted address over the key to the run's page, asked of a recorded Galaxy."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from run_import.models import RunImport
from tests.galaxy_import.replay import Replay, find_case
from tests.web.galaxy_rows import a_server

pytestmark = pytest.mark.django_db
C_FAILED = "289fb816f21cd775"  # the invocation of the case of that name


@pytest.fixture
def failed_run() -> Iterator[Replay]:
    """A server with a run of which a step failed."""
    case = find_case("26.1/c_failed")
    if case is None:
        pytest.skip("no recordings beside the repository (RUNSTEAD_SHARED)")
    with Replay(case) as server:
        yield server


def test_an_address_becomes_a_run_that_says_why_it_failed(
    ada_browser: Client, failed_run: Replay, run_tasks: Any
) -> None:
    server = a_server(failed_run.url)
    address = f"{failed_run.url}/workflows/invocations/{C_FAILED}"
    ada_browser.post(reverse("web:credentials", args=[server.pk]), {"deed": "store", "key": "owner-key"})
    assert "signed in as alice@example.org" in ada_browser.get(reverse("web:import")).content.decode()
    ada_browser.post(reverse("web:import-runs"), {"import-urls": address})
    run_tasks()
    wanted = RunImport.objects.get()
    assert (wanted.state, wanted.error) == ("DONE", "")
    run = wanted.workflowrun
    assert run is not None
    page = ada_browser.get(reverse("web:run", args=[run.pk])).content.decode()
    assert run.status == "FAILED"
    assert 'class="notice error message"' in page
    assert f'<a href="{address}" rel="noreferrer noopener">' in page
    assert 'id="galaxy-data"' in page
    assert "owner-key" not in page
    again = ada_browser.post(reverse("web:import-again", args=[run.pk]))
    run_tasks()
    assert RunImport.objects.filter(workflowrun=run, state="DONE").count() == 2
    assert again["Location"] in page_of_newest(ada_browser, run)


def page_of_newest(browser: Client, run: Any) -> str:
    """The run's page, which leads to its newest import."""
    return browser.get(reverse("web:run", args=[run.pk])).content.decode()
