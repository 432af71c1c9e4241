"""One page of the list of runs: first the ids, in which the order is found, then what their lines show.

Whatever takes longer than a page may take is given up, and the page says so.
"""

from django.db.models import QuerySet

from common.api.paging import COUNT_LIMIT, Ordering, QuerySetSource
from web.lists.found import PLANNED, Found, all_sorted, unless_slow
from web.lists.in_time import Patience
from web.lists.paging import Page, page_number, page_size_for
from web.requests import SignedInRequest
from web.runs.columns import Column, read_rows
from web.runs.ordered import ids_in_order
from web.runs.query import RunQuery

USUAL = 230  # milliseconds for everything
COUNTING = 60  # of them to count how many there are
DEEP = 2_000  # rows into a list, only its own order leads there quickly


def page_of_runs(request: SignedInRequest, query: RunQuery, columns: list[Column]) -> Page:
    """The page that the address asks for; TookTooLong where it cannot be had in time.

    With ``wait`` in the address it may take its time. How many runs there are is counted within a bound.
    """
    patience = Patience.of(request, USUAL)
    number, size = page_number(request.GET.get("page", "")), page_size_for(request)
    start, runs, order = (number - 1) * size, query.runs(), query.order()
    ids, total = _found(runs, order, start, start + size + 1, patience)
    has_next = len(ids) > size
    if has_next:
        count, is_bounded = _count(runs, start + size, total, patience)
    else:
        count, is_bounded = start + len(ids) if ids else 0, False
    rows = read_rows(request, ids[:size], columns)
    return Page(rows, number, has_next, count, not is_bounded, size)


def _found(runs: QuerySet, order: Ordering, start: int, end: int, patience: Patience) -> Found:
    """The ids, and how many runs there are in all where that came to light."""

    def as_planned() -> Found:
        return ids_in_order(order, runs, start, end), None

    if start >= DEEP:
        return patience.ask(as_planned)

    def sorted_then() -> Found:
        return patience.ask(lambda: all_sorted(order, runs, start, end))

    return unless_slow(f"page {order}", runs, lambda: patience.ask(as_planned, PLANNED), sorted_then)


def _count(runs: QuerySet, seen: int, total: int | None, patience: Patience) -> tuple[int, bool]:
    """How many there are, and whether there are more; where counting takes too long, as many as were seen."""
    if total is not None:
        return min(total, COUNT_LIMIT), total > COUNT_LIMIT
    source = QuerySetSource(runs, list)
    return unless_slow("count", runs, lambda: patience.ask(source.count, COUNTING), lambda: (seen, True))
