"""Keys of one field become JSON objects of fields, sealed for the same purpose; a run is called a run."""

import json

from django.db import migrations

from common.sealing import Unsealable, seal, unseal

KEY = "key"


def seal_objects(apps, schema_editor):
    """Keys as objects. One that no SECRET_KEY opens now stays as it is, and is understood when it can be opened."""
    _seal_anew(apps, lambda text: json.dumps({KEY: text}))


def seal_texts(apps, schema_editor):
    """Back to the bare key."""
    _seal_anew(apps, lambda text: json.loads(text)[KEY])


def _seal_anew(apps, change):
    credential, server = (
        apps.get_model("run_import", "RunCredential"),
        apps.get_model("run_import", "RunServer"),
    )
    for row in credential.objects.filter(server__source="galaxy").iterator(chunk_size=500):
        purpose = f"galaxy key of user {row.user_id} for server {row.server_id}"
        credential.objects.filter(pk=row.pk).update(sealed=_changed(row.sealed, purpose, change))
    for row in server.objects.filter(source="galaxy").exclude(shared_key=""):
        purpose = f"galaxy key of server {row.pk}"
        server.objects.filter(pk=row.pk).update(shared_key=_changed(row.shared_key, purpose, change))


def _changed(sealed, purpose, change):
    try:
        return seal(change(unseal(sealed, purpose=purpose)), purpose=purpose)
    except (Unsealable, ValueError, LookupError, TypeError):
        return sealed


def call_runs_runs(apps, schema_editor):
    """INVOCATION is Galaxy's word."""
    apps.get_model("run_import", "RunImport").objects.filter(kind="INVOCATION").update(kind="RUN")


def call_runs_invocations(apps, schema_editor):
    """As it was."""
    apps.get_model("run_import", "RunImport").objects.filter(kind="RUN").update(kind="INVOCATION")


class Migration(migrations.Migration):
    dependencies = [
        ("run_import", "0001_runs_from_any_source"),
        ("galaxy_import", "0003_leave_to_run_import"),
    ]

    operations = [
        migrations.RunPython(seal_objects, seal_texts),
        migrations.RunPython(call_runs_runs, call_runs_invocations),
    ]
