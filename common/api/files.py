"""Handing out stored files: whole or in part, never shown by the browser as a page of ours."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote

from django.core.files.storage import default_storage
from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.renderers import BaseRenderer

from common.api import conditional
from common.api.renderers import to_json
from common.errors import Conflict, RegistryError

CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z")


class FileAnswer(BaseRenderer):
    """Says to content negotiation that the answer is a file; errors are JSON all the same."""

    media_type = "application/octet-stream"
    format = "bin"
    charset = None

    def render(
        self, data: Any, media_type: str | None = None, context: dict[str, Any] | None = None
    ) -> bytes:
        """Used for errors only."""
        if context and "response" in context:
            context["response"]["Content-Type"] = "application/json"
        return b"" if data is None else to_json(data)


class RangeNotSatisfiable(RegistryError):
    """The wanted part is not in the file."""

    status = 416
    code = "range_not_satisfiable"

    def __init__(self, size: int, start: int) -> None:
        super().__init__(f"The file has {size} bytes; the wanted part begins at {start}.")
        self.headers = {"Content-Range": f"bytes */{size}"}


Part = Callable[[int, int], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Download:
    """Bytes that can be handed out from any place: how many, under which name and entity tag (with its quotes).

    ``part(start, end)`` gives those from ``start`` up to, not with, ``end``.
    """

    name: str
    size: int
    tag: str
    part: Part
    content_type: str = "application/octet-stream"
    headers: Mapping[str, str] = field(default_factory=dict)


def file_answer(
    request: Any,
    *,
    key: str,
    name: str,
    size: int | None,
    sha256: str,
    content_type: str = FileAnswer.media_type,
) -> Any:
    """The stored file ``key`` as a download called ``name``; the ETag is the SHA-256.

    Conflict where the registry does not hold the content.
    """
    if not key or not default_storage.exists(key):
        raise Conflict(
            "The registry does not hold the content of this file: it is on its way, elsewhere, or damaged."
        )
    whole = default_storage.size(key) if size is None else size
    tag = f'"{sha256}"' if sha256 else ""
    return answer(request, Download(name, whole, tag, partial(_content, key), content_type))


def answer(request: Any, download: Download) -> Any:
    """A download, whole or the one part that a Range header asks for (RFC 9110, section 14.2).

    304 where the caller has it already, only the headers for HEAD; a part that is not there is
    RangeNotSatisfiable.
    """
    if download.tag and conditional.is_named(request.META.get("HTTP_IF_NONE_MATCH", ""), download.tag):
        return _with_headers(HttpResponse(status=304), download)
    start, end = _wanted_part(request, download)
    given = _body(request, download, start, end)
    given["Content-Type"] = download.content_type
    given["Content-Length"] = str(end - start)
    if given.status_code == 206:
        given["Content-Range"] = f"bytes {start}-{end - 1}/{download.size}"
    return _with_headers(given, download)


def _body(request: Any, download: Download, start: int, end: int) -> Any:
    if request.method == "HEAD":
        return HttpResponse()
    status = 206 if (start, end) != (0, download.size) else 200
    return StreamingHttpResponse(download.part(start, end), status=status)


def _with_headers(given: Any, download: Download) -> Any:
    if download.tag:
        given["ETag"] = download.tag
    given["Accept-Ranges"] = "bytes"
    given["Content-Disposition"] = disposition(download.name)
    given["X-Content-Type-Options"] = "nosniff"
    given["Cache-Control"] = "private, no-cache"
    for name, value in download.headers.items():
        given[name] = value
    return given


def disposition(name: str) -> str:
    """A ``Content-Disposition`` for a download under this name (RFC 6266)."""
    plain = re.sub(r"[^\w.+=@ -]", "_", name, flags=re.ASCII)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _wanted_part(request: Any, download: Download) -> tuple[int, int]:
    """Where the wanted part begins and ends; all where no range, several, or one of an older content is asked for."""
    whole, size = (0, download.size), download.size
    found = _RANGE.match(request.META.get("HTTP_RANGE", "")) if request.method == "GET" else None
    if found is None or found.groups() == ("", ""):
        return whole
    if request.META.get("HTTP_IF_RANGE", download.tag) != download.tag:
        return whole
    first, last = found.groups()
    if first and last and int(last) < int(first):
        return whole  # such a header is invalid, and to be ignored
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1, size) if first and last else size
    if start >= end:
        raise RangeNotSatisfiable(size, start)
    return start, end


def _content(key: str, start: int, end: int) -> Iterator[bytes]:
    left = end - start
    with default_storage.open(key, "rb") as stream:
        stream.seek(start)
        while left > 0 and (chunk := stream.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
