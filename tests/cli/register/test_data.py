"""`runstead register dataset` and `register collection`."""

from pathlib import Path

import pytest

from data_management.models import DataFile, Dataset, DatasetCollection
from tests.cli.conftest import Runstead


@pytest.fixture
def reads(dropbox: Path) -> Path:
    """Reads of two samples, one of them in pairs."""
    place = dropbox / "reads"
    place.mkdir()
    for name in ("a_R1.fastq", "a_R2.fastq", "b.fastq", "notes.txt"):
        (place / name).write_text(f"{name}\n")
    return place


def test_files_become_one_dataset(cli: Runstead, reads: Path) -> None:
    files = [reads / "a_R1.fastq", reads / "b.fastq"]
    answer = cli.json("register", "dataset", *files, "--yes", "--name", "Reads", "--type", "sequencing")
    dataset = Dataset.objects.get()
    assert (dataset.name, dataset.dataset_type, dataset.status) == ("Reads", "sequencing", "ONLINE")
    assert answer["page"] == f"http://testserver/datasets/{dataset.pk}/"
    assert sorted(dataset.datafiles.values_list("name", flat=True)) == ["a_R1.fastq", "b.fastq"]


def test_files_that_make_up_a_dataset_are_not_registered_again(cli: Runstead, reads: Path) -> None:
    cli.well("register", "dataset", reads / "b.fastq", "--yes")
    result = cli.well("register", "dataset", reads / "b.fastq", "--yes", "--name", "Other")
    assert "registered already" in result.stderr
    assert Dataset.objects.get().name == "b.fastq"
    cli.well("register", "dataset", reads / "b.fastq", reads / "notes.txt", "--yes", "--name", "More")
    assert Dataset.objects.count() == 2


def test_a_directory_becomes_a_collection(cli: Runstead, reads: Path) -> None:
    words = ("register", "collection", reads, "--yes", "--pattern", "*.fastq", "--name", "Batch 7")
    said = cli.well(*words).stdout
    collection = DatasetCollection.objects.get(name="Batch 7")
    page = f"http://testserver/collections/{collection.pk}/"
    assert page in said
    assert page in cli.well(*words).stdout  # nothing is new, and the page is named again
    held = collection.datasets
    assert sorted(held.values_list("name", "file_count")) == [("a", 2), ("b.fastq", 1)]


def test_a_collection_takes_in_what_is_new(cli: Runstead, reads: Path) -> None:
    cli.well("register", "collection", reads, "--yes")
    assert DataFile.objects.count() == 4
    assert "registered already" in cli.well("register", "collection", reads, "--yes").stderr
    (reads / "c.fastq").write_text("c")
    cli.well("register", "collection", reads, "--yes")
    collection = DatasetCollection.objects.get()
    assert (collection.name, collection.datasets.count(), DataFile.objects.count()) == ("reads", 4, 5)


def test_one_dataset_makes_a_collection_too(cli: Runstead, reads: Path) -> None:
    cli.well("register", "collection", reads, "--yes", "--pattern", "b.*")
    assert DatasetCollection.objects.get().datasets.get().name == "b.fastq"


@pytest.mark.parametrize("words", [("dataset", "b.fastq"), ("collection", ".")])
def test_a_dry_run_or_a_no_makes_nothing(cli: Runstead, reads: Path, words: tuple[str, str]) -> None:
    told = cli.json("register", words[0], reads / words[1], "--dry-run")
    assert told["dry_run"] is True
    assert cli("register", words[0], reads / words[1], input="n\n").exit_code == 130
    assert not Dataset.objects.exists()


def test_a_pattern_that_matches_nothing_is_told(cli: Runstead, reads: Path) -> None:
    result = cli("register", "collection", reads, "--yes", "--pattern", "*.bam")
    assert result.exit_code == 1
    assert "look at the patterns" in result.stderr
