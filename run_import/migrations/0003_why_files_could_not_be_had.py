"""Imports say of each file that could not be had why."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies: ClassVar = [("run_import", "0002_one_way_to_seal")]
    operations: ClassVar = [
        migrations.AddField("runimport", "file_problems", models.JSONField(default=list, editable=False)),
    ]
