"""Exports that are broken, cut, made by hand, or of something else than an invocation."""

import json
from pathlib import Path

import pytest

from run_directories.findings import Certainty
from run_directories.galaxy import GalaxySniffer
from run_directories.galaxy.statuses import has_ended, status_of_all, status_of_run
from run_directories.sniffers import NotThisEngine, Unreadable
from tests.run_directories.galaxy.conftest import changed


def test_a_directory_without_the_lists_is_none_of_galaxys(tmp_path):
    assert GalaxySniffer().look(tmp_path).certainty == Certainty.NO
    with pytest.raises(NotThisEngine, match="no export of Galaxy"):
        GalaxySniffer().read(tmp_path)


def test_a_file_is_none_of_galaxys(tmp_path):
    (tmp_path / "export.zip").write_bytes(b"PK")
    assert GalaxySniffer().look(tmp_path / "export.zip").certainty == Certainty.NO


@pytest.mark.parametrize("told", ["", "[]", "[\n]\n"])
def test_the_export_of_a_history_without_invocations_is_left_to_others(tmp_path, told):
    (tmp_path / "export_attrs.txt").write_text('{"galaxy_export_version": "2"}')
    (tmp_path / "invocation_attrs.txt").write_text(told)
    assert GalaxySniffer().look(tmp_path).certainty == Certainty.NO


def test_a_list_that_was_cut_off_cannot_be_read(unpacked):
    directory = unpacked("26.1", "a_linear")
    whole = (directory / "jobs_attrs.txt").read_text()
    (directory / "jobs_attrs.txt").write_text(whole[:500])
    with pytest.raises(Unreadable, match="cut off"):
        GalaxySniffer().read(directory)


def test_what_is_no_list_cannot_be_read(unpacked):
    directory = unpacked("26.1", "a_linear")
    (directory / "datasets_attrs.txt").write_text("{}")
    with pytest.raises(Unreadable, match="holds no list"):
        GalaxySniffer().read(directory)


@pytest.mark.parametrize("way", ["up", "link"])
def test_a_file_that_would_lie_outside_is_left_out_and_said(unpacked, tmp_path, way):
    (tmp_path / "secret.txt").write_text("secret")
    directory = unpacked("26.1", "a_linear")
    (directory / "datasets" / "link").symlink_to(tmp_path / "secret.txt")
    name = "../secret.txt" if way == "up" else "datasets/link"
    changed(directory, "datasets_attrs.txt", lambda told: told[0].update(file_name=name))
    (run,) = GalaxySniffer().read(directory)
    assert len(run.files) == 3
    assert not any(file.path.name in ("secret.txt", "link") for file in run.files)
    assert any("would lie outside" in remark for remark in run.remarks)


def test_a_workflow_file_outside_of_the_export_is_not_read(unpacked, tmp_path):
    (tmp_path / "other.ga").write_text('{"name": "Other"}')
    directory = unpacked("26.1", "a_linear")
    changed(directory, "invocation_attrs.txt", lambda told: told[0].update(workflow="../../other"))
    (run,) = GalaxySniffer().read(directory)
    assert run.workflow is None
    assert run.name.startswith("Galaxy workflow")
    assert any("called after their places" in remark for remark in run.remarks)
    assert [step.name for step in run.steps] == ["Step 2", "Step 3", "Step 4"]
    assert [step.tool_id for step in run.steps] == ["Grep1", "sort1", "Show beginning1"]


@pytest.mark.parametrize("name", ["datasets/a\0b", "datasets/\ud800"])
def test_what_cannot_be_the_name_of_a_file_is_left_out(unpacked, name):
    directory = unpacked("26.1", "a_linear")
    changed(directory, "datasets_attrs.txt", lambda told: told[0].update(file_name=name))
    changed(directory, "invocation_attrs.txt", lambda told: told[0].update(workflow=name))
    (run,) = GalaxySniffer().read(directory)
    assert len(run.files) == 3
    assert run.workflow is None


def without_uuid(jobs):
    """Take the invocation's UUID out of the jobs."""
    for job in jobs:
        job["params"].pop("__workflow_invocation_uuid__", None)


def test_without_a_uuid_the_run_is_known_by_its_workflow_and_start(unpacked):
    directory = changed(unpacked("26.1", "a_linear"), "jobs_attrs.txt", without_uuid)
    (first,), (second,) = GalaxySniffer().read(directory), GalaxySniffer().read(directory)
    assert first.external_id == second.external_id
    assert first.external_id.startswith("sha256:")
    assert any("does not tell the invocation's UUID" in remark for remark in first.remarks)


def test_the_jobs_of_a_subworkflow_do_not_tell_the_uuid_of_the_run(unpacked):
    directory = unpacked("26.1", "b_mapped")
    nested = "07462f80e55711f19a8002fc00000001"

    def only_nested(jobs):
        without_uuid([job for job in jobs if job["params"].get("__workflow_invocation_uuid__") != nested])

    (run,) = GalaxySniffer().read(changed(directory, "jobs_attrs.txt", only_nested))
    assert run.external_id.startswith("sha256:")


def test_a_job_that_goes_on_makes_the_run_running_and_without_an_end(unpacked):
    def go_on(jobs):
        for job in jobs:
            if job["tool_id"] == "Show beginning1":
                job.update(state="running", exit_code=None)

    (run,) = GalaxySniffer().read(changed(unpacked("26.1", "a_linear"), "jobs_attrs.txt", go_on))
    assert (run.status, run.completed_at) == ("RUNNING", None)
    assert run.jobs[2].status == "RUNNING"
    assert run.jobs[2].started_at is not None
    assert run.jobs[2].completed_at is None


def test_a_job_that_the_export_lacks_leaves_the_run_unknown(unpacked):
    directory = unpacked("26.1", "a_linear")
    changed(directory, "jobs_attrs.txt", lambda jobs: jobs.remove(by_tool(jobs, "sort1")))
    (run,) = GalaxySniffer().read(directory)
    assert (run.status, run.status_basis) == ("UNKNOWN", "ASSUMED")
    assert [step.status for step in run.steps] == ["SUCCESS", "UNKNOWN", "SUCCESS"]


def by_tool(jobs, tool):
    """The job of a tool."""
    return next(job for job in jobs if job["tool_id"] == tool)


def test_two_invocations_are_two_runs_the_newest_first(unpacked):
    directory = unpacked("26.1", "a_linear")

    def add_one(told):
        later = json.loads(json.dumps(told[0]))
        told.append({**later, "encoded_id": "another", "create_time": "2026-11-22 01:00:00.000001"})

    first, second = GalaxySniffer().read(changed(directory, "invocation_attrs.txt", add_one))
    assert first.started_at > second.started_at


def test_an_invocation_that_is_nested_in_itself_is_read_once(unpacked):
    directory = unpacked("26.1", "b_mapped")

    def nest(told):
        inner = next(one for one in told if not one["subworkflow_invocations"])
        again = {"encoded_id": inner["encoded_id"]}
        inner["subworkflow_invocations"] = [
            {"order_index": place, "subworkflow_invocation": again} for place in (2, 3)
        ]

    (run,) = GalaxySniffer().read(changed(directory, "invocation_attrs.txt", nest))
    assert [step.key for step in run.steps] == ["3", "4", "5", "6", "6.2", "6.3", "7"]


def test_collections_within_collections_are_followed(unpacked):
    directory = unpacked("26.1", "b_mapped")

    def wrap(told):
        samples = next(one for one in told if one["display_name"] == "samples")
        inner = {"model_class": "DatasetCollection", "encoded_id": "inner"}
        told.append({**inner, "elements": samples["collection"]["elements"]})
        samples["collection"]["elements"] = [{"element_identifier": "spring", "child_collection": inner}]

    (run,) = GalaxySniffer().read(changed(directory, "collections_attrs.txt", wrap))
    named = [file.dataset for file in run.files if file.collection == "samples"]
    assert named == [f"samples/spring/sample_{number}" for number in range(4)]


def test_two_collections_of_one_name_stay_two(unpacked):
    directory = unpacked("26.1", "b_mapped")

    def rename(told):
        for one in told:
            one["display_name"] = "Table"

    (run,) = GalaxySniffer().read(changed(directory, "collections_attrs.txt", rename))
    named = {file.collection for file in run.files} - {""}
    assert {"samples", "Table", "Table (2)"} <= named
    assert len({file.dataset for file in run.files}) == 25


def test_conditionals_are_decoded_and_datasets_left_to_what_was_used(unpacked):
    given = {
        "how": '{"__current_case__": 1, "mode": "fast", "table": {"values": [{"id": "a", "src": "hda"}]}}',
        "threshold": "5",
        "dbkey": "hg38",
        "__page__": 0,
    }
    directory = unpacked("26.1", "a_linear")
    changed(directory, "jobs_attrs.txt", lambda jobs: by_tool(jobs, "sort1")["params"].update(given))
    (run,) = GalaxySniffer().read(directory)
    told = run.jobs[1].parameters
    assert (told["how"], told["threshold"]) == ({"mode": "fast"}, "5")
    assert not {"dbkey", "__page__", "input", "chromInfo"} & told.keys()


@pytest.mark.parametrize(
    ("state", "jobs", "is_complete", "status"),
    [
        ("new", set(), False, "PENDING"),
        ("ready", {"ok"}, False, "RUNNING"),
        ("scheduled", {"ok", "queued"}, True, "RUNNING"),
        ("scheduled", {"ok", "paused"}, True, "PAUSED"),
        ("scheduled", {"ok", "skipped"}, True, "SUCCESS"),
        ("scheduled", {"skipped"}, True, "SUCCESS"),
        ("scheduled", {"ok", "deleted"}, True, "CANCELLED"),
        ("scheduled", set(), True, "SUCCESS"),
        ("scheduled", set(), False, "UNKNOWN"),
        ("cancelling", {"running"}, True, "CANCELLED"),
        ("something new", {"ok"}, True, "UNKNOWN"),
        ("scheduled", {"ok", "something new"}, True, "UNKNOWN"),
    ],
)
def test_the_status_of_a_run_follows_from_its_state_and_those_of_its_jobs(state, jobs, is_complete, status):
    assert status_of_run(state, set(), jobs, is_complete)[0] == status


def test_a_step_stands_as_what_goes_on_else_as_the_worst_of_its_jobs():
    assert status_of_all(["SUCCESS", "PENDING"]) == "RUNNING"
    assert status_of_all(["PENDING"]) == "PENDING"
    assert status_of_all(["SUCCESS", "CANCELLED", "FAILED"]) == "FAILED"
    assert status_of_all(["SKIPPED", "SKIPPED"]) == "SKIPPED"
    assert status_of_all(["SUCCESS", "SKIPPED"]) == "SUCCESS"
    assert status_of_all([]) == "UNKNOWN"


def test_a_run_has_ended_when_nothing_goes_on():
    assert has_ended("scheduled", set(), {"ok"})
    assert not has_ended("scheduled", {"new"}, {"ok"})
    assert not has_ended("cancelling", set(), set())
    assert has_ended("cancelled", {"new"}, {"deleted"})


def test_an_export_is_a_directory_even_where_its_path_is_odd(unpacked):
    directory = unpacked("26.1", "a_linear")
    moved = directory.rename(Path(directory.parent) / "export ünd #1")
    assert GalaxySniffer().look(moved).certainty == Certainty.SURE
