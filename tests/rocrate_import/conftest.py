"""Sending crates and looking at what they left."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from rocrate_import.models import CrateImport
from tests.conftest import Api
from tests.rocrate_import.crates import packed

IMPORT = "/api/v2/workflows/workflowruns/import_rocrate/"
IMPORTS = "/api/v2/workflows/rocrateimports/"
RUNS = "/api/v2/workflows/workflowruns/"


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A storage of the test's own, so that what lies in it is what the test put there."""
    location = tmp_path / "storage"
    location.mkdir()
    monkeypatch.setattr(default_storage, "location", str(location), raising=False)
    monkeypatch.setattr(default_storage, "base_location", str(location), raising=False)
    assert Path(settings.STORAGE_DIR) not in location.parents
    return location


@pytest.fixture
def send(ada_api: Api) -> Callable[..., Any]:
    """Sends a crate as an upload: its files, or the bytes of an archive; Ada does unless told."""

    def post(
        crate: dict[str, bytes] | bytes, api: Api = ada_api, name: str = "a.crate.zip", **more: Any
    ) -> Any:
        content = crate if isinstance(crate, bytes) else packed(crate)
        upload = SimpleUploadedFile(name, content, "application/zip")
        return api.post(IMPORT, {"file": upload, **more}, format="multipart")

    return post


@pytest.fixture
def imported(send: Callable[..., Any], run_tasks: Callable[[], int], ada_api: Api) -> Callable[..., Any]:
    """Sends a crate and lets the worker do its work; returns the import as it stands then."""

    def bring_in(crate: dict[str, bytes] | bytes, api: Api = ada_api, **more: Any) -> dict[str, Any]:
        answer = send(crate, api, **more)
        assert answer.status_code in (200, 202), answer.content
        run_tasks()
        found: dict[str, Any] = api.get(f"{IMPORTS}{answer.json()['id']}/").json()
        return found

    return bring_in


@pytest.fixture
def stored_files(storage: Path) -> Callable[[], list[str]]:
    """What lies in the storage, by path."""

    def look() -> list[str]:
        return sorted(str(path.relative_to(storage)) for path in storage.rglob("*") if path.is_file())

    return look


@pytest.fixture
def row_of() -> Callable[[dict[str, Any]], CrateImport]:
    """The row of an import that the API told of."""

    def find(told: dict[str, Any]) -> CrateImport:
        return CrateImport.objects.get(pk=told["id"])

    return find


@pytest.fixture
def as_browser(ada: User) -> Client:
    """Ada's browser."""
    browser = Client()
    browser.force_login(ada)
    return browser
