"""The list of workflows and the page of one."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import shared
from tests.web.rows import a_run, a_version
from tests.web.workflow_rows import runs_of
from workflows.models import Workflow, WorkflowVersion

pytestmark = pytest.mark.django_db

LIST = "/workflows/"


def names(answer: Any) -> list[str]:
    return [row.name for row in answer.context["page"].rows]


def test_a_workflow_tells_its_versions_and_runs(ada: Any, bob_browser: Client) -> None:
    version = a_version(ada)
    run = a_run(ada, "newest", workflowversion=version)
    page = bob_browser.get(reverse("web:workflow", args=[version.workflow_id])).content.decode()
    for text in ("1.4.0", reverse("web:version", args=[version.pk]), reverse("web:run", args=[run.pk])):
        assert text in page


def test_each_version_of_a_workflow_leads_to_its_crate(ada: Any, bob_browser: Client) -> None:
    version = a_version(ada)
    page = bob_browser.get(reverse("web:workflow", args=[version.workflow_id])).content.decode()
    assert f'href="/api/v2/workflows/workflowversions/{version.pk}/rocrate/"' in page


def test_the_page_leads_to_all_runs_of_the_workflow(ada: Any, ada_browser: Client) -> None:
    version = a_version(ada)
    a_run(ada, workflowversion=version)
    page = ada_browser.get(reverse("web:workflow", args=[version.workflow_id])).content.decode()
    assert f'href="/?workflow={version.workflow_id}"' in page


def test_success_is_judged_by_runs_that_succeeded_or_failed(ada: Any, ada_browser: Client) -> None:
    version = a_version(ada)
    runs_of(ada, version, 10, 20, 60)
    runs_of(ada, version, 1, 1, status="FAILED")
    runs_of(ada, version, 5, status="CANCELLED")
    a_run(ada, workflowversion=version, status="RUNNING")
    answer = ada_browser.get(reverse("web:workflow", args=[version.workflow_id]))
    figures = answer.context["figures"]
    assert (figures.count, figures.judged, figures.rate) == (7, 5, 60)
    assert figures.durations == (10, 20, 60)
    assert "60 %" in answer.content.decode()
    assert "median of 3, 10 s – 1 min 00 s" in answer.content.decode()


def test_few_runs_are_told_as_numbers_and_not_in_percent(ada: Any, ada_browser: Client) -> None:
    version = a_version(ada)
    runs_of(ada, version, 10, 20)
    page = ada_browser.get(LIST).content.decode()
    assert "2 of 2" in page
    assert "100 %" not in page


def test_figures_tell_only_of_runs_that_one_may_see(ada: Any, eve_browser: Client) -> None:
    version = a_version(ada)
    Workflow.objects.update(public=True)
    runs_of(ada, version, 10, 20)
    runs_of(ada, version, 30, public=True)
    row = eve_browser.get(LIST).context["page"].rows[0]
    assert (row.figures.count, row.figures.durations) == (1, (30,))


def test_runs_in_the_trash_do_not_count(ada: Any, ada_browser: Client) -> None:
    version = a_version(ada)
    runs_of(ada, version, 10, 20)[0].mark_deleted(by=ada)
    assert ada_browser.get(LIST).context["page"].rows[0].figures.count == 1


def test_figures_of_many_runs_come_from_the_newest(
    ada: Any, ada_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.workflows.figures.SAMPLE", 2)
    monkeypatch.setattr("web.workflows.figures.COUNTED", 3)
    version = a_version(ada)
    runs_of(ada, version, 1, 2, 3, 4, 5)
    figures = ada_browser.get(LIST).context["page"].rows[0].figures
    assert figures.durations == (4, 5)
    assert (figures.count, figures.is_counted) == (3, False)


def test_each_version_has_figures_of_its_own(ada: Any, ada_browser: Client) -> None:
    first = a_version(ada)
    WorkflowVersion.objects.update(is_latest=False)
    second = WorkflowVersion.objects.create(workflow=first.workflow, name="2.0", index=2)
    runs_of(ada, first, 10)
    runs_of(ada, second, 20, 40)
    answer = ada_browser.get(reverse("web:workflow", args=[first.workflow_id]))
    told = {one.name: one.figures.typical for one in answer.context["versions"].rows}
    assert told == {"1.4.0": 10, "2.0": 30}


def test_the_last_runs_are_drawn_and_told_in_words(ada: Any, ada_browser: Client) -> None:
    version = a_version(ada)
    runs_of(ada, version, 10, 40)
    runs_of(ada, version, 1, status="FAILED")
    answer = ada_browser.get(reverse("web:workflow", args=[version.workflow_id]))
    bars = answer.context["sparkline"].bars
    assert [bar.status for bar in bars] == ["success", "success", "failed"]
    assert bars[0].height < bars[1].height
    assert "The last 3 runs, oldest first: 2 success, 1 failed." in answer.content.decode()


def test_the_list_is_narrowed_as_its_address_says(ada: Any, bob: Any, bob_browser: Client) -> None:
    a_version(ada, "Liver", engine="SNAKEMAKE")
    kidney = a_version(bob, "Kidney").workflow
    Workflow.objects.filter(pk=kidney.pk).update(public=True, description="of mice")
    for asked, wanted in (
        ({"search": "liv"}, ["Liver"]),
        ({"search": "MICE"}, ["Kidney"]),
        ({"engine": "SNAKEMAKE"}, ["Liver"]),
        ({"owner": str(bob.pk)}, ["Kidney"]),
        ({"owned_by": str(ada.default_group().pk)}, ["Kidney", "Liver"]),
        ({"public": "true"}, ["Kidney"]),
        ({"public": "false", "engine": "SNAKEMAKE"}, ["Liver"]),
        ({"engine": "nonsense", "owned_by": "nonsense"}, ["Kidney", "Liver"]),
    ):
        assert names(bob_browser.get(LIST, asked)) == wanted, asked
    assert "No workflow matches" in bob_browser.get(LIST, {"search": "spleen"}).content.decode()


def test_the_list_is_sorted_as_its_address_says(ada: Any, ada_browser: Client) -> None:
    for name, engine in (("b", "CWL"), ("a", "WDL"), ("c", "CWL")):
        a_version(ada, name, engine=engine)
    for sort, wanted in (
        ("name", "abc"),
        ("-name", "cba"),
        ("created", "bac"),
        ("", "cab"),
        ("nonsense", "cab"),
        ("workflow_manager", "bca"),
    ):
        assert "".join(names(ada_browser.get(LIST, {"ordering": sort}))) == wanted, sort


def test_the_api_call_of_the_list_answers_the_same(ada: Any, bob: Any, bob_browser: Client) -> None:
    a_version(ada, "Liver")
    a_version(bob, "Kidney")
    answer = bob_browser.get(LIST, {"owner": str(bob.pk), "engine": "GALAXY"})
    told = bob_browser.get(answer.context["call"]).json()
    assert [row["name"] for row in told["results"]] == names(answer) == ["Kidney"]


def test_the_list_says_what_to_do_first(ada_browser: Client) -> None:
    assert reverse("web:new-workflow") in ada_browser.get(LIST).content.decode()


def test_twenty_rows_cost_no_more_queries_than_one(
    ada: Any, ada_browser: Client, django_assert_max_num_queries: Any
) -> None:
    version = a_version(ada)
    WorkflowVersion.objects.update(is_latest=False)
    for number in range(20):
        a_version(ada, f"workflow {number}")
        more = {"name": f"v{number}", "index": number + 2, "is_latest": False}
        WorkflowVersion.objects.create(workflow=version.workflow, **more)
        runs_of(ada, version, 10)
    for address, most in ((LIST, 9), (reverse("web:workflow", args=[version.workflow_id]), 15)):
        with django_assert_max_num_queries(most):
            assert ada_browser.get(address).status_code == 200


def test_a_workflow_is_made_and_then_its_first_version(ada: Any, ada_browser: Client) -> None:
    said = {"name": "Liver", "workflow_manager": "SNAKEMAKE", "license": "MIT", "description": "**Bold**"}
    answer = ada_browser.post("/workflows/new/", said)
    made = Workflow.objects.get()
    assert (made.owner, made.owned_by, made.license) == (ada, ada.default_group(), "MIT")
    assert answer["Location"] == reverse("web:new-version", args=[made.pk])
    answer = ada_browser.post(answer["Location"], {"name": "1.0", "engine_version": "8.20"})
    version = made.versions.get()
    assert answer["Location"] == reverse("web:version", args=[version.pk])
    assert (version.name, version.engine_version, version.created_by) == ("1.0", "8.20", ada)
    page = ada_browser.get(reverse("web:workflow", args=[made.pk])).content.decode()
    assert "<strong>Bold</strong>" in page


def test_what_the_api_refuses_is_said_at_the_field(ada_browser: Client) -> None:
    said = {"name": "Liver", "workflow_manager": "CWL", "repository_url": "javascript:alert(1)"}
    answer = ada_browser.post("/workflows/new/", said)
    assert answer.status_code == 400
    assert answer.context["form"].errors["repository_url"]
    assert not Workflow.objects.exists()


def test_a_workflow_is_edited_by_those_who_may(
    ada: Any, ada_browser: Client, bob_browser: Client, eve: Any, eve_browser: Client
) -> None:
    workflow = a_version(ada, "Liver").workflow
    address = reverse("web:edit-workflow", args=[workflow.pk])
    group = str(workflow.owned_by_id)
    said = {"name": "Kidney", "workflow_manager": "GALAXY", "owned_by": group}
    assert bob_browser.get(address).status_code == 403
    assert bob_browser.post(address, said).status_code == 403
    assert Workflow.objects.get().name == "Liver"
    said["state"] = ada_browser.get(address).context["state"]
    assert ada_browser.post(address, {**said, "public": "on"}).status_code == 302
    workflow.refresh_from_db()
    assert (workflow.name, workflow.public) == ("Kidney", True)
    shared(workflow, eve, edit=True)
    said["state"] = eve_browser.get(address).context["state"]
    assert eve_browser.post(address, {**said, "name": "Liver", "public": "on"}).status_code == 302
    workflow.refresh_from_db()
    assert (workflow.name, workflow.owned_by_id) == ("Liver", ada.default_group().pk)


@pytest.mark.parametrize("kind", ["workflow", "version"])
def test_nobody_overwrites_the_change_of_another_unnoticed(ada: Any, ada_browser: Client, kind: str) -> None:
    version = a_version(ada, "Liver")
    record: Any = version if kind == "version" else version.workflow
    address = reverse(f"web:edit-{kind}", args=[record.pk])
    shown = ada_browser.get(address).context
    given = {name: shown["form"][name].value() or "" for name in shown["form"].fields} | {
        "tags": "",
        "state": shown["state"],
    }
    assert ada_browser.post(address, {**given, "name": "Theirs"}).status_code == 302
    refused = ada_browser.post(address, {**given, "name": "Mine"})
    page = refused.content.decode()
    assert refused.status_code == 400
    assert "This record was changed while you were editing it" in page
    assert "Name: Theirs" in page
    record.refresh_from_db()
    assert record.name == "Theirs"
    assert ada_browser.post(address, {**given, "name": "Mine", "state": refused.context["state"]})
    record.refresh_from_db()
    assert record.name == "Mine"


def test_only_those_who_may_are_offered_to_change_it(
    ada: Any, ada_browser: Client, bob_browser: Client
) -> None:
    address = reverse("web:workflow", args=[a_version(ada).workflow_id])
    edit = address + "edit/"
    assert edit in ada_browser.get(address).content.decode()
    assert edit not in bob_browser.get(address).content.decode()


def test_a_deleted_workflow_lies_in_the_trash(ada: Any, ada_browser: Client, bob_browser: Client) -> None:
    workflow = a_version(ada).workflow
    address = reverse("web:into-trash-workflow", args=[workflow.pk])
    bob_browser.post(address)
    assert not Workflow.objects.get().deleted
    assert ada_browser.post(address)["Location"] == LIST
    workflow.refresh_from_db()
    assert (workflow.deleted, workflow.deleted_by) == (True, ada)
    assert ada_browser.get(reverse("web:workflow", args=[workflow.pk])).status_code == 404


def test_strangers_find_nothing(ada: Any, eve_browser: Client, client: Client) -> None:
    version = a_version(ada, "ours")
    for name, pk in (
        ("workflow", version.workflow_id),
        ("version", version.pk),
        ("edit-version", version.pk),
    ):
        address = reverse(f"web:{name}", args=[pk])
        assert eve_browser.get(address).status_code == 404
        assert client.get(address).status_code == 302
    assert "ours" not in eve_browser.get(LIST).content.decode()
    assert client.get(LIST).status_code == 302


def test_what_people_wrote_is_shown_inert(ada: Any, ada_browser: Client) -> None:
    version = a_version(ada, "<script>alert(1)</script>")
    told = {"description": "<img src=x onerror=alert(1)> [x](javascript:alert(1))", "license": "<b>"}
    Workflow.objects.update(**told, repository_url="javascript:alert(1)")
    WorkflowVersion.objects.update(name="<script>alert(2)</script>", source_url="javascript:alert(1)")
    for address in (
        LIST,
        reverse("web:workflow", args=[version.workflow_id]),
        reverse("web:version", args=[version.pk]),
    ):
        page = ada_browser.get(address).content.decode()
        for bad in ("<script>alert", "<img", 'href="javascript:', "<b>"):
            assert bad not in page
