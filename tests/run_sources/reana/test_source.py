"""REANA as a source: what is asked for, what is not, and where the token goes."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from run_sources.errors import NotFound, NotReadable
from run_sources.reana import ReanaSource
from run_sources.reana.client import JOBS_PAGE
from run_sources.reana.jobs import JobsAndLogs
from run_sources.reana.values import RunName, Told
from run_sources.seam import Silent
from tests.run_sources.reana.replay import TOKEN, Replay, recorded
from workflows.records import DataType, RunStatus

HELLO_1 = "335037af-2b11-4d83-ae47-803b1d436cd9"
HELLO_1_1 = "06671053-cd31-4d05-8d7c-e8823fc6fe7e"
Source = Callable[..., ReanaSource]


@pytest.mark.parametrize("name", [HELLO_1, HELLO_1.upper(), "hello.1"])
def test_a_run_is_the_same_however_it_is_named(open_source: Source, name):
    assert open_source().fetch(name).record.origin.external_id == HELLO_1


def test_a_name_without_a_number_is_its_newest_run(open_source: Source):
    assert open_source().fetch("hello").record.name == "hello.8"


def test_all_runs_of_a_name_are_listed_newest_first(open_source: Source):
    found = list(open_source().list_run_ids("workflow", "hello"))
    rows = [row for row in recorded("err-notype.json")["items"] if row["name"].startswith("hello.")]
    assert found == [row["id"] for row in rows]
    with pytest.raises(NotFound, match="shows no run of the name nosuch"):
        list(open_source().list_run_ids("workflow", "nosuch"))


def test_whose_the_token_is(open_source: Source):
    assert open_source().whoami() == "ada@example.org"
    assert open_source(token="").whoami() == ""


def test_the_token_is_in_every_request_and_in_nothing_that_is_kept(reana: Replay, open_source: Source):
    log = f"my token is {TOKEN}\n"
    status = {"workflow_logs": log, "job_logs": {}, "service_logs": {}, "engine_specific": None}
    reana.change(f"/api/workflows/{HELLO_1}/logs", {"logs": json.dumps(status)})
    answers: list[Any] = []
    source = open_source(on_answer=lambda *answer: answers.append(answer))
    run = source.fetch("hello.1")
    assert all(parse_qs(urlsplit(each.path).query)["access_token"] == [TOKEN] for each in reana.asked)
    assert not any(TOKEN in str(each.headers) for each in reana.asked)
    kept = repr((answers, run.record, run.files, list(run.logs), run.remarks, source.session))
    assert TOKEN not in kept
    assert "my token is …" in kept


def test_a_run_is_asked_for_once_without_its_jobs_all_at_once(reana: Replay, open_source: Source):
    list(open_source().fetch(HELLO_1).logs)
    assert f"/api/workflows/{HELLO_1}/status" not in reana.counts  # which would tell all logs in one answer
    assert max(reana.counts.values()) == 1


def test_many_jobs_are_read_page_by_page_and_their_logs_again(reana: Replay, open_source: Source):
    count = 3 * JOBS_PAGE + 5
    server_logs(reana, count, "line\n" * 10)
    source = open_source()
    jobs = JobsAndLogs(source.client, told("serial"), kept=2000)
    records = jobs.read(Silent())
    assert [each.name for each in records] == [f"job-{index}" for index in range(count)]
    assert records[-1].after == (records[-2].external_id,)
    logs = list(jobs.logs())
    assert (logs[0].name, len(logs)) == ("engine", count + 1)
    assert [each.job for each in logs[1:]] == [each.external_id for each in records]
    assert reana.most_at_once <= 3


def test_a_server_that_knows_no_pages_of_jobs_is_not_asked_for_ever(reana: Replay, open_source: Source):
    jobs = {f"id-{index}": job(index) for index in range(JOBS_PAGE)}
    reana.change(f"/api/workflows/{HELLO_1}/logs", {"logs": json.dumps({"job_logs": jobs})})
    records = JobsAndLogs(open_source().client, told("cwl")).read(Silent())
    assert len(records) == JOBS_PAGE
    assert not any(each.after for each in records)


def test_a_page_of_logs_that_is_too_large_is_read_in_parts(reana: Replay, open_source: Source, monkeypatch):
    logs = [*("y" * 9000,), *("x" * 1000,) * 19]
    server_logs(reana, 20, *logs)
    source = open_source()
    monkeypatch.setattr(source.session, "limits", limits_of(source, 8000))
    jobs = JobsAndLogs(source.client, told("serial"))
    assert len(jobs.read(Silent())) == 19
    assert jobs.remarks == ("Jobs that are missing, because their logs are too large to be read: 1.",)


def test_too_many_files_are_a_remark_and_the_declared_ones_are_looked_for(
    reana: Replay, open_source: Source, monkeypatch
):
    source = open_source()
    really = source.client.files
    monkeypatch.setattr(source.client, "files", lambda id, name="": really(id if name else "full", name))
    said = "Too many files to display (limit=100000). Use filters."
    reana.change("/api/workflows/full/workspace", {"message": said}, 400)
    run = source.fetch(HELLO_1)
    assert any("Only declared files are known" in remark and said in remark for remark in run.remarks)
    assert {file.path for file in run.record.files_of(DataType.INPUT)} == {"code/hello.sh", "data/names.txt"}


def test_a_file_is_read_as_a_stream(open_source: Source):
    with open_source().open_file("hello.1", "results/greetings.txt") as file:
        assert (file.read(6), file.read()) == (b"Hello ", b"Jane!\nHello Joe!\n")


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a/.", "a\nb", ".."])
def test_a_path_that_leads_elsewhere_is_not_asked_for(reana: Replay, open_source: Source, path):
    with pytest.raises(NotFound, match="No file of a run"), open_source().open_file("hello.1", path):
        pass
    assert not reana.asked


def test_what_a_path_means_to_a_server_is_quoted(reana: Replay, open_source: Source):
    with pytest.raises(NotFound, match="no file"), open_source().open_file("hello.1", "a b?c=%2e#d.txt"):
        pass
    assert reana.asked[0].path.startswith("/api/workflows/hello.1/workspace/a%20b%3Fc%3D%252e%23d.txt?access")


def test_a_directory_is_not_taken_for_a_file(reana: Replay, open_source: Source):
    reana.change("/api/workflows/hello.1/workspace/results", b"PK", kind="application/zip")
    with pytest.raises(NotReadable, match="not a single file"), open_source().open_file("hello.1", "results"):
        pass


def test_an_end_of_the_work_stops_it(open_source: Source):
    class Stop(Exception):
        pass

    def stop() -> None:
        raise Stop

    with pytest.raises(Stop):
        open_source(check=stop).fetch(HELLO_1)


def test_a_restart_of_somebody_elses_run_is_not_linked_to_ones_own(reana: Replay, open_source: Source):
    theirs = next(row for row in reana.rows if row["id"] == HELLO_1_1)
    theirs["owner_email"] = "bob@example.org"
    record = open_source().fetch(HELLO_1_1).record
    assert record.rerun_of == ""
    assert record.people[0].name == "bob@example.org"  # the account's own name is Ada's


def test_a_run_that_is_not_listed_is_known_by_its_status(reana: Replay, open_source: Source):
    reana.rows[:] = [row for row in reana.rows if row["id"] != HELLO_1]
    record = open_source().fetch(HELLO_1).record
    assert (record.status, len(record.jobs)) == (RunStatus.SUCCESS, 2)


def told(kind: str) -> Told:
    """As much of a run as reading its jobs needs."""
    return Told("", HELLO_1, RunName("hello", 1), {}, parameters={"type": kind})


def job(index: int, log: str = "") -> dict[str, Any]:
    """A job as REANA tells it."""
    return {"job_name": f"job-{index}", "status": "finished", "cmd": ["echo", "a b"], "logs": log}


def server_logs(reana: Replay, count: int, *logs: str) -> None:
    """Have the server tell so many jobs, with these logs, the last for all others."""
    said = [logs[min(index, len(logs) - 1)] for index in range(count)]
    jobs = {f"id-{index}": job(index, log) for index, log in enumerate(said)}
    reana.logs[HELLO_1] = {"workflow_logs": "engine", "job_logs": jobs, "service_logs": {}}


def limits_of(source: ReanaSource, most_bytes: int) -> Any:
    """The source's limits with another size of answers."""
    return replace(source.session.limits, most_bytes=most_bytes)
