"""What the run was started with and what it gave: slots of the workflow, and what filled them in this run."""

from collections.abc import Hashable, Iterable, Iterator
from typing import Any

from rocrate_export.confidential import is_secret_parameter, open_lines, open_parameter, open_values
from rocrate_export.datasets import ABOUT_THE_RUN
from rocrate_export.draft import Draft, Level, Standing, profile_entity
from rocrate_export.graph import Reference
from rocrate_export.values import JSON, LIST, TEXT, kind_of
from rocrate_export.vocabulary import BIOSCHEMAS_PARAMETER
from rocrate_export.wording import ENVIRONMENT
from workflows.records import DatasetLink, DataType


def add_objects(draft: Draft, workflow: Reference) -> list[Reference]:
    """What went into the run: values and datasets; each filled a slot, but for configuration."""
    named = ((one.name, one.value) for one in draft.record.parameters)
    values = [_add_value(draft, workflow, name, value) for name, value in open_parameters(named)]
    data = [
        _link_data(draft, workflow, link, standing)
        for link, standing in zip(draft.record.datasets, draft.datasets, strict=True)
        if link.data_type not in ABOUT_THE_RUN | {DataType.OUTPUT}
    ]
    return _once([*values, *data])


def add_results(draft: Draft, workflow: Reference) -> list[Reference]:
    """What came out of the run."""
    links = zip(draft.record.datasets, draft.datasets, strict=True)
    outputs = ((link, standing) for link, standing in links if link.data_type == DataType.OUTPUT)
    return _once(_link_data(draft, workflow, link, standing) for link, standing in outputs)


def open_parameters(named: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The parameters that hold no secret."""
    for name, value in named:
        if not is_secret_parameter(name):
            yield name, open_parameter(value)


def _add_value(draft: Draft, workflow: Reference, name: str, value: Any) -> Reference:
    entity = draft.add_value("value", name, value)
    if draft.level >= Level.WORKFLOW and value is not None:
        slot = add_value_slot(draft, "parameter", name, value)
        draft.graph.link(workflow, "input", slot)
        fill(draft, slot, entity)
    return entity


def add_value_slot(draft: Draft, kind: str, name: str, value: Any, owner: Hashable = None) -> Reference:
    """The slot that a value of this name and sort fills; ``owner`` tells the slots of one kind apart."""
    sort = kind_of(value)
    facts = {
        "name": name,
        "additionalType": TEXT if sort == JSON else sort.removesuffix(LIST),
        "multipleValues": "True" if sort.endswith(LIST) else None,
    }
    return add_slot(draft, draft.identifiers.of(kind, name, (owner, *facts.values())), **facts)


def _link_data(draft: Draft, workflow: Reference, link: DatasetLink, standing: Standing) -> Reference:
    is_slot = link.dataset.files and link.data_type != DataType.CONFIG
    if is_slot and draft.level >= Level.WORKFLOW:
        kind = "File" if len(link.dataset.files) == 1 else "Collection"
        side = "output" if link.data_type == DataType.OUTPUT else "input"
        identifier = draft.identifiers.of(side, link.dataset.name, (link.dataset.name, kind))
        slot = add_slot(draft, identifier, name=link.dataset.name, additionalType=kind)
        draft.graph.link(workflow, side, slot)
        fill(draft, slot, standing.data)
        filled = [(side, slot)]
        for file in standing.files:
            known = draft.slots.get(file["@id"])
            draft.slots[file["@id"]] = [*known, *filled] if known else filled
    return standing.data


def add_slot(draft: Draft, identifier: str, **facts: str | None) -> Reference:
    """A slot of a workflow or of a tool; whoever adds one also says what filled it."""
    standard = profile_entity(draft, BIOSCHEMAS_PARAMETER)
    return draft.graph.add(identifier, "FormalParameter", **facts, conformsTo=standard)


def fill(draft: Draft, slot: Reference, entity: Reference) -> None:
    """Say what filled a slot, from both sides."""
    draft.graph.link(entity, "exampleOfWork", slot)
    draft.graph.link(slot, "workExample", entity)


def add_environment(draft: Draft, environment: Any) -> list[Reference]:
    """The variables of an environment as named values, without those that may hold a secret.

    ``environment`` is a JSON object; of any other JSON value there are no variables.
    """
    variables = open_values(environment) if isinstance(environment, dict) else {}
    return [draft.add_value(ENVIRONMENT, name, value) for name, value in variables.items()]


def add_surroundings(draft: Draft) -> list[Reference]:
    """The run's environment where it is a text, or anything else that has no variables."""
    environment = draft.record.run_environment
    if environment is None or (isinstance(environment, dict) and environment):
        return []
    shown = open_lines(environment) if isinstance(environment, str) else open_values(environment)
    return [draft.add_value("detail", ENVIRONMENT, shown)]


def _once(references: Iterable[Reference]) -> list[Reference]:
    return list({one["@id"]: one for one in references}.values())
