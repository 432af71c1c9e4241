"""Why a run failed, as far as its jobs and steps tell: the one that failed first, and the end of what it wrote."""

from typing import Any

from django.db.models import F
from django.db.models.functions import Right

from web.run.jobs import of_origins
from workflows.graphs.gathering import origin_of
from workflows.log_ansi import readable
from workflows.models import WorkflowRun
from workflows.records import RunStatus

LAST_LINES = 8
LOOKED_AT = 200  # jobs that failed
OF_ATTEMPT = ("external_id", "step_id", "name", "attempt")
READ = 4_000  # characters of the end of a log
UNREAD = ("stdout", "stderr", "environment", "resources", "requested", "parameters")


def failure_of(run: WorkflowRun) -> dict[str, Any]:
    """Of a run that failed: its failed job, the last lines of that job's log; without such a job its failed step."""
    if run.status != RunStatus.FAILED:
        return {"failed_job": None}
    job = _first_failed(run)
    if job is None:
        return {"failed_job": None, "failed_step": run.steps.filter(status=RunStatus.FAILED).first()}
    stream = "stderr" if job.stderr_end.strip() else "stdout"
    text = readable(getattr(job, f"{stream}_end")).strip().splitlines()
    return {"failed_job": job, "failed_stream": stream, "failed_lines": "\n".join(text[-LAST_LINES:])}


def _first_failed(run: WorkflowRun) -> Any:
    """The job that failed first and was not tried again; None if there is none."""
    failed = run.jobs.filter(status=RunStatus.FAILED).order_by(F("completed_at").asc(nulls_last=True), "id")
    attempts = list(failed.values_list("id", *OF_ATTEMPT, named=True)[:LOOKED_AT])
    if not attempts:
        return None
    later = _later_attempts(run, attempts)
    found = [one.id for one in attempts if later.get(origin_of(one), 0) <= one.attempt]
    rows = run.jobs.filter(pk__in=found[:1]).defer(*UNREAD)
    return rows.annotate(stdout_end=Right("stdout", READ), stderr_end=Right("stderr", READ)).first()


def _later_attempts(run: WorkflowRun, attempts: list[Any]) -> dict[Any, int]:
    """The number of the last attempt of each job that was tried again; a run is looked through once."""
    again = run.jobs.filter(of_origins(attempts), attempt__gt=1).order_by("attempt")
    return {origin_of(one): one.attempt for one in again.values_list(*OF_ATTEMPT, named=True)}
