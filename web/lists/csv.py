"""A list as CSV for a spreadsheet.

The API's CSV is for programs and says every value as it is. A spreadsheet runs a text that begins like a formula, and
takes a file without a byte order mark for one of another encoding: so the file that the pages offer differs in both.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from copy import copy
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse

from web.lists.query import ListQuery

MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # by which spreadsheets know UTF-8
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")  # the last in full width


def for_spreadsheets(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The same lines, in which no text is a formula: it begins with an apostrophe. Numbers stay as they are."""
    yield MARK.encode()
    for line in lines:
        for cells in csv.reader([line.decode()]):
            out = io.StringIO()
            csv.writer(out).writerow([inert(cell) for cell in cells])
            yield out.getvalue().encode()


def inert(cell: str) -> str:
    """A cell that no spreadsheet computes."""
    return f"'{cell}" if cell.startswith(FORMULA) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return cell.isascii() and not cell.startswith(("\t", "\r", "\n"))


def csv_of(request: HttpRequest, query: ListQuery) -> StreamingHttpResponse | None:
    """All rows of a list as the API has them, made fit for spreadsheets; None where it refuses."""
    inner: Any = copy(request)
    inner.GET = query.data.copy()
    inner.GET["format"] = "csv"
    answer = query.of.viewset.as_view({"get": "list"})(inner)
    if not isinstance(answer, StreamingHttpResponse):
        return None
    lines: Any = answer.streaming_content
    answer.streaming_content = for_spreadsheets(lines)
    return answer
