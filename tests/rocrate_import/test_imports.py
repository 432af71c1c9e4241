"""Crates become runs: once, whole, and with what was odd told."""

import hashlib
from collections.abc import Callable
from typing import Any
from zipfile import ZIP_STORED

import pytest
from django.core.files.storage import default_storage

from accounts.models import User
from data_management.models import DataFile
from rocrate_export.models import StoredCrate
from rocrate_import.models import CrateImport
from tests.conftest import Api
from tests.rocrate_import.conftest import IMPORTS, RUNS
from tests.rocrate_import.crates import a_run_crate, a_workflow_crate, packed
from workflows.models import WorkflowRun, WorkflowVersion

pytestmark = pytest.mark.django_db


def test_a_crate_becomes_a_run_with_its_files(imported: Any, ada_api: Api, genomics: Any) -> None:
    done = imported(a_run_crate({"out/a b.txt": b"ACGT\n"}, name="Sorted"))
    assert (done["state"], done["error"]) == ("DONE", "")
    assert (done["files_done"], done["files_total"], done["bytes_done"]) == (1, 1, 5)
    run = ada_api.get(f"{RUNS}{done['workflowrun']}/").json()
    assert (run["name"], run["is_imported"], run["owned_by"]) == ("Sorted", True, str(genomics.pk))
    file = DataFile.objects.get()
    assert (file.status, file.size, file.sha256) == ("ONLINE", 5, hashlib.sha256(b"ACGT\n").hexdigest())
    assert file.md5sum == hashlib.md5(b"ACGT\n", usedforsecurity=False).hexdigest()
    assert file.crc32 is not None
    with default_storage.open(file.storage_key) as content:
        assert content.read() == b"ACGT\n"


def test_the_archive_is_kept_byte_for_byte(imported: Any) -> None:
    archive = packed(a_run_crate())
    done = imported(archive, name="mine.zip")
    kept = StoredCrate.objects.get()
    assert (str(kept.run_id), kept.name, kept.size) == (done["workflowrun"], "mine.zip", len(archive))
    assert kept.sha256 == done["sha256"] == hashlib.sha256(archive).hexdigest()
    with default_storage.open(kept.storage_key) as content:
        assert content.read() == archive


def test_the_run_hands_out_the_archive_that_it_came_in(imported: Any, ada_api: Api, body_of: Any) -> None:
    archive = packed(a_run_crate())
    done = imported(archive)
    answer = ada_api.get(f"{RUNS}{done['workflowrun']}/rocrate/?kind=original")
    assert body_of(answer) == archive


def test_a_workflow_crate_becomes_a_version_and_no_run(imported: Any, ada_api: Api) -> None:
    done = imported(a_workflow_crate())
    assert (done["state"], done["workflowrun"], done["error"]) == ("DONE", None, "")
    version = WorkflowVersion.objects.get(pk=done["workflowversion"])
    file = version.files.get()
    assert (version.is_committed, file.data_type) == (True, "MAIN")
    with default_storage.open(file.storage_key) as content:
        assert content.read() == b"rule all:\n"
    assert not WorkflowRun.objects.exists()
    assert StoredCrate.objects.get().version == version


def test_a_workflow_crate_twice_is_one_version(imported: Any, stored_files: Any) -> None:
    first = imported(a_workflow_crate())
    lying = [path for path in stored_files() if path.startswith("imports")]
    second = imported(packed(a_workflow_crate(), compression=ZIP_STORED))
    assert second["workflowversion"] == first["workflowversion"]
    assert WorkflowVersion.objects.count() == 1
    assert [path for path in stored_files() if path.startswith("imports")] == lying
    assert StoredCrate.objects.count() == 2


@pytest.mark.parametrize("below", ["", "my-crate/"])
def test_a_crate_may_lie_one_folder_down(imported: Any, below: str) -> None:
    assert imported(packed(a_run_crate(), below=below))["workflowrun"]


def test_a_bag_is_a_crate_too(imported: Any) -> None:
    bag = {f"data/{name}": content for name, content in a_run_crate().items()}
    assert imported({"bagit.txt": b"BagIt-Version: 1.0\n", **bag})["workflowrun"]


# --- twice --------------------------------------------------------------------------------------------------


def test_the_same_archive_twice_is_one_run_and_one_import(
    imported: Any, send: Any, stored_files: Callable[[], list[str]]
) -> None:
    first = imported(a_run_crate())
    before = stored_files()
    answer = send(a_run_crate())
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["workflowrun"]) == (first["id"], first["workflowrun"])
    assert (CrateImport.objects.count(), WorkflowRun.objects.count()) == (1, 1)
    assert stored_files() == before


def test_the_same_archive_while_it_is_on_its_way_is_the_same_work(send: Any) -> None:
    first, second = send(a_run_crate()), send(a_run_crate())
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["id"] == second.json()["id"]


def test_an_archive_can_come_again_after_its_run_went_to_the_trash(imported: Any, ada_api: Api) -> None:
    first = imported(a_run_crate())
    assert ada_api.delete(f"{RUNS}{first['workflowrun']}/").status_code == 204
    second = imported(a_run_crate())
    assert second["workflowrun"] not in (None, first["workflowrun"])


def test_a_newer_crate_brings_the_run_up_to_date_and_loses_nothing(imported: Any, ada_api: Api) -> None:
    first = imported(a_run_crate({"a.txt": b"1\n", "b.txt": b"2\n"}, name="Sorted", description="sort -r"))
    second = imported(a_run_crate({"b.txt": b"22\n", "c.txt": b"3\n"}, name="Sorted again"))
    assert second["workflowrun"] == first["workflowrun"]
    run = WorkflowRun.objects.get(pk=first["workflowrun"])
    assert run.name == "Sorted again"
    assert run.run_command == "sort -r"
    sizes = DataFile.objects.filter(dataset__run_links__workflowrun=run).values_list("name", "size")
    assert dict(sizes) == {"a.txt": 2, "b.txt": 3, "c.txt": 2}
    assert StoredCrate.objects.filter(run=run).count() == 2
    assert "brought it up to date" in second["warnings"][0]["message"]


def test_who_may_not_change_a_run_does_not_change_it_by_a_crate(
    imported: Any, api: Any, bob: User, stored_files: Any
) -> None:
    first = imported(a_run_crate(name="Ada's"))
    before = stored_files()
    second = imported(a_run_crate(name="Bob's"), api(bob))
    assert second["workflowrun"] == first["workflowrun"]
    assert "may not change it" in second["warnings"][0]["message"]
    assert WorkflowRun.objects.get().name == "Ada's"
    assert StoredCrate.objects.count() == 1
    assert stored_files() == before


def test_another_group_gets_a_run_of_its_own_and_hears_nothing_of_ours(
    imported: Any, api: Any, eve: User
) -> None:
    first = imported(a_run_crate())
    second = imported(a_run_crate(), api(eve))
    assert second["workflowrun"] not in (None, first["workflowrun"])
    assert WorkflowRun.objects.count() == 2
    assert api(eve).get(f"{IMPORTS}{first['id']}/").status_code == 404
    assert api(eve).get(IMPORTS).json()["count"] == 1


# --- what is odd ----------------------------------------------------------------------------------------------


def test_a_checksum_that_is_not_the_files_is_told_and_the_files_own_is_kept(imported: Any) -> None:
    crate = a_run_crate({"a.txt": b"1\n"})
    crate["ro-crate-metadata.json"] = crate["ro-crate-metadata.json"].replace(
        b'"name": "a.txt"', b'"name": "a.txt", "sha256": "%s"' % (b"0" * 64)
    )
    done = imported(crate)
    assert {"a.txt"} <= {one["entity"] for one in done["warnings"] if "SHA-256" in one["message"]}
    assert DataFile.objects.get().sha256 == hashlib.sha256(b"1\n").hexdigest()


def test_an_end_before_the_start_is_left_out_and_told(imported: Any) -> None:
    done = imported(a_run_crate(endTime="2026-03-04T09:00:00+00:00"))
    run = WorkflowRun.objects.get()
    assert (run.started_at is None, run.completed_at) == (False, None)
    assert any("before the start" in one["message"] for one in done["warnings"])


def test_warnings_are_bounded(imported: Any) -> None:
    from common.sentences import LONGEST_WARNING, MOST_WARNINGS
    from rocrate_import.recording import warnings_of
    from rocrate_import.translate import Remark

    told = warnings_of(Remark(str(number), "x" * 10_000) for number in range(1000))
    assert len(told) == MOST_WARNINGS + 1
    assert max(len(one["message"]) for one in told) == LONGEST_WARNING
    assert told[-1]["message"] == "There are 800 more warnings like these."
