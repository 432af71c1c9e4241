"""What several rooms know of Galaxy: its servers, its pages, and who may import a run again."""

from typing import Any
from urllib.parse import quote

from common.models import UserLike
from galaxy_import.source import GalaxySource
from run_import.models import ImportedRun, RunCredential, RunImport, RunServer
from run_import.servers import may_be_asked, servers_seen_by
from workflows.models import WorkflowRun


def servers_for(user: Any) -> list[RunServer]:
    """The servers that may be asked, each with ``own_key``: the user's, None where there is none."""
    seen = servers_seen_by(user).of_source(GalaxySource.name)
    servers = [one for one in seen.order_by("name", "id") if may_be_asked(one)]
    keys = {key.server_id: key for key in RunCredential.objects.filter(user=user).defer("sealed")}
    for server in servers:
        server.own_key = keys.get(server.pk)
    return servers


def page_of_invocation(invocation: ImportedRun) -> str:
    """Where its server shows an invocation."""
    return f"{invocation.server.url}/workflows/invocations/{quote(invocation.external_id, safe='')}"


def newest_import(run: WorkflowRun, user: UserLike) -> RunImport | None:
    """The last import of ``run`` that ``user`` may know of."""
    rows = RunImport.objects.visible_to(user).filter(workflowrun=run)
    return rows.select_related("server").order_by("-id").first()


def may_import_again(run: WorkflowRun, user: UserLike) -> bool:
    """Whether ``user`` may change the run, and import for its group: else it would become another run."""
    if run.owned_by_id is None:
        return bool(run.owner_id == user.pk)
    is_of_group = user.is_superuser or run.owned_by_id in user.group_ids()
    return is_of_group and may_edit(run, user)


def may_edit(run: WorkflowRun, user: UserLike) -> bool:
    """Whether ``user`` may change the run."""
    return WorkflowRun.objects.editable_by(user).filter(pk=run.pk).exists()
