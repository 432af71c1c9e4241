"""The pages on which crates come in: the form, how far an import is, and the origin on the run's page."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from rocrate_import.models import CrateImport
from tests.factories import a_crate_import
from tests.rocrate_import.crates import a_run_crate, a_workflow_crate, packed
from workflows.models import WorkflowRun

pytestmark = pytest.mark.django_db
FORM = "/runs/import/crate/"


def upload(content: bytes | None = None, name: str = "sorted.crate.zip") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, packed(a_run_crate()) if content is None else content)


def page_of(wanted: CrateImport) -> str:
    return reverse("web:crate-import", args=[wanted.pk])


def test_an_upload_leads_to_the_imports_page_and_in_the_end_to_the_run(
    ada_browser: Client, run_tasks: Any
) -> None:
    answer = ada_browser.post(FORM, {"file": upload()})
    wanted = CrateImport.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page_of(wanted))
    waiting = ada_browser.get(page_of(wanted)).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in waiting
    assert 'hx-trigger="load delay:1s"' in waiting
    assert "Cancel" in waiting
    run_tasks()
    done = ada_browser.get(page_of(wanted)).content.decode()
    assert "refresh" not in done
    assert reverse("web:run", args=[WorkflowRun.objects.get().pk]) in done


def test_a_workflow_crate_leads_to_the_workflow(ada_browser: Client, run_tasks: Any) -> None:
    ada_browser.post(FORM, {"file": upload(packed(a_workflow_crate()))})
    run_tasks()
    wanted = CrateImport.objects.get()
    assert wanted.workflowversion is not None
    page = ada_browser.get(page_of(wanted)).content.decode()
    assert reverse("web:workflow", args=[wanted.workflowversion.workflow_id]) in page


def test_a_path_in_the_dropbox_will_do_as_well(ada_browser: Client, dropbox: Path, run_tasks: Any) -> None:
    (dropbox / "a.zip").write_bytes(packed(a_run_crate()))
    ada_browser.post(FORM, {"path": str(dropbox / "a.zip")})
    run_tasks()
    assert CrateImport.objects.get().workflowrun is not None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Choose an archive"),
        ({"path": "/etc/passwd"}, "you have no dropbox"),
        ({"file": b"no zip"}, "This is not a zip archive"),
        ({"file": None, "path": "/x"}, "Choose an archive"),
    ],
)
def test_the_form_says_what_is_wrong(ada_browser: Client, given: dict[str, Any], said: str) -> None:
    body = {name: upload(value) if name == "file" else value for name, value in given.items()}
    answer = ada_browser.post(FORM, body)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not CrateImport.objects.exists()


def test_the_form_needs_its_token_and_takes_it_out_of_the_body(ada: Any) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    assert browser.post(FORM, {"file": upload()}).status_code == 403
    browser.get(FORM)
    token = browser.cookies["csrftoken"].value
    assert browser.post(FORM, {"file": upload(), "csrfmiddlewaretoken": token}).status_code == 302


def test_too_large_is_said_on_the_form(ada_browser: Client, settings: Any) -> None:
    settings.CRATE_MAX_BYTES = 10
    answer = ada_browser.post(FORM, {"file": upload()}, follow=True)
    assert "larger than the limit of 10 bytes" in answer.content.decode()


def test_strangers_do_not_see_an_import_and_the_group_cannot_stop_it(
    ada: Any, bob_browser: Client, eve_browser: Client, ada_browser: Client
) -> None:
    wanted = a_crate_import(ada, path="/a")
    assert eve_browser.get(page_of(wanted)).status_code == 404
    assert eve_browser.post(page_of(wanted), {"deed": "cancel"}).status_code == 404
    assert wanted.name not in eve_browser.get(FORM).content.decode()
    assert "Cancel" not in bob_browser.get(page_of(wanted)).content.decode()
    bob_browser.post(page_of(wanted), {"deed": "cancel"})
    assert CrateImport.objects.get().state == "PENDING"
    ada_browser.post(page_of(wanted), {"deed": "cancel"})
    assert CrateImport.objects.get().state == "CANCELLED"
    ada_browser.post(page_of(wanted), {"deed": "retry"})
    assert CrateImport.objects.get().state == "PENDING"


def test_a_failure_says_why(ada: Any, ada_browser: Client) -> None:
    wanted = a_crate_import(ada, state="FAILED", error="There is no <crate> in it.")
    assert "There is no &lt;crate&gt; in it." in ada_browser.get(page_of(wanted)).content.decode()


def test_the_runs_page_names_the_crate_that_it_came_from(
    ada_browser: Client, run_tasks: Any, body_of: Any
) -> None:
    archive = packed(a_run_crate())
    ada_browser.post(FORM, {"file": upload(archive, "<b>sorted</b>.zip")})
    run_tasks()
    wanted = CrateImport.objects.get()
    CrateImport.objects.update(warnings=[{"entity": "<i>", "message": "is <script>odd</script>"}])
    page = ada_browser.get(reverse("web:run", args=[wanted.workflowrun_id])).content.decode()
    assert "Imported from" in page
    assert wanted.sha256 in page
    assert "Process Run Crate 0.5" in page
    assert "&lt;script&gt;odd" in page
    assert "<script>odd" not in page
    address = page.split('As it came</dt><dd><a href="')[1].split('"')[0]
    assert body_of(ada_browser.get(address)) == archive


def test_a_run_that_was_not_imported_has_no_origin(ada: Any, ada_browser: Client) -> None:
    from tests.factories import a_run

    page = ada_browser.get(reverse("web:run", args=[a_run(ada).pk])).content.decode()
    assert "Imported from" not in page
