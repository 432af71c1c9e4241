"""A source on paper beside the real ones, and imports from it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from accounts.models import Group, User
from run_import.models import RunImport, RunServer
from run_import.tasks import import_run
from tests.run_import.paper import BASE, PaperSource
from tests.run_import.sheets import WHOLE


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default_storage, "location", str(tmp_path), raising=False)
    monkeypatch.setattr(default_storage, "base_location", str(tmp_path), raising=False)
    monkeypatch.setattr(RunImport, "send", lambda self: None)


@pytest.fixture
def paper(settings: Any) -> type[PaperSource]:
    settings.RUN_SOURCES = {**settings.RUN_SOURCES, "paper": "tests.run_import.paper.PaperSource"}
    PaperSource.sheets, PaperSource.contents, PaperSource.asked = (
        {"run-1": WHOLE},
        {"results/out.txt": b"seven"},
        [],
    )
    return PaperSource


@pytest.fixture
def carried_out(ada: User, genomics: Group) -> Callable[..., RunImport]:
    """Imports the sheet as a worker would."""
    server = RunServer.objects.create(source="paper", name="Paper", url=BASE)

    def carry_out(**facts: Any) -> RunImport:
        given = {"external_id": "run-1", "url": f"{BASE}/sheets/run-1", **facts}
        wanted = RunImport.objects.create(server=server, owner=ada, owned_by=genomics, **given)
        import_run(str(wanted.pk))
        wanted.refresh_from_db()
        return wanted

    return carry_out
