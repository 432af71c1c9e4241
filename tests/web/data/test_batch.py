"""Deeds on several datasets at once."""

import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from data_management.models import Dataset
from tests.web.data.test_files import a_collection
from tests.web.rows import a_dataset

pytestmark = pytest.mark.django_db

BATCH, LIST = reverse("web:dataset-batch"), reverse("web:dataset-list")


def sent(browser: Client, deed: str, *datasets: Any, **more: Any) -> Any:
    return browser.post(BATCH, {"deed": deed, "dataset": [one.pk for one in datasets], **more}, follow=True)


def test_deleting_asks_first_and_then_leads_back_to_the_same_list(ada: Any, ada_browser: Client) -> None:
    one, other, kept = (a_dataset(ada, name=name) for name in ("Liver", "Kidney", "Heart"))
    page = sent(ada_browser, "delete", one, other).content.decode()
    assert "Put 2 datasets into the trash?" in page
    assert Dataset.objects.filter(deleted=True).count() == 0
    answer = sent(ada_browser, "delete", one, other, sure="1", query="ordering=name&evil=//x")
    assert answer.redirect_chain[0][0] == f"{LIST}?ordering=name"
    assert "2 datasets are in the trash now" in answer.content.decode()
    assert list(Dataset.objects.filter(deleted=False)) == [kept]


def test_what_may_not_be_deleted_is_told_by_name(ada: Any, bob_browser: Client) -> None:
    answer = sent(bob_browser, "delete", a_dataset(ada, name="Liver"), sure="1")
    assert "1 dataset was not deleted. Liver:" in answer.content.decode()
    assert not Dataset.objects.get().deleted


def test_datasets_are_added_to_a_collection_that_one_may_edit(ada: Any, ada_browser: Client) -> None:
    collection, one = a_collection(ada, "there"), a_dataset(ada, name="Liver")
    assert f'value="{collection.pk}"' in sent(ada_browser, "collect", one).content.decode()
    assert "Choose a collection" in sent(ada_browser, "collect", one, sure="1").content.decode()
    answer = sent(ada_browser, "collect", one, sure="1", collection=collection.pk)
    assert "1 dataset is in this collection now" in answer.content.decode()
    assert one in collection.datasets.all()


def test_nobody_adds_to_the_collection_of_another(ada: Any, bob_browser: Client) -> None:
    collection, one = a_collection(ada, "there"), a_dataset(ada, name="Liver")
    assert str(collection.pk) not in sent(bob_browser, "collect", one).content.decode()
    sent(bob_browser, "collect", one, sure="1", collection=collection.pk)
    assert one not in collection.datasets.all()
    assert sent(bob_browser, "collect", one, sure="1", collection="x").status_code == 404


def test_the_files_of_several_come_in_one_archive(ada: Any, ada_browser: Client, eve_browser: Client) -> None:
    one, other = a_dataset(ada, "a.txt", name="Liver"), a_dataset(ada, "b.txt", name="Kidney")
    answer = sent(ada_browser, "download", one, other)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    left_out = archive.read("LEFT-OUT.txt").decode()  # the registry knows these files, but does not hold them
    assert "liver/a.txt" in left_out
    assert "kidney/b.txt" in left_out
    hidden = b"".join(sent(eve_browser, "download", one).streaming_content)
    assert b"a.txt" not in hidden


@pytest.mark.parametrize(
    ("deed", "ids", "said"), [("delete", [], "Select datasets first"), ("burn", ["x"], "Choose what to do")]
)
def test_what_makes_no_sense_is_told(ada_browser: Client, deed: str, ids: list[str], said: str) -> None:
    answer = ada_browser.post(BATCH, {"deed": deed, "dataset": ids}, follow=True)
    assert said in answer.content.decode()
