"""The overview of a run: the picture, its steps, its parameters, and how it keeps up with a run that goes on."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from rocrate_import.models import CrateImport
from run_registration.models import DirectoryRegistration
from tests.web.rows import START, a_dataset, a_job, a_rich_run, a_run, used
from workflows.models import JobFileLink, WorkflowRun, WorkflowRunJob, WorkflowRunParameter

pytestmark = pytest.mark.django_db


def page(browser: Client, name: str, run: WorkflowRun, **query: str) -> str:
    """The text of a page of a run."""
    answer = browser.get(reverse(f"web:{name}", args=[run.pk]), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


# --- the overview -------------------------------------------------------------------------------------------


def test_parameters_are_searched_by_name_and_by_value(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    for name, value in (("genome", "GRCh38"), ("aligner", "star"), ("threads", 8)):
        WorkflowRunParameter.objects.create(workflowrun=run, name=name, value=value)
    assert "genome" in page(ada_browser, "run", run, parameter="grch")
    assert ">aligner<" not in page(ada_browser, "run", run, parameter="grch")
    assert ">threads<" in page(ada_browser, "run", run, parameter="THREAD")
    assert "No parameter has “&lt;x&gt;”" in page(ada_browser, "run", run, parameter="<x>")


def test_thousands_of_parameters_come_page_by_page(
    ada: Any, ada_browser: Client, django_assert_max_num_queries: Any
) -> None:
    run = a_run(ada)
    WorkflowRunParameter.objects.bulk_create(
        WorkflowRunParameter(workflowrun=run, name=f"p{n:04}", value=n, value_key=str(n)) for n in range(3000)
    )
    with django_assert_max_num_queries(26):
        first = page(ada_browser, "run", run)
    assert first.count('class="value"') == 50
    assert "of 3,000" in first
    assert ">p2999<" in page(ada_browser, "run", run, page="60")


def test_the_picture_names_the_first_datasets_and_counts_the_rest(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    for number in range(8):
        used(run, a_dataset(ada, name=f"reads <{number}>"))
    used(run, a_dataset(ada, name="variants"), "OUTPUT")
    seen = page(ada_browser, "run", run)
    assert "reads &lt;4&gt;" in seen
    assert "reads &lt;5&gt;" not in seen
    assert "and 3 more" in seen
    assert ">variants</a>" in seen


def test_the_picture_tells_what_is_not_recorded_from_what_one_may_not_see(
    ada: Any, eve: Any, ada_browser: Client
) -> None:
    run = a_run(ada)
    used(run, a_dataset(ada, name="variants"), "OUTPUT")
    assert "No inputs recorded" in page(ada_browser, "run", run)
    used(run, a_dataset(eve, name="secret"))
    seen = page(ada_browser, "run", run)
    assert "Inputs that you cannot see" in seen
    assert "secret" not in seen


def test_a_timeline_of_the_steps_stands_beside_their_graph(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada, status="FAILED")
    step = a_job(run, 1, completed_at=START + timedelta(minutes=2)).step
    later = {"started_at": START + timedelta(minutes=6), "completed_at": START + timedelta(minutes=8)}
    WorkflowRunJob.objects.create(workflowrun=run, step=step, name="job 2", status="FAILED", **later)
    a_job(run, 2, completed_at=START + timedelta(minutes=4))
    first, second = ada_browser.get(reverse("web:run", args=[run.pk])).context["brief"].lanes
    assert (first.lasted, second.lasted) == ("8 min 00 s", "4 min 00 s")
    assert [(bar.x, bar.width, bar.status) for bar in first.bars] == [
        ("0.00%", "25.00%", "SUCCESS"),
        ("75.00%", "25.00%", "SUCCESS"),
        ("75.00%", "25.00%", "FAILED"),
    ]
    assert f"?step={step.pk}#timeline" in page(ada_browser, "run", run)


def test_of_very_many_jobs_the_timeline_tells_when_each_step_ran(
    ada: Any, ada_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.run.work.MOST_BRIEF", 2)
    run = a_run(ada)
    a_job(run, 1, completed_at=START + timedelta(minutes=2))
    later = {"started_at": START + timedelta(minutes=6), "completed_at": START + timedelta(minutes=8)}
    for status in ("SUCCESS", "FAILED"):
        WorkflowRunJob.objects.create(
            workflowrun=run, step=run.steps.get(), name=status, status=status, **later
        )
    a_job(run, 2, completed_at=START + timedelta(minutes=4))
    brief = ada_browser.get(reverse("web:run", args=[run.pk])).context["brief"]
    assert [(lane.name, lane.lasted) for lane in brief.lanes] == [
        ("step 1", "8 min 00 s"),
        ("step 2", "4 min 00 s"),
    ]
    assert [(bar.width, bar.status) for lane in brief.lanes for bar in lane.bars] == [
        ("100.00%", "FAILED"),
        ("50.00%", "SUCCESS"),
    ]


def test_without_inputs_and_outputs_there_is_no_picture(ada: Any, ada_browser: Client) -> None:
    assert 'class="flow"' not in page(ada_browser, "run", a_run(ada))


def test_a_failed_run_leads_to_the_log_of_the_job_that_failed_first(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada, status="FAILED")
    a_job(run, 1)
    log = "\n".join(f"line {n}" for n in range(10)) + "\n\x1b[31mOut of <memory>\x1b[0m\n"
    failed = a_job(run, 2, status="FAILED", exit_code=137, stderr=log)
    seen = page(ada_browser, "run", run)
    assert "<strong>job 2</strong> with exit code 137" in seen
    assert "line 9\nOut of &lt;memory&gt;</pre>" in seen
    assert "line 2\n" not in seen
    assert f"{reverse('web:run-logs', args=[run.pk])}?job={failed.pk}" in seen


@pytest.mark.parametrize("external_id", ["", "task 7"])
def test_a_job_that_was_tried_again_is_no_reason_for_a_failure(
    ada: Any, ada_browser: Client, external_id: str
) -> None:
    run = a_run(ada, status="FAILED")
    first = a_job(run, 1, status="FAILED", external_id=external_id)
    facts = {"workflowrun": run, "step": first.step, "name": first.name, "external_id": external_id}
    WorkflowRunJob.objects.create(attempt=2, status="SUCCESS", **facts)
    assert "Failed in the job" not in page(ada_browser, "run", run)
    last = WorkflowRunJob.objects.create(attempt=3, status="FAILED", **facts)
    assert f"?job={last.pk}" in page(ada_browser, "run", run)


def test_the_picture_tells_sizes_and_how_the_jobs_stand(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada, status="FAILED")
    used(run, a_dataset(ada, "a.txt", "b.txt", name="reads"))
    for number, status in enumerate(("SUCCESS", "SUCCESS", "RUNNING", "FAILED")):
        a_job(run, number, status=status)
    seen = page(ada_browser, "run", run)
    assert '<span class="muted" title="2,000 bytes">2.00 kB</span>' in seen
    assert '<rect class="busy" x="2" width="1"' in seen
    assert '<rect class="bad" x="3" width="1"' in seen


def test_steps_are_drawn_where_there_are_several(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    a_job(run, 1)
    drawing = f'data-graph-url="{reverse("web:run-graph", args=[run.pk])}?data=none"'
    assert drawing not in page(ada_browser, "run", run)
    a_job(run, 2)
    assert drawing in page(ada_browser, "run", run)


def test_the_drawing_of_the_overview_leaves_the_data_to_the_picture(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    reads = used(run, a_dataset(ada, "a.txt")).dataset
    JobFileLink.objects.create(job=a_job(run, 1), datafile=reads.datafiles.get(), role="USED")
    address = reverse("web:run-graph", args=[run.pk])
    kinds = [node["kind"] for node in ada_browser.get(address).json()["nodes"]]
    assert kinds == ["step", "input"]
    assert [node["kind"] for node in ada_browser.get(f"{address}?data=none").json()["nodes"]] == ["step"]


def test_of_a_run_of_which_only_a_name_is_known_the_page_makes_no_words(
    ada: Any, ada_browser: Client
) -> None:
    seen = page(ada_browser, "run", a_run(ada, status="UNKNOWN"))
    assert 'class="tiles"' not in seen
    assert ">Parameters</h2>" not in seen
    assert "none recorded" in seen


def test_the_description_is_formatted(ada: Any, ada_browser: Client) -> None:
    assert "<li>one</li>" in page(ada_browser, "run", a_run(ada, description="- one\n- two"))


def test_tabs_tell_how_much_there_is(ada: Any, ada_browser: Client) -> None:
    seen = page(ada_browser, "run-history", a_rich_run(ada, 3))
    assert re.findall(r'(\w+)<span class="count">(\d+)', seen) == [
        ("Steps", "3"),
        ("Datasets", "3"),
        ("Notes", "3"),
    ]


# --- while it goes on ---------------------------------------------------------------------------------------


def test_a_run_that_goes_on_is_asked_for_ever_more_slowly_until_it_ends(
    ada: Any, ada_browser: Client
) -> None:
    run = a_run(ada, status="RUNNING")
    address = reverse("web:run-live", args=[run.pk])
    assert address in page(ada_browser, "run", run)
    asked = page(ada_browser, "run-live", run, tab="steps", status="RUNNING", after="10")
    assert 'hx-trigger="every 12s, look"' in asked
    assert "run-news" not in asked
    assert 'hx-trigger="every 60s, look"' in page(ada_browser, "run-live", run, after="999")
    WorkflowRun.objects.update(status="SUCCESS")
    ended = page(ada_browser, "run-live", run, tab="steps", status="RUNNING", after="10")
    assert "hx-trigger" not in ended
    assert "The run has ended: success." in ended
    assert "Reload this page" not in ended
    elsewhere = page(ada_browser, "run-live", run, tab="logs", status="RUNNING")
    assert f'{reverse("web:run-logs", args=[run.pk])}">Reload this page' in elsewhere


def test_what_has_changed_is_said_to_the_rest_of_the_page(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada, status="RUNNING")
    seen = re.findall(r"seen=(\w+)", page(ada_browser, "run", run))[0]
    address = reverse("web:run-live", args=[run.pk])
    assert "HX-Trigger" not in ada_browser.get(address, {"seen": seen})
    a_job(run, 1)
    assert ada_browser.get(address, {"seen": seen})["HX-Trigger"] == "run:changed"


def test_a_run_whose_archive_or_directory_is_on_its_way_again_is_being_imported(
    ada: Any, ada_browser: Client, bob: Any
) -> None:
    said = "Being imported"
    run, other = a_run(ada), a_run(ada, "Other")
    whose = {"owner": ada, "owned_by": run.owned_by}
    CrateImport.objects.create(name="a.zip", sha256="ab", state="DONE", workflowrun=run, **whose)
    assert said not in page(ada_browser, "run", run)
    again = CrateImport.objects.create(name="a.zip", sha256="ab", state="RUNNING", **whose)
    assert said in page(ada_browser, "run", run)
    assert 'hx-trigger="every' in page(ada_browser, "run", run)
    assert said not in page(ada_browser, "run", other)
    CrateImport.objects.filter(pk=again.pk).update(owned_by=bob.default_group(), owner=bob)
    CrateImport.objects.filter(pk=again.pk).update(state="DONE")
    assert said not in page(ada_browser, "run", run)
    for goal, state, row in (
        ("SEND", "DONE", {"workflowrun": run}),
        ("LOOK", "RUNNING", {}),
        ("SEND", "PENDING", {}),
    ):
        DirectoryRegistration.objects.create(path="/d/run", goal=goal, state=state, **row, **whose)
        assert (said in page(ada_browser, "run", run)) == (state == "PENDING")


def test_a_run_that_has_ended_is_not_asked_for(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    assert reverse("web:run-live", args=[run.pk]) not in page(ada_browser, "run", run)


@pytest.mark.parametrize(
    "query", ["after=x", "after=-1", "after=²", "status=<b>", "tab=nowhere", "tab=again"]
)
def test_what_makes_no_sense_in_the_address_breaks_nothing(ada: Any, ada_browser: Client, query: str) -> None:
    run = a_run(ada, status="RUNNING")
    answer = ada_browser.get(f"{reverse('web:run-live', args=[run.pk])}?{query}")
    assert answer.status_code == 200
    assert "<b>" not in answer.content.decode()
