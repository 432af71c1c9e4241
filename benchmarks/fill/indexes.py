"""Taking the indexes off the big tables, and putting back exactly the same ones after the fill."""

from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.fill.rows import BIG_TABLES

SEARCH_TABLE = "workflows_runtext"

POSTGRES_CONSTRAINTS = """
SELECT conname, conrelid::regclass::text, contype, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype IN ('p', 'u', 'f')
AND (conrelid::regclass::text = ANY(%s) OR confrelid::regclass::text = ANY(%s))
ORDER BY conname
"""
POSTGRES_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid::regclass::text = ANY(%s)
AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
ORDER BY 1
"""

Say = Callable[[str], None]


def without_indexes_on_postgres(cursor: Any, fill: Callable[[], None], say: Say) -> None:
    """Call ``fill`` while the big tables have no indexes, keys or triggers; then the schema is as it was before.

    Raises RuntimeError if it is not.
    """
    before = _postgres_schema(cursor)
    constraints, indexes = before
    for name, table, *_ in sorted(constraints, key=lambda one: one[2] != "f"):  # foreign keys first
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    _triggers(cursor, "DISABLE")
    fill()
    _triggers(cursor, "ENABLE")
    for name, table, _, definition in sorted(constraints, key=lambda one: one[2] == "f"):  # foreign keys last
        say(f"  {name}")
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    for name, definition in indexes:
        say(f"  {name}")
        cursor.execute(definition)
    if _postgres_schema(cursor) != before:
        raise RuntimeError("The fill left another schema than the migrations made.")


def _triggers(cursor: Any, deed: str) -> None:
    for table in BIG_TABLES:
        cursor.execute(f"ALTER TABLE {table} {deed} TRIGGER USER")


def _postgres_schema(cursor: Any) -> tuple[list[tuple], list[tuple]]:
    cursor.execute(POSTGRES_CONSTRAINTS, [BIG_TABLES, BIG_TABLES])
    constraints = cursor.fetchall()
    cursor.execute(POSTGRES_INDEXES, [BIG_TABLES])
    return constraints, cursor.fetchall()


def without_indexes_on_sqlite(cursor: Any, fill: Callable[[], None], say: Say) -> None:
    """The same for SQLite; the full-text table is filled by its own command instead of by triggers."""
    before = _sqlite_schema(cursor)
    for kind, name, _ in before:
        cursor.execute(f'DROP {kind} "{name}"')
    fill()
    for _, name, definition in before:
        say(f"  {name}")
        cursor.execute(definition)
    for (table,) in _search_tables(cursor):
        say(f"  {table}")
        cursor.execute(f"INSERT INTO {table}({table}) VALUES ('rebuild')")
    if _sqlite_schema(cursor) != before:
        raise RuntimeError("The fill left another schema than the migrations made.")


def _sqlite_schema(cursor: Any) -> list[tuple]:
    names = ", ".join(f"'{table}'" for table in BIG_TABLES)
    cursor.execute(
        "SELECT type, name, sql FROM sqlite_master"
        f" WHERE type IN ('index', 'trigger') AND sql IS NOT NULL AND tbl_name IN ({names})"
        " ORDER BY type, name"
    )
    return cursor.fetchall()


def _search_tables(cursor: Any) -> Iterable[tuple[str]]:
    cursor.execute(
        "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%USING fts5(%content=%'"
    )
    return cursor.fetchall()
