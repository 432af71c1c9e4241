"""Files, datasets and collections: lists, pages, changes and downloads."""

import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.trail import tell
from data_management.models import CollectionItem, DataFile, DatasetCollection
from tests import factories
from tests.web.rows import a_dataset, a_job, a_run, a_version, used
from workflows.models import JobFileLink

pytestmark = pytest.mark.django_db


def file_named(name: str) -> DataFile:
    """The only file of that name."""
    return DataFile.objects.get(name=name)


def a_collection(user: Any, *names: str, name: str = "Cohort") -> DatasetCollection:
    """A collection of datasets of these names with a file each, the last one first."""
    collection = DatasetCollection.objects.create(name=name, owner=user, owned_by=user.default_group())
    for place, one in enumerate(names):
        dataset = a_dataset(user, f"{one}.txt", name=one)
        CollectionItem.objects.create(collection=collection, dataset=dataset, position=len(names) - place)
    return collection


def rows(browser: Client, route: str, **asked: str) -> list[str]:
    """The names in a list."""
    return [one.name for one in browser.get(reverse(route), asked).context["page"].rows]


# --- files --------------------------------------------------------------------------------------------------


def test_files_are_found_by_name_and_by_checksum(ada: Any, ada_browser: Client) -> None:
    a_dataset(ada, "reads.fastq", "aligned.bam")
    DataFile.objects.filter(name="aligned.bam").update(sha256="12" * 32, md5sum="34" * 16, status="ERROR")
    for asked in ("ALIGN", "12" * 32, "34" * 16):
        assert rows(ada_browser, "web:file-list", search=asked) == ["aligned.bam"]
    assert rows(ada_browser, "web:file-list", status="ERROR") == ["aligned.bam"]
    assert rows(ada_browser, "web:file-list", ordering="name") == ["aligned.bam", "reads.fastq"]
    assert rows(ada_browser, "web:file-list", ordering="-name", status="what") == [
        "reads.fastq",
        "aligned.bam",
    ]
    dataset = file_named("reads.fastq").dataset_id
    answer = ada_browser.get(reverse("web:file-list"), {"dataset": str(dataset)})
    assert "dataset: " in answer.content.decode()


def test_a_file_tells_what_it_is_and_what_it_was_used_for(ada: Any, bob_browser: Client) -> None:
    dataset = a_dataset(ada, "aligned.bam", name="Alignments")
    file = file_named("aligned.bam")
    maker = a_run(ada, "the maker")
    used(maker, dataset, "OUTPUT")
    used(a_run(ada, "the user"), dataset)
    JobFileLink.objects.create(job=a_job(maker), datafile=file, role="MADE")
    answer = bob_browser.get(reverse("web:file", args=[file.pk]))
    page = answer.content.decode()
    for text in ("aligned.bam", "cd" * 32, "Alignments", "1,000 bytes", "the maker", "the user", "job 0"):
        assert text in page
    assert [link.workflowrun.name for link in answer.context["makers"].rows] == ["the maker"]


def test_the_same_content_is_told_where_one_may_see_it(ada: Any, eve: Any, ada_browser: Client) -> None:
    a_dataset(ada, "one.txt")
    a_dataset(ada, "twin.txt", name="Elsewhere")
    a_dataset(eve, "of-eve.txt")
    version = a_version(ada)
    version.files.update(sha256="cd" * 32, path="scripts/one.txt")
    page = ada_browser.get(reverse("web:file", args=[file_named("one.txt").pk])).content.decode()
    assert "twin.txt" in page
    assert "scripts/one.txt" in page
    assert "of-eve.txt" not in page


def test_a_file_without_a_checksum_is_like_no_other(ada: Any, ada_browser: Client) -> None:
    a_dataset(ada, "one.txt", "two.txt")
    DataFile.objects.update(sha256="")
    page = ada_browser.get(reverse("web:file", args=[file_named("one.txt").pk])).content.decode()
    assert "Its SHA-256 is not known" in page
    assert "two.txt" not in page


def test_where_a_file_was_found_is_a_link_only_on_the_web(ada: Any, ada_browser: Client) -> None:
    a_dataset(ada, "one.txt")
    for uri, linked in (("https://example.org/a", True), ("javascript:alert(1)", False)):
        DataFile.objects.update(uri=uri)
        page = ada_browser.get(reverse("web:file", args=[file_named("one.txt").pk])).content.decode()
        assert (f'href="{uri}"' in page) is linked
        assert uri in page


def test_why_a_file_is_not_there_is_said(ada: Any, ada_browser: Client) -> None:
    a_dataset(ada, "one.txt")
    DataFile.objects.update(status="ERROR", error="It is 12 bytes shorter than was said.")
    page = ada_browser.get(reverse("web:file", args=[file_named("one.txt").pk])).content.decode()
    assert "It is 12 bytes shorter than was said." in page
    assert "/download/" not in page


# --- datasets and collections -------------------------------------------------------------------------------


def test_datasets_are_narrowed_by_the_filters_of_the_api(ada: Any, bob: Any, ada_browser: Client) -> None:
    a_dataset(ada, "aligned.bam", name="Liver", status="ERROR", public=True)
    used(a_run(ada), a_dataset(bob, "reads.fastq", name="Kidney"))
    for asked, found in (
        ({"search": "liv"}, ["Liver"]),
        ({"status": "ERROR"}, ["Liver"]),
        ({"public": "true"}, ["Liver"]),
        ({"owner": str(bob.pk)}, ["Kidney"]),
        ({"file": "reads"}, ["Kidney"]),
        ({"owned_by": str(ada.default_group().pk)}, ["Kidney", "Liver"]),
        ({"ordering": "-name"}, ["Liver", "Kidney"]),
        ({"owner": "nonsense", "status": "ERROR"}, ["Liver"]),
        ({"checksum": "cd" * 32, "search": "kid"}, ["Kidney"]),
    ):
        answer = ada_browser.get(reverse("web:dataset-list"), asked)
        assert [one.name for one in answer.context["page"].rows] == found, asked
        told = ada_browser.get(answer.context["call"]).json()["results"]
        assert [one["name"] for one in told] == found, asked


def test_a_filter_without_a_field_can_be_taken_away(ada: Any, ada_browser: Client) -> None:
    collection = a_collection(ada, "a", "b")
    asked = {"collection": str(collection.pk), "search": "a"}
    page = ada_browser.get(reverse("web:dataset-list"), asked).content.decode()
    assert f"collection: {str(collection.pk)[:30]}" in page
    assert 'href="?search=a&amp;"' in page


def test_the_files_of_a_dataset_are_searched_and_come_in_pages(ada: Any, ada_browser: Client) -> None:
    dataset = a_dataset(ada, *(f"part-{number:03}" for number in range(120)), "odd.txt")
    address = reverse("web:dataset", args=[dataset.pk])
    assert "1–50 of 121" in ada_browser.get(address).content.decode()
    found = ada_browser.get(address, {"search": "odd"}).context["page"].rows
    assert [one.name for one in found] == ["odd.txt"]
    assert "No file is like that" in ada_browser.get(address, {"status": "ERROR"}).content.decode()


def test_a_collection_tells_its_datasets_in_their_order(ada: Any, eve: Any, ada_browser: Client) -> None:
    collection = a_collection(ada, "last", "first")
    CollectionItem.objects.create(collection=collection, dataset=a_dataset(eve, "x", name="Of Eve"))
    answer = ada_browser.get(reverse("web:collection", args=[collection.pk]))
    assert [one.name for one in answer.context["page"].rows] == ["first", "last"]
    assert answer.context["totals"] == {"datasets": 2, "files": 2, "size": 2000}
    listed = ada_browser.get(reverse("web:collection-list")).context["page"].rows
    assert [(one.name, one.totals["datasets"]) for one in listed] == [("Cohort", 2)]
    found = ada_browser.get(reverse("web:collection", args=[collection.pk]), {"search": "las"})
    assert [one.name for one in found.context["page"].rows] == ["last"]


@pytest.mark.parametrize("kind", ["dataset", "collection"])
def test_all_files_come_in_one_archive(ada: Any, ada_browser: Client, kind: str) -> None:
    dataset = factories.a_dataset(ada, "Über reads")
    factories.a_file(dataset, "a.txt", b"one")
    collection = factories.a_collection(ada, dataset, name="Cohort")
    record = dataset if kind == "dataset" else collection
    answer: Any = ada_browser.get(reverse(f"web:{kind}-zip", args=[record.pk]))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        names = archive.namelist()
        assert archive.read(names[0]) == b"one"
    assert names == ["über-reads/a.txt" if kind == "dataset" else "cohort/über-reads/a.txt"]


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("dataset", {"name": "Renamed", "description": "**New**", "dataset_type": "reads", "is_raw": True}),
        ("collection", {"name": "Renamed", "description": "**New**", "is_raw": True}),
        ("file", {"name": "renamed.txt", "format": "tsv", "mime_type": "text/plain"}),
    ],
)
def test_facts_are_changed_by_those_who_may(
    ada: Any, ada_browser: Client, bob_browser: Client, kind: str, facts: dict[str, Any]
) -> None:
    collection = a_collection(ada, "one")
    file = file_named("one.txt")
    record: Any = {"dataset": file.dataset, "collection": collection, "file": file}[kind]
    page, edit = (reverse(f"web:{name}", args=[record.pk]) for name in (kind, f"{kind}-edit"))
    assert edit in ada_browser.get(page).content.decode()
    assert edit not in bob_browser.get(page).content.decode()
    assert bob_browser.get(edit).status_code == 403
    assert bob_browser.post(edit, facts).status_code == 403
    assert record.name in ada_browser.get(edit).content.decode()
    state = ada_browser.get(edit).context["state"]
    answer = ada_browser.post(edit, {**facts, "state": state}, follow=True)
    assert "was changed" in answer.content.decode()
    record.refresh_from_db()
    assert {name: getattr(record, name) for name in facts} == facts


def test_what_is_wrong_is_said_in_the_form(ada: Any, ada_browser: Client) -> None:
    dataset = a_dataset(ada)
    answer = ada_browser.post(
        reverse("web:dataset-edit", args=[dataset.pk]), {"name": "", "dataset_type": "x"}
    )
    assert "This field is required" in answer.content.decode()


@pytest.mark.parametrize("kind", ["dataset", "collection", "file"])
def test_nobody_overwrites_the_change_of_another_unnoticed(ada: Any, ada_browser: Client, kind: str) -> None:
    collection = a_collection(ada, "one")
    file = file_named("one.txt")
    record: Any = {"dataset": file.dataset, "collection": collection, "file": file}[kind]
    edit = reverse(f"web:{kind}-edit", args=[record.pk])
    form = ada_browser.get(edit).context
    given = {name: form["form"][name].value() or "" for name in form["form"].fields} | {
        "state": form["state"]
    }
    assert ada_browser.post(edit, {**given, "name": "Of another"}).status_code == 302
    refused = ada_browser.post(edit, {**given, "name": "Mine"})
    assert "Name: Of another" in refused.content.decode()
    assert "This record was changed while you were editing it" in refused.content.decode()
    record.refresh_from_db()
    assert record.name == "Of another"
    ada_browser.post(edit, {**given, "name": "Mine", "state": refused.context["state"]})
    record.refresh_from_db()
    assert record.name == "Mine"


def test_saving_without_a_change_changes_nothing(ada: Any, ada_browser: Client) -> None:
    dataset = a_dataset(ada, description="one\ntwo\n")
    edit = reverse("web:dataset-edit", args=[dataset.pk])
    form = ada_browser.get(edit).context["form"]
    given = {name: form[name].value() or "" for name in form.fields}
    given["description"] = "one\r\ntwo\r\n"  # as browsers send it
    assert "Nothing was changed" in ada_browser.post(edit, given, follow=True).content.decode()


# --- what lies in a collection --------------------------------------------------------------------------------


def test_datasets_are_put_into_a_collection_and_taken_out(
    ada: Any, ada_browser: Client, bob_browser: Client
) -> None:
    collection = a_collection(ada, "one")
    other = a_dataset(ada, "reads.fastq", name="Reads")
    page, collect = (reverse(f"web:{name}", args=[collection.pk]) for name in ("collection", "collect"))
    offered = ada_browser.get(collect, {"search": "fastq"})
    assert [one.name for one in offered.context["offered"].rows] == ["Reads"]
    assert [one.name for one in ada_browser.get(collect).context["offered"].rows] == ["Reads"]
    done = ada_browser.post(collect, {"dataset": str(other.pk)}, follow=True)
    assert "1 dataset was added to this collection" in done.content.decode()
    assert [one.name for one in done.context["page"].rows] == ["one", "Reads"]
    take_out = reverse("web:take-out-of-collection", args=[collection.pk, other.pk])
    assert take_out in done.content.decode()
    assert take_out not in bob_browser.get(page).content.decode()
    assert bob_browser.get(collect).status_code == 403
    gone = ada_browser.post(take_out, follow=True)
    assert "Reads was removed from this collection" in gone.content.decode()
    assert [one.name for one in gone.context["page"].rows] == ["one"]


def test_choosing_nothing_is_said(ada: Any, ada_browser: Client) -> None:
    answer = ada_browser.post(reverse("web:collect", args=[a_collection(ada, "one").pk]), {})
    assert "Choose the datasets first" in answer.content.decode()


# --- history and trash ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["dataset", "collection"])
def test_what_was_done_is_told_and_has_pages_beside_those_of_the_list(
    ada: Any, ada_browser: Client, kind: str
) -> None:
    collection = a_collection(ada, "one")
    record: Any = file_named("one.txt").dataset if kind == "dataset" else collection
    for number in range(3):
        tell(record, "updated", by=ada, changes={"name": ["old", f"new {number}"]})
    page = reverse(f"web:{kind}", args=[record.pk])
    first = ada_browser.get(page, {"ordering": "name"}).content.decode()
    assert "new 0" in first
    assert "new 2" in first
    answer = ada_browser.get(page, {"history": "2"})
    assert answer.context["page"].number == 1
    assert "There is no page 2" in answer.content.decode()
    assert "Nothing of this kind is recorded" in ada_browser.get(page, {"of": "sharing"}).content.decode()


@pytest.mark.parametrize("kind", ["dataset", "collection"])
def test_what_lies_in_the_trash_has_a_page_from_which_it_is_restored(
    ada: Any, ada_browser: Client, bob_browser: Client, eve_browser: Client, kind: str
) -> None:
    collection = a_collection(ada, "one")
    record: Any = file_named("one.txt").dataset if kind == "dataset" else collection
    page, restore = (
        reverse(f"web:{kind}", args=[record.pk]),
        reverse(f"web:out-of-trash-{kind}", args=[record.pk]),
    )
    gone = ada_browser.post(reverse(f"web:into-trash-{kind}", args=[record.pk]), follow=True)
    assert gone.redirect_chain[-1][0] == page
    shown = gone.content.decode()
    for said in ("In the trash since", f"put there by {ada.full_name}", restore):
        assert said in shown
    assert ("one.txt" if kind == "dataset" else ">one</a>") in shown
    assert restore not in bob_browser.get(page).content.decode()
    assert eve_browser.get(page).status_code == 404
    assert "In the trash since" not in ada_browser.post(restore, follow=True).content.decode()


def test_strangers_find_neither_files_nor_collections(ada: Any, eve_browser: Client) -> None:
    collection = a_collection(ada, "ours")
    file = file_named("ours.txt")
    for route, key in (
        ("web:collection", collection.pk),
        ("web:collection-edit", collection.pk),
        ("web:collection-zip", collection.pk),
        ("web:dataset-zip", file.dataset_id),
        ("web:dataset-edit", file.dataset_id),
        ("web:file", file.pk),
        ("web:file-edit", file.pk),
    ):
        assert eve_browser.get(reverse(route, args=[key])).status_code == 404, route
    for route in ("web:dataset-list", "web:collection-list", "web:file-list"):
        assert rows(eve_browser, route) == []


def test_lists_and_pages_cost_the_same_for_many_rows(
    ada: Any, ada_browser: Client, django_assert_max_num_queries: Any
) -> None:
    collection = a_collection(ada, *(f"set-{number}" for number in range(20)))
    for number in range(20):
        a_collection(ada, f"other-{number}", name=f"collection {number}")
        used(a_run(ada, f"run {number}"), file_named("set-0.txt").dataset)
    for address, most in (
        (reverse("web:dataset-list"), 6),
        (reverse("web:collection-list"), 7),
        (reverse("web:file-list"), 5),
        (reverse("web:collection", args=[collection.pk]), 13),
        (reverse("web:dataset", args=[file_named("set-0.txt").dataset_id]), 16),
        (reverse("web:file", args=[file_named("set-0.txt").pk]), 12),
    ):
        with django_assert_max_num_queries(most):
            assert ada_browser.get(address).status_code == 200
