"""The values that a job, and a run, were started with."""

from collections.abc import Mapping
from typing import Any

from galaxy_import.answers import Json
from galaxy_import.translate.definition import PARAMETER, default_of, kind_of
from galaxy_import.translate.reading import NAME, cut, decoded, mapping, named_objects, plain, text
from galaxy_import.translate.step_plan import PlannedWorkflow
from workflows.records import ParameterRecord

# What Galaxy adds for itself: the genome's table of lengths (a path on the server), and what describes the inputs.
_NOISE = frozenset({"chromInfo", "dbkey"})
_LAST = 2**31


def parameters_of_job(params: Mapping[str, Any]) -> dict[str, Any]:
    """A tool's parameters: each is JSON within a text. What Galaxy adds for itself is left out, and so are datasets.

    A job's datasets are among what it used; here they would be numbers of rows in the server's database.
    """
    told = {str(key): decoded(value) for key, value in params.items() if not _is_noise(key)}
    kept = {key: _without_noise(value) for key, value in told.items() if not _is_data(value)}
    return {cut(key, NAME): value for key, value in plain(kept).items()}


def _is_noise(key: Any) -> bool:
    return not isinstance(key, str) or key in _NOISE or key.startswith("__")


def _is_data(value: Any) -> bool:
    """Whether the value names datasets or collections: ``{"values": [{"id": 8, "src": "hdca"}]}``."""
    told = value.get("values") if isinstance(value, dict) else None
    return isinstance(told, list) and any(isinstance(one, dict) and "src" in one for one in told)


def _without_noise(value: Any, depth: int = 0) -> Any:
    """Conditionals and repeats without Galaxy's own entries, and without datasets."""
    if depth > 40:
        return value
    if isinstance(value, dict):
        return {
            key: _without_noise(one, depth + 1)
            for key, one in value.items()
            if not (isinstance(key, str) and key.startswith("__")) and not _is_data(one)
        }
    return [_without_noise(one, depth + 1) for one in value] if isinstance(value, list) else value


def parameters_of_run(root: PlannedWorkflow) -> tuple[ParameterRecord, ...]:
    """The parameters of the workflow in the order of its steps, with the types that they have in JSON.

    Servers before 25 list only those that somebody gave: the defaults of the others are in the workflow's file.
    """
    found: dict[int, tuple[str, Any]] = {}
    nameless: list[tuple[str, Any]] = []
    for key, told in named_objects(root.answer, "input_step_parameters"):
        order = root.step_ids.get(text(told, "workflow_step_id"), _LAST)
        label = text(told, "label") or (key if key not in ("", "None", "null") else "")
        value = plain(told.get("parameter_value"))
        if order == _LAST or order in found:
            nameless.append((label or "parameter", value))
        else:
            found[order] = (label or f"Input {order + 1}", value)
    for order, name, value in _defaults(root):
        found.setdefault(order, (name, value))
    return _records([*(found[order] for order in sorted(found)), *nameless])


def _defaults(root: PlannedWorkflow) -> list[tuple[int, str, Any]]:
    planned = [(order, step) for order, step in root.definition.steps.items() if kind_of(step) == PARAMETER]
    told = [
        (order, text(step, "label") or f"Input {order + 1}", plain(default_of(step)))
        for order, step in planned
    ]
    return [one for one in told if one[2] is not None]


def _records(named: list[tuple[str, Any]]) -> tuple[ParameterRecord, ...]:
    """Each name once: a second parameter of the same name gets a number."""
    found: dict[str, Any] = {}
    for name, value in named:
        unique, count = cut(name, NAME), 1
        while unique in found:
            count += 1
            unique = f"{name[: NAME - 12]} ({count})"
        found[unique] = value
    return tuple(ParameterRecord(name, value) for name, value in found.items())


def output_values_of(answer: Json) -> dict[str, Any]:
    """The outputs that are values and no datasets."""
    return {cut(str(label), NAME): plain(value) for label, value in mapping(answer, "output_values").items()}
