"""What becomes of runs that the recordings do not have: under way, repeated, canceled, set back, with secrets."""

from datetime import UTC, datetime

import pytest

from run_directories.torc.statuses import job_status, past_status, run_status
from run_sources.errors import AddressRefused, NotFound, SourceError
from run_sources.seam import Access
from run_sources.torc.session import without_secrets_in
from run_sources.torc.source import TorcSource
from tests.run_sources.torc.recorded import NEW, Recorded, listed, new_answers, new_source, old_source, told
from workflows.records import DataType, RunStatus, StatusBasis


def jobs(**changes):
    """The recorded jobs, some with other members, by their names."""
    return listed(*({**one, **changes.get(one["name"], {})} for one in told("v0.35-jobs")["items"]))


def result(job, run=2, attempt=1, code=0, status="completed", end="2026-11-20T10:00:00.000Z", **more):
    return {
        "job_id": job, "run_id": run, "attempt_id": attempt, "return_code": code, "status": status,
        "completion_time": end, "exec_time_minutes": 1.0, "compute_node_id": 1, **more,
    }  # fmt: skip


def by_name(record):
    return {(one.name, one.attempt): one for one in record.jobs}


RUNNING = {"is_complete": False, "is_canceled": False}


@pytest.mark.parametrize(
    ("statuses", "state", "wanted"),
    [
        ([], "new", "PENDING"),
        (["PENDING"], "new", "PENDING"),
        (["PENDING", "RUNNING"], "new", "RUNNING"),
        (["PENDING", "SUCCESS"], "begun", "RUNNING"),
        (["SUCCESS"], "complete", "SUCCESS"),
        (["SUCCESS", "SKIPPED"], "complete", "SUCCESS"),
        (["SUCCESS", "FAILED", "CANCELLED"], "complete", "FAILED"),
        (["SUCCESS", "CANCELLED"], "complete", "CANCELLED"),
        ([], "complete", "UNKNOWN"),
        (["SUCCESS", "CANCELLED"], "canceled", "CANCELLED"),
        (["FAILED", "CANCELLED"], "canceled", "CANCELLED"),
        (["CANCELLED", "RUNNING"], "canceling", "RUNNING"),
    ],
)
def test_how_a_run_stands(statuses, state, wanted):
    found = run_status(
        statuses,
        is_complete=state in ("complete", "canceled"),
        is_canceled=state.startswith("cancel"),
        has_begun=state == "begun",
    )
    assert found == wanted


@pytest.mark.parametrize(
    ("word", "code", "wanted"),
    [
        ("done", 0, "SUCCESS"),
        ("done", 1, "FAILED"),
        ("done", None, "UNKNOWN"),
        ("Completed", 0, "SUCCESS"),
        ("haunted", 0, "UNKNOWN"),
    ],
)
def test_how_a_job_stands(word, code, wanted):
    assert job_status(word, code) == wanted


@pytest.mark.parametrize(
    ("statuses", "is_whole", "wanted"),
    [
        (["SUCCESS"], True, "SUCCESS"),
        (["SUCCESS"], False, "UNKNOWN"),
        (["SUCCESS", "FAILED"], False, "FAILED"),
        (["SUCCESS", "CANCELLED"], False, "CANCELLED"),
        ([], False, "UNKNOWN"),
    ],
)
def test_how_an_earlier_run_ended(statuses, is_whole, wanted):
    assert past_status(statuses, is_whole) == wanted


def test_each_run_of_a_workflow_is_one_here():
    source = new_source()
    assert [one.rpartition("#")[2] for one in source.list_run_ids("workflow", "7")] == ["7/2", "7/1"]
    latest, first = source.fetch("7"), source.fetch("7/1")
    assert latest.record.origin.external_id == "https://torc.example.org/torc-service/v1#7/2"
    assert latest.record.rerun_of == first.record.origin.external_id
    assert first.record.rerun_of == ""
    assert latest.record.workflow == first.record.workflow
    assert (latest.record.status, first.record.status) == (RunStatus.FAILED, RunStatus.FAILED)
    assert {one.record.status_basis for one in (latest, first)} == {StatusBasis.INFERRED}


def test_an_earlier_run_has_the_jobs_that_ran_in_it():
    record = new_source().fetch("7/1").record
    assert [(one.name, one.status, one.exit_code) for one in record.jobs] == [
        ("preprocess", RunStatus.SUCCESS, 0),
        ("work1", RunStatus.FAILED, 1),
    ]
    assert record.completed_at == datetime(2026, 11, 20, 9, 3, tzinfo=UTC)
    # f3 was made again by the second run; what nobody makes was there for both.
    assert [link.dataset.name for link in record.datasets] == ["f1", "f2"]


def test_a_job_that_did_not_have_to_run_again_says_so():
    job = by_name(new_source().fetch("7").record)["preprocess", 1]
    assert (job.status, job.started_at, job.exit_code) == (RunStatus.SUCCESS, None, None)
    assert job.message == "It succeeded in run 1 and did not run again."


def test_attempts_are_jobs_of_their_own():
    started, failed = "2026-11-20T10:05:00Z", {"code": 8, "status": "failed"}
    source = new_source(
        jobs=jobs(work2={"status": "running", "attempt_id": 3, "start_time": started, "compute_node_id": 1}),
        results=listed(
            result(1), result(2), result(3, attempt=2, **failed | {"code": 9}), result(3, **failed)
        ),
        is_complete=RUNNING,
    )
    run = source.fetch("7")
    found = by_name(run.record)
    assert [(one, found["work2", one].exit_code) for one in (1, 2, 3)] == [(1, 8), (2, 9), (3, None)]
    assert found["work2", 3].status == RunStatus.RUNNING
    assert found["work2", 3].started_at == datetime(2026, 11, 20, 10, 5, tzinfo=UTC)
    assert found["work2", 3].host == "node001"
    assert (run.record.status, run.record.completed_at, run.has_ended) == (RunStatus.RUNNING, None, False)


def test_a_job_that_was_set_back_keeps_what_happened():
    source = new_source(jobs=jobs(work2={"status": "uninitialized"}), is_complete=RUNNING)
    job = by_name(source.fetch("7").record)["work2", 1]
    assert (job.status, job.exit_code) == (RunStatus.FAILED, 137)
    assert job.message == "Torc has set it to uninitialized since."


def test_results_of_one_run_that_are_not_counted_are_numbered():
    results = [
        {**one, "completion_time": "2024-03-26 12:00:00"} for one in told("v0.6-arango-results")["items"][:1]
    ]
    source = old_source(results=listed(*results, {**results[0], "return_code": 3}))
    found = by_name(source.fetch("9001").record)
    assert [found["preprocess", one].exit_code for one in (1, 2)] == [0, 3]


def test_secrets_are_left_out_and_named():
    source = new_source(
        jobs=jobs(
            work1={"command": "work --api-key=hunter22", "env": {"HOME": "/h", "DB_PASSWORD": "hunter22"}}
        ),
        user_data=listed(
            {"id": 1, "name": "config", "data": {"token": "hunter22", "n": 1}},
            {"id": 2, "name": "auth_token", "data": "hunter22", "is_ephemeral": True},
        ),
        workflow={**told("v0.35-workflow"), "env": {"SECRET_X": "hunter22", "A": "1"}},
    )
    run = source.fetch("7")
    assert "hunter22" not in repr(run.record)
    assert by_name(run.record)["work1", 1].environment == {"HOME": "/h"}
    assert [(one.name, one.value) for one in run.record.parameters] == [("config", {"n": 1})]
    said = [one for one in run.remarks if "secret" in one]
    assert len(said) == 1
    assert all(name in said[0] for name in ("DB_PASSWORD", "auth_token", "token", "SECRET_X"))


def test_answers_that_are_kept_hold_no_secrets():
    kept = []
    answers = new_answers() | {
        "/jobs": jobs(work1={"env": {"DB_PASSWORD": "hunter22"}}),
        "/user_data": listed(
            {"id": 1, "name": "auth_token", "data": "hunter22"}, {"id": 2, "name": "n", "data": 1}
        ),
    }
    listening = without_secrets_in(lambda *answer: kept.append(answer))
    TorcSource(Access(NEW), Recorded(NEW, answers, on_answer=listening)).fetch("7")
    assert any(path.startswith("/jobs") for path, _, _ in kept)
    assert "hunter22" not in repr(kept)
    assert {"id": 2, "name": "n", "data": 1} in next(
        body["items"] for path, _, body in kept if path.startswith("/user_data")
    )


def test_the_script_before_a_command_is_part_of_what_ran():
    source = new_source(jobs=jobs(work1={"invocation_script": "bash env.sh"}))
    assert by_name(source.fetch("7").record)["work1", 1].command_line.startswith("bash env.sh python work.py")


def test_user_data_are_parameters_and_those_of_a_job_are_named():
    source = new_source(
        user_data=listed(
            {"id": 1, "name": "config", "data": 1},
            {"id": 2, "name": "config", "data": None, "is_ephemeral": True},
        ),
        jobs=jobs(
            work1={"input_user_data_ids": [1], "output_user_data_ids": [2], "origin": "retry", "priority": 4}
        ),
    )
    record = source.fetch("7").record
    assert [(one.name, one.value) for one in record.parameters] == [("config", 1), ("config (2)", None)]
    assert record.metadata["ephemeral_user_data"] == ["config"]
    job = by_name(record)["work1", 1]
    assert job.parameters == {
        "origin": "retry",
        "user_data_read": ["config"],
        "user_data_written": ["config"],
    }
    assert job.scheduler["priority"] == 4


def test_schedulers_are_found_for_jobs_and_nodes():
    node = {**told("v0.35-compute_nodes")["items"][0], "scheduler_config_id": 5, "peak_cpu_percent": 350.0,
            "avg_cpu_percent": 120.0, "sample_count": 30}  # fmt: skip
    source = new_source(
        slurm_schedulers=listed(
            {"id": 5, "name": "big", "account": "lab", "partition": "gpu", "walltime": "04:00:00"}
        ),
        local_schedulers=listed({"id": 5, "name": "here"}),
        compute_nodes=listed(node),
    )
    record = source.fetch("7").record
    wanted = {"kind": "slurm", "name": "big", "partition": "gpu", "account": "lab"}
    assert by_name(record)["work2", 1].scheduler == wanted | {"job_id": "987654.3"}
    assert by_name(record)["work1", 1].scheduler == wanted | {"job_id": "987654"}
    assert record.nodes[0].scheduler.items() >= wanted.items()
    assert record.nodes[0].statistics == {"cpu_percent": {"average": 120.0, "max": 350.0, "samples": 30}}
    assert record.metadata["schedulers"][0]["walltime"] == "04:00:00"


def test_nodes_are_of_the_run_that_used_them():
    nodes = [{**told("v0.35-compute_nodes")["items"][0], "id": one} for one in (1, 2, 3)]
    results = listed(result(1, run=1), result(2, run=2, compute_node_id=2))
    source = new_source(compute_nodes=listed(*nodes), results=results)
    assert [one.key for one in source.fetch("7/1").record.nodes] == ["1"]
    assert [one.key for one in source.fetch("7/2").record.nodes] == [
        "2",
        "3",
    ]  # nobody used 3: it is the latest's


def test_files_have_paths_below_the_directory_whatever_torc_says():
    paths = ["/scratch/ada/diamond/a.csv", "/data/ref.fa", "./b//c.txt", "../up.txt", "a.csv", ""]
    files = [
        {"id": 10 + number, "name": f"n{number}", "path": path, "st_mtime": 1.0}
        for number, path in enumerate(paths)
    ]
    record = new_source(files=listed(*files)).fetch("7").record
    assert [file.path for link in record.datasets for file in link.dataset.files] == [
        "a.csv", "data/ref.fa", "b/c.txt", "_/up.txt",
    ]  # fmt: skip
    assert {link.data_type for link in record.datasets} == {DataType.INPUT}


def test_a_canceled_and_archived_workflow():
    source = new_source(workflow={**told("v0.35-workflow"), "is_canceled": True, "is_archived": True})
    run = source.fetch("7")
    assert (run.record.status, run.has_ended) == (RunStatus.CANCELLED, True)
    assert run.record.metadata["is_archived"] is True
    assert not run.record.source_deleted
    assert "The workflow is archived in Torc." in run.remarks


def test_events_are_of_the_run_during_which_they_happened():
    moments = {"before": 1795165200, "first": 1795165300, "second": 1795165480, "after": 1795175000}
    events = [
        {"id": number, "timestamp": at * 1000, "data": {"type": name}}
        for number, (name, at) in enumerate(moments.items())
    ]
    odd = [{"id": 9, "timestamp": None, "data": {}}, {"id": 10, "timestamp": 1795175000000, "data": "a text"}]
    told_run = {"id": 8, "timestamp": 1795175000000, "data": {"type": "told", "run_id": 1, "job_id": 2}}
    source = new_source(events=listed(*events, told_run, *odd))
    assert [one.type for one in source.fetch("7/1").events] == ["before", "first", "told"]
    latest = list(source.fetch("7/2").events)
    assert [one.type for one in latest] == ["second", "after", ""]
    assert latest[-1].data == {"data": "a text"}


def test_an_event_names_its_job_where_only_one_bears_the_name():
    found = list(new_source().fetch("7").events)
    assert [(one.category, one.type, one.level, one.job) for one in found] == [("job", "fail", "error", "3")]


def test_a_run_that_left_no_results():
    workflow = {**told("v0.35-workflow"), "run_id": 4}
    run = new_source(workflow=workflow).fetch("7/3")
    assert (run.record.jobs, run.record.status, run.has_ended) == ((), RunStatus.UNKNOWN, True)
    assert any("no result of run 3" in one for one in run.remarks)


def test_a_run_that_there_has_not_been():
    with pytest.raises(NotFound, match=r"has no run 3: its latest is 2\."):
        new_source().fetch("7/3")
    with pytest.raises(NotFound, match="Workflow not found with ID: 8"):
        new_source().fetch("8")
    with pytest.raises(AddressRefused):
        new_source().fetch("../7")


def test_the_version_is_that_of_the_definition():
    same = new_source(results=listed()).fetch("7").record.workflow
    other = new_source(jobs=jobs(work1={"command": "other"})).fetch("7").record.workflow
    recorded = new_source().fetch("7").record.workflow
    assert recorded.version == same.version != other.version


def test_what_is_too_long_is_cut_with_a_remark():
    run = new_source(jobs=jobs(work1={"name": "x" * 300, "status": "y" * 100})).fetch("7")
    job = next(one for one in run.record.jobs if one.name.startswith("x"))
    assert len(job.name) == 255
    assert any(one.startswith("Too long for the registry and cut") for one in run.remarks)


def test_older_servers_tell_relations_by_edges():
    def edge(source, target):
        return {"_from": f"any__9001/{source}", "_to": f"any__9001/{target}"}

    source = old_source(
        edges__needs=listed(edge(9101, 9301)),
        edges__stores=listed(edge(9101, 9800)),
        edges__requires=listed(edge(9101, 9900)),
        edges__executed=listed(edge(9700, 9101)),
        edges__scheduled_bys=listed(edge(9101, 9950)),
        user_data=listed({"_key": "9800", "name": "score", "data": {"n": 1}}),
        resource_requirements=listed({"_key": "9900", "num_cpus": 4, "memory": "20g", "runtime": "P0DT1M"}),
        slurm_schedulers=listed({"_key": "9950", "name": "debug", "account": "lab"}),
        compute_node_stats=listed(
            {"hostname": "node001", "stats": [
                {"resource_type": "cpu", "average": {"percent": 50.0}, "minimum": {"percent": 1.0}},
                {"resource_type": "cpu", "maximum": {"percent": 99.0}},
                {"resource_type": "process", "job_key": "9101", "average": {"rss": 1.0}},
            ]}
        ),
    )  # fmt: skip
    record = source.fetch("9001").record
    job = by_name(record)["work1", 1]
    assert job.requested == {"cpus": 4, "memory_bytes": 20 * 2**30, "runtime_seconds": 60.0}
    assert job.parameters == {"user_data_written": ["score"]}
    assert (job.node, job.host) == ("9700", "node001")
    assert job.scheduler == {"kind": "slurm", "job_id": "987654", "name": "debug", "account": "lab"}
    assert [(one.path, one.role) for one in job.files] == [("f1.json", "USED")]
    assert record.nodes[0].statistics == {"cpu_percent": {"min": 1.0, "average": 50.0, "max": 99.0}}


def test_no_file_can_be_had():
    with pytest.raises(SourceError, match="keeps no contents"):
        new_source().open_file("7", "f1.json")
