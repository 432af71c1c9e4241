"""Pages of a list, and lists that are cut off: what a page shows never grows with what is stored."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from web.models import PAGE_SIZES
from web.preferences import preferences_of

COUNTED = 10_000  # above it, counting costs more than the number is worth
LAST_PAGE = 20_000
SHOWN = 200
Count = Callable[[QuerySet[Any]], tuple[int, bool]]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows; ``count`` is a lower bound where ``is_counted`` is false."""

    rows: list[Any]
    number: int
    has_next: bool
    count: int
    is_counted: bool
    size: int

    @property
    def previous_number(self) -> int | None:
        """The page before, None on the first."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next_number(self) -> int | None:
        """The page after, None on the last."""
        return self.number + 1 if self.has_next else None

    @property
    def first(self) -> int:
        """The place of the first row in the whole list, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        """The place of the last row in the whole list."""
        return self.first + len(self.rows) - 1


def bounded_count(rows: QuerySet[Any]) -> tuple[int, bool]:
    """How many rows there are, counted no further than COUNTED, and whether that is all of them."""
    found = rows.order_by().values("pk")[: COUNTED + 1].count()
    return min(found, COUNTED), found <= COUNTED


def page_for(request: HttpRequest, rows: QuerySet[Any], count: Count = bounded_count) -> Page:
    """The page of ``rows`` that the address asks for, as long as the address or else the person likes pages."""
    return page_of(rows, request.GET.get("page", ""), page_size_for(request), count)


def page_size_for(request: HttpRequest) -> int:
    """One of PAGE_SIZES: what the address says, else what the person prefers."""
    asked = request.GET.get("page_size", "")
    known = {str(size): size for size in PAGE_SIZES}
    return known.get(asked) or preferences_of(request).page_size


def page_of(rows: QuerySet[Any], wanted: str, size: int, count: Count = bounded_count) -> Page:
    """The page of ``rows`` with the number ``wanted``; a number that makes no sense means the first.

    ``count`` is asked how many there are only where there is more than one page.
    """
    number = page_number(wanted)
    start = (number - 1) * size
    found = list(rows[start : start + size + 1])
    has_next = len(found) > size
    if number == 1 and not has_next:
        return Page(found, 1, False, len(found), True, size)
    return Page(found[:size], number, has_next, *count(rows), size)


def page_number(wanted: str) -> int:
    """``wanted`` as a number from 1 to LAST_PAGE."""
    if not wanted.isascii() or not wanted.isdigit() or len(wanted) > len(str(LAST_PAGE)):
        return 1
    return min(max(int(wanted), 1), LAST_PAGE)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The first rows of something long, and how many more there are."""

    rows: list[Any]
    more: int


def first_of(rows: QuerySet[Any], most: int = SHOWN) -> Excerpt:
    """The first ``most`` rows; the rest is counted only where there is one."""
    found = list(rows[: most + 1])
    if len(found) <= most:
        return Excerpt(found, 0)
    return Excerpt(found[:most], rows.count() - most)
