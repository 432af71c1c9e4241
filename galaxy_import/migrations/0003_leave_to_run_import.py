"""The models whose tables belong to ``run_import`` now are forgotten here; nothing happens to the tables."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("galaxy_import", "0002_make_room_for_other_sources"),
        ("run_import", "0001_runs_from_any_source"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "galaxydataset",
                    "server",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="run_import.runserver",
                    ),
                ),
                migrations.DeleteModel("GalaxyInvocation"),
                migrations.DeleteModel("GalaxyImport"),
                migrations.DeleteModel("GalaxyKey"),
                migrations.DeleteModel("GalaxyServer"),
            ]
        )
    ]
