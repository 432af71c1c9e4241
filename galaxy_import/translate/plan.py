"""What is there to be asked for: the steps, jobs and datasets of an invocation and of those nested in it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from galaxy_import.answers import InvocationAnswer, Json, ServerAnswer
from galaxy_import.translate.data_plan import planned_data
from galaxy_import.translate.definition import Definition, definition_in, definition_that_ran
from galaxy_import.translate.reading import NotUnderstood, cut, objects, text
from galaxy_import.translate.statuses import has_ended
from galaxy_import.translate.step_plan import PlannedStep, PlannedWorkflow, planned_steps
from galaxy_import.values import DataReference, JobReference

_DEEPEST = 20
_LONGEST_ID = 64


@dataclass(frozen=True)
class Plan:
    """What an invocation holds, before its jobs and datasets were asked for.

    ``steps`` are those of the run and of its subworkflows, in their order, inputs left out. ``jobs`` are in the order
    in which Galaxy planned them. ``data`` are the datasets and collections that are told of: the inputs and the
    labelled outputs, with ``all_outputs`` also those of every step.
    """

    server: ServerAnswer
    root: InvocationAnswer
    all_outputs: bool
    workflows: tuple[PlannedWorkflow, ...]
    jobs: tuple[JobReference, ...]
    data: tuple[DataReference, ...]
    rows: Mapping[str, Json] = field(default_factory=dict, repr=False)

    @cached_property
    def steps(self) -> tuple[PlannedStep, ...]:
        """Every step that did something, or was to; those of a subworkflow after the step that runs it."""
        inner = {workflow.parent: workflow.steps for workflow in self.workflows}

        def whole(steps: tuple[PlannedStep, ...]) -> Iterator[PlannedStep]:
            for step in steps:
                yield step
                yield from whole(inner.get(step.key, ()))

        return tuple(whole(inner.get("", ())))

    @cached_property
    def step_of(self) -> Mapping[str, PlannedStep]:
        """The steps by their keys."""
        return {step.key: step for step in self.steps}

    @property
    def definition(self) -> Definition:
        """The workflow that ran; empty where it may not be read."""
        return self.workflows[0].definition

    @property
    def state(self) -> str:
        """The invocation's own word."""
        return self.workflows[0].state

    @cached_property
    def nested_states(self) -> tuple[str, ...]:
        """The words of the invocations of its subworkflows."""
        return tuple(one.state for one in self.workflows[1:] if one.state)

    @property
    def has_ended(self) -> bool:
        """Whether nothing goes on any more, as far as can be seen without asking for the jobs."""
        return has_ended(self.state, self.nested_states, Counter(job.state for job in self.jobs))


def plan_run(server: ServerAnswer, root: InvocationAnswer, *, all_outputs: bool = False) -> Plan:
    """What there is to be asked for. NotUnderstood where the answer is not that of an invocation."""
    for key, name in (("id", "id"), ("uuid", "UUID")):
        if not text(root.invocation, key, _LONGEST_ID):
            raise NotUnderstood(
                f"Galaxy's answer on the invocation has no {name}, by which it could be known again."
            )
    workflows = tuple(_workflows(root, definition_that_ran(root), "", 0))
    rows = {text(row, "id", _LONGEST_ID): row for one in workflows for row in one.rows}
    return Plan(
        server=server,
        root=root,
        all_outputs=all_outputs,
        workflows=workflows,
        jobs=_jobs(workflows, rows),
        data=planned_data(workflows, all_outputs),
        rows=rows,
    )


def _workflows(
    answer: InvocationAnswer | None, definition: Definition, parent: str, depth: int
) -> Iterator[PlannedWorkflow]:
    """The workflow and, after it, those that its steps run."""
    workflow = planned_steps(answer, definition, parent)
    yield workflow
    for step in workflow.steps if depth < _DEEPEST else ():
        if step.is_subworkflow:
            nested = answer.nested.get(step.invocation_id) if answer else None
            own = definition_that_ran(nested) if nested else Definition()
            inner = own if own.is_known else definition_in(step.definition.get("subworkflow"))
            if nested or inner.is_known:
                yield from _workflows(nested, inner, step.key, depth + 1)


def _jobs(workflows: tuple[PlannedWorkflow, ...], rows: Mapping[str, Json]) -> tuple[JobReference, ...]:
    """Every job once, as the latest answer has it, in the order in which they were planned."""
    found: dict[str, JobReference] = {}
    for workflow in workflows:
        for step in workflow.steps:
            for job in step.jobs:
                identifier = text(job, "id", _LONGEST_ID)
                if identifier and identifier not in found:
                    found[identifier] = _reference(identifier, step.key, job, rows.get(identifier, {}))
        for row in workflow.rows:
            identifier = text(row, "id", _LONGEST_ID)
            if identifier and identifier not in found:
                found[identifier] = _reference(identifier, "", row, row)
    return tuple(sorted(found.values(), key=lambda one: (one.created, one.id)))


def _reference(identifier: str, step: str, job: Json, row: Json) -> JobReference:
    newer, older = (job, row) if text(job, "update_time") >= text(row, "update_time") else (row, job)

    def told(key: str) -> str:
        return text(newer, key) or text(older, key)

    return JobReference(
        id=identifier,
        step=step,
        state=told("state"),
        tool_id=cut(told("tool_id"), 500),
        created=told("create_time"),
        updated=told("update_time"),
    )


def messages_of(workflow: PlannedWorkflow) -> list[Json]:
    """What Galaxy says of how an invocation went."""
    return list(objects(workflow.answer, "messages"))
