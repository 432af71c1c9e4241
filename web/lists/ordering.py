"""Lists within a page, which are sorted by some of their columns."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest


def ordering_asked(request: HttpRequest, columns: Mapping[str, str]) -> str:
    """The ordering that the address names, with a leading minus from the greatest; empty for none of ``columns``."""
    asked = request.GET.get("ordering", "")
    return asked if asked.removeprefix("-") in columns else ""


def in_order(
    rows: QuerySet[Any],
    ordering: str,
    columns: Mapping[str, str],
    usual: tuple[Any, ...],
    among_equals: Any = ("-id",),
) -> QuerySet[Any]:
    """``rows`` by one of ``columns``, what has no value at the end; without an ordering in the ``usual`` order."""
    if not ordering:
        return rows.order_by(*usual)
    column = F(columns[ordering.removeprefix("-")])
    by_value = column.desc(nulls_last=True) if ordering.startswith("-") else column.asc(nulls_last=True)
    return rows.order_by(by_value, *among_equals)
