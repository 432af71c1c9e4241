"""Logs of runs and jobs: kept, listed, read, searched, removed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from common.models import HistoryEvent
from tests.conftest import Api
from tests.factories import a_job, a_run, shared
from tests.workflows.conftest import RUNS
from workflows import log_contents
from workflows.log_texts import text_of
from workflows.logs import append_log, keep_log, keep_logs
from workflows.models import RunLog, WorkflowRun
from workflows.records import LogRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(ada: User) -> WorkflowRun:
    """A run of Ada's without jobs."""
    return a_run(ada)


def address(run: WorkflowRun, rest: str = "") -> str:
    """The logs of a run."""
    return f"{RUNS}{run.pk}/logs/{rest}"


def held(log: RunLog) -> str:
    """The text that is kept."""
    return text_of(RunLog.objects.get(pk=log.pk).content)


# --- keeping ------------------------------------------------------------------------------------------------


def test_the_same_log_again_changes_nothing_and_another_takes_its_place(run: WorkflowRun) -> None:
    job = a_job(run)
    first = keep_log(run=run, job=job, name="stdout", text="a\n")
    again = keep_log(run=run, job=job, name="stdout", text=iter(["a", "\n"]))
    assert (again.pk, again.modified) == (first.pk, first.modified)
    other = keep_log(run=run, job=job, name="stdout", text="b\nc\n")
    assert (other.pk, held(other), other.line_count) == (first.pk, "b\nc\n", 2)
    of_run = keep_log(run=run, name="stdout", text="a\n")
    assert (of_run.job_id, RunLog.objects.count()) == (None, 2)


def test_many_logs_find_their_jobs_by_id_and_attempt_and_none_is_lost(run: WorkflowRun) -> None:
    first, second = a_job(run, external_id="7"), a_job(run, external_id="7", attempt=2)
    a_job(a_run(run.owner), external_id="9")
    logs = [
        LogRecord("stdout", "one", "7"),
        LogRecord("stdout", "two", "7", 2),
        LogRecord("stderr", "", "7"),
        LogRecord("stdout", "lost", "9"),
        LogRecord("stdout", "later", "7", 3),
        LogRecord("engine", "whole"),
        LogRecord("x" * 120, "long"),
        LogRecord("x" * 121, "longer"),
    ]
    assert keep_logs(run=run, logs=iter(logs)) == 7
    rows = {(row.job_id, row.name): text_of(row.content) for row in RunLog.objects.all()}
    long = {name: text for (_, name), text in rows.items() if name.startswith("x")}
    assert sorted(long.values()) == ["long", "longer"]
    assert all(len(name) == 100 for name in long)
    assert {key: text for key, text in rows.items() if key[1] not in long} == {
        (first.pk, "stdout"): "one",
        (second.pk, "stdout"): "two",
        (None, "stdout (9)"): "lost",
        (None, "stdout (7, attempt 3)"): "later",
        (None, "engine"): "whole",
    }
    assert keep_logs(run=run, logs=logs) == 0
    assert keep_logs(run=run, logs=[LogRecord("stdout", "other", "7"), LogRecord("engine", "")]) == 1


def test_many_logs_are_read_one_portion_after_the_other(run: WorkflowRun, monkeypatch: Any) -> None:
    monkeypatch.setattr("workflows.logs.LOGS_AT_ONCE", 10)
    written_before = []

    def logs() -> Any:
        for n in range(25):
            written_before.append(RunLog.objects.count())
            yield LogRecord(f"log {n}", "text")

    assert keep_logs(run=run, logs=logs()) == 25
    assert [written_before[n] for n in (9, 10, 20)] == [0, 10, 20]


def test_a_stream_goes_on_and_is_cut_beyond_the_limit(run: WorkflowRun, settings: Any) -> None:
    settings.LOG_MAX_BYTES = 1000
    row = append_log(run=run, name="engine", text="begin\n")
    for n in range(300):
        row = append_log(run=run, name="engine", text=f"line {n}\n")
    assert (row.is_cut, row.size <= 1000, row.full_size) == (True, True, 6 + 10 * 7 + 90 * 8 + 200 * 9)
    assert held(row).startswith("begin\n")
    assert held(row).endswith("line 299\n")


# --- the list -----------------------------------------------------------------------------------------------


@pytest.fixture
def several(run: WorkflowRun) -> WorkflowRun:
    """A run's own log, a kept one of a job, excerpts, and an excerpt that a log stands for."""
    keep_log(run=run, name="engine", text="started\nended\n")
    align = a_job(run, "align", stdout="the excerpt", stderr="wärn")
    keep_log(run=run, job=align, name="stdout", text="the whole log\n")
    a_job(run, "sort", stderr="Killed", status="FAILED")
    a_job(run, "quiet")
    return run


def listed(api: Api, run: WorkflowRun, **query: Any) -> list[tuple[Any, str, str]]:
    """Job, name and kind of what is listed."""
    answer = api.get(address(run), query)
    assert answer.status_code == 200, answer.content
    return [(one["job"] and one["job"]["name"], one["name"], one["kind"]) for one in answer.json()["results"]]


ENGINE, STDOUT = (None, "engine", "log"), ("align", "stdout", "log")
WARNED, KILLED = ("align", "stderr", "excerpt"), ("sort", "stderr", "excerpt")


def test_logs_and_excerpts_stand_in_one_list(ada_api: Api, several: WorkflowRun) -> None:
    answer = ada_api.get(address(several), {"ordering": "name"}).json()
    assert answer["count"] == 4
    assert {(one["name"], one["size"], one["line_count"]) for one in answer["results"]} == {
        ("engine", 14, 2),
        ("stdout", 14, 1),
        ("stderr", 5, None),
        ("stderr", 6, None),
    }
    job = several.jobs.get(name="align")
    below = ada_api.get(f"{RUNS}{several.pk}/jobs/{job.pk}/logs/").json()
    assert {one["name"] for one in below["results"]} == {"stdout", "stderr"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kind": "log"}, {ENGINE, STDOUT}),
        ({"kind": "excerpt"}, {WARNED, KILLED}),
        ({"name": "stderr"}, {WARNED, KILLED}),
        ({"name": "engine", "kind": "excerpt"}, set()),
        ({"of_run": "true"}, {ENGINE}),
        ({"of_run": "false"}, {STDOUT, WARNED, KILLED}),
        ({"job_status": "FAILED"}, {KILLED}),
        ({"search": "ALI"}, {STDOUT, WARNED}),
        ({"search": "std"}, {STDOUT, WARNED, KILLED}),
        ({"min_size": 6}, {ENGINE, STDOUT, KILLED}),
        ({"max_size": 5}, {WARNED}),
    ],
)
def test_the_list_is_narrowed(ada_api: Api, several: WorkflowRun, query: Any, expected: set[Any]) -> None:
    assert set(listed(ada_api, several, **query)) == expected


@pytest.mark.parametrize("ordering", ["created", "-created", "name", "-name", "size", "-size", "job", "-job"])
def test_pages_by_number_and_by_cursor_tell_the_same(
    ada_api: Api, several: WorkflowRun, ordering: str
) -> None:
    whole = listed(ada_api, several, ordering=ordering)
    assert len(whole) == 4
    numbered = [listed(ada_api, several, ordering=ordering, page_size=1, page=n)[0] for n in range(1, 5)]
    asked: dict[str, Any] = {"ordering": ordering, "page_size": 1, "cursor": ""}
    page = ada_api.get(address(several), asked).json()
    found = page["results"]
    while page["next"]:
        page = ada_api.get(page["next"]).json()
        found += page["results"]
    by_cursor = [(one["job"] and one["job"]["name"], one["name"], one["kind"]) for one in found]
    assert by_cursor == numbered == whole
    back = ada_api.get(page["previous"]).json()
    assert back["results"] == found[2:3]


def test_the_list_comes_as_a_table_and_costs_the_same_for_many(
    ada_api: Api, several: WorkflowRun, body_of: Callable[[Any], bytes]
) -> None:
    table = body_of(ada_api.get(address(several), {"format": "csv"})).decode()
    assert len(table.splitlines()) == 5
    with CaptureQueriesContext(
        connection,
    ) as few:
        listed(ada_api, several)
    for n in range(20):
        keep_log(run=several, job=a_job(several, f"j {n}", stderr="x"), name="stdout", text="y")
    with CaptureQueriesContext(connection) as many:
        assert len(listed(ada_api, several)) == 44
    assert len(many) == len(few)


@pytest.mark.parametrize(
    "query",
    [{"job": "x"}, {"kind": "file"}, {"min_size": -1}, {"jobs": "1"}, {"ordering": "text"}, {"job": ""}],
)
def test_what_is_not_understood_is_told(ada_api: Api, run: WorkflowRun, query: dict[str, Any]) -> None:
    answer = ada_api.get(address(run), query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] in query


# --- reading ------------------------------------------------------------------------------------------------


def test_a_log_is_read_whole_in_part_with_and_without_colours(
    ada_api: Api, run: WorkflowRun, body_of: Callable[[Any], bytes]
) -> None:
    text = "\x1b[32mone\ntwo\x1b[0m\n<three>\n"
    log = keep_log(run=run, job=a_job(run, "a/b"), name="stdout", text=text)
    content = address(run, f"{log.pk}/content/")
    answer = ada_api.get(content)
    assert body_of(answer).decode() == text
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Log-Lines"] == "1-3/3"
    assert answer["Content-Disposition"].startswith("inline")
    kept = ada_api.get(content, {"download": "1"})
    assert kept["Content-Disposition"].startswith('attachment; filename="a_b.stdout.log"')
    assert body_of(ada_api.get(content, {"tail": 1})) == b"<three>\n"
    assert body_of(ada_api.get(content + "?from=2&to=2&ansi=strip")) == b"two\n"
    part = ada_api.get(content, HTTP_RANGE="bytes=-4")
    assert (part.status_code, body_of(part)) == (206, b"ee>\n")
    html = ada_api.get(content + "?ansi=html&from=2")
    assert body_of(html).decode() == (
        '<pre class="log"><span class="ansi-green">two</span>\n&lt;three&gt;\n</pre>\n'
    )
    assert html["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert ada_api.get(content, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    for wrong in (
        {"tail": "-1"},
        {"tail": 1, "from": 1},
        {"from": 3, "to": 2},
        {"ansi": "raw"},
        {"lines": 3},
    ):
        assert ada_api.get(content, wrong).status_code == 400


def test_an_excerpt_is_read_like_a_log_and_changed_with_its_job(
    ada_api: Api, several: WorkflowRun, body_of: Callable[[Any], bytes]
) -> None:
    found = ada_api.get(address(several), {"search": "sort"}).json()["results"][0]
    one = address(several, f"{found['id']}/")
    assert ada_api.get(one).json() == found
    assert body_of(ada_api.get(f"{one}content/")) == b"Killed"
    assert ada_api.delete(one).status_code == 409
    hidden = ada_api.get(address(several), {"search": "align", "kind": "log"}).json()["results"][0]
    keep_log(run=several, job=several.jobs.get(name="sort"), name="stderr", text="Killed by all")
    assert ada_api.get(one).status_code == 404
    assert ada_api.get(address(several, f"{hidden['id']}/")).status_code == 200


# --- searching ----------------------------------------------------------------------------------------------


def test_a_search_goes_through_all_logs_or_one_and_in_pages(ada_api: Api, several: WorkflowRun) -> None:
    keep_log(run=several, name="engine", text="started\n\x1b[31mkil\x1b[0mled\nKILLED again\nended\n")
    asked: dict[str, Any] = {"q": "killed", "context": 1, "page_size": 1}
    page = ada_api.get(address(several, "search/"), asked).json()
    hits = page["results"]
    while page["next"]:
        page = ada_api.get(page["next"]).json()
        hits += page["results"]
    assert sorted((one["log"]["name"], one["line"], one["text"]) for one in hits) == [
        ("engine", 2, "killed"),
        ("engine", 3, "KILLED again"),
        ("stderr", 1, "Killed"),
    ]
    second = next(one for one in hits if one["line"] == 3)
    assert (second["places"], second["before"], second["after"]) == ([[0, 6]], ["killed"], ["ended"])
    only = {"q": "killed", "log": second["log"]["id"]}
    assert len(ada_api.get(address(several, "search/"), only).json()["results"]) == 2
    assert (
        len(ada_api.get(address(several, "search/"), {"q": "killed", "name": "stderr"}).json()["results"])
        == 1
    )


def test_a_search_that_takes_long_stops_and_can_go_on(run: WorkflowRun) -> None:
    for n in range(3):
        keep_log(run=run, name=f"log {n}", text=f"needle {n}\n")
    from workflows.log_listing import Asked, entries

    rows, times = entries(run, Asked()), iter(range(0, 1000, 4))
    found = log_contents.search(rows, "needle", context=0, most=50, clock=lambda: next(times))
    assert (found.is_late, len(found.hits)) == (True, 2)
    rest = log_contents.search(rows, "needle", context=0, most=50, begin=found.next)
    assert [one.match.text for one in (*found.hits, *rest.hits)] == ["needle 0", "needle 1", "needle 2"]
    assert (rest.is_late, rest.next) == (False, None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "(a+)+$", "regex": "1"}, "regex"),
        ({"q": "a", "context": 21}, "context"),
        ({"q": "a", "page_size": 501}, "page_size"),
        ({"q": "a", "cursor": "x"}, "cursor"),
    ],
)
def test_a_search_says_what_it_does_not_understand(
    ada_api: Api, run: WorkflowRun, query: dict[str, Any], field: str
) -> None:
    answer = ada_api.get(address(run, "search/"), query)
    assert answer.status_code == (404 if field == "cursor" else 400)
    assert answer.json()["errors"][0]["field"] == field


# --- sending and removing -----------------------------------------------------------------------------------


def test_a_log_is_sent_as_json_or_as_a_file_gone_on_with_and_removed(
    ada_api: Api, run: WorkflowRun, body_of: Callable[[Any], bytes]
) -> None:
    job = a_job(run)
    made = ada_api.post(address(run), {"name": "engine", "text": " one\n"})
    assert (made.status_code, made.json()["size"], made.json()["job"]) == (201, 5, None)
    again = ada_api.post(address(run), {"name": "engine", "text": "two\n", "append": True})
    assert (again.status_code, again.json()["line_count"]) == (200, 2)
    upload = {"file": SimpleUploadedFile("trace.log", b"caf\xc3\xa9 \xff\n"), "job": str(job.pk)}
    sent = ada_api.post(address(run), upload, format="multipart")
    assert (sent.status_code, sent.json()["name"], sent.json()["job"]["id"]) == (
        201,
        "trace.log",
        str(job.pk),
    )
    assert body_of(ada_api.get(address(run, f"{sent.json()['id']}/content/"))).decode() == "café �\n"
    below = f"{RUNS}{run.pk}/jobs/{job.pk}/logs/"
    assert ada_api.post(below, {"name": "x", "text": "y"}).json()["job"]["id"] == str(job.pk)
    assert ada_api.delete(address(run, f"{made.json()['id']}/")).status_code == 204
    told = [one.changes for one in HistoryEvent.objects.filter(object_id=run.pk).order_by("id")]
    assert told[:2] == [{"engine": [None, {"bytes": 5}]}, {"engine": [{"bytes": 5}, {"bytes": 9}]}]
    assert "content" not in str(told[-1])
    assert "engine" in str(told[-1])


def test_a_log_that_is_not_well_told_is_refused(
    ada_api: Api, ada: User, run: WorkflowRun, settings: Any
) -> None:
    foreign = a_job(a_run(ada))
    for body, status in (
        ({"name": "x"}, 400),
        ({"name": "", "text": "y"}, 400),
        ({"name": "x" * 101, "text": "y"}, 400),
        ({"name": "x", "text": 5}, 400),
        ({"name": "x", "text": "y", "job": str(foreign.pk)}, 404),
    ):
        assert ada_api.post(address(run), body).status_code == status
    settings.RUN_FILE_MAX_BYTES = 100
    large = {"file": SimpleUploadedFile("a.log", b"x" * 100_000)}
    assert ada_api.post(address(run), large, format="multipart").status_code == 413
    assert not RunLog.objects.exists()


def test_logs_have_the_rights_of_their_run(
    api: Callable[[User], Api], ada: User, bob: User, eve: User, run: WorkflowRun
) -> None:
    log = keep_log(run=run, name="engine", text="secret")
    for path in ("", f"{log.pk}/", f"{log.pk}/content/", "search/?q=secret"):
        assert api(eve).get(address(run, path)).status_code == 404
        assert api(bob).get(address(run, path)).status_code == 200
    assert api(bob).post(address(run), {"name": "x", "text": "y"}).status_code == 403
    assert api(bob).delete(address(run, f"{log.pk}/")).status_code == 403
    shared(run, eve, edit=True)
    assert api(eve).delete(address(run, f"{log.pk}/")).status_code == 204
    other = keep_log(run=a_run(ada), name="engine", text="other")
    assert api(ada).get(address(run, f"{other.pk}/content/")).status_code == 404
