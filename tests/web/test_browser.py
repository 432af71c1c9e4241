"""The pages in a real browser, judged by axe."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import a_crate_import
from tests.web.galaxy_rows import a_collection_of, a_galaxy_import, a_galaxy_run, galaxy_data
from tests.web.rows import a_rich_run

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "correct horse battery staple"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.once,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt-get install chromium"),
]


@contextmanager
def a_browser() -> Iterator[Any]:
    """Chromium; no row may be touched while it is open, as its driver has a loop of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield chromium
        finally:
            chromium.close()


def violations(page: Any) -> list[str]:
    """What axe finds on the page, in words."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{page.url}: {one['id']}: {one['nodes'][0]['html']}" for one in found]


def sign_in(page: Any, url: str) -> None:
    """As Ada, by keyboard alone."""
    page.goto(url)
    page.get_by_label("Username").focus()  # it has the focus, but not always at once
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/")


def pages_about_galaxy(user: Any) -> list[str]:
    """The addresses of pages that concern Galaxy, with something on each."""
    run = a_galaxy_run(user, status="FAILED", message="Step 2: exit code 3.")
    a_collection_of(run, 3)
    galaxy_data(run, condition="PURGED", note="Gone for good.")
    history = a_galaxy_import(user, kind="HISTORY", state="DONE")
    facts = {"error": "It is not shared.", "error_code": "not_readable", "warnings": ["A job is odd."]}
    failed = a_galaxy_import(user, parent=history, state="FAILED", **facts)
    going = a_galaxy_import(user, state="RUNNING", phase="JOBS", jobs_total=10, jobs_done=4)
    imports = [reverse("web:galaxy-import", args=[one.pk]) for one in (history, failed, going)]
    return [
        reverse("web:run", args=[run.pk]),
        *imports,
        reverse("web:import-list"),
        reverse("web:galaxy-keys"),
    ]


def test_pages_are_accessible_and_quiet_and_fit_in_both_themes_on_desk_and_phone(
    live_server: Any, ada: Any
) -> None:
    ada.set_password(PASSWORD)
    ada.save()
    run = a_rich_run(ada, 3)
    addresses = [reverse("web:run-list"), reverse("web:run", args=[run.id]), reverse("web:account")]
    done = a_crate_import(
        ada, state="DONE", workflowrun=run, size=9, finished_at=timezone.now(), files_total=1
    )
    addresses += [reverse("web:import"), reverse("web:crate-import", args=[done.pk])]
    addresses += pages_about_galaxy(ada)
    said: list[str] = []
    with a_browser() as chromium:
        for scheme, width in product(("light", "dark"), (1440, 390)):
            context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
            page = context.new_page()
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.on("requestfailed", lambda request: said.append(request.url))
            sign_in(page, live_server.url)
            for address in addresses:
                page.goto(live_server.url + address)
                assert violations(page) == []
                assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            context.close()
    assert said == []


def test_a_person_filters_opens_a_run_and_changes_the_theme(live_server: Any, ada: Any) -> None:
    ada.set_password(PASSWORD)
    ada.save()
    run = a_rich_run(ada, 1)
    with a_browser() as chromium:
        page = chromium.new_context(color_scheme="light").new_page()
        sign_in(page, live_server.url)
        page.keyboard.press("/")
        page.keyboard.type("NA128")
        page.keyboard.press("Enter")
        page.wait_for_url("**/?q=NA128*")
        page.get_by_role("link", name=run.name).click()
        page.wait_for_url(f"**/runs/{run.id}/")
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
    ada.set_password(PASSWORD)
    ada.save()
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
