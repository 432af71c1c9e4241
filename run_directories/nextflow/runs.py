"""An execution as a run."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from run_directories.clocks import ASSUMED
from run_directories.findings import FoundJob, FoundRun
from run_directories.nextflow.config import command_parameters, option
from run_directories.nextflow.executions import Execution
from run_directories.nextflow.files import files_of
from run_directories.nextflow.jobs import jobs_of, steps_of
from run_directories.nextflow.pipeline_info import software_versions
from run_directories.nextflow.work import ENOUGH, WorkDirectories
from run_directories.nextflow.workflow import workflow_of
from run_directories.remarks import Remarks

ALIVE = timedelta(minutes=10)  # Nextflow tells its log every five minutes what it waits for
SILENT = (
    "Neither the history nor a log or report says how the run ended: it was killed, or they were not kept."
)


def found_run(execution: Execution, directory: Path, is_newest: bool, now: Callable[[], float]) -> FoundRun:
    """The run, with what was odd about it in its remarks."""
    remarks = Remarks()
    versions = software_versions(directory)
    parameters = _parameters(execution, directory)
    workflow = workflow_of(execution, directory, versions)
    work = WorkDirectories(directory, execution.log.work_dir if execution.log else "")
    jobs = jobs_of(execution, work)
    status, basis, message = _status(execution, jobs, now)
    _remark(execution, jobs, remarks)
    if work.is_exhausted:
        remarks.say(ENOUGH)
    return FoundRun(
        name=f"{workflow.name} ({execution.run_name or execution.leaving.stamp or 'a run without a name'})"[
            :255
        ],
        status=status,
        status_basis=basis,
        message=message,
        started_at=execution.clock.aware(execution.started_at),
        completed_at=execution.clock.aware(execution.completed_at) if status != "RUNNING" else None,
        run_command=execution.command,
        run_environment=_environment(execution),
        source="nextflow",
        external_id=_identifier(execution),
        parameters=parameters,
        workflow=workflow,
        files=files_of(execution, directory, parameters, is_newest, remarks),
        steps=steps_of(jobs, versions),
        jobs=jobs,
        remarks=remarks.sentences(),
    )


def _parameters(execution: Execution, directory: Path) -> dict[str, Any]:
    return {**execution.leaving.parameters, **command_parameters(execution.command, directory)}


def _status(
    execution: Execution, jobs: tuple[FoundJob, ...], now: Callable[[], float]
) -> tuple[str, str, str]:
    """Status, what it is based on, and a message. To the history a run that was stopped by a signal is an error."""
    launch, log, report = execution.launch, execution.log, execution.leaving.report
    message = (log.message if log else "") or report.message
    if log is not None and log.status == "CANCELLED":
        return "CANCELLED", "REPORTED", message
    if launch is not None and launch.status:
        return launch.status, "REPORTED", message if launch.status == "FAILED" else ""
    if report.status:
        return report.status, "REPORTED", message if report.status == "FAILED" else ""
    if log is not None and log.status:
        return log.status, "INFERRED", message if log.status == "FAILED" else ""
    return _unended(execution, jobs, now)


def _unended(
    execution: Execution, jobs: tuple[FoundJob, ...], now: Callable[[], float]
) -> tuple[str, str, str]:
    """A log that was written to lately belongs to a run that goes on; tasks alone never make a success."""
    log = execution.log
    if log is not None and now() - log.path.stat().st_mtime < ALIVE.total_seconds():
        return "RUNNING", "INFERRED", ""
    last = {job.name: job for job in sorted(jobs, key=lambda job: job.attempt)}
    failed = [job.name for job in last.values() if job.status in ("FAILED", "CANCELLED")]
    if failed:
        return "FAILED", "INFERRED", f"{len(failed)} tasks failed: {', '.join(failed[:3])}."
    return "UNKNOWN", "ASSUMED", SILENT


def _identifier(execution: Execution) -> str:
    """Session and name; of a lone trace its first line, which stays the first while the trace grows."""
    if execution.session and execution.run_name:
        return f"{execution.session}/{execution.run_name}"
    trace = execution.leaving.trace
    told = trace.first if trace and trace.first else execution.leaving.stamp
    return f"trace:{hashlib.sha256(told.encode()).hexdigest()}"


def _environment(execution: Execution) -> dict[str, Any] | None:
    log, command = execution.log, execution.command
    told = {
        "profile": option(command, "-profile")
        or execution.leaving.report.profile
        or (log.profile if log else ""),
        "executors": list(dict.fromkeys(log.executors)) if log else [],
        "system": log.system if log else "",
        "runtime": log.runtime if log else "",
    }
    return {name: value for name, value in told.items() if value} or None


def _remark(execution: Execution, jobs: tuple[FoundJob, ...], remarks: Remarks) -> None:
    started = execution.started_at
    if execution.clock.zone is None and started is not None and started.tzinfo is None:
        remarks.say(ASSUMED)
    if not execution.session:
        remarks.say(
            "Session and name of the run are not known: there is neither a history nor a log or report."
        )
    if not jobs:
        remarks.say("There is no trace of tasks; Nextflow writes one with -with-trace.")
    if execution.log is None and execution.launch is not None:
        remarks.say("The log of this run is gone; Nextflow keeps those of the last ten.")
