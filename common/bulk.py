"""Writing many rows at the price of writing them: COPY on PostgreSQL, executemany on SQLite.

``Model.objects.bulk_create`` builds an object per row and prepares each value by itself, which is most of
the time of a large registration. Defaults are filled in from the model, so a new column is not forgotten.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any
from uuid import UUID

import orjson
from django.db import connections, models

COPY_FROM_ROWS = 200

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
    table = _Table(model, fields, constants, connections[using].vendor)
    first = list(islice(iterator := iter(rows), COPY_FROM_ROWS + 1))
    if not first:
        return
    with connections[using].cursor() as cursor:
        if connections[using].vendor == "sqlite":
            rows_ready: Any = map(table.row, chain(first, iterator))  # one at a time: there may be many
            cursor.executemany(table.insert_one, rows_ready)
        elif len(first) > COPY_FROM_ROWS:
            with cursor.copy(table.copy) as copy:
                for row in chain(first, iterator):
                    copy.write_row(table.row(row))
        else:
            values = [table.row(row) for row in first]
            cursor.execute(table.insert_many(len(values)), list(chain.from_iterable(values)))


class _Table:
    """The statements for one insert, and the way from a row's values to the database's."""

    def __init__(
        self, model: type[models.Model], fields: Sequence[str], constants: dict[str, Any], vendor: str
    ) -> None:
        by_attribute = {field.attname: field for field in model._meta.concrete_fields}
        rest = [name for name in by_attribute if name not in fields and name not in constants]
        rest = [name for name in rest if not isinstance(by_attribute[name], models.AutoField)]
        fixed = {**constants, **{name: by_attribute[name].get_default() for name in rest}}
        self._name = model._meta.db_table
        self._columns = ", ".join(f'"{by_attribute[name].column}"' for name in [*fields, *fixed])
        self._width = len(fields) + len(fixed)
        self._converters = [_converter(by_attribute[name], vendor) for name in fields]
        self._fixed = tuple(
            convert(value)
            if (convert := _converter(by_attribute[name], vendor)) and value is not None
            else value
            for name, value in fixed.items()
        )

    @property
    def _marks(self) -> str:
        return f"({', '.join(['%s'] * self._width)})"

    @property
    def insert_one(self) -> str:
        return self.insert_many(1)

    def insert_many(self, count: int) -> str:
        return f'INSERT INTO "{self._name}" ({self._columns}) VALUES {", ".join([self._marks] * count)}'

    @property
    def copy(self) -> str:
        return f'COPY "{self._name}" ({self._columns}) FROM STDIN'

    def row(self, values: Sequence[Any]) -> tuple[Any, ...]:
        pairs = zip(values, self._converters, strict=True)
        return (*(c(v) if c is not None and v is not None else v for v, c in pairs), *self._fixed)


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
