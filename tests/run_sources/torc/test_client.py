"""Asking over HTTP: who asks, pages, what goes wrong with its sentence, and that events are read when they are read."""

import json

import pytest

from run_sources.errors import AnswerNotUnderstood, KeyRefused, NotFound, NotReadable, SourceUnavailable
from run_sources.seam import Access
from run_sources.torc import session as sessions
from run_sources.torc.session import TorcSession
from run_sources.torc.source import TorcSource
from tests.run_sources.torc.recorded import (
    NEW,
    OLD,
    Recorded,
    TorcDouble,
    listed,
    new_answers,
    new_source,
    old_answers,
    old_source,
    told,
)

ADA = {"user": "ada", "password": "pw"}


def source_of(base, **options):
    """A source that asks over HTTP and does not wait."""
    access = Access(base, allow_private=True, **options)
    return TorcSource(access, TorcSession.of(access, pause=lambda seconds: None))


@pytest.fixture
def torc():
    with TorcDouble() as double:
        yield double


def test_both_generations_are_asked_over_http(torc):
    newer, older = source_of(torc.new), source_of(torc.old)
    assert newer.fetch("7").record.origin.external_id == f"{torc.new}#7/2"
    assert older.fetch("9001").record.origin.external_id == f"{torc.old}#9001/1"
    assert list(older.list_run_ids("workflow", "9001")) == [f"{torc.old}#9001/1"]
    assert torc.most_at_once <= 3
    newer.close()
    older.close()


def test_results_of_all_runs_are_asked_for(torc):
    source_of(torc.new).fetch("7")
    assert any(
        "all_runs=true" in one.path for one in torc.asked if one.path.startswith("/torc-service/v1/results")
    )
    assert any("include_relationships=true" in one.path for one in torc.asked)


def test_a_password_is_sent_and_nowhere_told():
    heard = []
    with TorcDouble("pw") as torc:
        source = source_of(torc.new, credentials=ADA, on_answer=lambda *answer: heard.append(answer))
        run = source.fetch("7")
        assert source.whoami() == "ada"
    assert heard
    told_of = repr((run, heard, source.session))
    assert "pw" not in told_of.split()
    assert torc.wanted.split()[1] not in told_of


@pytest.mark.parametrize(
    ("credentials", "words"),
    [
        ({}, "answers to nobody without credentials"),
        (ADA | {"password": "no"}, "does not accept the credentials"),
    ],
)
def test_a_server_that_does_not_know_who_asks(credentials, words):
    with TorcDouble("pw") as torc:
        source = source_of(torc.new, credentials=credentials)
        with pytest.raises(KeyRefused, match=words) as caught:
            source.whoami()
        with pytest.raises(KeyRefused, match="Authentication required"):
            source.fetch("7")
    assert "YWRh" not in str(caught.value)


def test_an_open_server_is_nobodys(torc):
    assert source_of(torc.new).whoami() == ""


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (403, b'{"error": "access denied"}', NotReadable, "does not show this to the account ada"),
        (
            404,
            b'{"error": {"message": "gone"}}',
            NotFound,
            r"knows nothing under /workflows/7 \(it says: gone\)",
        ),
        (200, b"<html><body>Welcome</body></html>", AnswerNotUnderstood, "not the API of a Torc server"),
        (200, b'{"id": 7, "na', AnswerNotUnderstood, "not the API of a Torc server"),
        (200, b"[1, 2]", AnswerNotUnderstood, "something else than an object"),
        (200, b'{"_key": "7", "name": "x"}', AnswerNotUnderstood, "does not answer like Torc since 2025"),
        (500, b'{"errorMessage": "database is locked"}', SourceUnavailable, "500: database is locked"),
        (429, b"{}", SourceUnavailable, "cannot answer at the moment"),
    ],
)
def test_what_goes_wrong_has_a_sentence(torc, status, body, error, words):
    torc.raw["/torc-service/v1/workflows/7"] = (status, body)
    with pytest.raises(error, match=words):
        source_of(torc.new, credentials=ADA).fetch("7")


def test_a_newer_server_at_an_older_address(torc):
    torc.raw["/_db/test-workflows/torc-service/workflows/9001"] = (
        200,
        json.dumps(told("v0.35-workflow")).encode(),
    )
    with pytest.raises(AnswerNotUnderstood, match="does not answer like Torc before 2025"):
        source_of(torc.old).fetch("9001")


def test_a_list_of_another_shape():
    with pytest.raises(AnswerNotUnderstood, match=r"under /jobs with something else than a list of objects"):
        new_source(jobs={"items": [1]}).fetch("7")
    source = new_source()
    del source.session.answers["/jobs"]
    with pytest.raises(NotFound):  # nothing can be told of a run without its jobs
        source.fetch("7")


def test_what_older_versions_lack_is_named():
    run = old_source().fetch("9001")
    assert any(one.startswith("The server tells nothing of: edges/needs, ") for one in run.remarks)


# --- pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(sessions, "PAGE", 2)


@pytest.mark.parametrize("total", [0, 1, 2, 3, 7])
def test_every_page_is_read_once_and_in_order(small_pages, total):
    rows = [{"id": number} for number in range(total)]
    session = Recorded(NEW, {"/things": listed(*rows)})
    counted = []
    assert list(session.rows("/things", "offset", counted.append, workflow_id="7")) == rows
    assert counted == [total]
    assert len(session.asked) == max(1, -(-total // 2))


def test_a_server_that_gives_less_than_was_asked_for():
    rows = [{"id": number} for number in range(7)]
    session = Recorded(NEW, {"/things": listed(*rows)})
    session.most = 3
    assert list(session.rows("/things", "offset")) == rows


def test_rows_that_come_while_it_is_read_are_not_lost(small_pages):
    class Growing(Recorded):
        def ask(self, path, method="GET", body=None):
            if "offset=2" in path:
                self.answers["/things"]["items"] += [{"id": 3}, {"id": 4}]
            return super().ask(path, method, body)

    session = Growing(NEW, {"/things": listed(*({"id": number} for number in range(3)))})
    assert [one["id"] for one in session.rows("/things", "offset")] == [0, 1, 2, 3, 4]


def test_a_list_without_an_end_is_left(small_pages, monkeypatch):
    monkeypatch.setattr(sessions, "MOST_ROWS", 9)

    class Endless(Recorded):
        def ask(self, path, method="GET", body=None):
            answer = super().ask(path, method, body)
            answer.body.update(items=[{"id": 1}, {"id": 2}], has_more=True, total_count=0)
            return answer

    with pytest.raises(AnswerNotUnderstood, match="fewer than 9 rows"):
        list(Endless(NEW, {"/things": listed()}).rows("/things", "offset"))


def test_events_are_asked_for_when_they_are_read():
    source = TorcSource(Access(NEW), Recorded(NEW, new_answers()))
    run = source.fetch("7")
    asked = len(source.session.asked)
    assert not any(path.startswith("/events") for path in source.session.asked)
    events = iter(run.events)
    assert len(source.session.asked) == asked
    assert next(events).key == "2"
    assert source.session.asked[-1].startswith("/events?")


def test_progress_counts_the_jobs():
    class Telling:
        def __init__(self):
            self.said = []

        def begin(self, phase, **totals):
            self.said.append((phase, totals))

        def enter(self, phase):
            self.said.append((phase, {}))

        def add(self, **counts):
            self.said.append(("add", counts))

        def complete(self):
            self.said.append(("complete", {}))

    for base, answers, name in ((NEW, new_answers(), "7"), (OLD, old_answers(), "9001")):
        telling = Telling()
        TorcSource(Access(base, progress=telling), Recorded(base, answers)).fetch(name)
        assert ("JOBS", {"jobs": 4}) in telling.said
        assert telling.said.count(("add", {"jobs": 1})) == 4
        assert telling.said[-1] == ("complete", {})
