"""Imports that a worker has claimed, and a storage of the test's own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from accounts.models import User
from galaxy_import.recording.runs import record_galaxy_run
from galaxy_import.values import GalaxyRun
from run_import.models import RunImport, RunServer
from run_import.recording.runs import Recorded
from tests.galaxy_import.values import BASE, DONE


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A storage of the test's own, so that what lies in it is what the test put there."""
    location = tmp_path / "storage"
    location.mkdir()
    monkeypatch.setattr(default_storage, "location", str(location), raising=False)
    monkeypatch.setattr(default_storage, "base_location", str(location), raising=False)
    return location


@pytest.fixture
def stored_files(storage: Path) -> Callable[[], list[str]]:
    """What lies in the storage, by path."""

    def look() -> list[str]:
        return sorted(str(path.relative_to(storage)) for path in storage.rglob("*") if path.is_file())

    return look


@pytest.fixture
def server(db: None) -> RunServer:
    """A server that is listed; nobody answers there."""
    return RunServer.objects.create(source="galaxy", name="Galaxy", url=BASE)


@pytest.fixture
def claimed(ada: User, server: RunServer) -> Callable[..., RunImport]:
    """Makes imports that a worker has; Ada's unless told."""

    def make(user: User = ada, **facts: Any) -> RunImport:
        given = {"url": f"{BASE}/workflows/invocations/x", "external_id": "x", "owner": user, **facts}
        wanted = RunImport.objects.create(server=server, owned_by=user.default_group(), **given)
        assert wanted.claim()
        return wanted

    return make


@pytest.fixture
def record(claimed: Callable[..., RunImport]) -> Callable[..., Recorded]:
    """Records a run as the work of a new import of Ada's, unless told."""

    def write(run: GalaxyRun = DONE, user: User | None = None, answers: Any = None, **facts: Any) -> Recorded:
        wanted = claimed(user, **facts) if user else claimed(**facts)
        return record_galaxy_run(wanted=wanted, run=run, answers=answers)

    return write
