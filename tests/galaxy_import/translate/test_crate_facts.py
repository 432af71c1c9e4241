"""What Galaxy's own crate adds: tool versions that ran, and command lines."""

from dataclasses import replace

import pytest

from galaxy_import.translate import read_crate_facts
from tests.galaxy_import.translate.cases import PACKED, case

every = pytest.mark.parametrize(("version", "name"), PACKED)


@every
def test_every_job_of_the_run_is_found_in_the_crate(version: str, name: str) -> None:
    told = case(version, name)
    rows = told.said.crate_attributes()["jobs_attrs"]
    runs = {workflow.answer["uuid"].replace("-", "") for workflow in told.plan.workflows}
    ours = [row for row in rows if row["params"].get("__workflow_invocation_uuid__") in runs]
    assert len(ours) == len(told.run.record.jobs)
    assert told.crate.tool_versions.keys() == {job.external_id for job in told.run.record.jobs}
    commands = {row["create_time"]: row["command_line"] or "" for row in ours}
    for job in told.read:
        expected = commands[job.created].strip()
        assert told.crate.command_lines.get(job.record.external_id, "").strip() == expected


@every
def test_the_run_has_the_command_lines_and_the_versions_of_the_crate(version: str, name: str) -> None:
    told = case(version, name)
    versions = {row["tool_id"]: row["tool_version"] for row in told.said.crate_attributes()["jobs_attrs"]}
    for step in told.run.record.steps:
        if step.tool_id:
            assert step.tool_version == versions.get(step.tool_id, step.tool_version)
    for job in told.run.record.jobs:
        assert job.command_line == told.crate.command_lines.get(job.external_id, "").strip()


def test_the_crate_and_an_administrator_tell_the_same_command_but_for_paths() -> None:
    owner, admin = case("26.1", "a_linear"), case("26.1", "a_linear", "admin")
    read = {job.external_id: job.command_line for job in admin.run.record.jobs if job.command_line}
    assert read
    for job in owner.run.record.jobs:
        if job.external_id in read:
            assert job.command_line.split()[0] == read[job.external_id].split()[0]


def test_the_version_that_ran_wins_over_the_planned_one() -> None:
    told = case("26.1", "a_linear")
    attributes = told.said.crate_attributes()
    changed = [{**row, "tool_version": "9.9"} for row in attributes["jobs_attrs"]]
    facts = read_crate_facts({**attributes, "jobs_attrs": changed}, told.plan, told.read)
    assert set(facts.tool_versions.values()) == {"9.9"}


def test_jobs_without_datasets_are_found_by_tool_and_moment_if_that_is_one_alone() -> None:
    told = case("26.1", "b_mapped")
    attributes = told.said.crate_attributes()
    blind = [replace(job, uuids=()) for job in told.read]
    assert read_crate_facts(attributes, told.plan, blind) == told.crate
    alike = [replace(job, created="then", tool_id="same") for job in blind]
    rows = [{**row, "create_time": "then", "tool_id": "same"} for row in attributes["jobs_attrs"]]
    facts = read_crate_facts({**attributes, "jobs_attrs": rows}, told.plan, alike)
    assert (facts.tool_versions, facts.command_lines) == ({}, {})


def test_the_names_of_the_lists_may_have_their_ending() -> None:
    told = case("26.1", "a_linear")
    named = {f"{name}.txt": rows for name, rows in told.said.crate_attributes().items()}
    assert read_crate_facts(named, told.plan, told.read) == told.crate
    assert not read_crate_facts({}, told.plan, told.read).tool_versions
