"""People whom a source names, as they stand in a JSON column: users of the registry or not."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from workflows.records import PersonRecord


def people_of(column: Sequence[dict[str, Any]]) -> tuple[PersonRecord, ...]:
    """The people in a column."""
    return tuple(PersonRecord(**one) for one in column)


def column_of(people: Sequence[PersonRecord]) -> list[dict[str, Any]]:
    """People as a column holds them."""
    return [asdict(one) for one in people]
