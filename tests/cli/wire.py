"""The wire between the command line and the registry, without sockets: requests in, Django's answers out."""

import io
from collections.abc import Mapping
from typing import Any

import requests
from django.test import Client
from requests.adapters import BaseAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

SERVER = "http://testserver"


class Wire(BaseAdapter):
    """Carries requests to the real API, in this process.

    ``requests`` are all that were sent. ``breaks`` holds how many bytes of the next answers come through before the
    connection is lost, one number for each answer whose content is streamed; ``is_cut`` loses every connection.
    """

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[requests.PreparedRequest] = []
        self.breaks: list[int] = []
        self.is_cut = False

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """One request."""
        self.requests.append(request)
        if self.is_cut:
            raise requests.ConnectionError("Connection refused", request=request)
        answer = self._ask(request)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return self._told(request, answer, self._body(content, stream))

    def close(self) -> None:
        """Nothing is open."""

    def _ask(self, request: requests.PreparedRequest) -> Any:
        body: Any = request.body or b""
        data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else _read(body)
        headers: Mapping[str, str] = dict(request.headers)
        kind = headers.get("Content-Type", "application/octet-stream")
        return Client(raise_request_exception=False).generic(
            str(request.method), request.path_url, data, kind, headers=headers
        )

    def _body(self, content: bytes, stream: bool) -> io.BufferedIOBase:
        after = self.breaks.pop(0) if stream and self.breaks else None
        return Breaking(content, after) if after is not None else io.BytesIO(content)

    def _told(
        self, request: requests.PreparedRequest, answer: Any, body: io.BufferedIOBase
    ) -> requests.Response:
        headers = HTTPHeaderDict(answer.items())
        raw = HTTPResponse(
            body, headers, answer.status_code, reason=answer.reason_phrase, preload_content=False
        )
        told = requests.Response()
        told.status_code, told.raw, told.request = answer.status_code, raw, request
        told.reason, told.url = answer.reason_phrase, str(request.url)
        told.headers.update(headers)
        return told


class Breaking(io.BytesIO):
    """A connection that is lost after so many bytes."""

    def __init__(self, content: bytes, after: int) -> None:
        super().__init__(content[:after])
        self.is_shorter = after < len(content)

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes, until there are no more."""
        piece = super().read(size)
        if not piece and self.is_shorter:
            raise ConnectionResetError("Connection reset by peer")
        return piece


def _read(body: Any) -> bytes:
    """What an upload sends, piece after piece."""
    return b"".join(iter(lambda: body.read(8192), b""))
