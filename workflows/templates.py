"""The parameters that a workflow version declares, and how the values of a run stand against them. No Django.

A template maps names to what is declared of each: ``type`` (a word of CWL, section "CWLType", with ``[]`` for lists),
``description``, ``optional``, ``default`` and ``values``, the allowed ones; each of them may be missing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MOST_PARAMETERS = 10_000
LONGEST_NAME = 255
FACTS = ("type", "description", "optional", "default", "values")
TYPES = ("any", "null", "boolean", "int", "long", "float", "double", "string", "File", "Directory", "record")
_NUMBERS = {"int", "long"}
_FRACTIONS = {"float", "double"}
_TEXTS = {"string", "File", "Directory"}
_TRUTHS = {"true", "false"}


class Standing(StrEnum):
    """How a parameter stands between what is declared and what was given."""

    GIVEN = "GIVEN"
    DEFAULT = "DEFAULT"  # not given, or given as what it would be anyway
    MISSING = "MISSING"  # declared, not optional, without a default, and not given
    OMITTED = "OMITTED"  # optional, and not given
    UNKNOWN = "UNKNOWN"  # given, and not declared
    WRONG = "WRONG"  # given, and not of the declared type or none of the allowed values


@dataclass(frozen=True, slots=True)
class Checked:
    """One parameter: its declaration, its value in the run, and how the two stand; ``remark`` says what is wrong."""

    name: str
    standing: Standing
    type: str = "any"
    description: str = ""
    optional: bool = False
    default: Any = None
    value: Any = None
    remark: str = ""


def problems_of(template: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with a template, as pairs of a parameter's name and a sentence."""
    if len(template) > MOST_PARAMETERS:
        yield "", f"must declare at most {MOST_PARAMETERS} parameters, declares {len(template)}"
    for name, told in template.items():
        if not name or len(name) > LONGEST_NAME:
            yield name[:40], f"must have a name of 1 to {LONGEST_NAME} characters"
        if not isinstance(told, Mapping):
            yield name[:40], "must be an object"
            continue
        yield from ((name, sentence) for sentence in _problems(told))


def _problems(told: Mapping[str, Any]) -> Iterator[str]:
    if unknown := [key for key in told if key not in FACTS]:
        yield f"has {', '.join(sorted(unknown))}; known are {', '.join(FACTS)}"
    kind = told.get("type", "any")
    if not isinstance(kind, str) or kind.removesuffix("[]") not in TYPES:
        yield f"type must be one of {', '.join(TYPES)}, with [] for a list"
    if not isinstance(told.get("description", ""), str):
        yield "description must be a text"
    if not isinstance(told.get("optional", False), bool):
        yield "optional must be true or false"
    if not isinstance(told.get("values", []), list):
        yield "values must be a list of the allowed values"


def check(template: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[Checked, ...]:
    """Every parameter that is declared, in the template's order, then those that were given and are not declared."""
    declared = (_declared(name, dict(told), values) for name, told in template.items())
    unknown = (
        Checked(name, Standing.UNKNOWN, value=value, remark="The version declares no parameter of this name.")
        for name, value in values.items()
        if name not in template
    )
    return (*declared, *unknown)


def _declared(name: str, told: dict[str, Any], values: Mapping[str, Any]) -> Checked:
    remark = _wrong(told, values[name]) if name in values else ""
    return Checked(
        name=name,
        standing=_standing(name, told, values, remark),
        type=str(told.get("type", "any")),
        description=str(told.get("description", "")),
        optional=told.get("optional") is True,
        default=told.get("default"),
        value=values.get(name, told.get("default")),
        remark=remark,
    )


def _standing(name: str, told: dict[str, Any], values: Mapping[str, Any], remark: str) -> Standing:
    if remark:
        return Standing.WRONG
    if name in values:
        is_default = "default" in told and told["default"] == values[name]
        return Standing.DEFAULT if is_default else Standing.GIVEN
    if "default" in told:
        return Standing.DEFAULT
    return Standing.OMITTED if told.get("optional") is True else Standing.MISSING


def _wrong(told: Mapping[str, Any], value: Any) -> str:
    allowed, kind = told.get("values"), str(told.get("type", "any"))
    if value is None:
        return "" if told.get("optional") is True or kind in ("any", "null") else "It must not be empty."
    if isinstance(allowed, list) and allowed and value not in allowed:
        return f"It must be one of {', '.join(map(str, allowed[:20]))}."
    return "" if fits(value, kind) else f"It must be of the type {kind}."


def fits(value: Any, kind: str) -> bool:
    """Whether a value can be of this type. Engines keep numbers and truths as texts, too; those count by their look."""
    if kind.endswith("[]"):
        return isinstance(value, list) and all(fits(one, kind.removesuffix("[]")) for one in value)
    if kind in _NUMBERS:
        return not isinstance(value, bool) and _is_number(value, int)
    if kind in _FRACTIONS:
        return not isinstance(value, bool) and _is_number(value, float)
    if kind == "boolean":
        return isinstance(value, bool) or (isinstance(value, str) and value.lower() in _TRUTHS)
    if kind in _TEXTS:
        return not isinstance(value, bool | list) and (kind != "string" or not isinstance(value, dict))
    return kind != "record" or isinstance(value, dict)


def _is_number(value: Any, kind: type) -> bool:
    if isinstance(value, str):
        try:
            kind(value)
        except ValueError:
            return False
        return True
    return isinstance(value, int) or (kind is float and isinstance(value, float)) or _is_whole(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()
