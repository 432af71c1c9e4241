"""The invocations of a history, or those of a workflow that are one's own: an import for each of them."""

from collections.abc import Iterator
from itertools import islice

from common.progress import Progress, Stopped
from galaxy_import.client import GalaxyClient
from galaxy_import.models import GalaxyImport
from galaxy_import.services import request_children

MOST = 10_000


def list_invocations(wanted: GalaxyImport, client: GalaxyClient, progress: Progress) -> None:
    """Have every invocation imported, and settle this import; those that were listed before are not listed twice."""
    progress.enter(GalaxyImport.Phase.LISTING)
    found = list(islice(_ids(wanted, client), MOST + 1))
    request_children(wanted, found[:MOST])
    if not wanted.finish(error=_said(wanted, len(found))):
        raise Stopped


def _ids(wanted: GalaxyImport, client: GalaxyClient) -> Iterator[str]:
    if wanted.kind == GalaxyImport.Kind.HISTORY:
        return client.invocations_of_history(wanted.galaxy_id)
    return client.invocations_of_workflow(wanted.galaxy_id)


def _said(wanted: GalaxyImport, count: int) -> str:
    what = GalaxyImport.Kind(wanted.kind).label.lower()
    if not count:
        return f"There is no invocation in this {what} that the key may read."
    if count > MOST:
        return f"This {what} has more than {MOST} invocations: the first {MOST} are imported. Import others one by one."
    return ""
