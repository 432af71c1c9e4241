"""The archive as it goes over the wire."""

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.storage.memory import InMemoryStorage
from django.test import override_settings

from data_management.models import DataFile
from rocrate_export.archive import CrateArchive, archive_of, archive_of_version, file_name
from rocrate_export.choice import Choice, Include
from rocrate_export.crate import contents_of
from rocrate_export.shelf import open_stored, sizes_of
from rocrate_export.version import contents_of_version
from rocrate_export.zipping import ContentChanged
from tests.records import HOSTILE_NAMES, NESTED, PROCESS_ONLY, RNASEQ, RUNS, content_of, key_of
from tests.rocrate_export.judge import PROVENANCE, needs_contexts, violations
from tests.rocrate_export.reading import Crate
from workflows.models import WorkflowFile
from workflows.records import RunRecord

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["directory", "elsewhere"])
def storage(request: pytest.FixtureRequest) -> Iterator[None]:
    """The storage as a directory, which is asked directly, and one of which only Django knows how it works."""
    if request.param == "directory":
        yield
        return
    backend = {"default": {"BACKEND": f"{InMemoryStorage.__module__}.{InMemoryStorage.__name__}"}}
    with override_settings(STORAGES=backend):
        yield


def whole(archive: CrateArchive) -> bytes:
    return b"".join(archive)


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def crate_in(archive: CrateArchive) -> Crate:
    return Crate(json.loads(archive.metadata))


@pytest.mark.usefixtures("storage")
@pytest.mark.parametrize("record", RUNS.values(), ids=RUNS.keys())
def test_an_archive_holds_every_member_whole(registered: Any, record: RunRecord) -> None:
    run = registered(record).to_record()
    contents = contents_of(run)
    expected = dict(contents.written) | {one.name: content_of(one.key) for one in contents.stored}
    found = unzipped(whole(archive_of(run)))
    assert found == expected
    assert next(iter(found)) == "ro-crate-metadata.json"


@pytest.mark.parametrize("record", RUNS.values(), ids=RUNS.keys())
def test_the_length_is_known_before_the_first_byte(registered: Any, record: RunRecord) -> None:
    archive = archive_of(registered(record).to_record())
    assert len(archive) == len(whole(archive))


@pytest.mark.usefixtures("storage")
def test_a_download_that_broke_off_goes_on_where_it_ended(registered: Any) -> None:
    archive = archive_of(registered(RNASEQ).to_record())
    data = whole(archive)
    for cut in range(0, len(data), 97):
        assert b"".join(archive.part(cut, len(data))) == data[cut:]


def test_the_same_run_gives_the_same_archive(registered: Any) -> None:
    run = registered(RNASEQ)
    first, second = (archive_of(run.to_record()) for _ in range(2))
    assert whole(first) == whole(second)
    assert first.etag == second.etag


def test_a_choice_is_heard(registered: Any) -> None:
    run = registered(RNASEQ).to_record()
    chosen = archive_of(run, choice=Choice(include=Include.NONE))
    assert not [name for name in unzipped(whole(chosen)) if name.endswith(".bam")]
    assert chosen.etag != archive_of(run).etag


def test_members_bear_the_date_of_the_run(registered: Any) -> None:
    with zipfile.ZipFile(io.BytesIO(whole(archive_of(registered(RNASEQ).to_record())))) as archive:
        assert {one.date_time for one in archive.infolist()} == {(2026, 3, 4, 10, 10, 0)}


def test_a_run_from_before_zip_was_invented_still_leaves(registered: Any) -> None:
    long_ago = RNASEQ.started_at - timedelta(days=365 * 60)
    run = registered(replace(RNASEQ, started_at=long_ago, completed_at=long_ago))
    with zipfile.ZipFile(io.BytesIO(whole(archive_of(run.to_record())))) as archive:
        assert {one.date_time[0] for one in archive.infolist()} == {1980}


def test_an_archive_is_called_after_its_run() -> None:
    assert archive_of(replace(PROCESS_ONLY, id=None)).file_name == "two-commands-on-a-workstation.crate.zip"
    pk = RNASEQ.id
    assert archive_of(replace(PROCESS_ONLY, id=pk, name="<ä>")).file_name == f"a-{pk}.crate.zip"
    assert file_name("読", pk) == f"run-{pk}.crate.zip"
    assert len(file_name("x" * 900, pk)) < 140


# --- What the storage has lost --------------------------------------------------------------------------------


def test_what_the_storage_has_lost_is_said_to_be_lost(registered: Any, lose: Any) -> None:
    run = registered(RNASEQ)
    assert archive_of(run.to_record()).missing == ()
    lose("A.bam")
    archive = archive_of(run.to_record())
    assert archive.missing == ("results/A.bam",)
    assert not [name for name in unzipped(whole(archive)) if name.endswith("A.bam")]
    assert "lost" in crate_in(archive)["file:///dropbox/run/results/A.bam"]["creativeWorkStatus"]
    assert len(archive) == len(whole(archive))


@pytest.mark.usefixtures("storage")
def test_a_file_of_another_size_counts_as_damaged(registered: Any) -> None:
    run = registered(RNASEQ)
    default_storage.delete(key_of("results/A.bam"))
    default_storage.save(key_of("results/A.bam"), ContentFile(b"half of i"))
    default_storage.delete(key_of("params.yaml"))
    archive = archive_of(run.to_record())
    assert set(archive.missing) == {"results/A.bam", "params.yaml"}
    assert "damaged" in crate_in(archive)["file:///dropbox/run/results/A.bam"]["creativeWorkStatus"]
    assert not [name for name in unzipped(whole(archive)) if name.endswith(("A.bam", "params.yaml"))]


def test_a_run_whose_workflow_is_lost_leaves_as_a_process_run_crate(registered: Any) -> None:
    run = registered(RNASEQ)
    default_storage.delete(run.workflowversion.files.get(data_type="MAIN").storage_key)
    archive = archive_of(run.to_record())
    assert crate_in(archive).profiles == {"Process Run Crate"}
    assert archive.missing == ("main.nf",)


def test_a_file_that_changes_under_way_ends_the_archive_early(registered: Any) -> None:
    archive = archive_of(registered(RNASEQ).to_record())
    assert archive.is_whole()
    default_storage.save(key_of("results/A.bam"), ContentFile(b"another content"))
    assert not archive.is_whole()
    with pytest.raises(ContentChanged, match=r"A\.bam has 15 bytes"):
        whole(archive)


def test_a_file_that_goes_under_way_ends_the_archive_early(registered: Any, lose: Any) -> None:
    archive = archive_of(registered(RNASEQ).to_record())
    lose("A.bam")
    assert not archive.is_whole()
    with pytest.raises(FileNotFoundError):
        whole(archive)


@pytest.mark.parametrize("key", ["../settings.py", "/etc/passwd", "data/../../x"])
def test_no_key_leads_out_of_the_storage(key: str) -> None:
    with pytest.raises(SuspiciousFileOperation):
        open_stored()(key)
    with pytest.raises(SuspiciousFileOperation):
        sizes_of([key])


# --- Checksums -----------------------------------------------------------------------------------------------


def unknown() -> int:
    """How many of the stored files have no CRC-32."""
    data = DataFile.objects.filter(crc32=None).exclude(storage_key="").count()
    return data + WorkflowFile.objects.filter(crc32=None).count()


def test_a_checksum_is_measured_once_and_kept(registered: Any) -> None:
    run = registered(RNASEQ)
    assert unknown() > 0
    archive_of(run.to_record())
    assert unknown() == 0
    key = key_of("results/A.bam")
    assert DataFile.objects.get(name="A.bam").crc32 == zlib.crc32(content_of(key))


def test_known_checksums_are_taken_as_they_are(registered: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run = registered(RNASEQ)
    before = archive_of(run.to_record())
    monkeypatch.setattr("rocrate_export.checksums._checksum", lambda *_: pytest.fail("nothing is to be read"))
    run = type(run).objects.get(pk=run.pk)
    assert archive_of(run.to_record()).etag == before.etag


@pytest.mark.usefixtures("storage")
def test_the_measuring_tells_how_far_it_is(registered: Any) -> None:
    run = registered(RNASEQ)
    told: list[tuple[int, int]] = []
    archive_of(run.to_record(), on_progress=lambda files, size: told.append((files, size)))
    stored = contents_of(run.to_record()).stored
    assert told[-1] == (len(stored), sum(one.size or 0 for one in stored))


def test_what_is_not_copied_is_not_read(registered: Any) -> None:
    run = registered(RNASEQ)
    archive_of(run.to_record(), choice=Choice(include=Include.NONE))
    assert not DataFile.objects.exclude(crc32=None).exists()
    assert not WorkflowFile.objects.filter(crc32=None).exists()


def test_what_somebody_else_measured_meanwhile_stays(registered: Any) -> None:
    run = registered(RNASEQ)
    record = run.to_record()
    DataFile.objects.filter(name="A.bam").update(crc32=7)
    archive_of(record)
    assert DataFile.objects.get(name="A.bam").crc32 == 7


def test_what_is_lost_does_not_hinder_measuring_the_rest(registered: Any, lose: Any) -> None:
    run = registered(RNASEQ)
    lose("A.bam")
    archive_of(run.to_record())
    assert unknown() == 1


# --- Kept for later ------------------------------------------------------------------------------------------


def kept(archive: CrateArchive) -> CrateArchive:
    default_storage.save("prepared/plan", ContentFile(b"".join(archive.kept())))
    return CrateArchive.kept_in("prepared/plan")


@pytest.mark.parametrize("record", RUNS.values(), ids=RUNS.keys())
def test_what_is_kept_of_an_archive_gives_the_same_archive(registered: Any, record: RunRecord) -> None:
    archive = archive_of(registered(record).to_record())
    again = kept(archive)
    assert whole(again) == whole(archive)
    assert [b"".join(again.part(n, n + 1)) for n in range(500)] == [
        bytes([one]) for one in whole(archive)[:500]
    ]
    assert (again.etag, again.file_name, again.missing) == (archive.etag, archive.file_name, archive.missing)
    assert again.metadata == archive.metadata


def test_what_is_kept_does_not_hold_the_stored_files(registered: Any, lose: Any) -> None:
    run = registered(RNASEQ)
    lose("params.yaml")
    archive = archive_of(run.to_record())
    assert content_of(key_of("results/A.bam")) not in b"".join(archive.kept())
    assert kept(archive).missing == ("params.yaml",)


def test_what_is_kept_tells_whether_the_stored_files_are_there(registered: Any, lose: Any) -> None:
    again = kept(archive_of(registered(RNASEQ).to_record()))
    assert again.is_whole()
    lose("A.bam")
    assert not again.is_whole()


def test_what_was_kept_in_an_older_form_counts_as_gone(db: None) -> None:
    default_storage.save("prepared/plan", ContentFile((2).to_bytes(8, "little") + b"{}"))
    with pytest.raises(FileNotFoundError):
        CrateArchive.kept_in("prepared/plan")


# --- Versions ------------------------------------------------------------------------------------------------


def test_a_version_leaves_with_its_files(registered: Any) -> None:
    version = registered(RNASEQ).workflowversion
    workflow = version.to_record()
    archive = archive_of_version(workflow, created=version.created, group="Genomics Core")
    contents = contents_of_version(workflow, created=version.created, group="Genomics Core")
    expected = dict(contents.written) | {one.name: content_of(one.key) for one in contents.stored}
    assert unzipped(whole(archive)) == expected
    assert [name for name in expected if name.endswith("main.nf")]
    assert archive.file_name == f"nf-corernaseq-3140-{version.pk}.crate.zip"


def test_a_version_without_one_of_its_files_leaves_without_it(registered: Any) -> None:
    version = registered(RNASEQ).workflowversion
    default_storage.delete(version.files.get(path="LICENSE").storage_key)
    archive = archive_of_version(version.to_record())
    assert archive.missing == ("LICENSE",)
    assert not [name for name in unzipped(whole(archive)) if name.endswith("LICENSE")]


# --- Valid ---------------------------------------------------------------------------------------------------


@needs_contexts
def test_an_archive_that_was_sent_is_valid_where_it_is_unpacked(
    registered: Callable[[RunRecord], Any], tmp_path: Path
) -> None:
    for record in (NESTED, HOSTILE_NAMES):
        folder = tmp_path / record.name[:2].strip("<")
        with zipfile.ZipFile(io.BytesIO(whole(archive_of(registered(record).to_record())))) as archive:
            archive.extractall(folder)
        assert violations(folder, PROVENANCE) == []


def test_the_crate_of_a_stored_run_is_that_of_its_record(registered: Any) -> None:
    """What the registry keeps is enough: nothing is lost on the way through the tables."""
    named_by_its_row = PROCESS_ONLY  # that is, one of its files
    for record in (one for one in RUNS.values() if one is not named_by_its_row):
        kept = registered(record).to_record()
        assert kept == record
        same = replace(record, id=kept.id, created=kept.created, agent=kept.agent, group=kept.group)
        same = replace(same, group_url=kept.group_url, history=kept.history)
        found = json.loads(archive_of(kept).metadata)["@graph"][1]
        assert found == contents_of(same).document["@graph"][1]
