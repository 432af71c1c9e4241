"""Answers with holes, of odd shapes, with texts that no database keeps: a run comes of them, or one kind of error."""

import contextlib
import copy
import json
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galaxy_import.answers import CollectionAnswer, DataAnswer, InvocationAnswer
from galaxy_import.translate import NotUnderstood, Plan, assemble, plan_run, read_crate_facts, read_job
from galaxy_import.values import GalaxyRun
from tests.galaxy_import.recorded import Recording, recording
from tests.galaxy_import.translate.answered import SERVER, dataset, invocation, job, run_of, step
from tests.galaxy_import.translate.cases import WHOLE, case
from workflows.records import RunRecord

ODD = (
    None,
    0,
    -1,
    1e400,
    "",
    "\0",
    "\ud800",
    [],
    {},
    [None],
    {"id": None},
    "x" * 5000,
    True,
    2**70,
    [[]],
    {"": []},
)
every = pytest.mark.parametrize(("version", "name"), WHOLE)


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every entry of an object and every element of a list, however deep."""
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    else:
        return []
    return [place for key, one in inner for place in [(*path, key), *places_in(one, (*path, key))]]


def harm(value: Any, chance: Random) -> Any:
    """A copy of the value in which some entries are missing, or hold something else."""
    harmed = copy.deepcopy(value)
    places = places_in(harmed)
    for place in chance.sample(places, min(len(places), chance.randint(0, 6))):
        held = harmed
        try:
            for key in place[:-1]:
                held = held[key]
            if chance.random() < 0.5:
                del held[place[-1]]
            else:
                held[place[-1]] = copy.deepcopy(chance.choice(ODD))
        except (KeyError, IndexError, TypeError):
            continue  # what held it is gone already
    return harmed


def harmed_answer(answer: InvocationAnswer, chance: Random) -> InvocationAnswer:
    """The answer with harm done to each of its parts."""
    definition = json.dumps(harm(json.loads(answer.definition or b"{}"), chance)).encode()
    return InvocationAnswer(
        harm(answer.invocation, chance),
        harm(answer.workflow, chance),
        chance.choice([definition, definition, definition[:50], b"\xff", b"[]", None]),
        tuple(harm(list(answer.job_rows), chance)),
        {key: harmed_answer(one, chance) for key, one in answer.nested.items()},
    )


def harmed_data(data: DataAnswer, chance: Random) -> DataAnswer:
    """The datasets and collections with harm done to each."""
    collections = {
        key: CollectionAnswer(harm(one.collection, chance), tuple(harm(list(one.elements), chance)))
        for key, one in data.collections.items()
    }
    return DataAnswer({key: harm(one, chance) for key, one in data.datasets.items()}, collections)


def harmed_plan(said: Recording, chance: Random) -> Plan | None:
    """The plan of a harmed answer; None where nothing is left to know the invocation by."""
    answer = harmed_answer(said.invocation(), chance)
    if all(
        isinstance(answer.invocation.get(key), str) and answer.invocation[key].strip()
        for key in ("id", "uuid")
    ):
        return plan_run(said.server(), answer, all_outputs=chance.random() < 0.5)
    with contextlib.suppress(NotUnderstood):
        return plan_run(said.server(), answer)
    return None


@every
@given(seed=st.integers(0, 2**32))
@settings(max_examples=12, deadline=None)
def test_whatever_is_missing_a_run_comes_of_it_or_a_sentence(version: str, name: str, seed: int) -> None:
    said, chance = recording(version, name), Random(seed)
    plan = harmed_plan(said, chance)
    if plan is None:
        return
    jobs = []
    for one in plan.jobs:
        detail, metrics = said.job(one)
        jobs.append(read_job(plan, one, harm(detail, chance), harm(metrics, chance), room=200))
    crate = read_crate_facts(harm(case(version, name).said.crate_attributes(), chance), plan, jobs)
    data = harmed_data(case(version, name).said.data(plan), chance)
    must_be_writable(assemble(plan, jobs, data, harm(said.history(), chance), crate))


def must_be_writable(run: GalaxyRun) -> None:
    """Nothing is longer than its column, no text holds what no database keeps, and what must be unique is."""
    record = run.record
    texts_of(record)
    assert len(record.name) <= 255
    assert len(record.origin.external_id) <= 255
    for step_ in record.steps:
        assert 0 < len(step_.name) <= 255
        assert (len(step_.key) <= 255, len(step_.tool_id) <= 500, len(step_.tool_name) <= 255) == (True,) * 3
        assert (len(step_.tool_version) <= 100, len(step_.tool_url) <= 1000) == (True, True)
    for job_ in record.jobs:
        assert 0 < len(job_.name) <= 255
        assert len(job_.external_id) <= 255
        assert (job_.started_at is None or job_.completed_at is None) or job_.started_at <= job_.completed_at
    assert len({step_.key for step_ in record.steps}) == len(record.steps)
    assert {step_.parent for step_ in record.steps} <= {step_.key for step_ in record.steps} | {""}
    assert {job_.step for job_ in record.jobs} <= {step_.key for step_ in record.steps} | {""}
    assert len({one.name for one in record.parameters}) == len(record.parameters)
    places = {file.path: (file.src, file.id) for data in run.data for file in data.files}
    for data in run.data:
        assert (len(data.label) <= 1000, len(data.name) <= 1000, len(data.state) <= 40) == (True,) * 3
        for file in data.files:
            assert 0 < len(file.path) <= 1024
            assert places[file.path] == (file.src, file.id)
            assert (file.size or 0) < 2**63
    used = {one.path for job_ in record.jobs for one in job_.files}
    assert used <= places.keys()


def texts_of(record: RunRecord) -> None:
    """All of the record can be written as JSON in UTF-8, without NUL."""
    written = json.dumps([record.run_environment, repr(record)], allow_nan=False, ensure_ascii=False)
    assert "\\u0000" not in json.dumps([record.run_environment], allow_nan=False)
    written.encode()


@pytest.mark.parametrize("missing", ["id", "uuid"])
def test_an_invocation_that_could_not_be_known_again_is_not_understood(missing: str) -> None:
    told = {key: one for key, one in invocation().items() if key != missing}
    with pytest.raises(NotUnderstood, match=f"has no {missing.upper() if missing == 'uuid' else missing}"):
        plan_run(SERVER, InvocationAnswer(told))


def test_what_no_database_keeps_is_replaced_and_what_is_too_long_cut() -> None:
    odd = "a\0b\ud800" + "x" * 3000
    told = invocation(
        step(0, job("j", tool=odd), workflow_step_label=odd, outputs={odd: {"src": "hda", "id": "d"}}),
        inputs={"0": {"src": "hda", "id": "i", "label": odd}},
        input_step_parameters={odd: {"label": odd, "parameter_value": odd, "workflow_step_id": "p"}},
        messages=[{"reason": odd, "details": odd, "workflow_step_id": 0}],
    )
    detail = {**job("j"), "params": {odd: json.dumps(odd)}, "stdout": odd, "command_line": odd}
    data = DataAnswer({"d": dataset("d", name=odd), "i": dataset("i", name=odd, extension=odd)})
    run = run_of(told, details={"j": detail}, data=data, all_outputs=True)
    must_be_writable(run)
    assert run.record.jobs[0].stdout.startswith("a\ufffdb\ufffdxxx")
    assert run.record.steps[0].name.endswith("…")


def test_a_deep_answer_is_cut_and_does_not_break_anything() -> None:
    deep: Any = "bottom"
    for _ in range(200):
        deep = {"inner": deep}
    detail = {**job("j"), "params": {"deep": json.dumps(deep)}}
    run = run_of(invocation(step(0, job("j"))), details={"j": detail})
    assert json.dumps(run.record.jobs[0].parameters).count("inner") < 60


def test_the_same_answers_make_the_same_run_in_whatever_order_the_jobs_come() -> None:
    said = recording("26.1", "b_mapped")
    plan = plan_run(said.server(), said.invocation())
    jobs = [read_job(plan, one, *said.job(one), room=200) for one in plan.jobs]
    forward = assemble(plan, jobs, said.data(plan), said.history())
    assert assemble(plan, jobs[::-1], said.data(plan), said.history()) == forward
