"""What a run's page says of Galaxy, and of why steps and jobs stand as they do."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from run_import.models import ImportedRun, RunImport
from tests.factories import shared
from tests.web.galaxy_rows import (
    ADDRESS,
    INVOCATION,
    URL,
    a_collection_of,
    a_galaxy_import,
    a_galaxy_run,
    galaxy_data,
)
from tests.web.rows import a_dataset, a_job, a_run
from workflows.models import WorkflowRun, WorkflowRunJob, WorkflowRunStep

pytestmark = pytest.mark.django_db
HOSTILE = "</pre><script>alert(1)</script><img src=x onerror=alert(1)>"


def page_of(browser: Client, run: WorkflowRun) -> str:
    answers = [browser.get(reverse(f"web:{name}", args=[run.pk])) for name in ("run", "run-steps")]
    assert [answer.status_code for answer in answers] == [200, 200]
    return "".join(answer.content.decode() for answer in answers)


def again(run: WorkflowRun) -> str:
    return reverse("web:import-again", args=[run.pk])


def test_the_page_links_the_invocation_and_its_history(ada: Any, ada_browser: Client) -> None:
    page = page_of(ada_browser, a_galaxy_run(ada))
    assert (
        f'<a href="{ADDRESS}" rel="noreferrer noopener">invocation {INVOCATION}</a> on Galaxy Example' in page
    )
    history = f"{URL}/histories/view?id=f2db41e1fa331b3e"
    assert f'<a href="{history}" rel="noreferrer noopener">Lung samples</a>' in page


def test_the_page_leads_to_the_newest_import_and_the_raw_answers(
    ada: Any, ada_browser: Client, bob_browser: Client
) -> None:
    run = a_galaxy_run(ada)
    ImportedRun.objects.update(answers_key="k", answers_size=2000, answers_count=43, crate_note="No queue.")
    a_galaxy_import(ada, workflowrun=run, state="DONE")
    newest = a_galaxy_import(ada, workflowrun=run, phase="FOLLOWING")
    page = page_of(ada_browser, run)
    assert reverse("web:run-import", args=[newest.pk]) in page
    assert "Following" in page
    assert "43 as they came" in page
    assert "No queue." in page
    assert "as they came" not in page_of(bob_browser, run)


def test_a_run_from_elsewhere_has_nothing_of_galaxy(ada: Any, ada_browser: Client) -> None:
    page = page_of(ada_browser, a_run(ada))
    assert 'id="galaxy"' not in page
    assert "Import again" not in page


def test_import_again_asks_in_the_same_way_for_the_same_group(ada: Any, ada_browser: Client) -> None:
    run = a_galaxy_run(ada)
    a_galaxy_import(ada, workflowrun=run, state="DONE", create_datasets=True, outputs="all", follow=True)
    assert "Import again" in page_of(ada_browser, run)
    answer = ada_browser.post(again(run))
    wanted = RunImport.objects.get(state="PENDING")
    assert answer["Location"] == reverse("web:run-import", args=[wanted.pk])
    assert (wanted.url, wanted.workflowrun, wanted.owned_by) == (ADDRESS, run, run.owned_by)
    assert (wanted.create_datasets, wanted.outputs, wanted.follow, wanted.download) == (
        True,
        "all",
        True,
        False,
    )


def test_import_again_is_not_for_those_who_may_only_look(
    ada: Any, bob_browser: Client, eve: Any, eve_browser: Client, client: Client
) -> None:
    run = a_galaxy_run(ada)
    assert "Import again" not in page_of(bob_browser, run)
    assert bob_browser.post(again(run))["Location"] == reverse("web:run", args=[run.pk])
    assert eve_browser.post(again(run)).status_code == 404
    assert client.post(again(run))["Location"].startswith(reverse("web:sign-in"))
    shared(run, eve, edit=True)  # not of the group: it would become a run of another
    assert "Import again" not in page_of(eve_browser, run)
    assert not RunImport.objects.exists()


def test_import_again_is_only_for_runs_from_galaxy(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    assert ada_browser.post(again(run)).status_code == 404
    assert ada_browser.get(again(run)).status_code == 405


def test_a_server_that_is_no_longer_asked_is_said_on_the_page(ada: Any, ada_browser: Client) -> None:
    run = a_galaxy_run(ada)
    server = run.imported.server
    server.is_enabled = False
    server.save()
    answer = ada_browser.post(again(run), follow=True)
    assert "is switched off here" in answer.content.decode()
    assert not RunImport.objects.exists()


def test_inputs_and_outputs_are_listed_as_galaxy_has_them(ada: Any, ada_browser: Client) -> None:
    run = a_galaxy_run(ada)
    here = a_dataset(ada, "table.tabular", name="Our table")
    galaxy_data(run, 1, label="table", name="Cut on data 1", dataset=here, size=2500)
    galaxy_data(
        run, 2, data_type="INPUT", label="reads", condition="PURGED", note="Gone for good.", hashes={}
    )
    page = page_of(ada_browser, run)
    table = page.split('id="galaxy-data"')[1]
    assert table.index("Inputs") < table.index("Outputs")
    for text in ("Purged", "Gone for good.", "Ready", "Cut on data 1", "2.50 kB", "Our table"):
        assert text in table
    assert f'<code title="{"cd" * 32}">cdcdcdcdcdcd</code> <span class="muted">SHA-256</span>' in table
    assert reverse("web:dataset", args=[here.pk]) in table
    assert f'<a href="{URL}/datasets/{1:016x}" rel="noreferrer noopener">table</a>' in table


def test_a_dataset_that_one_may_not_see_is_not_named(ada: Any, eve: Any, ada_browser: Client) -> None:
    run = a_galaxy_run(ada)
    hidden = a_dataset(eve, name="Of another group")
    galaxy_data(run, dataset=hidden)
    page = page_of(ada_browser, run)
    assert "Of another group" not in page
    assert str(hidden.pk) not in page


def test_a_collection_shows_its_first_elements(ada: Any, ada_browser: Client) -> None:
    run = a_galaxy_run(ada)
    a_collection_of(run, 25)
    page = page_of(ada_browser, run)
    assert "25 elements<span" in page
    assert "sample 19" in page
    assert "sample 20" not in page
    assert "and 5 more elements" in page


def test_of_many_datasets_the_first_are_shown_and_the_rest_is_counted(ada: Any, ada_browser: Client) -> None:
    run = a_galaxy_run(ada)
    for number in range(203):
        galaxy_data(run, number)
    page = page_of(ada_browser, run)
    assert ">output 199</a>" in page
    assert ">output 200</a>" not in page
    assert f'and 3 more, <a href="/api/v2/workflows/workflowruns/{run.pk}/galaxy/datasets/">' in page


def test_many_datasets_cost_no_more_queries_than_one(
    ada: Any, ada_browser: Client, django_assert_max_num_queries: Any
) -> None:
    small, large = a_galaxy_run(ada), a_galaxy_run(ada, external_id="u-2")
    a_collection_of(small, 1)
    for number in range(20):
        a_collection_of(large, 5, number + 200)
        galaxy_data(large, number)
    with django_assert_max_num_queries(45) as of_small:
        page_of(ada_browser, small)
    with django_assert_max_num_queries(45) as of_large:
        page_of(ada_browser, large)
    assert len(of_small) == len(of_large)


def test_the_page_says_first_why_a_run_failed(ada: Any, ada_browser: Client) -> None:
    page = page_of(
        ada_browser, a_run(ada, status="FAILED", message="Step 3: the <tool> ended with exit code 3.")
    )
    said = page.index("Step 3: the &lt;tool&gt; ended with exit code 3.")
    assert said < page.index('id="run-tiles"')
    assert 'class="notice error message"' in page


def test_jobs_and_steps_say_why_and_link_their_tools(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    job = a_job(run, 1, status="FAILED", message="Out of memory.")
    WorkflowRunStep.objects.filter(pk=job.step_id).update(
        tool_url="https://tools.example/fastp", message="One failed."
    )
    WorkflowRunStep.objects.create(
        workflowrun=run,
        key="x",
        name="never",
        position=9,
        tool_name="sort",
        tool_url="javascript:1",
        message="Waits.",
    )
    page = page_of(ada_browser, run)
    for text in ("Out of memory.", "Waits."):
        assert text in page
    assert '<a href="https://tools.example/fastp" rel="noreferrer noopener">fastp</a>' in page
    assert "javascript:" not in page


def test_what_a_step_says_is_said_once_for_its_jobs(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    job = a_job(run)
    WorkflowRunStep.objects.filter(pk=job.step_id).update(message="Two were skipped.")
    for number in range(3):
        WorkflowRunJob.objects.create(workflowrun=run, step_id=job.step_id, name=f"more {number}")
    assert page_of(ada_browser, run).count("Two were skipped.") == 1


def test_a_long_message_is_cut_in_its_line_and_whole_below(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    a_job(run, message="x" * 400)
    WorkflowRunStep.objects.create(workflowrun=run, key="x", name="never", position=9, message="y" * 400)
    page = page_of(ada_browser, run)
    for letter in "xy":
        assert f'<div class="why">{letter * 299}…</div>' in page
        assert f">{letter * 400}</pre>" in page


def test_a_job_leads_to_those_that_it_waited_for(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    first = a_job(run, 0, external_id="a1")
    a_job(run, 1, external_id="a2", after=["a1", "of another page"])
    page = page_of(ada_browser, run)
    assert f'<a href="#job-{first.pk}">job 0</a>' in page
    assert f'<tr id="job-{first.pk}"' in page
    assert "and 1 more" in page


def test_what_galaxy_says_is_shown_inert(ada: Any, ada_browser: Client) -> None:
    environment = {"history": {"name": HOSTILE}}
    run = a_galaxy_run(ada, message=HOSTILE, run_environment=environment)
    ImportedRun.objects.update(
        crate_note=HOSTILE, state="<b>odd</b>", container_id='"><script>', external_id='"><i>'
    )
    facts = {"label": HOSTILE, "name": HOSTILE, "note": HOSTILE, "state": '"><b>', "extension": "<i>"}
    galaxy_data(run, **facts, url="javascript:alert(1)", hashes={"MD5": HOSTILE}, condition="<b>")
    collection = a_collection_of(run, 1)
    collection.elements.update(label=HOSTILE, note=HOSTILE, name=HOSTILE, url="javascript:alert(2)")
    a_job(run, message=HOSTILE)
    page = page_of(ada_browser, run)
    for text in ("<script>alert", "<img", "<b>", "<i>", 'href="javascript'):
        assert text not in page
    assert page.count("&lt;script&gt;alert(1)") >= 9


@pytest.mark.parametrize(
    "environment", [None, "a text", ["a list"], {"history": "x"}, {"history": {"name": 7}}]
)
def test_an_environment_that_people_wrote_breaks_nothing(
    ada: Any, ada_browser: Client, environment: Any
) -> None:
    page = page_of(ada_browser, a_galaxy_run(ada, run_environment=environment))
    assert ">f2db41e1fa331b3e</a>" in page
