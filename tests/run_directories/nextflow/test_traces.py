"""Traces. The three of ``found`` are real (Nextflow 23.05 raw, nf-core/rnaseq, 0.31); all else is made by hand."""

from datetime import UTC, datetime

import pytest

from run_directories.findings import Certainty
from run_directories.nextflow import NextflowSniffer
from run_directories.nextflow.units import byte_count, milliseconds
from tests.run_directories.nextflow.conftest import GOODBYE, SESSION, TASKS, history, launch, log_lines

HEAD = "task_id\thash\tnative_id\tname\tstatus\texit\tsubmit\tduration\trealtime\n"


def test_a_real_raw_trace_tells_times_with_their_zone(found):
    directory = found("trace-20230517-52413675.txt")
    assert NextflowSniffer().look(directory).certainty == Certainty.LIKELY
    (run,) = NextflowSniffer().read(directory)
    assert [job.name for job in run.jobs] == ["splitLetters", "convertToUpper (1)", "convertToUpper (2)"]
    job = run.jobs[0]
    assert job.completed_at == datetime(2023, 5, 17, 14, 33, 34, 468_000, UTC)
    assert (job.completed_at - job.started_at).total_seconds() == 0.005
    assert (job.resources["realtime_ms"], job.resources["cpu_percent"], job.resources["read_characters_bytes"]) == (
        5, 66.7, 145813,
    )  # fmt: skip


def test_a_real_trace_for_people_is_read_in_its_units(found):
    (run,) = NextflowSniffer().read(found("trace-nfcore-rnaseq-sample.txt"))
    job = run.jobs[2]
    assert job.name == "NFCORE_RNASEQ:RNASEQ:PREPARE_GENOME:GTF2BED (hg38.filtered.gtf)"
    assert (job.step, job.parameters) == (
        "NFCORE_RNASEQ:RNASEQ:PREPARE_GENOME:GTF2BED", {"tag": "hg38.filtered.gtf"},
    )  # fmt: skip
    assert job.resources == {
        "duration_ms": 26_500, "realtime_ms": 25_000, "cpu_percent": 99.6, "peak_rss_bytes": 4 * 1024**3,
        "peak_vmem_bytes": 4 * 1024**3, "read_characters_bytes": round(778.7 * 1024**2),
        "written_characters_bytes": round(32.3 * 1024**2), "native_id": "307408",
    }  # fmt: skip
    assert any("no zone" in remark for remark in run.remarks)


def test_a_real_old_trace_has_a_killed_task_without_an_exit_code(found):
    (run,) = NextflowSniffer().read(found("trace-v0.31-with-failures.txt"))
    assert (run.status, run.status_basis) == ("FAILED", "INFERRED")
    assert [(job.status, job.exit_code) for job in run.jobs[-2:]] == [("FAILED", 1), ("FAILED", None)]
    assert {step.key: step.status for step in run.steps}["eachAcn"] == "FAILED"
    assert "rss_bytes" in run.jobs[0].resources


def test_tasks_that_all_completed_are_no_success(found):
    (run,) = NextflowSniffer().read(found("trace-20230517-52413675.txt"))
    assert (run.status, run.status_basis) == ("UNKNOWN", "ASSUMED")


def test_the_id_stays_while_the_trace_grows(tmp_path):
    trace = tmp_path / "trace.txt"
    rows = ["2\tbb/222222\t2\tB\tCOMPLETED\t0\t2024-02-09 14:44:44.000\t1s\t1s\n",
            "1\taa/111111\t1\tA\tCOMPLETED\t0\t2024-02-09 14:44:43.000\t9s\t8s\n"]  # fmt: skip
    trace.write_text(HEAD + rows[0])
    (early,) = NextflowSniffer().read(tmp_path)
    trace.write_text(HEAD + "".join(rows))
    (late,) = NextflowSniffer().read(tmp_path)
    assert early.external_id == late.external_id
    assert [job.name for job in late.jobs] == ["A", "B"]


def test_a_row_that_was_cut_off_is_left_out(tmp_path):
    (tmp_path / "trace.txt").write_text(HEAD + "1\taa/111111\t1\tA\tCOMPLETED\t0\t-\t1s\t1s\n2\tbb/2222")
    (run,) = NextflowSniffer().read(tmp_path)
    assert [job.name for job in run.jobs] == ["A"]


@pytest.mark.parametrize("separator", [",", ";", "|"])
def test_columns_may_come_in_any_order_and_with_any_separator(tmp_path, separator):
    rows = [
        "name status hash exit attempt container script",
        "A FAILED aa/1 1 1 lab/a:1 run",
        "A COMPLETED bb/2 0 2 lab/a:1 run",
    ]
    (tmp_path / "my.csv").write_text("\n".join(row.replace(" ", separator) for row in rows))
    (run,) = NextflowSniffer().read(tmp_path)
    assert [(job.attempt, job.status, job.command_line) for job in run.jobs] == [
        (1, "FAILED", "run"),
        (2, "SUCCESS", "run"),
    ]
    assert [(step.status, step.container_image) for step in run.steps] == [("SUCCESS", "lab/a:1")]
    assert run.status == "UNKNOWN"


def test_attempts_are_counted_where_the_trace_does_not_tell_them(tmp_path):
    rows = ["1 a/1 1 A_x FAILED 137 - - -", "2 a/2 2 A_y COMPLETED 0 - - -", "3 a/3 3 A_x COMPLETED 0 - - -"]
    told = "\n".join(row.replace(" ", "\t").replace("A_x", "A (x)").replace("A_y", "A (y)") for row in rows)
    (tmp_path / "trace.txt").write_text(HEAD + told)
    (run,) = NextflowSniffer().read(tmp_path)
    assert [(job.name, job.attempt) for job in run.jobs] == [("A (x)", 1), ("A (y)", 1), ("A (x)", 2)]


@pytest.mark.parametrize(
    ("told", "exit_code", "status"),
    [
        ("COMPLETED", "0", "SUCCESS"), ("COMPLETED", "3", "FAILED"), ("CACHED", "0", "SUCCESS"),
        ("CACHED", "-", "SUCCESS"), ("ABORTED", "-", "CANCELLED"), ("FAILED", "-", "FAILED"),
        ("RUNNING", "-", "RUNNING"), ("SUBMITTED", "-", "PENDING"), ("FAILED", "2147483647", "FAILED"),
        ("SOMETHING", "-", "UNKNOWN"),
    ],
)  # fmt: skip
def test_each_status_is_told_in_our_words(tmp_path, told, exit_code, status):
    (tmp_path / "trace.txt").write_text(HEAD + f"1\ta/1\t1\tA\t{told}\t{exit_code}\t-\t-\t-\n")
    (run,) = NextflowSniffer().read(tmp_path)
    assert run.jobs[0].status == status
    assert run.jobs[0].exit_code == (int(exit_code) if exit_code in ("0", "3") else None)


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("4.9s", 4_900),
        ("1h 2m 3s", 3_723_000),
        ("276ms", 276),
        ("1d 1h", 90_000_000),
        ("178", 178),
        ("-", None),
    ],
)
def test_durations_are_milliseconds(told, read):
    assert milliseconds(told) == read


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("3.8 GB", round(3.8 * 1024**3)),
        ("40 MB", 40 * 1024**2),
        ("0", 0),
        ("574972928", 574972928),
        ("-", None),
    ],
)
def test_sizes_are_bytes_and_their_units_binary(told, read):
    assert byte_count(told) == read


def test_a_trace_belongs_to_the_run_whose_log_tells_of_its_tasks(tmp_path):
    rows = "1\td4/783af2\t14\tBLAST (one)\tCOMPLETED\t0\t1607158746030\t4s\t3s\n"
    (tmp_path / "trace.txt").write_text(HEAD + rows)
    launch(tmp_path, log_lines() + TASKS + GOODBYE, ".nextflow.log.1")
    launch(tmp_path, log_lines("mad_curie") + GOODBYE)
    runs = {run.external_id: run for run in NextflowSniffer(now=lambda: 1e10).read(tmp_path)}
    assert len(runs) == 2
    job = next(job for job in runs[f"{SESSION}/irreverent_bernard"].jobs if job.external_id == "d4/783af2")
    assert job.resources["realtime_ms"] == 3_000
    assert not runs[f"{SESSION}/mad_curie"].jobs


def test_a_trace_belongs_to_the_run_that_was_on_when_its_tasks_were_submitted(tmp_path):
    (tmp_path / "trace.txt").write_text(
        HEAD + "1\ta/1\t1\tA\tCOMPLETED\t0\t2020-12-05 10:30:05.000\t4s\t3s\n"
    )
    line = "2020-12-05 {}|1m|{}|OK|25922a0ae6|" + SESSION + "|nextflow run main.nf"
    newest, first = NextflowSniffer().read(
        history(tmp_path, line.format("09:59:04", "a_b"), line.format("10:30:00", "c_d"))
    )
    assert ([job.name for job in newest.jobs], first.jobs) == (["A"], ())
    assert newest.external_id == f"{SESSION}/c_d"


def test_a_raw_trace_tells_the_zone_of_the_log(tmp_path):
    tasks = [line for line in TASKS if "started:" not in line]
    (tmp_path / "trace.txt").write_text(
        HEAD + "1\td4/783af2\t1\tBLAST (one)\tCOMPLETED\t0\t1607138946030\t4000\t3000\n"
    )
    (run,) = NextflowSniffer(now=lambda: 1e10).read(launch(tmp_path, log_lines() + tasks + GOODBYE))
    assert run.started_at.isoformat() == "2020-12-05T09:59:02.123000+06:30"
