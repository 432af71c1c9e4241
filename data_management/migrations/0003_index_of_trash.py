"""An index of what lies in the trash."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("data_management", "0002_index_of_md5"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="dataset",
            index=models.Index(
                condition=models.Q(("deleted", True)),
                fields=["-deleted_date", "-id"],
                name="dataset_in_trash",
            ),
        ),
    ]
