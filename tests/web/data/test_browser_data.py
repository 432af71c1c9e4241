"""Datasets, collections and files in a real browser."""

import io
import zipfile
from pathlib import Path
from typing import Any

from django.urls import reverse

from common.models import Note
from tests import factories
from tests.web.browser import IN_A_BROWSER, a_browser, a_page, let_in, may_sign_in
from tests.web.rows import a_dataset, a_job, a_run, a_version, used
from tests.web.walk import walked
from workflows.models import WorkflowRun

pytestmark = IN_A_BROWSER
REPORT = b"<!doctype html><title>R</title><style>h1{color:teal}</style><h1>All samples passed</h1>"
HOSTILE = b"""<!doctype html><h1>hostile</h1><script>document.title = parent.document.title = "taken"</script>
<img src=x onerror="document.body.innerHTML = document.cookie"><a href="javascript:document.write('gone')">click</a>
<form action="/sign-out/" method="post"><button>send</button></form>
<meta http-equiv="refresh" content="0; url=https://evil.example/refresh"><base href="https://evil.example/">
<style>@import "https://evil.example/a.css"; body { background: url(https://evil.example/b.png) }
@font-face { font-family: x; src: url(https://evil.example/c.woff2) } h1 { font-family: x }</style>
<link rel="stylesheet" href="https://evil.example/d.css"><link rel="prefetch" href="https://evil.example/e">
<link rel="preconnect" href="https://evil.example"><img srcset="https://evil.example/f.png 1x">
<iframe src="https://evil.example/g"></iframe><iframe srcdoc="<script>top.document.title='taken'</script>"></iframe>
<object data="https://evil.example/h"></object><embed src="https://evil.example/i">
<audio src="//evil.example/j" autoplay></audio><video poster="https://evil.example/k"></video>
<svg><foreignObject><body onload="document.title='taken'"/>
</foreignObject><use href="https://evil.example/l#x"/><image href="https://evil.example/m"/></svg>
<math><mtext href="javascript:document.title='taken'">formula</mtext></math>
<a id="top" href="https://evil.example/n" target="_top" ping="https://evil.example/o">upwards</a>
<script>window.open("https://evil.example/p"); parent.postMessage("x", "*"); navigator.serviceWorker.register("/x.js");
new WebSocket("wss://evil.example/q"); navigator.sendBeacon("https://evil.example/r")</script>"""
DRAWING = b"""<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" onload="document.title='taken'">
<rect width="40" height="20" fill="teal"/><script>document.title = "taken"</script>
<foreignObject><body xmlns="http://www.w3.org/1999/xhtml" onload="document.title='taken'"/></foreignObject>
<image href="https://evil.example/s.png" width="1" height="1"/>
<a href="javascript:document.title='taken'"><text>x</text></a>
<style>@import "https://evil.example/t.css";</style></svg>"""
WORDS = (
    "\x1b]8;;https://evil.example/u\x07link\x1b]8;;\x07 \x1b]0;taken\x07 "
    "<img src=https://evil.example/v onerror=alert(1)>"
    "<script>alert(1)</script> ![p](https://evil.example/w) [j](javascript:alert(1)) "
    "<svg onload=alert(1)> \u202etxt.exe"
)


def a_full_run(user: Any) -> WorkflowRun:
    """A run with files of every sort."""
    run = a_run(user, workflowversion=a_version(user))
    made = factories.a_dataset(user, "Results")
    for name, content in (
        ("table.tsv", b"gene\tcount\nTP53\t12\n"),
        ("report.html", REPORT),
        ("drawing.svg", DRAWING),
        ("notes.md", b"# Notes\n\nwith **care**\n"),
        ("values.json", b'{"a": [1, 2]}'),
        ("log.txt", b"done\n"),
        ("a_name_that_goes_on_" * 8 + ".txt", b"long\n"),
    ):
        factories.a_file(made, name, content)
    factories.a_file(made, "lost.bam", status="ERROR", error="It is shorter than was said.")
    made.file_count, made.status = made.datafiles.count(), "ERROR"
    made.save()
    used(run, made, "OUTPUT")
    used(run, a_dataset(user, "reads.fastq", name="Reads"), "INPUT")
    assert run.workflowversion
    factories.a_workflow_file(run.workflowversion, "config/params.yml", "CONFIG")
    factories.a_collection(user, made, name="Cohort")
    return run


def test_the_pages_of_data_are_accessible_and_quiet_and_fit(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    run = a_full_run(ada)
    made = run.dataset_links.get(data_type="OUTPUT").dataset
    collection = made.collections.get()
    tab = reverse("web:run-datasets", args=[run.pk])
    addresses = [
        reverse("web:dataset", args=[made.pk]),
        reverse("web:collection", args=[collection.pk]),
        reverse("web:file-list") + "?search=nothing",
        reverse("web:file-list"),
        *(reverse("web:file", args=[file.pk]) for file in made.datafiles.all()),
        tab,
        f"{tab}?view=datasets",
    ]
    with a_browser() as chromium:
        assert walked(chromium, live_server.url, addresses) == []


def test_a_person_looks_into_files_and_downloads_them(live_server: Any, ada: Any, tmp_path: Path) -> None:
    may_sign_in(ada)
    run = a_full_run(ada)
    with a_browser() as chromium, a_page(chromium) as page:
        let_in(page, live_server.url)
        page.goto(live_server.url + reverse("web:run-datasets", args=[run.pk]))
        page.get_by_role("link", name="Outputs").click()
        page.wait_for_url("**?type=OUTPUT*")
        page.get_by_role("table", name="Files of this run").get_by_text("reads.fastq").wait_for(
            state="detached"
        )
        page.get_by_placeholder("Name, path or checksum").fill("table")
        page.get_by_text("notes.md").wait_for(state="detached")
        assert "search=table" in page.url
        page.get_by_role("link", name="Preview table.tsv").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_text("TP53").wait_for()
        page.keyboard.press("Escape")
        dialog.wait_for(state="hidden")
        page.get_by_placeholder("Name, path or checksum").fill("")
        page.get_by_role("link", name="Preview report.html").click()
        report = page.frame_locator("iframe")
        assert report.get_by_role("heading").inner_text() == "All samples passed"
        assert (
            report.get_by_role("heading").evaluate("el => getComputedStyle(el).color") == "rgb(0, 128, 128)"
        )
        page.keyboard.press("Escape")
        with page.expect_download() as waited:
            page.get_by_role("link", name="Download these").click()
        waited.value.save_as(tmp_path / "some.zip")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "some.zip").read_bytes())) as archive:
        assert archive.testzip() is None
        assert archive.read("outputs/report.html") == REPORT
        assert "lost.bam" in archive.read("LEFT-OUT.txt").decode()


def got_out(request: Any) -> bool:
    """Whether a request was kept from being sent by nothing but that there is no such host."""
    return "evil" in request.url and request.failure not in ("csp", "origin")


def test_nothing_in_a_hostile_report_or_drawing_runs(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    dataset = factories.a_dataset(ada)
    report = factories.a_file(dataset, "hostile.html", HOSTILE)
    drawing = factories.a_file(dataset, "hostile.svg", DRAWING)
    run = a_run(ada, WORDS[:200], run_environment={WORDS: WORDS}, message=WORDS)
    a_job(run, stderr=WORDS, status="FAILED", message=WORDS)
    Note.objects.create(kind=run.record_kind(), object_id=run.pk, content=WORDS, created_by=ada)
    with a_browser() as chromium:
        # The console tells of scripts that were kept from running, so this page may not be a quiet one.
        context = chromium.new_context()
        page = context.new_page()
        left: list[Any] = []
        context.on("requestfailed", lambda one: left.append((one.url, one.failure)) if got_out(one) else None)
        context.on("requestfinished", lambda one: left.append(one.url) if "evil" in one.url else None)
        context.on("page", lambda one: left.append(f"a window: {one.url}"))
        page.on("dialog", lambda one: left.append(f"a dialog: {one.message}"))
        let_in(page, live_server.url)
        page.goto(live_server.url + reverse("web:file", args=[report.pk]))
        frame = page.frame_locator("iframe.preview-report")
        frame.get_by_text("click").click()
        frame.get_by_text("upwards").click()
        frame.get_by_role("button").click()
        page.wait_for_timeout(300)
        assert frame.get_by_role("heading").inner_text() == "hostile"
        assert page.title() == "hostile.html · File · Runstead"
        page.goto(live_server.url + reverse("web:file-raw", args=[report.pk]))
        page.get_by_text("click").click()
        page.get_by_role("button").click()
        page.wait_for_timeout(300)
        assert page.get_by_role("heading").inner_text() == "hostile"
        assert page.title() != "taken"
        assert page.evaluate("self.origin") == "null"
        for route in ("web:file", "web:file-raw"):
            page.goto(live_server.url + reverse(route, args=[drawing.pk]))
            page.wait_for_timeout(200)
            assert page.title() != "taken"
        for tab in ("run-logs", "run-notes", "run-environment", "run-history", "run"):
            page.goto(live_server.url + reverse(f"web:{tab}", args=[run.pk]))
            assert page.title() != "taken"
            assert page.locator("main script, main iframe, main [onload], main [onerror]").count() == 0
            assert page.locator("main img").count() == 0
        page.goto(live_server.url + reverse("web:dataset-list"))
        assert page.get_by_role("heading", name="Datasets").is_visible()  # still signed in
    assert left == []


def test_datasets_are_added_and_removed_with_and_without_javascript(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    run = a_run(ada)
    a_dataset(ada, "aligned.bam", name="Alignments")
    a_dataset(ada, "other.bam", name="Others")
    tab = live_server.url + reverse("web:run-datasets", args=[run.pk])
    with a_browser() as chromium:
        for has_script in (True, False):
            with a_page(chromium, java_script_enabled=has_script) as page:
                let_in(page, live_server.url)
                page.goto(tab)
                page.get_by_role("link", name="Add datasets").click()
                page.get_by_role("searchbox", name="Search").fill("aligned")
                page.get_by_label("Role in the run").select_option("OUTPUT")
                if not has_script:
                    page.get_by_role("button", name="Search").click()
                page.get_by_text("Others").wait_for(state="detached")
                page.get_by_label("Alignments").check()
                page.get_by_role("button", name="Add to the outputs").click()
                page.get_by_text("1 dataset was added to the outputs.").wait_for()
                page.get_by_role("group", name="Show").get_by_role("link", name="Datasets").click()
                page.get_by_role("button", name="Remove Alignments from this run").click()
                page.get_by_text("Alignments is no longer among the outputs").wait_for()
                page.get_by_role("heading", name="No datasets").wait_for()
    assert run.dataset_links.count() == 0
