"""The graph of a run, read in a number of statements that does not grow."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from common.errors import TooLarge
from workflows.graphs import building
from workflows.graphs.building import GraphJob, GraphStep
from workflows.graphs.values import Graph, GraphKind, GraphNode
from workflows.jobs.edges import JobNet, net_of
from workflows.jobs.reading import MOST_JOBS, MOST_LINKS, seen_links
from workflows.models import WorkflowRun
from workflows.records import FileRole

MOST_STEPS = 20_000
Links = list[tuple[UUID, UUID]]


def read_graph(*, run: WorkflowRun, user: Any, kind: GraphKind, most_nodes: int, most_edges: int) -> Graph:
    """A graph of ``run`` as ``user`` may see it; TooLarge where it is more than can be told."""
    readers = {
        GraphKind.JOBS: _of_jobs,
        GraphKind.STEPS: _of_steps,
        GraphKind.FILES: _of_files,
        GraphKind.PARAMETERS: _of_parameters,
    }
    nodes, edges = readers[kind](run, user, most_nodes)
    if len(nodes) > most_nodes:
        raise _too_large(kind, f"more than {most_nodes:,} nodes")
    arrows = building.joined(edges, nodes, most_edges)
    if len(arrows) > most_edges:
        raise _too_large(kind, f"more than {most_edges:,} edges")
    return Graph(run.name, kind, tuple(nodes), tuple(arrows))


def _too_large(kind: GraphKind, how: str) -> TooLarge:
    """With what to do instead."""
    instead = (
        "read the jobs from jobs/ in pages"
        if kind == GraphKind.STEPS
        else "ask for kind=steps, which is smaller"
    )
    return TooLarge(f"The graph of {kind} has {how}: {instead}.")


def _of_jobs(run: WorkflowRun, user: Any, most: int) -> tuple[list[GraphNode], Iterable[Any]]:
    jobs = _jobs(run, GraphKind.JOBS, most)
    net = _net(jobs, *_links(run, user))
    return list(building.job_nodes(jobs, net)), building.job_edges(net)


def _of_steps(run: WorkflowRun, user: Any, most: int) -> tuple[list[GraphNode], Iterable[Any]]:
    jobs = _jobs(run, GraphKind.STEPS, MOST_JOBS)
    rows = run.steps.order_by("position", "id").values_list(*GraphStep._fields)
    steps = [GraphStep(*row) for row in rows[: most + 1]]
    return building.step_nodes(steps, jobs), building.step_edges(jobs, *_links(run, user))


def _of_files(run: WorkflowRun, user: Any, most: int) -> tuple[list[GraphNode], Iterable[Any]]:
    jobs = _jobs(run, GraphKind.FILES, most)
    made, used = _links(run, user)
    net = _net(jobs, [], [])
    columns = ("datafile_id", "datafile__name", "datafile__path", "datafile__status", "datafile__size")
    rows = seen_links(run.pk, user).order_by("datafile_id").values_list(*columns).distinct()
    files = [
        GraphNode(str(key), "file", path or name, "", {"file_status": status, "size": size})
        for key, name, path, status, size in rows[: most + 1]
    ]
    return [*building.job_nodes(jobs, net), *files], building.file_edges(net, made, used)


def _of_parameters(run: WorkflowRun, user: Any, most: int) -> tuple[list[GraphNode], Iterable[Any]]:
    jobs = _jobs(run, GraphKind.PARAMETERS, most)
    net = _net(jobs, [], [])
    found = {
        name: (key, value)
        for key, name, value in run.parameters.order_by("id").values_list("id", "name", "value")
    }
    nodes = [
        GraphNode(str(key), "parameter", name, "", {"value": value}) for name, (key, value) in found.items()
    ]
    given = run.jobs.order_by("id").values_list("id", "parameters") if found else []
    edges = building.parameter_edges(found, ((job, own) for job, own in given if job in net.place_of), net)
    return [*building.job_nodes(jobs, net), *nodes], edges


def _jobs(run: WorkflowRun, kind: GraphKind, most: int) -> list[GraphJob]:
    rows: QuerySet[Any, Any] = run.jobs.order_by("id").values_list(*GraphJob._fields)
    jobs = [GraphJob(*row) for row in rows[: most + 1]]
    if len(jobs) > most:
        raise _too_large(kind, f"more than {most:,} jobs")
    return jobs


def _net(jobs: Sequence[GraphJob], made: Links, used: Links) -> JobNet:
    return net_of(((job.id, job.external_id, job.attempt, job.after) for job in jobs), made, used)


def _links(run: WorkflowRun, user: Any) -> tuple[Links, Links]:
    """Pairs of job and file: those that were made, and those that were used."""
    made: Links = []
    used: Links = []
    for job, file, role in seen_links(run.pk, user).values_list("job_id", "datafile_id", "role")[:MOST_LINKS]:
        (made if role == FileRole.MADE else used).append((job, file))
    return made, used
