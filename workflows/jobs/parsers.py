"""Jobs as lines of JSON: one on each line, read as they come."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from common.api.parsers import JSONParser
from common.errors import TooLarge


class NotJSON(str):
    """Stands in the place of a line that is no JSON; the text says why."""

    __slots__ = ()


class NDJSONParser(BaseParser):
    """Lines of JSON in UTF-8 (``application/x-ndjson``), at most ``most_rows`` of the view, not counting empty ones."""

    media_type = "application/x-ndjson"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The decoded lines; TooLarge as soon as there are too many bytes or lines."""
        view = (parser_context or {}).get("view")
        limit = getattr(view, "max_body_bytes", None) or settings.REQUEST_MAX_BYTES
        most = getattr(view, "most_rows", None)
        rows: list[Any] = []
        for line in _lines(stream, limit):
            if most is not None and len(rows) == most:
                raise TooLarge(f"There are more than {most:,} lines; send them in parts.")
            rows.append(_row(line))
        return rows


def _lines(stream: BinaryIO, limit: int) -> Iterator[bytes]:
    left = limit + 1
    while line := stream.readline(left):
        left -= len(line)
        if left <= 0:
            raise TooLarge(f"The request is larger than the limit of {limit} bytes; send it in parts.")
        if line.strip():
            yield line


def _row(line: bytes) -> Any:
    try:
        return JSONParser().understood(line)
    except ParseError as problem:
        return NotJSON(str(problem.detail).replace("The body", "The line", 1))
