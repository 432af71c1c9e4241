"""The workflow's own file (``.ga``): the steps that were planned, with those of its subworkflows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from galaxy_import.answers import InvocationAnswer, Json
from galaxy_import.translate.reading import NAME, decoded, mapping, named_objects, number, text

INPUTS = frozenset({"data_input", "data_collection_input", "parameter_input"})
TOOL_STEP, SUBWORKFLOW, PAUSE, PARAMETER = "tool", "subworkflow", "pause", "parameter_input"


@dataclass(frozen=True, slots=True)
class Definition:
    """A workflow as it was planned: its steps by their order, ``whole`` as it is written."""

    whole: Json = field(default_factory=dict)
    steps: Mapping[int, Json] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        """Whether anything is known of it."""
        return bool(self.steps)


def read_definition(content: bytes | None) -> Definition:
    """The workflow in a ``.ga`` file; an empty one where there is none, or it cannot be read."""
    try:
        whole = json.loads(content) if content else {}
    except (ValueError, RecursionError):
        whole = {}
    return definition_in(whole)


def definition_that_ran(answer: InvocationAnswer) -> Definition:
    """The workflow of an invocation; an empty one where the file is of another version than the one that ran.

    Galaxy 24.2 hands out the newest version for any: its steps would be told of a run that never had them.
    """
    definition = read_definition(answer.definition)
    ran, written = number(answer.workflow, "version"), number(definition.whole, "version")
    return Definition() if None not in (ran, written) and ran != written else definition


def definition_in(whole: Any) -> Definition:
    """The workflow in an object, for example in the step of another workflow."""
    steps = {
        int(key): step for key, step in named_objects(whole, "steps") if key.isdecimal() and len(key) < 10
    }
    return Definition(whole if isinstance(whole, dict) else {}, dict(sorted(steps.items())))


def kind_of(step: Json) -> str:
    """What a step is: a word of Galaxy's; empty where it is not known."""
    return text(step, "type", NAME)


def default_of(step: Json) -> Any:
    """The value that a parameter has if nobody gives one; None for none."""
    state = decoded(step.get("tool_state"))
    return state.get("default") if isinstance(state, dict) else None


def connections_of(step: Json) -> list[tuple[str, int]]:
    """What the step takes in: the name of its input, and the order of the step whose output it is."""
    found = []
    for name, told in mapping(step, "input_connections").items():
        for one in told if isinstance(told, list) else [told]:
            if isinstance(one, dict) and isinstance(one.get("id"), int):
                found.append((str(name), one["id"]))
    return found
