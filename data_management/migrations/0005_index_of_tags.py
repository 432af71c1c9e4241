"""An index of tags on PostgreSQL; SQLite has none for JSON."""

from django.db import migrations

from common.migration_helpers import sql_for

FORWARD = [
    "CREATE INDEX data_management_dataset_tags ON data_management_dataset USING gin (tags)",
]
BACKWARD = [
    "DROP INDEX data_management_dataset_tags",
]


class Migration(migrations.Migration):
    dependencies = [("data_management", "0004_tags_and_metadata")]

    operations = [sql_for(vendor="postgresql", forward=FORWARD, backward=BACKWARD)]
