"""The graph of a run: its steps, what each waited for, and the data that went in and came out."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.urls import reverse

from common.models import UserLike
from web.counting import counted
from web.run.work import Node, Work
from web.templatetags.runs import STATUS_NAMES
from workflows.jobs.edges import edges_of_files, edges_told
from workflows.models import JobFileLink, WorkflowRun, WorkflowRunDataset
from workflows.records import DataType, FileRole

MOST_LINKS = 50_000  # between jobs and files
MOST_DATA = 30  # datasets in the picture, inputs and outputs each
SHORT = 80  # characters of a name in the picture; its whole stands beside it


@dataclass(slots=True)
class Graph:
    """``basis`` says how the edges are known: "jobs", "files", or nothing where none are."""

    nodes: list[Node]
    basis: str = ""
    edges: set[tuple[str, str]] = field(default_factory=set)
    data: list["DataNode"] = field(default_factory=list)
    more_data: int = 0


@dataclass(frozen=True, slots=True)
class DataNode:
    """A dataset that went in or came out, with the nodes that used or made it."""

    dataset_id: UUID
    name: str
    role: str
    nodes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Links:
    """Which node used and made which file and dataset."""

    used: dict[UUID, set[str]]
    made: dict[UUID, set[str]]
    of_dataset: dict[tuple[UUID, str], set[str]]


def graph_of(run: WorkflowRun, user: UserLike, work: Work) -> Graph:
    """The edges that the jobs tell, else those that follow from files; none is invented. ``work`` learns them."""
    graph = Graph(work.nodes)
    links = WorkflowRunDataset.objects.visible_to(user).filter(workflowrun=run)
    place_of = {job.id: node.key for node in work.nodes for job in node.jobs}
    known = _links(run, links, place_of)
    graph.edges = set(edges_told([(job.id, job.external_id, job.after) for job in work.jobs], place_of))
    graph.basis = "jobs" if graph.edges else ""
    if not graph.edges:
        graph.edges = set(edges_of_files(known.made, known.used))
        graph.basis = "files" if graph.edges else ""
    graph.data, graph.more_data = _data(links, known)
    _tell_predecessors(graph)
    return graph


def as_json(graph: Graph, run: WorkflowRun) -> dict[str, Any]:
    """What the drawing takes."""
    nodes = [_step_in_json(node, run) for node in graph.nodes]
    nodes += [_data_in_json(one) for one in graph.data]
    edges = [{"from": before, "to": after} for before, after in sorted(graph.edges)]
    for one in graph.data:
        edges += [_edge_of_data(one, key) for key in sorted(one.nodes)]
    return {"nodes": nodes, "edges": edges, "direction": "LR", "basis": graph.basis}


def _links(run: WorkflowRun, links: Any, place_of: dict[UUID, str]) -> Links:
    """Of datasets that may be seen only."""
    found = JobFileLink.objects.filter(
        job__workflowrun=run, datafile__dataset__in=links.values("dataset")
    ).values_list("job_id", "role", "datafile_id", "datafile__dataset_id")
    known = Links({}, {}, {})
    for job, role, file, dataset in found[:MOST_LINKS]:
        if place := place_of.get(job):
            by_file = known.used if role == FileRole.USED else known.made
            by_file.setdefault(file, set()).add(place)
            known.of_dataset.setdefault((dataset, role), set()).add(place)
    return known


def _data(links: Any, known: Links) -> tuple[list[DataNode], int]:
    """The run's inputs and outputs that a job is known to have used or made."""
    rows = links.filter(data_type__in=(DataType.INPUT, DataType.OUTPUT)).order_by("id")
    found: dict[str, list[DataNode]] = {DataType.INPUT: [], DataType.OUTPUT: []}
    for dataset, name, data_type in rows.values_list("dataset_id", "dataset__name", "data_type")[:MOST_LINKS]:
        role = FileRole.USED if data_type == DataType.INPUT else FileRole.MADE
        if nodes := known.of_dataset.get((dataset, role)):
            found[data_type].append(DataNode(dataset, name, data_type, frozenset(nodes)))
    shown = [one for of_type in found.values() for one in of_type[:MOST_DATA]]
    return shown, sum(map(len, found.values())) - len(shown)


def _tell_predecessors(graph: Graph) -> None:
    by_key = {node.key: node for node in graph.nodes}
    order = {node.key: place for place, node in enumerate(graph.nodes)}
    for before, after in sorted(graph.edges, key=lambda edge: order[edge[0]]):
        by_key[after].after.append(by_key[before])


def _step_in_json(node: Node, run: WorkflowRun) -> dict[str, Any]:
    return {
        "id": node.key,
        "label": _short(node.name),
        "sub": said_of(node),
        "kind": "group" if node.is_subworkflow or len(node.steps) > 1 else "step",
        "status": node.status,
        "failed": node.failed,
        "title": "\n".join(part for part in (node.name, node.tool, said_of(node), _states(node)) if part),
        "href": f"{reverse('web:run-steps', args=[run.pk])}?step={node.key}#jobs",
    }


def said_of(node: Node) -> str:
    """How much belongs to a node: ``2 steps · 8 jobs · 1 failed``."""
    parts = [counted(len(node.steps), "step")] if node.is_subworkflow or len(node.steps) > 1 else []
    parts += [counted(len(node.jobs), "job")] if node.jobs else []
    parts += [f"{node.failed:,} failed"] if node.failed else []
    parts += [f"{node.repeated:,} repeated"] if node.repeated else []
    return " · ".join(parts) or "no jobs"


def _states(node: Node) -> str:
    counts = node.counts.most_common()
    return ", ".join(f"{count:,} {STATUS_NAMES.get(status, status).lower()}" for status, count in counts)


def _data_in_json(one: DataNode) -> dict[str, Any]:
    return {
        "id": f"{one.role} {one.dataset_id}",
        "label": _short(one.name or "Dataset"),
        "kind": one.role.lower(),
        "title": f"{one.name}\n{one.role.capitalize()} of the run",
        "href": reverse("web:dataset", args=[one.dataset_id]),
    }


def _edge_of_data(one: DataNode, key: str) -> dict[str, str]:
    data = f"{one.role} {one.dataset_id}"
    if one.role == DataType.INPUT:
        return {"from": data, "to": key, "kind": "data"}
    return {"from": key, "to": data, "kind": "data"}


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"
