"""Servers in this process that stand for others: they count what they were asked, and end with the test."""

import contextlib
import ssl
import threading
from collections import Counter
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as it came; the names of headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


class Answering(BaseHTTPRequestHandler):
    """Hands each request to the double that it belongs to."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every answer waits for 40 milliseconds
    double: ClassVar["Double"]

    def go(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length") or 0))
        asked = Asked(self.command, self.path, headers, body)
        with self.double.counted(asked):
            try:
                self.double.answer(self, asked)
            except OSError:  # who asked has gone
                self.close_connection = True

    do_GET = do_HEAD = do_POST = go

    def handle(self) -> None:
        """Answer until the other side goes."""
        with contextlib.suppress(OSError):
            super().handle()

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def tell(self, status: int, body: bytes, content_type: str = "application/json", **headers: str) -> None:
        """A whole answer."""
        self.send_response(status)
        for name, value in {
            "content_type": content_type,
            "content_length": str(len(body)),
            **headers,
        }.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Double:
    """A server on a port of its own. ``asked`` are the requests so far, ``most_at_once`` how many ran side by side."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self.closing = threading.Event()
        self._now = 0
        self._lock = threading.Lock()
        handler = type("Handler", (Answering,), {"double": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def counts(self) -> Counter[str]:
        """How often each path was asked for, without its query."""
        return Counter(urlsplit(each.path).path for each in self.asked)

    def speak_tls(self, certificate: Path) -> None:
        """From now on, with this certificate; its key is in the same file."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        listening = self._server.socket
        self._server.socket = context.wrap_socket(listening, server_side=True, do_handshake_on_connect=False)

    def close(self) -> None:
        """End, and whatever still answers with it."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def answer(self, handler: Answering, asked: Asked) -> None:
        """Answer one request."""
        raise NotImplementedError

    def counted(self, asked: Asked) -> Any:
        """A block in which a request counts as running."""
        return _Counted(self, asked)

    def begin(self, asked: Asked) -> None:
        """A request came."""
        with self._lock:
            self.asked.append(asked)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)

    def end(self) -> None:
        """It was answered."""
        with self._lock:
            self._now -= 1


@dataclass
class _Counted:
    double: Double
    asked: Asked

    def __enter__(self) -> None:
        self.double.begin(self.asked)

    def __exit__(self, *problem: object) -> None:
        self.double.end()
