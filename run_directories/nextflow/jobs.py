"""Tasks as jobs, processes as steps."""

from datetime import datetime, timedelta

from run_directories.clocks import Clock
from run_directories.findings import FoundJob, FoundStep
from run_directories.nextflow.executions import Execution
from run_directories.nextflow.pipeline_info import ended
from run_directories.nextflow.tasks import Task
from run_directories.nextflow.work import Words, WorkDirectories


def jobs_of(execution: Execution, work: WorkDirectories) -> tuple[FoundJob, ...]:
    """A job for each attempt of a task, in the order in which they were submitted."""
    return tuple(_job(task, work.words(task), execution.clock) for task in execution.tasks())


def steps_of(jobs: tuple[FoundJob, ...], versions: dict[str, dict[str, str]]) -> tuple[FoundStep, ...]:
    """A step for each process that ran, with the versions of its tools where nf-core wrote them down."""
    processes: dict[str, list[FoundJob]] = {}
    for job in jobs:
        processes.setdefault(job.step, []).append(job)
    return tuple(
        _step(position, process, members, versions)
        for position, (process, members) in enumerate(processes.items())
    )


def _job(task: Task, words: Words, clock: Clock) -> FoundJob:
    """What of times is missing follows from the durations; Nextflow counts them from when a task was submitted."""
    completed = task.completed_at or ended(task.submitted_at, task.resources)
    return FoundJob(
        name=task.name[:255],
        step=task.process[:255],
        attempt=max(1, task.attempt),
        status=task.status,
        started_at=clock.aware(task.started_at or _started(task)),
        completed_at=clock.aware(completed) if task.status not in ("RUNNING", "PENDING") else None,
        command_line=task.command_line or words.script,
        exit_code=task.exit_code if task.exit_code is not None else words.exit_code,
        host=task.host,
        stdout=words.stdout,
        stderr=words.stderr,
        container_image=task.container[:500],
        external_id=task.key,
        resources=task.resources,
        parameters={"tag": task.tag} if task.tag else {},
        message=task.message,
    )


def _started(task: Task) -> datetime | None:
    """A task waits between being submitted and running: it began its running time before its end."""
    completed, lasted = ended(task.submitted_at, task.resources), task.resources.get("realtime_ms")
    if completed is None or lasted is None or task.submitted_at is None:
        return task.submitted_at
    return max(task.submitted_at, completed - timedelta(milliseconds=lasted))


def _step(
    position: int, process: str, jobs: list[FoundJob], versions: dict[str, dict[str, str]]
) -> FoundStep:
    short = process.rsplit(":", 1)[-1]
    tools = versions.get(short) or versions.get(process) or {}
    images = {job.container_image for job in jobs}
    return FoundStep(
        key=process,
        name=short,
        position=position,
        tool_id=process,
        tool_name=next(iter(tools)) if len(tools) == 1 else short,
        tool_version=_versions(tools)[:100],
        container_image=images.pop() if len(images) == 1 else "",
        status=_status(jobs),
    )


def _versions(tools: dict[str, str]) -> str:
    if len(tools) == 1:
        return next(iter(tools.values()))
    return ", ".join(f"{name} {version}" for name, version in tools.items())


def _status(jobs: list[FoundJob]) -> str:
    """Of each task the last attempt counts."""
    last = {job.name: job.status for job in sorted(jobs, key=lambda job: job.attempt)}
    for status in ("FAILED", "CANCELLED", "RUNNING", "PENDING", "UNKNOWN"):
        if status in last.values():
            return status
    return "SUCCESS"
