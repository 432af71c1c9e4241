"""One run of a workflow out of what Torc tells: its attempts, how it stands, and which files and nodes are its own."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from run_directories.torc.statuses import ENDED, FINAL, MESSAGES, job_status, past_status, run_status
from run_directories.torc.told import Told
from run_directories.torc.values import Event, File, Job, Node, Result

INTERMEDIATE = "Intermediate files"
CARRIED = "It succeeded in run {run} and did not run again."
SET_BACK = "Torc has set it to {status} since."


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a job in one run; ``status`` is the registry's word, ``word`` Torc's."""

    job: Job
    number: int
    status: str
    word: str
    message: str = ""
    started_at: datetime | None = None
    completed_at: datetime | None = None
    return_code: int | None = None
    node: str = ""
    host: str = ""
    is_last: bool = True
    resources: dict[str, Any] = field(default_factory=dict)
    scheduler: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlacedFile:
    """A file with its path below the workflow's directory, and what it is to the run: INPUT or OUTPUT.

    ``is_there`` says that it belongs to this run and was there. An intermediate one was made and used.
    """

    file: File
    path: str
    data_type: str
    is_there: bool
    is_intermediate: bool


def attempts(told: Told) -> Iterator[Attempt]:
    """Every attempt of the run, in the order of the jobs."""
    for job in told.jobs:
        results = told.results.of.get(job.id, ())
        for place, result in enumerate(results):
            yield _measured(told, _ended(told, job, result, is_last=place == len(results) - 1))
        if told.is_latest and _stands_apart(job, results):
            yield _measured(told, _standing(told, job))


def status_of(told: Told, last: Mapping[str, str]) -> str:
    """How the run stands, by the status of the last attempt at each job."""
    if told.is_latest:
        return run_status(
            last.values(),
            is_complete=is_complete(told),
            is_canceled=told.workflow.is_canceled,
            has_begun=bool(told.results.of),
        )
    return past_status(last.values(), all(_had_succeeded(told, job, last) for job in told.jobs))


def is_complete(told: Told) -> bool:
    """Whether every job of the latest run stands as it will stay: as Torc says, else by the jobs."""
    if told.workflow.is_complete is not None:
        return told.workflow.is_complete
    return all(job.status.lower() in FINAL for job in told.jobs)


def has_ended(status: str) -> bool:
    """Whether a run with this status changes no more by itself."""
    return status in ENDED


def placed_files(told: Told) -> list[PlacedFile]:
    """The workflow's files, each path once."""
    makers: dict[str, list[str]] = {}
    used: set[str] = set()
    for job in told.jobs:
        used.update(job.used)
        for one in job.made:
            makers.setdefault(one, []).append(job.id)
    placed: dict[str, PlacedFile] = {}
    for file in told.files.values():
        found = _placed(told, file, makers.get(file.id, []), file.id in used)
        if found.path and (found.path not in placed or not placed[found.path].is_there):
            placed[found.path] = found
    return list(placed.values())


def path_of(told: Told, file: File) -> str:
    """The path below the workflow's directory; of a file that lies elsewhere, without the slash before it."""
    path, directory = file.path, told.workflow.directory.rstrip("/")
    if directory and path.startswith(directory + "/"):
        path = path[len(directory) + 1 :]
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return "/".join("_" if part == ".." else part for part in parts)


def nodes(told: Told) -> list[Node]:
    """The nodes on which the run's attempts ran; of the latest run also those of which no run has a result."""
    own = told.results.nodes.get(told.run_id, set())
    elsewhere = set().union(*told.results.nodes.values()) - own
    running = {job.node for job in told.jobs if job.node} if told.is_latest else set()
    return [
        node
        for node in told.nodes.values()
        if node.id in own or node.id in running or (told.is_latest and node.id not in elsewhere)
    ]


def span(found: Iterable[Attempt]) -> tuple[datetime | None, datetime | None]:
    """When the first attempt began and the last one ended, as far as that is known."""
    starts, ends = [], []
    for one in found:
        starts += [one.started_at] if one.started_at else []
        ends += [one.completed_at] if one.completed_at else []
    return min(starts, default=None), max(ends, default=None)


def is_of_run(told: Told, event: Event) -> bool:
    """Whether an event is the run's: Torc says so, or it happened after the run before and before this one's end."""
    if event.run_id is not None:
        return event.run_id == told.run_id
    ends = told.results.ends
    if any(event.at <= end for run, end in ends.items() if run < told.run_id):
        return False
    return told.is_latest or (told.run_id in ends and event.at <= ends[told.run_id])


# --- attempts ---------------------------------------------------------------------------------------------------


def _ended(told: Told, job: Job, result: Result, *, is_last: bool) -> Attempt:
    word, message = result.status, ""
    if is_last and told.is_latest and job.status and job.status != result.status:
        if job.status.lower() in FINAL:
            word = job.status
        elif job.attempt <= result.attempt:
            message = SET_BACK.format(status=job.status)
    node = told.nodes.get(result.node)
    return Attempt(
        job=job,
        number=result.attempt,
        status=job_status(word, result.return_code),
        word=word,
        message=message or MESSAGES.get(word.lower(), ""),
        started_at=result.started_at,
        completed_at=result.completed_at,
        return_code=result.return_code,
        node=result.node if node else "",
        host=node.hostname if node else "",
        is_last=is_last,
        resources=result.resources,
    )


def _stands_apart(job: Job, results: list[Result] | tuple[()]) -> bool:
    """Whether a job's present state is one of its own, and not how its last result left it."""
    return not results or job.attempt > results[-1].attempt


def _standing(told: Told, job: Job) -> Attempt:
    """A job without a result in this run: it has not run yet, runs now, or has not had to."""
    before = told.results.before.get(job.id)
    is_carried = before is not None and job.status.lower() in FINAL
    code = before.return_code if before is not None and is_carried else None
    status = job_status(job.status, code)
    message = CARRIED.format(run=before.run_id) if before and is_carried and status == "SUCCESS" else ""
    node = told.nodes.get(job.node)
    return Attempt(
        job=job,
        number=job.attempt,
        status=status,
        word=job.status,
        message=message or MESSAGES.get(job.status.lower(), ""),
        started_at=job.started_at,
        node=job.node if node else "",
        host=node.hostname if node else "",
    )


def _measured(told: Told, attempt: Attempt) -> Attempt:
    """The attempt with what the scheduler says of it; what Torc itself measured counts more."""
    found = told.measured.get((attempt.job.id, told.run_id, attempt.number))
    resources = {**found.resources, **attempt.resources} if found else attempt.resources
    host = attempt.host or (found.hosts if found else "")
    scheduler = _scheduler(told, attempt, found.scheduler_job if found else "")
    return replace(attempt, resources=resources, host=host, scheduler=scheduler)


def _scheduler(told: Told, attempt: Attempt, job_id: str) -> dict[str, Any]:
    """The scheduler of an attempt: the one that its job asked for, else that of the node it ran on."""
    node = told.nodes.get(attempt.node)
    asked = attempt.job.scheduler or (node.scheduler if node else "")
    said = {**(scheduler_of(told, node) if node else {}), **_configured(told, asked)}
    if job_id:
        said = {"kind": "slurm", **said, "job_id": job_id}
    if attempt.job.priority:
        said["priority"] = attempt.job.priority
    return said


def scheduler_of(told: Told, node: Node) -> dict[str, Any]:
    """What gave a node to the workflow."""
    said = {"kind": node.kind, "job_id": node.job_id} if node.job_id else {}
    return {**said, **_configured(told, node.scheduler)}


def _configured(told: Told, scheduler: str) -> dict[str, Any]:
    found = told.schedulers.get(scheduler)
    if found is None:
        return {}
    said = {"kind": found.kind, "name": found.name, "partition": found.partition, "account": found.account}
    return {name: value for name, value in said.items() if value}


# --- the run and its files --------------------------------------------------------------------------------------


def _had_succeeded(told: Told, job: Job, last: Mapping[str, str]) -> bool:
    """Whether a job had succeeded by the end of an earlier run, in that run or before it."""
    if job.id in last:
        return last[job.id] == "SUCCESS"
    before = told.results.before.get(job.id)
    return before is not None and job_status(before.status, before.return_code) == "SUCCESS"


def _placed(told: Told, file: File, makers: list[str], is_used: bool) -> PlacedFile:
    """A file that a job made is the run's in which the job ran last: later runs wrote over it."""
    made_here = all(told.results.last_run.get(job, 0) <= told.run_id for job in makers)
    has_run = told.is_latest or not makers or any(job in told.results.last_run for job in makers)
    return PlacedFile(
        file=file,
        path=path_of(told, file),
        data_type="OUTPUT" if makers else "INPUT",
        is_there=file.modified is not None and made_here and has_run,
        is_intermediate=bool(makers) and is_used,
    )
