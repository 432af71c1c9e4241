"""Bringing runs in, as a person lives through it: from a pasted address, an archive, or a folder to the run's page."""

import os
import re
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from tests.rocrate_import.crates import a_run_crate, packed
from tests.run_directories.nextflow.conftest import TASKS, log_lines
from tests.web.browser import IN_A_BROWSER, a_browser, a_page, let_in, may_sign_in
from tests.web.galaxy_rows import a_galaxy_import
from tests.web.walk import walked

pytestmark = IN_A_BROWSER
RECORDED = Path(__file__).resolve().parents[2] / "run_directories" / "recordings"


DROP = """text => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "sorted.zip", { type: "application/zip" }));
  const zone = document.querySelector("[data-dropzone]");
  for (const kind of ["dragenter", "dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data }));
  }
}"""


def slowly(page: Any, rate: int) -> None:
    """Let uploads have so many bytes a second; -1 for as many as there are."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": rate}
    network.send("Network.emulateNetworkConditions", limits)


@pytest.fixture
def work(run_tasks: Any) -> Iterator[Callable[[], None]]:
    """What a worker does, in a thread of its own, as the browser's driver keeps this one."""

    def worked() -> None:
        try:
            run_tasks()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        yield lambda: pool.submit(worked).result()


@pytest.mark.django_db(transaction=True)
def test_where_nextflow_was_launched_becomes_a_run_with_the_times_that_were_corrected(
    live_server: Any, ada: Any, dropbox: Path, work: Callable[[], None]
) -> None:
    may_sign_in(ada)
    launched = dropbox / "blast"
    launched.mkdir()
    (launched / ".nextflow.log").write_text("\n".join([*log_lines(), *TASKS]) + "\n")
    (launched / "main.nf").write_text("workflow { }\n")
    with a_browser() as chromium, a_page(chromium) as page:
        let_in(page, live_server.url)
        page.goto(f"{live_server.url}{reverse('web:register')}")
        assert page.get_by_role("row", name="blast/").get_by_text("Nextflow").is_visible()
        page.get_by_role("button", name="Check blast").click()
        work()
        page.get_by_text("What will be registered").wait_for()
        page.get_by_label("Started").fill("2020-12-05T09:00:00")
        page.get_by_label("Ended").fill("2020-12-05T11:30:00")
        page.get_by_label("Status", exact=True).select_option("SUCCESS")
        page.get_by_role("button", name="Register the run").click()
        work()
        page.get_by_role("link", name="Open the run").click()
        assert page.get_by_text("2 h 30 min").first.is_visible()
        assert page.get_by_text("Nextflow").first.is_visible()


@pytest.mark.django_db(transaction=True)
def test_an_archive_is_uploaded_and_becomes_a_run(
    live_server: Any, ada: Any, tmp_path: Path, work: Callable[[], None]
) -> None:
    may_sign_in(ada)
    (tmp_path / "sorted.zip").write_bytes(packed(a_run_crate()))
    with a_browser() as chromium, a_page(chromium) as page:
        let_in(page, live_server.url)
        page.goto(f"{live_server.url}{reverse('web:import-crate')}")
        page.get_by_text("Drop a zip here").wait_for()
        page.get_by_label("Archive").set_input_files(tmp_path / "sorted.zip")
        page.get_by_role("button", name="Import", exact=True).click()
        page.get_by_text("Progress").wait_for()
        work()
        page.get_by_role("link", name="Open the run").click()
        assert page.get_by_role("heading", level=1).is_visible()


@pytest.mark.django_db(transaction=True)
def test_a_dropped_archive_says_how_far_it_is(live_server: Any, ada: Any, work: Callable[[], None]) -> None:
    may_sign_in(ada)
    archive = b64encode(packed({**a_run_crate(), "large.bin": os.urandom(3_000_000)})).decode()
    with a_browser() as chromium, a_page(chromium) as page:
        let_in(page, live_server.url)
        page.goto(f"{live_server.url}{reverse('web:import-crate')}")
        page.evaluate(DROP, archive)
        assert page.get_by_label("Archive").evaluate("input => input.files[0].name") == "sorted.zip"
        slowly(page, 400_000)
        page.get_by_role("button", name="Import", exact=True).click()
        page.get_by_text(re.compile(r"^\d[\d.]* [kM]?B of 3\.\d+ MB")).wait_for()
        assert page.get_by_role("progressbar", name="Upload").is_visible()
        page.get_by_role("button", name="Stop").click()
        page.get_by_text("Stopped. Nothing was imported.").wait_for()
        slowly(page, -1)
        page.get_by_role("button", name="Import", exact=True).click()
        page.get_by_text("Progress").wait_for()
        work()
        page.get_by_role("link", name="Open the run").click()
        assert page.get_by_role("heading", level=1).is_visible()


@pytest.mark.django_db(transaction=True)
def test_what_is_no_archive_is_said_beside_the_form(live_server: Any, ada: Any, tmp_path: Path) -> None:
    may_sign_in(ada)
    (tmp_path / "none.zip").write_text("no archive")
    with a_browser() as chromium:
        page = chromium.new_page()  # the browser itself notes in the console that something was refused
        let_in(page, live_server.url)
        page.goto(f"{live_server.url}{reverse('web:import-crate')}")
        page.get_by_label("Archive").set_input_files(tmp_path / "none.zip")
        page.get_by_role("button", name="Import", exact=True).click()
        page.get_by_text("This is not a zip archive").wait_for()
        assert page.get_by_role("button", name="Import", exact=True).is_enabled()


@pytest.mark.django_db(transaction=True)
def test_the_pages_are_for_everybody_and_fit(
    live_server: Any, ada: Any, dropbox: Path, work: Callable[[], None]
) -> None:
    from run_registration.services import request_look

    may_sign_in(ada)
    shutil.copytree(RECORDED / "snakemake/9.27.1-ok", dropbox / "ok", symlinks=True)
    found = request_look(path=str(dropbox / "ok"), user=ada)
    work()
    going = request_look(path=str(dropbox), user=ada)
    a_galaxy_import(ada, state="FAILED", error="It broke. " * 30)
    addresses = [
        reverse("web:import-list"),
        reverse("web:registration", args=[found.pk]),
        reverse("web:registration", args=[going.pk]),
    ]
    with a_browser() as chromium:
        assert walked(chromium, live_server.url, addresses) == []
