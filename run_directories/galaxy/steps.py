"""The steps of an invocation and of its subworkflows, each with its jobs, joined with what the ``.ga`` file plans."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from run_directories.findings import FoundStep
from run_directories.galaxy.statuses import CALLED_OFF, status_of_all, status_of_job
from run_directories.galaxy.store import Store, nested_in
from run_directories.galaxy.values import mapping, objects, text, whole

_INPUTS = frozenset({"data_input", "data_collection_input", "parameter_input"})
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Step:
    """A step that runs something. ``key`` is its place, ``6.2`` within the subworkflow that is step 6."""

    key: str
    parent: str
    told: dict[str, Any]
    plan: dict[str, Any]
    jobs: tuple[str, ...] = ()
    is_mapped: bool = False
    inner: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its label, else what it is called in the workflow."""
        return text(self.plan, "label") or text(self.plan, "name") or f"Step {self.key}"

    @property
    def is_subworkflow(self) -> bool:
        """Whether it holds steps."""
        return bool(self.inner) or text(self.plan, "type") == "subworkflow"

    @property
    def is_pause(self) -> bool:
        """Whether Galaxy waits here until somebody has looked."""
        return text(self.plan, "type") == "pause"

    @property
    def is_empty(self) -> bool:
        """Whether it is right that it has no jobs: it was mapped over a collection without elements."""
        return self.is_mapped and not self.jobs and text(self.told, "state") == "scheduled"


def plans_of(workflow: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """The steps that a workflow plans, by their place."""
    told = mapping(workflow, "steps")
    return {int(key): step for key, step in told.items() if key.isdecimal() and isinstance(step, dict)}


def steps_of(
    store: Store, invocation: dict[str, Any], workflow: dict[str, Any], above: tuple[Step, ...] = ()
) -> Iterator[Step]:
    """The steps in their order, each before those that are nested in it; inputs are none."""
    plans, nested, parent = plans_of(workflow), dict(nested_in(invocation)), above[-1].key if above else ""
    for told in sorted(objects(invocation, "steps"), key=lambda one: whole(one, "order_index") or 0):
        place = whole(told, "order_index")
        plan = plans.get(place, {}) if place is not None else {}
        if place is None or text(plan, "type") in _INPUTS or not (plan or _runs(told, place, nested)):
            continue
        key = f"{parent}.{place}" if parent else str(place)
        inner = store.invocations.get(nested.get(place, ""), {})
        step = _step(store, key, parent, told, plan, inner)
        yield step
        if inner and all(inner is not one.inner for one in above) and len(above) < _DEEPEST:
            yield from steps_of(store, inner, mapping(plan, "subworkflow"), (*above, step))


def _runs(told: dict[str, Any], place: int, nested: dict[int, str]) -> bool:
    """Whether a step of which no plan is known is more than an input."""
    return "job" in told or "implicit_collection_jobs" in told or place in nested


def _step(
    store: Store, key: str, parent: str, told: dict[str, Any], plan: dict[str, Any], inner: dict[str, Any]
) -> Step:
    mapped = text(mapping(told, "implicit_collection_jobs"), "encoded_id")
    one = text(mapping(told, "job"), "encoded_id")
    jobs = store.mapped.get(mapped, ()) if mapped else (one,) if one else ()
    return Step(key, parent, told, plan, jobs, bool(mapped), inner)


class Steps:
    """Tells the steps of a run, in the state ``state`` of its invocation."""

    def __init__(self, store: Store, steps: list[Step], state: str, has_ended: bool) -> None:
        self._store = store
        self._steps = steps
        self._state = state
        self._has_ended = has_ended

    def found(self) -> tuple[FoundStep, ...]:
        """All steps, as values."""
        return tuple(self._found(step, place) for place, step in enumerate(self._steps))

    def status(self, step: Step) -> str:
        """How the step stands: as its jobs, or as the steps in it."""
        if step.jobs:
            jobs = (self._store.jobs.get(one, {}) for one in step.jobs)
            return status_of_all(status_of_job(text(one, "state")) for one in jobs)
        inner = [self.status(one) for one in self._steps if one.parent == step.key]
        return status_of_all(inner) if inner else self._without_jobs(step)

    def _without_jobs(self, step: Step) -> str:
        state = text(step.told, "state")
        if state == "scheduled":
            return "SUCCESS" if step.is_empty or step.is_pause else "UNKNOWN"
        if not self._has_ended:
            return "PAUSED" if step.is_pause else "PENDING"
        return "CANCELLED"

    def _found(self, step: Step, place: int) -> FoundStep:
        job = next((self._store.jobs[one] for one in step.jobs if one in self._store.jobs), {})
        tool = text(job, "tool_id") or text(step.plan, "tool_id") or text(step.plan, "content_id")
        status = self.status(step)
        return FoundStep(
            key=step.key,
            name=step.name,
            position=place,
            parent=step.parent,
            tool_id="" if step.is_subworkflow else tool,
            tool_name="" if step.is_subworkflow else text(step.plan, "name"),
            tool_version=text(job, "tool_version") or text(step.plan, "tool_version"),
            status=status,
            message=self._message(step, status),
        )

    def _message(self, step: Step, status: str) -> str:
        if step.jobs or step.is_subworkflow:
            return ""
        if step.is_empty:
            return "It had nothing to work on: its collection has no elements."
        if status == "CANCELLED":
            ended = "was cancelled" if self._state in CALLED_OFF else "ended"
            return f"Galaxy never came to this step before the run {ended}."
        return "The export tells of no job of this step." if status == "UNKNOWN" else ""
