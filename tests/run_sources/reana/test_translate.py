"""What REANA tells, as records, where the recordings do not show it."""

from dataclasses import replace
from typing import Any

import pytest

from run_sources.reana.client import LogsPage
from run_sources.reana.naming import place_among, readings
from run_sources.reana.translate.files import INTERMEDIATE, Sorter
from run_sources.reana.translate.jobs import JobReader, last_words
from run_sources.reana.translate.logs import logs_of_jobs, logs_of_run
from run_sources.reana.translate.quantities import quantity
from run_sources.reana.translate.run import run_record
from run_sources.reana.translate.statuses import STATUSES, has_ended, status_of_run, status_of_step
from run_sources.reana.translate.steps import planned_steps, step_records
from run_sources.reana.translate.workflow import (
    declared_files,
    parameters_of,
    workflow_files,
    workflow_record,
)
from run_sources.reana.values import RunName, Told
from workflows.records import (
    DataType,
    DeclaredFile,
    Engine,
    LogRecord,
    ParameterRecord,
    RunStatus,
    StatusBasis,
)

ID = "335037af-2b11-4d83-ae47-803b1d436cd9"
TOLD = Told("https://reana.example.org", ID, RunName("hello", 1), {"name": "hello.1", "status": "finished"})
INFERRED, ASSUMED = StatusBasis.INFERRED, StatusBasis.ASSUMED


def specified(kind: str, **workflow: Any) -> Told:
    """A run of this kind of workflow."""
    return replace(TOLD, specification={"specification": {"workflow": {"type": kind, **workflow}}})


@pytest.mark.parametrize(
    ("progress", "expected"),
    [
        ({"run_stopped_at": "2026-11-20T09:03:00"}, (RunStatus.CANCELLED, INFERRED)),
        ({"run_finished_at": "2026-11-20T09:03:00", "failed": {"total": 1}}, (RunStatus.FAILED, INFERRED)),
        (
            {"run_finished_at": "2026-11-20T09:03:00", "finished": {"total": 2}, "total": {"total": 2}},
            (RunStatus.SUCCESS, INFERRED),
        ),
        (
            {"run_finished_at": "2026-11-20T09:03:00", "finished": {"total": 1}, "total": {"total": 2}},
            (RunStatus.UNKNOWN, ASSUMED),
        ),
        ({"failed": {"total": 1}}, (RunStatus.UNKNOWN, ASSUMED)),
        ({}, (RunStatus.UNKNOWN, ASSUMED)),
    ],
)
def test_a_deleted_run_stands_as_what_it_left_says(progress, expected):
    assert status_of_run("deleted", progress) == expected
    assert has_ended("deleted")


def test_words_that_are_not_known_are_not_guessed_at():
    assert status_of_run("resting", {"run_finished_at": "2026-11-20T09:03:00"}) == (
        RunStatus.UNKNOWN,
        ASSUMED,
    )
    assert not has_ended("resting")
    assert {word for word in STATUSES if has_ended(word)} == {"finished", "failed", "stopped"}


@pytest.mark.parametrize(
    ("jobs", "run", "expected"),
    [
        ([], RunStatus.RUNNING, RunStatus.PENDING),
        ([], RunStatus.FAILED, RunStatus.UNKNOWN),
        ([RunStatus.SUCCESS, RunStatus.FAILED], RunStatus.FAILED, RunStatus.FAILED),
        ([RunStatus.FAILED, RunStatus.RUNNING], RunStatus.RUNNING, RunStatus.RUNNING),
        ([RunStatus.SUCCESS, RunStatus.SUCCESS], RunStatus.RUNNING, RunStatus.SUCCESS),
    ],
)
def test_a_step_stands_as_its_jobs(jobs, run, expected):
    assert status_of_step(jobs, run) == expected


@pytest.mark.parametrize(
    ("full", "expected"),
    [
        ("hello", [RunName("hello")]),
        ("hello.3", [RunName("hello", 3)]),
        ("my.analysis.3", [RunName("my.analysis", 3)]),
        ("v1.2.3", [RunName("v1", 2, 3), RunName("v1.2", 3)]),
    ],
)
def test_what_a_name_may_mean(full, expected):
    assert list(readings(full)) == expected


def test_whether_it_is_a_restart_is_looked_up():
    asked: list[str] = []
    rows = [
        {"id": ID, "name": "v1.2.3", "owner_email": "a"},
        {"id": "other", "name": "v1.2", "owner_email": "b"},
        {"id": "original", "name": "v1.2", "owner_email": "a"},
    ]

    def runs_named(name: str) -> list[dict[str, str]]:
        asked.append(name)
        return rows

    assert place_among("v1.2.3", ID, runs_named) == (RunName("v1", 2, 3), "original")
    assert place_among("v1.2.3", "another", runs_named) == (RunName("v1.2", 3), "")
    assert place_among("hello.3", ID, runs_named) == (RunName("hello", 3), "")
    assert asked == ["v1", "v1"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [("256Mi", 256 * 2**20), ("1.5Gi", 3 * 2**29), ("2G", 2 * 10**9), ("500m", 0.5), ("4", 4), (3, 3), (0.5, 0.5),
     ("", None), ("much", None), ("1e9", None), (None, None), (True, None), ("-1", None)],
)  # fmt: skip
def test_amounts_as_kubernetes_writes_them(written, expected):
    assert quantity(written) == expected


def test_a_job_asks_for_what_its_step_asks_for():
    planned = {
        "fit": {
            "kubernetes_cpu_limit": "2", "kubernetes_cpu_request": "500m", "kubernetes_memory_limit": "1Gi",
            "kubernetes_job_timeout": 3600, "slurm_partition": "short",
        }
    }  # fmt: skip
    job = {"job_name": "fit", "compute_backend": "slurmcern", "cmd": ["sh", "-c", "a b"], "status": "running"}
    (record,) = JobReader("snakemake", planned).read({"id-1": job})
    assert record.requested == {"memory_bytes": 2**30, "cpus": 0.5, "runtime_seconds": 3600}
    assert record.scheduler == {"kind": "slurmcern", "partition": "short"}
    assert record.command_line == "sh -c 'a b'"


def test_only_serial_jobs_have_an_order_over_pages_too():
    pages = [{"a": {}, "b": {}}, {"c": {}}]
    for kind, expected in (("serial", [(), ("a",), ("b",)]), ("yadage", [(), (), ()])):
        reader = JobReader(kind, {})
        assert [job.after for page in pages for job in reader.read(page)] == expected


@pytest.mark.parametrize("job", [None, "text", [], {"started_at": 5, "cmd": {}, "logs": [], "status": None}])
def test_a_job_of_another_shape_is_a_job_all_the_same(job):
    (record,) = JobReader("cwl", {}).read({"id\x00": job})
    assert (record.external_id, record.status) == ("id�", RunStatus.UNKNOWN)


def test_a_job_does_not_end_before_it_began():
    told = {"started_at": "2026-11-20T09:03:00", "finished_at": "2026-11-20T09:02:00"}
    (record,) = JobReader("serial", {}).read({"a": told})
    assert record.completed_at is None


def test_the_last_words_are_the_last_line_that_says_something():
    assert last_words("first\nlast \n\n  \n") == "last"
    assert last_words("") == ""


def test_the_logs_of_services_and_engines_are_kept():
    page = LogsPage(
        {"a": {"logs": "out\x00"}, "b": {"logs": ""}},
        {
            "workflow_logs": "engine",
            "service_logs": {
                "dask": [
                    {"component": "scheduler", "content": "up"},
                    {"component": "worker", "content": "one"},
                    {"component": "worker", "content": "two"},
                ],
                "odd": "text",
            },
            "engine_specific": {"dag": {"nodes": [1]}},
        },
    )
    assert list(logs_of_jobs(page)) == [LogRecord("logs", "out�", "a")]
    assert [(log.name, log.text) for log in logs_of_run(page)] == [
        ("engine", "engine"),
        ("service:dask:scheduler", "up"),
        ("service:dask:worker", "one\ntwo"),
        ("service:odd", "text"),
        ("engine_specific", '{\n  "dag": {\n    "nodes": [\n      1\n    ]\n  }\n}'),
    ]


@pytest.mark.parametrize(
    ("kind", "engine"),
    [
        ("serial", Engine.REANA),
        ("yadage", Engine.REANA),
        ("cwl", Engine.CWL),
        ("snakemake", Engine.SNAKEMAKE),
    ],
)
def test_every_language_has_its_engine_and_its_file(kind, engine):
    asked = specified(kind, file="workflow/main", specification={"steps": [{"name": "a"}, {"name": "a"}, {}]})
    files = workflow_files(asked)
    record = workflow_record(asked, files)
    assert (record.engine, record.metadata["type"], record.metadata["file"]) == (
        engine,
        kind,
        "workflow/main",
    )
    assert record.main_file.sha256.startswith(record.version)
    assert list(planned_steps(asked.specification)) == ["a", "step-1", "step-2"]


def test_equal_specifications_are_one_version_and_others_are_not():
    one, two = (workflow_record(told, workflow_files(told)) for told in (specified("cwl"), specified("cwl")))
    other = specified("cwl", file="x")
    assert one == two
    assert workflow_record(other, workflow_files(other)).version != one.version


def test_without_a_specification_there_is_still_a_workflow():
    record = workflow_record(replace(TOLD, parameters={"type": "cwl"}), {})
    assert (record.name, record.version, record.engine, record.files) == ("hello", "unknown", Engine.CWL, ())


def test_parameters_are_the_defaults_with_what_was_given_where_nobody_joined_them():
    told = replace(
        TOLD,
        specification={"specification": {"inputs": {"parameters": {"a": 1, "b": 2}}}, "parameters": {"b": 3}},
    )
    assert parameters_of(told) == (ParameterRecord("a", 1), ParameterRecord("b", 3))
    joined = replace(told, parameters={"parameters": {"c": [1]}})
    assert parameters_of(joined) == (ParameterRecord("c", [1]),)


def test_declared_paths_and_where_files_belong():
    said = {
        "inputs": {"files": ["./in.txt", "both.txt"], "directories": ["data"]},
        "outputs": {"files": ["both.txt"], "directories": ["results/"]},
    }
    declared = declared_files({"specification": said})
    assert DeclaredFile("in.txt", DataType.INPUT) in declared
    assert DeclaredFile("results/", DataType.OUTPUT) in declared
    sorter = Sorter(TOLD.base, ID, declared)
    for name in (
        "in.txt",
        "both.txt",
        "data/a/1",
        "data/2",
        "results/x y",
        "work/t/1",
        "work/t/2",
        "top",
        "",
        7,
    ):
        sorter.add({"name": name, "size": {"raw": 1}})
    found = [
        (
            link.data_type,
            link.dataset.name,
            link.dataset.collection,
            [file.path for file in link.dataset.files],
        )
        for link in sorter.links()
    ]
    assert found == [
        (DataType.INPUT, "data/", "", ["data/2", "data/a/1"]),
        (DataType.INPUT, "in.txt", "", ["in.txt"]),
        (DataType.OUTPUT, "both.txt", "", ["both.txt"]),
        (DataType.OUTPUT, "results/", "", ["results/x y"]),
        (DataType.OUTPUT, "top", INTERMEDIATE, ["top"]),
        (DataType.OUTPUT, "work/t/", INTERMEDIATE, ["work/t/1", "work/t/2"]),
    ]
    assert sorter.left_out == 2


def test_who_it_is_shared_with_and_when_files_go_is_kept():
    told = replace(
        TOLD,
        state={
            **TOLD.state, "owner_email": "bob@example.org", "shared_with": ["eve@example.org", "ada@example.org"],
            "services": [{"name": "dask", "status": "running"}], "size": {"raw": 17},
            "launcher_url": "https://ada:secret@example.org/x", "session_uri": "/secret",
        },
        sharing={"shared_with": [{"user_email": "ada@example.org", "valid_until": "2027-01-01T00:00:00"}]},
        retention={"retention_rules": [{"workspace_files": "**/*.tmp", "retention_days": 1}]},
        account={"email": "ada@example.org", "full_name": "Ada"},
        cluster={"cwl_engine_version": {"title": "t", "value": "3.1"}},
    )  # fmt: skip
    record = run_record(told, {}, (), (), "")
    assert record.metadata["shared_with"] == [
        {"user_email": "ada@example.org", "valid_until": "2027-01-01T00:00:00"},
        {"user_email": "eve@example.org"},
    ]
    assert record.metadata["retention_rules"] == [{"workspace_files": "**/*.tmp", "retention_days": 1}]
    assert (record.metadata["workspace_bytes"], record.metadata["services"][0]["name"]) == (17, "dask")
    assert [person.name for person in record.people] == ["bob@example.org"]
    assert record.run_environment["cluster_at_import"] == {"cwl_engine_version": "3.1"}
    assert "secret" not in repr(record)


def test_steps_are_those_of_the_specification_and_those_that_jobs_name():
    jobs = tuple(JobReader("cwl", {}).read({"1": {"job_name": "x", "status": "finished", "docker_img": "i"}}))
    first, second = step_records({"planned": {"name": "planned"}}, jobs, RunStatus.RUNNING)
    assert (first.key, first.status) == ("planned", RunStatus.PENDING)
    assert (second.key, second.container_image, second.status) == ("x", "i", RunStatus.SUCCESS)
