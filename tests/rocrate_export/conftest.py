"""Runs whose files lie in the storage, and browsers to ask for them."""

import io
import json
import shutil
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from accounts.models import Group, User
from common.storage import store
from data_management.models import DataFile
from rocrate_export import preparing
from tests.records import content_of
from tests.rocrate_export.judge import CONTEXTS
from workflows.models import WorkflowRun
from workflows.records import RunRecord
from workflows.services import record_run


@pytest.fixture
def registered(ada: User, genomics: Group) -> Any:
    """A function that records a run for ada and puts its files into the storage."""

    def register(record: RunRecord) -> WorkflowRun:
        run, _ = record_run(record=record, owner=ada, owned_by=genomics)
        keys = [file.storage_key for link in record.datasets for file in link.dataset.files]
        keys += [file.storage_key for file in record.workflow.files] if record.workflow else []
        for key in filter(None, keys):
            store(io.BytesIO(content_of(key)), key)
        return run

    return register


@pytest.fixture
def signed_in() -> Any:
    """A function that gives a browser in which somebody is signed in."""

    def client_of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return client_of


@pytest.fixture
def lose() -> Any:
    """A function that removes the stored copy of the one file with this name."""

    def remove(name: str) -> None:
        default_storage.delete(DataFile.objects.get(name=name).storage_key)

    return remove


@pytest.fixture
def everything_takes_long(monkeypatch: Any) -> None:
    """No crate is so small that it can be had at once."""
    monkeypatch.setattr(preparing, "INSTANT_FILES", -1)


@pytest.fixture
def a_zip() -> Any:
    """A function that packs members into a zip; without a metadata document of one's own it gets a small one."""

    def pack(members: dict[str, bytes] | None = None, **options: Any) -> bytes:
        document = {
            "@context": "https://w3id.org/ro/crate/1.1/context",
            "@graph": [
                {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}},
                {"@id": "./", "@type": "Dataset", "name": "Given"},
            ],
        }
        packed = {"ro-crate-metadata.json": json.dumps(document).encode()} if members is None else members
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", **options) as archive:
            for name, content in packed.items():
                archive.writestr(zipfile.ZipInfo(name), content, archive.compression)  # with one date
        return target.getvalue()

    return pack


@pytest.fixture
def contexts(settings: Any, tmp_path: Path) -> Path:
    """The registry has a cache of JSON-LD contexts."""
    target = tmp_path / "contexts.sqlite"
    shutil.copyfile(CONTEXTS, target)
    settings.ROCRATE_CONTEXTS = str(target)
    return target


@pytest.fixture
def context_server() -> Iterator[str]:
    """The address of a server on this machine that hands out a JSON-LD context."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/ld+json")
            self.end_headers()
            self.wfile.write(b'{"@context": {"about": "the terms of a crate"}}')

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)
