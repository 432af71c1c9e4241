"""A WES server asked over HTTP: pages, tasks, logs, files, its crate, who asks, and what goes wrong."""

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest

from run_sources.errors import AddressForbidden, KeyRefused, NotFound, NotReadable, SourceError
from run_sources.seam import Access
from run_sources.wes import WesSource
from tests.run_sources.wes.recorded import Reply, WesServer, recording, run_log, server_of, source_for
from workflows.records import FileType

INFO = Reply({"version": "1", "supported_wes_versions": ["1.1.0"]})


def runs_of(*pairs: tuple[str, dict[str, Any]]) -> dict[str, Reply]:
    """A server with these runs, by their logs."""
    return {"/service-info": INFO} | {
        f"/runs/{key}": Reply({"run_id": key, "state": "COMPLETE"} | log) for key, log in pairs
    }


# --- lists ---------------------------------------------------------------------------------------------


def test_all_runs_are_listed_page_by_page_under_either_name_of_the_list() -> None:
    told = recording("sapporo-2.4")
    token = run_pages = None
    with server_of("sapporo-2.4") as server:
        pages = [one["body"] for one in told["answers"] if one["path"].startswith("/runs?page_size=2")]
        token = next(page["next_page_token"] for page in pages if page["next_page_token"])
        first, second = sorted(pages, key=lambda page: page["next_page_token"] is None)
        server.replies |= {
            "/runs?page_size=100": Reply(first),
            f"/runs?page_size=100&page_token={token.replace('=', '%3D')}": Reply(second),
        }
        run_pages = list(source_for(server).list_run_ids("service", "service"))
    assert run_pages == [one["run_id"] for one in first["runs"] + second["runs"]]
    with server_of("toil-9.6") as server:
        listed = next(one["body"] for one in recording("toil-9.6")["answers"] if "/runs?" in one["path"])
        server.replies["/ga4gh/wes/v1/runs"] = Reply(listed)
        assert list(source_for(server).list_run_ids("service", "service")) == [
            one["run_id"] for one in listed["workflows"]
        ]
        with pytest.raises(NotFound):
            list(source_for(server).list_run_ids("history", "1"))


def test_a_server_whose_pages_never_end_is_left() -> None:
    with WesServer({"/runs": Reply({"runs": [{"run_id": "a"}], "next_page_token": "same"})}) as server:
        assert list(source_for(server).list_run_ids("service", "service")) == ["a", "a"]


# --- tasks and logs --------------------------------------------------------------------------------------


def test_tasks_of_wes_1_1_are_paged_and_their_logs_are_read_when_wanted() -> None:
    log = {"task_logs_url": "http://elsewhere.example/tasks", "run_log": {"stdout": "said"}}
    first = {
        "task_logs": [{"id": "t1", "name": "a", "exit_code": 0, "stdout": "one"}],
        "next_page_token": "2",
    }
    second = {"task_logs": [{"id": "t2", "name": "b", "stderr": "../runs/r/logs/t2"}], "next_page_token": ""}
    replies = runs_of(("r", log)) | {
        "/runs/r/tasks?page_size=100": Reply(first),
        "/runs/r/tasks?page_size=100&page_token=2": Reply(second),
        "/runs/r/logs/t2": Reply("two", content_type="text/plain"),
    }
    with WesServer(replies) as server:
        found = source_for(server).fetch("r")
        assert [job.external_id for job in found.record.jobs] == ["t1", "t2"]
        assert not server.counts["/runs/r/logs/t2"]
        assert [(one.name, one.job, one.text) for one in found.logs] == [
            ("stdout", "", "said"), ("stdout", "t1", "one"), ("stderr", "t2", "two"),
        ]  # fmt: skip


def test_a_log_that_is_gone_says_so_in_its_place() -> None:
    with WesServer(runs_of(("r", {"run_log": {"stderr": "/logs/gone"}}))) as server:
        (log,) = source_for(server).fetch("r").logs
    assert log.text.startswith("[/logs/gone]\n[")


def test_a_log_is_read_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("run_sources.wes.logs.MOST", 10)
    replies = runs_of(("r", {"run_log": {"stdout": "/logs/1"}})) | {
        "/logs/1": Reply("x" * 50, content_type="text/plain")
    }
    with WesServer(replies) as server:
        (log,) = source_for(server).fetch("r").logs
    assert log.text.startswith("x" * 10 + "\n[the rest")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:{other}/x", "file:///etc/passwd", "http://169.254.169.254/x"]
)
def test_an_address_of_another_host_or_port_is_never_asked(address: str) -> None:
    with WesServer({}) as trap:
        hostile = address.format(other=trap.port)
        log = {
            "run_log": {"stdout": hostile, "stderr": hostile},
            "task_logs": [{"name": "a", "stdout": hostile}],
            "outputs": [{"file_name": "a.txt", "file_url": hostile}],
        }
        with WesServer(runs_of(("r", log))) as server:
            source = source_for(server)
            found = source.fetch("r")
            assert list(found.logs) == []
            assert found.record.metadata["log_addresses"] == {"stdout": hostile, "stderr": hostile}
            with pytest.raises(NotReadable, match="lies elsewhere"), source.open_file("r", "outputs/a.txt"):
                pass
        assert trap.asked == []


def test_a_log_that_sends_elsewhere_is_not_followed() -> None:
    with WesServer({}) as trap:
        sent_on = Reply(b"", 302, headers=(("location", f"{trap.url}/x"),))
        with WesServer(runs_of(("r", {"run_log": {"stdout": "/logs/1"}})) | {"/logs/1": sent_on}) as server:
            (log,) = source_for(server).fetch("r").logs
        assert "sends on to" in log.text
        assert trap.asked == []


# --- files and crate -------------------------------------------------------------------------------------


def test_an_output_is_read_where_the_server_gives_it() -> None:
    with server_of("sapporo-2.4") as server:
        run_id = recording("sapporo-2.4")["runs"]["bad"]
        server.replies[f"/runs/{run_id}/outputs/sorted.txt"] = Reply(
            b"x" * 100_000, content_type="text/plain"
        )
        source = source_for(server)
        with source.open_file(run_id, "outputs/sorted.txt") as stream:
            assert (stream.read(3), len(stream.read())) == (b"xxx", 99_997)
        with pytest.raises(NotFound, match="no file"), source.open_file(run_id, "outputs/other.txt"):
            pass
        with pytest.raises(NotReadable), source.open_file(run_id, "exe/one.fasta"):
            pass


def packed(run_id: str, files: dict[str, bytes]) -> bytes:
    """A crate as sapporo packs it: in a folder of its own."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name, content in files.items():
            package.writestr(f"sapporo_{run_id}_ro_crate/{name}", content)
    return made.getvalue()


def crate_server(files: dict[str, bytes]) -> tuple[WesServer, str]:
    """The recorded sapporo, with a crate of these files."""
    server, run_id = server_of("sapporo-2.4"), recording("sapporo-2.4")["runs"]["ok"]
    metadata = server.replies[f"/runs/{run_id}/ro-crate"].content
    whole = packed(run_id, {"ro-crate-metadata.json": metadata} | files)
    server.replies[f"/runs/{run_id}/ro-crate?download=true"] = Reply(whole, content_type="application/zip")
    return server, run_id


def test_the_servers_crate_brings_the_workflows_files_and_is_handed_on_whole() -> None:
    files = {
        "exe/workflow.cwl": b"main",
        "exe/sort-tool.cwl": b"tool",
        "exe/one.fasta": b">a",
        "outputs/sorted.txt": b"x",
    }
    server, run_id = crate_server(files)
    with server:
        found = source_for(server).fetch(run_id)
        assert found.files == {"workflow.cwl": b"main", "sort-tool.cwl": b"tool"}
        assert found.record.workflow is not None
        assert {one.path: one.data_type for one in found.record.workflow.files} == {
            "workflow.cwl": FileType.MAIN, "sort-tool.cwl": FileType.OTHER,
        }  # fmt: skip
        assert found.open_crate is not None
        with found.open_crate() as crate, zipfile.ZipFile(crate) as package:
            assert len(package.namelist()) == 5


@pytest.mark.parametrize(
    "whole", [b"no zip at all", b"PK\x03\x04broken", packed("x", {"exe/workflow.cwl": b"main"})]
)
def test_a_crate_that_cannot_be_read_costs_only_the_workflows_files(whole: bytes) -> None:
    server, run_id = crate_server({})
    with server:
        server.replies[f"/runs/{run_id}/ro-crate?download=true"] = Reply(
            whole, content_type="application/zip"
        )
        found = source_for(server).fetch(run_id)
    assert found.files == {}
    assert any("files were not fetched" in one for one in found.remarks)


def test_of_a_crate_that_is_too_large_the_metadata_alone_is_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("run_sources.wes.crates.MOST", 100)
    server, run_id = crate_server({"exe/workflow.cwl": b"main" * 100})
    with server:
        found = source_for(server).fetch(run_id)
        assert found.files == {}
        assert found.open_crate is not None
        with found.open_crate() as crate, zipfile.ZipFile(crate) as package:
            assert package.namelist() == ["ro-crate-metadata.json"]
            assert json.loads(package.read("ro-crate-metadata.json"))["@graph"]


def test_a_run_under_way_and_a_server_without_crates_have_none() -> None:
    with server_of("sapporo-2.4", "running") as server:
        run_id = recording("sapporo-2.4")["runs"]["running"]
        assert source_for(server).fetch(run_id).open_crate is None
        assert not server.counts[f"/runs/{run_id}/ro-crate"]
    with server_of("toil-9.6") as server:
        assert source_for(server).fetch(recording("toil-9.6")["runs"]["ok"]).open_crate is None


def test_a_run_that_has_just_ended_is_asked_again_until_its_crate_is_packed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with server_of("sapporo-2.4") as server:
        run_id = recording("sapporo-2.4")["runs"]["ok"]
        crate = server.replies.pop(f"/runs/{run_id}/ro-crate")
        ended = datetime(2026, 11, 21, 2, 36, 36, tzinfo=UTC).timestamp()
        monkeypatch.setattr("run_sources.wes.source.time", lambda: ended + 20)
        found = source_for(server).fetch(run_id)
        assert (found.has_ended, found.remarks[-1]) == (
            False,
            "The server is still packing its RO-Crate of this run.",
        )
        monkeypatch.setattr("run_sources.wes.source.time", lambda: ended + 200)
        assert source_for(server).fetch(run_id).has_ended
        server.replies[f"/runs/{run_id}/ro-crate"] = crate
        monkeypatch.setattr("run_sources.wes.source.time", lambda: ended + 20)
        assert source_for(server).fetch(run_id).has_ended


# --- who asks --------------------------------------------------------------------------------------------


def test_a_token_goes_with_every_request_and_is_told_to_nobody() -> None:
    answers: list[Any] = []
    with WesServer(runs_of(("r", {})) | {"/me": Reply({"username": "ada"})}) as server:
        server.token = "s3cret"
        credentials = {"token": "s3cret"}
        source = source_for(server, credentials=credentials, on_answer=lambda *told: answers.append(told))
        assert source.whoami() == "ada"
        source.fetch("r")
        assert {one.headers["authorization"] for one in server.asked} == {"Bearer s3cret"}
        assert "s3cret" not in repr(answers) + repr(source.client.session)


def test_a_user_and_password_are_changed_for_a_token_once_and_only_there() -> None:
    answers: list[Any] = []
    with WesServer(runs_of(("r", {})) | {"/me": Reply({"username": "ada"})}) as server:
        server.token, server.password = "jwt", "pa ss"
        credentials = {"user": "ada", "password": "pa ss"}
        source = source_for(server, credentials=credentials, on_answer=lambda *told: answers.append(told))
        assert source.whoami() == "ada"
        source.fetch("r")
        assert server.counts["/token"] == 1
        assert not any(b"pa+ss" in one.body for one in server.asked if one.path != "/token")
        assert "jwt" not in repr(answers)


@pytest.mark.parametrize("credentials", [{}, {"token": "wrong"}, {"user": "ada", "password": "wrong"}])
def test_no_token_a_wrong_one_and_a_wrong_password_are_refused_with_a_sentence(
    credentials: dict[str, str],
) -> None:
    with WesServer(runs_of(("r", {}))) as server:
        server.token, server.password = "right", "right"
        source = source_for(server, credentials=credentials)
        for ask in (source.whoami, lambda: source.fetch("r")):
            with pytest.raises(KeyRefused) as refused:
                ask()
            assert "wrong" not in str(refused.value)


def test_nobody_is_told_where_the_server_asks_nobody() -> None:
    with WesServer({"/runs": Reply({"workflows": []})}) as server:
        assert source_for(server).whoami() == ""


# --- what goes wrong -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "code", "said"),
    [
        (Reply({"msg": "Run ID r not found.", "status_code": 404}, 404), "not_found", "Run ID r not found"),
        (
            Reply({"msg": "Invalid run_id format: r", "status_code": 400}, 400),
            "not_understood",
            "Invalid run_id",
        ),
        (Reply({"msg": "Invalid token", "status_code": 401}, 401), "key_refused", "without credentials"),
        (
            Reply({"title": "Not Found", "detail": "No such URL.", "status": 404}, 404),
            "not_found",
            "No such URL",
        ),
        (
            Reply("<html>Welcome</html>", content_type="text/html"),
            "not_understood",
            "not the API of a WES server",
        ),
        (Reply('{"run_id": "r", "sta'), "not_understood", "not the API of a WES server"),
        (Reply(["a", "list"]), "not_understood", "another shape"),
        (Reply({"msg": "slow down"}, 429), "unavailable", "slow down"),
        (Reply({"msg": "no disk"}, 500), "unavailable", "no disk"),
        (Reply(b"{}", headers=(("content_encoding", "gzip"),)), "not_understood", "broken way"),
    ],
)
def test_each_failure_has_its_sentence(reply: Reply, code: str, said: str) -> None:
    with (
        WesServer({"/service-info": INFO, "/runs/r": reply}) as server,
        pytest.raises(SourceError, match=said) as failed,
    ):
        source_for(server).fetch("r")
    assert failed.value.code == code


def test_a_server_that_is_too_busy_is_asked_again() -> None:
    with WesServer(runs_of(("r", {}))) as server:
        server.later["/runs/r"] = [Reply({}, 503, headers=(("retry_after", "1"),)), Reply({}, 429)]
        assert source_for(server).fetch("r").record.source_status == "COMPLETE"
        assert server.counts["/runs/r"] == 3


def test_a_private_server_that_nobody_listed_is_not_asked() -> None:
    with WesServer(runs_of(("r", {}))) as server:
        for credentials in ({}, {"user": "ada", "password": "x"}):
            with pytest.raises(AddressForbidden):
                WesSource(Access(server.service, credentials=credentials)).fetch("r")
        assert server.asked == []


def test_a_run_that_is_not_of_this_server_is_not_asked_for() -> None:
    with WesServer({}) as server:
        with pytest.raises(NotFound):
            source_for(server).fetch("https://other.example/ga4gh/wes/v1#run-1")
        assert server.asked == []


def test_the_work_can_be_stopped_between_requests() -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with WesServer(runs_of(("r", {}))) as server, pytest.raises(KeyboardInterrupt):
        source_for(server, check=stop).fetch("r")


def test_importing_again_tells_the_same() -> None:
    with server_of("toil-9.6") as server:
        run_id = recording("toil-9.6")["runs"]["ok"]
        assert source_for(server).fetch(run_id).record == source_for(server).fetch(run_id).record
        assert run_log("toil-9.6", "ok")["state"] == "COMPLETE"
