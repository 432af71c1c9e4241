"""Why a run failed, as far as its jobs and steps tell: the one that failed first, and the end of what it wrote."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Right

from workflows.log_ansi import readable
from workflows.models import WorkflowRun, WorkflowRunJob
from workflows.records import RunStatus

LAST_LINES = 8
READ = 4_000  # characters of the end of a log
UNREAD = ("stdout", "stderr", "environment", "resources", "requested", "parameters")


def failure_of(run: WorkflowRun) -> dict[str, Any]:
    """Of a run that failed: its failed job, the last lines of that job's log; without such a job its failed step."""
    if run.status != RunStatus.FAILED:
        return {"failed_job": None}
    job = _failed(run).order_by(F("completed_at").asc(nulls_last=True), "id").first()
    if job is None:
        return {"failed_job": None, "failed_step": run.steps.filter(status=RunStatus.FAILED).first()}
    stream = "stderr" if job.stderr_end.strip() else "stdout"
    text = readable(getattr(job, f"{stream}_end")).strip().splitlines()
    return {"failed_job": job, "failed_stream": stream, "failed_lines": "\n".join(text[-LAST_LINES:])}


def _failed(run: WorkflowRun) -> QuerySet:
    """The jobs that failed and were not tried again."""
    same = Q(external_id=OuterRef("external_id")) & ~Q(external_id="")
    same |= Q(external_id="", step=OuterRef("step"), name=OuterRef("name"))
    later = WorkflowRunJob.objects.filter(same, workflowrun=run, attempt__gt=OuterRef("attempt"))
    failed = run.jobs.filter(~Exists(later), status=RunStatus.FAILED).defer(*UNREAD)
    return failed.annotate(stdout_end=Right("stdout", READ), stderr_end=Right("stderr", READ))
