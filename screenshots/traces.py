"""Traces of people at work: imports of every kind and state, saved views, an open version, and a trash."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from data_management.models import Dataset, Dropbox
from rocrate_import.models import CrateImport
from run_import.models import RunImport, RunServer
from run_registration.models import DirectoryRegistration
from run_registration.services import ask_for, request_look
from screenshots.server import wait_until
from web.models import SavedView
from workflows.models import Workflow, WorkflowRun, WorkflowVersion
from workflows.records import RunRecord, RunStatus
from workflows.services import record_run
from workflows.versions import add_file, add_version, release

VIEWS = {
    "Failed": "status=FAILED",
    "Under way": "status=RUNNING&status=PENDING",
    "Long runs of the liver project that somebody should look at": "duration_min=3600&search=liver",
}
MISTAKES = (
    "Mistaken: wrong reference",
    "Twice the same, with a name that is long enough to need a second line",
    "A try",
)
README = """# Sorting

Sorts reads by **name** and counts them.

| file | what it is |
| --- | --- |
| `main.nf` | the workflow |
| `nextflow.config` | its settings |

```bash
nextflow run main.nf --reads 'data/*.fastq'
```
"""
MAIN = """process SORT {{
    input:
    path reads

    script:
    "sort -k{number} $reads > sorted.txt"
}}

workflow {{
    SORT(Channel.fromPath(params.reads))
}}
"""
IMAGE = bytes.fromhex("89504e470d0a1a0a0000000d49484452")  # how every PNG begins
GALAXY = "https://usegalaxy.example"
UNKNOWN_KIND = "The archive holds no ro-crate-metadata.json at its top: it is no RO-Crate."


def ensure_traces() -> None:
    """Write what is not there yet, and wait until the directories are looked at."""
    ada = User.objects.get(username="ada")
    if not SavedView.objects.filter(user=ada).exists():
        _begin(ada)
    _under_way(_of(ada), timezone.now())


def _begin(ada: User) -> None:
    _open_version(ada)
    _throw_away(ada)
    _galaxy_imports(_of(ada))
    _crate_imports(_of(ada))
    _registrations(ada)
    for name, query in VIEWS.items():
        SavedView.objects.create(user=ada, name=name, query=query)


def _of(user: User) -> dict[str, Any]:
    return {"owner": user, "owned_by": user.default_group()}


def _open_version(ada: User) -> None:
    """A workflow with a released version and an open one, of which one file is no text."""
    workflow = Workflow.objects.create(name="Sort and count", workflow_manager="NEXTFLOW", **_of(ada))
    first = add_version(workflow=workflow, user=ada, name="1.0")
    _add(first, ada, "main.nf", "MAIN", MAIN.format(number=1).encode())
    _add(first, ada, "README.md", "OTHER", README.encode())
    _add(first, ada, "docs/overview.png", "OTHER", IMAGE)
    release(version=first, user=ada)
    second = add_version(
        workflow=workflow, user=ada, name="1.1", description="Sorts by the **second** column."
    )
    second.files.filter(path="main.nf").delete()
    _add(second, ada, "main.nf", "MAIN", MAIN.format(number=2).encode())


def _add(version: WorkflowVersion, user: User, path: str, kind: str, content: bytes) -> None:
    add_file(version=version, user=user, path=path, stream=BytesIO(content), data_type=kind)


def _throw_away(ada: User) -> None:
    """Some of everything, as a person does it."""
    for name in MISTAKES:
        record_run(record=RunRecord(name=name, status=RunStatus.FAILED, workflow=None), owner=ada)
    rows: dict[str, Any] = {
        "workflow-detail": [
            Workflow.objects.create(name="An old pipeline", workflow_manager="CWL", **_of(ada))
        ],
        "dataset-detail": [Dataset.objects.create(name="Reads of the wrong sample", **_of(ada))],
        "workflowrun-detail": WorkflowRun.objects.filter(name__in=MISTAKES),
    }
    browser = Client(HTTP_HOST="localhost")
    browser.force_login(ada)
    for route, found in rows.items():
        for row in found:
            browser.delete(reverse(route, args=[row.pk]))


def _galaxy_imports(facts: dict[str, Any]) -> None:
    now = timezone.now()
    server = RunServer.objects.get_or_create(
        source="galaxy", url=GALAXY, defaults={"name": "Galaxy Example"}
    )[0]
    run = WorkflowRun.objects.filter(status="SUCCESS", deleted=False).first()
    ended = {"started_at": now - timedelta(minutes=9), "finished_at": now - timedelta(minutes=7)}
    all_jobs = {"steps_total": 12, "steps_done": 12, "jobs_total": 48, "jobs_done": 48}
    states: tuple[dict[str, Any], ...] = (
        {"state": "DONE", "workflowrun": run, "recorded_at": now, **all_jobs, **ended},
        {"state": "FAILED", "error": "Galaxy Example knows no invocation 0000000000000001.", **ended},
    )
    for number, state in enumerate(states):
        galaxy_id = f"{number:016x}"
        address = f"{GALAXY}/workflows/invocations/{galaxy_id}"
        RunImport.objects.create(server=server, url=address, external_id=galaxy_id, **facts, **state)


def _crate_imports(facts: dict[str, Any]) -> None:
    now = timezone.now()
    run = WorkflowRun.objects.filter(status="SUCCESS", deleted=False).last()
    odd = [{"entity": "#step-3", "message": "names no tool"}, {"entity": "", "message": "has no licence"}]
    states: tuple[dict[str, Any], ...] = (
        {"name": "sorted-reads.crate.zip", "state": "DONE", "workflowrun": run, "size": 48_211_004,
         "sha256": "5b" * 32, "profile": "provenance", "profile_version": "0.5", "warnings": odd,
         "files_total": 31, "files_done": 31, "bytes_total": 120_000_000, "bytes_done": 120_000_000,
         "finished_at": now},
        {"name": "holiday-pictures.zip", "state": "FAILED", "error": UNKNOWN_KIND, "size": 9_120_322},
    )  # fmt: skip
    for state in states:
        CrateImport.objects.create(**facts, **state)


def _registrations(ada: User) -> None:
    """Looked at, registered, and without anything to find; the directories are those of the lab."""
    box = Dropbox.objects.filter(user=ada).order_by("pk").first()
    if box is None:
        return
    root = Path(box.path)
    (root / "notes").mkdir(exist_ok=True)
    (root / "notes" / "notes.txt").write_text("Nothing ran here.\n")
    request_look(path=str(root / "snakemake-ok"), user=ada)
    done = request_look(path=str(root / "cwl-sort-count"), user=ada)
    request_look(path=str(root / "notes"), user=ada)
    wait_until(lambda: not DirectoryRegistration.objects.filter(state__in=("PENDING", "RUNNING")).exists())
    done.refresh_from_db()
    if done.is_ready:
        ask_for(work=done, goal=DirectoryRegistration.Goal.SEND)
        wait_until(lambda: DirectoryRegistration.objects.get(pk=done.pk).has_ended)


def _under_way(facts: dict[str, Any], now: Any) -> None:
    """One of each kind, made anew, as whoever starts the registry takes up what it finds half done."""
    held = {"state": "RUNNING", "attempts": 1, "started_at": now, "lease_until": now + timedelta(days=1)}
    jobs = {"steps_total": 12, "steps_done": 12, "jobs_total": 48, "jobs_done": 31}
    galaxy = {
        "server": RunServer.objects.get(url=GALAXY),
        "external_id": f"{7:016x}",
        "phase": "JOBS",
        **jobs,
    }
    bytes_ = {"bytes_total": 3_500_000_000, "bytes_done": 1_200_000_000}
    crate = {"name": "liver-2026-11.crate.zip", "phase": "STORING", "files_total": 211, "files_done": 87}
    look = {"path": "/nowhere/new-run", "phase": "HASHING", "files_total": 40, "files_done": 12}
    again: tuple[tuple[Any, dict[str, Any]], ...] = (
        (RunImport, {"url": f"{GALAXY}/workflows/invocations/{7:016x}", **galaxy}),
        (CrateImport, {**crate, **bytes_}),
        (DirectoryRegistration, {**look, **bytes_}),
    )
    for model, own in again:
        named = {name: own[name] for name in ("url", "name", "path") if name in own}
        model.objects.filter(**named).delete()
        model.objects.create(**facts, **held, **own)
