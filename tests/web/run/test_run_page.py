"""The page of a run."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.models import Annotation, AnnotationType, Note
from tests.web.rows import START, a_dataset, a_job, a_rich_run, a_run, a_version, used
from web.run.frame import TABS
from web.run.jobs import EXCERPT
from workflows.models import (
    JobFileLink,
    StatusChange,
    WorkflowRun,
    WorkflowRunJob,
    WorkflowRunParameter,
    WorkflowRunStep,
)

pytestmark = pytest.mark.django_db


def address(run: WorkflowRun, tab: str = "overview") -> str:
    """Where a tab of the page of ``run`` is."""
    return reverse(TABS[tab][1], args=[run.id])


def tab_of(browser: Client, run: WorkflowRun, tab: str) -> str:
    """The text of one tab."""
    answer = browser.get(address(run, tab))
    assert answer.status_code == 200
    return answer.content.decode()


def page_of(browser: Client, run: WorkflowRun) -> str:
    """The text of all tabs."""
    return "".join(tab_of(browser, run, tab) for tab in TABS)


def test_a_group_sees_the_page_and_a_stranger_nothing(
    ada: Any, ada_browser: Client, bob_browser: Client, eve_browser: Client, client: Client
) -> None:
    run = a_run(ada)
    assert "NA12878" in page_of(ada_browser, run)
    assert "NA12878" in page_of(bob_browser, run)
    assert eve_browser.get(address(run)).status_code == 404
    assert client.get(address(run)).status_code == 302


def test_a_deleted_run_has_a_page_that_leads_back_and_no_tabs(
    ada: Any, ada_browser: Client, bob_browser: Client, eve_browser: Client
) -> None:
    run = a_run(ada, description="The **first**.")
    run.mark_deleted(by=ada)
    page = ada_browser.get(address(run)).content.decode()
    assert "In the trash since" in page
    assert f"put there by {ada.full_name}" in page
    assert "The <strong>first</strong>." in page
    back = reverse("web:out-of-trash-run", args=[run.id])
    assert back in page
    assert back not in bob_browser.get(address(run)).content.decode()
    assert eve_browser.get(address(run)).status_code == 404
    assert all(ada_browser.get(address(run, tab)).status_code == 404 for tab in TABS if tab != "overview")


def test_the_page_tells_the_facts(ada: Any, ada_browser: Client) -> None:
    run = a_run(
        ada,
        status="FAILED",
        workflowversion=a_version(ada),
        started_at=START,
        completed_at=START + timedelta(seconds=184),
        run_command="planemo run germline.ga job.yml",
        run_environment={"galaxy": "24.1"},
        description="The first with the new aligner.",
    )
    WorkflowRunParameter.objects.create(workflowrun=run, name="genome", value="GRCh38")
    StatusChange.objects.create(workflowrun=run, status="FAILED", by=ada)
    organism = AnnotationType.objects.create(name="organism")
    Annotation.objects.create(
        kind=run.record_kind(), object_id=run.id, annotation_type=organism, value="Homo sapiens"
    )
    page = page_of(ada_browser, run)
    for text in (
        "Failed",
        "3 min 04 s",
        "4 Mar 2026, 10:03:04 UTC",
        "Germline variants",
        "planemo run germline.ga job.yml",
        '<th scope="row">galaxy</th><td class="value">24.1</td>',
        "The first with the new aligner.",
        "GRCh38",
        "Homo sapiens",
        f"by {ada.full_name}",
        f'href="/runs/{run.id}/rocrate/"',
    ):
        assert text in page


def test_an_environment_that_is_a_text_is_shown_as_it_is(ada: Any, ada_browser: Client) -> None:
    page = page_of(ada_browser, a_run(ada, run_environment="GNU/Linux 5.4.0-x86_64"))
    assert ">GNU/Linux 5.4.0-x86_64</pre>" in page


@pytest.mark.parametrize(
    "hostile",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example", "java\tscript:x", "https://", "x"],
)
def test_only_a_web_address_becomes_a_link(ada: Any, ada_browser: Client, hostile: str) -> None:
    page = page_of(ada_browser, a_run(ada, source="elsewhere", source_url=hostile))
    assert f'href="{hostile}"' not in page
    assert f"<code>{hostile}</code>" in page


def test_the_source_is_linked(ada: Any, ada_browser: Client) -> None:
    page = page_of(ada_browser, a_run(ada, source="usegalaxy.eu", source_url="https://usegalaxy.eu/x"))
    assert '<a href="https://usegalaxy.eu/x" rel="noreferrer noopener">usegalaxy.eu</a>' in page


def test_only_a_file_that_can_be_read_is_offered(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    dataset = used(run, a_dataset(ada, "half.bam")).dataset
    dataset.datafiles.update(status="NEW")
    for page in (
        tab_of(ada_browser, run, "datasets"),
        ada_browser.get(f"/datasets/{dataset.id}/").content.decode(),
    ):
        assert "half.bam" in page
        assert "Transferring" in page
        assert "/download/" not in page


def test_a_dataset_without_files_is_shown(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    used(run, a_dataset(ada, name="Still to come"))
    assert "Still to come" in page_of(ada_browser, run)


def test_many_jobs_come_in_pages(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    WorkflowRunJob.objects.bulk_create(WorkflowRunJob(workflowrun=run, name=f"job {n}") for n in range(203))
    answer = ada_browser.get(address(run, "steps"))
    assert len(answer.context["page"].rows) == 50
    assert "1–50 of 203" in answer.content.decode()
    assert len(ada_browser.get(address(run, "steps") + "?page=5").context["page"].rows) == 3


def test_steps_and_jobs_stand_in_the_order_of_the_workflow(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    a_job(run, 2)
    a_job(run, 1, attempt=2, exit_code=137, status="FAILED")
    WorkflowRunStep.objects.create(workflowrun=run, key="x", name="skipped", position=3, status="SKIPPED")
    WorkflowRunJob.objects.create(workflowrun=run, name="of no step")
    answer = ada_browser.get(address(run, "steps"))
    assert [job.name for job in answer.context["page"].rows] == ["job 1", "job 2", "of no step"]
    lines = [line.node.name for line in answer.context["lines"]]
    assert lines == ["step 1", "step 2", "skipped", "of no step"]
    assert "attempt 2" in answer.content.decode()
    assert ">137<" in answer.content.decode()


def test_of_a_long_output_the_end_is_shown(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    a_job(run, stdout="begin" + "x" * EXCERPT, stderr="short and whole")
    page = page_of(ada_browser, run)
    assert "begin" not in page
    assert "x" * EXCERPT in page
    assert "without its first 5 characters" in page
    assert ">short and whole</pre>" in page


@pytest.mark.parametrize("tab", TABS)
def test_twenty_parts_cost_no_more_queries_than_one(
    ada: Any, ada_browser: Client, django_assert_max_num_queries: Any, tab: str
) -> None:
    small, large = a_rich_run(ada, 1), a_rich_run(ada, 20)
    with django_assert_max_num_queries(24) as of_small:
        tab_of(ada_browser, small, tab)
    with django_assert_max_num_queries(24) as of_large:
        tab_of(ada_browser, large, tab)
    assert len(of_small) == len(of_large)


def test_what_people_wrote_is_shown_inert(ada: Any, ada_browser: Client) -> None:
    hostile = "</pre><script>alert(1)</script><img src=x onerror=alert(1)>"
    run = a_run(ada, hostile, description=hostile, run_command=hostile, run_environment={hostile: hostile})
    WorkflowRunParameter.objects.create(workflowrun=run, name=hostile, value=[hostile])
    Note.objects.create(kind=run.record_kind(), object_id=run.id, content=hostile, created_by=ada)
    a_job(run, stdout=hostile, stderr=hostile, command_line=hostile)
    used(run, a_dataset(ada, hostile, name=hostile))
    page = page_of(ada_browser, run)
    assert "<script>alert" not in page
    assert "<img" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 9


def test_a_job_says_what_it_used_and_made_of_what_one_may_see(
    ada: Any, ada_browser: Client, eve: Any
) -> None:
    run = a_run(ada)
    reads = used(run, a_dataset(ada, "reads.fastq")).dataset
    hidden = used(run, a_dataset(eve, "secret.bam"), "OUTPUT").dataset
    job = a_job(run)
    JobFileLink.objects.create(job=job, datafile=reads.datafiles.get(), role="USED")
    JobFileLink.objects.create(job=job, datafile=hidden.datafiles.get(), role="MADE")
    page = page_of(ada_browser, run)
    assert "<h4>Used</h4>" in page
    assert page.count("reads.fastq") > 1
    assert "secret.bam" not in page
    assert "<h4>Made</h4>" not in page


def test_people_licence_and_an_assumed_status_are_told(ada: Any, ada_browser: Client) -> None:
    person = {"name": "Grace <Hopper>", "orcid": "", "affiliation": "Navy", "url": "", "role": "agent"}
    run = a_run(ada, people=[person], license="CC-BY-4.0", status_basis="ASSUMED")
    page = page_of(ada_browser, run)
    for text in ("<dt>Agent</dt><dd>Grace &lt;Hopper&gt;, Navy", "CC-BY-4.0", "assumed, not reported"):
        assert text in page
