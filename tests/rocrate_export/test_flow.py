"""What flowed from step to step, as far as it follows from the jobs' files."""

from dataclasses import replace

from tests.records import MADE, NESTED, PROCESS_ONLY, RNASEQ, RUNS, TOLD, USED, dataset, stored
from tests.rocrate_export.reading import Crate, Entity
from workflows.records import DataType, JobFile, JobRecord, RunRecord, RunStatus, StepRecord


def chain(*jobs: tuple[str, list[str], list[str]]) -> RunRecord:
    """A run of steps that used and made these files; ``in`` went in, ``out`` came out."""
    return replace(
        RNASEQ,
        parameters=(),
        steps=tuple(StepRecord(step, step, tool_name=step) for step in dict.fromkeys(one[0] for one in jobs)),
        jobs=tuple(
            JobRecord(
                step,
                step,
                status=RunStatus.SUCCESS,
                files=(*(JobFile(one, MADE) for one in made), *(JobFile(one, USED) for one in used)),
            )
            for step, used, made in jobs
        ),
        datasets=(
            dataset(DataType.INPUT, "In", stored("in")),
            dataset(DataType.CONFIG, "Between", stored("x"), stored("y")),
            dataset(DataType.OUTPUT, "Out", stored("out")),
        ),
    )


def connections(crate: Crate, receiver: Entity) -> list[tuple[str, str]]:
    """The ends of the connections that something receives."""
    ends = ("sourceParameter", "targetParameter")
    return [
        tuple(_name(crate, crate.targets(one, end)[0]) for end in ends)
        for one in crate.targets(receiver, "connection")
    ]


def _name(crate: Crate, slot: Entity) -> str:
    """A slot's name, after the name of its tool if it is one of a tool."""
    for tool in crate.of_type("SoftwareApplication"):
        if slot["@id"] in crate.links(tool, "input") + crate.links(tool, "output"):
            return f"{tool['name']}.{slot['name']}"
    return slot["name"]


def test_what_one_step_made_and_another_used_connects_them() -> None:
    crate = Crate.of(chain(("a", ["in"], ["x"]), ("b", ["x"], ["out"])))
    assert connections(crate, crate.named("a", "HowToStep")) == [("In", "a.used")]
    assert connections(crate, crate.named("b", "HowToStep")) == [("a.made", "b.used")]
    assert connections(crate, crate["workflow/main.nf"]) == [("b.made", "Out")]


def test_nothing_is_connected_where_it_is_not_known_from_where_a_file_came() -> None:
    crate = Crate.of(chain(("a", [], ["x"]), ("b", [], ["x"]), ("c", ["x"], [])))
    assert not crate.of_type("ParameterConnection")


def test_a_step_is_not_connected_to_itself() -> None:
    crate = Crate.of(chain(("a", ["x"], ["x", "y"]), ("a", ["y"], [])))
    assert not crate.of_type("ParameterConnection")


def test_retries_are_connected_once() -> None:
    crate = Crate.of(chain(("a", ["in"], ["x"]), ("b", ["x"], []), ("b", ["x"], ["out"])))
    assert connections(crate, crate.named("b", "HowToStep")) == [("a.made", "b.used")]


def test_a_slot_that_took_several_files_says_so() -> None:
    crate = Crate.of(chain(("a", ["in", "x"], ["y"])))
    assert crate.named("used", "FormalParameter")["multipleValues"] == "True"
    assert "multipleValues" not in crate.named("made", "FormalParameter")


def test_steps_of_different_workflows_are_not_connected() -> None:
    crate = Crate.of(NESTED)
    assert not crate.of_type("ParameterConnection")


def test_jobs_without_a_step_have_tools_with_slots_but_no_connections() -> None:
    crate = Crate.of(replace(chain(("a", ["in"], ["out"])), steps=()))
    (tool,) = crate.targets(crate["workflow/main.nf"], "hasPart")
    assert (len(crate.links(tool, "input")), len(crate.links(tool, "output"))) == (1, 1)
    assert not crate.of_type("ParameterConnection")


def test_a_jobs_parameter_fills_a_slot_of_its_tool() -> None:
    crate = Crate.of(RNASEQ)
    threads = crate.named("threads", "FormalParameter")
    star = crate.named("STAR", "SoftwareApplication")
    assert threads["@id"] in crate.links(star, "input")
    assert threads["additionalType"] == "Integer"
    (value,) = crate.targets(threads, "workExample")
    assert (value["name"], value["value"]) == ("threads", "4")


def test_every_slot_was_filled_and_says_by_what() -> None:
    for record in (*RUNS.values(), TOLD):
        crate = Crate.of(record)
        for slot in crate.of_type("FormalParameter"):
            filled = crate.targets(slot, "workExample")
            assert filled
            assert all(slot["@id"] in crate.links(one, "exampleOfWork") for one in filled)


def test_a_process_run_crate_has_no_slots() -> None:
    assert not Crate.of(PROCESS_ONLY).of_type("FormalParameter")
