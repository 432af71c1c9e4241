"""What servers before 2025 answer, as values: ids are keys, and relations are edges that stand apart from jobs."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from run_directories.torc.answers import GIGABYTE, NewAnswers, command_of, requested_of, scheduler_job
from run_directories.torc.reading import flag, later, measures, number, objects, text, whole
from run_directories.torc.values import (
    Event,
    File,
    Job,
    Measured,
    Node,
    Requirements,
    Result,
    Scheduler,
    UserData,
    Workflow,
)

ARANGO = frozenset({"_key", "_id", "_rev"})
OF_WORKFLOW = ARANGO | {"name", "user", "description", "timestamp", "is_archived"}
# Of these nothing happened: they say how Torc was to go about a job, or repeat what the edges say.
UNUSED_OF_JOB = {
    "cancel_on_blocking_job_failure", "supports_termination", "schedule_compute_nodes", "internal", "blocked_by",
    "input_files", "output_files", "input_user_data", "output_user_data", "resource_requirements", "scheduler",
}  # fmt: skip
OF_JOB = ARANGO | {"name", "command", "invocation_script", "status", "run_id"} | UNUSED_OF_JOB
OF_SCHEDULER = ARANGO | {"name", "account", "partition"}
Edges = dict[str, list[dict[str, Any]]]


class Relations:
    """What the edges say of each job, by the keys of both ends."""

    def __init__(self, edges: Edges) -> None:
        self._ends = {name: _by_source(rows) for name, rows in edges.items()}
        self._blocked = _by_target(edges.get("blocks", ()))
        self._nodes = _by_target(edges.get("executed", ()))

    def of(self, edge: str, job: str) -> tuple[str, ...]:
        """What an edge leads to from a job."""
        return tuple(dict.fromkeys(self._ends.get(edge, {}).get(job, ())))

    def before(self, job: str) -> tuple[str, ...]:
        """The jobs that block a job."""
        return tuple(dict.fromkeys(self._blocked.get(job, ())))

    def node(self, job: str) -> str:
        """The node that executed a job, empty where several did: it is not told which attempt ran where."""
        found = set(self._nodes.get(job, ()))
        return found.pop() if len(found) == 1 else ""


class OldAnswers(NewAnswers):
    """Reads the answers of these servers. What is alike in both generations is inherited."""

    def __init__(self, relations: Relations | None = None) -> None:
        super().__init__()
        self.relations = relations or Relations({})

    def workflow(self, told: dict[str, Any]) -> Workflow:
        """The workflow; its run and whether it was canceled are kept apart by the server, and joined by who asks."""
        return replace(super().workflow(told), id=text(told, "_key"), further=self.further(told, OF_WORKFLOW))

    def job(self, told: dict[str, Any]) -> Job:
        """A job with what the edges say of it."""
        key, edges = text(told, "_key"), self.relations
        return Job(
            id=key,
            name=text(told, "name"),
            command=command_of(told),
            status=text(told, "status"),
            after=edges.before(key),
            used=edges.of("needs", key),
            made=edges.of("produces", key),
            reads=edges.of("consumes", key),
            writes=edges.of("stores", key),
            requirements=next(iter(edges.of("requires", key)), ""),
            scheduler=next(iter(edges.of("scheduled_bys", key)), ""),
            further=self.further(told, frozenset(OF_JOB)),
        )

    def result(self, told: dict[str, Any]) -> Result:
        """The end of a job in a run."""
        job = text(told, "job_key")
        return replace(super().result({**told, "job_id": job}), node=self.relations.node(job))

    def file(self, told: dict[str, Any]) -> File:
        """A file."""
        return replace(super().file(told), id=text(told, "_key"))

    def data(self, told: dict[str, Any]) -> UserData:
        """A named value."""
        return replace(super().data(told), id=text(told, "_key"))

    def requirements(self, told: dict[str, Any]) -> Requirements:
        """What jobs ask for."""
        return Requirements(text(told, "_key"), text(told, "name"), requested_of(told))

    def scheduler(self, told: dict[str, Any], kind: str) -> Scheduler:
        """What allocates nodes."""
        found = super().scheduler(told, kind)
        return replace(found, id=text(told, "_key"), further=self.further(told, frozenset(OF_SCHEDULER)))

    def node(self, told: dict[str, Any]) -> Node:
        """A compute node; what it had stands in an object of its own."""
        had = told.get("resources") if isinstance(told.get("resources"), dict) else {}
        memory, started = number(had, "memory_gb"), self.moment(told.get("start_time"))
        job = scheduler_job(told.get("scheduler"))
        found = super().node({**told, "num_nodes": (had or {}).get("num_nodes")})
        return replace(
            found,
            id=text(told, "_key"),
            kind="slurm" if job else "",
            completed_at=None
            if flag(told, "is_active")
            else later(started, number(told, "duration_seconds")),
            cpus=number(had, "num_cpus"),
            memory_bytes=None if memory is None else round(memory * GIGABYTE),
            gpus=whole(had, "num_gpus"),
            scheduler=key_of(text(had, "scheduler_config_id")),
            allocation=found.allocation
            | ({"time_limit": limit} if (limit := text(had, "time_limit")) else {}),
        )

    def measured(self, told: dict[str, Any]) -> Measured:
        """What Torc's monitor measured of a job's process."""
        return Measured(
            job=text(told, "job_key"),
            run_id=whole(told, "run_id") or 1,
            resources=measures(
                max_rss_bytes=whole_bytes(told, "max_rss"),
                avg_rss_bytes=whole_bytes(told, "avg_rss"),
                max_cpu_percent=number(told, "max_cpu_percent"),
                avg_cpu_percent=number(told, "avg_cpu_percent"),
                samples=whole(told, "num_samples"),
            ),
        )

    def event(self, told: dict[str, Any]) -> Event | None:
        """Something that happened; its words stand beside its time."""
        data = {name: one for name, one in told.items() if name not in (*ARANGO, "timestamp")}
        return self.event_of(text(told, "_key"), told, data)


def node_statistics(told: dict[str, Any]) -> dict[str, Any]:
    """Averages, least and most of what was measured of a node, by kind: those of processes are the jobs'."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for one in objects(told, "stats"):
        kind = text(one, "resource_type")
        if text(one, "job_key") or kind == "process":
            continue
        for name, part in (("min", "minimum"), ("average", "average"), ("max", "maximum")):
            held = one.get(part)
            for measure in held if isinstance(held, dict) else {}:
                value = number(held, measure)
                if value is not None:
                    found[f"{kind}_{measure}"][name] = value
    return dict(found)


def key_of(identifier: str) -> str:
    """The key in ``jobs__9001/9100``."""
    return identifier.rpartition("/")[2]


def whole_bytes(told: dict[str, Any], name: str) -> int | None:
    """A size that is told as a number with a fraction."""
    value = number(told, name)
    return None if value is None else round(value)


def _by_source(rows: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        found[key_of(text(row, "_from"))].append(key_of(text(row, "_to")))
    return found


def _by_target(rows: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        found[key_of(text(row, "_to"))].append(key_of(text(row, "_from")))
    return found
