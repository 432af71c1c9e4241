"""The archive as it goes over the wire."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from rocrate_export.archive import archive_of
from rocrate_export.crate import contents_of
from tests.records import HOSTILE_NAMES, NESTED, PROCESS_ONLY, RNASEQ, RUNS, content_of, key_of
from tests.rocrate_export.judge import PROVENANCE, needs_contexts, violations
from tests.rocrate_export.reading import Crate
from workflows.records import RunRecord

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("record", RUNS.values(), ids=RUNS.keys())
def test_an_archive_holds_every_member_whole(registered: Any, record: RunRecord) -> None:
    run = registered(record).to_record()
    data = b"".join(archive_of(run))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        contents = contents_of(run)
        expected = dict(contents.written) | {name: content_of(key) for name, key, *_ in contents.stored}
        assert {name: archive.read(name) for name in archive.namelist()} == expected
        assert archive.namelist()[0] == "ro-crate-metadata.json"


@pytest.mark.parametrize("record", RUNS.values(), ids=RUNS.keys())
def test_the_length_is_known_before_the_first_byte(registered: Any, record: RunRecord) -> None:
    archive = archive_of(registered(record).to_record())
    assert len(archive) == len(b"".join(archive))


def test_the_same_run_gives_the_same_archive(registered: Any) -> None:
    run = registered(RNASEQ)
    first, second = (archive_of(run.to_record()) for _ in range(2))
    assert b"".join(first) == b"".join(second)
    assert first.etag == second.etag


def test_members_bear_the_date_of_the_run(registered: Any) -> None:
    with zipfile.ZipFile(io.BytesIO(b"".join(archive_of(registered(RNASEQ).to_record())))) as archive:
        assert {one.date_time for one in archive.infolist()} == {(2026, 3, 4, 10, 10, 0)}


def test_a_run_from_before_zip_was_invented_still_leaves(registered: Any) -> None:
    long_ago = RNASEQ.started_at - timedelta(days=365 * 60)
    run = registered(replace(RNASEQ, started_at=long_ago, completed_at=long_ago))
    with zipfile.ZipFile(io.BytesIO(b"".join(archive_of(run.to_record())))) as archive:
        assert {one.date_time[0] for one in archive.infolist()} == {1980}


def test_what_the_storage_has_lost_is_said_to_be_lost(registered: Any, lose: Any) -> None:
    run = registered(RNASEQ)
    lose("A.bam")
    archive = archive_of(run.to_record())
    crate = Crate(archive.contents.document)
    assert not any(name.endswith("A.bam") for name, *_ in archive.contents.stored)
    assert "lost" in crate["file:///dropbox/run/results/A.bam"]["creativeWorkStatus"]
    assert len(archive) == len(b"".join(archive))


def test_a_run_whose_workflow_is_lost_leaves_as_a_process_run_crate(registered: Any) -> None:
    run = registered(RNASEQ)
    default_storage.delete(run.workflowversion.files.get(data_type="MAIN").storage_key)
    crate = Crate(archive_of(run.to_record()).contents.document)
    assert crate.profiles == {"Process Run Crate"}


def test_a_file_that_changes_under_way_ends_the_archive_early(registered: Any) -> None:
    archive = archive_of(registered(RNASEQ).to_record())
    default_storage.save(key_of("results/A.bam"), ContentFile(b"another content"))
    with pytest.raises(RuntimeError, match=r"A\.bam has 15 bytes"):
        b"".join(archive)


@needs_contexts
def test_an_archive_that_was_sent_is_valid_where_it_is_unpacked(registered: Any, tmp_path: Path) -> None:
    for record in (NESTED, HOSTILE_NAMES):
        folder = tmp_path / record.name[:2].strip("<")
        with zipfile.ZipFile(io.BytesIO(b"".join(archive_of(registered(record).to_record())))) as archive:
            archive.extractall(folder)
        assert violations(folder, PROVENANCE) == []


def test_the_crate_of_a_stored_run_is_that_of_its_record(registered: Any) -> None:
    """What the registry keeps is enough: nothing is lost on the way through the tables."""
    named_by_its_row = PROCESS_ONLY  # that is, one of its files
    for record in (one for one in RUNS.values() if one is not named_by_its_row):
        kept = registered(record).to_record()
        assert kept == record
        same = replace(record, id=kept.id, created=kept.created, agent=kept.agent, group=kept.group)
        same = replace(same, group_url=kept.group_url)
        assert (
            json.loads(archive_of(kept).contents.metadata)["@graph"][1]
            == contents_of(same).document["@graph"][1]
        )
