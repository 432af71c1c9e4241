"""Every recorded invocation, compared with what Galaxy says of it: the run, its workflow, its steps."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from galaxy_import.answers import DataAnswer
from galaxy_import.translate import assemble, plan_run
from galaxy_import.translate.definition import INPUTS
from tests.galaxy_import.recorded import BASE, recording
from tests.galaxy_import.translate.cases import ALL, BIG, DESCRIBED, PURGED, SKIPPED, WHOLE, Case, case
from workflows.records import Engine, FileType, PersonRecord, RunStatus, StatusBasis

EXPECTED = {
    "a_linear": (RunStatus.SUCCESS, StatusBasis.INFERRED),
    "b_mapped": (RunStatus.SUCCESS, StatusBasis.INFERRED),
    "c_failed": (RunStatus.FAILED, StatusBasis.INFERRED),
    "d_cancelled": (RunStatus.CANCELLED, StatusBasis.REPORTED),
    "d2_while_running": (RunStatus.RUNNING, StatusBasis.INFERRED),
    "e_big_done": (RunStatus.FAILED, StatusBasis.INFERRED),
    "g_scheduling_failed": (RunStatus.FAILED, StatusBasis.REPORTED),
    "a_described": (RunStatus.SUCCESS, StatusBasis.INFERRED),
    "f_skipped_step": (RunStatus.SUCCESS, StatusBasis.INFERRED),
    "h_nested": (RunStatus.SUCCESS, StatusBasis.INFERRED),
    "h_pairs": (RunStatus.SUCCESS, StatusBasis.INFERRED),
    "h_partly": (RunStatus.FAILED, StatusBasis.INFERRED),
    "i_purged": (RunStatus.SUCCESS, StatusBasis.INFERRED),
}

every = pytest.mark.parametrize(("version", "name"), ALL)
whole = pytest.mark.parametrize(("version", "name"), [*WHOLE, BIG])


def definition_of(told: Case) -> dict[str, dict[str, object]]:
    """The steps of the workflow's file, those of subworkflows below their keys."""

    def below(steps: dict[str, object], prefix: str) -> dict[str, dict[str, object]]:
        found = {}
        for key, step in steps.items():
            assert isinstance(step, dict)
            found[f"{prefix}{key}"] = step
            found |= below(step.get("subworkflow", {}).get("steps", {}), f"{prefix}{key}.")
        return found

    assert told.plan.root.definition is not None
    return below(json.loads(told.plan.root.definition)["steps"], "")


@every
def test_the_status_is_that_of_the_jobs_and_not_that_of_the_invocation(version: str, name: str) -> None:
    record = case(version, name).run.record
    assert (record.status, record.status_basis) == EXPECTED[name]


@every
def test_a_run_has_ended_when_none_of_its_jobs_goes_on(version: str, name: str) -> None:
    told = case(version, name)
    goes_on = bool(told.states().keys() & {"new", "queued", "running"})
    assert told.run.has_ended is told.plan.has_ended is not goes_on


@every
def test_a_run_is_known_by_what_is_unique_and_has_the_page_of_its_invocation(version: str, name: str) -> None:
    told = case(version, name)
    origin = told.run.record.origin
    assert (origin.source, origin.external_id) == ("galaxy", told.invocation["uuid"])
    assert origin.source_url == f"{BASE}/workflows/invocations/{told.invocation['id']}"
    assert (told.run.invocation_id, told.run.history_id) == (
        told.invocation["id"],
        told.invocation["history_id"],
    )
    assert told.run.record.is_imported


@every
def test_it_started_when_it_was_invoked_and_ended_with_its_last_job(version: str, name: str) -> None:
    record = case(version, name).run.record
    said = case(version, name).invocation
    assert record.started_at == datetime.fromisoformat(said["create_time"]).replace(tzinfo=UTC)
    ends = [job.completed_at for job in record.jobs if job.completed_at]
    assert record.completed_at == (None if record.status == RunStatus.RUNNING else max(ends))


@every
def test_the_steps_are_those_that_take_nothing_in_only(version: str, name: str) -> None:
    told = case(version, name)
    with_jobs = {key for key, _ in told.jobs_listed()}
    keys = {step.key for step in told.run.record.steps}
    assert with_jobs <= keys
    if told.plan.root.definition:
        planned = definition_of(told)
        assert keys == {key for key, step in planned.items() if step["type"] not in INPUTS}


@every
def test_steps_follow_each_other_as_planned_and_subworkflows_hold_theirs(version: str, name: str) -> None:
    steps = case(version, name).run.record.steps
    assert [step.position for step in steps] == list(range(len(steps)))
    for step in steps:
        assert step.parent == step.key.rpartition(".")[0]
    orders = [[int(part) for part in step.key.split(".")] for step in steps]
    assert all(one < other for one, other in pairwise(orders))


@whole
def test_steps_have_their_labels_and_tools(version: str, name: str) -> None:
    told = case(version, name)
    planned = definition_of(told)
    for step in told.run.record.steps:
        said = planned[step.key]
        assert step.name == (said["label"] or said["name"])
        assert step.tool_id == (said.get("tool_id") or "")
        if said["type"] == "tool":
            assert (step.tool_name, step.tool_version) == (said["name"], said["tool_version"])


@every
def test_a_step_stands_as_its_jobs_do(version: str, name: str) -> None:
    told = case(version, name)
    words = {
        frozenset({"ok"}): RunStatus.SUCCESS,
        frozenset({"error"}): RunStatus.FAILED,
        frozenset({"ok", "error"}): RunStatus.FAILED,
        frozenset({"paused"}): RunStatus.PAUSED,
        frozenset({"ok", "paused"}): RunStatus.PAUSED,
        frozenset({"deleted"}): RunStatus.CANCELLED,
        frozenset({"skipped"}): RunStatus.SKIPPED,
        frozenset({"running"}): RunStatus.RUNNING,
        frozenset({"new"}): RunStatus.PENDING,
        frozenset({"queued"}): RunStatus.PENDING,
    }
    for step in told.run.record.steps:
        states = frozenset(job["state"] for key, job in told.jobs_listed() if key == step.key)
        if states:
            assert step.status == words[states]


@whole
def test_the_workflow_is_the_version_that_ran_with_its_file_as_it_came(version: str, name: str) -> None:
    told = case(version, name)
    workflow, stored = told.run.record.workflow, told.plan.root.workflow
    assert workflow is not None
    assert stored is not None
    assert told.plan.root.definition is not None
    said = json.loads(told.plan.root.definition)
    assert told.run.definition == told.plan.root.definition
    assert (workflow.name, workflow.engine) == (stored["name"], Engine.GALAXY)
    assert workflow.version == str(stored["version"] + 1)  # as Galaxy's pages count
    assert workflow.commit_hash == said["uuid"]
    assert (workflow.license or None) == stored["license"]
    assert (workflow.description or None) == (stored["annotation"] or None)
    assert workflow.source_url == f"{BASE}/published/workflow?id={stored['id']}"
    main = workflow.main_file
    assert main is not None
    assert (main.data_type, main.size, main.path) == (
        FileType.MAIN,
        len(told.plan.root.definition),
        f"{stored['name']}.ga",
    )


@pytest.mark.parametrize("version", ["24.2", "26.1"])
def test_a_workflow_that_was_changed_after_the_run_is_kept_as_it_ran(version: str) -> None:
    told = case(version, "a_linear")
    head = json.loads(definition_of(told)["4"]["tool_state"])  # type: ignore[arg-type]
    job = next(job for job in told.run.record.jobs if job.name == "head")
    assert head["lineNum"] == job.parameters["lineNum"] == "5"  # it is 9 in the version after it


def test_the_file_of_another_version_than_the_one_that_ran_is_not_used() -> None:
    said = recording("24.2", "a_linear")
    answer = said.invocation()
    newest = said.find(f"/api/workflows/{answer.invocation['workflow_id']}/download?instance=true")
    assert newest is not None
    plan = plan_run(said.server(), replace(answer, definition=newest.content))
    run = assemble(plan, (), DataAnswer(), None)
    assert run.definition is None
    assert run.record.workflow is not None
    assert (run.record.workflow.version, run.record.workflow.files) == ("1", ())
    assert [step.key for step in run.record.steps] == ["2", "3", "4"]
    assert any("version that ran could not be read" in remark for remark in run.remarks)


@pytest.mark.parametrize("version", ["24.2", "26.1"])
def test_the_creators_are_people_and_organisations(version: str) -> None:
    workflow = case(version, "a_linear").run.record.workflow
    assert workflow is not None
    assert workflow.creators == (
        PersonRecord("Alice Example", orcid="0000-0002-1825-0097", role="creator"),
        PersonRecord("Example Institute", url="https://example.org", role="creator"),
    )


@whole
def test_the_parameters_have_their_labels_values_and_types(version: str, name: str) -> None:
    told = case(version, name)
    said = {key: one["parameter_value"] for key, one in told.invocation["input_step_parameters"].items()}
    found = {one.name: one.value for one in told.run.record.parameters}
    assert found == said
    assert {key: type(value) for key, value in found.items()} == {key: type(one) for key, one in said.items()}


@whole
def test_who_ran_it_is_who_owns_the_history(version: str, name: str) -> None:
    told = case(version, name)
    history = told.said.history()
    assert history is not None
    assert told.run.record.people == (PersonRecord(history["username"], role="agent"),)


@every
def test_the_environment_says_where_without_empty_entries(version: str, name: str) -> None:
    told = case(version, name)
    environment = told.run.record.run_environment
    assert environment["engine"] == "Galaxy"
    assert environment["engine_version"].startswith(version)
    assert environment["server"] == BASE
    assert environment["invocation"]["state"] == told.invocation["state"]
    assert environment["history"]["id"] == told.invocation["history_id"]
    assert "null" not in json.dumps(environment)
    assert len(environment.get("messages", [])) == len(told.invocation["messages"])
    assert environment.get("output_values", {}) == told.invocation["output_values"]


def test_the_reasons_are_sentences() -> None:
    said = {one: case(*one).run.record.message for one in ALL}
    assert said["26.1", "a_linear"] == said["26.1", "d2_while_running"] == ""
    assert said["26.1", "d_cancelled"] == "Cancelled: a user asked for it."
    assert said["26.1", "g_scheduling_failed"] == (
        "Galaxy could not plan step sort: its condition is neither true nor false (Type is: str)."
    )
    assert (
        said["24.2", "c_failed"]
        == said["26.1", "c_failed"]
        == (
            "Step check: It failed with exit code 3. 2 jobs are paused, until somebody resumes them in Galaxy. "
            "1 of 4 jobs succeeded."
        )
    )
    assert said["26.1", "e_big_done"].startswith(
        "Step cut: 3 of 200 jobs: It failed; Galaxy says no more. 4 jobs"
    )


def test_a_step_that_could_not_be_planned_says_why() -> None:
    steps = {step.name: step for step in case("26.1", "g_scheduling_failed").run.record.steps}
    assert steps["sort"].status == RunStatus.FAILED
    assert steps["sort"].message == (
        "Galaxy could not plan it: its condition is neither true nor false (Type is: str)."
    )


@pytest.mark.parametrize("version", ["24.2", "26.1"])
def test_the_name_is_that_of_the_workflow_and_the_moment(version: str) -> None:
    record = case(version, "a_linear").run.record
    assert record.started_at is not None
    assert record.name == f"Top regions matching a pattern ({record.started_at:%Y-%m-%d %H:%M} UTC)"
    run = case(version, "a_linear").run
    assert (run.tags, run.workflow_tags) == ((), ("demo", "bed"))


def test_a_run_tells_what_its_workflow_and_its_history_are_described_with() -> None:
    told = case(*DESCRIBED)
    record, stored, history = told.run.record, told.plan.root.workflow, told.said.history()
    assert stored is not None
    assert history is not None
    assert record.workflow is not None
    assert (record.workflow.license, record.workflow.description) == (stored["license"], stored["annotation"])
    assert record.workflow.license
    assert told.plan.root.definition is not None
    written = json.loads(told.plan.root.definition)["creator"]
    creators = [(one["name"], one.get("url") or "") for one in written]
    assert [(one.name, one.url) for one in record.workflow.creators] == creators
    assert creators
    assert (list(told.run.tags), list(told.run.workflow_tags)) == (history["tags"], stored["tags"])
    assert told.run.tags
    assert told.run.workflow_tags
    assert told.run.tags
    assert record.description == (history["annotation"] or "")


def test_a_step_whose_condition_was_false_says_so_and_the_run_succeeded() -> None:
    record = case(*SKIPPED).run.record
    skipped = [step for step in record.steps if step.status == RunStatus.SKIPPED]
    assert [(step.name, step.message) for step in skipped] == [
        ("cut", "It was skipped: the step's condition was false.")
    ]
    (job,) = (job for job in record.jobs if job.status == RunStatus.SKIPPED)
    assert (job.step, job.exit_code, job.started_at, job.completed_at) == (skipped[0].key, None, None, None)
    assert (record.status, record.message) == (RunStatus.SUCCESS, "")


@pytest.mark.parametrize("who", ["bob", "anonymous"])
def test_who_is_shown_a_history_reads_the_run_without_its_workflow(who: str) -> None:
    told, whole_run = case(*PURGED, who), case(*PURGED)
    assert told.run.record.workflow is None
    assert told.run.record.jobs == whole_run.run.record.jobs
    assert [(one.id, one.condition) for one in told.run.data] == [
        (one.id, one.condition) for one in whole_run.run.data
    ]
