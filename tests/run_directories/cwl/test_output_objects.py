"""What cwltool 3.3 and toil 9.6 left without ``--provenance``; only paths of the machine were replaced."""

import json
import shutil
from pathlib import Path

import pytest

from run_directories.cwl import CwlSniffer
from run_directories.findings import Certainty, FoundRun, Role
from run_directories.sniffers import NotThisEngine

RECORDINGS = Path(__file__).parents[1] / "recordings" / "cwl"


def found(name: str) -> FoundRun:
    """The only run of a recording."""
    (run,) = CwlSniffer().read(RECORDINGS / name)
    return run


@pytest.mark.parametrize("name", ["plain-ok", "plain-fail", "toil-ok", "toil-fail"])
def test_outputs_with_a_log_are_likely_a_run(name):
    assert CwlSniffer().look(RECORDINGS / name).certainty == Certainty.LIKELY


def test_outputs_are_found_in_a_directory_that_was_moved():
    run = found("plain-ok")
    assert run.status == "SUCCESS"
    outputs = {file.relative: file.collection for file in run.files if file.role == Role.OUTPUT}
    assert outputs == {
        "sorted.count.txt": "counts", "sorted.count.txt_2": "counts", "sorted.txt": "sorted", "sorted.txt_2": "sorted",
    }  # fmt: skip


def test_the_only_fitting_file_gives_the_inputs():
    run = found("plain-ok")
    assert run.parameters == {"reverse": True, "label": "demo run"}
    assert [file.relative for file in run.files if file.role == Role.INPUT] == ["one.fasta", "two.fasta"]
    assert any("job.yml was taken for the job's inputs" in remark for remark in run.remarks)


def test_jobs_times_and_steps_come_from_the_log_and_the_workflow_beside_it():
    run = found("plain-ok")
    assert run.started_at.replace(tzinfo=None).isoformat() == "2026-11-21T16:43:58"
    assert any("read as times of this machine" in remark for remark in run.remarks)
    assert [(job.name, job.step) for job in run.jobs] == [
        ("sort", "sort"), ("sort_2", "sort"), ("count", "count"), ("count_2", "count"),
    ]  # fmt: skip
    assert {file.relative: file.file_type for file in run.workflow.files} == {
        "workflow.cwl": "MAIN", "sort-tool.cwl": "OTHER", "wc-tool.cwl": "OTHER",
    }  # fmt: skip


def test_a_failed_job_has_its_exit_code_and_what_it_said():
    run = found("plain-fail")
    assert run.status == "FAILED"
    bad = run.jobs[1]
    assert (bad.status, bad.exit_code, bad.stderr, bad.command_line) == (
        "FAILED", 3, "going wrong", "sh -c 'echo going wrong >&2; exit 3'",
    )  # fmt: skip
    assert any("Nothing says when it ran" in remark for remark in run.remarks)


def test_toil_gives_a_run_its_id_its_host_and_times_with_a_zone():
    run = found("toil-ok")
    assert (run.status, run.external_id) == ("SUCCESS", "6065ddb4-fc70-4751-a538-80c73d8621e3")
    assert (run.workflow.engine_version, run.run_environment) == ("toil 9.6.0", {"host": "vm"})
    assert run.completed_at.isoformat() == "2026-11-21T16:52:32+00:00"
    assert sorted((job.step, job.status) for job in run.jobs) == [
        ("count", "SUCCESS"), ("count", "SUCCESS"), ("sort", "SUCCESS"), ("sort", "SUCCESS"),
    ]  # fmt: skip


def test_a_failed_run_of_toil_has_no_outputs_and_the_workers_words():
    run = found("toil-fail")
    assert (run.status, run.message.splitlines()[0]) == ("FAILED", "Finished toil run with 2 failed jobs.")
    assert [(job.step, job.status, job.exit_code) for job in run.jobs] == [
        ("sort", "SUCCESS", None), ("bad", "FAILED", 3),
    ]  # fmt: skip
    assert run.completed_at.isoformat() == "2026-11-21T16:52:42+00:00"


def test_a_log_that_does_not_end_is_a_run_whose_end_is_unknown(tmp_path):
    log = (RECORDINGS / "plain-ok" / "cwltool.log").read_text().splitlines()
    (tmp_path / "cwltool.log").write_text("\n".join(log[:8]))
    (run,) = CwlSniffer().read(tmp_path)
    assert (run.status, run.completed_at) == ("UNKNOWN", None)


def test_the_id_stays_while_the_log_grows(tmp_path):
    log = (RECORDINGS / "plain-ok" / "cwltool.log").read_text().splitlines()
    (tmp_path / "cwltool.log").write_text("\n".join(log[:8]))
    (running,) = CwlSniffer().read(tmp_path)
    assert running.external_id == found("plain-ok").external_id != found("plain-fail").external_id


def test_outputs_without_a_log_are_no_success(tmp_path):
    shutil.copy(RECORDINGS / "plain-ok" / "outputs.json", tmp_path)
    assert CwlSniffer().look(tmp_path).certainty == Certainty.MAYBE
    (run,) = CwlSniffer().read(tmp_path)
    assert (run.status, run.status_basis) == ("UNKNOWN", "ASSUMED")
    assert "4 outputs are not where they are said to lie" in run.remarks[-1]


def test_an_output_elsewhere_is_marked_as_outside(tmp_path):
    elsewhere, here = tmp_path / "elsewhere.txt", tmp_path / "run"
    elsewhere.write_text("made")
    here.mkdir()
    member = {"class": "File", "location": elsewhere.as_uri(), "checksum": "sha1$0", "size": 4}
    (here / "outputs.json").write_text(json.dumps({"o": member}))
    (run,) = CwlSniffer().read(here)
    assert [(file.is_outside, file.relative) for file in run.files if file.role == Role.OUTPUT] == [
        (True, "o/elsewhere.txt")
    ]


def test_several_runs_in_a_directory_are_told_apart_by_their_names(tmp_path):
    for name in ("ok", "fail"):
        shutil.copy(RECORDINGS / f"plain-{name}" / "outputs.json", tmp_path / f"{name}.stdout.json")
        shutil.copy(RECORDINGS / f"plain-{name}" / "cwltool.log", tmp_path / f"{name}.stderr.log")
    runs = CwlSniffer().read(tmp_path)
    assert sorted(run.status for run in runs) == ["FAILED", "SUCCESS"]
    assert len({run.external_id for run in runs}) == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("job.json", '{"fasta": {"class": "File", "path": "one.fasta"}}'),
        ("data.json", '{"a": [1, 2]}'),
        ("broken.json", '{"class": "File", '),
        ("notes.txt", "workflow.cwl is to be run tomorrow"),
    ],
)
def test_what_only_looks_alike_is_no_run(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    assert CwlSniffer().look(tmp_path).certainty == Certainty.NO
    with pytest.raises(NotThisEngine, match="neither outputs nor a log"):
        CwlSniffer().read(tmp_path)


def test_a_job_of_aliases_is_not_unfolded(tmp_path):
    shutil.copytree(RECORDINGS / "plain-ok", tmp_path, dirs_exist_ok=True)
    doubled = [f"  a{number}: &a{number} [*a{number - 1}, *a{number - 1}]" for number in range(1, 60)]
    (tmp_path / "job.yml").write_text("\n".join(["fasta: []", "label:", "  a0: &a0 [x, x]", *doubled]))
    (run,) = CwlSniffer().read(tmp_path)
    assert (run.status, run.parameters) == ("SUCCESS", {})
