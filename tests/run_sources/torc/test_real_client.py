"""A real torc-client reads a stand-in server beside our source, and both tell the same, field by field.

It is asked for by ``RUNSTEAD_TEST_TORC_CLIENT``, the path of a Python that has torc-client. The stand-in is the one
that lies with the recordings beside the repository, or else ours.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from datetime import datetime

import pytest

from run_sources.seam import Access
from run_sources.torc.source import TorcSource
from tests.rocrate_export.judge import SHARED
from tests.run_sources.torc.recorded import TorcDouble
from workflows.records import RunStatus

PYTHON = os.environ.get("RUNSTEAD_TEST_TORC_CLIENT", "")
STAND_IN = SHARED / "data/made/sources/torc/serve.py"
MOST_LOOKS = 200
READ = """
import json, sys
from torc.openapi_client import ApiClient, Configuration
from torc.openapi_client import api
client = ApiClient(Configuration(host=sys.argv[1]))
def listed(found): return [one.to_dict() for one in found.items]
READ_ONLY = ("run_id", "is_archived", "is_canceled")  # which to_dict leaves out
workflows = api.WorkflowsApi(client)
workflow = workflows.get_workflow(7)
print(json.dumps({
    "workflow": {**workflow.to_dict(), **{name: getattr(workflow, name) for name in READ_ONLY}},
    "is_complete": workflows.is_workflow_complete(7).to_dict(),
    "jobs": listed(api.JobsApi(client).list_jobs(7, include_relationships=True)),
    "results": listed(api.ResultsApi(client).list_results(7, all_runs=True)),
    "files": listed(api.FilesApi(client).list_files(7)),
    "user_data": listed(api.UserDataApi(client).list_user_data(7)),
    "events": listed(api.EventsApi(client).list_events(7)),
    "compute_nodes": listed(api.ComputeNodesApi(client).list_compute_nodes(7)),
    "resource_requirements": listed(api.ResourceRequirementsApi(client).list_resource_requirements(7)),
    "slurm_stats": listed(api.SlurmStatsApi(client).list_slurm_stats(7)),
    "ro_crate_entities": listed(api.RoCrateEntitiesApi(client).list_ro_crate_entities(7)),
    "dependencies": listed(workflows.list_job_dependencies(7)),
}, default=str))
"""

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not PYTHON, reason="RUNSTEAD_TEST_TORC_CLIENT names no Python with torc-client"),
]


@contextlib.contextmanager
def stand_in():
    """The address of a server of the newer generation."""
    if not STAND_IN.exists():
        with TorcDouble() as double:
            yield double.new
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, str(STAND_IN), str(port)])
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}/torc-service/v1"
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(port):
    for _ in range(MOST_LOOKS):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        threading.Event().wait(0.1)
    pytest.fail("The stand-in did not begin to answer.")


@pytest.fixture(scope="module")
def both():
    """What the client read, and what our source did: the runs by their numbers, with their events."""
    with stand_in() as url:
        read = subprocess.run([PYTHON, "-c", READ, url], capture_output=True, text=True, check=False)
        assert read.returncode == 0, read.stderr
        source = TorcSource(Access(url, allow_private=True))
        ours = {
            int(one.rpartition("/")[2]): source.fetch(one) for one in source.list_run_ids("workflow", "7")
        }
        events = {number: list(run.events) for number, run in ours.items()}
        source.close()
    return json.loads(read.stdout), ours, events


def time_of(text):
    return datetime.fromisoformat(text)


def test_the_workflow(both):
    theirs, ours, _ = both
    record, workflow = ours[theirs["workflow"]["run_id"]].record, theirs["workflow"]
    assert (record.name, record.description) == (workflow["name"], workflow["description"])
    assert [one.name for one in record.people] == [workflow["user"]]
    for name in (
        "project",
        "metadata",
        "enable_ro_crate",
        "is_archived",
        "is_canceled",
        "submission_directory",
    ):
        assert record.metadata[name] == workflow[name]
    assert record.metadata["is_complete"] == theirs["is_complete"]["is_complete"]
    assert max(ours) == workflow["run_id"]


def test_jobs_and_their_edges(both):
    theirs, ours, _ = both
    record = ours[max(ours)].record
    assert [one.external_id for one in record.jobs] == [str(one["id"]) for one in theirs["jobs"]]
    for job, told in zip(record.jobs, theirs["jobs"], strict=True):
        assert (job.name, job.command_line, job.source_status) == (
            told["name"],
            told["command"],
            told["status"],
        )
        assert job.after == tuple(str(one) for one in told["depends_on_job_ids"])
    told_edges = {(str(one["job_id"]), str(one["depends_on_job_id"])) for one in theirs["dependencies"]}
    assert told_edges <= {(job.external_id, before) for job in record.jobs for before in job.after}


def test_results(both):
    theirs, ours, _ = both
    assert theirs["results"]
    for told in theirs["results"]:
        record = ours[told["run_id"]].record
        job = next(
            one
            for one in record.jobs
            if (one.external_id, one.attempt) == (str(told["job_id"]), told["attempt_id"])
        )
        assert (job.exit_code, job.completed_at) == (told["return_code"], time_of(told["completion_time"]))
        assert (job.completed_at - job.started_at).total_seconds() == told["exec_time_minutes"] * 60
        assert job.resources["max_rss_bytes"] == told["peak_memory_bytes"]
        assert job.resources["avg_rss_bytes"] == told["avg_memory_bytes"]
        assert job.resources["max_cpu_percent"] == told["peak_cpu_percent"]
        assert job.resources["avg_cpu_percent"] == told["avg_cpu_percent"]
        assert (job.status == RunStatus.SUCCESS) == (told["return_code"] == 0)
        assert job.node == str(told["compute_node_id"])


def test_files_and_parameters(both):
    theirs, ours, _ = both
    record = ours[max(ours)].record
    there = {(one["name"], one["path"]) for one in theirs["files"] if one.get("st_mtime")}
    assert {(link.dataset.name, link.dataset.files[0].path) for link in record.datasets} == there
    assert {one.path for one in record.declared} == {one["path"] for one in theirs["files"]}
    assert {one.name: one.value for one in record.parameters} == {
        one["name"]: one["data"] for one in theirs["user_data"]
    }


def test_nodes_requirements_and_measures(both):
    theirs, ours, _ = both
    record = ours[max(ours)].record
    for node, told in zip(record.nodes, theirs["compute_nodes"], strict=True):
        assert (node.hostname, node.cpus, node.gpus) == (told["hostname"], told["num_cpus"], told["num_gpus"])
        assert (node.kind, node.started_at) == (told["compute_node_type"], time_of(told["start_time"]))
        assert (node.completed_at - node.started_at).total_seconds() == told["duration_seconds"]
        assert node.memory_bytes == told["memory_gb"] * 2**30
    (asked,) = theirs["resource_requirements"]
    assert all(job.requested["cpus"] == asked["num_cpus"] for job in record.jobs)
    (measured,) = theirs["slurm_stats"]
    job = next(one for one in record.jobs if one.external_id == str(measured["job_id"]))
    assert job.scheduler["job_id"] == measured["slurm_job_id"]
    assert job.resources["avg_cpu_seconds"] == measured["ave_cpu_seconds"]
    assert job.resources["max_vms_bytes"] == measured["max_vm_size_bytes"]


def test_events_and_entities(both):
    theirs, ours, events = both
    found = {one.key: one for of_run in events.values() for one in of_run}
    assert set(found) == {str(one["id"]) for one in theirs["events"]}
    for told in theirs["events"]:
        event = found[str(told["id"])]
        assert round(event.at.timestamp() * 1000) == told["timestamp"]
        assert (event.category, event.type) == (told["data"]["category"], told["data"]["type"])
    kept = ours[max(ours)].record.metadata["ro_crate_entities"]
    assert [one["metadata"] for one in kept] == [one["metadata"] for one in theirs["ro_crate_entities"]]
