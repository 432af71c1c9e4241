"""The jobs of a version's last runs, read to be measured: three statements, however many there are."""

from collections.abc import Iterator
from typing import Any

from workflows.graphs.gathering import pattern_of
from workflows.jobs.efficiency import MeasuredJob, efficiency_of
from workflows.jobs.measures import measures_of
from workflows.models import WorkflowRun, WorkflowRunJob, WorkflowVersion
from workflows.records import RunStatus

DEFAULT_RUNS, MOST_RUNS = 100, 500
MOST_JOBS = 50_000
OVER = (RunStatus.SUCCESS, RunStatus.FAILED, RunStatus.CANCELLED)
_COLUMNS = (
    "workflowrun_id", "name", "status", "step__key", "step__name", "requested", "resources", "started_at",
    "completed_at",
)  # fmt: skip


def efficiency_of_version(
    *, version: WorkflowVersion, user: Any, most_runs: int = DEFAULT_RUNS, most_jobs: int = MOST_JOBS
) -> dict[str, Any]:
    """What its steps ask for and take, over the newest runs that ``user`` may see and that are over."""
    runs = WorkflowRun.objects.visible_to(user).filter(workflowversion=version, status__in=OVER)
    ids = list(runs.order_by("-id").values_list("pk", flat=True)[: most_runs + 1])
    jobs = list(_measured(ids[:most_runs], most_jobs + 1))
    return {
        "runs": len(ids[:most_runs]),
        "more_runs": len(ids) > most_runs,
        "jobs": len(jobs[:most_jobs]),
        "more_jobs": len(jobs) > most_jobs,
        "steps": efficiency_of(jobs[:most_jobs]),
    }


def _measured(run_ids: list[Any], most: int) -> Iterator[MeasuredJob]:
    """The jobs of the runs, the newest runs first."""
    rows = WorkflowRunJob.objects.filter(workflowrun__in=run_ids).order_by("-workflowrun", "id")
    for run, name, status, key, step, requested, resources, start, end in rows.values_list(*_COLUMNS)[:most]:
        measures = measures_of(requested, resources, start, end)
        yield MeasuredJob(key or pattern_of(name), step or pattern_of(name), run, status, measures)
