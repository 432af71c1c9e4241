"""The runs of what holds several, a history or a workflow for example: an import for each of them."""

from collections.abc import Iterator
from itertools import islice

from common.progress import Progress, Stopped
from run_import.importers import importer_of
from run_import.models import RunImport
from run_import.services import request_children

MOST = 10_000


def list_runs(wanted: RunImport, ids: Iterator[str], progress: Progress) -> None:
    """Have every run imported, and settle this import; those that were listed before are not listed twice."""
    progress.enter(RunImport.Phase.LISTING)
    found = list(islice(ids, MOST + 1))
    request_children(wanted, found[:MOST])
    if not wanted.finish(error=_said(wanted, len(found))):
        raise Stopped


def _said(wanted: RunImport, count: int) -> str:
    what = wanted.kind.lower()
    run = importer_of(wanted.server.source).word_for_run
    if not count:
        return f"There is no {run} in this {what} that the key may read."
    if count > MOST:
        return f"This {what} has more than {MOST} {run}s: the first {MOST} are imported. Import others one by one."
    return ""
