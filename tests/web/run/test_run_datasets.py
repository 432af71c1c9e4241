"""The tab of what a run used and made: shown, narrowed, added to, taken away, downloaded."""

import io
import re
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.models import HistoryEvent
from data_management.models import CollectionItem, DataFile, Dataset
from tests import factories
from tests.web.rows import a_dataset, a_run, a_version, used
from web.zipped import Downloads
from workflows.models import WorkflowRun, WorkflowRunDataset

pytestmark = pytest.mark.django_db


def tab(run: WorkflowRun) -> str:
    """The address of the tab."""
    return reverse("web:run-datasets", args=[run.pk])


def names(browser: Client, run: WorkflowRun, **asked: str) -> list[str | None]:
    """The names of the files that the tab shows."""
    return [row.name for row in browser.get(tab(run), asked).context["page"].rows]


@pytest.fixture
def run(ada: Any) -> WorkflowRun:
    """A run with data of every kind."""
    run = a_run(ada, workflowversion=a_version(ada))
    for place, kind in enumerate(("REPORT", "LOG", "OUTPUT", "INPUT", "PARAMETER", "CONFIG")):
        used(run, a_dataset(ada, f"{kind.lower()}.txt", name=f"Set {place}"), kind)
    return run


def test_each_kind_has_a_tab_with_its_count(run: WorkflowRun, ada_browser: Client) -> None:
    kinds = ada_browser.get(tab(run)).context["kinds"]
    assert [(one.name, one.count) for one in kinds] == [
        ("All", 6),
        ("Configs", 1),
        ("Inputs", 1),
        ("Outputs", 1),
        ("Parameters", 1),
        ("Logs & Reports", 2),
    ]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", ["input.txt", "output.txt", "parameter.txt", "config.txt", "report.txt", "log.txt"]),
        ("INPUT", ["input.txt"]),
        ("output", ["output.txt"]),
        ("LOG", ["report.txt", "log.txt"]),
        ("REPORT", ["report.txt", "log.txt"]),
        ("nonsense", ["input.txt", "output.txt", "parameter.txt", "config.txt", "report.txt", "log.txt"]),
    ],
)
def test_a_tab_shows_its_kind(run: WorkflowRun, ada_browser: Client, asked: str, shown: list[str]) -> None:
    assert names(ada_browser, run, type=asked) == shown


def test_configuration_of_the_workflow_stands_beside_that_of_the_run(
    run: WorkflowRun, ada_browser: Client
) -> None:
    assert run.workflowversion
    factories.a_workflow_file(run.workflowversion, "config/params.yml", "CONFIG")
    page = ada_browser.get(tab(run), {"type": "CONFIG"})
    assert "config/params.yml" in page.content.decode()
    assert "config.txt" in page.content.decode()
    assert {one.name: one.count for one in page.context["kinds"]}["Configs"] == 2
    assert "config/params.yml" not in ada_browser.get(tab(run), {"type": "INPUT"}).content.decode()


def test_configuration_of_a_workflow_that_one_may_not_see_is_not_told(ada: Any, eve_browser: Client) -> None:
    version = a_version(ada)
    factories.a_workflow_file(version, "config/secret.yml", "CONFIG")
    run = a_run(ada, workflowversion=version, public=True)
    assert "secret.yml" not in eve_browser.get(tab(run)).content.decode()


def test_files_are_searched_by_name_dataset_and_checksum(
    run: WorkflowRun, ada: Any, ada_browser: Client
) -> None:
    used(run, a_dataset(ada, "other.1", "aligned.bam", "other.2", name="Made"), "OUTPUT")
    DataFile.objects.filter(name="aligned.bam").update(
        sha256="12" * 32, md5sum="34" * 16, path="x/y/aligned.bam"
    )
    for asked in ("ALIGNED.b", "12" * 32, "34" * 16, "x/y"):
        page = ada_browser.get(tab(run), {"search": asked}).context["page"]
        assert ([row.name for row in page.rows], page.count) == (["aligned.bam"], 1)
    assert names(ada_browser, run, search="made") == ["other.1", "aligned.bam", "other.2"]
    assert names(ada_browser, run, search="other", ordering="-name") == ["other.2", "other.1"]
    assert "No file or dataset matches" in ada_browser.get(tab(run), {"search": "%"}).content.decode()


def test_files_are_sorted(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    dataset = used(run, a_dataset(ada, "b", "a", "c")).dataset
    dataset.datafiles.filter(name="a").update(size=None)
    dataset.datafiles.filter(name="c").update(size=5)
    assert names(ada_browser, run) == ["b", "a", "c"]
    assert names(ada_browser, run, ordering="name") == ["a", "b", "c"]
    assert names(ada_browser, run, ordering="-size") == ["b", "c", "a"]
    assert names(ada_browser, run, ordering="size") == ["c", "b", "a"]
    assert names(ada_browser, run, ordering="password") == ["b", "a", "c"]


def test_thousands_of_files_come_in_pages(
    ada: Any, ada_browser: Client, django_assert_max_num_queries: Any
) -> None:
    run = a_run(ada)
    used(run, a_dataset(ada, *(f"part-{number:04}" for number in range(2000))), "OUTPUT")
    used(run, a_dataset(ada, name="Without files"), "OUTPUT")
    with django_assert_max_num_queries(22):
        page = ada_browser.get(tab(run), {"page": "2", "page_size": "100"}).context["page"]
    assert [page.rows[0].name, page.rows[-1].name] == ["part-0100", "part-0199"]
    assert page.count == 2001
    last = ada_browser.get(tab(run), {"page": "21", "page_size": "100"})
    assert [row.dataset_name for row in last.context["page"].rows] == ["Without files"]
    assert "no files" in last.content.decode()


def test_datasets_are_shown_instead_of_files(run: WorkflowRun, ada: Any, ada_browser: Client) -> None:
    big = used(run, a_dataset(ada, *"abc", name="Big")).dataset
    asked = {"view": "datasets", "ordering": "-file_count"}
    answer = ada_browser.get(tab(run), asked)
    assert answer.context["page"].rows[0].dataset == big
    assert reverse("web:dataset", args=[big.pk]) in answer.content.decode()
    found = ada_browser.get(tab(run), {**asked, "search": "big"}).context["page"].rows
    assert [link.dataset for link in found] == [big]


def test_what_one_may_not_see_is_neither_shown_nor_counted_nor_packed(
    ada: Any, eve: Any, ada_browser: Client, eve_browser: Client
) -> None:
    run = a_run(ada, public=True)
    used(run, factories.a_dataset(eve, "Of Eve"))
    hidden = factories.a_file(factories.a_dataset(ada, "Of Ada"), "secret.txt", b"secret")
    used(run, hidden.dataset)
    answer = eve_browser.get(tab(run))
    assert "secret.txt" not in answer.content.decode()
    assert answer.context["kinds"][0].count == 1
    archive = b"".join(eve_browser.get(reverse("web:run-files", args=[run.pk])).streaming_content)  # type: ignore[attr-defined]
    assert zipfile.ZipFile(io.BytesIO(archive)).namelist() == []


def test_all_files_or_those_that_are_shown_are_downloaded_in_one_archive(
    ada: Any, ada_browser: Client
) -> None:
    run = a_run(ada, name="Kidney 1")
    held = factories.a_file(factories.a_dataset(ada), "a.txt", b"one")
    DataFile.objects.filter(pk=held.pk).update(path="../../a.txt")
    used(run, held.dataset)
    made = factories.a_file(factories.a_dataset(ada), "a.txt", b"three")
    factories.a_file(made.dataset, "a.txt", b"again")
    factories.a_file(made.dataset, "away.txt", status="OFFLINE")
    used(run, made.dataset, "OUTPUT")
    address = reverse("web:run-files", args=[run.pk])
    answer: Any = ada_browser.get(address)
    content = b"".join(answer.streaming_content)
    assert int(answer["Content-Length"]) == len(content)
    assert 'filename="kidney-1.zip"' in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert "away.txt" in packed.pop("LEFT-OUT.txt").decode()
    assert packed == {"inputs/a.txt": b"one", "outputs/a.txt": b"three", "outputs/a-2.txt": b"again"}
    some = b"".join(ada_browser.get(address, {"type": "INPUT"}).streaming_content)  # type: ignore[attr-defined]
    assert zipfile.ZipFile(io.BytesIO(some)).namelist() == ["inputs/a.txt"]


def test_what_cannot_be_downloaded_is_told_before(ada: Any, ada_browser: Client) -> None:
    run, dataset = a_run(ada), factories.a_dataset(ada)
    factories.a_file(dataset, "away.txt", status="OFFLINE")
    used(run, dataset)
    pages = [tab(run), reverse("web:run-directory", args=[run.pk]), reverse("web:dataset", args=[dataset.pk])]
    collection = factories.a_collection(ada)
    CollectionItem.objects.create(collection=collection, dataset=dataset)
    pages.append(reverse("web:collection", args=[collection.pk]))
    for page in pages:
        shown = ada_browser.get(page).content.decode()
        assert "Nothing can be downloaded" in shown
        assert re.search(r"<button[^>]* disabled[^>]*>Download all</button>", shown), page
    factories.a_file(dataset, "here.txt", b"here")
    for page in pages:
        shown = ada_browser.get(page).content.decode()
        assert "1 of 2 files can be downloaded. The archive lists the others in LEFT-OUT.txt." in shown
        assert not re.search(r"<button[^>]* disabled[^>]*>Download all</button>", shown), page
    assert "Nothing can be downloaded" in ada_browser.get(tab(run), {"search": "away"}).content.decode()
    assert "can be downloaded" not in ada_browser.get(tab(run), {"search": "here"}).content.decode()


def test_more_files_than_one_download_takes_are_told_before() -> None:
    assert "at most 10,000 files" in Downloads(10_001, 10_001).note
    assert not Downloads(10_001, 10_001).is_possible
    assert not Downloads(2, 2).note


def test_a_broken_download_goes_on(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    used(run, factories.a_file(factories.a_dataset(ada), "a.txt", b"x" * 1000).dataset)
    address = reverse("web:run-files", args=[run.pk])
    whole: Any = ada_browser.get(address)
    rest: Any = ada_browser.get(address, headers={"Range": "bytes=600-", "If-Range": whole["ETag"]})
    assert rest.status_code == 206
    assert b"".join(rest.streaming_content) == b"".join(whole.streaming_content)[600:]


def test_too_many_files_for_one_request_are_refused_with_advice(
    ada: Any, ada_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rocrate_export.zips_of_files.MOST_FILES", 1)
    run = a_run(ada)
    used(run, a_dataset(ada, "a", "b"))
    page = ada_browser.get(reverse("web:run-files", args=[run.pk]), follow=True)
    assert "Take the RO-Crate" in page.content.decode()


def test_a_dataset_is_added_and_taken_away_again(run: WorkflowRun, ada: Any, ada_browser: Client) -> None:
    new = a_dataset(ada, "new.bam", name="New one")
    address = reverse("web:run-datasets-add", args=[run.pk])
    offered = ada_browser.get(address, {"search": "new.b", "data_type": "OUTPUT"})
    assert [one.pk for one in offered.context["offered"].rows] == [new.pk]
    by_id = ada_browser.get(address, {"search": str(new.pk), "data_type": "OUTPUT"})
    assert [one.pk for one in by_id.context["offered"].rows] == [new.pk]
    done = ada_browser.post(address, {"dataset": [str(new.pk)], "data_type": "OUTPUT"}, follow=True)
    assert "1 dataset was added to the outputs." in done.content.decode()
    link = WorkflowRunDataset.objects.get(workflowrun=run, dataset=new, data_type="OUTPUT")
    assert HistoryEvent.objects.filter(object_id=run.pk).exists()
    again = ada_browser.get(address, {"search": "new.b", "data_type": "OUTPUT"})
    assert again.context["offered"].rows == []
    gone = ada_browser.post(
        reverse("web:run-dataset-remove", args=[run.pk, link.pk]), {"type": "OUTPUT"}, follow=True
    )
    assert "New one is no longer among the outputs of this run" in gone.content.decode()
    assert not WorkflowRunDataset.objects.filter(pk=link.pk).exists()
    assert Dataset.objects.filter(pk=new.pk, deleted=False).exists()


def test_nothing_is_added_that_one_may_not_see_or_did_not_choose(
    run: WorkflowRun, ada_browser: Client, eve: Any
) -> None:
    address = reverse("web:run-datasets-add", args=[run.pk])
    assert "Choose the datasets first" in ada_browser.post(address, {"data_type": "INPUT"}).content.decode()
    secret = a_dataset(eve, name="Of Eve")
    assert "Of Eve" not in ada_browser.get(address, {"search": "Eve"}).content.decode()
    assert ada_browser.post(address, {"dataset": [str(secret.pk)], "data_type": "INPUT"}).status_code == 404
    broken = ada_browser.post(address, {"dataset": ["no-id"], "data_type": "INPUT"})
    assert broken.status_code == 200
    assert run.dataset_links.count() == 6


def test_who_may_only_look_is_offered_no_change(
    run: WorkflowRun, bob_browser: Client, eve_browser: Client
) -> None:
    link = run.dataset_links.first()
    assert link
    page = bob_browser.get(tab(run), {"view": "datasets"}).content.decode()
    add = reverse("web:run-datasets-add", args=[run.pk])
    remove = reverse("web:run-dataset-remove", args=[run.pk, link.pk])
    assert add not in page
    assert remove not in page
    assert bob_browser.get(add).status_code == 403
    assert bob_browser.post(add, {"dataset": [str(link.dataset_id)], "data_type": "LOG"}).status_code == 403
    assert "not change it" in bob_browser.post(remove, follow=True).content.decode()
    assert run.dataset_links.count() == 6
    for address in (tab(run), add, reverse("web:run-files", args=[run.pk])):
        assert eve_browser.get(address).status_code == 404
    assert eve_browser.post(remove).status_code == 404


def test_the_call_that_the_page_names_answers_the_same(run: WorkflowRun, ada_browser: Client) -> None:
    for asked in ({}, {"search": "input"}, {"type": "LOG"}):
        answer = ada_browser.get(tab(run), asked)
        told = ada_browser.get(answer.context["call"]).json()
        assert told["count"] == answer.context["page"].count


def test_hostile_names_stay_names(ada: Any, ada_browser: Client) -> None:
    hostile = "<script>alert(1)</script>\"'"
    run = a_run(ada)
    used(run, a_dataset(ada, hostile, name=hostile))
    add = reverse("web:run-datasets-add", args=[run.pk])
    for address in (tab(run), f"{tab(run)}?view=datasets&search=%3Cscript", add):
        assert "<script>alert" not in ada_browser.get(address).content.decode()


def test_ten_datasets_to_choose_from_cost_no_more_queries_than_one(
    run: WorkflowRun, ada: Any, bob: Any, ada_browser: Client, django_assert_num_queries: Any
) -> None:
    add = reverse("web:run-datasets-add", args=[run.pk])
    a_dataset(ada, "first.txt")
    ada_browser.get(add)  # a first request reads what is kept
    with CaptureQueriesContext(connection) as of_one:
        ada_browser.get(add)
    for number in range(10):
        a_dataset(bob, "more.txt", name=f"more {number}")
    with django_assert_num_queries(len(of_one)):
        ada_browser.get(add)
