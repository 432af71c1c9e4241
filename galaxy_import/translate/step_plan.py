"""The steps of one invocation: as they were planned, and as Galaxy has them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from galaxy_import.answers import InvocationAnswer, Json
from galaxy_import.translate.definition import INPUTS, SUBWORKFLOW, Definition, kind_of
from galaxy_import.translate.reading import NAME, cut, named_objects, number, objects, text

_MOST_STEPS = 2**31 - 1


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step of a workflow or of one nested in it.

    ``key`` is its order in its workflow, counted from 0, after the keys of the steps that it is nested in: ``6.2``.
    ``definition`` is the step in the workflow's file, ``answer`` the step of the invocation: either may be empty.
    """

    key: str
    parent: str
    order: int
    definition: Json = field(default_factory=dict)
    answer: Json = field(default_factory=dict)
    jobs: tuple[Json, ...] = ()

    @property
    def state(self) -> str:
        """Galaxy's word on the planning of the step; empty where it was not come to."""
        return text(self.answer, "state", NAME)

    @property
    def invocation_id(self) -> str:
        """The id of the invocation that a subworkflow's step made."""
        return text(self.answer, "subworkflow_invocation_id")

    @property
    def is_subworkflow(self) -> bool:
        """Whether the step runs another workflow."""
        return kind_of(self.definition) == SUBWORKFLOW or bool(self.invocation_id)

    @property
    def is_mapped(self) -> bool:
        """Whether the step ran once for each element of a collection."""
        return bool(text(self.answer, "implicit_collection_jobs_id")) or len(self.jobs) > 1

    @property
    def name(self) -> str:
        """What the step is called: its label, else its tool's name, else its tool, else its place."""
        used = text(self.jobs[0], "tool_id") if self.jobs else ""
        named = text(self.answer, "workflow_step_label") or text(self.definition, "label")
        named = named or text(self.definition, "name") or text(self.definition, "tool_id") or used
        return cut(named or f"Step {self.order + 1}", NAME)

    def outputs(self) -> Iterator[tuple[str, Json]]:
        """The datasets and collections that it made: the tool's name for it, and the reference."""
        yield from named_objects(self.answer, "outputs")
        yield from named_objects(self.answer, "output_collections")


@dataclass(frozen=True, slots=True)
class PlannedWorkflow:
    """An invocation with the steps that did something; inputs are none, but their ``labels`` are kept by order.

    ``step_ids`` maps the ids that Galaxy gives the steps of a workflow's version to their orders.
    """

    parent: str
    answer: Json
    definition: Definition
    steps: tuple[PlannedStep, ...] = ()
    rows: tuple[Json, ...] = ()
    step_ids: dict[str, int] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """The invocation's own word; empty where it was not made yet."""
        return text(self.answer, "state", NAME)

    def key_of(self, order: int) -> str:
        """The key of a step."""
        return f"{self.parent}.{order}" if self.parent else str(order)


def planned_steps(answer: InvocationAnswer | None, definition: Definition, parent: str) -> PlannedWorkflow:
    """The steps of one invocation; of a workflow that has not been invoked yet, those of its file."""
    invocation = answer.invocation if answer and isinstance(answer.invocation, dict) else {}
    told = dict(_ordered(invocation))
    rows = tuple(row for row in answer.job_rows if isinstance(row, dict)) if answer else ()
    workflow = PlannedWorkflow(
        parent,
        invocation,
        definition,
        rows=rows,
        step_ids={text(step, "workflow_step_id"): order for order, step in told.items()},
    )
    given = _given(invocation)
    steps = []
    for order in sorted({*told, *definition.steps}):
        planned, step = definition.steps.get(order, {}), told.get(order, {})
        if not _is_input(planned, step, order, given):
            steps.append(PlannedStep(workflow.key_of(order), parent, order, planned, step, _jobs(step, rows)))
    return PlannedWorkflow(parent, invocation, definition, tuple(steps), rows, workflow.step_ids)


def _ordered(invocation: Json) -> Iterator[tuple[int, Json]]:
    """The steps with their places; where Galaxy tells none, they stand in the order of the list."""
    for place, step in enumerate(objects(invocation, "steps")):
        order = number(step, "order_index", _MOST_STEPS)
        yield (order if order is not None and order >= 0 else place), step


def _given(invocation: Json) -> set[str]:
    """The ids of the steps that are inputs or parameters of the invocation."""
    named = [*named_objects(invocation, "inputs"), *named_objects(invocation, "input_step_parameters")]
    return {text(one, "workflow_step_id") for _, one in named} - {""}


def _is_input(planned: Json, step: Json, order: int, given: set[str]) -> bool:
    """Whether the step only takes something in. Without the workflow, that is seen from what the step lacks."""
    if kind_of(planned):
        return kind_of(planned) in INPUTS
    if text(step, "workflow_step_id") in given:
        return True
    did = any(
        text(step, key) for key in ("job_id", "subworkflow_invocation_id", "implicit_collection_jobs_id")
    )
    return text(step, "state") == "scheduled" and not (did or any(objects(step, "jobs")))


def _jobs(step: Json, rows: tuple[Json, ...]) -> tuple[Json, ...]:
    """The jobs of a step; where they are not listed with it, the one that it names."""
    listed = tuple(objects(step, "jobs"))
    single = text(step, "job_id")
    if listed or not single:
        return listed
    return (next((row for row in rows if text(row, "id") == single), {"id": single}),)


def inputs_of(invocation: Json) -> list[tuple[str, Json]]:
    """The datasets and collections that an invocation was given, by the order of the steps."""
    named = list(named_objects(invocation, "inputs"))
    return sorted(named, key=lambda one: (int(one[0]) if one[0].isdecimal() else _MOST_STEPS, one[0]))


def has_no_jobs_to_run(step: PlannedStep) -> bool:
    """Whether it is right that the step has no jobs: it is planned, over a collection that holds nothing."""
    return step.state == "scheduled" and bool(text(step.answer, "implicit_collection_jobs_id"))
