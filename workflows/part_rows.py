"""The rows of steps and jobs, and of the links between jobs and files, as their records tell them."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from workflows.records import ComputeNodeRecord, JobRecord, StepRecord

STEP_FIELDS = (
    "id", "parent_id", "key", "name", "position", "tool_id", "tool_name", "tool_version", "container_image", "status",
    "tool_url", "message",
)  # fmt: skip
JOB_FIELDS = (
    "id", "step_id", "name", "attempt", "status", "started_at", "completed_at", "command_line", "exit_code", "host",
    "stdout", "stderr", "container_image", "external_id", "resources", "parameters", "environment",
    "message", "after", "source_status", "requested", "scheduler", "node",
)  # fmt: skip
NODE_FIELDS = (
    "id", "key", "hostname", "kind", "started_at", "completed_at", "cpus", "memory_bytes", "gpus", "scheduler",
    "statistics",
)  # fmt: skip
LINK_FIELDS = ("job_id", "datafile_id", "role")


def step_rows(steps: tuple[StepRecord, ...], ids: dict[str, UUID]) -> Iterator[tuple[Any, ...]]:
    """The values of each step's row, parents before what they hold. ``ids`` gives the id of each key."""
    for step in _parents_first(steps):
        yield (
            ids[step.key], ids.get(step.parent), step.key, step.name, step.position, step.tool_id, step.tool_name,
            step.tool_version, step.container_image, str(step.status), step.tool_url, step.message,
        )  # fmt: skip


def _parents_first(steps: tuple[StepRecord, ...]) -> list[StepRecord]:
    """A step's row needs its parent's; the ids, which give the order, are not touched."""
    depth: dict[str, int] = {}
    parents = {step.key: step.parent for step in steps}
    for key in parents:
        above, seen = parents[key], {key}
        while above in parents and above not in seen:
            seen.add(above)
            above = parents[above]
        depth[key] = len(seen)
    return sorted(steps, key=lambda step: depth[step.key])


def job_rows(
    jobs: tuple[JobRecord, ...], ids: list[UUID], steps: dict[str, UUID]
) -> Iterator[tuple[Any, ...]]:
    """The values of each job's row, whose ids are given in order. ``steps`` gives the id of each step's key."""
    for key, job in zip(ids, jobs, strict=True):
        yield (
            key, steps.get(job.step), job.name, job.attempt, str(job.status), job.started_at, job.completed_at,
            job.command_line, job.exit_code, job.host, job.stdout, job.stderr, job.container_image, job.external_id,
            job.resources, job.parameters, job.environment, job.message, list(job.after),
            job.source_status, job.requested, job.scheduler, job.node,
        )  # fmt: skip


def node_rows(nodes: tuple[ComputeNodeRecord, ...], ids: list[UUID]) -> Iterator[tuple[Any, ...]]:
    """The values of each compute node's row, whose ids are given in order."""
    for key, node in zip(ids, nodes, strict=True):
        yield (
            key, node.key, node.hostname, node.kind, node.started_at, node.completed_at, node.cpus, node.memory_bytes,
            node.gpus, node.scheduler, node.statistics,
        )  # fmt: skip


def job_files(
    jobs: tuple[JobRecord, ...], ids: list[UUID], files: Mapping[str, UUID]
) -> Iterator[tuple[UUID, UUID, str]]:
    """Job, data file and role of each link; files that the registry does not have are left out."""
    for key, job in zip(ids, jobs, strict=True):
        for file, role in dict.fromkeys(_files_of(job, files)):  # two paths may name one file
            yield key, file, role


def _files_of(job: JobRecord, files: Mapping[str, UUID]) -> Iterator[tuple[UUID, str]]:
    """The data files of a job with its role for each; those that the registry does not have are left out."""
    return ((files[link.path], str(link.role)) for link in job.files if link.path in files)
