"""From the address of an invocation to its run, over the API and a server that answers as a real one did."""

import gzip
import hashlib
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage

from data_management.models import DataFile, Dataset
from galaxy_import.models import GalaxyDataset
from rocrate_export.models import StoredCrate
from run_import.models import ImportedRun, RunServer
from tests.conftest import Api
from tests.galaxy_import.carrying_out.conftest import A_LINEAR, IMPORT, IMPORTS, RUNS
from tests.galaxy_import.keys import keep_key
from tests.galaxy_import.replay import Replay
from workflows.models import WorkflowRun, WorkflowVersion

pytestmark = pytest.mark.django_db
LIST = f"/api/invocations?history_id={A_LINEAR}&view=collection&include_nested_invocations=false&limit=100&offset=0"
H_PAIRS = "e369ebe36b4acf90"
Imported = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("case", "invocation", "status", "jobs"),
    [
        ("26.1/a_linear", A_LINEAR, "SUCCESS", 3),
        ("24.2/a_linear", A_LINEAR, "SUCCESS", 3),
        ("26.1/b_mapped", "1b4302472ee7ee70", "SUCCESS", 21),
        ("26.1/c_failed", "289fb816f21cd775", "FAILED", 4),
        ("24.2/c_failed", "289fb816f21cd775", "FAILED", 4),
        ("26.1/d_cancelled", "e31fed3f3e34d1fa", "CANCELLED", 3),
        ("26.1/g_scheduling_failed", "78fbb6ae020cc06d", "FAILED", 1),
        ("26.1/f_skipped_step", "c98242f4d0e4bc63", "SUCCESS", 2),
        ("26.1/h_nested", "0c7ac5fb7555e91e", "SUCCESS", 10),
        ("26.1/h_pairs", H_PAIRS, "SUCCESS", 18),
        ("26.1/h_partly", "fe9f8784e94a97cf", "FAILED", 6),
        ("26.1/i_purged", "a5f32be51f95b493", "SUCCESS", 3),
    ],
)
def test_a_run_comes_over_whole(
    imported: Imported, ada_api: Api, case: str, invocation: str, status: str, jobs: int
) -> None:
    told = imported(case, invocation)
    assert (told["state"], told["error"], told["error_code"], told["phase"]) == ("DONE", "", "", "")
    assert (told["jobs_total"], told["jobs_done"]) == (jobs, jobs)
    assert told["steps_total"] == told["steps_done"] > 0
    run = ada_api.get(f"{RUNS}{told['workflowrun']}/").json()
    assert (run["status"], run["is_imported"]) == (status, True)
    assert WorkflowRun.objects.get().jobs.count() == jobs
    assert WorkflowVersion.objects.count() == 1


def test_without_datasets_the_names_and_states_of_inputs_and_outputs_come(imported: Imported) -> None:
    imported("26.1/a_linear", A_LINEAR)
    assert not Dataset.objects.exists()
    kinds = set(GalaxyDataset.objects.values_list("data_type", "condition"))
    assert kinds == {("INPUT", "READY"), ("OUTPUT", "READY")}


def test_a_list_of_pairs_comes_with_the_contents_of_every_leaf_below_its_pair(
    imported: Imported, galaxy: Callable[..., Replay], ada_api: Api
) -> None:
    server = galaxy("26.1/h_pairs")
    told = imported("26.1/h_pairs", H_PAIRS, server, create_datasets=True, download=True)
    assert (told["state"], told["error"], told["files_failed"]) == ("DONE", "", 0)
    cut = Dataset.objects.get(galaxy_datasets__label="cut reads")
    files = {file.path: file for file in cut.datafiles.all()}
    pairs = [f"outputs/cut reads/{one}" for one in ("s1", "s2", "sample three")]
    assert sorted(files) == sorted(f"{one}/{way}.tabular" for one in pairs for way in ("forward", "reverse"))
    rows = ada_api.get(f"{RUNS}{told['workflowrun']}/galaxy/datasets/?search=forward").json()["results"]
    elements = {one["path"]: one for one in rows if one["path"] in files}
    assert len(elements) == 3
    for path, element in elements.items():
        content = _recorded(server, f"/api/datasets/{element['galaxy_id']}/display")
        assert files[path].sha256 == hashlib.sha256(content).hexdigest() == element["hashes"]["SHA-256"]
        assert (files[path].status, files[path].size) == ("ONLINE", len(content))


def test_what_galaxy_answered_is_kept_but_the_place_of_its_crate(imported: Imported) -> None:
    imported("26.1/a_linear", A_LINEAR, rocrate=True)
    kept = ImportedRun.objects.get()
    with default_storage.open(kept.answers_key) as stored:
        content = gzip.decompress(stored.read()).decode()
    assert content.count("\n") == kept.answers_count > 8
    assert f"/api/invocations/{A_LINEAR}?step_details=true" in content
    assert "short_term_storage" not in content
    assert "owner-key" not in content


def test_contents_are_fetched_if_asked_for(imported: Imported, galaxy: Callable[..., Replay]) -> None:
    server = galaxy("26.1/a_linear")
    told = imported("26.1/a_linear", A_LINEAR, server, create_datasets=True, download=True, outputs="all")
    assert (told["state"], told["error"], told["files_failed"]) == ("DONE", "", 0)
    files = {row.galaxy_id: row.datafile for row in GalaxyDataset.objects.select_related("datafile")}
    assert told["files_total"] == told["files_done"] == len(files) == 4
    for galaxy_id, file in files.items():
        assert file is not None
        content = _recorded(server, f"/api/datasets/{galaxy_id}/display")
        assert (file.status, file.size, file.sha256) == (
            "ONLINE",
            len(content),
            hashlib.sha256(content).hexdigest(),
        )
        with default_storage.open(file.storage_key) as stored:
            assert stored.read() == content
    assert told["bytes_total"] == told["bytes_done"] == sum(file.size for file in files.values() if file)


def _recorded(server: Replay, path: str) -> bytes:
    return next(
        server.body(e) for e in server.entries if (e["method"], e["path"], e["who"]) == ("GET", path, "owner")
    )


def test_galaxys_own_crate_is_the_runs_if_asked_for(imported: Imported, ada_api: Api) -> None:
    told = imported("26.1/a_linear", A_LINEAR, rocrate=True)
    assert (told["state"], told["warnings"]) == ("DONE", [])
    kept = StoredCrate.objects.get()
    assert str(kept.run_id) == told["workflowrun"]
    with default_storage.open(kept.storage_key) as stored, zipfile.ZipFile(stored) as archive:
        assert "ro-crate-metadata.json" in archive.namelist()
    assert ImportedRun.objects.get().crate_note == ""


def test_what_only_the_crate_knows_is_taken_over(imported: Imported) -> None:
    imported("26.1/a_linear", A_LINEAR, rocrate=True)
    commands = WorkflowRun.objects.get().jobs.values_list("command_line", flat=True)
    assert all(commands)


def test_a_crate_is_not_fetched_twice_of_a_run_in_which_nothing_happened(
    imported: Imported, galaxy: Callable[..., Replay], stored_files: Callable[[], list[str]]
) -> None:
    server = galaxy("26.1/a_linear")
    imported("26.1/a_linear", A_LINEAR, server, rocrate=True)
    before = stored_files()
    told = imported("26.1/a_linear", A_LINEAR, server, rocrate=True)
    assert told["state"] == "DONE"
    assert StoredCrate.objects.count() == 1
    assert server.counts[f"/api/invocations/{A_LINEAR}/prepare_store_download"] == 1
    assert len(stored_files()) == len(before)
    assert all(WorkflowRun.objects.get().jobs.values_list("command_line", flat=True))


def test_a_server_without_a_task_queue_gives_no_crate_and_that_is_said(
    imported: Imported, galaxy: Callable[..., Replay], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = galaxy("26.1/a_linear")
    refused = {"err_msg": "Celery is not enabled.", "err_code": 403004}
    refuse(server, monkeypatch, f"/api/invocations/{A_LINEAR}/prepare_store_download", 403, refused)
    told = imported("26.1/a_linear", A_LINEAR, server, rocrate=True)
    assert told["state"] == "DONE"
    assert [one for one in told["warnings"] if "Celery is not enabled" in one]
    assert "Celery is not enabled" in ImportedRun.objects.get().crate_note
    assert not StoredCrate.objects.exists()


def refuse(
    server: Replay, monkeypatch: pytest.MonkeyPatch, path: str, status: int, body: Any, times: int = 1000
) -> None:
    """Have the server refuse a path, so many times."""
    answer, left = server.answer, iter(range(times))

    def refusing(handler: Any, asked: Any) -> None:
        if asked.path.partition("?")[0] == path and next(left, None) is not None:
            handler.tell(status, json.dumps(body).encode())
        else:
            answer(handler, asked)

    monkeypatch.setattr(server, "answer", refusing)


def test_importing_again_makes_nothing_twice_and_asks_for_no_job_again(
    imported: Imported, galaxy: Callable[..., Replay], stored_files: Callable[[], list[str]]
) -> None:
    server = galaxy("26.1/a_linear")
    wishes = {"create_datasets": True, "download": True}
    first = imported("26.1/a_linear", A_LINEAR, server, **wishes)
    counted = counts()
    files = len(stored_files())
    server.asked.clear()
    second = imported("26.1/a_linear", A_LINEAR, server, **wishes)
    assert second["id"] != first["id"]
    assert (second["state"], second["workflowrun"]) == ("DONE", first["workflowrun"])
    assert counts() == counted
    assert len(stored_files()) == files
    paths = set(server.counts)
    assert not [path for path in paths if path.startswith("/api/jobs/") or path.endswith("/display")]
    assert second["jobs_done"] == 3


def test_the_answers_of_jobs_that_were_not_asked_for_again_are_kept_again(
    imported: Imported, galaxy: Any
) -> None:
    server = galaxy("26.1/a_linear")
    for _ in range(3):
        imported("26.1/a_linear", A_LINEAR, server)
    assert server.counts["/api/jobs/1b4302472ee7ee70"] == 1


def test_another_account_that_may_see_more_is_asked_for_every_job(
    imported: Imported, galaxy: Any, listed: Any, ada_api: Api, run_tasks: Any
) -> None:
    server = galaxy("26.1/a_linear")
    imported("26.1/a_linear", A_LINEAR, server)
    assert not any(WorkflowRun.objects.get().jobs.values_list("command_line", flat=True))
    listed(server.url, "admin-key")
    asked = ada_api.post(IMPORT, {"url": f"{server.url}/workflows/invocations/{A_LINEAR}"}).json()
    run_tasks()
    assert ada_api.get(f"{IMPORTS}{asked['id']}/").json()["state"] == "DONE"
    assert all(WorkflowRun.objects.get().jobs.values_list("command_line", flat=True))


def counts() -> list[int]:
    """How many rows of each kind there are."""
    return [
        model.objects.count()
        for model in (
            WorkflowRun,
            WorkflowVersion,
            Dataset,
            DataFile,
            GalaxyDataset,
            ImportedRun,
            StoredCrate,
        )
    ]


def test_another_one_of_the_group_brings_the_same_run_up_to_date_or_leaves_it(
    imported: Imported, galaxy: Any, bob: Any, api: Any, listed: Any, run_tasks: Any
) -> None:
    server = galaxy("26.1/a_linear")
    first = imported("26.1/a_linear", A_LINEAR, server)
    listed(server.url)
    keep_key(server=RunServer.objects.get(), user=bob, key="owner-key", account="bob@example.org")
    asked = api(bob).post(IMPORT, {"url": f"{server.url}/workflows/invocations/{A_LINEAR}"}).json()
    run_tasks()
    told = api(bob).get(f"{IMPORTS}{asked['id']}/").json()
    assert (told["state"], told["workflowrun"]) == ("DONE", first["workflowrun"])
    assert WorkflowRun.objects.count() == 1


def test_a_history_makes_an_import_of_each_invocation(
    imported: Imported, galaxy: Any, listed: Any, ada_api: Api, run_tasks: Any
) -> None:
    server = galaxy("26.1/a_linear")
    listed(server.url)
    server.replaced |= {LIST: [{"id": A_LINEAR}]}
    asked = ada_api.post(IMPORT, {"url": f"{server.url}/histories/view?id={A_LINEAR}"}).json()
    run_tasks()
    parent = ada_api.get(f"{IMPORTS}{asked['id']}/").json()
    assert (parent["state"], parent["error"], parent["children"]) == ("DONE", "", {"PENDING": 1})
    run_tasks()
    parent = ada_api.get(f"{IMPORTS}{asked['id']}/").json()
    assert parent["children"] == {"DONE": 1}
    assert WorkflowRun.objects.count() == 1


def test_a_history_without_invocations_says_so(
    galaxy: Any, listed: Any, ada_api: Api, run_tasks: Any
) -> None:
    server = galaxy("26.1/a_linear")
    listed(server.url)
    server.replaced |= {LIST: []}
    asked = ada_api.post(IMPORT, {"url": f"{server.url}/histories/view?id={A_LINEAR}"}).json()
    run_tasks()
    told = ada_api.get(f"{IMPORTS}{asked['id']}/").json()
    assert (told["state"], "There is no invocation in this history" in told["error"]) == ("DONE", True)
