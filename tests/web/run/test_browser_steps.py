"""The graph, the jobs and the logs of a run in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from tests.web.browser import IN_A_BROWSER, a_browser, a_page, let_in, may_sign_in
from tests.web.rows import a_dataset, a_job, a_run, used
from tests.web.run.test_run_steps import a_thousand_jobs
from tests.web.walk import walked
from workflows.models import JobFileLink, WorkflowRun, WorkflowRunJob, WorkflowRunStep

pytestmark = IN_A_BROWSER
LONG = "肝臓サンプルのRNA-seq解析_differential_expression_of_liver_and_kidney_samples_from_the_2024_cohort"


def a_failed_run(user: Any) -> WorkflowRun:
    """Three steps one after the other; the second has a job that failed and says why in its log."""
    run = a_run(user, status="FAILED", run_environment={"node": {"cpus": 4}, "engine": "Snakemake 9"})
    reads = used(run, a_dataset(user, "reads.fastq")).dataset
    first = a_job(run, 0, external_id="a")
    JobFileLink.objects.create(job=first, datafile=reads.datafiles.get(), role="USED")
    log = "\n".join(f"line {n}" for n in range(900)) + "\nFATAL: no space left on device\nbye"
    facts = {"status": "FAILED", "exit_code": 28, "stderr": log, "host": "node7", "message": "No space left."}
    second = a_job(run, 1, external_id="b", after=["a"], resources={"max_rss_bytes": 10**9}, **facts)
    a_job(run, 2, external_id="c", after=["b"])
    WorkflowRunJob.objects.create(
        workflowrun=run, step=second.step, name=LONG, status="SUCCESS", stdout="fine"
    )
    return run


def test_a_person_sees_in_the_graph_what_failed_and_finds_the_reason_in_its_log(
    live_server: Any, ada: Any
) -> None:
    may_sign_in(ada)
    run = a_failed_run(ada)
    with a_browser() as chromium, a_page(chromium) as page:
        let_in(page, live_server.url)
        page.goto(live_server.url + reverse("web:run-steps", args=[run.pk]))
        node = page.get_by_role("button", name="step 1, 2 jobs · 1 failed")
        node.click()
        page.get_by_role("heading", name="Jobs of step 1").wait_for()
        assert page.get_by_role("heading", name="Timeline of step 1").is_visible()
        lanes = page.locator("#timeline .lane-name").all_inner_texts()
        assert [lane.split("\n")[0] for lane in lanes] == ["job 1"]
        jobs = page.locator("#jobs")
        assert jobs.get_by_text("No space left.").is_visible()
        assert not jobs.get_by_text("job 0", exact=True).is_visible()
        assert "step=" in page.url
        jobs.get_by_text("Command, files and output of job 1").click()
        jobs.get_by_role("link", name="Read its log (job 1)").click()
        page.get_by_label("Search in this log").last.fill("fatal")
        page.keyboard.press("Enter")
        page.locator("mark", has_text="FATAL").wait_for()
        assert page.get_by_text("1 of 902 lines match").is_visible()
        with page.expect_download() as download:
            page.get_by_role("link", name="Download").click()
        assert download.value.suggested_filename == "job_1.stderr.txt"


def test_the_graph_is_walked_by_keyboard_alone(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    run = a_failed_run(ada)
    with a_browser() as chromium, a_page(chromium) as page:
        let_in(page, live_server.url)
        page.goto(live_server.url + reverse("web:run-steps", args=[run.pk]))
        page.locator(".g-node").first.wait_for()
        assert page.locator('.g-node[tabindex="0"]').count() == 1
        page.locator('.g-node[tabindex="0"]').focus()
        for key in ("ArrowRight", "ArrowRight"):
            page.keyboard.press(key)
        assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("step 2")
        before = page.locator(".graph > svg").get_attribute("viewBox")
        page.keyboard.press("+")
        assert page.locator(".graph > svg").get_attribute("viewBox") != before
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Jobs of step 2").wait_for()
        page.locator("#timeline-title:focus").wait_for()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # "All steps"
        page.get_by_role("heading", name="Jobs", exact=True).wait_for()
        assert "step=" not in page.url


def test_steps_of_a_running_run_keep_up_with_it_and_with_what_is_chosen(
    live_server: Any, ada: Any, monkeypatch: pytest.MonkeyPatch, in_a_thread: Callable[..., Any]
) -> None:
    may_sign_in(ada)
    run = a_run(ada, status="RUNNING")
    job, _ = a_job(run, 1, status="RUNNING", completed_at=None, command_line="make it so"), a_job(run, 2)
    monkeypatch.setattr("web.run.frame.LOOK_AGAIN_AFTER", 1)
    with a_browser() as chromium, a_page(chromium) as page:
        let_in(page, live_server.url)
        page.goto(live_server.url + reverse("web:run-steps", args=[run.pk]))
        page.get_by_role("button", name="step 1, 1 job, running").click()
        page.get_by_role("heading", name="Jobs of step 1").wait_for()
        assert page.locator("#jobs .badge").all_inner_texts() == ["Running"]
        page.get_by_text("Command, files and output of job 1").click()
        page.get_by_label("Zoom in").click()
        shown = page.locator(".graph > svg").get_attribute("viewBox")
        in_a_thread(WorkflowRunJob.objects.filter(pk=job.pk).update, status="SUCCESS")
        page.locator("#jobs .badge", has_text="Success").wait_for()
        page.get_by_role("button", name="step 1, 1 job, success").wait_for()
        assert page.get_by_text("make it so").is_visible()  # what was opened stays open
        assert page.evaluate("document.activeElement.matches('[aria-label=\"Zoom in\"], summary')")
        assert page.locator(".graph > svg").get_attribute("viewBox") == shown
        assert page.get_by_role("heading", name="Jobs of step 1").is_visible()


def test_a_thousand_jobs_and_hundreds_of_nodes_are_drawn_while_the_page_stays_fluent(
    live_server: Any, ada: Any
) -> None:
    may_sign_in(ada)
    run = a_thousand_jobs(ada)
    with a_browser() as chromium, a_page(chromium) as page:
        let_in(page, live_server.url)
        page.route("**/graph.json*", lambda route: route.fulfill(body="", content_type="application/json"))
        page.goto(live_server.url + reverse("web:run-steps", args=[run.pk]))
        page.get_by_text("The graph could not be loaded.").wait_for()
        page.unroute("**/graph.json*")
        page.get_by_role("button", name="Try again").click()
        page.locator(".g-node").last.wait_for()
        assert page.locator(".g-node").count() == 10
        assert page.locator(".g-edge").count() == 9
        drawn = page.evaluate(
            """async () => {
                const nodes = [...Array(400)].map((_, i) => ({ id: `n${i}`, label: `step ${i}` }));
                const edges = nodes.slice(1).map((node, i) => ({ from: `n${i >> 1}`, to: node.id }));
                let ticks = 0;
                const clock = setInterval(() => { ticks += 1; }, 10);
                await runstead.graph(document.querySelector(".graph"), { nodes, edges }).ready;
                clearInterval(clock);
                return { ticks, nodes: document.querySelectorAll(".g-node").length };
            }"""
        )
        assert drawn["nodes"] == 400
        assert drawn["ticks"] > 3  # the layout did not block the page


def test_the_tabs_of_work_are_accessible_and_fit_in_both_themes_on_desk_and_phone(
    live_server: Any, ada: Any
) -> None:
    may_sign_in(ada)
    run = a_failed_run(ada)
    around = WorkflowRunStep.objects.create(workflowrun=run, key="around", name="summarise", position=9)
    run.steps.filter(name="step 2").update(parent=around)
    addresses = [reverse(f"web:run-{tab}", args=[run.pk]) for tab in ("steps", "logs", "environment")]
    addresses += [f"{addresses[1]}?search=line", f"{addresses[1]}?everywhere=fatal"]
    with a_browser() as chromium:
        assert walked(chromium, live_server.url, addresses) == []
