"""What a run's page says of its import, of its tags, and of its parameters beside what is declared."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from run_import.models import RunImport
from tests import factories
from tests.web.imported_rows import ADDRESS, imported
from web.run.parameters import row_of
from workflows.models import WorkflowRun
from workflows.templates import Checked, Standing


def an_imported_run(user: Any, **facts: Any) -> WorkflowRun:
    run = factories.a_run(user, source="reana", source_url=ADDRESS, is_imported=True, **facts)
    imported(run, user)
    return run


def shown(browser: Client, run: WorkflowRun, query: str = "") -> str:
    return browser.get(reverse("web:run", args=[run.pk]) + query).content.decode()


@pytest.mark.django_db
def test_the_run_is_told_as_its_source_has_it(ada: Any, ada_browser: Client, bob_browser: Client) -> None:
    run = an_imported_run(ada, source_deleted=True, source_status="finished")
    page = shown(ada_browser, run)
    for said in (
        "on REANA Example",
        "<code>finished</code>",
        "It is no longer there",
        "Bring up to date",
        "3 as they came",
    ):
        assert said in page
    answers = reverse("web:run-answers", args=[run.pk])
    assert ada_browser.get(answers).status_code == 404  # the row names what the storage does not hold
    assert bob_browser.get(answers).status_code == 403
    assert "Bring up to date" not in shown(bob_browser, run)


@pytest.mark.django_db
def test_it_is_brought_up_to_date_and_its_files_are_fetched(ada: Any, ada_browser: Client) -> None:
    run = an_imported_run(ada)
    again = reverse("web:import-again", args=[run.pk])
    for deed, fetches in (("", False), ("fetch", True)):
        RunImport.objects.update(state="DONE")
        answer = ada_browser.post(again, {"deed": deed})
        wanted = RunImport.objects.order_by("-id").first()
        assert wanted is not None
        assert answer["Location"] == reverse("web:run-import", args=[wanted.pk])
        assert (wanted.external_id, wanted.url) == (run.imported.external_id, ADDRESS)  # type: ignore[attr-defined]
        assert (wanted.download, wanted.create_datasets) == (fetches, fetches)


@pytest.mark.django_db
def test_tags_are_chips_that_lead_to_their_like_and_can_be_edited(ada: Any, ada_browser: Client) -> None:
    run = factories.a_run(ada, tags={"project": "atlas & co"}, metadata={"priority": {"of": 100}})
    page = shown(ada_browser, run)
    assert 'href="/?tag=project:atlas%20%26%20co"' in page
    assert "{&quot;of&quot;: 100}" in page
    listed = ada_browser.get("/?tag=project:atlas%20%26%20co&source_status=gone").content.decode()
    assert "Tag: project:atlas &amp; co" in listed
    assert "Status at the source: gone" in listed
    edit = reverse("web:edit-run", args=[run.pk])
    form = ada_browser.get(edit).context
    fields = {name: form["form"].initial[name] for name in ("name", "status", "owned_by")}
    sent = {**fields, "state": form["state"], "tags": "project = atlas\nreviewed"}
    answer = ada_browser.post(edit, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    run.refresh_from_db()
    assert run.tags == {"project": "atlas", "reviewed": ""}


@pytest.mark.django_db
def test_parameters_stand_beside_what_the_version_declares(ada: Any, ada_browser: Client) -> None:
    template = {"genome": {"type": "string", "values": ["hg38"]}, "reads": {"type": "File"}}
    version = factories.a_version(factories.a_workflow(ada), parameter_template=template)
    run = factories.a_run(ada, workflowversion=version)
    factories.a_parameter(run, "genome", "hg19")
    factories.a_parameter(run, "oddity", 1)
    page = shown(ada_browser, run)
    for said in ("1 wrong", "1 missing", "1 not declared", "It must be one of hg38."):
        assert said in page
    assert "oddity" not in shown(ada_browser, run, "?parameter=HG19")


def test_what_is_given_has_no_badge_and_what_is_left_out_no_value() -> None:
    assert row_of(Checked("a", Standing.GIVEN, value=1)).badge is None
    assert row_of(Checked("a", Standing.DEFAULT, value=1)).has_value
    assert not row_of(Checked("a", Standing.OMITTED)).has_value
