"""What a version declares of its parameters, and how values stand against it. No database."""

import re
from typing import Any

import pytest

from workflows.templates import Standing, check, fits, problems_of

TEMPLATE = {
    "genome": {"type": "string", "values": ["hg38", "mm10"], "description": "Reference"},
    "k": {"type": "int", "default": 31},
    "reads": {"type": "File[]"},
    "note": {"type": "string", "optional": True},
}


def standings(values: dict[str, Any]) -> dict[str, str]:
    """Each parameter's standing."""
    return {one.name: one.standing.value for one in check(TEMPLATE, values)}


def test_every_declared_parameter_stands_somewhere_and_the_others_are_unknown() -> None:
    assert standings({"genome": "hg38", "threads": 4}) == {
        "genome": "GIVEN",
        "k": "DEFAULT",
        "reads": "MISSING",
        "note": "OMITTED",
        "threads": "UNKNOWN",
    }


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("genome", "hg19", "one of hg38, mm10"),
        ("k", "many", "type int"),
        ("k", True, "type int"),
        ("reads", "a.fastq", r"type File\[\]"),
        ("reads", None, "not be empty"),
    ],
)
def test_a_value_that_does_not_fit_says_what_was_declared(name: str, value: Any, words: str) -> None:
    found = next(one for one in check(TEMPLATE, {name: value}) if one.name == name)
    assert found.standing == Standing.WRONG
    assert re.search(words, found.remark)


def test_a_value_that_is_the_default_says_so_and_another_one_does_not() -> None:
    assert standings({"k": 31})["k"] == "DEFAULT"
    assert standings({"k": 21})["k"] == "GIVEN"


def test_what_is_not_given_has_the_default_as_its_value() -> None:
    assert next(one for one in check(TEMPLATE, {}) if one.name == "k").value == 31


@pytest.mark.parametrize(
    ("value", "kind", "is_so"),
    [
        (1, "int", True),
        ("1", "int", True),
        (1.0, "int", True),
        (1.5, "int", False),
        (1, "double", True),
        ("1e-3", "float", True),
        (True, "double", False),
        ("true", "boolean", True),
        (1, "boolean", False),
        ({"class": "File", "path": "a"}, "File", True),
        ({"a": 1}, "string", False),
        ([], "string", False),
        (["a"], "string[]", True),
        ([1, "x"], "int[]", False),
        ({}, "record", True),
        ("x", "record", False),
        ([1], "any", True),
    ],
)
def test_what_fits_a_type(value: Any, kind: str, is_so: bool) -> None:
    assert fits(value, kind) is is_so


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ({"a": {"type": "blob"}}, "type must be one of"),
        ({"a": {"sort": "int"}}, "has sort; known are"),
        ({"a": []}, "must be an object"),
        ({"a": {"optional": "yes"}}, "true or false"),
        ({"a": {"values": "x"}}, "a list"),
        ({"": {}}, "a name of"),
        ({str(number): {} for number in range(10_001)}, "at most 10000"),
    ],
)
def test_a_template_that_cannot_be_used_says_why(template: dict[str, Any], words: str) -> None:
    assert any(words in sentence for _, sentence in problems_of(template))


def test_a_good_template_has_no_problems() -> None:
    assert not list(problems_of(TEMPLATE))
