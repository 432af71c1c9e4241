"""One page of the list of runs: first the ids, in which the order is found, then what their lines show.

PostgreSQL expects that what it looks for lies evenly in the order it looks in, and may walk nearly all runs to find
fifty. So its own way gets little time. After that all runs that fit are found first and sorted then, for which
it uses other indexes. Whatever takes longer than a page may take is given up, and the page says so.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet

from common.api.paging import COUNT_LIMIT, Ordering, QuerySetSource
from web.lists.paging import Page, page_number, page_size_for
from web.requests import SignedInRequest
from web.runs.columns import Column, read_rows
from web.runs.in_time import Patience, TookTooLong
from web.runs.ordered import ids_in_order
from web.runs.query import RunQuery

USUAL = 230  # milliseconds for everything
PLANNED, COUNTING = 70, 60  # of them for the first way to find the page, and to count how many there are
DEEP = 2_000  # rows into a list, only its own order leads there quickly
REMEMBERED = 60  # seconds in which what took too long is not tried again
Found = tuple[list[Any], int | None]


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

    def all_sorted() -> Found:
        return patience.ask(lambda: _all_sorted(order, runs, start, end))

    return _unless_slow(f"page {order}", runs, lambda: patience.ask(as_planned, PLANNED), all_sorted)


def _all_sorted(order: Ordering, runs: QuerySet, start: int, end: int) -> Found:
    """As PostgreSQL would not do it by itself, for fear of many rows."""
    wanted = runs.order_by().annotate(sort_key=F(order.column)).values_list("pk", "sort_key")
    statement, parameters = wanted.query.sql_with_params()
    side = "DESC" if order.descending else "ASC"
    nulls = "NULLS LAST" if order.descending else "NULLS FIRST"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH found (id, sort_key) AS MATERIALIZED ({statement}) SELECT id, COUNT(*) OVER () FROM found"
            f" ORDER BY sort_key {side} {nulls}, id {side} LIMIT %s OFFSET %s",
            [*parameters, end - start, start],
        )
        rows = cursor.fetchall()
    return [key for key, _ in rows], rows[0][1] if rows else None


def _count(runs: QuerySet, seen: int, total: int | None, patience: Patience) -> tuple[int, bool]:
    """How many there are, and whether there are more; where counting takes too long, as many as were seen."""
    if total is not None:
        return min(total, COUNT_LIMIT), total > COUNT_LIMIT
    source = QuerySetSource(runs, list)
    return _unless_slow("count", runs, lambda: patience.ask(source.count, COUNTING), lambda: (seen, True))


def _unless_slow(what: str, runs: QuerySet, first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """The first way, unless it takes too long, or did so a moment ago while the second way was quick enough."""
    try:
        statement = str(runs.order_by().values("pk").query.sql_with_params())
    except EmptyResultSet:
        return first()
    key = "slow:" + hashlib.blake2b(f"{what} {statement}".encode(), digest_size=16).hexdigest()
    if cache.get(key):
        return second()
    try:
        return first()
    except TookTooLong:
        answer = second()
        cache.set(key, True, REMEMBERED)
        return answer
