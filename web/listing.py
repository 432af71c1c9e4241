"""Pages of a list, and lists that are cut off: what a page shows never grows with what is stored."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

PAGE_SIZE = 50
COUNTED = 10_000  # above it, counting costs more than the number is worth
LAST_PAGE = 20_000
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows; ``count`` is a lower bound where ``is_counted`` is false."""

    rows: list[Any]
    number: int
    has_next: bool
    count: int
    is_counted: bool

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
        return (self.number - 1) * PAGE_SIZE + 1

    @property
    def last(self) -> int:
        """The place of the last row in the whole list."""
        return self.first + len(self.rows) - 1


def page_of(rows: QuerySet, wanted: str) -> Page:
    """The page of ``rows`` with the number ``wanted``; a number that makes no sense means the first."""
    number = page_number(wanted)
    start = (number - 1) * PAGE_SIZE
    found = list(rows[start : start + PAGE_SIZE + 1])
    has_next = len(found) > PAGE_SIZE
    if number == 1 and not has_next:
        return Page(found, 1, False, len(found), True)
    count = rows.order_by().values("pk")[: COUNTED + 1].count()
    return Page(found[:PAGE_SIZE], number, has_next, min(count, COUNTED), count <= COUNTED)


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


def first_of(rows: QuerySet, most: int = SHOWN) -> Excerpt:
    """The first ``most`` rows; the rest is counted only where there is one."""
    found = list(rows[: most + 1])
    if len(found) <= most:
        return Excerpt(found, 0)
    return Excerpt(found[:most], rows.count() - most)
