"""A person who uses the keyboard alone lives a whole day with the runs."""

import zipfile
from typing import Any

from tests.web.browser import IN_A_BROWSER, a_browser, a_page, may_sign_in, sign_in
from tests.web.rows import a_dataset, a_job, a_run, a_version, used
from web.models import SavedView
from workflows.models import WorkflowRun

pytestmark = IN_A_BROWSER
IN_FOCUS = """() => { const one = document.activeElement;
  return (one.getAttribute("aria-label") || one.labels?.[0]?.innerText || one.textContent || "").trim(); }"""
SEEN = """() => { const box = document.activeElement.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && document.activeElement.matches(":focus-visible"); }"""


def tab_to(page: Any, name: str) -> None:
    """Press Tab until something with this name has the focus, and see that it is shown."""
    passed: list[str] = []
    while not (passed and passed[-1].startswith(name)):
        assert len(passed) < 150, f"{name} is not reached: {passed}"
        page.keyboard.press("Tab")
        passed.append(page.evaluate(IN_FOCUS))
    assert page.evaluate(SEEN), f"the focus on {name} is not seen"


def enter(page: Any, *names: str) -> None:
    """Go to one thing after the other and press Enter on each."""
    for name in names:
        tab_to(page, name)
        page.keyboard.press("Enter")


def two_runs(user: Any) -> WorkflowRun:
    """Two runs of which the one that is returned failed in its second step."""
    version = a_version(user)
    a_run(user, "liver before", workflowversion=version)
    run = a_run(user, "liver after", workflowversion=version, status="FAILED", owned_by=None)
    used(run, a_dataset(user, "reads.fastq"))
    a_job(run, 0, external_id="a")
    a_job(run, 1, external_id="b", after=["a"], status="FAILED", exit_code=1)
    return run


def test_a_run_is_found_understood_and_downloaded(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    run = two_runs(ada)
    with a_browser() as chromium, a_page(chromium) as page:
        sign_in(page, live_server.url)
        page.keyboard.press("/")
        page.keyboard.type("after")
        page.wait_for_url("**/?search=after")
        enter(page, "Save view")
        tab_to(page, "Name")
        page.keyboard.type("Afterwards")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Afterwards").wait_for()
        page.keyboard.press("Control+k")
        page.keyboard.type("before")
        page.get_by_role("option", name="liver before").wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="liver before").wait_for()
        page.go_back()
        enter(page, "liver after")
        page.wait_for_url(f"**/runs/{run.pk}/")
        enter(page, "Steps")
        page.locator(".g-node").first.wait_for()
        tab_to(page, "step 0")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Jobs of step 1").wait_for()
        page.reload()
        with page.expect_download() as download:
            enter(page, "RO-Crate")
        with zipfile.ZipFile(download.value.path()) as archive:
            assert "ro-crate-metadata.json" in archive.namelist()
    assert SavedView.objects.get(user=ada).name == "Afterwards"


def test_runs_are_compared_shared_deleted_and_restored(live_server: Any, ada: Any, bob: Any) -> None:
    may_sign_in(ada)
    run = two_runs(ada)
    with a_browser() as chromium, a_page(chromium) as page:
        sign_in(page, live_server.url)
        for name in ("Select liver after", "Select liver before"):
            tab_to(page, name)
            page.keyboard.press("Space")
        enter(page, "Compare")
        page.get_by_role("heading", name="Compare 2 runs").wait_for()
        enter(page, "Run A: liver after")
        page.wait_for_url(f"**/runs/{run.pk}/")
        enter(page, "More to do with this run", "Share")
        page.wait_for_url("**/share/")
        tab_to(page, "Name")
        page.keyboard.type("bob")
        page.locator("#found li", has_text="bob").wait_for()
        enter(page, "Share with bob")
        page.get_by_text("Shared with").wait_for()
        enter(page, "Done")
        page.wait_for_url(f"**/runs/{run.pk}/")
        enter(page, "More to do with this run", "Put into the trash")
        page.get_by_text("In the trash since").wait_for()
        enter(page, "Restore")
        page.get_by_text("The run is restored, as it was.").wait_for()
    run.refresh_from_db()
    assert not run.deleted
    assert run in WorkflowRun.objects.visible_to(bob)
