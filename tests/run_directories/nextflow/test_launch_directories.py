"""Launch directories with histories and logs. They are made by hand, see ``conftest``; none of it is a recording."""

import os

import pytest

from run_directories.findings import Certainty, FoundRun, Role
from run_directories.nextflow import NextflowSniffer
from run_directories.sniffers import NotThisEngine, sniff
from tests.run_directories.nextflow.conftest import (
    FAILURE,
    GOODBYE,
    SESSION,
    TASKS,
    history,
    launch,
    log_lines,
)

LATER = 1607158755.0 + 3600
OK = f"2020-12-05 09:59:04|11.1s|irreverent_bernard|OK|25922a0ae6|{SESSION}|nextflow run main.nf --outdir results"


def read(directory, now: float = LATER) -> tuple[FoundRun, ...]:
    """The runs, an hour after the log was last written to."""
    return NextflowSniffer(now=lambda: now).read(directory)


def test_a_launch_directory_is_recognised_for_sure(tmp_path):
    assert NextflowSniffer().look(history(tmp_path, OK)).certainty == Certainty.SURE
    assert "1 runs" in NextflowSniffer().look(tmp_path).reason


def test_a_script_alone_is_no_run(tmp_path):
    (tmp_path / "main.nf").write_text("workflow { }")
    assert NextflowSniffer().look(tmp_path).certainty == Certainty.MAYBE
    with pytest.raises(NotThisEngine, match="no history, log, trace"):
        read(tmp_path)


def test_history_and_log_of_an_execution_are_one_run(tmp_path):
    (run,) = read(launch(history(tmp_path, OK), log_lines() + TASKS + GOODBYE))
    assert (run.status, run.status_basis) == ("SUCCESS", "REPORTED")
    assert run.external_id == f"{SESSION}/irreverent_bernard"
    assert run.workflow.engine_version == "23.10.1"
    assert run.run_environment["executors"] == ["slurm"]
    assert run.parameters == {"outdir": "results"}


def test_the_zone_follows_from_the_moments_that_the_log_tells_in_utc(tmp_path):
    (run,) = read(launch(history(tmp_path, OK), log_lines() + TASKS + GOODBYE))
    assert run.started_at.isoformat() == "2020-12-05T09:59:04+01:00"
    assert run.completed_at.isoformat() == "2020-12-05T09:59:15.100000+01:00"
    assert not [remark for remark in run.remarks if "no zone" in remark]


def test_without_such_a_moment_the_zone_is_assumed_and_said_to_be(tmp_path):
    (run,) = read(history(tmp_path, OK))
    assert run.started_at.replace(tzinfo=None).isoformat() == "2020-12-05T09:59:04"
    assert any("read as times of this machine" in remark for remark in run.remarks)
    assert any("log of this run is gone" in remark for remark in run.remarks)


def test_without_a_trace_the_log_tells_the_tasks(tmp_path):
    (run,) = read(launch(tmp_path, log_lines() + TASKS + GOODBYE))
    assert [(job.name, job.status, job.exit_code, job.external_id) for job in run.jobs] == [
        ("BLAST (one)", "SUCCESS", 0, "d4/783af2"),
        ("INDEX", "SUCCESS", None, "aa/111111"),
        ("BLAST (two)", "FAILED", 127, "b9/51bc58"),
    ]
    assert [(step.key, step.status) for step in run.steps] == [("BLAST", "FAILED"), ("INDEX", "SUCCESS")]
    assert run.jobs[1].message == "Taken from the cache of an earlier run."
    assert run.jobs[0].parameters == {"tag": "one"}


def test_goodbye_after_an_abort_is_no_success(tmp_path):
    (run,) = read(launch(tmp_path, log_lines() + TASKS + FAILURE + GOODBYE))
    assert (run.status, run.status_basis) == ("FAILED", "INFERRED")
    assert "terminated with an error exit status (127)" in run.message


def test_goodbye_alone_is_a_success(tmp_path):
    (run,) = read(launch(tmp_path, log_lines() + TASKS + GOODBYE))
    assert (run.status, run.status_basis) == ("SUCCESS", "INFERRED")


@pytest.mark.parametrize("signal", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_run_that_was_stopped_by_a_signal_is_cancelled_though_its_history_says_error(tmp_path, signal):
    stopped = [
        f"Dec-05 09:59:12.000 [SIGINT handler] DEBUG nextflow.Session - Session aborted -- Cause: {signal}"
    ]
    (run,) = read(
        launch(history(tmp_path, OK.replace("|OK|", "|ERR|")), log_lines() + TASKS + stopped + GOODBYE)
    )
    assert (run.status, run.message) == ("CANCELLED", signal)


def test_tasks_that_are_finished_before_the_end_belong_to_a_failed_run(tmp_path):
    finishing = [
        "Dec-05 09:59:11.000 [Task monitor] INFO  nextflow.Session - Execution cancelled -- Finishing pending tasks "
        "before exit"
    ]
    (run,) = read(launch(tmp_path, log_lines() + TASKS + finishing + GOODBYE))
    assert run.status == "FAILED"


def test_an_error_in_the_history_is_a_failure(tmp_path):
    (run,) = read(history(tmp_path, OK.replace("|OK|", "|ERR|")))
    assert (run.status, run.status_basis) == ("FAILED", "REPORTED")


def test_a_log_that_is_written_to_is_a_running_run_and_later_a_killed_one(tmp_path):
    directory = launch(
        history(tmp_path, OK.replace("|11.1s|", "|-|").replace("|OK|", "|-|")), log_lines() + TASKS[:3]
    )
    (running,) = read(directory, now=1607158755.0 + 60)
    assert (running.status, running.completed_at) == ("RUNNING", None)
    (later,) = read(directory)
    assert (later.status, later.status_basis) == ("UNKNOWN", "ASSUMED")
    assert running.external_id == later.external_id


def test_a_resumed_session_is_two_runs_each_with_its_log(tmp_path):
    again = OK.replace("09:59:04", "10:30:00").replace("irreverent_bernard", "mad_curie")
    history(tmp_path, OK.replace("|OK|", "|ERR|"), f"{again} -resume")
    launch(tmp_path, log_lines() + TASKS + FAILURE + GOODBYE, ".nextflow.log.1")
    launch(tmp_path, [line.replace("09:59", "10:30") for line in log_lines("mad_curie") + GOODBYE])
    newest, first = read(tmp_path)
    assert (newest.external_id, newest.status) == (f"{SESSION}/mad_curie", "SUCCESS")
    assert (first.external_id, first.status) == (f"{SESSION}/irreverent_bernard", "FAILED")
    assert "exit status (127)" in first.message
    assert any(job.exit_code == 127 for job in first.jobs)


def test_a_log_without_a_run_is_passed_over(tmp_path):
    launch(tmp_path, ["Dec-05 11:00:00.000 [main] DEBUG nextflow.cli.Launcher - $> nextflow log"])
    launch(tmp_path, log_lines() + GOODBYE, ".nextflow.log.1")
    (run,) = read(tmp_path)
    assert run.external_id == f"{SESSION}/irreverent_bernard"


@pytest.mark.parametrize("month", ["12月", "dic", "Dez", "déc"])
def test_months_are_read_in_the_language_of_the_machine(tmp_path, month):
    (run,) = read(
        launch(tmp_path, [line.replace("Dec-", f"{month}-") for line in log_lines() + TASKS + GOODBYE])
    )
    assert run.started_at.isoformat() == "2020-12-05T09:59:02.123000+01:00"


def test_a_log_that_was_copied_in_a_later_year_takes_the_year_of_the_history(tmp_path):
    log = launch(history(tmp_path, OK), log_lines() + TASKS[:3] + GOODBYE) / ".nextflow.log"
    os.utime(log, (1_700_000_000, 1_700_000_000))
    (run,) = read(tmp_path)
    assert run.jobs[0].started_at.year == 2020


def test_a_repository_is_known_by_its_address_revision_and_commit(tmp_path):
    lines = log_lines(project="nextflow-io/blast-example")
    lines[2] += " [master]"
    clone = (
        "Dec-05 09:59:03.828 [main] DEBUG nextflow.scm.AssetManager - Pulling nextflow-io/blast-example -- Using "
        "remote clone url: https://github.com/nextflow-io/blast-example.git"
    )
    (run,) = read(launch(tmp_path, [*lines[:2], clone, *lines[2:], *GOODBYE]))
    workflow = run.workflow
    assert (workflow.name, workflow.repository_url, workflow.commit_hash, workflow.version) == (
        "nextflow-io/blast-example", "https://github.com/nextflow-io/blast-example", "25922a0ae6", "master",
    )  # fmt: skip
    assert workflow.files == ()


def test_a_local_workflow_is_its_files_and_its_revision_no_commit(tmp_path):
    (tmp_path / "modules").mkdir()
    for name in ("main.nf", "modules/blast.nf", "README.md"):
        (tmp_path / name).write_text("// nothing")
    (tmp_path / "nextflow.config").write_text(
        "params.x = 1\nmanifest {\n  name = 'lab/blast'\n  version = \"1.2.0\"\n  license = 'MIT'\n}\n"
    )
    (run,) = read(launch(tmp_path, log_lines() + GOODBYE))
    workflow = run.workflow
    assert (workflow.name, workflow.version, workflow.license, workflow.commit_hash) == (
        "lab/blast",
        "1.2.0",
        "MIT",
        "",
    )
    assert {file.relative: file.file_type for file in workflow.files} == {
        "main.nf": "MAIN", "nextflow.config": "CONFIG", "modules/blast.nf": "OTHER", "README.md": "README",
    }  # fmt: skip


def test_inputs_are_what_parameters_and_sheets_name_and_outputs_what_was_published(tmp_path):
    for name in (
        "data/a_1.fq",
        "data/a_2.fq",
        "data/b.fq",
        "results/out.bam",
        "results/pipeline_info/x.html",
        "work/x",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "sheet.csv").write_text("sample,fastq\nb,data/b.fq\nc,/etc/passwd\n")
    command = "nextflow run main.nf --reads 'data/a_{1,2}.fq' --sheet sheet.csv --outdir results --other /etc/passwd"
    (run,) = read(history(tmp_path, OK.replace("nextflow run main.nf --outdir results", command)))
    by_role = {role: [file.relative for file in run.files if file.role == role] for role in Role}
    assert by_role[Role.INPUT] == ["data/a_1.fq", "data/a_2.fq", "sheet.csv", "data/b.fq"]
    assert by_role[Role.OUTPUT] == ["results/out.bam"]


def test_results_are_of_the_newest_run_only(tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "out.txt").write_text("x")
    history(tmp_path, OK, OK.replace("09:59:04", "10:30:00").replace("irreverent_bernard", "mad_curie"))
    newest, first = read(tmp_path)
    assert [file.relative for file in newest.files if file.role == Role.OUTPUT] == ["results/out.txt"]
    assert not [file for file in first.files if file.role == Role.OUTPUT]
    assert any("left to the newest run" in remark for remark in first.remarks)


def test_results_that_are_links_out_of_the_directory_are_not_followed(tmp_path):
    secret, directory = tmp_path / "secret.txt", tmp_path / "run"
    secret.write_text("not of this run")
    (directory / "results").mkdir(parents=True)
    (directory / "results" / "link.txt").symlink_to(secret)
    (run,) = read(history(directory, OK))
    assert not [file for file in run.files if file.role == Role.OUTPUT]


def test_results_that_are_links_into_work_are_followed(tmp_path):
    made = tmp_path / "work" / "d4" / "783af2" / "out.txt"
    made.parent.mkdir(parents=True)
    made.write_text("made")
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "out.txt").symlink_to(made)
    (run,) = read(history(tmp_path, OK))
    (output,) = [file for file in run.files if file.role == Role.OUTPUT]
    assert (output.relative, output.path.read_text()) == ("results/out.txt", "made")


def test_secrets_of_the_command_are_told_nowhere(tmp_path):
    (run,) = sniff(history(tmp_path, f"{OK} --api_key geheim42 --db-password=geheim43 --reads x.fq"))
    assert "geheim" not in repr(run)
    assert run.parameters["reads"] == "x.fq"
    assert any("api_key, db-password" in remark for remark in run.remarks)


def test_a_work_directory_gives_script_words_and_exit_code_in_bounds(tmp_path):
    work = tmp_path / "work" / "d4" / "783af283d4976d53c5696aea0b997b"
    work.mkdir(parents=True)
    (work / ".command.sh").write_text("#!/bin/bash -ue\nblast -in one\n")
    (work / ".command.out").write_text("x" * 100_000 + "the end")
    (work / ".command.err").write_text("a warning\n")
    (run,) = read(launch(tmp_path, log_lines() + TASKS + GOODBYE))
    job = run.jobs[0]
    assert (job.command_line, job.stderr, job.exit_code) == ("blast -in one", "a warning", 0)
    assert len(job.stdout) == 20 * 1024
    assert job.stdout.endswith("the end")


def test_words_that_are_a_link_elsewhere_are_not_read(tmp_path):
    secret, directory = tmp_path / "secret.txt", tmp_path / "run"
    secret.write_text("not of this run")
    work = directory / "work" / "d4" / "783af283d4976d53c5696aea0b997b"
    work.mkdir(parents=True)
    (work / ".command.out").symlink_to(secret)
    (run,) = read(launch(directory, log_lines() + TASKS + GOODBYE))
    assert run.jobs[0].stdout == ""


def test_when_enough_was_said_only_failed_tasks_are_heard(tmp_path, monkeypatch):
    monkeypatch.setattr("run_directories.nextflow.work.MOST_OF_ALL", 2)
    for name in ("aa/1111110000", "b9/51bc580000", "d4/783af20000"):
        (tmp_path / "work" / name).mkdir(parents=True)
        (tmp_path / "work" / name / ".command.out").write_text("said")
    (run,) = read(launch(tmp_path, log_lines() + TASKS + GOODBYE))
    assert [(job.name, job.stdout) for job in run.jobs] == [
        ("BLAST (one)", "said"), ("INDEX", ""), ("BLAST (two)", "said"),
    ]  # fmt: skip
    assert any("as there are too many" in remark for remark in run.remarks)
