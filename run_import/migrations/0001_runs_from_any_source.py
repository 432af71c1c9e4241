"""The models of runs from any source, whose tables are there: see ``0002`` of galaxy_import."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import common.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("workflows", "0008_what_other_systems_tell"),
        ("galaxy_import", "0002_make_room_for_other_sources"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    # The tables are those that galaxy_import had.
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="RunServer",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.identifiers.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("created", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("modified", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("source", models.CharField(help_text="Which kind of server it is.", max_length=40)),
                        ("name", models.CharField(max_length=255)),
                        (
                            "url",
                            models.CharField(help_text="For example https://usegalaxy.eu", max_length=500),
                        ),
                        (
                            "is_enabled",
                            models.BooleanField(
                                default=True, help_text="Off: nothing is asked of it any more."
                            ),
                        ),
                        (
                            "is_listed",
                            models.BooleanField(
                                default=True,
                                help_text="May be asked, also at a loopback or private address. What the settings name is listed anyway.",
                            ),
                        ),
                        ("is_from_settings", models.BooleanField(default=False, editable=False)),
                        ("shared_key", models.TextField(blank=True, editable=False)),
                        ("shared_shown", models.JSONField(default=dict, editable=False)),
                        ("shared_account", models.CharField(blank=True, editable=False, max_length=255)),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "modified_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="RunImport",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.identifiers.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("created", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("modified", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("public", models.BooleanField(default=False)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("PENDING", "Pending"),
                                    ("RUNNING", "Running"),
                                    ("DONE", "Done"),
                                    ("FAILED", "Failed"),
                                    ("CANCELLED", "Cancelled"),
                                ],
                                default="PENDING",
                                editable=False,
                                max_length=9,
                            ),
                        ),
                        ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                        ("error", models.TextField(blank=True, editable=False)),
                        ("due_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("lease_until", models.DateTimeField(editable=False, null=True)),
                        ("started_at", models.DateTimeField(editable=False, null=True)),
                        ("finished_at", models.DateTimeField(editable=False, null=True)),
                        ("kind", models.CharField(default="RUN", editable=False, max_length=20)),
                        ("url", models.CharField(editable=False, max_length=1000)),
                        ("external_id", models.CharField(editable=False, max_length=500)),
                        ("create_datasets", models.BooleanField(default=False, editable=False)),
                        (
                            "outputs",
                            models.CharField(
                                choices=[("labelled", "Labelled"), ("all", "All")],
                                default="labelled",
                                editable=False,
                                max_length=8,
                            ),
                        ),
                        ("download", models.BooleanField(default=False, editable=False)),
                        ("paths", models.JSONField(default=list, editable=False)),
                        ("rocrate", models.BooleanField(default=False, editable=False)),
                        ("follow", models.BooleanField(default=False, editable=False)),
                        (
                            "makes_public",
                            models.BooleanField(
                                default=False, editable=False, help_text="The run is to be public."
                            ),
                        ),
                        (
                            "phase",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("ASKING", "Asking"),
                                    ("LISTING", "Listing"),
                                    ("JOBS", "Jobs"),
                                    ("DATASETS", "Datasets"),
                                    ("CRATE", "Crate"),
                                    ("RECORDING", "Recording"),
                                    ("LOGS", "Logs"),
                                    ("DOWNLOADING", "Downloading"),
                                    ("FOLLOWING", "Following"),
                                    ("WAITING", "Waiting"),
                                ],
                                editable=False,
                                max_length=12,
                            ),
                        ),
                        ("steps_total", models.PositiveIntegerField(default=0, editable=False)),
                        ("steps_done", models.PositiveIntegerField(default=0, editable=False)),
                        ("jobs_total", models.PositiveIntegerField(default=0, editable=False)),
                        ("jobs_done", models.PositiveIntegerField(default=0, editable=False)),
                        ("files_total", models.PositiveIntegerField(default=0, editable=False)),
                        ("files_done", models.PositiveIntegerField(default=0, editable=False)),
                        ("files_failed", models.PositiveIntegerField(default=0, editable=False)),
                        ("bytes_total", models.BigIntegerField(default=0, editable=False)),
                        ("bytes_done", models.BigIntegerField(default=0, editable=False)),
                        ("recorded_at", models.DateTimeField(editable=False, null=True)),
                        ("asked_count", models.PositiveIntegerField(default=0, editable=False)),
                        ("error_code", models.CharField(blank=True, editable=False, max_length=40)),
                        ("warnings", models.JSONField(default=list, editable=False)),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "modified_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "owned_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.group",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="children",
                                to="run_import.runimport",
                            ),
                        ),
                        (
                            "workflowrun",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="run_imports",
                                to="workflows.workflowrun",
                            ),
                        ),
                        (
                            "server",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="imports",
                                to="run_import.runserver",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="RunCredential",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.identifiers.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("created", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("modified", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("sealed", models.TextField(editable=False)),
                        ("shown", models.JSONField(default=dict, editable=False)),
                        ("account", models.CharField(blank=True, editable=False, max_length=255)),
                        ("checked_at", models.DateTimeField(editable=False)),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "modified_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="run_credentials",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "server",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="credentials",
                                to="run_import.runserver",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ImportedRun",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=common.identifiers.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("created", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("modified", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("external_id", models.CharField(max_length=500)),
                        ("uuid", models.CharField(max_length=500)),
                        ("container_id", models.CharField(blank=True, max_length=500)),
                        (
                            "state",
                            models.CharField(blank=True, help_text="The source's own word.", max_length=40),
                        ),
                        ("told", models.JSONField(default=dict)),
                        ("asked_at", models.DateTimeField()),
                        ("answers_key", models.CharField(blank=True, max_length=512)),
                        ("answers_size", models.BigIntegerField(null=True)),
                        ("answers_count", models.PositiveIntegerField(default=0)),
                        (
                            "crate_note",
                            models.TextField(
                                blank=True, help_text="Why the source's own crate is not there."
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "modified_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "workflowrun",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="imported",
                                to="workflows.workflowrun",
                            ),
                        ),
                        (
                            "server",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="runs",
                                to="run_import.runserver",
                            ),
                        ),
                    ],
                ),
                migrations.AddConstraint(
                    model_name="runserver",
                    constraint=models.UniqueConstraint(
                        fields=("source", "url"), name="one_run_server_per_address"
                    ),
                ),
                migrations.AddIndex(
                    model_name="runimport",
                    index=models.Index(
                        condition=models.Q(("state", "PENDING")), fields=["due_at"], name="runimport_waiting"
                    ),
                ),
                migrations.AddIndex(
                    model_name="runimport",
                    index=models.Index(
                        condition=models.Q(("state", "RUNNING")),
                        fields=["lease_until"],
                        name="runimport_running",
                    ),
                ),
                migrations.AddIndex(
                    model_name="runimport",
                    index=models.Index(fields=["server", "external_id", "owned_by"], name="run_import_by_id"),
                ),
                migrations.AddIndex(
                    model_name="runimport",
                    index=models.Index(fields=["owned_by", "-id"], name="run_import_of_group"),
                ),
                migrations.AddConstraint(
                    model_name="runcredential",
                    constraint=models.UniqueConstraint(
                        fields=("user", "server"), name="one_run_credential_per_user_and_server"
                    ),
                ),
                migrations.AddIndex(
                    model_name="importedrun",
                    index=models.Index(fields=["server", "external_id"], name="imported_run_by_id"),
                ),
                migrations.AddIndex(
                    model_name="importedrun",
                    index=models.Index(fields=["uuid"], name="imported_run_by_uuid"),
                ),
            ]
        )
    ]
