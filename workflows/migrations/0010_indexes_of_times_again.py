"""On SQLite the indexes of times come back: the new columns had the table made anew, which lost them.

Whatever adds a column to this table has to bring them back, as Django does not know of them.
"""

from django.db import migrations

from common.migration_helpers import sql_for

TABLE = "workflows_workflowrun"
COVERED = {
    "started_at": ", status, owner_id, owned_by_id, public, deleted",
    "completed_at": "",
    "duration": "",
}
FORWARD = [
    statement
    for column, more in COVERED.items()
    for statement in (
        f"DROP INDEX IF EXISTS run_by_{column}",
        f"CREATE INDEX run_by_{column} ON {TABLE} ({column} DESC, id DESC{more})",
    )
]


class Migration(migrations.Migration):
    dependencies = [("workflows", "0009_index_of_tags")]

    operations = [sql_for(vendor="sqlite", forward=FORWARD, backward=[])]
