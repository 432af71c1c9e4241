"""Handing out stored files: whole or in part, never shown by the browser as a page of ours."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.core.files.storage import default_storage
from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.renderers import BaseRenderer

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


def file_answer(request: Any, *, key: str, name: str, size: int | None, sha256: str) -> Any:
    """The stored file ``key`` as a download called ``name``.

    Honours one byte range (RFC 9110, section 14.2) and ``If-None-Match``; the ETag is the SHA-256. Conflict
    where the registry does not hold the content.
    """
    if not key or not default_storage.exists(key):
        raise Conflict(
            "The registry does not hold the content of this file: it is on its way, elsewhere, or damaged."
        )
    whole = default_storage.size(key) if size is None else size
    tag = f'"{sha256}"'
    if sha256 and request.META.get("HTTP_IF_NONE_MATCH", "") in (tag, "*"):
        return _with_headers(HttpResponse(status=304), tag, name)
    start, end = _wanted_part(request, whole, tag)
    partial = (start, end) != (0, whole - 1)
    answer = StreamingHttpResponse(_content(key, start, end), status=206 if partial else 200)
    answer["Content-Type"] = "application/octet-stream"
    answer["Content-Length"] = str(end - start + 1)
    if partial:
        answer["Content-Range"] = f"bytes {start}-{end}/{whole}"
    return _with_headers(answer, tag, name)


def _with_headers(answer: Any, tag: str, name: str) -> Any:
    answer["ETag"] = tag
    answer["Accept-Ranges"] = "bytes"
    answer["Content-Disposition"] = disposition(name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-cache"
    return answer


def disposition(name: str) -> str:
    """A ``Content-Disposition`` for a download under this name (RFC 6266)."""
    plain = re.sub(r"[^\w.+=@ -]", "_", name, flags=re.ASCII)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _wanted_part(request: Any, size: int, tag: str) -> tuple[int, int]:
    """First and last byte; the whole file where no range, several, or one of an older content is asked for."""
    whole = (0, size - 1)
    found = _RANGE.match(request.META.get("HTTP_RANGE", ""))
    if found is None or found.groups() == ("", "") or request.META.get("HTTP_IF_RANGE", tag) != tag:
        return whole
    first, last = found.groups()
    if not first:
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
    if start > end:
        raise RangeNotSatisfiable(f"The file has {size} bytes; the wanted part begins at {start}.")
    return start, end


def _content(key: str, start: int, end: int) -> Iterator[bytes]:
    left = end - start + 1
    with default_storage.open(key, "rb") as stream:
        stream.seek(start)
        while left > 0 and (chunk := stream.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
