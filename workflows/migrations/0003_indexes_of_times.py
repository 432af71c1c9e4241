"""Indexes that follow the order of lists by time and duration: what has no value stands below every value."""

from django.db import migrations

from common.migration_helpers import sql_for

COLUMNS = ("started_at", "completed_at", "duration")
TABLE = "workflows_workflowrun"
BACK = [f"DROP INDEX run_by_{column}" for column in COLUMNS]


def indexes(nulls: str) -> list[str]:
    """One statement a column. SQLite sorts like that by itself and knows no word for it in an index."""
    return [f"CREATE INDEX run_by_{column} ON {TABLE} ({column} DESC{nulls}, id DESC)" for column in COLUMNS]


class Migration(migrations.Migration):
    """Django cannot name such an index for both databases."""

    dependencies = [("workflows", "0002_search_index")]

    operations = [
        sql_for(vendor="sqlite", forward=indexes(""), backward=BACK),
        sql_for(vendor="postgresql", forward=indexes(" NULLS LAST"), backward=BACK),
    ]
