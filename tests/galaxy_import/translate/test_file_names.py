"""What the files of datasets are called, as distinct from the datasets."""

import pytest

from galaxy_import.answers import DataAnswer
from galaxy_import.translate.paths import apart, file_name
from tests.galaxy_import.translate.answered import collection, dataset, element, invocation, run_of


@pytest.mark.parametrize(
    ("name", "extension", "called"),
    [
        ("Select first on dataset 15", "txt", "Select first on dataset 15.txt"),
        ("reads.txt", "txt", "reads.txt"),
        ("READS.TXT", "txt", "READS.TXT"),
        ("s1", "tabular", "s1.tabular"),
        ("reads.fastq", "fastqsanger.gz", "reads.fastq"),
        ("bad.tsv", "tabular", "bad.tsv"),
        ("reads.fq.gz", "fastqsanger.gz", "reads.fq.gz"),
        ("sample 1.2", "tabular", "sample 1.2.tabular"),
        (".hidden", "txt", ".hidden.txt"),
        ("https://example.org/a b.bed", "bed", "https:_example.org_a b.bed"),
        ("a\nb\\c", "", "a_b_c"),
        ("..", "", "_.."),
        ("", "txt", "dataset.txt"),
        ("odd", "../../etc", "odd"),
    ],
)
def test_a_file_is_called_as_its_dataset_with_an_ending(name: str, extension: str, called: str) -> None:
    assert file_name(name, extension) == called


def test_a_long_name_keeps_its_ending() -> None:
    assert len(file_name("x" * 1000, "tabular")) == 255
    assert file_name("x" * 1000, "tabular").endswith("x….tabular")


def test_a_dataset_keeps_galaxys_name_and_its_file_has_an_ending() -> None:
    told = invocation(outputs={"out": {"src": "hda", "id": "d", "workflow_step_id": "step0"}})
    (data,) = run_of(told, data=DataAnswer({"d": dataset("d", name="Cut on data 1/2")})).data
    assert (data.dataset.name, data.dataset.files[0].name) == ("Cut on data 1/2", "Cut on data 1_2.txt")


def test_an_element_is_called_by_its_place_in_the_collection_wherever_it_stands_first() -> None:
    kept = collection("c", "list", element("s1", dataset("d")))
    told = invocation(
        inputs={
            "0": {"src": "hda", "id": "d", "label": "alone"},
            "1": {"src": "hdca", "id": "c", "label": "whole"},
        }
    )
    _, whole = run_of(told, data=DataAnswer({"d": dataset("d")}, {"c": kept})).data
    (file,) = whole.dataset.files
    assert (file.name, file.path) == ("s1.txt", "inputs/alone.txt")


@pytest.mark.parametrize(
    ("path", "other"),
    [("outputs/a.txt", "outputs/a-x1.txt"), ("a", "a-x1"), ("o/b.tar.gz", "o/b-x1.tar.gz")],
)
def test_what_cannot_have_a_path_stands_beside_it(path: str, other: str) -> None:
    assert apart(path, "x1") == other
