"""The work of a run, gathered: its jobs step by step, where there are too many steps by their name."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from workflows.graphs.gathering import last_attempts, pattern_of, status_of_step
from workflows.jobs.measures import Measures, measures_of
from workflows.models import WorkflowRun, WorkflowRunStep
from workflows.records import RunStatus

MOST_JOBS = 20_000  # that are read for the graph and the timeline
MOST_STEPS = 20_000
MOST_BRIEF = 2_000  # jobs, and steps, that are read where the work is told in brief
MOST_NODES = 400
ALL = "all"
REST = "everything else"


class Job(NamedTuple):
    """What is told of a job beside the others."""

    id: UUID
    step_id: UUID | None
    name: str
    attempt: int
    status: str
    started_at: datetime | None
    completed_at: datetime | None
    host: str
    external_id: str
    after: Any = None
    resources: Any = None
    requested: Any = None

    @property
    def measures(self) -> Measures:
        """What it asked for and what it took."""
        return measures_of(self.requested, self.resources, self.started_at, self.completed_at)


BRIEFLY = tuple(name for name in Job._fields if name not in Job._field_defaults)


@dataclass
class Node:
    """A step with its jobs, or several of them that stand together. ``key`` is the step's id if it is one step.

    How its jobs stand is told when all of them are there, and then remembered.
    """

    key: str
    name: str
    step: WorkflowRunStep | None = None
    steps: list[WorkflowRunStep] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    is_subworkflow: bool = False
    after: list["Node"] = field(default_factory=list)

    @cached_property
    def last_attempts(self) -> list[Job]:
        """The jobs without those that were tried again."""
        return last_attempts(self.jobs)

    @cached_property
    def counts(self) -> Counter[str]:
        """How many jobs stand how at last; of a node without jobs its steps."""
        return Counter(one.status for one in self.last_attempts or self.steps)

    @property
    def failed(self) -> int:
        """How many jobs failed for good."""
        return self.counts[RunStatus.FAILED] if self.jobs else 0

    @property
    def repeated(self) -> int:
        """How many jobs were tried again."""
        return len(self.jobs) - len(self.last_attempts)

    @property
    def status(self) -> str:
        """What was recorded of the step, unless a job says worse; where it is not one step, the worst of all."""
        recorded = self.step.status if self.step and not self.is_subworkflow else RunStatus.UNKNOWN
        return status_of_step(recorded, self.counts)

    @property
    def tool(self) -> str:
        """The tool and its version, in words."""
        step = self.step
        return f"{step.tool_name or step.tool_id} {step.tool_version}".strip() if step else ""


@dataclass(frozen=True, slots=True)
class Work:
    """All nodes in the order of the workflow. ``more`` jobs were not read, ``grouped`` says how nodes were made."""

    nodes: list[Node]
    more: int
    grouped: bool
    has_subworkflows: bool
    opened: frozenset[str]

    def node(self, key: str) -> Node | None:
        """The node with this key."""
        return next((node for node in self.nodes if node.key == key), None)

    @property
    def jobs(self) -> list[Job]:
        """The jobs of all nodes."""
        return [job for node in self.nodes for job in node.jobs]


def work_of(run: WorkflowRun, opened: frozenset[str] = frozenset()) -> Work:
    """The steps and jobs of ``run``; a subworkflow is one node unless it is ``opened``: two queries."""
    return _gathered(run, opened, Job._fields, MOST_STEPS, MOST_JOBS)


def brief_work_of(run: WorkflowRun) -> Work:
    """The same of a run that is not too large, without what jobs waited for and took; of others the beginning."""
    return _gathered(run, frozenset(), BRIEFLY, MOST_BRIEF, MOST_BRIEF)


def _gathered(
    run: WorkflowRun, opened: frozenset[str], columns: tuple[str, ...], most_steps: int, most_jobs: int
) -> Work:
    steps = list(run.steps.order_by("position", "id")[:most_steps])
    jobs = [Job(*row) for row in run.jobs.order_by("id").values_list(*columns)[: most_jobs + 1]]
    more = run.jobs.count() - most_jobs if len(jobs) > most_jobs else 0
    nodes, place_of = _nodes_of_steps(steps, opened)
    _add_jobs(nodes, place_of, sorted(jobs[:most_jobs], key=_start))
    found = [node for node in nodes.values() if node.jobs or node.steps]
    has_subworkflows = any(step.parent_id for step in steps)
    if len(found) <= MOST_NODES:
        return Work(found, more, False, has_subworkflows, opened)
    return Work(_fewer(found), more, True, has_subworkflows, opened)


def _nodes_of_steps(
    steps: list[WorkflowRunStep], opened: frozenset[str]
) -> tuple[dict[str, Node], dict[UUID, str]]:
    """A node for each step that stands for itself, and which node each step belongs to."""
    by_id = {step.pk: step for step in steps}
    parents = {step.parent_id for step in steps if step.parent_id}
    nodes: dict[str, Node] = {}
    place_of: dict[UUID, str] = {}
    known: dict[UUID, WorkflowRunStep | None] = {}
    for step in steps:
        around = None if ALL in opened else _closed_around(step, by_id, opened, known)
        shown = around or step
        place_of[step.pk] = str(shown.pk)
        is_holder = shown.pk in parents
        node = nodes.setdefault(
            str(shown.pk), Node(str(shown.pk), shown.name, shown, is_subworkflow=is_holder)
        )
        if step.pk not in parents:
            node.steps.append(step)
    return nodes, place_of


def _closed_around(
    step: WorkflowRunStep,
    by_id: dict[UUID, WorkflowRunStep],
    opened: frozenset[str],
    known: dict[UUID, WorkflowRunStep | None],
) -> WorkflowRunStep | None:
    """The outermost step around ``step`` that is not opened; ``known`` remembers it, as nesting may be deep."""
    way: list[WorkflowRunStep] = []
    around, seen = by_id.get(step.parent_id), {step.pk}  # type: ignore[arg-type]
    while around and around.pk not in known and around.pk not in seen:
        way.append(around)
        seen.add(around.pk)
        around = by_id.get(around.parent_id)  # type: ignore[arg-type]
    found = known.get(around.pk) if around else None
    for one in reversed(way):
        found = found or (None if str(one.pk) in opened else one)
        known[one.pk] = found
    return found


def _add_jobs(nodes: dict[str, Node], place_of: dict[UUID, str], jobs: list[Job]) -> None:
    """Each job to the node of its step; jobs of no known step are gathered by their names."""
    for job in jobs:
        place = place_of.get(job.step_id) if job.step_id else None
        if place is None:
            name = pattern_of(job.name)
            place = _key_of("jobs", name)
            nodes.setdefault(place, Node(place, name))
        nodes[place].jobs.append(job)


def _fewer(nodes: list[Node]) -> list[Node]:
    """Nodes of a like name joined, and what is still too much in one."""
    joined: dict[str, Node] = {}
    for node in nodes:
        _join(joined, pattern_of(node.name), node)
    if len(joined) <= MOST_NODES:
        return list(joined.values())
    fewest: dict[str, Node] = {}
    for place, node in enumerate(joined.values(), 1):
        _join(fewest, node.name if place < MOST_NODES else REST, node)
    return list(fewest.values())


def _join(nodes: dict[str, Node], name: str, node: Node) -> None:
    key = _key_of("steps", name)
    one = nodes.setdefault(key, Node(key, name))
    one.steps += node.steps
    one.jobs += node.jobs


def _key_of(what: str, name: str) -> str:
    return f"{what}-{sha256(name.encode()).hexdigest()[:12]}"


def _start(job: Job) -> tuple[bool, float, UUID]:
    return job.started_at is None, job.started_at.timestamp() if job.started_at else 0, job.id
