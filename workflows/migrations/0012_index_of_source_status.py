"""Runs are found by their source's own word for the status."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows", "0011_counts_of_data")]

    operations = [
        migrations.AddIndex(
            model_name="workflowrun",
            index=models.Index(
                condition=models.Q(("source_status", ""), _negated=True),
                fields=["source_status", "-id"],
                name="run_by_source_status",
            ),
        )
    ]
