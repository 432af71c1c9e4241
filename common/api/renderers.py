"""What answers look like on the wire: JSON, and CSV for lists."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer
from rest_framework.utils.encoders import JSONEncoder

_fallback = JSONEncoder().default
OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC | orjson.OPT_NON_STR_KEYS


def to_json(data: Any) -> bytes:
    """JSON as UTF-8; times in UTC, and those without a zone, end in ``Z``."""
    return orjson.dumps(data, default=_plain, option=OPTIONS)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else _fallback(value)


class JSONRenderer(BaseRenderer):
    """JSON, compact."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, media_type: str | None = None, context: dict[str, Any] | None = None
    ) -> bytes:
        """The data as bytes; nothing for an answer without a body."""
        return b"" if data is None else to_json(data)


# Objects that have other names in each row: one cell of JSON, as the heading follows from the first row alone.
ANY_JSON = frozenset(
    {
        "children", "container_registry_map", "data", "default", "environment", "metadata", "parameter_template",
        "parameters", "repository", "requested", "requirements", "resources", "run_environment", "scheduler",
        "statistics", "tags", "value",
    }
)  # fmt: skip


class CSVRenderer(BaseRenderer):
    """A list as comma-separated values (RFC 4180); inner names are joined by dots: ``workflow.name``.

    Views stream the rows of a list themselves; what is left for this are errors, which are JSON everywhere.
    """

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(
        self, data: Any, media_type: str | None = None, context: dict[str, Any] | None = None
    ) -> bytes:
        """An error, in the one shape."""
        if context and "response" in context:
            context["response"]["Content-Type"] = "application/json"
        return b"" if data is None else to_json(data)


def csv_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The lines of a table with a heading, from objects of one shape."""
    heading: list[str] | None = None
    for row in rows:
        flat = dict(_flat(row))
        if heading is None:
            heading = list(flat)
            yield _line(heading)
        yield _line([_cell(flat.get(name)) for name in heading])


def _flat(row: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, dict) and name not in ANY_JSON:
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    return to_json(value).decode().strip('"')


def _line(cells: list[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
