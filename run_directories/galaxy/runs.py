"""The run of an invocation, put together from what the export tells."""

import hashlib
import uuid
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from run_directories.findings import FoundJob, FoundRun, FoundStep
from run_directories.galaxy.data import ABSENT, OUTSIDE, Data, data_of
from run_directories.galaxy.jobs import jobs_of
from run_directories.galaxy.statuses import BROKEN, CALLED_OFF, has_ended, status_of_run
from run_directories.galaxy.steps import Step, Steps, steps_of
from run_directories.galaxy.store import Store, read_store
from run_directories.galaxy.values import mapping, text, texts, time_of
from run_directories.galaxy.workflow import (
    creators_of,
    found_workflow,
    output_values_of,
    parameters_of_run,
    path_of,
    read_workflow,
)
from run_directories.remarks import Remarks
from run_directories.sniffers import NotThisEngine

_UUID = "__workflow_invocation_uuid__"
_MEASURED = (
    "The export holds no measured times: a job's are when Galaxy planned it, and when it changed last."
)
_NO_UUID = (
    "The export does not tell the invocation's UUID, so that the run is not known as the same as one imported "
    "from the server."
)
_NO_WORKFLOW = "The workflow's .ga file is not in the export, so that steps are called after their places."
_SETTLED = frozenset({"SUCCESS", "FAILED", "CANCELLED"})


def read_runs(directory: Path) -> tuple[FoundRun, ...]:
    """The run of each invocation in the export that is not a subworkflow's, the newest first."""
    store = read_store(directory)
    runs = tuple(_run(store, invocation) for invocation in store.roots())
    if not runs:
        raise NotThisEngine(f"{directory} is an export of Galaxy without an invocation.")
    return runs


def _run(store: Store, invocation: dict[str, Any]) -> FoundRun:
    path = path_of(store, invocation)
    workflow = read_workflow(path, store.directory)
    steps = list(steps_of(store, invocation, workflow))
    state, states = text(invocation, "state"), _states(store, steps)
    nested = {text(step.inner, "state") for step in steps if step.inner}
    ended = has_ended(state, nested, set(states))
    has_all = all(step.is_subworkflow or step.is_pause or step.jobs or step.is_empty for step in steps)
    status, basis = status_of_run(state, nested, set(states), has_all)
    data = data_of(store, invocation, workflow, steps)
    found, jobs = Steps(store, steps, state, ended).found(), jobs_of(store, steps, data)
    started, version = time_of(invocation, "create_time"), _version(store, steps)
    identifier, is_known = _identifier(store, invocation, steps)
    files = data.files()
    return FoundRun(
        name=_name(workflow, started),
        status=status,
        status_basis=basis,
        message=_message(status, state, found, jobs, states),
        started_at=started,
        completed_at=_end(invocation, jobs, started) if ended and status in _SETTLED else None,
        run_environment=_environment(invocation, workflow, version, identifier if is_known else ""),
        source="galaxy",
        external_id=identifier,
        parameters=parameters_of_run(invocation, workflow),
        workflow=found_workflow(path, workflow, version),
        files=files,
        steps=found,
        jobs=jobs,
        remarks=_remarks(data, jobs, is_known, bool(workflow)),
    )


def _states(store: Store, steps: list[Step]) -> Counter[str]:
    """The states of all jobs; of one that is named but not in the export it is empty."""
    return Counter(text(store.jobs.get(one), "state") for step in steps for one in step.jobs)


def _identifier(store: Store, invocation: dict[str, Any], steps: list[Step]) -> tuple[str, bool]:
    """The invocation's UUID, by which a server's import knows the run too, and whether it is that.

    Only jobs tell it. Those of a subworkflow tell the UUID of their own invocation, which is another. Without it the
    run is known by its workflow and the microsecond in which it was started.
    """
    told = [text(invocation, "uuid")]
    for step in steps:
        jobs = () if step.parent else step.jobs
        told += [text(mapping(store.jobs.get(one), "params"), _UUID) for one in jobs]
    for one in filter(None, told):
        try:
            return str(uuid.UUID(one)), True
        except ValueError:
            continue
    known = "\n".join(text(invocation, key) for key in ("create_time", "workflow", "encoded_id"))
    return f"sha256:{hashlib.sha256(known.encode()).hexdigest()}", False


def _name(workflow: dict[str, Any], started: datetime | None) -> str:
    """The workflow's name and when it was started."""
    moment = f" ({started:%Y-%m-%d %H:%M} UTC)" if started else ""
    return (text(workflow, "name") or "Galaxy workflow") + moment


def _end(invocation: dict[str, Any], jobs: tuple[FoundJob, ...], started: datetime | None) -> datetime | None:
    """When the last job ended: Galaxy does not say when an invocation did."""
    ends = [job.completed_at for job in jobs if job.completed_at]
    last = max(ends) if ends else time_of(invocation, "update_time")
    return max(last, started) if last and started else last


def _version(store: Store, steps: list[Step]) -> str:
    """The version of Galaxy that the jobs were planned by."""
    jobs = (store.jobs.get(one) for step in steps for one in step.jobs)
    return next(filter(None, (text(job, "galaxy_version") for job in jobs)), "")


def _message(
    status: str, state: str, steps: tuple[FoundStep, ...], jobs: tuple[FoundJob, ...], states: Counter[str]
) -> str:
    """Why the run did not succeed: by its steps, as an export holds none of Galaxy's own reasons."""
    if status == "CANCELLED":
        return "Cancelled in Galaxy." if state in CALLED_OFF else "Jobs of it were cancelled in Galaxy."
    if status == "UNKNOWN":
        return f"Galaxy says {state or 'nothing'!r} of the invocation, and nothing of its jobs by which to judge."
    if status not in ("FAILED", "PAUSED"):
        return ""
    told = _failures(steps, jobs) + _counts(states)
    if status == "FAILED" and not any(states[one] for one in BROKEN):
        told = ["Galaxy says that the invocation failed; its export does not say why.", *told]
    return " ".join(told)


def _failures(steps: tuple[FoundStep, ...], jobs: tuple[FoundJob, ...]) -> list[str]:
    """The reasons of each step, the first five."""
    names = {step.key: step.name for step in steps}
    told = (
        f"Step {names[job.step]}: {job.message}" for job in jobs if job.status == "FAILED" and job.message
    )
    return list(dict.fromkeys(told))[:5]


def _counts(states: Counter[str]) -> list[str]:
    """How many jobs stand still, and that not all was lost."""
    told, total = [], sum(states.values())
    if count := states["paused"]:
        which = "1 job is paused, until somebody resumes it" if count == 1 else f"{count} jobs are paused"
        told.append(
            f"{which} in Galaxy." if count == 1 else f"{which}, until somebody resumes them in Galaxy."
        )
    if states["ok"] and any(states[one] for one in BROKEN):
        told.append(f"{states['ok']} of {total} jobs succeeded.")
    return told


def _environment(
    invocation: dict[str, Any], workflow: dict[str, Any], version: str, identifier: str
) -> dict[str, Any]:
    about = {"creators": creators_of(workflow), "tags": list(texts(workflow, "tags"))}
    told = {
        "engine": "Galaxy",
        "engine_version": version,
        "invocation": {"uuid": identifier, "state": text(invocation, "state")},
        "workflow": {key: value for key, value in about.items() if value},
        "output_values": output_values_of(invocation),
    }
    return {key: value for key, value in told.items() if value}


def _remarks(data: Data, jobs: tuple[FoundJob, ...], has_uuid: bool, has_workflow: bool) -> tuple[str, ...]:
    remarks = Remarks()
    said = ((jobs, _MEASURED), (not has_uuid, _NO_UUID), (not has_workflow, _NO_WORKFLOW))
    remarks.extend(sentence for is_so, sentence in said if is_so)
    for caption, names in ((ABSENT, data.absent), (OUTSIDE, data.outside)):
        for name in names:
            remarks.note(caption, name)
    return remarks.sentences()
