"""Research objects that cwltool wrote: 3.3.20260925135507, and ``ro-old`` 3.1.20240508115724.

They are as the engine left them, but for paths of the machine, and without the tag manifests and those of PROV's
serialisations that say the same as the JSON. ``ro-cond`` was run with the zone Asia/Kolkata.
"""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from run_directories.cwl import CwlSniffer
from run_directories.findings import Certainty, FoundRun, Role
from run_directories.overrides import Overrides
from run_directories.planning import plan
from run_directories.sniffers import Unreadable

RECORDINGS = Path(__file__).parents[1] / "recordings" / "cwl"


def found(name: str) -> FoundRun:
    """The only run of a recording."""
    (run,) = CwlSniffer().read(RECORDINGS / name)
    return run


def copied(name: str, place: Path) -> Path:
    """A copy of a recording, to be spoilt."""
    return Path(shutil.copytree(RECORDINGS / name, place / name))


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("ro-*")), ids=lambda path: path.name)
def test_a_research_object_is_recognised_for_sure(path):
    verdict = CwlSniffer().look(path)
    assert verdict.certainty == Certainty.SURE
    assert "cwltool 3." in verdict.reason


@pytest.mark.parametrize("name", ["ro-ok", "ro-old"])
def test_a_scattered_run_has_a_job_for_each_input(name):
    run = found(name)
    assert (run.status, run.status_basis) == ("SUCCESS", "REPORTED")
    assert [(job.name, job.step) for job in run.jobs] == [
        ("sort", "sort"), ("sort_2", "sort"), ("count", "count"), ("count_2", "count"),
    ]  # fmt: skip
    assert [(step.key, step.tool_name, step.status) for step in run.steps] == [
        ("sort", "Sort lines", "SUCCESS"), ("count", "Count lines", "SUCCESS"),
    ]  # fmt: skip


def test_the_run_is_told_with_its_command_times_parameters_and_id():
    run = found("ro-ok")
    assert run.name == "Sort then count, scattered"
    assert run.external_id == "c76a07ff-a9e3-498c-8f63-7e0313e0f7c1"
    assert run.run_command.startswith("../v-cwl/bin/cwltool --no-container --provenance ro-ok")
    assert run.parameters == {"reverse": True, "label": "demo run"}
    assert run.started_at.isoformat() == "2026-11-21T02:30:04.518413+00:00"
    assert run.completed_at > run.started_at
    assert run.remarks == ()


def test_files_have_the_names_of_the_objects_and_the_content_of_the_payload():
    run = found("ro-ok")
    outputs = {file.relative: file.path.read_text() for file in run.files if file.role == Role.OUTPUT}
    assert list(outputs) == [
        "outputs/counts/sorted.count.txt", "outputs/counts/2/sorted.count.txt",
        "outputs/sorted/sorted.txt", "outputs/sorted/2/sorted.txt",
    ]  # fmt: skip
    assert outputs["outputs/sorted/sorted.txt"] == "".join(
        sorted((RECORDINGS / "plain-ok" / "one.fasta").read_text().splitlines(keepends=True), reverse=True)
    )
    assert {file.collection for file in run.files if file.role == Role.INPUT} == {"fasta"}


def test_what_one_job_made_another_used():
    sort, _, count, _ = found("ro-ok").jobs
    assert sort.used == ("inputs/fasta/one.fasta",)
    assert sort.made == count.used == ("outputs/sorted/sorted.txt",)
    assert count.made == ("outputs/counts/sorted.count.txt",)


def test_the_workflow_is_what_was_written_with_the_main_file_first_known_from_the_log():
    workflow = found("ro-ok").workflow
    assert (workflow.engine, workflow.engine_version) == ("CWL", "cwltool 3.3.20260925135507")
    assert workflow.description == "A tiny two-step workflow that scatters over input files."
    assert {file.relative: file.file_type for file in workflow.files} == {
        "workflow.cwl": "MAIN", "sort-tool.cwl": "OTHER", "wc-tool.cwl": "OTHER", "packed.cwl": "OTHER",
    }  # fmt: skip


def test_a_failed_run_is_failed_though_provenance_says_that_it_ended():
    run = found("ro-fail")
    assert (run.status, run.status_basis) == ("FAILED", "REPORTED")
    assert {job.name: (job.status, job.exit_code) for job in run.jobs} == {
        "sort": ("SUCCESS", None), "bad": ("FAILED", 3),
    }  # fmt: skip
    assert "Job bad: it exited with 3." in run.message
    assert "These outputs were not made: o." in run.message
    assert {step.key: step.status for step in run.steps} == {"sort": "SUCCESS", "bad": "FAILED"}


def test_after_an_exception_there_is_no_provenance_and_the_log_tells_what_was():
    run = found("ro-exception")
    assert run.status == "FAILED"
    assert "Expected value of 'infile' to have format" in run.message
    assert [(job.name, job.status) for job in run.jobs] == [("sort", "SUCCESS"), ("sort_2", "SUCCESS")]
    assert run.jobs[0].started_at.isoformat() == "2026-11-21T02:39:45.592000+00:00"
    assert {step.key: step.status for step in run.steps} == {"sort": "SUCCESS", "count": "FAILED"}
    assert "were not written" in run.remarks[0]
    assert not [file for file in run.files if file.role == Role.OUTPUT]


def test_a_bare_tool_is_one_step_with_one_job():
    run = found("ro-tool")
    assert [(step.key, step.tool_name) for step in run.steps] == [("main", "Sort lines")]
    (job,) = run.jobs
    assert (job.step, job.status) == ("main", "SUCCESS")
    assert job.command_line.startswith("sort /tmp/")
    assert (job.used, job.made) == (("inputs/infile/one.fasta",), ("outputs/sorted/sorted.txt",))


def test_jobs_of_a_nested_workflow_hang_on_its_inner_step():
    run = found("ro-nested")
    assert [(step.key, step.parent) for step in run.steps] == [
        ("inner", ""),
        ("count", ""),
        ("inner/sort", "inner"),
    ]
    assert [(job.name, job.step) for job in run.jobs] == [
        ("sort", "inner/sort"), ("sort_2", "inner/sort"), ("count", "count"),
    ]  # fmt: skip
    assert run.jobs[1].used == ("inputs/fasta/two.fasta",)
    assert run.jobs[1].made == ("outputs/sorted/2/sorted.txt",)


def test_times_get_the_zone_in_which_the_engine_ran():
    run = found("ro-cond")
    assert run.started_at.utcoffset() == timedelta(hours=5, minutes=30)
    assert run.started_at.isoformat() == "2026-11-21T22:16:37.237531+05:30"
    assert all(job.started_at.utcoffset() == timedelta(hours=5, minutes=30) for job in run.jobs)
    assert run.remarks == ()


def test_without_a_log_the_zone_is_this_machines_and_said_to_be(tmp_path):
    place = copied("ro-cond", tmp_path)
    shutil.rmtree(place / "metadata" / "logs")
    (run,) = CwlSniffer().read(place)
    assert run.started_at.replace(tzinfo=None).isoformat() == "2026-11-21T22:16:37.237531"
    assert "read as times of this machine" in run.remarks[0]


def test_a_step_that_was_not_wanted_is_skipped_and_its_null_output_is_no_failure():
    run = found("ro-cond")
    assert run.status == "SUCCESS"
    assert {step.key: step.status for step in run.steps} == {
        "sort": "SUCCESS", "extra": "SKIPPED", "count": "SUCCESS",
    }  # fmt: skip
    assert run.parameters == {"wanted": False, "settings": {"deep": [1, 2]}}
    assert run.run_environment["host"] == "localhost"


def test_a_file_between_two_steps_is_known_but_no_output():
    run = found("ro-cond")
    (between,) = [file for file in run.files if file.role == Role.IGNORED]
    assert between.relative == "intermediate/sort/sorted.txt"
    assert [job.used for job in run.jobs] == [("inputs/fasta/one.fasta",), (between.relative,)]


def test_a_declared_image_is_the_steps_and_not_the_jobs_that_ran_without_it():
    run = found("ro-cond")
    assert {step.key: step.container_image for step in run.steps}[
        "count"
    ] == "quay.io/biocontainers/coreutils:9.1"
    assert {job.container_image for job in run.jobs} == {""}


def test_a_folder_and_a_file_with_companions_are_a_dataset_each():
    run = found("ro-tree")
    assert {file.relative: file.dataset for file in run.files if file.role == Role.OUTPUT} == {
        "outputs/folder/made/deep/b.txt": "made",
        "outputs/folder/made/a.txt": "made",
        "outputs/reads/main.bam": "main.bam",
        "outputs/reads/main.bam.bai": "main.bam",
    }
    assert (run.steps[0].container_image, run.steps[0].tool_version) == ("debian:12-slim", "9.1")


def test_files_of_the_same_content_are_kept_once_and_said_to_be():
    run = found("ro-tree")
    assert len({file.path for file in run.files if file.role in (Role.INPUT, Role.OUTPUT)}) == 1
    assert run.remarks == (
        "4 files have the content of another; the research object keeps it once, and so will the registry.",
    )


def test_in_a_plan_the_payload_bears_the_name_that_it_had():
    run = found("ro-ok")
    made = plan(run, Overrides(), RECORDINGS / "ro-ok").body("")
    names = [
        file["name"]
        for dataset in made["datasets"]
        for file in dataset["datafiles"]
        if file["uri"].startswith("data/")
    ]
    assert sorted(names) == ["one.fasta", *["sorted.count.txt"] * 2, *["sorted.txt"] * 2, "two.fasta"]


def test_silence_is_no_success(tmp_path):
    place = copied("ro-ok", tmp_path)
    shutil.rmtree(place / "metadata" / "logs")
    (run,) = CwlSniffer().read(place)
    assert (run.status, run.status_basis) == ("UNKNOWN", "ASSUMED")


def test_without_a_log_a_missing_output_is_a_failure(tmp_path):
    place = copied("ro-fail", tmp_path)
    shutil.rmtree(place / "metadata" / "logs")
    (run,) = CwlSniffer().read(place)
    assert (run.status, run.status_basis) == ("FAILED", "INFERRED")


def test_a_file_that_was_lost_is_a_remark(tmp_path):
    place = copied("ro-tool", tmp_path)
    (place / "data" / "12" / "120f577cc30bacff4cfba6ad9150c25032b80467").unlink()
    (run,) = CwlSniffer().read(place)
    assert "1 files are named but not in the research object: sorted/sorted.txt." in run.remarks


def test_a_payload_that_is_a_link_out_of_the_object_is_not_followed(tmp_path):
    place, secret = copied("ro-tool", tmp_path), tmp_path / "secret.txt"
    secret.write_text("not of this run")
    payload = place / "data" / "12" / "120f577cc30bacff4cfba6ad9150c25032b80467"
    payload.unlink()
    payload.symlink_to(secret)
    (run,) = CwlSniffer().read(place)
    assert not [file for file in run.files if file.role == Role.OUTPUT]


def test_a_location_that_leads_out_of_the_object_is_not_followed(tmp_path):
    place, secret = copied("ro-tool", tmp_path), tmp_path / "secret.txt"
    secret.write_text("not of this run")
    outputs = {"o": {"class": "File", "location": "../data/../../secret.txt", "basename": "secret.txt"}}
    (place / "workflow" / "primary-output.json").write_text(json.dumps(outputs))
    (run,) = CwlSniffer().read(place)
    assert not [file for file in run.files if file.role == Role.OUTPUT]


def test_a_file_that_was_cut_off_is_said_so_in_one_sentence(tmp_path):
    place = copied("ro-ok", tmp_path)
    (place / "workflow" / "primary-output.json").write_text('{"counts": [')
    with pytest.raises(Unreadable, match=r"primary-output\.json is no readable JSON"):
        CwlSniffer().read(place)


def test_a_bag_without_an_id_is_unreadable(tmp_path):
    place = copied("ro-exception", tmp_path)
    (place / "bag-info.txt").write_text("Payload-Oxum: 56.5\n")
    with pytest.raises(Unreadable, match="does not name the run"):
        CwlSniffer().read(place)
