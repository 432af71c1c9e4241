"""What can be done with a run on its page: edit it, run it again, look at its crates."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rocrate_export.models import CrateValidation
from tests.web.rows import a_run, a_version
from web.run.again import command_for
from workflows.models import WorkflowRun, WorkflowRunJob, WorkflowRunParameter, WorkflowRunStep

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def page(browser: Client, name: str, run: WorkflowRun, **query: str) -> str:
    """The text of a page of a run."""
    answer = browser.get(reverse(f"web:{name}", args=[run.pk]), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


# --- editing ------------------------------------------------------------------------------------------------


def fields_of(browser: Client, run: WorkflowRun) -> dict[str, str]:
    """The form as a browser would send it back."""
    form = browser.get(reverse("web:edit-run", args=[run.pk])).context["form"]
    told = {name: form[name].value() or "" for name in form.fields}
    for name in ("started_at", "completed_at"):
        told[name] = told[name] and f"{told[name]:%Y-%m-%dT%H:%M:%S}"
    state = browser.get(reverse("web:edit-run", args=[run.pk])).context["state"]
    return {**told, "state": state}


def edit(browser: Client, run: WorkflowRun, given: dict[str, str]) -> Any:
    """Send the form."""
    return browser.post(reverse("web:edit-run", args=[run.pk]), given)


def test_a_run_is_edited_and_only_what_changed_is_sent(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada, "Old", started_at="2026-03-04T10:00:00.123456Z", workflowversion=a_version(ada))
    given = fields_of(ada_browser, run)
    assert edit(ada_browser, run, {**given, "name": "New", "license": "CC-BY-4.0"}).status_code == 302
    before = WorkflowRun.objects.get()
    assert (before.name, before.license, before.started_at.microsecond) == ("New", "CC-BY-4.0", 123456)
    assert before.workflowversion == run.workflowversion
    given = fields_of(ada_browser, run)
    edit(ada_browser, run, {**given, "started_at": "2026-03-04T09:30:00"})
    assert f"{WorkflowRun.objects.get().started_at:%H:%M}" == "09:30"


def test_what_the_api_refuses_stands_at_its_field(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada, started_at="2026-03-04T10:00:00Z")
    given = {**fields_of(ada_browser, run), "completed_at": "2026-03-03T10:00:00"}
    answer = edit(ada_browser, run, given)
    assert "must not be before started_at" in str(answer.context["form"].errors["completed_at"])
    assert 'value="2026-03-03T10:00:00"' in answer.content.decode()


def test_nobody_overwrites_another_unnoticed(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada, "Old")
    given = fields_of(ada_browser, run)
    edit(ada_browser, run, {**given, "name": "Of another"})
    refused = edit(ada_browser, run, {**given, "name": "Mine"})
    assert refused.status_code == 200
    assert "This record was changed while you were editing it" in refused.content.decode()
    assert "Name: Of another" in refused.content.decode()
    assert WorkflowRun.objects.get().name == "Of another"
    edit(ada_browser, run, {**given, "name": "Mine", "state": refused.context["state"]})
    assert WorkflowRun.objects.get().name == "Mine"


def test_a_member_is_told_that_it_cannot_be_edited_and_a_stranger_nothing(
    ada: Any, bob_browser: Client, eve_browser: Client
) -> None:
    run = a_run(ada, "Old")
    assert edit(bob_browser, run, {"name": "Bob's"}).status_code == 302
    assert edit(eve_browser, run, {"name": "Eve's"}).status_code == 404
    assert WorkflowRun.objects.get().name == "Old"


# --- running it again ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("engine", "command"),
    [
        (
            "SNAKEMAKE",
            "pip install snakemake==24.10.8\nsnakemake --snakefile main.ga --configfile p.json --cores all",
        ),
        ("CWL", "pip install cwltool==24.10.8\ncwltool main.ga p.json"),
        ("NEXTFLOW", "NXF_VER=24.10.8 nextflow run main.ga -params-file p.json"),
        (
            "GALAXY",
            "planemo run main.ga p.json --engine external_galaxy"
            ' --galaxy_url "$GALAXY_URL" --galaxy_user_key "$GALAXY_API_KEY"',
        ),
        ("OTHER", ""),
    ],
)
def test_each_engine_is_called_its_own_way(ada: Any, engine: str, command: str) -> None:
    version = a_version(ada, engine=engine)
    version.engine_version = "24.10.8"
    assert command_for(engine, version, "main.ga", "p.json") == command


def test_a_hostile_path_stays_one_word(ada: Any) -> None:
    version = a_version(ada, engine="CWL")
    assert command_for("CWL", version, "a b; rm -rf ~", "") == "cwltool 'a b; rm -rf ~'"


def test_running_it_again_tells_command_parameters_tools_and_what_is_unknown(
    ada: Any, ada_browser: Client
) -> None:
    run = a_run(ada, workflowversion=a_version(ada, engine="CWL"), run_command="cwltool --outdir out main.ga")
    WorkflowRunParameter.objects.create(workflowrun=run, name="k", value=[1, "ä"])
    WorkflowRunStep.objects.create(
        workflowrun=run,
        key="1",
        name="trim",
        tool_name="fastp",
        tool_version="0.23",
        container_image="quay.io/fastp",
    )
    seen = page(ada_browser, "run-again", run)
    for text in (
        "cwltool --outdir out main.ga",
        "cwltool main.ga job.json",
        "0.23",
        "quay.io/fastp",
        "main.ga",
    ):
        assert text in seen
    told = ada_browser.get(reverse("web:run-again", args=[run.pk])).context["again"]
    assert json.loads(told.parameters) == {"k": [1, "ä"]}
    assert told.unknown == ["The version of the engine.", "Input datasets, or you may not see them."]


def test_reana_is_told_its_parameters_in_the_command(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada, workflowversion=a_version(ada, engine="REANA"))
    for name, value in (("sleeptime", 0), ("label", "a; b")):
        WorkflowRunParameter.objects.create(workflowrun=run, name=name, value=value)
    told = ada_browser.get(reverse("web:run-again", args=[run.pk])).context["again"]
    assert told.command == "reana-client run --file main.ga -p sleeptime=0 -p 'label=a; b'"


def test_parameters_that_are_left_out_are_counted(
    ada: Any, ada_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.run.again.MOST_PARAMETERS", 3)
    run = a_run(ada)
    for number in range(5):
        WorkflowRunParameter.objects.create(workflowrun=run, name=f"p{number}", value=number)
    seen = page(ada_browser, "run-again", run)
    assert "2 more parameters are left out here" in seen
    assert "&quot;p2&quot;: 2" in seen
    assert "&quot;p3&quot;" not in seen
    assert "The first 3 parameters" in seen


def test_of_a_run_of_which_nothing_is_known_that_is_said(ada: Any, ada_browser: Client) -> None:
    seen = page(ada_browser, "run-again", a_run(ada))
    assert "Not recorded" in seen
    assert "The command with which it was run." in seen


# --- its crates ---------------------------------------------------------------------------------------------


def test_a_crate_tells_what_the_validator_said(ada: Any, ada_browser: Client, bob_browser: Client) -> None:
    run = a_run(ada)
    assert "not validated yet" in page(ada_browser, "about-crate", run)
    judged = CrateValidation.objects.create(
        subject_kind="run", subject_id=run.pk, revision="before", fingerprint="f", crate="generated",
        profile="", severity="REQUIRED", state="RUNNING",
    )  # fmt: skip
    judged.wanted_by.add(ada)
    assert 'hx-trigger="every 2s"' in page(ada_browser, "about-crate", run)
    issue = {
        "severity": "REQUIRED",
        "check": "a.1",
        "entity": "./",
        "property": "",
        "message": "no <licence>",
    }
    report = {
        "passed": False,
        "profile": "ro-crate-1.1",
        "severity": "REQUIRED",
        "remark": "",
        "issues": [issue],
    }
    CrateValidation.objects.update(state="DONE", report=report)
    seen = page(ada_browser, "about-crate", run)
    for text in ("Did not pass", "no &lt;licence&gt;", "the run has changed since"):
        assert text in seen
    assert "not validated yet" in page(bob_browser, "about-crate", run)


def test_the_menu_tells_the_last_verdict(ada: Any, ada_browser: Client, bob_browser: Client) -> None:
    run = a_run(ada)
    assert "finding" not in page(ada_browser, "run", run)
    judged = CrateValidation.objects.create(
        subject_kind="run", subject_id=run.pk, revision="r", fingerprint="f", crate="generated", profile="",
        severity="REQUIRED", state="DONE", finished_at=timezone.now(),
        report={"passed": False, "counts": {"REQUIRED": 2, "OPTIONAL": 1}, "issues": []},
    )  # fmt: skip
    judged.wanted_by.add(ada)
    assert "<small>3 findings, " in page(ada_browser, "run", run)
    assert "3 findings" not in page(bob_browser, "run", run)
    CrateValidation.objects.update(report={"passed": True, "counts": {}, "issues": []})
    assert "<small>Passed, " in page(ada_browser, "run", run)


def test_validation_is_asked_of_the_api(ada: Any, ada_browser: Client, eve_browser: Client) -> None:
    run = a_run(ada)
    address = reverse("web:about-crate", args=[run.pk])
    assert eve_browser.post(address, {"kind": "generated"}).status_code == 404
    assert ada_browser.post(address, {"kind": "generated"}).status_code == 302
    assert CrateValidation.objects.filter(subject_id=run.pk).count() <= 1


def test_many_jobs_cost_no_more(ada: Any, ada_browser: Client, django_assert_max_num_queries: Any) -> None:
    run = a_run(ada, status="FAILED", workflowversion=a_version(ada))
    WorkflowRunJob.objects.bulk_create(
        WorkflowRunJob(workflowrun=run, name=f"job {n}", status="FAILED", stderr="x" * 1000)
        for n in range(1000)
    )
    with django_assert_max_num_queries(26):
        assert "1,000 jobs failed" in page(ada_browser, "run", run)
