"""A Galaxy on a bad day: answers slowly, half, too much, nonsense, or sends elsewhere."""

import gzip
import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.galaxy_import.servers import Answering, Asked, Double

Behaviour = Callable[[Answering, Double], None]
MEGABYTE = 1024 * 1024


class FailingGalaxy(Double):
    """Behaves at each path as it is told with ``on``; the last word counts. Else it is a Galaxy that knows nothing."""

    def __init__(self) -> None:
        self.behaviours: list[tuple[re.Pattern[str], Behaviour]] = []
        super().__init__()
        self.on(".*", says({"err_msg": "Nothing is here.", "err_code": 404001}, 404))
        self.on("/api/version", says({"version_major": "26.1", "version_minor": "2"}))
        self.on("/api/users/current", says({"id": "289fb816f21cd775", "email": "alice@example.org"}))

    def on(self, path: str, *behaviours: Behaviour) -> "FailingGalaxy":
        """Behave so at paths of this pattern (with their query); one after the other, the last for ever."""
        self.behaviours.insert(0, (re.compile(path), in_turn(*behaviours)))
        return self

    def answer(self, handler: Answering, asked: Asked) -> None:
        """As told."""
        behave = next(each for pattern, each in self.behaviours if pattern.fullmatch(asked.path))
        behave(handler, self)


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """One after the other, the last for ever."""
    waiting = list(behaviours)

    def behave(handler: Answering, double: Double) -> None:
        (waiting.pop(0) if len(waiting) > 1 else waiting[0])(handler, double)

    return behave


def says(body: Any, status: int = 200, **headers: str) -> Behaviour:
    """JSON, or bytes as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda handler, double: handler.tell(status, raw, **headers)


def page(status: int = 200) -> Behaviour:
    """A page for people, as proxies and sign-in forms answer."""
    return lambda handler, double: handler.tell(
        status, b"<!DOCTYPE html><html><body>Welcome</body></html>", "text/html; charset=UTF-8"
    )


def drips(every: float, head: bool = False) -> Behaviour:
    """A byte now and then, without an end: of the head, or of the body."""

    def behave(handler: Answering, double: Double) -> None:
        handler.close_connection = True
        handler.wfile.write(
            b"HTTP/1.1 200 OK\r\n" + (b"X-Long: " if head else b"Content-Type: application/json\r\n\r\n")
        )
        while not double.closing.wait(every):
            handler.wfile.write(b" ")

    return behave


def is_silent() -> Behaviour:
    """Takes the request, and says nothing."""
    return lambda handler, double: _leave(handler, double.closing.wait(30))


def breaks_off(body: bytes, after: int, **headers: str) -> Behaviour:
    """Promises the whole body, and cuts the connection after so many bytes of it."""

    def behave(handler: Answering, double: Double) -> None:
        handler.send_response(200)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body[:after])
        handler.close_connection = True

    return behave


def hangs_up() -> Behaviour:
    """Cuts the connection before it says anything."""
    return lambda handler, double: _leave(handler)


def sends_to(url: str, status: int = 302) -> Behaviour:
    """Redirects."""
    return lambda handler, double: handler.tell(status, b"", location=url)


def floods(megabytes: int, packed: bool = False) -> Behaviour:
    """JSON of so many megabytes, sent as it is or packed (then it is about a thousandth on the wire)."""

    def behave(handler: Answering, double: Double) -> None:
        handler.close_connection = True
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        if packed:
            handler.send_header("Content-Encoding", "gzip")
        handler.end_headers()
        for part in _packed(megabytes) if packed else _array(megabytes):
            handler.wfile.write(part)

    return behave


def _leave(handler: Answering, *waited: object) -> None:
    handler.close_connection = True


def _array(megabytes: int) -> Iterator[bytes]:
    yield b"["
    for _ in range(megabytes):
        yield b"0," * (MEGABYTE // 2)
    yield b"0]"


def _packed(megabytes: int) -> Iterator[bytes]:
    wire = io.BytesIO()
    with gzip.GzipFile(fileobj=wire, mode="wb", compresslevel=6) as packing:
        for part in _array(megabytes):
            packing.write(part)
            yield wire.getvalue()
            wire.seek(0)
            wire.truncate()
    yield wire.getvalue()
