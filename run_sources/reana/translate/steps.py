"""The steps of a run: those of its specification, and those that only its jobs name."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from run_sources.reana.reading import IMAGE, NAME, Json, mapping, objects, plain, text
from run_sources.reana.translate.quantities import quantity
from run_sources.reana.translate.statuses import status_of_step
from workflows.records import JobRecord, RunStatus, StepRecord

SERIAL = "serial"
MOST_STEPS_SHOWN = 1000  # of the specification, whose commands are kept beside the whole of it

# What a step asks for, by REANA's names: ours, the first that is there.
_REQUESTS = (
    ("memory_bytes", ("kubernetes_memory_limit", "kubernetes_memory_request")),
    ("cpus", ("kubernetes_cpu_request", "kubernetes_cpu_limit")),
    ("runtime_seconds", ("kubernetes_job_timeout", "htcondor_max_runtime")),
)
_TOLD_ELSEWHERE = frozenset({"name", "environment"})


def planned_steps(specification: Json | None) -> dict[str, Json]:
    """The steps that a specification lists, by a key that tells them apart; CWL and Yadage list none in this way."""
    listed = objects(mapping(specification, "specification", "workflow", "specification"), "steps")
    found: dict[str, Json] = {}
    for position, step in enumerate(listed):
        name = text(step, "name", NAME)
        found[name if name and name not in found else f"step-{position}"] = step
    return found


def requested_of(step: Json) -> dict[str, int | float]:
    """What a step asks for, each job of it."""
    found = {ours: next(_amounts(step, theirs), None) for ours, theirs in _REQUESTS}
    return {name: value for name, value in found.items() if value is not None}


def details_of(steps: dict[str, Json]) -> dict[str, Any]:
    """What the specification says of steps and no step has a place for: commands, and where they are to run."""
    few = list(steps.items())[:MOST_STEPS_SHOWN]
    told = {key: {name: step[name] for name in step if name not in _TOLD_ELSEWHERE} for key, step in few}
    return {key: plain(one) for key, one in told.items() if one}


def step_records(
    planned: dict[str, Json], jobs: Iterable[JobRecord], run: RunStatus
) -> tuple[StepRecord, ...]:
    """All steps, those of the specification first, as they stand by their jobs."""
    by_step: dict[str, list[JobRecord]] = defaultdict(list)
    for job in jobs:
        if job.step:
            by_step[job.step].append(job)
    keys = dict.fromkeys([*planned, *by_step])
    return tuple(
        _step(position, key, planned.get(key, {}), by_step.get(key, []), run)
        for position, key in enumerate(keys)
    )


def _step(position: int, key: str, planned: Json, jobs: list[JobRecord], run: RunStatus) -> StepRecord:
    images = {job.container_image for job in jobs}
    return StepRecord(
        key=key,
        name=text(planned, "name", NAME) or key,
        position=position,
        container_image=text(planned, "environment", IMAGE) or (images.pop() if len(images) == 1 else ""),
        status=status_of_step((job.status for job in jobs), run),
        message=next((job.message for job in jobs if job.message), ""),
    )


def _amounts(step: Json, names: Iterable[str]) -> Iterator[int | float]:
    return (amount for name in names if (amount := quantity(step.get(name))) is not None)
