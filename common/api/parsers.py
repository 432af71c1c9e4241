"""What comes in: JSON, bounded in size, without what a database cannot keep."""

from typing import Any, BinaryIO

import orjson
from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from common.errors import TooLarge

DEEPEST = 200


class JSONParser(BaseParser):
    """JSON in UTF-8, at most REQUEST_MAX_BYTES; a view may allow more in ``max_body_bytes``."""

    media_type = "application/json"

    def parse(
        self, stream: BinaryIO, media_type: str | None = None, context: dict[str, Any] | None = None
    ) -> Any:
        """The decoded body; TooLarge above the limit, ParseError if it is no JSON."""
        view = (context or {}).get("view")
        body = read_bounded(stream, getattr(view, "max_body_bytes", None) or settings.REQUEST_MAX_BYTES)
        return self.understood(body)

    def understood(self, body: bytes) -> Any:
        """What the view gets to see of a body; ParseError if it is no JSON."""
        try:
            data = orjson.loads(body)
        except orjson.JSONDecodeError as problem:
            raise ParseError(f"The body is not JSON: {problem}") from problem
        if body.count(b"[") + body.count(b"{") > DEEPEST and _is_too_deep(data):
            raise ParseError(f"The body is nested deeper than {DEEPEST} levels.")
        if b"\\u0000" in body and _holds_nul(data):
            raise ParseError("The body holds a NUL character (\\u0000), which cannot be stored.")
        return data


def read_bounded(stream: BinaryIO, limit: int) -> bytes:
    """The whole stream; TooLarge as soon as it is known to be longer than ``limit`` bytes."""
    body = stream.read(limit + 1)
    if len(body) > limit:
        raise TooLarge(f"The request is larger than the limit of {limit} bytes; send it in parts.")
    return body


def _is_too_deep(data: Any) -> bool:
    """Whether what is kept could not be told again: orjson writes 254 levels, and we put some around it."""
    for _ in range(254 - DEEPEST):
        data = [data]
    try:
        orjson.dumps(data)
    except TypeError:
        return True
    return False


def _holds_nul(data: Any) -> bool:
    if isinstance(data, str):
        return "\0" in data
    if isinstance(data, dict):
        return any(_holds_nul(key) or _holds_nul(value) for key, value in data.items())
    return isinstance(data, list) and any(map(_holds_nul, data))
