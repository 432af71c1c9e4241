"""The metadata document as bytes, written entity by entity: of a large crate the whole would not fit twice."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import orjson


def document_of(context: Any, entities: Iterable[dict[str, Any]]) -> bytes:
    """``{"@context": …, "@graph": […]}`` in UTF-8, indented by two, as orjson would write it in one piece."""
    written = BytesIO()
    written.write(b'{\n  "@context": ' + _indented(context, b"\n  ") + b',\n  "@graph": [')
    between = b"\n    "
    for entity in entities:
        written.write(between)
        written.write(_indented(entity, b"\n    "))
        between = b",\n    "
    written.write(b"\n  ]\n}")
    return written.getvalue()


def _indented(value: Any, line: bytes) -> bytes:
    """The line ends are those of the layout: within texts they are written as ``\\n``."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).replace(b"\n", line)
