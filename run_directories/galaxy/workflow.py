"""The workflow that ran, from its ``.ga`` file in the export, and the values that it was started with."""

import re
from pathlib import Path
from typing import Any

from run_directories.findings import FoundWorkflow, WorkflowFile
from run_directories.galaxy.steps import plans_of
from run_directories.galaxy.store import Store
from run_directories.galaxy.values import decoded, mapping, objects, text, whole
from run_directories.reading import mapping_of

_UNSAFE = re.compile(r"[^\w .,()+=@-]+")
_LONGEST_NAME = 100


def path_of(store: Store, invocation: dict[str, Any]) -> Path | None:
    """Where the workflow of an invocation lies; None where it is not in the export."""
    path = store.directory / "workflows" / f"{text(invocation, 'workflow')}.ga"
    return path if store.may_hold(path) and path.is_file() else None


def read_workflow(path: Path | None, directory: Path) -> dict[str, Any]:
    """The workflow as it is written; empty where it is not there or cannot be read."""
    return mapping_of(path, directory) if path else {}


def found_workflow(path: Path | None, workflow: dict[str, Any], version: str) -> FoundWorkflow | None:
    """The version that ran: ``commit_hash`` is its own UUID. ``version`` is Galaxy's."""
    if path is None or not workflow:
        return None
    name = text(workflow, "name") or "Galaxy workflow"
    number = whole(workflow, "version")
    safe = _UNSAFE.sub("_", name).strip(" .")[:_LONGEST_NAME] or "workflow"
    return FoundWorkflow(
        name=name,
        version=str(number + 1)
        if number is not None
        else "",  # Galaxy's pages count from 1, its files from 0
        engine="GALAXY",
        engine_version=version,
        commit_hash=text(workflow, "uuid"),
        license=text(workflow, "license"),
        description=text(workflow, "annotation"),
        files=(WorkflowFile(path, f"{safe}.ga", "MAIN"),),
    )


def creators_of(workflow: dict[str, Any]) -> list[dict[str, str]]:
    """Who made the workflow, persons and organisations."""
    keys = ("name", "identifier", "url")
    told = ({key: text(one, key) for key in keys if text(one, key)} for one in objects(workflow, "creator"))
    return [one for one in told if one]


def parameters_of_run(invocation: dict[str, Any], workflow: dict[str, Any]) -> dict[str, Any]:
    """The workflow's parameters in the order of its steps: as they were given, else as the workflow has them."""
    given = {
        whole(one, "order_index"): one.get("parameter_value")
        for one in objects(invocation, "input_step_parameters")
    }
    plans = plans_of(workflow)
    planned = [place for place, one in plans.items() if text(one, "type") == "parameter_input"]
    places = sorted({place for place in (*given, *planned) if place is not None})
    found: dict[str, Any] = {}
    for place in places:
        value = given[place] if place in given else _default(plans[place])
        if place in given or value is not None:
            label = text(plans.get(place), "label") or f"Input {place + 1}"
            found[f"{label} ({place + 1})" if label in found else label] = value
    return found


def _default(step: dict[str, Any]) -> Any:
    state = decoded(step.get("tool_state"))
    return state.get("default") if isinstance(state, dict) else None


def output_values_of(invocation: dict[str, Any]) -> dict[str, Any]:
    """The outputs that are values and no datasets, by their labels, else by the step that they are of."""
    return {
        text(mapping(one, "workflow_output"), "label") or f"Step {one.get('order_index')}": one.get("value")
        for one in objects(invocation, "output_values")
    }
