"""The registry's own API, asked from within in a person's name: the same rights, checks and history as from without."""

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson
from django.core.handlers.wsgi import WSGIRequest
from django.urls import resolve
from urllib3.filepost import encode_multipart_formdata

from run_directories.registering.registry import NotDone

BASE = "/api/v2/"
PAGE_SIZE = 500
WORDS = {True: "true", False: "false"}


class Refusal(NotDone):
    """The API said no; the text says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class OwnDoor:
    """The registry for one user: a ``Registry`` without a network."""

    def __init__(self, user: Any) -> None:
        self.user = user

    def get(self, path: str, /, **params: Any) -> Any:
        """What lies at a path."""
        return self._ask("GET", path, params=params)

    def pages(self, path: str, /, **params: Any) -> Iterator[dict[str, Any]]:
        """Every row of a list, page after page."""
        asked = {"page_size": PAGE_SIZE, **params, "cursor": ""}
        while True:
            page = self.get(path, **asked)
            yield from page["results"]
            if not page["next"]:
                return
            asked["cursor"] = parse_qs(urlsplit(page["next"]).query)["cursor"][0]

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        """Send JSON."""
        return self._ask("POST", path, b"" if body is None else orjson.dumps(body), **options)

    def delete(self, path: str) -> Any:
        """Delete what lies at a path."""
        return self._ask("DELETE", path)

    def upload(self, path: str, file: Path, fields: dict[str, str]) -> Any:
        """Send a file as a form would."""
        parts: dict[str, Any] = {
            **fields,
            "file": (fields.get("path", file.name).rpartition("/")[2], file.read_bytes()),
        }
        content, kind = encode_multipart_formdata(parts)
        return self._ask("POST", path, content, kind=kind)

    def _ask(
        self,
        method: str,
        path: str,
        content: bytes = b"",
        *,
        params: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        kind: str = "application/json",
    ) -> Any:
        asked = {
            name: WORDS.get(value, value) if isinstance(value, bool) else value
            for name, value in (params or {}).items()
        }
        request = self._request(method, BASE + path, content, urlencode(asked), kind)
        for name, value in (headers or {}).items():
            request.META[f"HTTP_{name.upper().replace('-', '_')}"] = value
        view, args, kwargs = resolve(request.path)
        response: Any = view(request, *args, **kwargs)
        if hasattr(response, "render"):
            response = response.render()
        return _understood(response)

    def _request(self, method: str, path: str, content: bytes, query: str, kind: str) -> WSGIRequest:
        request = WSGIRequest(
            {
                "REQUEST_METHOD": method,
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "CONTENT_TYPE": kind,
                "CONTENT_LENGTH": str(len(content)),
                "HTTP_ACCEPT": "application/json",
                "SERVER_NAME": "localhost",
                "SERVER_PORT": "80",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "REMOTE_ADDR": "127.0.0.1",
                "HTTP_HOST": "localhost",
                "wsgi.url_scheme": "http",
                "wsgi.input": BytesIO(content),
            }
        )
        request.user = self.user
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        return request


def _understood(response: Any) -> Any:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    data = json.loads(content) if content else None
    if response.status_code < 400:
        return data
    said = data if isinstance(data, dict) else {}
    errors = [f"{one['field']}: {one['message']}" for one in said.get("errors") or ()][:10]
    message = said.get("message") or f"The registry answered {response.status_code}."
    raise Refusal(response.status_code, " ".join(errors) if len(errors) > 1 else message)
