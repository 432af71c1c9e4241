"""Runs of Galaxy as crates: they have what the profiles require, and bring back the run."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from rocrate_export.crate import contents_of
from tests.galaxy_import.translate.cases import DESCRIBED, PAIRS, PARTLY, SKIPPED, WHOLE, case
from tests.rocrate_export.judge import PROVENANCE, needs_contexts, violations
from tests.rocrate_import.normal import normal
from tests.rocrate_import.reading import read_path
from workflows.models import WorkflowRun
from workflows.records import RunRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def recorded(record: Any) -> Any:
    """Writes a recorded run down with all its datasets, and reads it back."""

    def write(version: str, name: str) -> RunRecord:
        record(case(version, name, all_outputs=True).run, create_datasets=True)
        read: RunRecord = WorkflowRun.objects.with_everything().get().to_record()
        return read

    return write


def crate_of(record: RunRecord, folder: Path) -> Path:
    """The archive of a run, with the file of its workflow as it was kept."""
    path, contents = folder / "run.crate.zip", contents_of(record)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.written:
            archive.writestr(name, content)
        for member in contents.stored:
            with default_storage.open(member.key) as kept:
                archive.writestr(member.name, kept.read())
    return path


@pytest.mark.parametrize(("version", "name"), WHOLE)
def test_a_crate_of_a_run_of_galaxy_gives_the_record_again(
    recorded: Any, tmp_path: Path, version: str, name: str
) -> None:
    record = recorded(version, name)
    found = read_path(crate_of(record, tmp_path))
    assert found.record == normal(record)
    assert found.warnings == ()


@needs_contexts
@pytest.mark.once
@pytest.mark.parametrize(("version", "name"), [DESCRIBED, PAIRS, PARTLY, SKIPPED])
def test_a_crate_of_a_run_of_galaxy_has_all_that_its_profile_requires(
    recorded: Any, tmp_path: Path, version: str, name: str
) -> None:
    folder = tmp_path / "crate"
    with zipfile.ZipFile(crate_of(recorded(version, name), tmp_path)) as archive:
        archive.extractall(folder)
    assert violations(folder, PROVENANCE) == []
