"""Why a run failed, as far as its jobs and steps tell: the one that failed first, and the end of what it wrote."""

from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Right

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
    attempts = list(failed.values_list("id", *OF_ATTEMPT)[:LOOKED_AT])
    if not attempts:
        return None
    later = _later_attempts(run, [row[1:] for row in attempts])
    found = [key for key, *of in attempts if later.get(_origin(*of), 0) <= of[-1]]
    rows = run.jobs.filter(pk__in=found[:1]).defer(*UNREAD)
    return rows.annotate(stdout_end=Right("stdout", READ), stderr_end=Right("stderr", READ)).first()


def _later_attempts(run: WorkflowRun, attempts: list[Any]) -> dict[Any, int]:
    """The number of the last attempt of each job that was tried again; a run is looked through once."""
    named = {external_id for external_id, *_ in attempts if external_id}
    others = {name for external_id, _, name, _ in attempts if not external_id}
    same = Q(external_id__in=named) | Q(external_id="", name__in=others)
    rows = run.jobs.filter(same, attempt__gt=1).order_by("attempt").values_list(*OF_ATTEMPT)
    return {_origin(*row): row[-1] for row in rows}


def _origin(external_id: str, step_id: Any, name: str, attempt: int) -> Any:
    return external_id or (step_id, name)
