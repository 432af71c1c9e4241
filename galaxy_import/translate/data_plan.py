"""Which datasets and collections of a run are told of, and what they are called."""

from collections.abc import Iterator

from galaxy_import.answers import Json
from galaxy_import.translate.reading import LABEL, named_objects, text
from galaxy_import.translate.step_plan import PlannedStep, PlannedWorkflow, inputs_of
from galaxy_import.values import DataReference
from workflows.records import DataType

_SOURCES = frozenset({"hda", "hdca", "ldda"})
_NO_PLACE = 2**31


def planned_data(workflows: tuple[PlannedWorkflow, ...], all_outputs: bool) -> tuple[DataReference, ...]:
    """The inputs, then the labelled outputs, then (if wanted) what else the steps made; each once as each."""
    root = workflows[0]
    found: dict[tuple[DataType, str, str, str], DataReference] = {}
    for one in (*_inputs(root), *_labelled(root)):
        found.setdefault((one.role, one.src, one.id, one.label), one)
    made = {(one.src, one.id) for one in found.values() if one.role == DataType.OUTPUT}
    for workflow in workflows if all_outputs else ():
        for step in workflow.steps:
            for one in () if step.is_subworkflow else _outputs(step):
                if (one.src, one.id) not in made:
                    made.add((one.src, one.id))
                    found[(one.role, one.src, one.id, one.label)] = one
    return tuple(found.values())


def _inputs(root: PlannedWorkflow) -> Iterator[DataReference]:
    for order, told in inputs_of(root.answer):
        label = text(told, "label", LABEL)
        if not label:
            label = f"Input {int(order) + 1}" if order.isdecimal() and len(order) < 10 else f"Input {order}"
        yield from _reference(told, DataType.INPUT, label, order[:60])


def _labelled(root: PlannedWorkflow) -> Iterator[DataReference]:
    """In the order of the steps, then of the labels: the order in Galaxy's answer changes while the run goes on."""
    told = [*named_objects(root.answer, "outputs"), *named_objects(root.answer, "output_collections")]

    def place(one: tuple[str, Json]) -> tuple[int, str]:
        return root.step_ids.get(text(one[1], "workflow_step_id"), _NO_PLACE), one[0]

    for label, one in sorted(told, key=place):
        order = place((label, one))[0]
        step = root.key_of(order) if order != _NO_PLACE else ""
        yield from _reference(one, DataType.OUTPUT, text({"label": label}, "label", LABEL) or "output", step)


def _outputs(step: PlannedStep) -> Iterator[DataReference]:
    for name, told in step.outputs():
        label = text({"label": f"{step.name}: {name}"}, "label", LABEL)
        yield from _reference(told, DataType.OUTPUT, label, step.key, is_labelled=False)


def _reference(
    told: Json, role: DataType, label: str, step: str, *, is_labelled: bool = True
) -> Iterator[DataReference]:
    """The reference, if it is one: Galaxy lists an input that was not given with a null."""
    src, identifier = text(told, "src"), text(told, "id", 64)
    if src in _SOURCES and identifier:
        yield DataReference(src, identifier, role, label, step, is_labelled)
