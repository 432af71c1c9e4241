"""What every tab of a run's page shows around itself, in a number of queries that does not grow."""

from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.shortcuts import get_object_or_404

from common.models import Note
from data_management.models import DataFile, Dataset
from data_management.records import FileStatus
from rocrate_export.subjects import RunSubject, newest_original
from web.records.kinds import Rights, rights_on
from web.requests import SignedInRequest
from web.run.crate_state import last_verdict
from web.run.importing import is_importing
from workflows.models import WorkflowRun, WorkflowRunDataset
from workflows.records import RunStatus

__all__ = ["STILL_GOING", "TABS", "Rights", "framed", "rights_on", "seen_run"]

TABS = {
    "overview": ("Overview", "web:run"),
    "steps": ("Steps", "web:run-steps"),
    "datasets": ("Datasets", "web:run-datasets"),
    "files": ("Files", "web:run-directory"),
    "logs": ("Logs", "web:run-logs"),
    "environment": ("Environment", "web:run-environment"),
    "notes": ("Notes", "web:run-notes"),
    "history": ("History", "web:run-history"),
}
STILL_GOING = (RunStatus.PENDING, RunStatus.RUNNING, RunStatus.PAUSED)
LOOK_AGAIN_AFTER = 4  # seconds


def framed(request: SignedInRequest, run_id: UUID, tab: str) -> dict[str, Any]:
    """The context of the frame: the run, its tabs and its tiles; 404 for strangers."""
    run = seen_run(request, run_id)
    rights = rights_on(run, request.user)
    links = WorkflowRunDataset.objects.visible_to(request.user).filter(workflowrun=run)
    live = live_of(run, links)
    return {
        "run": run,
        "tab": tab,
        "tabs": _tabs(run, live),
        "rights": rights,
        "missing": _missing(links),
        "original": newest_original(RunSubject(run.pk), request.user),
        "verdict": last_verdict(run_id, request.user),
        "listens": settings.EVENT_STREAMS > 0 and live["look_again_after"] > 0,
        **live,
    }


def seen_run(request: SignedInRequest, run_id: UUID, *, deleted: bool = False) -> WorkflowRun:
    """The run with what its header shows; 404 for strangers."""
    rows = WorkflowRun.objects.visible_to(request.user, deleted=deleted)
    found: WorkflowRun = get_object_or_404(_with_origin(rows), pk=run_id)
    return found


def live_of(run: WorkflowRun, links: QuerySet) -> dict[str, Any]:
    """What may change while somebody looks: the tiles, and whether there is anything to wait for."""
    importing = is_importing(run)
    is_going = run.status in STILL_GOING
    totals, counts = _totals(links), _work_counts(run)
    return {
        "is_going": is_going,
        "has_lasted": bool(run.started_at and (run.completed_at or run.status == RunStatus.RUNNING)),
        "is_importing": importing,
        "look_again_after": LOOK_AGAIN_AFTER if is_going or importing else 0,
        "totals": totals,
        "work_counts": counts,
        "seen": sha256(repr((run.status, run.modified, totals, counts)).encode()).hexdigest()[:12],
    }


def _with_origin(runs: QuerySet) -> QuerySet:
    related = runs.with_details().select_related("imported__server", "deleted_by")  # type: ignore[attr-defined]
    found: QuerySet = related
    return found


def _tabs(run: WorkflowRun, live: dict[str, Any]) -> list[tuple[str, str, str, int]]:
    """Key, name, route, and how many there are; 0 where that is not said."""
    notes = Note.objects.filter(kind=run.record_kind(), object_id=run.pk).count()
    counts = {"steps": live["work_counts"]["total"], "datasets": live["totals"]["datasets"], "notes": notes}
    return [(key, name, route, counts.get(key) or 0) for key, (name, route) in TABS.items()]


def _totals(links: QuerySet) -> dict[str, int | None]:
    """Datasets, files, and bytes, each dataset counted once."""
    datasets = Dataset.objects.filter(pk__in=links.values("dataset"))
    return datasets.aggregate(datasets=Count("pk"), files=Sum("file_count"), size=Sum("size"))


def _missing(links: QuerySet) -> int:
    """How many files could not be taken in, or are damaged."""
    return DataFile.objects.filter(dataset__in=links.values("dataset"), status=FileStatus.ERROR).count()


def _work_counts(run: WorkflowRun) -> dict[str, int | bool]:
    """How many jobs (of a run without jobs: steps) there are, succeeded, failed, and are under way."""
    counts = _by_status(run.jobs)
    of_jobs = bool(counts)
    counts = counts or _by_status(run.steps)
    told = {"succeeded": RunStatus.SUCCESS, "failed": RunStatus.FAILED, "running": RunStatus.RUNNING}
    numbers = {name: counts.get(status, 0) for name, status in told.items()}
    return {"of_jobs": of_jobs, "total": sum(counts.values()), **numbers}


def _by_status(parts: Any) -> dict[str, int]:
    return dict(parts.order_by().values_list("status").annotate(Count("pk")))
