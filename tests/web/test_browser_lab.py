"""What a person does in a browser, on the example lab as the first start of the product makes it."""

import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.deployment.running import Product, ask, soon
from tests.deployment.waiting import until
from tests.galaxy_import.replay import Replay, find_case
from tests.web.browser import IN_A_BROWSER, a_browser, a_page
from tests.web.imports.test_browser_imports import RECORDED

pytestmark = IN_A_BROWSER
C_FAILED = "289fb816f21cd775"  # the invocation of the recorded case of that name
NEW = "snakemake/9.27.1-rich"
ORDINARY = "Sort and count samples A and B"
MINUTE = 60_000  # milliseconds; for what a worker does on a busy machine


@dataclass
class Lab:
    """The running product with its example lab, and who is signed in already."""

    product: Product
    galaxy: Replay | None
    people: dict[str, dict[str, str]]
    states: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where it runs."""
        return f"http://127.0.0.1:{self.product.port}"

    def dropbox(self, name: str = "ada") -> Path:
        """The directory that somebody registers from."""
        return self.product.data / "dropboxes" / name

    def id_of(self, name: str, run: str) -> str:
        """The id of the run of this name, as somebody sees it."""
        token = self.people[name]["token"]
        runs = ask(self.product.port, "GET", "/api/v2/workflows/workflowruns/?page_size=100", token=token)[1]
        return next(one["id"] for one in runs["results"] if one["name"] == run)

    @contextmanager
    def page_of(self, chromium: Any, name: str = "ada", **options: Any) -> Iterator[Any]:
        """A page on which somebody is signed in and sees the runs; who was there once need not sign in again."""
        with a_page(chromium, storage_state=self.states.get(name), **options) as page:
            page.set_default_timeout(MINUTE)
            page.goto(self.url)
            if name not in self.states:
                signs_in(page, name, self.people[name]["password"])
                self.states[name] = page.context.storage_state()
            yield page


@pytest.fixture(scope="module")
def lab(tmp_path_factory: Any) -> Iterator[Lab]:
    """The product, started as a person starts it, once all files of the lab are taken in."""
    case = find_case("26.1/c_failed")
    with ExitStack() as stack:
        galaxy = stack.enter_context(Replay(case)) if case else None
        product = Product(
            tmp_path_factory.mktemp("lab") / "data", GALAXY_SERVERS=galaxy.url if galaxy else ""
        )
        stack.callback(product.kill_all)
        product.wait_until_ready()
        yield Lab(product, galaxy, _people_of(product))


def _people_of(product: Product) -> dict[str, dict[str, str]]:
    waiting = "SELECT count(*) FROM data_management_filetransfer WHERE state <> 'DONE'"
    until(lambda: product.rows(waiting) == [(0,)], seconds=soon(60))
    return dict(json.loads((product.data / "example-lab.json").read_text())["users"])


def signs_in(page: Any, name: str, password: str) -> None:
    """From the page that one is led to."""
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Runs", exact=True).wait_for()


def opens(page: Any, run: str) -> None:
    """Find a run by its name and open it."""
    page.locator("#search").fill(run)
    page.get_by_role("link", name=run, exact=True).first.click()
    page.get_by_role("heading", level=1, name=run).wait_for()


def test_a_wrong_password_is_told_and_the_right_one_opens(lab: Lab) -> None:
    with a_browser() as chromium, a_page(chromium) as page:
        page.goto(f"{lab.url}/workflows/")
        page.get_by_label("Username").fill("bob")
        page.get_by_label("Password").fill("not the one")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("alert").or_(page.locator(".errorlist, .notice.error")).first.wait_for()
        page.get_by_label("Password").fill(lab.people["bob"]["password"])
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Workflows", exact=True).wait_for()


def test_runs_are_filtered_and_the_view_is_kept(lab: Lab) -> None:
    with a_browser() as chromium, lab.page_of(chromium) as page:
        page.get_by_text("+ Add filter").click()
        page.get_by_role("group", name="Engine").get_by_label("Snakemake").check()
        page.get_by_role("button", name="Show runs").click()
        page.wait_for_url("**/?engine=SNAKEMAKE")
        rows = page.locator("tr[data-run]")
        assert rows.count() == page.locator("tr[data-run]", has_text="Snakemake").count() == 2
        page.get_by_text("Save view").click()
        page.locator("#view-name").fill("Our Snakemake")
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_role("link", name="All runs", exact=True).click()
        page.get_by_role("link", name="Our Snakemake").click()
        page.wait_for_url("**/?engine=SNAKEMAKE")
        page.reload()
        assert rows.count() == 2


def test_a_run_is_opened_and_the_graph_of_its_steps_leads_to_their_jobs(lab: Lab) -> None:
    with a_browser() as chromium, lab.page_of(chromium) as page:
        opens(page, ORDINARY)
        page.locator(".tabs").get_by_role("link", name="Steps").click()
        page.wait_for_url("**/steps/")
        step = page.locator(".g-node.st-success", has_text="sort_reads")
        step.click()
        page.get_by_role("heading", name="Jobs of sort_reads").wait_for()
        assert page.get_by_role("table").filter(has_text="sort_reads (A)").first.is_visible()


def test_the_crate_is_downloaded_and_holds_what_was_made(lab: Lab, tmp_path: Path) -> None:
    with a_browser() as chromium, lab.page_of(chromium) as page:
        opens(page, ORDINARY)
        with page.expect_download() as download:
            page.get_by_role("link", name="RO-Crate").first.click()
        download.value.save_as(tmp_path / "run.zip")
    with zipfile.ZipFile(tmp_path / "run.zip") as crate:
        names = crate.namelist()
        assert crate.testzip() is None
        entities = json.loads(crate.read("ro-crate-metadata.json"))["@graph"]
    assert ORDINARY in [one.get("name") for one in entities]
    assert any(name.endswith("report.tsv") for name in names)


def test_a_run_is_imported_from_galaxy_by_its_address(lab: Lab) -> None:
    if lab.galaxy is None:
        pytest.skip("no recordings beside the repository (RUNSTEAD_SHARED)")
    with a_browser() as chromium, lab.page_of(chromium) as page:
        page.goto(f"{lab.url}/account/servers/")
        page.get_by_label("API key", exact=True).first.fill("owner-key")
        page.get_by_label("API key", exact=True).first.press("Enter")
        page.get_by_text("alice@example.org").first.wait_for()
        assert "owner-key" not in page.content()
        page.get_by_role("link", name="Import", exact=True).first.click()
        page.get_by_label("Run URLs").fill(f"{lab.galaxy.url}/workflows/invocations/{C_FAILED}")
        page.get_by_text("with your key").wait_for()
        page.get_by_role("button", name="Import", exact=True).click()
        page.get_by_role("link", name="Open the run").click()
        page.locator(".page-head .badge", has_text="Failed").wait_for()
        assert page.locator(".notice.error").first.is_visible()


def test_a_directory_of_the_dropbox_is_registered(lab: Lab) -> None:
    shutil.copytree(RECORDED / NEW, lab.dropbox() / "spring" / "sorted", symlinks=True)
    with a_browser() as chromium, lab.page_of(chromium) as page:
        page.get_by_role("link", name="Import", exact=True).first.click()
        page.get_by_role("link", name="Register from my dropbox").click()
        page.get_by_role("link", name="spring/").click()
        page.get_by_role("button", name="Check sorted").click()
        page.get_by_text("What will be registered").wait_for()
        page.get_by_label("Name", exact=True).fill("Sorted in spring")
        page.get_by_role("button", name="Register the run").click()
        page.get_by_role("link", name="Open the run").click()
        page.get_by_role("heading", level=1, name="Sorted in spring").wait_for()


def test_two_runs_are_compared(lab: Lab) -> None:
    with a_browser() as chromium, lab.page_of(chromium) as page:
        page.get_by_label(f"Select {ORDINARY}").check()
        page.get_by_label("Select Sort and count, then a broken rule").check()
        page.get_by_role("button", name="Compare").click()
        page.get_by_role("heading", name="Compare 2 runs").wait_for()
        row = page.get_by_role("row", name="Status")
        assert "Failed" in row.inner_text() or page.get_by_text("Failed").first.is_visible()
        assert page.locator("tr.differs").count() > 3


def test_a_dropped_file_tells_where_it_is_from(lab: Lab, tmp_path: Path) -> None:
    found = next((lab.dropbox() / "snakemake-ok").rglob("dsummary.tsv"))
    copy = shutil.copy(found, tmp_path / "table 3.txt")
    with a_browser() as chromium, lab.page_of(chromium) as page:
        sent: list[Any] = []
        page.on("request", lambda request: sent.append(request))
        page.get_by_role("link", name="Where is this file from?").click()
        page.set_input_files("#whence-files", copy)
        box = page.get_by_role("dialog")
        box.get_by_text(f"Created by {ORDINARY}").first.wait_for()
        assert not any(one.post_data_buffer for one in sent)
        box.get_by_role("link", name="Open lineage").first.click()
        page.wait_for_url("**/lineage/")
        page.locator(".g-node", has_text="Sort and count").first.wait_for()


def test_a_run_is_shared_with_another_who_then_sees_it(lab: Lab) -> None:
    address = f"{lab.url}/runs/{lab.id_of('ada', 'Slow copies, stopped by hand')}/"
    with a_browser() as chromium:
        with lab.page_of(chromium, "ada") as page:
            page.goto(address)
            page.get_by_label("More to do with this run").click()
            page.get_by_role("link", name="Share").click()
            page.get_by_label("Name").press_sequentially("eve")
            page.locator("#found li", has_text="eve").get_by_role("button").click()
            page.get_by_text("Shared with").wait_for()
        with lab.page_of(chromium, "eve") as page:
            opens(page, "Slow copies, stopped by hand")
            assert page.url == address


def test_a_run_is_deleted_and_restored(lab: Lab) -> None:
    with a_browser() as chromium, lab.page_of(chromium) as page:
        page.get_by_label("Select Sort and count two FASTA files").check()
        page.get_by_role("button", name="Delete").click()
        page.get_by_role("button", name="Put into the trash").click()
        page.get_by_role("button", name="Undo the deletion").wait_for()
        page.goto(f"{lab.url}/trash/")
        page.get_by_role("link", name="Sort and count two FASTA files").click()
        page.get_by_role("button", name="Restore").first.click()
        page.goto(lab.url)
        page.get_by_role("link", name="Sort and count two FASTA files").wait_for()
