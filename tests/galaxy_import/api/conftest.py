"""A Galaxy server that knows whose a key is, and the addresses of our API."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from run_import.models import RunServer
from tests.factories import a_galaxy_server

API = "/api/v2/workflows/"
IMPORT = f"{API}workflowruns/import_from_galaxy/"
IMPORTS = f"{API}galaxyimports/"
SERVERS = f"{API}galaxyservers/"
RUNS = f"{API}workflowruns/"
URL = "https://galaxy.example.org"
ONE, TWO, THREE = ("0123456789abcdef", "1123456789abcdef", "2123456789abcdef")
ADA_KEY, SHARED_KEY = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"


def page(galaxy_id: str = ONE, base: str = URL) -> str:
    """The page of an invocation."""
    return f"{base}/workflows/invocations/{galaxy_id}"


class Galaxy:
    """A server on this machine that answers to ``users`` by their keys; ``status`` is its answer to everything."""

    def __init__(self) -> None:
        self.users = {ADA_KEY: "ada@example.org", SHARED_KEY: "everybody@example.org"}
        self.status = 200
        self.asked: list[tuple[str, str]] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Nobody answers there any more."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def answer(self, path: str, key: str) -> tuple[int, Any]:
        """What Galaxy says."""
        self.asked.append((path, key))
        if self.status != 200:
            return self.status, {"err_msg": "out of order", "err_code": 0}
        if key not in self.users:
            return 401, {"err_msg": "Provided API key is not valid.", "err_code": 401001}
        return 200, {"id": "f2db41e1fa331b3e", "email": self.users[key], "username": "someone"}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        galaxy = self

        class Handler(BaseHTTPRequestHandler):
            """JSON for everything."""

            def do_GET(self) -> None:
                """Answer."""
                status, body = galaxy.answer(self.path, self.headers.get("x-api-key", ""))
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                """Be silent."""

        return Handler


@pytest.fixture
def galaxy() -> Iterator[Galaxy]:
    """A Galaxy server on this machine."""
    server = Galaxy()
    yield server
    server.close()


@pytest.fixture
def server(db: None, galaxy: Galaxy) -> RunServer:
    """Its row: an administrator listed it."""
    return a_galaxy_server(galaxy.url)


@pytest.fixture
def listed(db: None) -> RunServer:
    """A server that is listed, and that nobody asks."""
    return a_galaxy_server(URL)
