"""Torc's exports: recognised, read, the same as what the server tells, and registered with the files beside them."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from data_management.register.body import Reading
from run_directories.findings import Certainty, Role
from run_directories.overrides import Overrides
from run_directories.planning import plan
from run_directories.sniffers import NotThisEngine, Unreadable, sniff, verdicts
from run_directories.torc import TorcSniffer
from run_directories.torc.export import Export
from run_sources.torc.translate import fetched_run
from tests.run_directories.torc.conftest import export_document
from tests.run_sources.torc.recorded import NEW, new_source, told

LACKING = {"walltime_seconds", "total_exec_time_minutes", "ro_crate_entities", "is_complete"}
OF_NODES = {"node": "", "host": "", "scheduler": {}}


def without_what_exports_lack(record):
    """The record without compute nodes, what Slurm measured, RO-Crate entities, and the server's version."""
    jobs = [replace(job, **OF_NODES, resources=told_by_results(job.resources)) for job in record.jobs]
    metadata = {name: value for name, value in record.metadata.items() if name not in LACKING}
    workflow = replace(record.workflow, engine_version="")
    return replace(
        record, nodes=(), jobs=tuple(jobs), metadata=metadata, workflow=workflow, run_environment=None
    )


def told_by_results(resources):
    return {
        name: value for name, value in resources.items() if name not in ("max_vms_bytes", "avg_cpu_seconds")
    }


@pytest.mark.parametrize("run_id", [1, 2])
def test_an_export_tells_the_same_as_the_server(run_id):
    exported = fetched_run(Export(export_document()).told(run_id), NEW).record
    imported = new_source().fetch(f"7/{run_id}").record
    assert exported == without_what_exports_lack(imported)


@pytest.mark.parametrize("run_id", [1, 2])
def test_what_is_found_says_what_the_record_says(written, run_id):
    record = new_source().fetch(f"7/{run_id}").record
    found = TorcSniffer().read(written())[2 - run_id]
    for name in ("name", "status", "status_basis", "description", "started_at", "completed_at"):
        assert getattr(found, name) == getattr(record, name), name
    assert found.workflow.version == record.workflow.version
    assert found.parameters == {one.name: one.value for one in record.parameters}
    assert [job_of(one) for one in found.jobs] == [job_of(one) for one in record.jobs]
    files = {(file.path, link.data_type) for link in record.datasets for file in link.dataset.files}
    assert {(one.relative, one.role) for one in found.files if one.role != Role.REPORT} == files


def job_of(job):
    """What found jobs and records have in common."""
    names = (
        "name",
        "attempt",
        "status",
        "started_at",
        "completed_at",
        "command_line",
        "exit_code",
        "external_id",
    )
    return [getattr(job, name) for name in (*names, "parameters", "environment", "message", "after")]


def test_it_is_recognised_in_its_directory_and_by_itself(written):
    directory = written()
    for place in (directory, directory / "x.json"):
        sniffer, verdict = verdicts(place)[0]
        assert (sniffer.engine, verdict.certainty) == ("torc", Certainty.SURE)
        assert "x.json" in verdict.reason
    assert [run.source for run in sniff(directory / "x.json")] == ["torc", "torc"]


def test_its_runs_have_ids_that_stay(written):
    first, again = (
        TorcSniffer().read(written()),
        TorcSniffer().read(written(exported_at="2026-12-01T00:00:00Z")),
    )
    assert [run.external_id for run in first] == [run.external_id for run in again]
    assert [run.external_id.partition("#")[2] for run in first] == ["7/2", "7/1"]
    other = TorcSniffer().read(
        written(workflow={**told("v0.35-workflow"), "timestamp": "2020-01-01T00:00:00Z"})
    )
    assert other[0].external_id != first[0].external_id


def test_it_is_planned_with_its_files_and_can_be_sent(written):
    directory = written()
    made = plan(TorcSniffer().read(directory)[0], Overrides(), directory)
    assert {(one.name, str(one.role), one.collection) for one in made.datasets} == {
        ("f1.json", "INPUT", ""),
        ("f2.json", "OUTPUT", "Intermediate files"),
        ("f3.json", "OUTPUT", "Intermediate files"),
        ("x.json", "REPORT", ""),
    }
    body = made.body("01890a5d-ac96-774b-bcce-b302099a8057")
    assert Reading.of(body).violations == []
    job = next(one for one in body["workflowrun"]["jobs"] if one["name"] == "work2")
    assert job["files"] == [{"path": "f2.json", "role": "USED"}]
    assert job["resources"]["requested_memory_bytes"] == 2**30
    assert any("2 events are not registered" in one for one in made.remarks)


def test_files_are_found_where_the_directory_was_moved_to(written, tmp_path):
    files = [
        {"id": 1, "name": "moved", "path": "/scratch/ada/diamond/in.csv", "st_mtime": 1.0},
        {"id": 2, "name": "elsewhere", "path": "/data/ref.fa", "st_mtime": 1.0},
    ]
    (tmp_path / "in.csv").write_text("1")
    run = TorcSniffer().read(written(files=files))[0]
    assert {one.relative: str(one.path) for one in run.files if one.role != Role.REPORT} == {
        "in.csv": str(tmp_path / "in.csv"),
        "data/ref.fa": "/data/ref.fa",
    }


def test_without_results_there_are_statuses_and_a_remark(written):
    (run,) = TorcSniffer().read(written(results=..., events=...))
    assert (run.status, run.started_at, len(run.jobs)) == ("FAILED", None, 4)
    assert any("without --include-results" in one for one in run.remarks)


def test_exports_of_servers_that_do_not_tell_the_latest_run(written):
    known = {
        name: value for name, value in told("v0.35-workflow").items() if name not in ("run_id", "is_canceled")
    }
    runs = TorcSniffer().read(written(workflow=known))
    assert [(run.external_id[-3:], run.status) for run in runs] == [("7/2", "FAILED"), ("7/1", "FAILED")]


def test_several_exports_the_newest_first(written, tmp_path):
    older = [{**one, "completion_time": "2020-01-01T00:00:00Z"} for one in export_document()["results"]]
    (tmp_path / "a.json").write_text(
        json.dumps(export_document(results=older, workflow={"id": 3, "name": "old"}))
    )
    runs = TorcSniffer().read(written())
    assert [run.external_id.partition("#")[2] for run in runs] == ["7/2", "7/1", "3/2", "3/1"]
    assert runs[0].started_at == datetime(2026, 11, 20, 9, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"workflow": {}, "jobs": []}',
        '{"@graph": [], "note": "export_version and exported_at"}',
        "\x00\x01",
    ],
)
def test_other_json_is_left_to_others(tmp_path, text):
    (tmp_path / "x.json").write_text(text)
    assert TorcSniffer().look(tmp_path).certainty == Certainty.NO
    with pytest.raises(NotThisEngine, match="has no export of Torc"):
        TorcSniffer().read(tmp_path)


def test_an_export_that_lacks_its_parts_is_none(written):
    with pytest.raises(NotThisEngine, match="lacks one of workflow, jobs"):
        TorcSniffer().read(written(jobs=...))


def test_an_export_that_was_cut_off_says_so(written):
    directory = written()
    whole = (directory / "x.json").read_bytes()
    (directory / "x.json").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Unreadable, match="Export it again"):
        TorcSniffer().read(directory)


def test_links_that_lead_out_are_not_followed(tmp_path, written):
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "y.json").symlink_to(written() / "x.json")
    assert TorcSniffer().look(inner).certainty == Certainty.NO


def test_what_is_no_text_or_number_is_taken_for_nothing(written):
    odd = {
        "id": [],
        "name": None,
        "command": 5,
        "status": {},
        "attempt_id": "x",
        "depends_on_job_ids": {"a": 1},
    }
    run = TorcSniffer().read(written(jobs=[odd], results=[{"run_id": 10**30, "job_id": 1}], files=[{}]))[0]
    assert [(job.name, job.command_line, job.status) for job in run.jobs] == [("", "5", "UNKNOWN")]
