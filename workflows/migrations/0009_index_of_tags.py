"""An index of tags on PostgreSQL; SQLite has none for JSON."""

from django.db import migrations

from common.migration_helpers import sql_for

FORWARD = [
    "CREATE INDEX workflows_workflowrun_tags ON workflows_workflowrun USING gin (tags)",
    "CREATE INDEX workflows_workflowversion_tags ON workflows_workflowversion USING gin (tags)",
]
BACKWARD = [
    "DROP INDEX workflows_workflowrun_tags",
    "DROP INDEX workflows_workflowversion_tags",
]


class Migration(migrations.Migration):
    dependencies = [("workflows", "0008_what_other_systems_tell")]

    operations = [sql_for(vendor="postgresql", forward=FORWARD, backward=BACKWARD)]
