"""Workflows and the trash in a real browser."""

from typing import Any

from django.urls import reverse

from tests.factories import a_run, a_version, a_workflow, a_workflow_file
from tests.web.browser import IN_A_BROWSER, a_browser, a_page, let_in, may_sign_in, sign_in
from tests.web.walk import walked
from tests.web.workflow_rows import runs_of
from workflows.models import Workflow
from workflows.versions import add_version, release

pytestmark = IN_A_BROWSER

SNAKEFILE = {"name": "Snakefile", "mimeType": "text/plain", "buffer": b"rule all:\n    input: []\n"}
RULES = {"name": "align.smk", "mimeType": "text/plain", "buffer": b"rule align:\n"}
TOO_LARGE = {"name": "large.bin", "mimeType": "text/plain", "buffer": b"x" * 2000}


def pages_with_content(user: Any) -> list[str]:
    """The addresses of all pages about a workflow that has much on it, and of the trash."""
    workflow = a_workflow(user, "<b>長い</b> " + "name" * 40, description="# Title\n\n- one", license="MIT")
    first = a_version(workflow, index=1)
    a_workflow_file(first, content=b"one\ntwo\n")
    a_workflow_file(first, "README.md", "README", b"# Title\n\ntext\n")
    release(version=first, user=user)
    runs_of(user, first, *range(10, 60))
    runs_of(user, first, 5, 5, status="FAILED")
    second = add_version(workflow=workflow, user=user)
    second.files.get(path="Snakefile").delete()
    changed = a_workflow_file(second, content=b"one\n" + b"long " * 200 + b"\n")
    a_run(user, "mistaken").mark_deleted(by=user)
    of_versions = [reverse("web:version", args=[one.pk]) for one in (first, second)]
    file = reverse("web:workflow-file", args=[changed.pk])
    readme = reverse("web:workflow-file", args=[second.files.get(path="README.md").pk])
    return [
        reverse("web:workflow-list"),
        reverse("web:workflow", args=[workflow.pk]),
        *of_versions,
        file,
        f"{file}?diff=previous",
        readme,
        f"{reverse('web:trash')}?kind=versions",
    ]


def test_pages_are_accessible_and_quiet_and_fit_in_both_themes_on_desk_and_phone(
    live_server: Any, ada: Any
) -> None:
    may_sign_in(ada)
    addresses = pages_with_content(ada)
    with a_browser() as chromium:
        assert walked(chromium, live_server.url, addresses) == []


def test_a_person_makes_a_workflow_uploads_files_and_releases_it(
    live_server: Any, ada: Any, settings: Any
) -> None:
    may_sign_in(ada)
    settings.WORKFLOW_FILE_MAX_BYTES = 1000
    with a_browser() as chromium, a_page(chromium) as page:
        sign_in(page, live_server.url)
        page.get_by_role("link", name="Workflows", exact=True).click()
        page.get_by_role("link", name="New workflow").click()
        page.get_by_label("Name", exact=True).fill("Liver")
        page.get_by_label("Engine", exact=True).select_option("Snakemake")
        page.get_by_role("button", name="Create workflow").click()
        page.get_by_label("Name", exact=True).fill("1.0")
        page.get_by_role("button", name="Create version").click()
        files = page.get_by_label("Drop files here, or choose them")
        files.set_input_files([TOO_LARGE])
        page.get_by_role("button", name="Upload").click()
        assert "Too large: large.bin" in page.locator("[data-said]").inner_text()
        files.set_input_files([SNAKEFILE, RULES])
        assert page.locator("[data-chosen] li").count() == 2
        page.get_by_role("button", name="Upload").click()
        page.get_by_text("2 files are added to version 1.0.").wait_for()
        assert page.get_by_label("Type of Snakefile").input_value() == "MAIN"
        page.get_by_label("Type of align.smk").select_option("Configuration")
        page.get_by_role("button", name="Save types").click()
        page.get_by_text("The type of 1 file is saved.").wait_for()
        version = page.url
        page.get_by_role("link", name="Snakefile", exact=True).click()
        assert page.locator("#L1").inner_text().strip() == "rule all:"
        page.locator("#L1 a").click()
        page.locator("#L2 a").click(modifiers=["Shift"])
        assert page.url.endswith("#L1-L2")
        assert page.locator(".line.chosen").count() == 2
        page.get_by_role("button", name="Wrap lines").click()
        page.locator("pre.wrapped").wait_for()
        page.goto(page.url.split("#")[0] + "#L2")
        assert page.locator(".line.chosen").get_attribute("id") == "L2"
        page.goto(version)
        page.get_by_role("link", name="Release…").click()
        page.get_by_role("button", name="Release", exact=True).click()
        page.get_by_text("its files cannot change any more").wait_for()
        assert page.get_by_role("button", name="Upload").count() == 0
    version = Workflow.objects.get(name="Liver").versions.get()
    assert version.is_committed
    assert dict(version.files.values_list("path", "data_type")) == {
        "Snakefile": "MAIN",
        "align.smk": "CONFIG",
    }


def test_files_can_be_dropped(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    version = a_version(a_workflow(ada))
    with a_browser() as chromium, a_page(chromium) as page:
        let_in(page, live_server.url)
        page.goto(live_server.url + reverse("web:version", args=[version.pk]))
        dropped = page.evaluate_handle(
            "() => { const all = new DataTransfer(); all.items.add(new File(['x'], 'dropped.txt')); return all; }"
        )
        page.dispatch_event("[data-dropzone]", "drop", {"dataTransfer": dropped})
        assert "dropped.txt" in page.locator("[data-chosen]").inner_text()
        page.get_by_role("button", name="Upload").click()
        page.get_by_text("1 file is added").wait_for()
    assert version.files.get().path == "dropped.txt"


def test_a_person_deletes_sees_it_in_the_trash_and_restores_it(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    workflow = a_workflow(ada, "Liver")
    for name in ("first", "second", "third"):
        a_run(ada, name).mark_deleted(by=ada)
    with a_browser() as chromium, a_page(chromium) as page:
        let_in(page, live_server.url)
        page.goto(live_server.url + reverse("web:workflow", args=[workflow.pk]))
        page.get_by_text("Delete", exact=True).click()
        page.get_by_role("button", name="Put into the trash").click()
        page.get_by_text("is in the trash now").wait_for()
        page.goto(live_server.url + reverse("web:trash"))
        page.get_by_role("link", name="Workflows 1").click()
        page.get_by_role("button", name="Restore Liver").click()
        page.get_by_text("The workflow is restored.").wait_for()
        page.get_by_role("link", name="Runs 3").click()
        page.get_by_label("Select all on this page").check()
        page.get_by_label("Select second").uncheck()
        page.get_by_role("button", name="Restore selected (2)").click()
        page.get_by_text("2 runs are restored.").wait_for()
        assert page.locator("tbody tr").get_by_role("rowheader").all_inner_texts() == ["second"]
    assert not Workflow.objects.get().deleted


def test_without_javascript_files_are_uploaded_and_things_restored(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    version = a_version(a_workflow(ada))
    a_run(ada, "mistaken").mark_deleted(by=ada)
    with a_browser() as chromium:
        page = chromium.new_context(java_script_enabled=False).new_page()
        let_in(page, live_server.url)
        page.goto(live_server.url + reverse("web:version", args=[version.pk]))
        page.get_by_label("Drop files here, or choose them").set_input_files([SNAKEFILE, RULES])
        page.get_by_role("button", name="Upload").click()
        page.get_by_text("2 files are added").wait_for()
        page.goto(live_server.url + reverse("web:trash"))
        page.get_by_label("Select mistaken").check()
        page.get_by_role("button", name="Restore selected").click()
        page.get_by_text("The run is restored.").wait_for()
    assert version.files.count() == 2
