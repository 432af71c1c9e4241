"""The page of a run."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.models import Annotation, AnnotationType, Note
from tests.web.rows import START, a_dataset, a_job, a_rich_run, a_run, a_version, used
from web.run_page import EXCERPT
from workflows.models import (
    JobFileLink,
    StatusChange,
    WorkflowRun,
    WorkflowRunJob,
    WorkflowRunParameter,
    WorkflowRunStep,
)

pytestmark = pytest.mark.django_db


def address(run: WorkflowRun) -> str:
    """Where the page of ``run`` is."""
    return reverse("web:run", args=[run.id])


def page_of(browser: Client, run: WorkflowRun) -> str:
    """The page's text."""
    answer = browser.get(address(run))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_group_sees_the_page_and_a_stranger_nothing(
    ada: Any, ada_browser: Client, bob_browser: Client, eve_browser: Client, client: Client
) -> None:
    run = a_run(ada)
    assert "NA12878" in page_of(ada_browser, run)
    assert "NA12878" in page_of(bob_browser, run)
    assert eve_browser.get(address(run)).status_code == 404
    assert client.get(address(run)).status_code == 302


def test_a_deleted_run_has_no_page(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    run.mark_deleted(by=ada)
    assert ada_browser.get(address(run)).status_code == 404


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
        "{&quot;galaxy&quot;: &quot;24.1&quot;}",
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


def test_files_stand_under_what_they_were_to_the_run(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    reads = used(run, a_dataset(ada, "r1.fastq.gz", "r2.fastq.gz")).dataset
    used(run, a_dataset(ada, "run.log", name="Log"), "LOG")
    used(run, a_dataset(ada, "norm.vcf", name="Variants"), "OUTPUT")
    page = page_of(ada_browser, run)
    assert re.findall(r'<h3 id="files-\d">(\w+)', page) == ["Inputs", "Outputs", "Logs"]
    file = reads.datafiles.get(position=0)
    assert f'href="/api/v2/data-management/datafiles/{file.id}/download/"' in page
    assert reverse("web:dataset", args=[reads.id]) in page
    assert f'<code title="{"cd" * 32}">cdcdcdcdcdcd</code>' in page
    assert "1.00 kB" in page


def test_only_a_file_that_can_be_read_is_offered(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    dataset = used(run, a_dataset(ada, "half.bam")).dataset
    dataset.datafiles.update(status="NEW")
    for page in (page_of(ada_browser, run), ada_browser.get(f"/datasets/{dataset.id}/").content.decode()):
        assert "half.bam" in page
        assert "On its way" in page
        assert "/download/" not in page


def test_a_dataset_without_files_is_shown(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    used(run, a_dataset(ada, name="Still to come"))
    assert "Still to come" in page_of(ada_browser, run)


def test_a_dataset_that_is_not_shared_is_not_even_counted(ada: Any, eve: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    used(run, a_dataset(eve, "secret.txt", name="Of another group"))
    answer = ada_browser.get(address(run))
    assert answer.context["totals"]["datasets"] == 0
    assert answer.context["file_groups"] == []
    assert "secret.txt" not in answer.content.decode()
    assert "Of another group" not in answer.content.decode()


def test_of_many_files_the_first_are_shown_and_the_rest_is_counted(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    used(run, a_dataset(ada, *(f"part-{number:03}" for number in range(205))), "OUTPUT")
    used(run, a_dataset(ada, "reads.fastq"), "INPUT")
    page = page_of(ada_browser, run)
    assert "part-199" in page
    assert "part-200" not in page
    assert "and 5 more files" in page
    assert "reads.fastq" in page


def test_of_many_jobs_the_first_are_shown_and_the_rest_is_counted(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    WorkflowRunJob.objects.bulk_create(WorkflowRunJob(workflowrun=run, name=f"job {n}") for n in range(203))
    answer = ada_browser.get(address(run))
    assert len(answer.context["work"]) == 200
    assert "and 3 more steps and jobs" in answer.content.decode()


def test_steps_and_jobs_stand_in_the_order_of_the_workflow(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    a_job(run, 2)
    a_job(run, 1, attempt=2, exit_code=137, status="FAILED")
    WorkflowRunStep.objects.create(workflowrun=run, key="x", name="skipped", position=3, status="SKIPPED")
    WorkflowRunJob.objects.create(workflowrun=run, name="of no step")
    answer = ada_browser.get(address(run))
    assert [row.work.name for row in answer.context["work"]] == ["job 1", "job 2", "skipped", "of no step"]
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


def test_twenty_parts_cost_no_more_queries_than_one(
    ada: Any, ada_browser: Client, django_assert_max_num_queries: Any
) -> None:
    small, large = a_rich_run(ada, 1), a_rich_run(ada, 20)
    with django_assert_max_num_queries(18) as of_small:
        page_of(ada_browser, small)
    with django_assert_max_num_queries(18) as of_large:
        page_of(ada_browser, large)
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
    page = ada_browser.get(f"/runs/{run.pk}/").content.decode()
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
