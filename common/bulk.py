"""Writing many rows at the price of writing them: COPY on PostgreSQL, executemany on SQLite.

``Model.objects.bulk_create`` builds an object per row and prepares each value by itself, which is most of
the time of a large registration. Defaults are filled in from the model, so a new column is not forgotten.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain, islice
from typing import Any
from uuid import UUID

import orjson
from django.db import connections, models

COPY_FROM_ROWS = 200
PORTION = 500

Converter = Callable[[Any], Any]


def insert_rows(
    model: type[models.Model],
    fields: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    using: str = "default",
    **constants: Any,
) -> None:
    """Insert ``rows``, whose values stand in the order of ``fields`` (names of attributes: ``owner_id``).

    ``constants`` are the same in every row; columns named in neither get the model's default. Values are
    Python values as the model's fields take them; JSON values are plain data. Constraints are the database's
    to check: an IntegrityError comes from here. Must run inside a transaction.
    """
    first = list(islice(iterator := iter(rows), COPY_FROM_ROWS + 1))
    if not first:
        return
    vendor = connections[using].vendor
    table = _Table(_layout(model, tuple(fields), tuple(constants), vendor), constants)
    with connections[using].cursor() as cursor:
        if vendor == "sqlite":
            rows_ready: Any = map(table.row, chain(first, iterator))  # one at a time: there may be many
            cursor.executemany(table.insert_one, rows_ready)
        elif len(first) > COPY_FROM_ROWS:
            # Django dresses the errors of its cursors' own methods only, and a COPY ends beyond them.
            with connections[using].wrap_database_errors, cursor.copy(table.copy) as copy:
                for row in chain(first, iterator):
                    copy.write_row(table.row(row))
        else:
            values = [table.row(row) for row in first]
            cursor.execute(table.insert_many(len(values)), list(chain.from_iterable(values)))


def insert_objects(objects: Sequence[models.Model], *, using: str = "default") -> None:
    """Insert objects of one model as they are: no signals, no ``save``; must run inside a transaction."""
    fields = [field.attname for field in objects[0]._meta.concrete_fields]
    insert_rows(
        type(objects[0]), fields, ([getattr(one, name) for name in fields] for one in objects), using=using
    )
    for one in objects:
        one._state.adding, one._state.db = False, using


def update_rows(
    model: type[models.Model],
    fields: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    using: str = "default",
    **constants: Any,
) -> None:
    """Write these columns of rows that are there; ``fields`` begins with ``id``, which tells each row.

    Values are those that ``insert_rows`` takes, ``constants`` the same for every row. One statement, however many
    rows; must run inside a transaction.
    """
    vendor = connections[using].vendor
    layout = _layout(model, tuple(fields), tuple(constants), vendor)
    columns = layout.columns.split(", ")[: len(fields) + len(constants)]
    sets = ", ".join(f"{column} = %s" for column in columns[1:])
    table = _Table(layout, constants)
    ready = (table.row(row)[: len(columns)] for row in rows)
    values = [(*rest, key) for key, *rest in ready]
    if values:
        with connections[using].cursor() as cursor:
            cursor.executemany(f'UPDATE "{layout.table}" SET {sets} WHERE {columns[0]} = %s', values)


@dataclass(frozen=True, slots=True)
class _Layout:
    """What inserts into the same columns have in common. ``given`` and ``fixed`` convert by place."""

    table: str
    columns: str
    width: int
    given: list[tuple[int, Converter]]
    fixed: list[tuple[str, Any, Converter | None]]


@lru_cache(maxsize=256)
def _layout(
    model: type[models.Model], fields: tuple[str, ...], constants: tuple[str, ...], vendor: str
) -> _Layout:
    by_attribute = {field.attname: field for field in model._meta.concrete_fields}
    rest = [name for name in by_attribute if name not in fields and name not in constants]
    rest = [name for name in rest if not isinstance(by_attribute[name], models.AutoField)]
    fixed = [*constants, *rest]
    converters = [_converter(by_attribute[name], vendor) for name in fields]
    return _Layout(
        table=model._meta.db_table,
        columns=", ".join(f'"{by_attribute[name].column}"' for name in [*fields, *fixed]),
        width=len(fields) + len(fixed),
        given=[(place, convert) for place, convert in enumerate(converters) if convert],
        fixed=[(name, by_attribute[name], _converter(by_attribute[name], vendor)) for name in fixed],
    )


class _Table:
    """The statements for one insert, and the way from a row's values to the database's."""

    def __init__(self, layout: _Layout, constants: dict[str, Any]) -> None:
        self._layout, self._given = layout, layout.given
        values = (
            (constants[name] if name in constants else field.get_default(), convert)
            for name, field, convert in layout.fixed
        )
        self._fixed = tuple(
            convert(value) if convert is not None and value is not None else value
            for value, convert in values
        )

    @property
    def insert_one(self) -> str:
        return self.insert_many(1)

    def insert_many(self, count: int) -> str:
        marks = f"({', '.join(['%s'] * self._layout.width)})"
        return f"{self._into('INSERT INTO')} VALUES {', '.join([marks] * count)}"

    @property
    def copy(self) -> str:
        return f"{self._into('COPY')} FROM STDIN"

    def _into(self, verb: str) -> str:
        return f'{verb} "{self._layout.table}" ({self._layout.columns})'

    def row(self, values: Sequence[Any]) -> Sequence[Any]:
        row = [*values, *self._fixed]
        for place, convert in self._given:
            value = row[place]
            if value is not None:
                row[place] = convert(value)
        return row


def _converter(field: Any, vendor: str) -> Converter | None:
    target = field.target_field if field.is_relation else field
    if isinstance(target, models.JSONField):
        return _json_text
    if vendor == "sqlite" and isinstance(target, models.UUIDField):
        return _hex
    if vendor == "sqlite" and isinstance(target, models.DateTimeField):
        return _naive_text
    return None


def _json_text(value: Any) -> str:
    return orjson.dumps(value).decode()


def _hex(value: UUID | str) -> str:
    return value.hex if isinstance(value, UUID) else UUID(value).hex


def _naive_text(value: datetime) -> str:
    return str(value.astimezone(UTC).replace(tzinfo=None))


def portions(items: Iterable[Any]) -> Iterator[list[Any]]:
    """So many at a time as a statement names."""
    rest = iter(items)
    while portion := list(islice(rest, PORTION)):
        yield portion
