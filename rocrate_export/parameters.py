"""What the run was started with and what it gave: slots of the workflow, and what filled them in this run."""

from collections.abc import Iterable, Iterator
from typing import Any

from rocrate_export.confidential import is_secret_parameter, open_lines, open_values, without_secrets
from rocrate_export.draft import Draft, Level, profile_entity
from rocrate_export.files import ABOUT_THE_RUN, entity_of_dataset
from rocrate_export.graph import Reference
from rocrate_export.vocabulary import BIOSCHEMAS_PARAMETER
from workflows.records import DatasetLink, DataType

_TYPE_NAMES = {bool: "Boolean", int: "Integer", float: "Float"}


def add_objects(draft: Draft, workflow: Reference) -> list[Reference]:
    """What went into the run: values and datasets; each filled a slot, but for configuration."""
    named = ((one.name, one.value) for one in draft.record.parameters)
    values = [_add_value(draft, workflow, name, value) for name, value in open_parameters(named)]
    data = [
        _add_data(draft, workflow, link)
        for link in draft.record.datasets
        if link.data_type not in ABOUT_THE_RUN | {DataType.OUTPUT}
    ]
    return _once([*values, *data])


def add_results(draft: Draft, workflow: Reference) -> list[Reference]:
    """What came out of the run."""
    outputs = (link for link in draft.record.datasets if link.data_type == DataType.OUTPUT)
    return _once(_add_data(draft, workflow, link) for link in outputs)


def open_parameters(named: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The parameters that have a value and hold no secret."""
    for name, value in named:
        if value is not None and not is_secret_parameter(name):
            yield name, without_secrets(value) if isinstance(value, str) else value


def _add_value(draft: Draft, workflow: Reference, name: str, value: Any) -> Reference:
    entity = draft.add_value("value", name, value)
    if draft.level >= Level.WORKFLOW:
        several = "True" if isinstance(value, list) and value else None
        identifier = draft.identifiers.of("parameter", name, (name, _type_of(value), several))
        slot = _add_slot(draft, identifier, name=name, additionalType=_type_of(value), multipleValues=several)
        draft.graph.link(workflow, "input", slot)
        draft.graph.link(entity, "exampleOfWork", slot)
    return entity


def _type_of(value: Any) -> str:
    """The kind of a value; of the values of a list, where they are of one kind. What is nested is text."""
    if isinstance(value, list):
        kinds = {_type_of(one) for one in value}
        return kinds.pop() if len(kinds) == 1 and not any(isinstance(one, list) for one in value) else "Text"
    return _TYPE_NAMES.get(type(value), "Text")


def _add_data(draft: Draft, workflow: Reference, link: DatasetLink) -> Reference:
    entity = entity_of_dataset(draft, link)
    is_slot = link.dataset.files and link.data_type != DataType.CONFIG
    if is_slot and draft.level >= Level.WORKFLOW:
        kind = "File" if len(link.dataset.files) == 1 else "Collection"
        side = "output" if link.data_type == DataType.OUTPUT else "input"
        identifier = draft.identifiers.of(side, link.dataset.name, (link.dataset.name, kind))
        slot = _add_slot(draft, identifier, name=link.dataset.name, additionalType=kind)
        draft.graph.link(workflow, side, slot)
        draft.graph.link(entity, "exampleOfWork", slot)
    return entity


def _add_slot(draft: Draft, identifier: str, **facts: str | None) -> Reference:
    standard = profile_entity(draft, BIOSCHEMAS_PARAMETER)
    return draft.graph.add(identifier, "FormalParameter", **facts, conformsTo=standard)


def add_environment(draft: Draft, environment: Any) -> list[Reference]:
    """The variables of an environment as named values, without those that may hold a secret.

    ``environment`` is a text, a JSON object, or any other JSON value.
    """
    if isinstance(environment, dict):
        variables = open_values(environment)
    else:
        variables = {"environment": open_lines(environment) if isinstance(environment, str) else environment}
    known = {name: value for name, value in variables.items() if _is_known(value)}
    return [draft.add_value("environment", name, value) for name, value in known.items()]


def _is_known(value: Any) -> bool:
    return value is not None and value not in ("", [], {})


def _once(references: Iterable[Reference]) -> list[Reference]:
    return list({one["@id"]: one for one in references}.values())
