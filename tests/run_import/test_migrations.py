"""Rows that were Galaxy's alone become those of runs from any source, and lose nothing."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from accounts.models import Group, User
from common.sealing import seal
from run_import.credentials import credentials_for
from run_import.models import ImportedRun, RunCredential, RunImport, RunServer
from tests.factories import a_run

BEFORE = [("galaxy_import", "0001_galaxy_servers_and_imports"), ("run_import", None)]
AFTER = [("run_import", "0003_why_files_could_not_be_had"), ("galaxy_import", "0003_leave_to_run_import")]


def migrate(targets: Any) -> Any:
    """The apps as they are then."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    nodes = [target for target in targets if target[1]]
    return MigrationExecutor(connection).loader.project_state(nodes).apps


@pytest.mark.django_db(transaction=True)
def test_rows_of_galaxy_are_there_under_their_new_names(ada: User, genomics: Group) -> None:
    run = a_run(ada)
    try:
        old = migrate(BEFORE).get_model
        rows = old_rows(lambda name: old("galaxy_import", name), ada.pk, genomics.pk, run.pk)
    finally:
        migrate(AFTER)
    server, wanted = RunServer.objects.get(), RunImport.objects.get(kind="RUN")
    assert (server.pk, server.source, server.url) == (rows["server"], "galaxy", "https://g.example.org")
    assert (wanted.pk, wanted.external_id, wanted.paths) == (rows["import"], "a" * 16, [])
    assert RunImport.objects.get(kind="HISTORY").children.get() == wanted
    kept = ImportedRun.objects.get()
    assert (kept.workflowrun, kept.server, kept.external_id) == (run, server, "a" * 16)
    assert (kept.container_id, kept.told) == ("b" * 16, {"fields": {"name": "Ours"}})
    assert credentials_for(server, ada) == ({"key": "ada-key"}, "ada@example.org")
    assert credentials_for(server, None) == ({"key": "shared-key"}, "everybody")
    dataset = run.galaxy_datasets.get()
    assert dataset.server == server


def old_rows(model: Any, user: Any, group: Any, run: Any) -> dict[str, Any]:
    """A row of each kind, as they were."""
    now = timezone.now()
    server = model("GalaxyServer").objects.create(
        name="G", url="https://g.example.org", shared_account="everybody"
    )
    server.shared_key = seal("shared-key", purpose=f"galaxy key of server {server.pk}")
    server.save()
    sealed = seal("ada-key", purpose=f"galaxy key of user {user} for server {server.pk}")
    model("GalaxyKey").objects.create(
        user_id=user, server=server, sealed=sealed, account="ada@example.org", checked_at=now
    )
    facts = {"server": server, "owner_id": user, "owned_by_id": group, "url": "https://g.example.org/x"}
    history = model("GalaxyImport").objects.create(kind="HISTORY", galaxy_id="b" * 16, **facts)
    wanted = model("GalaxyImport").objects.create(
        kind="INVOCATION", galaxy_id="a" * 16, parent=history, workflowrun_id=run, **facts
    )
    model("GalaxyInvocation").objects.create(
        workflowrun_id=run, server=server, invocation_id="a" * 16, history_id="b" * 16, uuid="u-1",
        told={"fields": {"name": "Ours"}}, asked_at=now,
    )  # fmt: skip
    model("GalaxyDataset").objects.create(
        workflowrun_id=run,
        server=server,
        src="hda",
        galaxy_id="c" * 16,
        data_type="INPUT",
        label="x",
        name="x",
    )
    return {"server": server.pk, "import": wanted.pk}


@pytest.mark.django_db
def test_a_key_that_could_not_be_opened_then_is_understood_when_it_can(ada: User) -> None:
    server = RunServer.objects.create(source="galaxy", name="G", url="https://g.example.org")
    sealed = seal("ada-key", purpose=f"galaxy key of user {ada.pk} for server {server.pk}")
    RunCredential.objects.create(
        user=ada, server=server, sealed=sealed, account="ada", checked_at=timezone.now()
    )
    assert credentials_for(server, ada) == ({"key": "ada-key"}, "ada")
