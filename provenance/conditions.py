"""What may be seen, as conditions for SQL that is written by hand; who may see what stays said in one place."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import QuerySet

from common.models.access import UserLike
from data_management.models import Dataset
from workflows.models import WorkflowRun
from workflows.records import DataType

INTO_RUN = (DataType.INPUT, DataType.PARAMETER, DataType.CONFIG)
OUT_OF_RUN = (DataType.OUTPUT, DataType.REPORT, DataType.LOG)
# Every empty file has it: that two files are empty does not make them the same data.
SHA256_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
MD5_OF_NOTHING = "d41d8cd98f00b204e9800998ecf8427e"


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL with its parameters."""

    sql: str
    parameters: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Sight:
    """What a person may see: conditions on a row of ``workflows_workflowrun`` and of ``data_management_dataset``."""

    run: Condition
    dataset: Condition

    @classmethod
    def of(cls, user: UserLike) -> "Sight":
        """Neither what is in the trash, nor what the person has no right to."""
        return cls(
            _where(WorkflowRun.objects.visible_to(user)),
            _where(Dataset.objects.visible_to(user)),
        )


def _where(rows: QuerySet) -> Condition:
    """The conditions of a queryset of one table."""
    compiler = rows.query.get_compiler(connection=connection)
    sql, parameters = rows.query.where.as_sql(compiler, connection)
    return Condition(sql, tuple(parameters))


def words(kinds: tuple[DataType, ...]) -> str:
    """Data types as a list in SQL."""
    return ", ".join(f"'{kind}'" for kind in kinds)


def as_stored(key: UUID | str) -> str:
    """An id as the database takes it."""
    text = str(key)
    return text if connection.vendor == "postgresql" else text.replace("-", "")


def as_text(value: Any) -> str:
    """An id as the driver gives it, as it stands on the wire: a page has thousands, and texts are had for less."""
    if isinstance(value, UUID):
        return str(value)
    return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"


def many_stored(keys: Iterable[UUID | str]) -> Condition:
    """A table ``given`` with one column ``id``, of ids that are given as one parameter."""
    texts = [str(key) for key in keys]
    if connection.vendor == "postgresql":
        return Condition("(SELECT unnest(%s::uuid[]) AS id) given", (texts,))
    text = orjson.dumps(texts).decode().replace("-", "")
    return Condition("(SELECT value AS id FROM json_each(%s)) given", (text,))


def as_uuid(value: Any) -> UUID:
    """An id as the driver gives it."""
    return value if isinstance(value, UUID) else UUID(value)
