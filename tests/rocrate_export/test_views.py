"""Crates over HTTP: who gets what, and how."""

import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from data_management.models import DataFile, Dataset
from rocrate_export.vocabulary import METADATA
from tests.records import RNASEQ
from tests.rocrate_export.reading import Crate, text_of
from workflows.models import WorkflowRun

pytestmark = pytest.mark.django_db


def crate_url(run: WorkflowRun) -> str:
    return f"/api/v2/workflows/workflowruns/{run.pk}/rocrate/"


def metadata_url(run: WorkflowRun) -> str:
    return f"{crate_url(run)}metadata/"


def bytes_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def names_in(response: Any) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(bytes_of(response))) as archive:
        return archive.namelist()


@pytest.fixture
def run(registered: Any) -> WorkflowRun:
    return registered(RNASEQ)


@pytest.fixture
def ours(signed_in: Any, ada: Any) -> Client:
    return signed_in(ada)


def test_the_crate_comes_as_an_archive_named_after_the_run(ours: Client, run: WorkflowRun) -> None:
    response = ours.get(crate_url(run))
    assert response.status_code == 200
    assert response["Content-Type"] == "application/zip"
    assert f'attachment; filename="rna-seq-of-sample-a-{run.pk}.crate.zip"' in response["Content-Disposition"]
    assert int(response["Content-Length"]) == len(bytes_of(response))


def test_the_metadata_is_that_of_the_archive(ours: Client, run: WorkflowRun) -> None:
    response = ours.get(metadata_url(run))
    assert response["Content-Type"] == "application/ld+json"
    with zipfile.ZipFile(io.BytesIO(bytes_of(ours.get(crate_url(run))))) as archive:
        assert response.content == archive.read(METADATA)


@pytest.mark.parametrize(
    "accept", ["application/zip", "text/html", "application/ld+json", "image/png", "*/*"]
)
def test_a_crate_is_given_to_whatever_asks(ours: Client, run: WorkflowRun, accept: str) -> None:
    assert ours.get(crate_url(run), headers={"accept": accept}).status_code == 200
    assert ours.get(metadata_url(run), headers={"accept": accept}).status_code == 200


@pytest.mark.parametrize("url_of", [crate_url, metadata_url])
def test_a_crate_that_one_has_already_is_not_sent_again(ours: Client, run: WorkflowRun, url_of: Any) -> None:
    etag = ours.get(url_of(run))["ETag"]
    again = ours.get(url_of(run), headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    WorkflowRun.objects.filter(pk=run.pk).update(description="Changed.")
    assert ours.get(url_of(run), headers={"if-none-match": etag}).status_code == 200


def test_head_says_how_long_the_archive_is_without_sending_it(ours: Client, run: WorkflowRun) -> None:
    head, full = ours.head(crate_url(run)), ours.get(crate_url(run))
    assert not head.streaming
    for name in ("Content-Length", "Content-Type", "Content-Disposition", "ETag"):
        assert head[name] == full[name]


@pytest.mark.parametrize("url_of", [crate_url, metadata_url])
def test_who_may_not_see_a_run_does_not_find_its_crate(
    run: WorkflowRun, signed_in: Any, ada: Any, bob: Any, eve: Any, url_of: Any
) -> None:
    answers = {name: signed_in(user).get(url_of(run)).status_code for name, user in _people(ada, bob, eve)}
    assert answers == {"ada": 200, "bob": 200, "eve": 404}
    assert Client().get(url_of(run)).status_code == 401


def test_a_refusal_is_json_whatever_was_asked_for(run: WorkflowRun, signed_in: Any, eve: Any) -> None:
    response = signed_in(eve).get(crate_url(run), headers={"accept": "application/zip"})
    assert response.json()["code"] == "not_found"


def test_a_public_run_is_there_for_all_who_are_signed_in(run: WorkflowRun, signed_in: Any, eve: Any) -> None:
    WorkflowRun.objects.filter(pk=run.pk).update(public=True)
    assert signed_in(eve).get(crate_url(run)).status_code == 200


def test_datasets_that_one_may_not_see_are_not_in_the_crate(
    run: WorkflowRun, signed_in: Any, eve: Any
) -> None:
    WorkflowRun.objects.filter(pk=run.pk).update(public=True)
    Dataset.objects.filter(name="Alignment").update(public=True)
    theirs = signed_in(eve)
    names = names_in(theirs.get(crate_url(run)))
    crate = theirs.get(metadata_url(run)).json()
    assert "outputs/results/A.bam" in names
    assert not any(name.startswith(("inputs/", "config/", "logs/.nextflow")) for name in names)
    assert "genome.fa" not in text_of(crate)
    assert "Reads of A" not in text_of(crate)


def test_the_files_of_a_workflow_that_one_may_not_see_are_not_in_the_crate(
    run: WorkflowRun, signed_in: Any, eve: Any
) -> None:
    WorkflowRun.objects.filter(pk=run.pk).update(public=True)
    theirs = signed_in(eve)
    assert not any(name.startswith("workflow/") for name in names_in(theirs.get(crate_url(run))))
    assert Crate(theirs.get(metadata_url(run)).json()).profiles == {"Process Run Crate"}


def test_deleted_runs_and_datasets_are_gone(ours: Client, run: WorkflowRun, ada: Any) -> None:
    Dataset.objects.get(name="Alignment").mark_deleted(by=ada)
    assert "outputs/results/A.bam" not in names_in(ours.get(crate_url(run)))
    run.mark_deleted(by=ada)
    assert ours.get(crate_url(run)).status_code == 404


def test_the_public_address_stands_in_the_crate(ours: Client, run: WorkflowRun, settings: Any) -> None:
    settings.PUBLIC_URL = "https://runs.example.org"
    crate = Crate(json.loads(ours.get(metadata_url(run)).content))
    assert crate.root["url"] == f"https://runs.example.org/api/v2/workflows/workflowruns/{run.pk}/"


def test_a_large_run_costs_no_more_queries_than_a_small_one(
    ours: Client, registered: Any, django_assert_num_queries: Any, run: WorkflowRun
) -> None:
    ours.get(metadata_url(run))  # what is asked once only
    with CaptureQueriesContext(connection) as captured:
        ours.get(metadata_url(run))
    few = len(captured)
    many_jobs = tuple(replace(job, name=f"{job.name} {n}") for n in range(10) for job in RNASEQ.jobs)
    many_links = tuple(
        replace(link, dataset=replace(link.dataset, name=f"{link.dataset.name} {n}"))
        for n in range(10)
        for link in RNASEQ.datasets
    )
    large = registered(
        replace(
            RNASEQ, jobs=many_jobs, datasets=many_links, origin=replace(RNASEQ.origin, external_id="large")
        )
    )
    DataFile.objects.update(crc32=1)  # nothing is left to be measured
    with django_assert_num_queries(few):
        ours.get(metadata_url(large))


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_crate_is_not_changed(ours: Client, run: WorkflowRun, method: str) -> None:
    assert getattr(ours, method)(crate_url(run)).status_code == 405


def _people(ada: Any, bob: Any, eve: Any) -> list[tuple[str, Any]]:
    return [("ada", ada), ("bob", bob), ("eve", eve)]
