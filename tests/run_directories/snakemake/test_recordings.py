"""What is read of directories that the real engine left behind is what the engine did."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from run_directories.findings import Certainty, FoundFile, FoundJob, FoundRun
from run_directories.sniffers import NotThisEngine
from tests.run_directories.snakemake.conftest import sniffer

WITH_LOGS = ["7.32.4-rich", "8.25.5-rich", "9.27.1-rich"]
RETRIED = ["7.32.4-retried", "8.25.5-retried", "9.11.9-retried", "9.27.1-retried"]
NOTE = (
    "results/{}, a note with a name that is much longer than what a file system would ever take for one name once "
    "it has been spelled in base 64, as the engine does with each output/of/{}.txt"
)


def by_name(run: FoundRun) -> dict[str, FoundJob]:
    """The jobs by name, of several attempts the last."""
    return {job.name: job for job in run.jobs}


def by_path(run: FoundRun) -> dict[str, FoundFile]:
    return {file.relative: file for file in run.files}


def roles(run: FoundRun) -> dict[str, str]:
    return {file.relative: str(file.role) for file in run.files}


# --- a run that succeeded -------------------------------------------------------------------------------------


def test_a_header_tells_whose_run_it_was_and_with_which_command(runs):
    (run,) = runs("9.27.1-ok")
    assert run.status == "SUCCESS"
    assert run.external_id == "39dcd096-038e-4f02-a6a3-699ec14bc02c"
    assert run.run_command == "../v-snake/bin/snakemake --cores 2 -p"
    assert run.workflow
    assert run.workflow.engine_version == "9.27.1"
    assert run.parameters == {"samples": ["A", "B"], "extra": "-r"}
    assert run.run_environment["host"] == "vm"
    assert run.started_at == datetime(2026, 11, 21, 2, 27, 34, 304551, tzinfo=UTC)
    assert (run.completed_at - run.started_at).total_seconds() == 4.792331


def test_calls_that_only_look_or_report_are_no_runs(runs, recorded):
    assert len(runs("9.27.1-ok")) == 1
    logs = sorted((recorded("9.27.1-failed").parent / "9.27.1-ok" / ".snakemake" / "log").iterdir())
    logs[0].unlink()
    directory = logs[0].parents[2]
    with pytest.raises(NotThisEngine, match="only looked"):
        sniffer().read(directory)


def test_jobs_have_their_times_commands_and_measures(runs):
    job = by_name(runs("9.27.1-ok")[0])["sort_reads (sample=B)"]
    assert (job.status, job.exit_code, job.step, job.external_id) == ("SUCCESS", 0, "sort_reads", "3")
    assert job.command_line.startswith("sort -r data/B.txt > results/B.sorted.txt 2> logs/sort_reads/B.log")
    assert job.resources["threads"] == 2
    assert job.resources["requested_memory_bytes"] == 100_000_000
    assert job.resources["requested_runtime_minutes"] == 5
    assert job.resources["wall_seconds"] > 0.2
    assert job.resources["max_rss_bytes"] == round(0.92 * 2**20)
    assert job.parameters == {"sample": "B", "params": ["-r"]}
    assert job.started_at.replace(microsecond=0) == datetime(2026, 11, 21, 2, 27, 34, tzinfo=UTC)
    assert job.started_at < job.completed_at


def test_an_end_before_the_start_in_the_records_is_not_believed(runs):
    count = by_name(runs("9.27.1-ok")[0])["count"]
    assert (count.started_at.second, count.completed_at.second) == (35, 39)
    assert count.exit_code is None  # Python code has none


def test_jobs_come_after_those_whose_files_they_took(runs):
    jobs = by_name(runs("9.27.1-ok")[0])
    assert jobs["count"].after == ("2", "3")
    assert jobs["all"].after == ("1",)
    assert jobs["sort_reads (sample=A)"].after == ()


def test_files_are_told_by_what_they_were_to_the_run(runs):
    found = roles(runs("9.27.1-ok")[0])
    assert found == {
        "config/config.yaml": "CONFIG",
        "data/A.txt": "INPUT",
        "data/B.txt": "INPUT",
        "results/A.sorted.txt": "OUTPUT",
        "results/B.sorted.txt": "OUTPUT",
        "results/report.tsv": "OUTPUT",
        "logs/sort_reads/A.log": "LOG",
        "logs/sort_reads/B.log": "LOG",
        "logs/count.log": "LOG",
        "benchmarks/sort_reads/A.tsv": "REPORT",
        "benchmarks/sort_reads/B.tsv": "REPORT",
        ".snakemake/log/2026-11-21T022734.304551.snakemake.log": "LOG",
    }


def test_results_on_the_way_stand_in_a_collection_of_their_own(runs):
    files = by_path(runs("9.27.1-ok")[0])
    assert files["results/A.sorted.txt"].collection == "intermediate files"
    assert files["results/report.tsv"].collection == ""


def test_the_engines_report_is_found_by_its_title(recorded):
    directory = recorded("9.27.1-ok")
    (directory / "report.html").write_text("<html><head><title>Snakemake Report</title>")
    (directory / "results" / "qc.html").write_text("<html><title>Quality</title>")
    (run,) = sniffer().read(directory)
    assert roles(run)["report.html"] == "REPORT"
    assert "results/qc.html" not in roles(run)


# --- runs that failed -----------------------------------------------------------------------------------------


def test_a_failed_job_is_failed_whatever_its_record_says(runs):
    (run,) = runs("9.27.1-failed")
    broken = by_name(run)["broken"]
    assert run.status == broken.status == "FAILED"
    assert broken.exit_code == 7
    assert broken.stderr == "boom\n"
    assert broken.command_line == "echo boom | tee logs/broken.log >&2; exit 7"
    assert run.message.startswith("Error in rule broken: ")
    assert "non-zero exit status 7" in run.message
    assert "results/final.txt" not in roles(run)


def test_steps_that_were_never_reached_are_skipped(runs):
    (run,) = runs("9.27.1-failed")
    assert {step.key: step.status for step in run.steps} == {
        "sort_reads": "SUCCESS",
        "count": "SUCCESS",
        "broken": "FAILED",
        "all": "SKIPPED",
    }


@pytest.mark.parametrize("name", RETRIED)
def test_each_attempt_is_told(runs, name):
    (run,) = runs(name)
    attempts = [(job.attempt, job.status) for job in run.jobs if job.name == "make (name=bad)"]
    assert attempts == [(1, "FAILED"), (2, "FAILED")]
    assert by_name(run)["make (name=good)"].status == "SUCCESS"
    assert by_name(run)["make (name=bad)"].stderr == "what went wrong\n"
    assert by_name(run)["make (name=bad)"].command_line.count("cp data/bad.txt") == 1
    assert run.status == "FAILED"


@pytest.mark.parametrize("name", ["9.11.9-retried", "9.27.1-retried"])
def test_newer_engines_tell_the_exit_code_of_each_attempt(runs, name):
    assert [job.exit_code for job in runs(name)[0].jobs if job.name == "make (name=bad)"] == [1, 1]


# --- several invocations, three generations of the engine -----------------------------------------------------


@pytest.mark.parametrize("name", WITH_LOGS)
def test_each_invocation_is_a_run(runs, name):
    again, nothing, first = runs(name)
    assert [run.status for run in (again, nothing, first)] == ["SUCCESS"] * 3
    assert nothing.jobs == ()
    assert nothing.message.startswith("Nothing to be done")
    assert len({run.external_id for run in (again, nothing, first)}) == 3
    assert first.started_at < nothing.started_at < again.started_at


@pytest.mark.parametrize("name", WITH_LOGS)
def test_all_jobs_are_told_also_those_with_a_message_of_their_own(runs, name):
    again, _, first = runs(name)
    assert sorted(by_name(first)) == sorted(
        ["all", "report", "split", "total", "sort_reads (sample=A)", "sort_reads (sample=B)"]
        + [f"count_part (name=part_a{letter})" for letter in "abcd"]
    )
    assert sorted(by_name(again)) == ["report", "sort_reads (sample=A)", "sort_reads (sample=B)"]
    report = by_name(again)["report"]
    assert report.message == "Counting lines"
    assert report.used == ("results/A.sorted.txt", "results/B.sorted.txt")
    assert report.made == ("results/report.tsv",)


@pytest.mark.parametrize("name", [*WITH_LOGS, "9.27.1-database"])
def test_names_with_commas_are_one_name(runs, name):
    job = by_name(runs(name)[0])["sort_reads (sample=A)"]
    assert job.made == ("results/A.sorted.txt", NOTE.format("A", "A"))
    assert job.parameters["params"][1] == "a, b=c"


@pytest.mark.parametrize("name", WITH_LOGS)
def test_files_that_were_made_anew_are_not_those_of_the_earlier_run(runs, name):
    again, _, first = runs(name)
    assert "results/report.tsv" in roles(again)
    assert "results/report.tsv" not in roles(first)
    assert "results/total.txt" in roles(first)
    assert "benchmarks/sort_reads/A.tsv" not in roles(first)
    assert "max_rss_bytes" not in by_name(first)["sort_reads (sample=A)"].resources
    assert any("Made anew since" in remark for remark in first.remarks)


@pytest.mark.parametrize("name", WITH_LOGS)
def test_a_checkpoints_directory_is_one_dataset_and_its_users_come_after_it(runs, name):
    first = runs(name)[-1]
    split = by_path(first)["results/split"]
    assert split.path.is_dir()
    assert split.dataset == "results/split"
    assert by_name(first)["count_part (name=part_aa)"].after == (by_name(first)["split"].external_id,)
    assert "results/split/part_aa.txt" not in by_path(first)


@pytest.mark.parametrize("name", WITH_LOGS)
def test_temporary_files_are_told_and_not_listed(runs, name):
    first = runs(name)[-1]
    assert by_name(first)["count_part (name=part_aa)"].made == ("results/parts/part_aa.count",)
    assert not any(path.endswith(".count") for path in roles(first))
    assert any(remark.startswith("Temporary files that the engine removed: ") for remark in first.remarks)


def test_parameters_are_those_of_the_invocation(runs):
    again, _, first = runs("9.27.1-rich")
    values = {"samples": ["A", "B"], "order": "-r", "limits": {"reads": 10, "strict": True}}
    assert first.parameters == values
    assert again.parameters == {"targets": ["results/report.tsv"], **values, "order": "-n", "extra": "x=y"}
    assert not any("configuration" in remark for remark in (*again.remarks, *first.remarks))


def test_a_configuration_that_changed_since_is_noticed(recorded):
    directory = recorded("9.27.1-rich")
    (directory / "config" / "config.yaml").write_text("samples: [A, B, C]\n")
    again, *_ = sniffer().read(directory)
    assert any("configuration is not the one" in remark for remark in again.remarks)


def test_older_engines_tell_no_command_and_that_is_said(runs):
    run = runs("7.32.4-rich")[0]
    assert run.run_command == ""
    assert run.workflow
    assert run.workflow.engine_version == ""
    assert any("neither the command line nor the version" in remark for remark in run.remarks)


def test_records_are_also_read_from_a_database(runs):
    (run,) = runs("9.27.1-database")
    job = by_name(run)["sort_reads (sample=B)"]
    assert job.command_line.startswith("sort -r data/B.txt")
    assert job.exit_code == 0
    assert job.started_at == datetime.fromtimestamp(1795279861.5901914, UTC)


def test_nothing_is_written_beside_the_database(recorded):
    directory = recorded("9.27.1-database")
    before = sorted(path.name for path in (directory / ".snakemake").iterdir())
    sniffer().read(directory)
    assert sorted(path.name for path in (directory / ".snakemake").iterdir()) == before


def test_an_empty_log_is_made_up_for_by_the_records(runs):
    again, first = runs("9.1.1-rich")
    assert again.status == first.status == "UNKNOWN"
    assert "left its log empty" in again.message
    assert [job.step for job in again.jobs] == ["sort_reads", "report"]
    assert len([job for job in first.jobs if job.step == "count_part"]) == 4
    assert all(job.status == "SUCCESS" for job in (*again.jobs, *first.jobs))


def test_without_a_log_a_job_whose_file_is_missing_is_not_called_successful(runs):
    (run,) = runs("9.1.1-retried")
    assert {job.used: job.status for job in run.jobs} == {
        ("data/good.txt",): "SUCCESS",
        ("data/bad.txt",): "UNKNOWN",
    }


# --- the workflow ---------------------------------------------------------------------------------------------


def test_the_workflow_is_the_snakefile_and_what_it_names(runs):
    workflow = runs("9.27.1-rich")[0].workflow
    assert workflow
    assert workflow.engine == "SNAKEMAKE"
    assert [(file.relative, file.file_type) for file in workflow.files] == [
        ("workflow/Snakefile", "MAIN"),
        ("workflow/rules/reads.smk", "OTHER"),
        ("workflow/scripts/count.py", "OTHER"),
        ("README.md", "README"),
    ]


def test_equal_files_are_one_version_and_others_another(recorded):
    one, other = recorded("9.27.1-rich"), recorded("8.25.5-rich")
    version = sniffer().read(one)[0].workflow.version
    assert sniffer().read(other)[0].workflow.version == version
    with (other / "workflow" / "rules" / "reads.smk").open("a") as rules:
        rules.write("# another line\n")
    assert sniffer().read(other)[0].workflow.version != version


# --- recognising ----------------------------------------------------------------------------------------------


def test_a_directory_with_logs_is_surely_snakemakes(recorded):
    verdict = sniffer().look(recorded("9.27.1-rich"))
    assert verdict.certainty == Certainty.SURE
    assert verdict.reason == "found .snakemake/log with 6 logs"


def test_a_snakefile_alone_is_no_run(tmp_path: Path):
    (tmp_path / "Snakefile").write_text("rule all:\n    input: 'x'\n")
    assert sniffer().look(tmp_path).certainty == Certainty.NO
    with pytest.raises(NotThisEngine, match=r"no logs of Snakemake"):
        sniffer().read(tmp_path)
