"""What was changed here stays; the rest is as Galaxy says. Values only."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from run_import.recording.edits import Told, with_edits
from tests.galaxy_import.values import RECORD, START, after
from workflows.records import ParameterRecord, RunOrigin, RunStatus, StatusBasis, WorkflowRecord

VERSION, OTHER_VERSION = (WorkflowRecord("", "", id=UUID(int=number)) for number in (1, 2))
BEFORE = replace(RECORD, workflow=VERSION, description="Said by Galaxy.")
NOW = replace(
    BEFORE, name="Named anew", description="Said anew.", message="It failed.", status=RunStatus.FAILED
)
EDITS: list[dict[str, Any]] = [
    {"name": "Mine"},
    {"description": ""},
    {"license": "CC0-1.0"},
    {"status": RunStatus.CANCELLED, "status_basis": StatusBasis.REPORTED},
    {"message": "I know why."},
    {"run_command": "by hand"},
    {"run_environment": None},
    {"is_imported": False},
    {"started_at": after(-1)},
    {"completed_at": after(9)},
    {"origin": RunOrigin("galaxy", "https://elsewhere.example", BEFORE.origin.external_id)},
    {"workflow": OTHER_VERSION},
    {"workflow": None},
]


def test_without_edits_it_is_as_galaxy_says() -> None:
    assert with_edits(NOW, here=BEFORE, told=Told.of(BEFORE)) == NOW


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: "-".join(edit))
def test_an_edit_stays_and_the_rest_is_news(edit: dict[str, Any]) -> None:
    merged = with_edits(NOW, here=replace(BEFORE, **edit), told=Told.of(BEFORE))
    assert merged == replace(NOW, **edit)
    assert merged.workflow is edit.get("workflow", VERSION)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: "-".join(edit))
def test_an_edit_stays_however_often_it_is_told(edit: dict[str, Any]) -> None:
    here = replace(BEFORE, **edit)
    for _ in range(3):
        here = with_edits(NOW, here=here, told=Told.of(BEFORE if here == replace(BEFORE, **edit) else NOW))
    assert here == replace(NOW, **edit)


def test_what_galaxy_takes_back_goes() -> None:
    merged = with_edits(replace(NOW, description=""), here=BEFORE, told=Told.of(BEFORE))
    assert merged.description == ""


def test_what_is_kept_as_json_says_the_same() -> None:
    told = Told.of(BEFORE)
    assert Told.read(told.as_json()) == told
    assert told.fields["started_at"] == "2026-11-21T02:46:57+00:00"


@pytest.mark.parametrize(
    ("edit", "now"),
    [
        ({"started_at": after(5)}, {"completed_at": after(4)}),
        ({"completed_at": after(1)}, {"started_at": after(3)}),
    ],
)
def test_an_edited_time_never_contradicts_galaxys_other(edit: dict[str, Any], now: dict[str, Any]) -> None:
    before = replace(BEFORE, started_at=START, completed_at=None)
    here = replace(before, **edit)
    merged = with_edits(replace(before, **now), here=here, told=Told.of(before))
    assert (merged.started_at, merged.completed_at) == (here.started_at, here.completed_at)


def given(**values: Any) -> tuple[ParameterRecord, ...]:
    return tuple(ParameterRecord(name, value) for name, value in values.items())


@pytest.mark.parametrize(
    ("told", "here", "now", "merged"),
    [
        ({"a": 1}, {"a": 1}, {"a": 2}, {"a": 2}),  # news
        ({"a": 1}, {"a": 7}, {"a": 2}, {"a": 7}),  # changed here
        ({"a": 1}, {"a": True}, {"a": 1}, {"a": True}),  # which is not 1 in JSON
        ({"a": 1, "b": 2}, {"a": 1}, {"a": 1, "b": 3}, {"a": 1}),  # deleted here
        ({"a": 1}, {"a": 1, "z": 9}, {"a": 1, "b": 2}, {"a": 1, "b": 2, "z": 9}),  # added here, and there
        ({}, {"b": 9}, {"b": 2}, {"b": 9}),  # added here before Galaxy named it
        ({"a": 1, "b": 2}, {"a": 1, "b": 2}, {"b": 2}, {"b": 2}),  # Galaxy names it no longer
        ({"a": 1}, {"a": 7}, {}, {"a": 7}),
        (
            {"a": {"x": 1, "y": 2}},
            {"a": {"y": 2, "x": 1}},
            {"a": 3},
            {"a": 3},
        ),  # the order of keys is no edit
    ],
)
def test_parameters(told: Any, here: Any, now: Any, merged: Any) -> None:
    fields = Told.of(BEFORE).fields
    record = with_edits(
        replace(NOW, parameters=given(**now)),
        here=replace(BEFORE, parameters=given(**here)),
        told=Told(fields, told),
    )
    assert repr(record.parameters) == repr(given(**merged))


def test_a_run_that_came_in_otherwise_keeps_what_it_says_and_learns_how_it_went() -> None:
    here = replace(
        BEFORE, name="Written by hand", description="", status=RunStatus.RUNNING, completed_at=None,
        parameters=given(lines=7), run_command="by hand",
    )  # fmt: skip
    merged = with_edits(NOW, here=here, told=Told())
    assert (merged.name, merged.description, merged.run_command) == (
        "Written by hand",
        "Said anew.",
        "by hand",
    )
    assert (merged.status, merged.completed_at, merged.message) == (
        RunStatus.FAILED,
        NOW.completed_at,
        "It failed.",
    )
    assert merged.parameters == given(lines=7, unique=False)
