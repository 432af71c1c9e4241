"""Indexes on PostgreSQL by which a part of a name is found among many; SQLite looks through all names."""

from django.db import migrations

from common.migration_helpers import sql_for

SEARCHED = (
    ("dataset", "name"),
    ("dataset", "description"),
    ("datasetcollection", "name"),
    ("datafile", "name"),
)
NAMES = {(table, column): f"data_management_{table}_{column}_trigrams" for table, column in SEARCHED}
FORWARD = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    *(
        f"CREATE INDEX {name} ON data_management_{table} USING gin (UPPER({column}) gin_trgm_ops)"
        for (table, column), name in NAMES.items()
    ),
]
BACKWARD = [f"DROP INDEX {name}" for name in NAMES.values()]


class Migration(migrations.Migration):
    """Needs the right to create the extension pg_trgm on PostgreSQL (the database's owner has it)."""

    dependencies = [("data_management", "0005_index_of_tags")]

    operations = [sql_for(vendor="postgresql", forward=FORWARD, backward=BACKWARD)]
