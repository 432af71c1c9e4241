"""Logs that no recording has: groups, clusters, clocks elsewhere, errors before the first job."""

from datetime import timedelta

from run_directories.snakemake.clock import clock_of
from run_directories.snakemake.logs import parse_log, read_log
from run_directories.snakemake.names import split_names, split_pairs
from run_directories.snakemake.values import Ending, Log, LoggedJob, Record

NAME = "2026-07-01T140000.000000.snakemake.log"
NOON = 1782907200.0  # 2026-07-01 12:00 UTC
BLOCK = """\
[Wed Jul  1 14:00:00 2026]
rule sort:
    input: a.txt
    output: b.txt
    jobid: 1
    threads: 4
    resources: mem_mb=200, tmpdir=<TBD>, partition=long, short
"""


def parsed(text: str) -> Log:
    return parse_log(NAME, text.splitlines(keepends=True))


def test_a_job_that_a_cluster_ran_keeps_its_number_there():
    log = parsed(BLOCK + "Submitted job 1 with external jobid '4711.head'.\n")
    assert log.jobs[0].external_jobid == "4711.head"
    log = parsed(BLOCK + "Job 1 has been submitted with SLURM jobid 4711 (log: x.log).\n")
    assert log.jobs[0].external_jobid == "4711"


def test_the_jobs_of_a_group_are_jobs():
    inner = "".join(f"    {line}\n" for line in BLOCK.splitlines()[1:])
    log = parsed(f"[Wed Jul  1 14:00:00 2026]\ngroup job 0 (jobs in lexicogr. order):\n\n{inner}")
    assert [(job.rule, job.jobid, job.output) for job in log.jobs] == [("sort", "1", "b.txt")]


def test_a_shell_command_of_several_lines_ends_where_the_engine_speaks_again():
    log = parsed(BLOCK + "Shell command: sort a.txt \\\n  > b.txt\n\nSelect jobs to execute...\n")
    assert log.jobs[0].command.strip() == "sort a.txt \\\n  > b.txt"


def test_an_error_before_the_first_job_is_the_runs_error():
    log = parsed(
        "Building DAG of jobs...\nMissingInputException in rule sort in file /x/Snakefile, line 4:\n"
        "Missing input files for rule sort:\n    affected files:\n        a.txt\n"
    )
    assert log.ending is Ending.FAILED
    assert log.is_run
    assert log.errors[0].startswith("MissingInputException in rule sort")
    assert log.errors[0].endswith("a.txt")


def test_a_job_killed_by_a_signal_has_a_negative_exit_code():
    log = parsed(
        BLOCK + "RuleException:\nCalledProcessError in file \"/x/Snakefile\", line 4:\nCommand 'x' died with "
        "<Signals.SIGKILL: 9>.\n[Wed Jul  1 14:00:02 2026]\nError in rule sort:\n    jobid: 1\n"
    )
    assert (log.jobs[0].is_failed, log.jobs[0].exit_code) == (True, -9)


def test_bytes_that_are_no_text_do_no_harm(tmp_path):
    path = tmp_path / NAME
    path.write_bytes(BLOCK.encode() + b"\xff\xfe\n1 of 1 steps (100%) done\n")
    assert read_log(path).ending is Ending.DONE


def test_what_never_ends_is_cut_and_a_day_that_never_was_is_no_time():
    log = parsed(BLOCK + "Shell command: x\n" + "further\n" * 100_000)
    assert 100_000 <= len(log.jobs[0].command) < 100_100
    log = parsed("WorkflowError:\n" + "further\n" * 1000)
    assert log.errors[0].count("\n") < 300
    assert parsed("[Tue Feb 31 14:00:00 2026]\n").last_stamp is None


# --- clocks ---------------------------------------------------------------------------------------------------


def test_the_records_tell_how_far_the_logs_clock_was_from_utc():
    log = parsed(BLOCK)
    clock = clock_of(log, {"b.txt": Record("b.txt", "sort", started=NOON + 0.4)}, written=0)
    assert clock.offset == timedelta(hours=2)
    assert clock.aware(log.jobs[0].started).timestamp() == NOON
    assert clock.remark == ""


def test_a_record_of_another_invocation_tells_nothing_of_the_clock():
    clock = clock_of(parsed(BLOCK), {"b.txt": Record("b.txt", "sort", started=NOON + 100)}, written=0)
    assert clock.offset is None
    assert "this machine's zone" in clock.remark


def test_without_records_the_time_of_the_log_itself_tells():
    log = parsed("Building DAG of jobs...\nNothing to be done.\n")
    assert clock_of(log, {}, written=NOON + 1).offset == timedelta(hours=2)


# --- lists ----------------------------------------------------------------------------------------------------


def test_names_are_split_at_commas_unless_a_name_is_known_to_have_one():
    assert split_names("a, b, c") == ["a", "b", "c"]
    assert split_names("a, b, c", {"a, b"}) == ["a, b", "c"]
    assert split_names("") == []


def test_values_with_commas_stay_whole():
    assert split_pairs("mem_mb=200, partition=long, short") == {"mem_mb": "200", "partition": "long, short"}


def test_a_job_without_an_end_is_neither_finished_nor_failed():
    job = parsed(BLOCK).jobs[0]
    assert isinstance(job, LoggedJob)
    assert (job.is_finished, job.is_failed, job.threads) == (False, False, "4")
