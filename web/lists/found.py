"""Two ways to the first rows of a list: PostgreSQL's own, and another where that takes too long.

PostgreSQL expects that what it looks for lies evenly in the order it looks in, and may walk nearly all rows to find
fifty. So its own way gets little time. After that all rows that fit are found first and sorted then, for which it uses
other indexes.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet

from common.api.paging import Ordering
from web.lists.in_time import Patience, TookTooLong

PLANNED = 70  # milliseconds for PostgreSQL's own way
REMEMBERED = 60  # seconds in which what took too long is not tried again
Found = tuple[list[Any], int | None]


def newest(rows: QuerySet[Any], most: int, patience: Patience) -> list[Any]:
    """The ids of the newest ``most`` rows; TookTooLong where neither way is quick enough."""
    order = Ordering("id", True)

    def as_planned() -> list[Any]:
        return list(order.apply(rows).values_list("pk", flat=True)[:most])

    def then_sorted() -> list[Any]:
        return patience.ask(lambda: all_sorted(order, rows, 0, most))[0]

    return list(unless_slow("newest", rows, lambda: patience.ask(as_planned, PLANNED), then_sorted))


def all_sorted(order: Ordering, rows: QuerySet[Any], start: int, end: int) -> Found:
    """The ids from place ``start`` to before ``end``, and how many there are in all; only PostgreSQL knows how.

    As it would not do it by itself, for fear of many rows.
    """
    wanted = rows.order_by().annotate(sort_key=F(order.column)).values_list("pk", "sort_key")
    statement, parameters = wanted.query.sql_with_params()
    side = "DESC" if order.descending else "ASC"
    nulls = "NULLS LAST" if order.descending else "NULLS FIRST"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH found (id, sort_key) AS MATERIALIZED ({statement}) SELECT id, COUNT(*) OVER () FROM found"
            f" ORDER BY sort_key {side} {nulls}, id {side} LIMIT %s OFFSET %s",
            [*parameters, end - start, start],
        )
        found = cursor.fetchall()
    return [key for key, _ in found], found[0][1] if found else None


def unless_slow(what: str, rows: QuerySet[Any], first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """The first way, unless it takes too long, or did so a moment ago while the second way was quick enough."""
    try:
        statement = str(rows.order_by().values("pk").query.sql_with_params())
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
