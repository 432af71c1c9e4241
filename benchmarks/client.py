"""A client that costs little: one kept connection, no parsing unless asked."""

import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    etag: str

    def json(self) -> Any:
        """The body, read."""
        return orjson.loads(self.body)


@dataclass(frozen=True, slots=True)
class Request:
    """One request; ``headers`` beside the token."""

    path: str
    method: str = "GET"
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


RESTS_AT_MOST = 2.0  # seconds; the server closes a connection that rests for five


class Client:
    """Speaks to the local server as one person."""

    def __init__(self, port: int, token: str) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=600)
        self.headers = {"Authorization": f"Token {token}"} if token else {}
        self.last_used = time.monotonic()

    def get(self, path: str, **headers: str) -> Answer:
        """A GET."""
        return self.send(Request(path, headers=headers))

    def post(self, path: str, data: Any) -> Answer:
        """A POST of JSON."""
        return self.send(Request(path, "POST", orjson.dumps(data), {"Content-Type": "application/json"}))

    def send(self, request: Request) -> Answer:
        """Send a request and read the whole answer; a connection that the server closed is opened again."""
        try:
            return self._send(request)
        except (ConnectionError, OSError):
            self.connection.close()
            if request.method != "GET":
                raise
            return self._send(request)

    def _send(self, request: Request) -> Answer:
        if time.monotonic() - self.last_used > RESTS_AT_MOST:
            self.connection.close()
        headers = {**self.headers, **request.headers}
        self.connection.request(request.method, request.path, body=request.body, headers=headers)
        response = self.connection.getresponse()
        answer = Answer(response.status, response.read(), response.headers.get("ETag", ""))
        self.last_used = time.monotonic()
        return answer
