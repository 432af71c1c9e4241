"""The pages in a real browser, judged by axe."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from tests.factories import a_crate_import
from tests.web.browser import IN_A_BROWSER, a_browser, may_sign_in, sign_in
from tests.web.galaxy_rows import a_collection_of, a_galaxy_import, a_galaxy_run, galaxy_data
from tests.web.rows import a_rich_run
from tests.web.walk import walked

pytestmark = IN_A_BROWSER


def pages_about_galaxy(user: Any) -> list[str]:
    """The addresses of pages that concern Galaxy, with something on each."""
    run = a_galaxy_run(user, status="FAILED", message="Step 2: exit code 3.")
    a_collection_of(run, 3)
    galaxy_data(run, condition="PURGED", note="Gone for good.")
    history = a_galaxy_import(user, kind="HISTORY", state="DONE")
    facts = {"error": "It is not shared.", "error_code": "not_readable", "warnings": ["A job is odd."]}
    failed = a_galaxy_import(user, parent=history, state="FAILED", **facts)
    going = a_galaxy_import(user, state="RUNNING", phase="JOBS", jobs_total=10, jobs_done=4)
    imports = [reverse("web:run-import", args=[one.pk]) for one in (history, failed, going)]
    return [
        reverse("web:run", args=[run.pk]),
        *imports,
        reverse("web:import-list"),
    ]


def test_pages_are_accessible_and_quiet_and_fit_in_both_themes_on_desk_and_phone(
    live_server: Any, ada: Any
) -> None:
    may_sign_in(ada)
    run = a_rich_run(ada, 3)
    done = a_crate_import(
        ada, state="DONE", workflowrun=run, size=9, finished_at=timezone.now(), files_total=1
    )
    addresses = [reverse("web:crate-import", args=[done.pk]), *pages_about_galaxy(ada)]
    with a_browser() as chromium:
        assert walked(chromium, live_server.url, addresses) == []


def test_a_person_filters_opens_a_run_and_changes_the_theme(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    run = a_rich_run(ada, 1)
    with a_browser() as chromium:
        page = chromium.new_context(color_scheme="light").new_page()
        sign_in(page, live_server.url)
        page.keyboard.press("/")
        page.keyboard.type("NA128")
        page.keyboard.press("Enter")
        page.wait_for_url("**/?search=NA128*")
        page.get_by_role("link", name=run.name).click()
        page.wait_for_url(f"**/runs/{run.id}/")
        page.get_by_role("navigation", name="Parts of this run").get_by_role("link", name="Steps").click()
        page.get_by_text("Command, files and output").click()
        assert page.get_by_role("group", name="Standard output of job 0").inner_text() == "done"
        background = "getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(background)
        page.locator("summary[aria-label=Theme]").click()
        page.get_by_role("button", name="Dark").click()
        assert page.evaluate(background) != light
        dark = page.evaluate(background)
        page.reload()
        assert page.evaluate(background) == dark


def test_without_javascript_people_sign_in_read_and_change_the_theme(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    run = a_rich_run(ada, 1)
    with a_browser() as chromium:
        page = chromium.new_context(java_script_enabled=False).new_page()
        sign_in(page, live_server.url)
        page.get_by_role("link", name=run.name).click()
        page.locator("summary[aria-label=Theme]").click()
        page.get_by_role("button", name="Dark").click()
        page.wait_for_load_state()
        assert page.locator("html").get_attribute("data-theme") == "dark"
        assert page.get_by_role("heading", level=1).inner_text().startswith(run.name)
