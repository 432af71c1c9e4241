"""Jobs and steps, put together from the log, the provenance and the workflow's description."""

from collections.abc import Callable
from dataclasses import replace

from run_directories.clocks import Clock
from run_directories.cwl.description import Description, step_key, steps_of
from run_directories.cwl.engine_log import EngineLog, LoggedJob
from run_directories.cwl.provenance import Activity, Provenance
from run_directories.findings import FoundJob, FoundStep

Paths = Callable[[list[str]], tuple[str, ...]]


def found_steps(
    description: Description, log: EngineLog, jobs: tuple[FoundJob, ...]
) -> tuple[FoundStep, ...]:
    """The steps in the order in which they began, each with its status; what never began comes last."""
    started = list(log.steps)
    steps = [replace(step, status=_status(step, log, jobs)) for step in steps_of(description)]
    steps.sort(key=lambda step: started.index(step.key) if step.key in started else len(started))
    steps.sort(key=lambda step: step.key.count("/"))
    return tuple(replace(step, position=position) for position, step in enumerate(steps))


def jobs_of_provenance(
    provenance: Provenance, log: EngineLog, steps: tuple[FoundStep, ...], clock: Clock, paths: Paths
) -> tuple[FoundJob, ...]:
    """The jobs that PROV knows. A bare tool's run is its only job."""
    keys = {step.key for step in steps}
    images = {step.key: step.container_image for step in steps}
    activities = provenance.jobs or [one for one in (provenance.run,) if one is not None and keys == {"main"}]
    jobs = []
    for activity in sorted(activities, key=lambda one: str(one.started_at)):
        logged = _logged(activity, log)
        step = (
            "main"
            if keys == {"main"}
            else step_key(activity.plan, keys, _around(provenance.place(activity), keys))
        )
        jobs.append(_job(logged, step, images.get(step, ""), activity, clock, paths))
    return tuple(jobs)


def jobs_of_log(log: EngineLog, steps: tuple[FoundStep, ...], clock: Clock) -> tuple[FoundJob, ...]:
    """The jobs that only the log tells of."""
    keys = {step.key for step in steps}
    images = {step.key: step.container_image for step in steps}
    jobs = []
    for logged in log.jobs.values():
        step = "main" if keys == {"main"} else _step_of(logged.name, steps)
        jobs.append(_job(logged, step, images.get(step, ""), None, clock, None))
    return tuple(jobs)


def _job(
    logged: LoggedJob, step: str, image: str, activity: Activity | None, clock: Clock, paths: Paths | None
) -> FoundJob:
    told = activity or Activity("", started_at=logged.started_at, completed_at=logged.completed_at)
    return FoundJob(
        name=logged.name,
        step=step,
        status=logged.status,
        started_at=clock.aware(told.started_at),
        completed_at=clock.aware(told.completed_at),
        command_line=logged.command_line,
        exit_code=logged.exit_code,
        stderr=logged.stderr,
        container_image=image if logged.has_container else "",
        external_id=told.identifier,
        used=paths(told.used) if paths else (),
        made=paths(told.made) if paths else (),
        message=logged.message,
    )


def _logged(activity: Activity, log: EngineLog) -> LoggedJob:
    """The log calls a job like PROV's plan; a bare tool is called after its file."""
    if not activity.plan and len(log.jobs) == 1:
        return next(iter(log.jobs.values()))
    return log.jobs.get(activity.plan) or LoggedJob(activity.plan or "main")


def _around(place: str, keys: set[str]) -> str:
    """The key of the step that holds a nested workflow, ``inner_2`` being the step ``inner``."""
    around = ""
    for name in place.split("/") if place else ():
        around = step_key(name, keys, around) or around
    return around


def _step_of(name: str, steps: tuple[FoundStep, ...]) -> str:
    keys = {step.key for step in steps}
    return step_key(name, keys) or _deeper(name, keys) or _of_toil(name, steps)


def _of_toil(name: str, steps: tuple[FoundStep, ...]) -> str:
    """Toil calls a job ``workflow.cwl.sort.sort-tool.cwl``, a scattered one ``workflow.cwl.1.sort-tool.cwl``."""
    told = [step.key for step in steps if f".{step.name}.{step.tool_id}" in name]
    running = told or [step.key for step in steps if step.tool_id and name.endswith(f".{step.tool_id}")]
    return running[0] if len(running) == 1 else ""


def _deeper(name: str, keys: set[str]) -> str:
    """A nested step, if there is only one that can be meant."""
    parents = {key.rpartition("/")[0] for key in keys if "/" in key}
    found = {step_key(name, keys, parent) for parent in parents} - {""}
    return found.pop() if len(found) == 1 else ""


def _status(step: FoundStep, log: EngineLog, jobs: tuple[FoundJob, ...]) -> str:
    """As the log says of the step; else as its jobs ended."""
    statuses = {job.status for job in jobs if job.step == step.key}
    told = log.steps.get(step.key, "")
    if told and told != "UNKNOWN":
        return told
    if "FAILED" in statuses:
        return "FAILED"
    return "SUCCESS" if statuses == {"SUCCESS"} else "UNKNOWN"
