"""Words of WES and what they mean; and what servers may say that must do no harm. No HTTP, no database."""

from datetime import UTC, datetime
from typing import Any

import pytest

from run_sources.wes.translate import Answered, Remarks, Said, job_of, path_here, read_said, to_record
from run_sources.wes.translate.datasets import parameters_of
from run_sources.wes.translate.statuses import ENDED, STATES
from run_sources.wes.translate.values import plain, time_of, without_secrets
from run_sources.wes.translate.workflow import workflow_of
from workflows.records import Engine, RunRecord, RunStatus, StatusBasis

SERVICE = "https://wes.example.org/ga4gh/wes/v1"
RUN = f"{SERVICE}/runs/run-1"


def record_of(log: dict[str, Any]) -> tuple[RunRecord, tuple[str, ...]]:
    """The record of a run log, and what was remarked."""
    remarks = Remarks()
    return to_record(Answered(SERVICE, "run-1", log), remarks), remarks.all()


@pytest.mark.parametrize(
    ("state", "status", "word"),
    [
        ("QUEUED", RunStatus.PENDING, ""),
        ("INITIALIZING", RunStatus.PENDING, ""),
        ("RUNNING", RunStatus.RUNNING, ""),
        ("CANCELING", RunStatus.RUNNING, "being cancelled"),
        ("PAUSED", RunStatus.PAUSED, ""),
        ("COMPLETE", RunStatus.SUCCESS, ""),
        ("EXECUTOR_ERROR", RunStatus.FAILED, "workflow itself failed"),
        ("SYSTEM_ERROR", RunStatus.FAILED, "server or its machines"),
        ("PREEMPTED", RunStatus.FAILED, "taken away"),
        ("CANCELED", RunStatus.CANCELLED, "cancelled at the server"),
        ("UNKNOWN", RunStatus.UNKNOWN, ""),
        ("DELETED", RunStatus.UNKNOWN, "deleted"),
        ("DELETING", RunStatus.UNKNOWN, "deleting"),
    ],
)
def test_each_state_keeps_its_word_and_says_what_went_wrong(state: str, status: RunStatus, word: str) -> None:
    record, _ = record_of({"state": state})
    assert (record.status, record.source_status, record.status_basis) == (status, state, StatusBasis.REPORTED)
    assert word in record.message
    assert bool(word) == bool(record.message)
    assert record.source_deleted == state.startswith("DELET")
    assert Answered(SERVICE, "run-1", {"state": state}).has_ended == (state in ENDED)
    assert len(STATES) == 13


def test_a_state_that_wes_has_not_is_not_guessed_at() -> None:
    record, remarks = record_of({"state": "EXPLODED"})
    assert (record.status, record.status_basis) == (RunStatus.UNKNOWN, StatusBasis.ASSUMED)
    assert "EXPLODED" in remarks[0]


def test_a_failed_run_says_its_code_its_steps_and_the_systems_words() -> None:
    log = {"exit_code": 137, "system_logs": ["out of memory", 7]}
    remarks = Remarks()
    jobs = (
        job_of({"name": "sort", "exit_code": 0}, 1, RUN, remarks),
        job_of({"name": "bad", "exit_code": 3}, 2, RUN, remarks),
    )
    record = to_record(
        Answered(SERVICE, "run-1", {"state": "EXECUTOR_ERROR", "run_log": log}, jobs=jobs), remarks
    )
    assert record.message.endswith("Exit code 137. Failed: bad. out of memory")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("../../../../toil/wes/v1/logs/run-1/stdout", Said(path="/toil/wes/v1/logs/run-1/stdout")),
        ("https://wes.example.org:443/logs/1?a=b", Said(path="/logs/1?a=b")),
        ("/logs/1", Said(path="/logs/1")),
        ("http://169.254.169.254/latest/meta-data/", Said(address="http://169.254.169.254/latest/meta-data/")),
        ("http://wes.example.org/logs/1", Said(address="http://wes.example.org/logs/1")),
        ("https://wes.example.org:8443/logs/1", Said(address="https://wes.example.org:8443/logs/1")),
        ("https://wes.example.org.evil.example/1", Said(address="https://wes.example.org.evil.example/1")),
        ("//evil.example/logs", Said(address="https://evil.example/logs")),
        ("https://me:pw@wes.example.org/logs", Said(address="https://wes.example.org/logs")),
        ("https://b.example/log?X-Amz-Signature=abc", Said(address="https://b.example/log")),
        ("file:///etc/passwd", Said(address="file:///etc/passwd")),
        ("s3://bucket/log", Said(address="s3://bucket/log")),
        ("https://h:99999999/x", Said(address="https://h:99999999/x")),
        ("done", Said(text="done")),
        ("/bin/sh: 1: nope: not found", Said(text="/bin/sh: 1: nope: not found")),
        ("https://wes.example.org\\@evil.example/", Said(text="https://wes.example.org\\@evil.example/")),
        ("../a\n../b", Said(text="../a\n../b")),
        ("\x1b[1;30mINFO\x1b[0m a\0b", Said(text="\x1b[1;30mINFO\x1b[0m a\N{REPLACEMENT CHARACTER}b")),
        ("", Said()), (None, Said()), (7, Said()), (["x"], Said()),
    ],
)  # fmt: skip
def test_a_log_is_its_text_or_a_path_here_or_an_address_that_is_never_asked(said: Any, meant: Said) -> None:
    found = read_said(said, RUN)
    assert (found.text, found.path, found.address) == (meant.text, meant.path, meant.address)


def test_a_log_elsewhere_is_kept_as_its_address_and_remarked() -> None:
    record, remarks = record_of({"state": "COMPLETE", "run_log": {"stdout": "http://10.0.0.7/out"}})
    assert record.metadata["log_addresses"] == {"stdout": "http://10.0.0.7/out"}
    assert "it is not asked" in remarks[0]


@pytest.mark.parametrize(
    "address", ["", "file:///etc/passwd", "http://[::1/x", "https://a@wes.example.org/x"]
)
def test_a_path_here_is_only_of_the_same_host(address: str) -> None:
    assert path_here(address, SERVICE) == ""


def test_times_without_a_zone_are_taken_for_utc_and_that_is_said() -> None:
    remarks = Remarks()
    assert time_of("2026-11-21T02:36:36.5", remarks) == datetime(2026, 11, 21, 2, 36, 36, 500000, UTC)
    assert time_of("2026-11-21T03:36:36+01:00", remarks) == datetime(2026, 11, 21, 2, 36, 36, tzinfo=UTC)
    assert [time_of(each, remarks) for each in (None, "", "soon", 5)] == [None] * 4
    assert [len(remarks.all()), "taken for UTC" in remarks.all()[0], "soon" in remarks.all()[1]] == [
        2,
        True,
        True,
    ]


def test_files_become_datasets_and_plain_values_parameters_and_secrets_neither() -> None:
    params = {
        "reads": [
            {"class": "File", "location": "https://u:p@h.example/r.fq?sig=1", "size": 5, "checksum": f"md5${'a' * 32}"}
        ],
        "folder": {
            "class": "Directory", "location": "s3://b/d", "listing": [{"class": "File", "path": "../../x/y.txt"}],
        },
        "mixed": {"file": {"class": "File", "path": "one.fa"}, "n": 1},
        "threads": 4,
        "db_password": "hunter2",
        "url": "https://h.example/x?token=abc",
    }  # fmt: skip
    record, remarks = record_of({"state": "RUNNING", "request": {"workflow_params": params}})
    inputs = {link.dataset.name: link.dataset.files for link in record.datasets}
    assert [(f.path, f.uri, f.size, f.md5sum) for f in inputs["reads"]] == [
        ("r.fq", "https://h.example/r.fq", 5, "a" * 32)
    ]
    assert [f.path for f in inputs["folder"] + inputs["mixed"]] == ["x/y.txt", "one.fa"]
    assert {one.name for one in record.parameters} == {"mixed", "threads", "url"}
    assert "hunter2" not in repr(record)
    assert "token=abc" not in repr(record)
    assert any("db_password" in one for one in remarks)
    assert parameters_of({}, Remarks()) == ()


@pytest.mark.parametrize(
    ("outputs", "names", "uris"),
    [
        (None, [], []),
        ({}, [], []),
        ("nonsense", [], []),
        ([{"file_name": "../../a.txt", "file_url": "file:///etc/passwd"}], ["outputs/a.txt"], [""]),
        (
            [{"file_name": "a b.txt", "file_url": "http://0.0.0.0:1122/runs/run-1/outputs/a%20b.txt"}],
            ["outputs/a b.txt"], [f"{RUN}/outputs/a%20b.txt"],
        ),
        ({"wf.out": "s3://b/x/out.txt", "wf.n": 5, "wf.text": "a b"}, ["outputs/out.txt"], ["s3://b/x/out.txt"]),
        ({"o": [{"class": "File", "location": "file:///srv/run-1/outputs/o/x.txt"}] * 2},
         ["outputs/o/x.txt", "outputs/o/x_2.txt"], ["", ""]),
    ],
)  # fmt: skip
def test_outputs_may_be_a_list_an_object_or_nothing(outputs: Any, names: list[str], uris: list[str]) -> None:
    record, _ = record_of({"state": "COMPLETE", "outputs": outputs})
    files = [file for link in record.datasets for file in link.dataset.files]
    assert ([file.path for file in files], [file.uri for file in files]) == (names, uris)


@pytest.mark.parametrize(
    ("kind", "url", "engine", "name", "version", "repository"),
    [
        ("cwl", "wf/main.cwl", Engine.CWL, "main.cwl", "unversioned", ""),
        ("NFL", "https://github.com/nf-core/rnaseq/blob/3.14.0/main.nf", Engine.NEXTFLOW, "main.nf", "3.14.0",
         "https://github.com/nf-core/rnaseq"),
        ("SMK", "https://raw.githubusercontent.com/a/b/refs/tags/v1/Snakefile", Engine.SNAKEMAKE, "Snakefile", "v1",
         "https://github.com/a/b"),
        ("WDL", "https://dockstore.org/api/ga4gh/trs/v2/tools/%23workflow%2Fa%2Fb/versions/1.2/WDL/descriptor",
         Engine.WDL, "#workflow/a/b", "1.2", ""),
        ("PY", "", Engine.OTHER, "Workflow", "unversioned", ""),
    ],
)  # fmt: skip
def test_the_workflow_is_named_by_its_address(
    kind: str, url: str, engine: Engine, name: str, version: str, repository: str
) -> None:
    found = workflow_of({"workflow_type": kind, "workflow_url": url}, {}, "")
    assert (found.engine, found.name, found.version, found.repository_url) == (
        engine,
        name,
        version,
        repository,
    )


def test_the_same_files_are_the_same_version() -> None:
    names = [workflow_of({}, files, "a").version for files in ({"a": b"1"}, {"a": b"1"}, {"a": b"2"})]
    assert names[0] == names[1] != names[2]


def test_a_task_tells_no_state_so_that_it_is_concluded() -> None:
    begun = {"start_time": "2026-11-21T00:00:00Z"}
    told = [{"exit_code": 0}, {"exit_code": 3}, {}, begun, begun | {"end_time": "2026-11-21T00:01:00Z"}]
    assert [job_of(one, 1, RUN, Remarks()).status for one in told] == [
        RunStatus.SUCCESS, RunStatus.FAILED, RunStatus.PENDING, RunStatus.RUNNING, RunStatus.UNKNOWN,
    ]  # fmt: skip
    assert job_of(begun, 1, RUN, Remarks(), run_ended=True).status == RunStatus.UNKNOWN


def test_a_task_of_wes_1_1_keeps_its_command_its_errors_and_where_it_ran() -> None:
    task = {
        "id": "t-1", "name": "align", "cmd": ["bwa", "mem", "--token", "abc", "a b.fa"], "stderr": "x" * 5000,
        "stdout": "https://elsewhere.example/o", "tes_uri": "https://tes.example/tasks/9", "system_logs": ["spot lost"],
    }  # fmt: skip
    job = job_of(task, 1, RUN, Remarks())
    assert (job.external_id, job.command_line) == ("t-1", "bwa mem --token *** 'a b.fa'")
    assert len(job_of(task | {"exit_code": 0}, 1, RUN, Remarks()).stderr) == 200
    assert (len(job.stderr), job.stdout) == (2000, "Lies at https://elsewhere.example/o")
    assert (job.scheduler, job.message) == (
        {"kind": "tes", "job_id": "https://tes.example/tasks/9"},
        "spot lost",
    )


@pytest.mark.parametrize(
    "log",
    [
        {},
        {"run_log": [], "request": "x", "outputs": 7, "task_logs": {}},
        {"state": 5, "run_log": {"cmd": {"a": 1}, "exit_code": "many", "start_time": {}}},
        {"request": {"workflow_params": [1], "tags": {"a": {"b": 1}}, "workflow_url": 7}},
        {"request": {"workflow_url": "http://[::1/x", "tags": {"n": 2**70}}, "run_log": {"exit_code": 2**70}},
        {"outputs": {"a": {"class": "File", "location": ["x"], "size": -1, "secondaryFiles": "no"}}},
    ],
)  # fmt: skip
def test_an_answer_of_another_shape_becomes_what_can_be_read_of_it(log: dict[str, Any]) -> None:
    record, _ = record_of(log)
    assert record.origin.external_id == f"{SERVICE}#run-1"


def test_members_that_nobody_knows_are_kept_and_what_is_too_large_is_remarked() -> None:
    record, remarks = record_of({"cost": 5, "request": {"project": "p"}, "outputs": {"x": "y" * 300_000}})
    assert record.metadata["other"] == {"cost": 5, "request.project": "p"}
    assert "outputs" not in record.metadata
    assert "too large" in remarks[-1]


def test_values_are_made_fit_for_the_database() -> None:
    deep: Any = "x"
    for _ in range(60):
        deep = [deep]
    assert plain({"a\0": float("nan"), "b": "\ud800"}) == {
        "a\N{REPLACEMENT CHARACTER}": "nan",
        "b": "\N{REPLACEMENT CHARACTER}",
    }
    assert "…" in repr(plain(deep))
    assert without_secrets("https://h/x?page=2") == "https://h/x?page=2"
