"""Crates that take longer than a request: prepared once, told meanwhile, kept for a while."""

import io
import json
import threading
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from common.background import sweep_rows
from common.storage import store
from data_management.models import DataFile, Dataset
from rocrate_export import preparing
from rocrate_export.archive import CrateArchive
from rocrate_export.choice import Choice
from rocrate_export.cleaning import tidy
from rocrate_export.models import CrateExport
from rocrate_export.preparing import wanted_export
from rocrate_export.subjects import RunSubject
from tests.records import RNASEQ, content_of
from workflows.models import WorkflowRun
from workflows.recorded import state_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everything_takes_long")]
EXPORTS = "/api/v2/workflows/rocrateexports/"


@pytest.fixture
def run(registered: Any) -> WorkflowRun:
    return registered(RNASEQ)


@pytest.fixture
def url(run: WorkflowRun) -> str:
    return f"/api/v2/workflows/workflowruns/{run.pk}/rocrate/"


def test_a_large_crate_is_prepared_first_and_then_handed_out(
    ada_api: Any, url: str, run_tasks: Any, body_of: Any
) -> None:
    waiting = ada_api.get(url)
    told = waiting.json()
    assert (waiting.status_code, told["state"], told["files_done"]) == (202, "PENDING", 0)
    assert int(waiting["Retry-After"]) > 0
    assert waiting["Location"] == told["url"]
    assert ada_api.get(told["url"]).json()["id"] == told["id"]
    run_tasks()
    done = ada_api.get(told["url"]).json()
    assert (done["state"], done["files_done"]) == ("DONE", done["files_total"])
    archive = ada_api.get(told["crate"])
    assert archive.status_code == 200
    assert int(archive["Content-Length"]) == done["archive_size"] == len(body_of(archive))


def test_a_prepared_crate_has_the_bytes_of_one_that_is_had_at_once(
    ada_api: Any, url: str, run_tasks: Any, body_of: Any, monkeypatch: Any
) -> None:
    ada_api.get(url)
    run_tasks()
    prepared = ada_api.get(url)
    monkeypatch.setattr(preparing, "INSTANT_FILES", 1000)
    instant = ada_api.get(url)
    assert body_of(prepared) == body_of(instant)
    assert prepared["ETag"] == instant["ETag"]


def test_the_metadata_of_a_large_crate_comes_with_it(ada_api: Any, url: str, run_tasks: Any) -> None:
    assert ada_api.get(f"{url}metadata/").status_code == 202
    run_tasks()
    assert ada_api.get(f"{url}metadata/").json()["@graph"]
    assert CrateExport.objects.count() == 1


def test_small_runs_are_not_prepared(ada_api: Any, url: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(preparing, "INSTANT_FILES", 1000)
    assert ada_api.get(url).status_code == 200
    monkeypatch.setattr(preparing, "INSTANT_JOBS", 0)
    assert ada_api.get(url).status_code == 202


def test_files_that_must_be_read_first_are_a_reason_to_prepare_unless_they_are_left_out(
    ada_api: Any, url: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr(preparing, "INSTANT_FILES", 1000)
    monkeypatch.setattr(preparing, "INSTANT_BYTES", 3)
    DataFile.objects.filter(name="A.bam").update(crc32=None)
    assert ada_api.get(url).status_code == 202
    assert ada_api.get(url, {"include": "none"}).status_code == 200


def test_asking_twice_is_asking_once(ada_api: Any, url: str, api: Any, bob: Any) -> None:
    first = ada_api.get(url).json()
    Dataset.objects.update(owned_by=None, public=True)
    WorkflowRun.objects.update(public=True)
    assert ada_api.get(url).json()["id"] == first["id"]
    assert api(bob).get(url).json()["id"] == first["id"]
    assert {user.username for user in CrateExport.objects.get().wanted_by.all()} == {"ada", "bob"}


@pytest.mark.django_db(transaction=True)
def test_asking_at_the_same_moment_makes_one_row(run: WorkflowRun, ada: Any) -> None:
    state = state_of(run.pk, ada)
    assert state
    barrier, found = threading.Barrier(4), []

    def ask() -> None:
        barrier.wait(timeout=10)
        found.append(wanted_export(RunSubject(run.pk), state, ada, Choice()).pk)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(found) == 4
    assert set(found) == {CrateExport.objects.get().pk}


def test_people_who_see_different_things_have_crates_of_their_own(
    ada_api: Any, api: Any, eve: Any, url: str, run_tasks: Any, body_of: Any
) -> None:
    WorkflowRun.objects.update(public=True)
    Dataset.objects.filter(name="Alignment").update(public=True)
    ours, theirs = ada_api.get(url).json(), api(eve).get(url).json()
    assert ours["id"] != theirs["id"]
    run_tasks()
    content = body_of(api(eve).get(url))
    assert b"genome.fa" not in content
    assert b"genome.fa" in body_of(ada_api.get(url))


def test_a_changed_run_is_prepared_anew(ada_api: Any, url: str, run_tasks: Any) -> None:
    ada_api.get(url)
    run_tasks()
    WorkflowRun.objects.update(description="Looked at again.")
    assert ada_api.get(url).status_code == 202
    run_tasks()
    assert ada_api.get(f"{url}metadata/").json()["@graph"][1]["description"] == "Looked at again."


def test_a_run_that_changes_meanwhile_is_not_handed_out_as_it_was_not_asked_for(
    ada_api: Any, url: str, run_tasks: Any
) -> None:
    task = ada_api.get(url).json()["url"]
    WorkflowRun.objects.update(description="Changed.")
    run_tasks()
    told = ada_api.get(task).json()
    assert told["state"] == "FAILED"
    assert "ask for it again" in told["error"]
    assert ada_api.get(url).status_code == 202


def test_every_choice_is_a_crate_of_its_own(ada_api: Any, url: str) -> None:
    asked = [{}, {"include": "none"}, {"include": "small", "limit": 5}, {"include": "small", "limit": 6}]
    assert len({ada_api.get(url, query).json()["id"] for query in asked}) == 4
    assert ada_api.get(url, {"include": "all", "limit": 5}).json()["id"] == ada_api.get(url).json()["id"]


# --- Failures, retries, interruptions --------------------------------------------------------------------------------


def test_a_failure_is_told_and_can_be_tried_again(
    ada_api: Any, url: str, run_tasks: Any, monkeypatch: Any
) -> None:
    def full(archive: CrateArchive) -> bytes:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(CrateArchive, "kept", full)
        task = ada_api.get(url).json()["url"]
        run_tasks()
    failed = ada_api.get(url)
    assert failed.status_code == 409
    assert "the disk is full" in failed.json()["message"]
    assert f"{task}retry/" in failed.json()["message"]
    assert ada_api.post(f"{task}retry/").json()["state"] == "PENDING"
    run_tasks()
    assert ada_api.get(url).status_code == 200


def test_a_worker_that_is_killed_in_the_middle_is_made_up_for(
    ada_api: Any, url: str, run_tasks: Any, monkeypatch: Any
) -> None:
    def killed(archive: CrateArchive) -> bytes:
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(CrateArchive, "kept", killed)
        ada_api.get(url)
        with pytest.raises(SystemExit):
            run_tasks()
    assert CrateExport.objects.get().state == "RUNNING"
    assert ada_api.get(url).status_code == 202
    CrateExport.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    sweep_rows()
    assert CrateExport.objects.get().state == "PENDING"
    run_tasks()
    assert ada_api.get(url).status_code == 200
    assert CrateExport.objects.get().attempts == 2


def test_a_preparation_can_be_stopped_and_asked_for_again(ada_api: Any, url: str, run_tasks: Any) -> None:
    task = ada_api.get(url).json()["url"]
    assert ada_api.post(f"{task}cancel/").status_code == 200
    assert run_tasks() == 0
    assert ada_api.get(task).json()["state"] == "CANCELLED"
    assert ada_api.post(f"{task}cancel/").status_code == 409
    assert ada_api.get(url).json()["state"] == "PENDING"


def test_stopping_for_oneself_does_not_stop_it_for_others(ada_api: Any, api: Any, bob: Any, url: str) -> None:
    Dataset.objects.update(public=True)
    task = ada_api.get(url).json()["url"]
    api(bob).get(url)
    api(bob).post(f"{task}cancel/")
    assert api(bob).get(task).status_code == 404
    assert ada_api.get(task).json()["state"] == "PENDING"


def test_a_worker_notices_that_it_was_stopped(
    ada_api: Any, url: str, run_tasks: Any, monkeypatch: Any
) -> None:
    DataFile.objects.update(crc32=None)
    monkeypatch.setattr(preparing, "TOLD_EVERY", -1.0)
    task = ada_api.get(url).json()["url"]
    real = preparing._Progress.note

    def stopped(progress: Any, files: int, size: int) -> None:
        CrateExport.objects.get().cancel()
        real(progress, files, size)

    monkeypatch.setattr(preparing._Progress, "note", stopped)
    run_tasks()
    told = ada_api.get(task).json()
    assert (told["state"], told["archive_size"], told["error"]) == ("CANCELLED", None, "")


def test_progress_is_told_in_files_and_bytes(
    ada_api: Any, url: str, run_tasks: Any, monkeypatch: Any
) -> None:
    DataFile.objects.update(crc32=None)
    monkeypatch.setattr(preparing, "TOLD_EVERY", -1.0)
    task = ada_api.get(url).json()["url"]
    seen = []
    real = preparing._Progress.note

    def watched(progress: Any, files: int, size: int) -> None:
        real(progress, files, size)
        seen.append(ada_api.get(task).json())

    monkeypatch.setattr(preparing._Progress, "note", watched)
    run_tasks()
    assert [one["files_done"] for one in seen] == sorted(one["files_done"] for one in seen)
    assert seen[-1]["files_done"] > 1
    assert 0 < seen[0]["bytes_done"] < seen[-1]["bytes_done"] <= seen[-1]["bytes_total"]
    assert not DataFile.objects.exclude(storage_key="").filter(crc32=None).exists()
    assert ada_api.get(url).status_code == 200  # measuring has not changed the run


def test_missing_files_are_told(ada_api: Any, url: str, run_tasks: Any, lose: Any, body_of: Any) -> None:
    lose("A.bam")
    task = ada_api.get(url).json()["url"]
    run_tasks()
    assert ada_api.get(task).json()["files_missing"] == 1
    answer = ada_api.get(url)
    assert answer["Missing-Files"] == "1"
    names = zipfile.ZipFile(io.BytesIO(body_of(answer))).namelist()
    assert not any(name.endswith("A.bam") for name in names)


def test_a_file_that_comes_back_is_in_the_crate_after_a_while(
    ada_api: Any, url: str, run_tasks: Any, lose: Any
) -> None:
    file = DataFile.objects.get(name="A.bam")
    lose("A.bam")
    ada_api.get(url)
    run_tasks()
    store(io.BytesIO(content_of(file.storage_key)), file.storage_key)
    assert ada_api.get(url)["Missing-Files"] == "1"
    CrateExport.objects.update(finished_at=timezone.now() - timedelta(minutes=11))
    assert ada_api.get(url).status_code == 202
    run_tasks()
    assert ada_api.get(url)["Missing-Files"] == "0"


def test_a_file_that_is_lost_after_the_preparation_makes_it_anew(
    ada_api: Any, url: str, run_tasks: Any, lose: Any
) -> None:
    ada_api.get(url)
    run_tasks()
    assert ada_api.get(url)["Missing-Files"] == "0"
    lose("A.bam")
    assert ada_api.get(url).status_code == 202
    run_tasks()
    assert ada_api.get(url)["Missing-Files"] == "1"


# --- Room ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def ready(ada_api: Any, url: str, run_tasks: Any) -> CrateExport:
    ada_api.get(url)
    run_tasks()
    return CrateExport.objects.get()


def test_what_nobody_has_used_for_days_is_removed_and_made_again(
    ada_api: Any, url: str, ready: CrateExport, settings: Any, run_tasks: Any
) -> None:
    settings.CRATE_CACHE_DAYS = 3
    CrateExport.objects.update(last_used_at=timezone.now() - timedelta(days=2))
    assert tidy() == 0
    CrateExport.objects.update(last_used_at=timezone.now() - timedelta(days=4))
    assert tidy() == 1
    assert not default_storage.exists(ready.prepared_key)
    assert ada_api.get(url).status_code == 202
    run_tasks()
    assert ada_api.get(url).status_code == 200


def test_a_download_counts_as_use(ada_api: Any, url: str, ready: CrateExport) -> None:
    CrateExport.objects.update(last_used_at=timezone.now() - timedelta(days=30))
    assert ada_api.get(url).status_code == 200
    assert tidy() == 0


def test_above_the_total_the_longest_unused_go_first(
    ada_api: Any, url: str, ready: CrateExport, settings: Any, run_tasks: Any
) -> None:
    ada_api.get(url, {"include": "none"})
    run_tasks()
    CrateExport.objects.filter(pk=ready.pk).update(last_used_at=timezone.now() - timedelta(hours=1))
    settings.CRATE_CACHE_BYTES = sum(CrateExport.objects.values_list("prepared_size", flat=True))
    assert tidy() == 0
    settings.CRATE_CACHE_BYTES -= 1
    assert tidy() == 1
    assert CrateExport.objects.get().include == "none"
    assert not default_storage.exists(ready.prepared_key)


def test_work_that_goes_on_is_not_removed(ada_api: Any, url: str, settings: Any) -> None:
    ada_api.get(url)
    CrateExport.objects.update(last_used_at=timezone.now() - timedelta(days=300))
    settings.CRATE_CACHE_BYTES = 0
    assert tidy() == 0


def test_a_plan_that_somebody_removed_is_made_again(
    ada_api: Any, url: str, ready: CrateExport, run_tasks: Any
) -> None:
    default_storage.delete(ready.prepared_key)
    assert ada_api.get(url).status_code == 202
    run_tasks()
    assert ada_api.get(url).status_code == 200


# --- Rights ----------------------------------------------------------------------------------------------------------


def test_preparations_are_seen_by_those_who_asked(
    ada_api: Any, api: Any, bob: Any, eve: Any, admin: Any, url: str
) -> None:
    task = ada_api.get(url).json()["url"]
    statuses = {user.username: api(user).get(task).status_code for user in (bob, eve, admin)}
    assert statuses == {"bob": 404, "eve": 404, "root": 200}
    assert api(bob).post(f"{task}cancel/").status_code == 404
    assert api(bob).post(f"{task}retry/").status_code == 404
    assert (ada_api.get(EXPORTS).json()["count"], api(bob).get(EXPORTS).json()["count"]) == (1, 0)


def test_who_may_not_see_the_run_any_more_does_not_get_the_crate(
    ready: CrateExport, api: Any, eve: Any, url: str
) -> None:
    WorkflowRun.objects.update(public=True)
    Dataset.objects.update(public=True)
    assert api(eve).get(url).status_code in (200, 202)
    WorkflowRun.objects.update(public=False)
    assert api(eve).get(url).status_code == 404


def test_the_list_is_narrowed_and_sorted_like_others(ada_api: Any, url: str, run: WorkflowRun) -> None:
    for include in ("all", "none"):
        ada_api.get(url, {"include": include})
    CrateExport.objects.filter(include="none").update(state="FAILED")
    assert [one["include"] for one in ada_api.get(EXPORTS, {"state": "FAILED"}).json()["results"]] == ["none"]
    assert ada_api.get(EXPORTS, {"subject_id": str(run.pk), "page_size": 1}).json()["next"]
    ordered = ada_api.get(EXPORTS, {"ordering": "created"}).json()["results"]
    assert [one["include"] for one in ordered] == ["all", "none"]
    assert ada_api.get(EXPORTS, {"colour": "blue"}).status_code == 400


# --- What is asked ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"kind": "copied"}, "kind"),
        ({"include": "some"}, "include"),
        ({"include": "small", "limit": "many"}, "limit"),
        ({"include": "small", "limit": "-1"}, "limit"),
        ({"limit": str(2**70)}, "limit"),
        ({"absolute": "perhaps"}, "absolute"),
        ({"absolute": "true"}, "absolute"),
        ({"kind": "original", "include": "none"}, "include"),
        ({"inclde": "none"}, "inclde"),
    ],
)
@pytest.mark.parametrize("part", ["", "metadata/"])
def test_what_is_not_understood_is_refused_by_name(
    ada_api: Any, url: str, query: dict[str, str], field: str, part: str
) -> None:
    refused = ada_api.get(url + part, query)
    assert refused.status_code == 400
    assert [one["field"] for one in refused.json()["errors"]] == [field]
    assert not CrateExport.objects.exists()


def test_the_choice_reaches_the_crate(
    ada_api: Any, url: str, run_tasks: Any, body_of: Any, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://runs.example.org"
    for query in ({"include": "none"}, {"absolute": "true"}):
        ada_api.get(url, query)
    run_tasks()
    names = zipfile.ZipFile(io.BytesIO(body_of(ada_api.get(url, {"include": "none"})))).namelist()
    assert not any(name.startswith(("inputs/", "outputs/")) for name in names)
    metadata = json.dumps(
        ada_api.get(f"{url}metadata/", {"absolute": "true"}).json()["@graph"][1]["mainEntity"]
    )
    assert "https://runs.example.org/" in metadata


def test_files_in_the_storage_are_read_when_the_crate_is_sent(
    ada_api: Any, url: str, ready: CrateExport, body_of: Any
) -> None:
    with default_storage.open(ready.prepared_key, "rb") as plan:
        kept = plan.read()
    content = content_of(DataFile.objects.get(name="A.bam").storage_key)
    assert content not in kept
    assert content in body_of(ada_api.get(url))
