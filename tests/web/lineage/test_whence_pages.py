"""Where a file is from that somebody holds in hand."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from data_management.models import DataFile
from provenance.conditions import SHA256_OF_NOTHING
from tests.web.rows import a_dataset, a_run, a_version, used

WHENCE = reverse("web:whence")
KNOWN = "cd" * 32  # what the files of a_dataset have


def test_a_known_checksum_leads_to_the_runs_and_to_the_lineage(ada: Any, ada_browser: Client) -> None:
    dataset = a_dataset(ada, "counts.tsv", name="Counts")
    used(a_run(ada, "the maker"), dataset, "OUTPUT")
    used(a_run(ada, "the user"), dataset)
    answer = ada_browser.get(WHENCE, {"checksum": KNOWN})
    assert "Created by the maker" in answer.text
    assert "the user" in answer.text
    assert reverse("web:file-lineage", args=[DataFile.objects.get().pk]) in answer.text


def test_the_answer_sums_up_the_run_with_what_it_took_in(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada, "the maker", workflowversion=a_version(ada))
    used(run, a_dataset(ada, "counts.tsv"), "OUTPUT")
    used(run, a_dataset(ada, "reads.fq", name="Reads of sample 1"))
    DataFile.objects.filter(name="reads.fq").update(sha256="ef" * 32)
    answer = ada_browser.get(WHENCE, {"q": f"{KNOWN}  counts.tsv"})
    assert "Reads of sample 1" in answer.text
    assert reverse("web:run", args=[run.pk]) in answer.text
    assert str(ada) in answer.text


def test_an_unknown_checksum_says_so_and_what_to_try(ada_browser: Client) -> None:
    answer = ada_browser.get(WHENCE, {"checksum": "01" * 32})
    assert answer.status_code == 200
    assert 'data-count="0"' in answer.text
    assert "Unknown" in answer.text
    assert "compressed or unpacked" in answer.text


def test_what_only_others_have_is_said_to_be_known_but_not_named(ada: Any, eve_browser: Client) -> None:
    a_dataset(ada, "secret.tsv", name="Secret")
    answer = eve_browser.get(WHENCE, {"checksum": KNOWN})
    assert "Registered, but you have no access" in answer.text
    assert "secret" not in answer.text.lower().replace(KNOWN, "")


def test_an_empty_file_is_said_to_be_like_all_empty_files(ada: Any, ada_browser: Client) -> None:
    assert "all empty files have it" in ada_browser.get(WHENCE, {"checksum": SHA256_OF_NOTHING}).text
    a_dataset(ada, "empty.log")
    DataFile.objects.update(sha256=SHA256_OF_NOTHING)
    assert "all empty files have it" in ada_browser.get(WHENCE, {"checksum": SHA256_OF_NOTHING}).text


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("AB" * 32, "sha256"),
        (f"sha256:{'ab' * 32}", "sha256"),
        (f"{'ab' * 32}  results/my counts.tsv", "sha256"),
        (f"{'ab' * 16} *counts.tsv", "md5"),
        (f"SHA256 (counts.tsv) = {'ab' * 32}", "sha256"),
        ("ab" * 16, "md5"),
        ("/data/reads.fq", "uri"),
        ("s3://bucket/reads.fq", "uri"),
        ("results/reads.fq", "path"),
        ("ab" * 31, "path"),
    ],
)
def test_what_is_typed_tells_by_its_looks_what_it_is(value: str, kind: str, ada_browser: Client) -> None:
    answer = ada_browser.get(WHENCE, {"q": f"  {value} "})
    assert answer.context["question"].kind == kind
    assert answer.context["answer"].is_done


def test_a_path_that_is_an_address_can_be_looked_for_as_the_other(ada: Any, ada_browser: Client) -> None:
    dataset = a_dataset(ada, "reads.fq")
    DataFile.objects.filter(dataset=dataset).update(path="/data/reads.fq")
    answer = ada_browser.get(WHENCE, {"q": "/data/reads.fq"})
    assert "Unknown" in answer.text
    assert "Registered" in ada_browser.get(answer.context["question"].otherwise).text


def test_what_the_api_refuses_is_told_in_its_words(ada_browser: Client) -> None:
    answer = ada_browser.get(WHENCE, {"sha256": "short"})
    assert answer.status_code == 200
    assert "64 hexadecimal digits" in answer.text


def test_an_answer_about_many_files_is_bounded_and_costs_no_more_queries(
    ada: Any, ada_browser: Client, django_assert_max_num_queries: Any
) -> None:
    run = a_run(ada)
    for number in range(3):
        used(run, a_dataset(ada, *(f"{number}-{place}.txt" for place in range(40)), name=f"set {number}"))
    with django_assert_max_num_queries(16):
        answer = ada_browser.get(WHENCE, {"checksum": KNOWN})
    assert len(answer.context["answer"].data["results"]) == 50
    assert "and 70 more files" in answer.text


def test_every_page_has_the_box_for_who_is_signed_in_and_for_nobody_else(ada_browser: Client) -> None:
    assert "data-whence-open" in ada_browser.get("/").text
    assert "data-whence-open" not in Client().get(reverse("web:sign-in")).text


def test_names_are_shown_inert(ada: Any, ada_browser: Client) -> None:
    evil = "<img src=x onerror=alert(1)>"
    used(a_run(ada, evil), a_dataset(ada, evil, name=evil), "OUTPUT")
    assert "<img" not in ada_browser.get(WHENCE, {"checksum": KNOWN}).text
