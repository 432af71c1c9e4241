"""The metadata document as bytes, written a few entities at a time: of a large crate the whole would not fit twice."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import islice
from typing import Any

import orjson

LARGE = 2000  # entities; so many are for programs to read: each gets a line, and a third less is sent
AT_ONCE = 200


def document_of(context: Any, entities: Iterable[dict[str, Any]], *, is_large: bool = False) -> bytes:
    """``{"@context": …, "@graph": […]}`` in UTF-8: indented by two, or a line for each entity if it is large."""
    written = BytesIO()
    written.write(b'{\n  "@context": ' + _indented(context, b"\n  ") + b',\n  "@graph": [')
    between = b""
    for some in _portions(entities):
        written.write(between)
        written.write(_lines(some) if is_large else _indented(some, b"\n  ")[1:-4])
        between = b","
    written.write(b"\n  ]\n}")
    return written.getvalue()


def _portions(entities: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    left = iter(entities)
    while some := list(islice(left, AT_ONCE)):
        yield some


def _lines(some: list[dict[str, Any]]) -> bytes:
    return b"\n    " + b",\n    ".join(map(orjson.dumps, some))


def _indented(value: Any, line: bytes) -> bytes:
    """The line ends are those of the layout: within texts they are written as ``\\n``."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).replace(b"\n", line)
