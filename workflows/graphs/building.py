"""Graphs out of what was read. Edges are what is recorded; none is invented."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from workflows.graphs.gathering import last_attempts, pattern_of, status_of_step, worst_of
from workflows.graphs.values import GraphEdge, GraphNode
from workflows.jobs.edges import JobNet, Way, edges_of_files, edges_told
from workflows.value_keys import value_key

Pairs = Iterable[tuple[str, str]]


class GraphJob(NamedTuple):
    """What a graph tells of a job."""

    id: UUID
    name: str
    status: str
    attempt: int
    external_id: str
    after: Any
    step_id: UUID | None


class GraphStep(NamedTuple):
    """What a graph tells of a step."""

    id: UUID
    key: str
    name: str
    status: str
    parent_id: UUID | None
    tool_name: str
    tool_version: str


def job_nodes(jobs: Sequence[GraphJob], net: JobNet) -> Iterator[GraphNode]:
    """A node for each job, its attempts together: the latest one speaks."""
    attempts = Counter(net.place_of.values())
    latest = set(net.latest.values())
    for job in jobs:
        if job.id in latest:
            facts = {
                "attempt": job.attempt,
                "attempts": attempts[net.place_of[job.id]],
                "external_id": job.external_id,
                "step": None if job.step_id is None else str(job.step_id),
            }
            yield GraphNode(str(job.id), "job", job.name, job.status, facts)


def job_edges(net: JobNet) -> Iterator[tuple[str, str, str]]:
    """From job to job: as they say, and by files. The same arrow may be known in both ways."""
    for later, earlier in net.before.items():
        yield from ((str(net.latest[one]), str(net.latest[later]), Way.AFTER.value) for one in earlier)
    for start, end in edges_of_files(net.made.places_of, net.used.places_of):
        yield str(net.latest[start]), str(net.latest[end]), Way.FILES.value


def step_nodes(steps: Sequence[GraphStep], jobs: Sequence[GraphJob]) -> list[GraphNode]:
    """A node for each step with how its jobs stand; jobs of no step are gathered by their names.

    All attempts are counted; how a step stands, the last attempt of each job says.
    """
    counts, last = _counted(jobs), _counted(last_attempts(jobs))
    loose = {place_of_step(job): pattern_of(job.name) for job in jobs if job.step_id is None}
    nodes = [_step_node(step, counts[str(step.id)], last[str(step.id)]) for step in steps]
    gathered = (
        GraphNode(place, "step", name, worst_of(last[place]), {"jobs": dict(counts[place]), "parent": None})
        for place, name in loose.items()
    )
    return [*nodes, *gathered]


def _counted(jobs: Iterable[GraphJob]) -> defaultdict[str, Counter[str]]:
    """How many jobs of each node stand how."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for job in jobs:
        counts[place_of_step(job)][job.status] += 1
    return counts


def place_of_step(job: GraphJob) -> str:
    """Which node of the steps a job belongs to."""
    return f"jobs:{pattern_of(job.name)}" if job.step_id is None else str(job.step_id)


def _step_node(step: GraphStep, counts: Counter[str], last: Counter[str]) -> GraphNode:
    facts = {
        "key": step.key,
        "parent": None if step.parent_id is None else str(step.parent_id),
        "tool": f"{step.tool_name} {step.tool_version}".strip(),
        "jobs": dict(counts),
    }
    return GraphNode(str(step.id), "step", step.name, status_of_step(step.status, last), facts)


def step_edges(
    jobs: Sequence[GraphJob], made: Iterable[tuple[UUID, UUID]], used: Iterable[tuple[UUID, UUID]]
) -> Iterator[tuple[str, str, str]]:
    """From step to step, as their jobs say, and by files. ``made`` and ``used`` are pairs of job and file."""
    place_of = {job.id: place_of_step(job) for job in jobs}
    for start, end in edges_told([(job.id, job.external_id, job.after) for job in jobs], place_of):
        yield start, end, Way.AFTER.value
    for start, end in edges_of_files(_places(made, place_of), _places(used, place_of)):
        yield start, end, Way.FILES.value


def _places(links: Iterable[tuple[UUID, UUID]], place_of: Mapping[UUID, str]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {}
    for job, file in links:
        if job in place_of:
            found.setdefault(file, set()).add(place_of[job])
    return found


def file_edges(
    net: JobNet, made: Iterable[tuple[UUID, UUID]], used: Iterable[tuple[UUID, UUID]]
) -> Iterator[tuple[str, str, str]]:
    """From a job to what it made, and from a file to who used it."""
    speaker: Callable[[UUID], str] = lambda job: str(net.latest[net.place_of[job]])  # noqa: E731
    yield from ((speaker(job), str(file), "made") for job, file in made if job in net.place_of)
    yield from ((str(file), speaker(job), "used") for job, file in used if job in net.place_of)


def parameter_edges(
    parameters: Mapping[str, tuple[UUID, Any]], jobs: Iterable[tuple[UUID, Any]], net: JobNet
) -> Iterator[tuple[str, str, str]]:
    """From a parameter of the run to a job that was given it: one of the same name with the same value.

    ``parameters`` gives the id and the value of each name, ``jobs`` the id of each job with its own parameters.
    """
    for job, own in jobs:
        speaker = str(net.latest[net.place_of[job]])
        for name, value in own.items() if isinstance(own, dict) else ():
            key, wanted = parameters.get(name, (None, None))
            if key is not None and value_key(value) == value_key(wanted):
                yield str(key), speaker, "parameter"


def joined(edges: Iterable[tuple[str, str, str]], nodes: Iterable[GraphNode], most: int) -> list[GraphEdge]:
    """Each arrow between two nodes once, with all ways in which it is known; at most one more than ``most``."""
    known = {node.id for node in nodes}
    ways: dict[tuple[str, str], set[str]] = {}
    for start, end, way in edges:
        if start != end and start in known and end in known:
            ways.setdefault((start, end), set()).add(way)
            if len(ways) > most:
                break
    return [GraphEdge(start, end, tuple(sorted(how))) for (start, end), how in ways.items()]
