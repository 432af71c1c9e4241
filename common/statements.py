"""SQL that is compiled once and run again: building a queryset and compiling it costs more than its rows.

Which statement it is follows from who asks and for what; a value that differs from one time to the next (the
id of a row, the digest of a token) is put in its place. Nothing of the answer is kept.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

MOST_STATEMENTS = 1000
_known: dict[Hashable, "_Statement"] = {}


@dataclass(frozen=True, slots=True)
class _Statement:
    sql: str
    parameters: tuple[Any, ...]
    places: tuple[int, ...]
    database: str

    def run(self, value: Any) -> list[Sequence[Any]]:
        parameters = list(self.parameters)
        for place in self.places:
            parameters[place] = value
        with connections[self.database].cursor() as cursor:
            cursor.execute(self.sql, parameters)
            rows: list[Sequence[Any]] = cursor.fetchall()
            return rows


def fetch_again(
    key: Hashable | None,
    build: Callable[[], QuerySet],
    *,
    value: UUID | str | None = None,
    wrapped: str = "{}",
) -> list[Sequence[Any]]:
    """The rows of ``build()``, a queryset of ``values_list``, as the database's driver gives them.

    ``key`` must say all that the statement depends on but ``value``; with None nothing is remembered.
    ``wrapped`` is SQL around the statement. On SQLite identifiers come as 32 digits and times without a zone.
    """
    statement = _known.get(key) if key is not None else None
    if statement is None:
        try:
            statement = _compile(build(), value, wrapped)
        except EmptyResultSet:
            return []
        # Where the value stands more than once, it is also something else, such as the caller's own id in
        # the rights: the next value would take that place as well.
        if key is not None and (value is None or len(statement.places) == 1):
            _remember(key, statement)
    return statement.run(_as_stored(value, statement.database))


def _compile(rows: QuerySet, value: Any, wrapped: str) -> _Statement:
    sql, parameters = rows.query.get_compiler(rows.db).as_sql()
    stored = _as_stored(value, rows.db)
    places = () if value is None else tuple(n for n, one in enumerate(parameters) if one == stored)
    return _Statement(wrapped.format(sql) if wrapped != "{}" else sql, tuple(parameters), places, rows.db)


def _remember(key: Hashable, statement: _Statement) -> None:
    """Keep it; when there are too many, begin anew, which costs no more than it did the first time."""
    if len(_known) >= MOST_STATEMENTS:
        _known.clear()
    _known[key] = statement


def _as_stored(value: Any, database: str) -> Any:
    is_text = isinstance(value, UUID) and connections[database].vendor == "sqlite"
    return value.hex if is_text else value
