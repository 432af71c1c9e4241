"""Imports as rows, and a storage of the test's own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from common import progress
from common.outgoing import Limits
from common.progress import Progress
from data_management.models import DataFile
from galaxy_import.carrying_out import imports as carrying_out
from galaxy_import.carrying_out.downloads import Downloads
from galaxy_import.client import GalaxyClient
from galaxy_import.models import GalaxyDataset
from galaxy_import.servers import client_for
from run_import.carrying_out.watching import Watch
from run_import.credentials import keep_credentials
from run_import.models import RunImport, RunServer
from tests.conftest import Api
from tests.factories import a_dataset, a_file, a_run
from tests.galaxy_import.carrying_out.contents import Contents
from tests.galaxy_import.replay import Replay
from workflows.models import WorkflowRun

IMPORT = "/api/v2/workflows/workflowruns/import_from_galaxy/"
IMPORTS = "/api/v2/workflows/galaxyimports/"
RUNS = "/api/v2/workflows/workflowruns/"
A_LINEAR = "351a9b2758cde034"  # the invocation of the case of that name


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A storage of the test's own, so that what lies in it is what the test put there."""
    location = tmp_path / "storage"
    location.mkdir()
    monkeypatch.setattr(default_storage, "location", str(location), raising=False)
    monkeypatch.setattr(default_storage, "base_location", str(location), raising=False)
    return location


@pytest.fixture(autouse=True)
def _nobody_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RunImport, "send", lambda self: None)


@pytest.fixture
def stored_files(storage: Path) -> Callable[[], list[str]]:
    """What lies in the storage, by path."""

    def look() -> list[str]:
        return sorted(str(path.relative_to(storage)) for path in storage.rglob("*") if path.is_file())

    return look


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is written down, and looked at, with every step."""
    monkeypatch.setattr(progress, "EVERY", 0.0)
    monkeypatch.setattr("run_import.carrying_out.watching.EVERY", 0.0)


@pytest.fixture
def server(db: None) -> RunServer:
    """A server that is listed; nobody answers there."""
    return RunServer.objects.create(source="galaxy", name="Galaxy", url="http://127.0.0.1:9")


@pytest.fixture
def an_import(ada: User, server: RunServer) -> Callable[..., RunImport]:
    """Makes imports of Ada's that wait."""

    def make(galaxy_id: str = "351a9b2758cde034", **facts: Any) -> RunImport:
        url = f"{server.url}/workflows/invocations/{galaxy_id}"
        given = {"server": server, "url": url, "external_id": galaxy_id, "owner": ada, **facts}
        return RunImport.objects.create(owned_by=ada.primary_group, **given)

    return make


@pytest.fixture
def claimed(an_import: Callable[..., RunImport]) -> Callable[..., RunImport]:
    """Makes imports that a worker has."""

    def make(*given: Any, **facts: Any) -> RunImport:
        wanted = an_import(*given, **facts)
        assert wanted.claim()
        assert wanted.lease_until is not None
        assert wanted.lease_until > timezone.now()
        return wanted

    return make


@pytest.fixture
def listed(ada: User, settings: Any) -> Callable[[str], RunServer]:
    """Lists the server at an address, for which Ada has a key."""

    def make(url: str, key: str = "owner-key") -> RunServer:
        settings.GALAXY_SERVERS = [url]
        made, _ = RunServer.objects.get_or_create(
            source="galaxy", url=url, defaults={"name": "Galaxy", "is_from_settings": True}
        )
        if key:
            keep_credentials(server=made, user=ada, fields={"key": key}, account="alice@example.org")
        return made

    return make


@pytest.fixture
def imported(
    galaxy: Callable[..., Replay],
    listed: Any,
    ada_api: Api,
    run_tasks: Callable[[], int],
    django_capture_on_commit_callbacks: Any,
) -> Callable[..., dict[str, Any]]:
    """Imports an invocation of a recorded case as a worker would; returns the import as it stands then."""

    def bring_in(case: str, invocation: str, server: Replay | None = None, **options: Any) -> dict[str, Any]:
        server = server or galaxy(case)
        listed(server.url)
        url = f"{server.url}/workflows/invocations/{invocation}"
        answer = ada_api.post(IMPORT, {"url": url, **options})
        assert answer.status_code == 202, answer.content
        with django_capture_on_commit_callbacks(execute=True):
            run_tasks()
        found: dict[str, Any] = ada_api.get(f"{IMPORTS}{answer.json()['id']}/").json()
        return found

    return bring_in


@pytest.fixture
def run(ada: User) -> WorkflowRun:
    """A run of Ada's."""
    return a_run(ada)


@pytest.fixture
def told(ada: User, run: WorkflowRun, server: RunServer) -> Callable[..., DataFile]:
    """Makes a file that Galaxy told of, in a dataset of its own."""

    def make(galaxy_id: str, content: bytes = b"", **facts: Any) -> DataFile:
        made = {
            "name": f"{galaxy_id}.txt",
            "size": len(content),
            "status": "OFFLINE",
            **facts.pop("file", {}),
        }
        file = a_file(facts.pop("dataset", None) or a_dataset(ada, galaxy_id), **made)
        GalaxyDataset.objects.create(
            workflowrun=run, server=server, src="hda", galaxy_id=galaxy_id, data_type="OUTPUT", name=galaxy_id,
            **{"label": galaxy_id, "condition": "READY", "size": len(content), "dataset": file.dataset,
               "datafile": file, "known_by": "GALAXY", **facts},
        )  # fmt: skip
        return file

    return make


@pytest.fixture
def downloads(claimed: Callable[..., RunImport], run: WorkflowRun) -> Callable[..., Any]:
    """Fetches with a client of the test's, as an attempt of that number; returns the summary."""

    def fetch(client: Contents, attempts: int = 0) -> str:
        wanted = RunImport.objects.first()
        if wanted is None:
            wanted = claimed(workflowrun=run, create_datasets=True, download=True, attempts=attempts)
        given: Any = client
        return Downloads(wanted, given, Watch(wanted), Progress(wanted)).fetch_all()

    return fetch


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients give up soon, and do not really wait."""

    def client(*given: Any, **options: Any) -> GalaxyClient:
        limits = Limits(connect=2, silence=0.3, total=0.6, most_bytes=8 * 1024 * 1024)
        return client_for(*given, pause=lambda seconds: None, limits=limits, **options)

    monkeypatch.setattr(carrying_out, "client_for", client)


def goes_on(server: Replay, invocation: str = A_LINEAR, job: str = "c98242f4d0e4bc63") -> None:
    """Have a run whose last job has not ended: as the recordings say it, but for this job and what it makes."""
    whole = f"/api/invocations/{invocation}?step_details=true"
    rows = f"/api/jobs?invocation_id={invocation}&order_by=create_time&limit=200&offset=0"
    detail, dataset = f"/api/jobs/{job}?full=true", f"/api/datasets/{job}"
    earlier = {"state": "running", "update_time": "2026-11-21T02:47:30.000000"}

    def changed(told: Any) -> Any:
        if isinstance(told, list):
            return [changed(one) for one in told]
        if not isinstance(told, dict):
            return told
        is_job = told.get("id") == job and "exit_code" in told
        return {name: changed(value) for name, value in told.items()} | (earlier if is_job else {})

    recorded = server.recorded(f"/api/jobs?invocation_id={invocation}")
    server.replaced |= {
        whole: {**changed(server.recorded(whole)), "state": "scheduled"},
        rows: changed(recorded),
        detail: {**server.recorded(detail), **earlier, "exit_code": None},
        dataset: {**server.recorded(dataset), "state": "running", "file_size": 0},
    }
