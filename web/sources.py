"""What several rooms know of the sources of runs: their servers, what is stored for them, who may import again."""

from typing import Any
from urllib.parse import quote

from common.models import UserLike
from galaxy_import.source import GalaxySource
from run_import.models import ImportedRun, RunCredential, RunImport, RunServer
from run_import.servers import may_be_asked, servers_seen_by
from run_import.sources import Source, every_source
from workflows.models import WorkflowRun


def servers_for(user: Any) -> list[RunServer]:
    """The servers that may be asked, by source, each with ``own_key``: what the user stored, None where nothing is."""
    found = servers_seen_by(user).order_by("name", "id")
    places = {one.name: place for place, one in enumerate(every_source())}
    servers = [one for one in found if may_be_asked(one) and one.source in places]
    keys = {key.server_id: key for key in RunCredential.objects.filter(user=user).defer("sealed")}
    for server in servers:
        server.own_key = keys.get(server.pk)
    return sorted(servers, key=lambda one: places[one.source])


def why_not(source: Source) -> str:
    """Why runs of a source cannot be imported here, empty where they can."""
    asked = getattr(source.kind, "unavailable", None)
    return source.problem or (str(asked()) if asked else "")


def page_of_invocation(invocation: ImportedRun) -> str:
    """Where its server shows an invocation of Galaxy."""
    return f"{invocation.server.url}/workflows/invocations/{quote(invocation.external_id, safe='')}"


def page_at_source(run: WorkflowRun) -> str:
    """Where the source of an imported run shows it; empty where that is not known."""
    imported: ImportedRun = run.imported
    return page_of_invocation(imported) if imported.server.source == GalaxySource.name else run.source_url


def newest_import(run: WorkflowRun, user: UserLike) -> RunImport | None:
    """The last import of ``run`` that ``user`` may know of."""
    rows = RunImport.objects.visible_to(user).filter(workflowrun=run)
    return rows.select_related("server").order_by("-id").first()


def may_import_again(run: WorkflowRun, user: UserLike, *, is_editor: bool) -> bool:
    """Whether who may change the run may import for its group, too: else it would become another run."""
    if run.owned_by_id is None:
        return bool(run.owner_id == user.pk)
    is_of_group = user.is_superuser or run.owned_by_id in user.group_ids()
    return is_of_group and is_editor


def may_edit(run: WorkflowRun, user: UserLike) -> bool:
    """Whether ``user`` may change the run."""
    return WorkflowRun.objects.editable_by(user).filter(pk=run.pk).exists()
