"""Tasks as jobs, and the steps that they belong to.

What HealthOmics tells of a task's processors and memory is what was set aside for it: ``requested``. What it used is
not known. Nothing is told about which task waited for which, so that there are no edges.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from run_sources.healthomics.answers import Json
from run_sources.healthomics.translate.reading import (
    MESSAGE,
    NAME,
    TOOL,
    WORD,
    count,
    cut,
    mapping,
    named,
    rest_of,
    text,
    time,
)
from run_sources.healthomics.translate.statuses import status_of
from workflows.records import Engine, JobRecord, RunStatus, StepRecord

GIB = 1 << 30
MOST_DETAILS = 300  # tasks that are asked for one by one
CACHED = "Taken from the run cache: it was not run again."
SCHEDULER = "AWS HealthOmics"

# Where each member of a task is kept; the docs show the same.
KEPT = {
    "taskId": "job: external_id",
    "status": "job: status and source_status",
    "name": "job: name, and its step",
    "cpus": "job: requested.cpus",
    "memory": "job: requested.memory_bytes",
    "gpus": "job: requested.gpus",
    "instanceType": "job: scheduler.instance_type",
    "cacheHit": "job: scheduler.cache_hit, and a word in the message",
    "cacheS3Uri": "job: scheduler.cache_s3_uri",
    "creationTime": "job: scheduler.created_at",
    "startTime": "job: started_at",
    "stopTime": "job: completed_at",
    "uuid": "job: scheduler.uuid",
    "statusMessage": "job: message",
    "failureReason": "job: message",
    "logStream": "job: scheduler.log_stream",
    "imageDetails": "job: container_image, and scheduler.image",
}
_OF_SCHEDULER = ("instanceType", "cacheS3Uri", "uuid", "logStream")
_TAG = re.compile(r"(?P<process>\S+) \(.*\)", re.DOTALL)
_ORDER = (RunStatus.RUNNING, RunStatus.PENDING, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.UNKNOWN)


def read_job(task: Json, engine: Engine = Engine.OTHER) -> JobRecord:
    """A task, from a list or with its details."""
    name = text(task, "name", NAME) or f"Task {text(task, 'taskId', NAME)}"
    word = text(task, "status", WORD)
    return JobRecord(
        name=name,
        step=step_of(name, engine),
        status=status_of(word),
        source_status=word,
        started_at=time(task, "startTime"),
        completed_at=time(task, "stopTime"),
        external_id=text(task, "taskId", NAME),
        message=_message(task),
        requested=_requested(task),
        scheduler=_scheduler(task),
        container_image=_image(mapping(task, "imageDetails")),
    )


def step_of(name: str, engine: Engine) -> str:
    """The step that a task belongs to: Nextflow names a task after its process, with a tag in brackets."""
    found = _TAG.fullmatch(name) if engine == Engine.NEXTFLOW else None
    return found["process"] if found else name


def details_wanted(jobs: Sequence[JobRecord]) -> list[str]:
    """The tasks to be asked for one by one, in order: those that failed, one of each step for its image, then others.

    A list tells neither messages nor images.
    """
    failed = [job.external_id for job in jobs if job.status == RunStatus.FAILED]
    first_of_steps = list({job.step: job.external_id for job in reversed(jobs)}.values())[::-1]
    ordered = dict.fromkeys((*failed, *first_of_steps, *(job.external_id for job in jobs)))
    return [one for one in ordered if one][:MOST_DETAILS]


def with_details(job: JobRecord, task: Json) -> JobRecord:
    """The job with what only the answer about the task alone says."""
    told = {name: one for name, one in _scheduler(task).items() if one not in (None, "")}
    return replace(
        job,
        message=_message(task) or job.message,
        scheduler={**job.scheduler, **told},
        container_image=_image(mapping(task, "imageDetails")) or job.container_image,
    )


def read_steps(jobs: Iterable[JobRecord], run_status: RunStatus) -> tuple[StepRecord, ...]:
    """The steps in the order in which tasks of them are told."""
    members: dict[str, list[JobRecord]] = {}
    for job in jobs:
        members.setdefault(job.step, []).append(job)
    return tuple(_step(name, found, place, run_status) for place, (name, found) in enumerate(members.items()))


def _step(name: str, jobs: Sequence[JobRecord], position: int, run_status: RunStatus) -> StepRecord:
    images = {job.container_image for job in jobs if job.container_image}
    return StepRecord(
        key=name,
        name=name,
        position=position,
        status=_status_of_step({job.status for job in jobs}, run_status),
        container_image=images.pop() if len(images) == 1 else "",
        message=next((job.message for job in jobs if job.status == RunStatus.FAILED), ""),
    )


def _status_of_step(found: set[RunStatus], run_status: RunStatus) -> RunStatus:
    """As its jobs stand; in a run that went well, what failed was tried again with success."""
    if run_status == RunStatus.SUCCESS and RunStatus.SUCCESS in found:
        return RunStatus.SUCCESS
    return next((one for one in _ORDER if one in found), RunStatus.SUCCESS)


def _message(task: Json) -> str:
    said, reason = text(task, "statusMessage"), text(task, "failureReason", NAME)
    told = f"{said} ({reason})" if said and reason else said or reason
    return cut(
        " ".join(one for one in (told, CACHED if task.get("cacheHit") is True else "") if one), MESSAGE
    )


def _requested(task: Json) -> dict[str, Any]:
    memory = task.get("memory")
    has_memory = isinstance(memory, int | float) and not isinstance(memory, bool) and 0 <= memory < 2**40
    told = {
        "cpus": count(task, "cpus"),
        "memory_bytes": int(memory * GIB) if memory is not None and has_memory else None,
        "gpus": count(task, "gpus"),
    }
    return {name: one for name, one in told.items() if one is not None}


def _scheduler(task: Json) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": SCHEDULER,
        "job_id": text(task, "taskId", NAME),
        **named(task, _OF_SCHEDULER),
    }
    told |= {"created_at": text(task, "creationTime")} if task.get("creationTime") else {}
    told |= {"cache_hit": task["cacheHit"]} if isinstance(task.get("cacheHit"), bool) else {}
    told |= {"image": image} if (image := named(task, ["imageDetails"]).get("image_details")) else {}
    return told | rest_of(task, KEPT)


def _image(told: Json) -> str:
    """The image that ran, by its digest where that is whole."""
    image, digest = text(told, "image", TOOL), text(told, "imageDigest", 100)
    if not image or "@" in image or not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
        return image
    return cut(f"{image}@{digest}", TOOL)
