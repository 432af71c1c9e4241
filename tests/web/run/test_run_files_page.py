"""The files of a run in the browser: patterns, a zip of a selection, adding a file."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.web.rows import a_run, used
from workflows.models import WorkflowRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(ada: Any) -> WorkflowRun:
    """Two files that are here and one that is not."""
    run = a_run(ada, "My run")
    dataset = factories.a_dataset(ada, "Results")
    for name, content in (("a.bam", b"A"), ("b.txt", b"B"), ("gone.bam", None)):
        file = factories.a_file(dataset, name, content)
        file.path = f"results/{name}"
        file.status = "ONLINE" if content else "OFFLINE"
        file.save()
    used(run, dataset, "OUTPUT")
    return run


def address(run: WorkflowRun, name: str = "run-directory") -> str:
    """A page of the run's files."""
    return reverse(f"web:{name}", args=[run.pk])


def shown(browser: Client, run: WorkflowRun, **query: str) -> list[str]:
    """The paths on the page."""
    answer = browser.get(address(run), query)
    assert answer.status_code == 200
    return [file.place for file in answer.context["page"].rows]


def said(answer: Any) -> str:
    """What the page says at its top."""
    return " ".join(str(one) for one in answer.context["messages"])


def names_in(answer: Any) -> list[str]:
    """The members of an archive."""
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        return archive.namelist()


def test_files_are_found_by_pattern_text_and_type(ada_browser: Client, run: WorkflowRun) -> None:
    assert shown(ada_browser, run) == ["results/a.bam", "results/b.txt", "results/gone.bam"]
    assert shown(ada_browser, run, path="*.bam", search="GONE") == ["results/gone.bam"]
    assert shown(ada_browser, run, data_type="INPUT") == []
    assert shown(ada_browser, run, ordering="-path")[0] == "results/gone.bam"
    page = ada_browser.get(address(run)).content.decode()
    assert "The registry never took the content in." in page
    too_long = ada_browser.get(address(run), {"path": "a" * 600})
    assert "at most 500 characters" in too_long.content.decode()


def test_what_is_chosen_or_shown_comes_as_an_archive(ada_browser: Client, run: WorkflowRun) -> None:
    chosen = [str(file.pk) for file in run.dataset_links.get().dataset.datafiles.filter(name="b.txt")]
    zipped = address(run, "run-files-selected")
    some = ada_browser.post(zipped, {"what": "chosen", "file": chosen})
    assert names_in(some) == ["my-run/results/b.txt"]
    pattern = ada_browser.post(zipped, {"what": "all", "path": "*.bam"})
    assert names_in(pattern) == ["my-run/results/a.bam", "LEFT-OUT.txt"]
    nothing = ada_browser.post(zipped, {"what": "chosen", "file": "x"}, follow=True)
    assert said(nothing) == "Select at least one file first."


def test_a_file_is_added_by_those_who_may(ada_browser: Client, run: WorkflowRun, settings: Any) -> None:
    def added(**fields: Any) -> str:
        body = {"file": SimpleUploadedFile("new.html", b"<p>"), "data_type": "REPORT", **fields}
        return said(ada_browser.post(address(run, "run-file-add"), body, follow=True))

    assert added(path="reports/new.html") == "reports/new.html is added."
    assert added(path="reports/new.html") == "reports/new.html exists already with the same content."
    assert "another content" in added(path="results/a.bam")
    assert "without . or .." in added(path="../new.html")
    assert "send it again" in added(sha256="0" * 64)
    assert added(data_type="NOTHING") == "Choose the role of the file."
    settings.RUN_FILE_MAX_BYTES = 2
    assert "larger than the limit of 2 bytes" in added()
    assert shown(ada_browser, run)[0] == "reports/new.html"


def test_a_script_that_uploads_is_told_on_the_page_that_it_loads_next(
    ada_browser: Client, run: WorkflowRun
) -> None:
    body = {"file": SimpleUploadedFile("new.html", b"<p>"), "data_type": "REPORT"}
    answer = ada_browser.post(f"{address(run, 'run-file-add')}?quietly=1", body)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "new.html is added." in ada_browser.get(address(run)).content.decode()


def test_who_may_only_look_cannot_add(bob: Any, run: WorkflowRun) -> None:
    browser = Client()
    browser.force_login(bob)
    assert "Add a file" not in browser.get(address(run)).content.decode()
    assert browser.post(address(run, "run-file-add"), {"data_type": "LOG"}).status_code == 403


def test_an_upload_needs_the_token_of_its_form(ada: Any, run: WorkflowRun) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    body = {"file": SimpleUploadedFile("new.html", b"<p>"), "data_type": "REPORT"}
    assert browser.post(address(run, "run-file-add"), body).status_code == 403
    assert browser.post(address(run, "run-files-selected"), {"what": "all"}).status_code == 403
