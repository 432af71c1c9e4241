"""What is there of what was declared, without a database."""

from typing import Any
from uuid import UUID

import pytest

from workflows.completeness.judging import (
    Completeness,
    Declared,
    Inputs,
    KnownFile,
    Shelf,
    State,
    declared_files,
    file_parameters,
    judge,
    places_in,
)
from workflows.records import DataType, DeclaredFile


def a_shelf(*paths: str, status: str = "ONLINE") -> Shelf:
    return Shelf(
        KnownFile(UUID(int=n), path.rpartition("/")[2], path, "", status) for n, path in enumerate(paths, 1)
    )


def state_of(
    path: str, shelf: Shelf, *, is_over: bool = True, sees_all: bool = True, kind: str = "OUTPUT"
) -> State:
    declared = [DeclaredFile(path, DataType(kind))]
    return next(declared_files(declared, shelf, is_over=is_over, sees_all=sees_all)).state


SHELF = a_shelf("results/plot.png", "work/out/table.tsv", "out/./x")


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("results/plot.png", State.PRESENT),
        ("./results/plot.png", State.PRESENT),
        ("out/table.tsv", State.PRESENT),  # kept below an outer directory
        ("plot.png", State.PRESENT),
        ("lot.png", State.ABSENT),
        ("other/plot.png", State.ABSENT),
        ("results/", State.PRESENT),
        ("out/", State.PRESENT),
        ("esults/", State.ABSENT),
        ("nothing/", State.ABSENT),
    ],
)
def test_a_declared_file_is_found_by_its_path(path: str, state: State) -> None:
    assert state_of(path, SHELF) == state


def test_what_is_not_there_may_come_or_be_out_of_sight() -> None:
    assert state_of("x.txt", SHELF, is_over=False) == State.AWAITED
    assert state_of("x.txt", SHELF, is_over=False, kind="INPUT") == State.ABSENT
    assert state_of("x.txt", SHELF, sees_all=False) == State.UNKNOWN
    assert state_of("a", a_shelf("a", status="ERROR")) == State.DAMAGED


TEMPLATE = {
    "reads": {"type": "File[]"},
    "index": {"type": "File", "optional": True},
    "panel": {"type": "File?"},
    "genome": {"type": "File", "default": "hg38.fa"},
    "k": {"type": "int"},
    "odd": "File",
}


def parameters(values: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    found = file_parameters(TEMPLATE, values, a_shelf("data/a.fq", "data/b.fq"))
    return {one.name: (str(one.state), one.is_missing) for one in found}


def test_parameters_that_are_files_are_there_if_their_files_are() -> None:
    given = parameters({"k": 31, "reads": [{"class": "File", "path": "data/a.fq"}, "b.fq"]})
    assert given == {
        "reads": ("present", False),
        "index": ("absent", False),
        "panel": ("absent", False),
        "genome": ("absent", False),
    }
    assert parameters({"k": 31})["reads"] == ("absent", True)
    assert parameters({})["reads"] == ("unknown", False)
    assert parameters({"reads": ["data/a.fq", "s3://elsewhere/c.fq"]})["reads"] == ("unknown", False)


def test_files_are_found_inside_values() -> None:
    value = ["a", {"class": "File", "location": "b"}, {"x": 1}, 7, None, [["c"]], ""]
    assert places_in(value) == ["a", "b", "c"]


def a_declared(state: State, *, optional: bool = False, data_type: str = "OUTPUT") -> Declared:
    return Declared("x", "file", data_type, optional, state)


HERE, GONE = a_declared(State.PRESENT), a_declared(State.ABSENT)
CHANGED = Inputs(changed=[{}])


@pytest.mark.parametrize(
    ("declared", "inputs", "status"),
    [
        ([HERE], Inputs(), Completeness.COMPLETE),
        ([HERE, a_declared(State.ABSENT, optional=True)], Inputs(), Completeness.COMPLETE),
        ([HERE, GONE], CHANGED, Completeness.INCOMPLETE),
        ([HERE], CHANGED, Completeness.CHANGED),
        ([HERE, a_declared(State.AWAITED)], Inputs(), Completeness.UNKNOWN),
        ([a_declared(State.DAMAGED)], Inputs(), Completeness.INCOMPLETE),
        ([], Inputs(), Completeness.UNKNOWN),
    ],
)
def test_what_is_missing_weighs_more_than_what_changed(
    declared: list[Declared], inputs: Inputs, status: Completeness
) -> None:
    assert judge(declared, inputs, is_over=True, sees_all=True).status == status


def test_reasons_are_sentences() -> None:
    declared = [GONE, GONE, a_declared(State.ABSENT, data_type="INPUT"), a_declared(State.DAMAGED)]
    assert judge(declared, CHANGED, is_over=False, sees_all=False).reasons == [
        "1 declared input is absent.",
        "2 declared outputs are absent.",
        "1 declared output is damaged.",
        "1 input changed since the run.",
        "Some datasets of the run are not shown to you, so what is absent cannot be told.",
        "The run is not over: outputs may still come.",
    ]
