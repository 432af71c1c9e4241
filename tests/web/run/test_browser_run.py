"""What a person does with a run, in a real browser."""

import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from common.models import Annotation, AnnotationType, Note
from tests.web.browser import IN_A_BROWSER, a_browser, a_page, let_in, may_sign_in
from tests.web.rows import a_dataset, a_job, a_rich_run, a_run, a_version, used
from tests.web.walk import walked, wrong_in
from workflows.models import StatusChange, WorkflowRun, WorkflowRunParameter

pytestmark = IN_A_BROWSER


def a_run_with_everything(user: Any) -> WorkflowRun:
    """A failed run with something on every page."""
    run = a_rich_run(user, 3)
    used(run, a_dataset(user, name="Reads of a very long name " * 5))
    a_job(run, 9, status="FAILED", exit_code=1)
    WorkflowRun.objects.filter(pk=run.pk).update(
        status="FAILED",
        description="# Why\n\n| a | b |\n|---|--:|\n| 1 | 2 |",
        run_command="cwltool main.cwl",
    )
    kind = AnnotationType.objects.create(name="organism", value_type="choice", choices=["human", "mouse"])
    about = {"kind": run.record_kind(), "object_id": run.pk}
    Annotation.objects.create(annotation_type=kind, value="human", **about)
    Note.objects.create(content="**Odd** [peaks](https://example.org)", created_by=user, **about)
    return run


def test_the_pages_of_a_run_are_accessible_and_fit_in_both_themes(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    run, gone = a_run_with_everything(ada), a_run(ada, "Gone")
    gone.mark_deleted(by=ada)
    names = ("run", "run-notes", "run-history", "run-again", "share-run")
    addresses = [reverse(f"web:{name}", args=[run.pk]) for name in names]
    addresses += [reverse("web:run", args=[gone.pk]), f"{addresses[-1]}?q=e"]
    with a_browser() as chromium:
        assert walked(chromium, live_server.url, addresses) == []
        with a_page(chromium) as page:
            let_in(page, live_server.url)
            page.goto(live_server.url + addresses[0])
            for menu in ("More about the RO-Crate", "More to do with this run"):
                page.get_by_label(menu).click()
                assert list(wrong_in(page)) == []
                page.keyboard.press("Escape")


def test_a_run_is_shared_until_another_sees_it(live_server: Any, ada: Any, bob: Any, eve: Any) -> None:
    for user in (ada, bob, eve):
        may_sign_in(user)
    run = a_run(ada, "Secret run", owned_by=None)
    address = f"{live_server.url}/runs/{run.pk}/"
    with a_browser() as chromium:
        with a_page(chromium) as page:
            let_in(page, live_server.url)
            page.goto(address)
            page.get_by_label("More to do with this run").click()
            page.get_by_role("link", name="Share").click()
            page.get_by_label("Name").press_sequentially("bob")
            found = page.locator("#found li", has_text="bob")
            found.get_by_label("may edit").check()
            found.get_by_role("button").click()
            page.get_by_text("Shared with").wait_for()
            assert page.get_by_role("listitem").filter(has_text="bob").get_by_label("may edit").is_checked()
        with a_page(chromium) as page:
            let_in(page, live_server.url, "bob")
            page.goto(address)
            assert "Secret run" in page.get_by_role("heading", level=1).inner_text()
        page = chromium.new_context().new_page()
        let_in(page, live_server.url, "eve")
        assert page.goto(address).status == 404


def test_a_run_is_edited_remarked_on_deleted_and_restored(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    run = a_run(ada, "Old name", run_command="cwltool main.cwl")
    AnnotationType.objects.create(name="depth", value_type="number")
    with a_browser() as chromium, a_page(chromium) as page:
        let_in(page, live_server.url)
        page.goto(f"{live_server.url}/runs/{run.pk}/")
        page.get_by_label("More to do with this run").click()
        assert page.get_by_role("button", name="Copy the command").is_visible()
        page.get_by_role("link", name="Edit").click()
        page.get_by_label("Name").fill("New name")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("heading", name="New name").wait_for()
        page.get_by_role("link", name="Notes").click()
        page.get_by_label("New note").fill("**Odd** peak <script>alert(1)</script>")
        page.reload()
        page.get_by_text("Your draft is back").wait_for()
        page.get_by_role("button", name="Preview").click()
        page.locator("#new-note-preview strong", has_text="Odd").wait_for()
        page.get_by_role("button", name="Add note").click()
        page.locator("article strong", has_text="Odd").wait_for()
        page.locator("article summary").click()
        assert page.get_by_label("New note").input_value() == ""
        page.get_by_label("saved while you type").fill("*No* peak")
        page.get_by_text("Not saved yet").wait_for()
        page.get_by_text("Saved", exact=True).wait_for()
        assert page.locator("article em").inner_text() == "No"
        page.get_by_label("saved while you type").press_sequentially(" now")
        page.goto(f"{live_server.url}/runs/{run.pk}/history/")
        page.goto(f"{live_server.url}/runs/{run.pk}/notes/")
        page.locator("article .markdown", has_text="No peak now").wait_for()
        page.get_by_label("Add an annotation").select_option("depth")
        page.get_by_label("depth").fill("30")
        page.locator("form", has=page.get_by_label("depth")).get_by_role("button", name="Save").click()
        page.get_by_text("The annotation is saved.").wait_for()
        page.get_by_role("link", name="History").click()
        assert "Old name" in page.locator("del").all_inner_texts()
        page.get_by_label("More to do with this run").click()
        page.get_by_role("button", name="Put into the trash").click()
        page.get_by_text("In the trash since").wait_for()
        page.get_by_role("button", name="Restore").click()
        page.get_by_text("The run is restored, as it was.").wait_for()
    assert [note.content for note in Note.objects.all()] == ["*No* peak now"]
    assert Annotation.objects.get().value == "30"


def test_parameters_are_found_while_one_types(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    run = a_run(ada)
    WorkflowRunParameter.objects.bulk_create(
        WorkflowRunParameter(workflowrun=run, name=f"p{n}", value=n, value_key=str(n)) for n in range(120)
    )
    with a_browser() as chromium, a_page(chromium) as page:
        let_in(page, live_server.url)
        page.goto(f"{live_server.url}/runs/{run.pk}/")
        page.get_by_role("link", name="Next").click()
        page.get_by_role("rowheader", name="p50", exact=True).wait_for()
        page.get_by_placeholder("A part of a name").press_sequentially("p11")
        page.get_by_role("rowheader", name="p0", exact=True).wait_for(state="detached")
        page.get_by_role("rowheader", name="p110", exact=True).wait_for()
        assert page.get_by_role("rowheader").count() == 11
        assert "parameter=p11" in page.url


def test_a_crate_that_takes_long_is_waited_for_and_downloads_itself(
    live_server: Any,
    ada: Any,
    monkeypatch: pytest.MonkeyPatch,
    in_a_thread: Callable[..., Any],
    run_tasks: Callable[[], Any],
) -> None:
    may_sign_in(ada)
    run = a_run(ada, workflowversion=a_version(ada))
    monkeypatch.setattr("rocrate_export.preparing.INSTANT_FILES", -1)
    with a_browser() as chromium, a_page(chromium, accept_downloads=True) as page:
        let_in(page, live_server.url)
        page.goto(f"{live_server.url}/runs/{run.pk}/")
        page.get_by_role("link", name="RO-Crate", exact=True).click()
        page.get_by_role("heading", name="The crate is being prepared").wait_for()
        with page.expect_download() as download:
            in_a_thread(run_tasks)
        page.get_by_role("heading", name="The crate is ready").wait_for()
        with zipfile.ZipFile(download.value.path()) as archive:
            assert any(name.endswith("ro-crate-metadata.json") for name in archive.namelist())


def test_a_running_run_tells_its_end_without_a_reload(
    live_server: Any, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_sign_in(ada)
    run = a_run(ada, status="RUNNING")
    monkeypatch.setattr("web.run.frame.LOOK_AGAIN_AFTER", 1)
    with a_browser() as chromium, a_page(chromium) as page:
        let_in(page, live_server.url)
        page.goto(f"{live_server.url}/runs/{run.pk}/")
        menu = page.get_by_label("More to do with this run")
        menu.click()
        token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
        asked = page.request.patch(
            f"{live_server.url}/api/v2/workflows/workflowruns/{run.pk}/",
            data={"status": "SUCCESS"},
            headers={"X-CSRFToken": token, "Referer": live_server.url},
        )
        assert asked.ok
        page.get_by_text("The run has ended: success.").wait_for()
        assert page.locator("#run-status").inner_text() == "Success"
        assert page.get_by_role("link", name="Edit").is_visible()
        page.locator("[hx-trigger^=every], [data-kept-up]").first.wait_for(state="detached")
    assert StatusChange.objects.filter(workflowrun=run).exists()


def test_without_javascript_a_note_is_written_and_a_run_shared(live_server: Any, ada: Any, bob: Any) -> None:
    may_sign_in(ada)
    run = a_run(ada)
    with a_browser() as chromium:
        page = chromium.new_context(java_script_enabled=False).new_page()
        let_in(page, live_server.url)
        page.goto(f"{live_server.url}/runs/{run.pk}/notes/")
        page.get_by_label("New note").fill("By *hand*")
        page.get_by_role("button", name="Add note").click()
        page.wait_for_load_state()
        assert page.locator("article em").inner_text() == "hand"
        page.goto(f"{live_server.url}{reverse('web:share-run', args=[run.pk])}")
        page.get_by_label("Name").fill("bob")
        page.get_by_role("button", name="Find").click()
        page.locator("#found li", has_text="bob").get_by_role("button").click()
        page.get_by_text("Shared with").wait_for()
