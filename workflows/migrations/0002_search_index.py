"""Trigram indexes for the search by text: an FTS5 table on SQLite, a GIN index on PostgreSQL."""

from django.db import migrations

from common.migration_helpers import sql_for

FTS = "workflows_runtext_fts"
TABLE = "workflows_runtext"

SQLITE = [
    f"CREATE VIRTUAL TABLE {FTS} USING fts5(text, content='{TABLE}', content_rowid='id', tokenize='trigram')",
    f"""CREATE TRIGGER {TABLE}_added AFTER INSERT ON {TABLE} BEGIN
        INSERT INTO {FTS}(rowid, text) VALUES (new.id, new.text); END""",
    f"""CREATE TRIGGER {TABLE}_gone AFTER DELETE ON {TABLE} BEGIN
        INSERT INTO {FTS}({FTS}, rowid, text) VALUES ('delete', old.id, old.text); END""",
    f"""CREATE TRIGGER {TABLE}_changed AFTER UPDATE ON {TABLE} BEGIN
        INSERT INTO {FTS}({FTS}, rowid, text) VALUES ('delete', old.id, old.text);
        INSERT INTO {FTS}(rowid, text) VALUES (new.id, new.text); END""",
]
SQLITE_BACK = [
    f"DROP TRIGGER {TABLE}_changed",
    f"DROP TRIGGER {TABLE}_gone",
    f"DROP TRIGGER {TABLE}_added",
    f"DROP TABLE {FTS}",
]
# icontains compares UPPER(text), so the index is on that, too.
POSTGRES = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    f"CREATE INDEX {TABLE}_trigrams ON {TABLE} USING gin (UPPER(text) gin_trgm_ops)",
]


class Migration(migrations.Migration):
    """Needs the right to create the extension pg_trgm on PostgreSQL (the database's owner has it)."""

    dependencies = [("workflows", "0001_initial")]

    operations = [
        sql_for(vendor="sqlite", forward=SQLITE, backward=SQLITE_BACK),
        sql_for(vendor="postgresql", forward=POSTGRES, backward=[f"DROP INDEX {TABLE}_trigrams"]),
    ]
