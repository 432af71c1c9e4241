"""Lists in pages: numbers for people, cursors for programs.

A page by number says how many rows there are, counting no further than COUNT_LIMIT. A page by cursor costs
the same wherever it is: it continues after the last row that was seen, by the sort column and the id.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Protocol
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db.models import F, Q, QuerySet
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import BasePagination

from common.api.renderers import to_json
from common.api.schema import envelope_of, fields_parameter
from common.api.schema import query_parameter as _parameter
from common.errors import UnknownReference, Violation

COUNT_LIMIT = 10_000
MANY_SECONDS = 60
Cut = Callable[[QuerySet], QuerySet]
DEFAULT_PAGE_SIZE = 50
LARGEST_PAGE_SIZE = 500
LAST_PAGE = 1_000_000


@dataclass(frozen=True, slots=True)
class Ordering:
    """How a list is sorted: a column, and the id where that is equal. No value stands below every value."""

    column: str
    descending: bool
    nullable: bool = False

    def reverse(self) -> "Ordering":
        """The other way round."""
        return Ordering(self.column, not self.descending, self.nullable)

    def apply(self, rows: QuerySet) -> QuerySet:
        """The rows in this order."""
        sign = "-" if self.descending else ""
        if self.column == "id":
            return rows.order_by(f"{sign}id")
        if not self.nullable:
            elsewhere = self.column.rpartition("__")[0]
            if elsewhere:  # each row has one there: told so, the database walks along the index of that table
                rows = rows.filter(**{f"{elsewhere}__isnull": False})
            return rows.order_by(f"{sign}{self.column}", f"{sign}id")
        column = F(self.column)
        ordered = column.desc(nulls_last=True) if self.descending else column.asc(nulls_first=True)
        return rows.order_by(ordered, f"{sign}id")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list: behind the row with this value and id, read forwards or backwards."""

    value: Any = None
    row: str = ""
    backwards: bool = False

    def encode(self) -> str:
        """As it stands in an address."""
        return base64.urlsafe_b64encode(to_json([self.value, self.row, self.backwards])).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """Read it back; UnknownReference for anything that we did not write."""
        if not text:
            return cls()
        try:
            value, row, backwards = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            if "\0" in f"{value}{row}":
                raise ValueError("holds what no database keeps")
        except (ValueError, TypeError, binascii.Error) as problem:
            raise UnknownReference(
                [Violation("cursor", "is not one that this list gave; begin with an empty one", True)]
            ) from problem
        return cls(value, str(row), bool(backwards))


class PageDescription(BasePagination):
    """Tells the schema generator what ``Pager`` does; it cuts no pages itself."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The envelope around a list."""
        return envelope_of(schema)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """What every list can be asked."""
        orderings = [f"{sign}{name}" for name in view.orderings for sign in ("", "-")]
        asked = [
            _parameter(
                "page", {"type": "integer", "minimum": 1, "maximum": LAST_PAGE}, "Number of the page."
            ),
            _parameter(
                "page_size", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE_SIZE}, "Rows a page."
            ),
            _parameter("cursor", {"type": "string"}, "Pages by cursor: empty to begin, then as `next` says."),
            _parameter(
                "ordering", {"type": "string", "enum": orderings}, "Column to sort by, - for descending."
            ),
            fields_parameter(view.known_fields()),
        ]
        trash = _parameter("deleted", {"type": "boolean"}, "What lies in the trash, instead of the rest.")
        return [*asked, trash] if hasattr(view.queryset.model, "deleted") else asked


@dataclass(slots=True)
class Page:
    """Rows of one page with the addresses of its neighbours."""

    rows: list[Any]
    count: int | None
    count_is_lower_bound: bool
    next: str | None
    previous: str | None

    def envelope(self, results: list[Any]) -> dict[str, Any]:
        """The answer around the results."""
        return {
            "count": self.count,
            "count_is_lower_bound": self.count_is_lower_bound,
            "next": self.next,
            "previous": self.previous,
            "results": results,
        }


class Source(Protocol):
    """Rows that a page can be cut from."""

    def window(self, name: str | None, cut: Cut, after: UUID | None) -> list[Any]:
        """The rows of ``cut``. Windows of one name differ by the id of the row that they come after only."""

    def count(self) -> tuple[int, bool]:
        """How many rows there are, up to COUNT_LIMIT, and whether there are more."""


@dataclass(frozen=True, slots=True)
class QuerySetSource:
    """The rows of a queryset, read by ``read``."""

    rows: QuerySet
    read: Callable[[QuerySet], list[Any]]

    def window(self, name: str | None, cut: Cut, after: UUID | None) -> list[Any]:
        """Asked of the database each time."""
        return self.read(cut(self.rows))

    def count(self) -> tuple[int, bool]:
        """That there are more is remembered."""
        try:
            key = str(self.rows.order_by().values("pk").query.sql_with_params())
        except EmptyResultSet:
            return 0, False
        return bounded_count(key, lambda: self.rows.order_by()[: COUNT_LIMIT + 1].count())


class Pager:
    """Cuts one page out of rows, as the query parameters ask.

    ``value_of`` reads the value of the sort column out of a row; a row is an object or a mapping with ``id``.
    """

    def __init__(
        self, request: Any, ordering: Ordering, value_of: Callable[[Any], Any] | None = None
    ) -> None:
        self.request, self.ordering = request, ordering
        self.value_of = value_of or attrgetter(ordering.column.replace("__", "."))
        self.size = _number(request, "page_size", DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE)
        self.number = _number(request, "page", 1, LAST_PAGE)

    def page(self, source: Source) -> Page:
        """The page."""
        return self._by_cursor(source) if "cursor" in self.request.query_params else self._by_number(source)

    def portions(self, source: Source) -> Iterator[list[Any]]:
        """All rows in their order, a portion at a time; each continues behind the last row of the one before."""
        self.size, cursor = LARGEST_PAGE_SIZE, Cursor()
        while found := self._after(source, cursor, self.ordering)[: self.size]:
            yield found
            cursor = Cursor.decode(self._cursor_at(found[-1], backwards=False).encode())

    # --- by number ------------------------------------------------------------------------------------------

    def _by_number(self, source: Source) -> Page:
        number = self.number
        start = (number - 1) * self.size
        end = start + self.size + 1
        found = source.window(
            f"{self.ordering} {start} {end}", lambda rows: self.ordering.apply(rows)[start:end], None
        )
        if not found and number > 1:
            raise NotFound(f"There is no page {number}.")
        more = len(found) > self.size
        count, bounded = self._count(source, start + len(found), more=more)
        return Page(
            found[: self.size],
            count,
            bounded,
            self._address(page=number + 1) if more else None,
            self._address(page=number - 1) if number > 1 else None,
        )

    def _count(self, source: Source, seen: int, *, more: bool) -> tuple[int, bool]:
        """Exact on the last page for nothing, else counted up to the limit."""
        if not more or seen > COUNT_LIMIT:
            return seen, more
        return source.count()

    # --- by cursor ------------------------------------------------------------------------------------------

    def _by_cursor(self, source: Source) -> Page:
        cursor = Cursor.decode(self.request.query_params["cursor"])
        ordering = self.ordering.reverse() if cursor.backwards else self.ordering
        found = self._after(source, cursor, ordering)
        more = len(found) > self.size
        found = found[: self.size]
        if cursor.backwards:
            found.reverse()
        onwards = bool(found) and (more or cursor.backwards)
        back = bool(found) and bool(cursor.row) and (more or not cursor.backwards)
        return Page(
            found,
            None,
            False,
            self._cursor_address(found[-1], backwards=False) if onwards else None,
            self._cursor_address(found[0], backwards=True) if back else None,
        )

    def _after(self, source: Source, cursor: Cursor, ordering: Ordering) -> list[Any]:
        """One row more than the page holds, from at most two stretches: with a value, and without one."""
        found: list[Any] = []
        for stretch in _stretches(cursor, ordering):
            wanted = self.size + 1 - len(found)
            if wanted > 0:
                found += source.window(
                    f"{ordering} {cursor.row != ''} {wanted}" if ordering.column == "id" else None,
                    lambda rows, s=stretch, n=wanted: ordering.apply(_filtered(rows, s))[:n],
                    _row_id(cursor) if cursor.row else None,
                )
        return found

    def _cursor_address(self, row: Any, *, backwards: bool) -> str:
        return self._address(cursor=self._cursor_at(row, backwards=backwards).encode())

    def _cursor_at(self, row: Any, *, backwards: bool) -> Cursor:
        value = None if self.ordering.column == "id" else self.value_of(row)
        key = row["id"] if isinstance(row, dict) else row.id
        return Cursor(value, str(key), backwards)

    def _address(self, **changed: Any) -> str:
        query = [
            (k, v) for k, values in self.request.query_params.lists() for v in values if k not in changed
        ]
        return self.request.build_absolute_uri(f"?{urlencode([*query, *changed.items()])}")


def bounded_count(key: str, count: Callable[[], int]) -> tuple[int, bool]:
    """How many rows there are, as ``count`` says up to one more than COUNT_LIMIT, and whether there are more.

    That there are more is remembered for a minute: then it takes no counting to say it again.
    """
    digest = "many:" + hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
    if cache.get(digest):
        return COUNT_LIMIT, True
    found = count()
    if found > COUNT_LIMIT:
        cache.set(digest, True, MANY_SECONDS)
    return min(found, COUNT_LIMIT), found > COUNT_LIMIT


def _row_id(cursor: Cursor) -> UUID:
    try:
        return UUID(cursor.row)
    except ValueError as problem:
        raise _foreign_cursor() from problem


def _foreign_cursor() -> UnknownReference:
    return UnknownReference(
        [Violation("cursor", "does not fit this ordering; begin with an empty one", True)]
    )


def _stretches(cursor: Cursor, ordering: Ordering) -> list[Q]:
    """The rows behind the cursor as conditions that an index can follow, in the order of reading."""
    side = "lt" if ordering.descending else "gt"
    if ordering.column == "id":
        return [Q(**{f"id__{side}": cursor.row}) if cursor.row else Q()]
    without = Q(**{f"{ordering.column}__isnull": True})
    if not ordering.nullable:
        return [_behind(cursor, ordering.column, side)]
    with_value, behind_row = ~without, Q(**{f"id__{side}": cursor.row}) if cursor.row else Q()
    if not cursor.row:
        parts = [with_value, without]
    elif cursor.value is None:
        parts = [without & behind_row] if ordering.descending else [with_value, without & behind_row]
    else:
        behind = _behind(cursor, ordering.column, side)
        parts = [behind, without] if ordering.descending else [behind]
    return parts if ordering.descending else parts[::-1]


def _behind(cursor: Cursor, column: str, side: str) -> Q:
    """``column <= v AND (column < v OR id < i)``: the first part is the range that an index finds."""
    if not cursor.row:
        return Q()
    beyond = Q(**{f"{column}__{side}": cursor.value}) | Q(**{f"id__{side}": cursor.row})
    return Q(**{f"{column}__{side}e": cursor.value}) & beyond


def _filtered(rows: QuerySet, stretch: Q) -> QuerySet:
    try:
        return rows.filter(stretch) if stretch else rows
    except (ValueError, TypeError) as problem:
        raise _foreign_cursor() from problem


def _number(request: Any, name: str, default: int, largest: int) -> int:
    """A positive query parameter; ValidationError for anything else."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= largest or len(text) > 9:
        raise ValidationError({name: [f"must be a whole number from 1 to {largest}"]})
    return int(text)
