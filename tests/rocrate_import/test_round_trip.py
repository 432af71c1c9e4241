"""A crate of ours, read again, gives the record that it was built from, in the normal form."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rocrate_export.choice import EVERYTHING, Choice, Include
from rocrate_export.crate import Contents, contents_of
from rocrate_export.version import contents_of_version
from rocrate_import.translate import Translation
from rocrate_packages import open_package
from tests.records import ADA, RUNS, TOLD, content_of
from tests.rocrate_import.normal import normal
from tests.rocrate_import.reading import read_path
from tests.rocrate_import.strategies import runs
from workflows.records import PersonRecord, RunRecord

NOTHING = Choice(Include.NONE)
PUBLIC = "https://registry.example.org"


def archive_of(contents: Contents) -> bytes:
    """The archive of a crate, with the content that ``tests.records`` gives its files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in contents.written:
            archive.writestr(name, content)
        for member in contents.stored:
            archive.writestr(member.name, content_of(member.key))
    return packed.getvalue()


def returned(record: RunRecord, folder: Path, base_url: str = "", choice: Choice = EVERYTHING) -> Translation:
    """What comes back of a record."""
    path = folder / "run.crate.zip"
    path.write_bytes(archive_of(contents_of(record, base_url, choice)))
    return read_path(path)


@pytest.mark.parametrize("name", RUNS)
def test_a_crate_of_ours_gives_the_record_again(name: str, tmp_path: Path) -> None:
    assert returned(RUNS[name], tmp_path).record == normal(RUNS[name])


@pytest.mark.parametrize("name", RUNS)
def test_so_does_one_that_names_the_public_address(name: str, tmp_path: Path) -> None:
    choice = Choice(absolute=True)
    record = returned(RUNS[name], tmp_path, PUBLIC, choice).record
    assert record == normal(RUNS[name], choice)


@pytest.mark.parametrize("base_url", ["", PUBLIC])
def test_all_that_a_source_can_tell_comes_back(base_url: str, tmp_path: Path) -> None:
    assert returned(TOLD, tmp_path, base_url).record == normal(TOLD)


@pytest.mark.parametrize("name", RUNS)
def test_nothing_of_our_own_is_odd_to_us(name: str, tmp_path: Path) -> None:
    assert returned(RUNS[name], tmp_path).warnings == ()


@pytest.mark.parametrize("name", RUNS)
def test_every_file_leads_to_its_entry_in_the_package(name: str, tmp_path: Path) -> None:
    record = returned(RUNS[name], tmp_path).record
    assert record is not None
    was = {file: file.storage_key for link in normal(RUNS[name]).datasets for file in link.dataset.files}
    path = tmp_path / "run.crate.zip"
    with open_package(path) as package:
        for file in (file for link in record.datasets for file in link.dataset.files if file.storage_key):
            with package.open(file.storage_key) as stream:
                assert stream.read() == content_of(was[file])


def test_without_its_files_a_crate_still_gives_the_rest(tmp_path: Path) -> None:
    run = RUNS["rnaseq"]
    record = returned(run, tmp_path, choice=NOTHING).record
    assert record is not None
    assert replace(record, datasets=()) == replace(normal(run), datasets=())
    assert not any(file.storage_key for link in record.datasets for file in link.dataset.files)
    assert [link.dataset.name for link in record.datasets] == [link.dataset.name for link in run.datasets]


@pytest.mark.parametrize("name", ["rnaseq", "cancelled", "script", "nested", "named workflow"])
@pytest.mark.parametrize("base_url", ["", PUBLIC])
def test_a_workflow_comes_back_from_a_crate_of_its_own(name: str, base_url: str, tmp_path: Path) -> None:
    known = RUNS[name].workflow
    assert known is not None
    path = tmp_path / "workflow.crate.zip"
    version = replace(
        known, creators=(ADA, PersonRecord("Bob", role="author")), source_url="https://example.org/s"
    )
    path.write_bytes(archive_of(contents_of_version(version, base_url)))
    translation = read_path(path)
    assert translation.record is None
    assert translation.workflow == version


@settings(
    max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
@given(record=runs(), base_url=st.sampled_from(["", PUBLIC]))
def test_so_does_the_crate_of_any_record(
    record: RunRecord, base_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    assert returned(record, folder, base_url).record == normal(record)
