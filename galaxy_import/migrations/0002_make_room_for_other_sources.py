"""The tables of servers, keys, imports and invocations become those of ``run_import``: rows stay where they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("galaxy_import", "0001_galaxy_servers_and_imports")]

    operations = [
        # Servers of several sources.
        migrations.AlterField("galaxyserver", "url", models.CharField(max_length=500)),
        migrations.AddField(
            "galaxyserver",
            "source",
            models.CharField(max_length=40, default="galaxy"),
            preserve_default=False,
        ),
        migrations.AddField("galaxyserver", "shared_shown", models.JSONField(default=dict, editable=False)),
        migrations.AddConstraint(
            "galaxyserver",
            models.UniqueConstraint(fields=["source", "url"], name="one_run_server_per_address"),
        ),
        # Credentials of several fields.
        migrations.AddField("galaxykey", "shown", models.JSONField(default=dict, editable=False)),
        migrations.RemoveConstraint("galaxykey", "one_galaxy_key_per_user_and_server"),
        migrations.AddConstraint(
            "galaxykey",
            models.UniqueConstraint(fields=["user", "server"], name="one_run_credential_per_user_and_server"),
        ),
        # Imports of things with other identifiers.
        migrations.RemoveIndex("galaxyimport", "galaxy_import_by_id"),
        migrations.RenameField("galaxyimport", "galaxy_id", "external_id"),
        migrations.AlterField(
            "galaxyimport", "external_id", models.CharField(max_length=500, editable=False)
        ),
        migrations.AlterField(
            "galaxyimport", "kind", models.CharField(max_length=20, default="RUN", editable=False)
        ),
        migrations.AddField("galaxyimport", "paths", models.JSONField(default=list, editable=False)),
        migrations.RenameIndex("galaxyimport", new_name="runimport_waiting", old_name="galaxyimport_waiting"),
        migrations.RenameIndex("galaxyimport", new_name="runimport_running", old_name="galaxyimport_running"),
        migrations.AddIndex(
            "galaxyimport",
            models.Index(fields=["server", "external_id", "owned_by"], name="run_import_by_id"),
        ),
        migrations.RenameIndex(
            "galaxyimport", new_name="run_import_of_group", old_name="galaxy_import_of_group"
        ),
        # What is known of runs.
        migrations.RemoveIndex("galaxyinvocation", "galaxy_invocation_by_id"),
        migrations.RenameField("galaxyinvocation", "invocation_id", "external_id"),
        migrations.RenameField("galaxyinvocation", "history_id", "container_id"),
        migrations.AlterField("galaxyinvocation", "external_id", models.CharField(max_length=500)),
        migrations.AlterField("galaxyinvocation", "uuid", models.CharField(max_length=500)),
        migrations.AlterField(
            "galaxyinvocation", "container_id", models.CharField(blank=True, max_length=500)
        ),
        migrations.AddIndex(
            "galaxyinvocation", models.Index(fields=["server", "external_id"], name="imported_run_by_id")
        ),
        migrations.RenameIndex(
            "galaxyinvocation", new_name="imported_run_by_uuid", old_name="galaxy_invocation_by_uuid"
        ),
        # Under the names that the other app looks for them by.
        migrations.AlterModelTable("galaxyserver", "run_import_runserver"),
        migrations.AlterModelTable("galaxykey", "run_import_runcredential"),
        migrations.AlterModelTable("galaxyimport", "run_import_runimport"),
        migrations.AlterModelTable("galaxyinvocation", "run_import_importedrun"),
    ]
