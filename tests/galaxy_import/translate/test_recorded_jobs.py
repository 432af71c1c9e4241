"""Every recorded job, compared with what Galaxy says of it."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from galaxy_import.translate.statuses import status_of_job
from tests.galaxy_import.translate.cases import ALL, BIG, ROOM, WHOLE, Case, case
from workflows.records import JobRecord, RunStatus

every = pytest.mark.parametrize(("version", "name"), ALL)
whole = pytest.mark.parametrize(("version", "name"), WHOLE)
NOISE = {"chromInfo", "dbkey"}


def detailed(told: Case) -> list[tuple[JobRecord, Any]]:
    """The jobs of which the details were recorded, with them."""
    pairs = [(job, told.details(job.external_id)) for job in told.run.record.jobs]
    return [(job, said) for job, said in pairs if said is not None]


@every
def test_there_is_each_job_once_below_its_step_in_the_order_of_planning(version: str, name: str) -> None:
    told = case(version, name)
    said = {job["id"]: (key, job) for key, job in told.jobs_listed()}
    jobs = told.run.record.jobs
    assert sorted(job.external_id for job in jobs) == sorted(said)
    assert [job.step for job in jobs] == [said[job.external_id][0] for job in jobs]
    planned = [(said[job.external_id][1]["create_time"], job.external_id) for job in jobs]
    assert planned == sorted(planned)


@every
def test_there_are_as_many_of_each_state_as_the_summary_counts(version: str, name: str) -> None:
    told = case(version, name)
    summary = told.said.get(f"/api/invocations/{told.invocation['id']}/jobs_summary")["states"]
    found = Counter(job.state for job in told.read)
    assert found == summary
    statuses = Counter(job.status for job in told.run.record.jobs)
    assert statuses == sum(
        (Counter({status_of_job(one): count}) for one, count in summary.items()), Counter()
    )


@whole
def test_every_job_was_read(version: str, name: str) -> None:
    told = case(version, name)
    assert len(detailed(told)) == len(told.run.record.jobs) > 0
    assert not any("could not be read" in remark for remark in told.run.remarks)


@every
def test_exit_codes_and_output_are_as_galaxy_has_them(version: str, name: str) -> None:
    for job, said in detailed(case(version, name)):
        assert job.exit_code == said["exit_code"]
        for ours, theirs in ((job.stdout, said["stdout"]), (job.stderr, said["stderr"])):
            assert ours == theirs if len(theirs) <= ROOM else f"{len(theirs)} characters in all" in ours
            assert len(ours) <= ROOM
            assert theirs.startswith(ours[:100])
            assert theirs.endswith(ours[-100:])


@every
def test_parameters_are_decoded_and_without_what_galaxy_adds(version: str, name: str) -> None:
    for job, said in detailed(case(version, name)):
        given = {key: value for key, value in said["params"].items() if key[:2] != "__"}
        expected = {key: value if value is None else json.loads(value) for key, value in given.items()}
        kept = {key: one for key, one in expected.items() if key not in NOISE}
        data = {key for key, one in kept.items() if isinstance(one, dict) and "values" in one}
        assert job.parameters == {key: one for key, one in kept.items() if key not in data}
        assert "/srv/galaxy" not in json.dumps(job.parameters)


@whole
def test_times_and_resources_are_those_measured(version: str, name: str) -> None:
    told = case(version, name)
    for job, said in detailed(told):
        metrics = told.said.get(f"/api/jobs/{job.external_id}/metrics")
        raw = {one["name"]: float(one["raw_value"]) for one in metrics}
        if raw:
            assert job.started_at == datetime.fromtimestamp(raw["start_epoch"], UTC)
            assert job.completed_at == datetime.fromtimestamp(raw["end_epoch"], UTC)
            assert job.resources == {
                "galaxy_slots": raw["galaxy_slots"],
                "runtime_seconds": raw["runtime_seconds"],
                "host_memory_bytes": raw["memtotal"] * 1024,
                "host_swap_bytes": raw["swaptotal"] * 1024,
            }
        elif said["state"] == "deleted":
            assert job.completed_at == datetime.fromisoformat(said["update_time"]).replace(tzinfo=UTC)
        else:
            times = [
                datetime.fromisoformat(said[key]).replace(tzinfo=UTC)
                for key in ("create_time", "update_time")
            ]
            has_run = (
                said["state"] == "ok"
            )  # a tool on collections is run by Galaxy itself, which measures nothing
            assert [job.started_at, job.completed_at] == (times if has_run else [None, None])


def test_an_unmeasured_job_has_the_times_of_its_row() -> None:
    told = case(*BIG)
    rows = {job["id"]: job for _, job in told.jobs_listed()}
    ended = [job for job in told.run.record.jobs if job.status in (RunStatus.SUCCESS, RunStatus.FAILED)]
    assert len(ended) == 397
    for job in ended:
        row = rows[job.external_id]
        times = [
            datetime.fromisoformat(row[key]).replace(tzinfo=UTC) for key in ("create_time", "update_time")
        ]
        assert [job.started_at, job.completed_at] == times
        assert job.exit_code == row["exit_code"]


@pytest.mark.parametrize("version", ["24.2", "26.1"])
def test_a_running_job_started_when_its_row_changed_and_has_no_end(version: str) -> None:
    told = case(version, "d2_while_running")
    one, two, three = told.run.record.jobs
    assert (one.status, two.status, three.status) == (
        RunStatus.SUCCESS,
        RunStatus.RUNNING,
        RunStatus.PENDING,
    )
    changed = {job["id"]: job["update_time"] for _, job in told.jobs_listed()}[two.external_id]
    assert two.started_at == datetime.fromisoformat(changed).replace(tzinfo=UTC)
    assert (two.completed_at, three.started_at, three.completed_at) == (None, None, None)


def test_jobs_of_mapped_steps_have_the_names_of_their_elements() -> None:
    told = case("26.1", "b_mapped")
    listed = told.said.get("/api/dataset_collections/351a9b2758cde034")["elements"]
    samples = [one["element_identifier"] for one in listed]
    names = Counter(job.name for job in told.run.record.jobs)
    labels = ("cut", "sort", "first", "filter", "wc")
    assert names == Counter({f"{label} ({one})": 1 for label in labels for one in samples} | {"merge": 1})


def test_elements_are_those_that_the_jobs_made() -> None:
    told = case("26.1", "b_mapped")
    for collection in ("1b4302472ee7ee70", "e31fed3f3e34d1fa", "e369ebe36b4acf90"):  # sort, filter, wc
        elements = told.said.get(f"/api/dataset_collections/{collection}")["elements"]
        for element in elements:
            made = element["object"]["id"]
            job = next(
                job for job, said in detailed(told) if made in {one["id"] for one in said["outputs"].values()}
            )
            assert job.name.endswith(f"({element['element_identifier']})")


@pytest.mark.parametrize("version", ["24.2", "26.1"])
def test_the_message_of_a_failed_job_and_of_those_that_wait_for_it(version: str) -> None:
    messages = {job.name: job.message for job in case(version, "c_failed").run.record.jobs}
    assert messages["check"] == "It failed with exit code 3."
    assert messages["cut"] == ""
    assert messages["sort"] == (
        "It is paused. Galaxy says: Execution of this dataset's job is paused because its input datasets are in an "
        "error state."
    )


def test_an_administrator_reads_the_command_line_and_the_host() -> None:
    told = case("26.1", "a_linear", "admin")
    for job in told.run.record.jobs:
        said = told.details(job.external_id)
        if said:
            assert job.command_line == said["command_line"]
            assert job.host == "vm"
            assert job.resources["host_processors"] == 2
    assert any(told.details(job.external_id) for job in told.run.record.jobs)
