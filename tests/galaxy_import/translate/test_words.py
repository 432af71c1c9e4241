"""Tools, places, parameters, measures and messages: the small parts, each by itself."""

from typing import Any

import pytest

from galaxy_import.translate.jobs import excerpt
from galaxy_import.translate.messages import message_of_job, sentence_of, step_of_message
from galaxy_import.translate.metrics import read_metrics
from galaxy_import.translate.parameters import parameters_of_job
from galaxy_import.translate.paths import Places, safe_part
from galaxy_import.translate.tools import Tool, tool_of
from tests.galaxy_import.translate.answered import invocation, run_of, step
from workflows.records import ParameterRecord

BWA = "toolshed.g2.bx.psu.edu/repos/devteam/bwa/bwa_mem/0.7.17.1"
SHED = {
    "tool_shed": "toolshed.g2.bx.psu.edu",
    "owner": "devteam",
    "name": "bwa",
    "changeset_revision": "e188dc7a68e6",
}
PLANNED = {"tool_id": BWA, "tool_version": "0.7.17.1", "tool_shed_repository": SHED}
PAGE = "https://toolshed.g2.bx.psu.edu/view/devteam/bwa"


@pytest.mark.parametrize(
    ("definition", "used", "tool"),
    [
        (PLANNED, BWA, Tool(BWA, "0.7.17.1", f"{PAGE}/e188dc7a68e6")),
        (PLANNED, "", Tool(BWA, "0.7.17.1", f"{PAGE}/e188dc7a68e6")),
        (
            PLANNED,
            BWA[:-8] + "0.7.18",
            Tool(BWA[:-8] + "0.7.18", "0.7.18", PAGE),
        ),  # another one was installed
        ({}, BWA, Tool(BWA, "0.7.17.1", PAGE)),
        ({"tool_id": "Cut1", "tool_version": "1.0.2"}, "Cut1", Tool("Cut1", "1.0.2", "")),
        ({"tool_id": "Cut1", "tool_version": "1.0.2"}, "Cut2", Tool("Cut2", "", "")),
        ({}, "Cut1", Tool("Cut1", "", "")),
        ({"content_id": "Cut1"}, "", Tool("Cut1", "", "")),
        ({}, "", Tool()),
    ],
)
def test_a_tool_has_the_version_and_the_revision_that_ran(definition: Any, used: str, tool: Tool) -> None:
    assert tool_of(definition, used) == tool


@pytest.mark.parametrize("name", ["regions", "top regions", "Größe", "a-b_c.d", "sample (1)"])
def test_a_harmless_name_is_its_own_place(name: str) -> None:
    assert safe_part(name) == name


@pytest.mark.parametrize(
    "name", ["a/b", "..", "", "a\\b", "a\0b", "x:y", " a ", "x" * 500, "#1", "%2e", "\ud800"]
)
def test_any_other_name_is_made_a_place_that_leads_nowhere_else(name: str) -> None:
    part = safe_part(name)
    assert part not in ("", ".", "..")
    assert "/" not in part
    assert len(part) <= 130
    assert part == safe_part(name) != name


def test_names_that_look_alike_when_made_safe_still_differ() -> None:
    assert len({safe_part(name) for name in ("a/b", "a:b", "a_b", "a\\b", "a?b")}) == 5


def test_a_place_is_given_once_and_a_dataset_keeps_it() -> None:
    places = Places()
    assert places.place(("hda", "1"), ["outputs", "a"], "txt") == "outputs/a.txt"
    assert places.place(("hda", "1"), ["inputs", "b"], "txt") == "outputs/a.txt"
    assert places.place(("hda", "2"), ["outputs", "A"], "txt") == "outputs/A-2.txt"  # disks that know no case
    assert places.place(("hda", "3"), ["outputs", "x.bed"], "bed") == "outputs/x.bed"
    assert places.place(("hda", "4"), ["outputs", "y"], "../x") == "outputs/y"
    assert len(places.place(("hda", "5"), ["n" * 100] * 20, "txt")) <= 1024


def test_parameters_are_decoded_twice_and_conditionals_keep_their_shape() -> None:
    told = {
        "count": '"5"',
        "flag": "false",
        "mode": '{"select": "fast", "__current_case__": 1, "inner": [{"__index__": 0, "x": "1"}]}',
        "plain": "not json {",
        "number": 7,
        "data": '{"values": [{"id": 8, "src": "hdca"}]}',
        "chosen": '{"values": ["a", "b"]}',
        "odd": "NaN",
        "chromInfo": '"/srv/galaxy/hg38.len"',
        "dbkey": '"hg38"',
        "__input_ext": '"bed"',
    }
    assert parameters_of_job(told) == {
        "count": "5",
        "flag": False,
        "mode": {"select": "fast", "inner": [{"x": "1"}]},
        "plain": "not json {",
        "number": 7,
        "chosen": {"values": ["a", "b"]},
        "odd": "nan",
    }


def test_defaults_that_nobody_gave_are_parameters_too() -> None:
    definition = (
        b'{"steps": {"0": {"type": "parameter_input", "label": "depth", "tool_state": "{\\"default\\": 30}"}, '
        b'"1": {"type": "parameter_input", "label": "mode", "tool_state": "{\\"default\\": \\"fast\\"}"}, '
        b'"2": {"type": "parameter_input", "label": null, "tool_state": "{\\"optional\\": true}"}}}'
    )
    given = {"mode": {"label": "mode", "parameter_value": "slow", "workflow_step_id": "step1"}}
    told = invocation(step(0), step(1), step(2), input_step_parameters=given)
    assert run_of(told, definition=definition).record.parameters == (
        ParameterRecord("depth", 30),
        ParameterRecord("mode", "slow"),
    )


def test_parameters_without_a_label_are_called_by_their_place_and_names_are_unique() -> None:
    given = {
        "None": {"label": None, "parameter_value": 1, "workflow_step_id": "step0"},
        "x": {"label": "x", "parameter_value": None, "workflow_step_id": "step1"},
        "y": {"label": "x", "parameter_value": [1], "workflow_step_id": "unknown"},
    }
    told = invocation(step(0), step(1), input_step_parameters=given)
    assert run_of(told).record.parameters == (
        ParameterRecord("Input 1", 1),
        ParameterRecord("x", None),
        ParameterRecord("x (2)", [1]),
    )


def test_measures_are_in_the_units_of_their_names() -> None:
    told = [
        {"plugin": "core", "name": "galaxy_slots", "raw_value": "4.0000000"},
        {"plugin": "core", "name": "galaxy_memory_mb", "raw_value": "3800.0000000"},
        {"plugin": "core", "name": "start_epoch", "raw_value": "1795229246.0000000"},
        {"plugin": "meminfo", "name": "memtotal", "raw_value": "2.0000000"},
        {"plugin": "meminfo", "name": "swaptotal", "raw_value": "0E-7"},
        {"plugin": "cgroup", "name": "cpuacct.usage", "raw_value": "1500000000"},
        {"plugin": "cgroup", "name": "memory.max_usage_in_bytes", "raw_value": "1024"},
        {"plugin": "cgroup", "name": "cpu.stat.nr_throttled", "raw_value": "3"},  # of what, is not said
        {"plugin": "hostname", "name": "hostname", "raw_value": "node7"},
        {"plugin": "env", "name": "PATH", "raw_value": "/bin"},
        {"plugin": "core", "name": "end_epoch", "raw_value": "1e400"},
        {"plugin": "core", "name": "runtime_seconds", "raw_value": "soon"},
        None,
    ]
    measured = read_metrics(told)
    assert measured.resources == {
        "galaxy_slots": 4,
        "galaxy_memory_mb": 3800,
        "host_memory_bytes": 2048,
        "host_swap_bytes": 0,
        "cpu_seconds": 1.5,
        "max_memory_bytes": 1024,
    }
    assert (measured.host, measured.environment) == ("node7", {"PATH": "/bin"})
    assert measured.started_at is not None
    assert measured.started_at.isoformat() == "2026-11-21T02:47:26+00:00"
    assert measured.completed_at is None


@pytest.mark.parametrize(
    ("message", "about", "sentence"),
    [
        ({"reason": "user_request"}, "the run", "Cancelled: a user asked for it."),
        (
            {"reason": "cancelled_on_review"},
            "step look",
            "Cancelled at step look: it was called off at a step that",
        ),
        ({"reason": "job_failed"}, "step x", "Galaxy could not plan step x: a job that it needs failed."),
        (
            {"reason": "unexpected_failure", "details": "Boom."},
            "the run",
            "something unexpected happened (Boom).",
        ),
        (
            {"reason": "new_reason"},
            "the run",
            "Galaxy could not plan the run: Galaxy's reason is 'new_reason'.",
        ),
        ({}, "the run", "Galaxy could not plan the run: Galaxy gives no reason."),
        (
            {"reason": "workflow_output_not_found"},
            "step x",
            "An output of the workflow was not found at step x.",
        ),
    ],
)
def test_messages_of_an_invocation_are_sentences(message: Any, about: str, sentence: str) -> None:
    assert sentence in sentence_of(message, about)


@pytest.mark.parametrize(
    ("message", "parent", "key"),
    [
        ({"workflow_step_id": 3}, "", "3"),
        ({"workflow_step_id": 2, "workflow_step_index_path": [6]}, "", "6.2"),
        ({"workflow_step_id": 2}, "6", "6.2"),
        ({"workflow_step_id": None}, "", ""),
        ({"reason": "user_request"}, "6", ""),
    ],
)
def test_a_message_names_its_step_by_its_order(message: Any, parent: str, key: str) -> None:
    assert step_of_message(message, parent) == key


@pytest.mark.parametrize(
    ("state", "messages", "code", "sentence"),
    [
        ("error", [], None, "It failed; Galaxy says no more."),
        ("error", [], 1, "It failed with exit code 1."),
        (
            "error",
            [{"type": "exit_code", "exit_code": 3, "desc": "Fatal error: Exit code 3 ()"}],
            3,
            "code 3.",
        ),
        (
            "error",
            [{"type": "exit_code", "exit_code": 1, "desc": "Fatal error: Exit code 1 (bad input)"}],
            1,
            "(bad input).",
        ),
        (
            "error",
            [{"type": "regex", "desc": "Fatal error: Matched", "match": "Killed"}],
            0,
            "Matched (Killed).",
        ),
        ("failed", [], None, "Galaxy could not run it."),
        ("deleted", [], None, "It was cancelled."),
        ("skipped", [], None, "It was skipped: the step's condition was false."),
        ("stopped", [], 0, "A user ended it early and kept what it had made."),
        ("ok", [{"type": "regex", "desc": "Warning"}], 0, ""),
    ],
)
def test_messages_of_a_job_are_sentences(state: str, messages: Any, code: int | None, sentence: str) -> None:
    told = message_of_job(state, {"job_messages": messages}, code)
    assert told.endswith(sentence)
    assert bool(told) == bool(sentence)


@pytest.mark.parametrize("room", [0, 1, 40, 100, 999])
def test_an_excerpt_is_the_beginning_and_the_end_and_never_longer_than_there_is_room(room: int) -> None:
    whole = "".join(f"line {n}\n" for n in range(200))
    told = excerpt(whole, room)
    assert len(told) <= room
    if room > 90:
        assert told.startswith("line 0\n")
        assert told.endswith("line 199\n")
        assert f"{len(whole)} characters in all" in told
    assert excerpt(whole, len(whole)) == whole
