"""A run's crate in a browser: at once, or by a page that says how far it is."""

import html
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from data_management.models import DataFile
from rocrate_export import preparing
from rocrate_export.models import CrateExport
from rocrate_export.originals import keep_original
from tests.web.rows import a_rich_run
from workflows.models import WorkflowRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(ada: Any) -> WorkflowRun:
    return a_rich_run(ada, 1)


@pytest.fixture
def url(run: WorkflowRun) -> str:
    return reverse("web:run-crate", args=[run.pk])


@pytest.fixture
def takes_long(monkeypatch: Any) -> None:
    monkeypatch.setattr(preparing, "INSTANT_FILES", -1)


def refresh_of(answer: Any) -> str:
    """What a browser without scripts is told to do next."""
    found = re.search('<meta http-equiv="refresh" content="([^"]*)">', answer.content.decode())
    return html.unescape(found[1]) if found else ""


def test_a_small_crate_is_downloaded_at_once(ada_browser: Client, url: str, run: WorkflowRun) -> None:
    answer = ada_browser.get(url)
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('run-rocrate', args=[run.pk])}?kind=generated"
    assert ada_browser.get(answer["Location"]).status_code == 200


def test_the_page_of_a_run_leads_there(ada_browser: Client, url: str, run: WorkflowRun) -> None:
    page = ada_browser.get(reverse("web:run", args=[run.pk])).content.decode()
    assert f'href="{url}"' in page
    assert "generated on download" in page


@pytest.mark.usefixtures("takes_long")
def test_a_large_crate_has_a_page_that_looks_again_until_it_is_ready(
    ada_browser: Client, url: str, run_tasks: Any
) -> None:
    waiting = ada_browser.get(url)
    assert waiting.status_code == 200
    assert "is being prepared" in waiting.content.decode()
    seconds, _, again = refresh_of(waiting).partition("; url=")
    assert int(seconds) > 0
    assert f'hx-get="{again.replace("&", "&amp;")}"' in waiting.content.decode()
    run_tasks()
    ready = ada_browser.get(again)
    assert "is ready" in ready.content.decode()
    download = refresh_of(ready).partition("; url=")[2]
    assert ada_browser.get(download)["Content-Type"] == "application/zip"
    assert ada_browser.get(url)["Location"] == download


@pytest.mark.usefixtures("takes_long")
def test_progress_is_told_in_files_and_bytes(ada_browser: Client, url: str) -> None:
    ada_browser.get(url)
    CrateExport.objects.update(
        files_total=50_000, files_done=1_200, bytes_total=4 * 1024**3, bytes_done=1024**3, state="RUNNING"
    )
    page = ada_browser.get(url).content.decode()
    assert "50,000 files" in page
    assert "1,200 files" in page
    assert '<progress max="4294967296" value="1073741824"' in page


@pytest.mark.usefixtures("takes_long")
def test_a_failure_is_told_with_a_way_to_try_again(ada_browser: Client, url: str, run_tasks: Any) -> None:
    ada_browser.get(url)
    CrateExport.objects.update(state="FAILED", error="The disk is <full>.")
    failed = ada_browser.get(url)
    assert "The disk is &lt;full&gt;." in failed.content.decode()
    assert refresh_of(failed) == ""
    assert ada_browser.post(url).status_code == 302
    assert CrateExport.objects.get().state == "PENDING"
    run_tasks()
    assert ada_browser.get(url).status_code == 302


def test_an_original_is_what_one_gets_unless_one_asks_for_ours(
    ada_browser: Client, url: str, run: WorkflowRun, ada: Any
) -> None:
    keep_original(stream=io.BytesIO(b"as it came"), name="a.crate.zip", user=ada, run=run)
    assert ada_browser.get(url)["Location"].endswith("?kind=original")
    assert ada_browser.get(f"{url}?kind=generated")["Location"].endswith("?kind=generated")
    page = ada_browser.get(reverse("web:run", args=[run.pk])).content.decode()
    assert "the imported archive, 10 B" in page
    assert f'href="{url}?kind=generated"' in page


def test_missing_files_stand_on_the_page_of_the_run(ada_browser: Client, run: WorkflowRun) -> None:
    address = reverse("web:run", args=[run.pk])
    assert "Missing files" not in ada_browser.get(address).content.decode()
    DataFile.objects.update(status="ERROR")
    assert "Missing files" in ada_browser.get(address).content.decode()


def test_strangers_find_nothing_and_who_is_nobody_signs_in_first(
    eve_browser: Client, url: str, client: Client
) -> None:
    assert eve_browser.get(url).status_code == 404
    assert eve_browser.post(url).status_code == 404
    assert client.get(url).status_code == 302
    assert client.get(url)["Location"].startswith(reverse("web:sign-in"))
