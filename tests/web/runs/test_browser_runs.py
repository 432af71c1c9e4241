"""The list of runs in a real browser: what a person does there."""

import re
import zipfile
from typing import Any

import pytest
from django.utils import timezone

from tests.web.browser import IN_A_BROWSER, PASSWORD, a_browser, a_page, may_sign_in, sign_in
from tests.web.rows import a_run, a_version
from tests.web.walk import walked, wrong_in
from web.models import Preferences, SavedView
from workflows.models import WorkflowRun

pytestmark = IN_A_BROWSER


@pytest.fixture
def four_runs(ada: Any) -> None:
    """Runs of two engines, of which two failed."""
    may_sign_in(ada)
    galaxy, cwl = a_version(ada), a_version(ada, "Counting", engine="CWL")
    now = timezone.now()
    for name, version, status in (
        ("liver one", galaxy, "FAILED"),
        ("liver two", cwl, "FAILED"),
        ("kidney", cwl, "SUCCESS"),
        ("spleen", galaxy, "RUNNING"),
    ):
        a_run(ada, name, workflowversion=version, status=status, started_at=now)


def shows(page: Any, *wanted: str) -> None:
    """Wait until these runs and no others are listed."""
    from playwright.sync_api import expect

    expect(page.locator("tr[data-run] th")).to_have_text(list(wanted))


def test_a_person_searches_filters_and_keeps_a_view(live_server: Any, ada: Any, four_runs: None) -> None:
    with a_browser() as chromium, a_page(chromium) as page:
        sign_in(page, live_server.url)
        page.locator("#search").press_sequentially("liver")
        shows(page, "liver two", "liver one")
        assert page.url == f"{live_server.url}/?search=liver"
        assert page.evaluate("document.activeElement.id") == "search"
        page.get_by_text("+ Add filter").click()
        page.get_by_role("group", name="Engine").get_by_label("CWL").check()
        page.get_by_role("button", name="Show runs").click()
        shows(page, "liver two")
        page.get_by_role("link", name="Engine: CWL").click()
        shows(page, "liver two", "liver one")
        page.get_by_text("Save view").click()
        page.locator("#view-name").fill("Livers")
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_role("link", name="All runs", exact=True).click()
        shows(page, "spleen", "kidney", "liver two", "liver one")
        page.get_by_role("link", name="Livers").click()
        shows(page, "liver two", "liver one")
        page.go_back()
        shows(page, "spleen", "kidney", "liver two", "liver one")
        page.get_by_role("link", name=re.compile(r"\d: 2 failed")).hover()
        assert page.locator("[data-strip-told]").inner_text().endswith(": 2 failed")
        page.get_by_role("link", name=re.compile(r"\d: 2 failed")).click()
        page.wait_for_url("**started_after=*")
        shows(page, "liver two", "liver one")
        page.get_by_text("Status: Failed", exact=True).click()
        page.get_by_role("group", name="Status, any of").last.get_by_label("Running").check()
        page.get_by_role("button", name="Apply").first.click()
        page.wait_for_url("**status=RUNNING*")
        assert "engine=" not in page.url
        page.get_by_role("link", name="Show all days").click()
        shows(page, "spleen", "liver two", "liver one")
    assert SavedView.objects.get(user=ada).query == "search=liver"


def test_a_person_chooses_columns_and_deletes_and_restores(
    live_server: Any, ada: Any, four_runs: None
) -> None:
    with a_browser() as chromium, a_page(chromium) as page:
        sign_in(page, live_server.url)
        page.get_by_text("Columns", exact=True).first.click()
        page.get_by_label("Engine", exact=True).last.uncheck()
        page.get_by_label("Source", exact=True).last.check()
        page.get_by_role("button", name="Show these").click()
        page.wait_for_load_state()
        assert page.get_by_role("columnheader", name="Source").is_visible()
        assert page.get_by_role("columnheader", name="Engine").count() == 0
        page.get_by_label("Select kidney").check()
        page.get_by_label("Select spleen").check()
        assert page.get_by_text("2 runs selected").is_visible()
        page.get_by_role("button", name="Delete").click()
        page.get_by_role("button", name="Put into the trash").click()
        shows(page, "liver two", "liver one")
        page.get_by_role("button", name="Undo the deletion").click()
        shows(page, "spleen", "kidney", "liver two", "liver one")
        for name in ("kidney", "spleen"):
            page.get_by_label(f"Select {name}").check()
        page.get_by_role("button", name="Delete").click()
        page.get_by_role("button", name="Put into the trash").click()
        page.get_by_role("link", name="Trash").click()
        shows(page, "spleen", "kidney")
        page.get_by_label("Select all on this page").check()
        page.get_by_role("button", name="Restore").click()
        page.wait_for_load_state()
        page.get_by_role("link", name="All runs", exact=True).click()
        shows(page, "spleen", "kidney", "liver two", "liver one")
    assert "source" in Preferences.objects.get(user=ada).run_columns
    assert not WorkflowRun.objects.filter(deleted=True).exists()


def test_everything_by_keyboard_alone(live_server: Any, ada: Any, four_runs: None) -> None:
    with a_browser() as chromium, a_page(chromium) as page:
        sign_in(page, live_server.url)
        page.keyboard.press("?")
        assert page.get_by_role("dialog").is_visible()
        page.keyboard.press("Escape")
        assert page.get_by_role("dialog").count() == 0
        page.keyboard.press("f")
        page.locator("form.filter-panel :focus").wait_for()
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        page.keyboard.type("liver")
        shows(page, "liver two", "liver one")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("j")
        page.keyboard.press("x")
        assert page.get_by_label("Select liver one").is_checked()
        page.keyboard.press("k")
        page.keyboard.press("Space")
        assert page.get_by_text("2 runs selected").is_visible()
        page.keyboard.press("Escape")
        assert page.locator("tbody input:checked").count() == 0
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/runs/*/")
        assert page.get_by_role("heading", level=1).inner_text().startswith("liver one")
        page.get_by_role("link", name="Runs", exact=True).first.focus()
        page.keyboard.press("Enter")
        shows(page, "spleen", "kidney", "liver two", "liver one")


def test_two_runs_are_compared_from_the_sign_in_on_without_a_mouse(
    live_server: Any, ada: Any, four_runs: None
) -> None:
    with a_browser() as chromium, a_page(chromium) as page:
        keys = page.keyboard
        page.goto(f"{live_server.url}/sign-in/")
        keys.type("ada")
        keys.press("Tab")
        keys.type(PASSWORD)
        keys.press("Enter")
        page.wait_for_url(f"{live_server.url}/")
        keys.press("/")
        keys.type("liver")
        shows(page, "liver two", "liver one")
        keys.press("ArrowDown")
        keys.press("Enter")
        page.wait_for_url("**/runs/*/")
        assert page.get_by_role("heading", level=1).inner_text().startswith("liver two")
        page.go_back()  # a key of the browser, not of the page
        shows(page, "liver two", "liver one")
        for key in ("ArrowDown", "x", "ArrowDown", "x"):
            keys.press(key)
        page.get_by_text("2 runs selected").wait_for()
        while page.evaluate("document.activeElement.value") != "compare":
            keys.press("Tab")
        keys.press("Enter")
        page.wait_for_url("**/compare/?ids=*")
        assert page.get_by_role("link", name="liver one").first.is_visible()


def test_the_crates_of_several_runs_are_downloaded(live_server: Any, ada: Any, four_runs: None) -> None:
    found: list[Any] = []
    with a_browser() as chromium, a_page(chromium, accept_downloads=True) as page:
        page.context.on("page", lambda opened: opened.on("download", lambda one: found.append(one)))
        page.on("download", lambda one: found.append(one))
        sign_in(page, live_server.url)
        page.get_by_label("Select kidney").check()
        page.get_by_label("Select spleen").check()
        page.get_by_role("button", name="Crates").click()
        page.get_by_role("heading", name="Crates of 2 runs").wait_for()
        for name in ("kidney", "spleen"):
            page.get_by_role("link", name=f"Download the crate of {name}").click()
            while not any(name in one.suggested_filename for one in found):
                page.wait_for_timeout(50)
            with zipfile.ZipFile(found[-1].path()) as archive:
                assert any(one.endswith("ro-crate-metadata.json") for one in archive.namelist())


def test_without_javascript_runs_are_filtered_and_deleted(
    live_server: Any, ada: Any, four_runs: None
) -> None:
    with a_browser() as chromium:
        page = chromium.new_context(java_script_enabled=False).new_page()
        sign_in(page, live_server.url)
        page.locator("#search").fill("kidney")
        page.keyboard.press("Enter")
        page.wait_for_url("**/?search=kidney")
        page.get_by_text("+ Add filter").click()
        page.get_by_role("link", name="All filters").click()
        page.get_by_label("Success").check()
        page.get_by_role("button", name="Show runs").click()
        page.wait_for_url("**/?search=kidney&status=SUCCESS*")
        page.get_by_label("Select kidney").check()
        page.get_by_role("button", name="Delete").click()
        page.get_by_role("button", name="Put into the trash").click()
        assert page.get_by_text("1 run is in the trash now").is_visible()
        page.goto(f"{live_server.url}/")
        page.get_by_role("link", name="Runs per day as a picture").click()
        assert page.get_by_role("heading", name="Runs over time").is_visible()
    assert WorkflowRun.objects.get(name="kidney").deleted


def test_its_pages_are_accessible_and_fit(live_server: Any, ada: Any, four_runs: None) -> None:
    run = WorkflowRun.objects.get(name="kidney")
    addresses = ["/?status=BROKEN", "/?search=nothing", "/?deleted=true"]
    addresses += [f"/runs/crates/?ids={run.pk}", "/?status=FAILED"]
    with a_browser() as chromium:
        assert walked(chromium, live_server.url, addresses) == []
        with a_page(chromium, reduced_motion="reduce") as page:
            sign_in(page, live_server.url)
            for summary in page.locator(".run-tools summary").all():
                summary.click()
                page.locator(".run-tools details[open] form").first.wait_for()
                assert list(wrong_in(page)) == []
                page.keyboard.press("Escape")
            page.locator("tbody input").first.check()
            assert list(wrong_in(page)) == []
            page.get_by_role("button", name="Share").click()
            page.get_by_role("button", name="Share").wait_for()
            assert list(wrong_in(page)) == []
