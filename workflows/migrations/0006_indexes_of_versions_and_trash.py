"""Indexes of the runs of a version and of what lies in the trash."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("workflows", "0005_why_and_where_from_and_after"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="workflowrun",
            index=models.Index(
                condition=models.Q(("deleted", False)),
                fields=["workflowversion", "-id", "owner", "owned_by", "public"],
                name="run_of_version",
            ),
        ),
        migrations.AddIndex(
            model_name="workflowrun",
            index=models.Index(
                condition=models.Q(("deleted", True)), fields=["-deleted_date", "-id"], name="run_in_trash"
            ),
        ),
    ]
