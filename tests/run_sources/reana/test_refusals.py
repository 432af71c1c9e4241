"""What can go wrong with a REANA server: each thing has its sentence, and none has a secret in it."""

from collections.abc import Callable

import pytest

from run_sources.errors import (
    AddressForbidden,
    AnswerNotUnderstood,
    CertificateRefused,
    KeyRefused,
    NotFound,
    NotReadable,
    SourceError,
    SourceUnavailable,
)
from run_sources.reana import ReanaSource
from run_sources.reana.session import ReanaSession, TooManyFiles
from run_sources.seam import Access
from tests.run_sources.reana.replay import NO_PAGE, TOKEN, Replay, recorded

HELLO_1 = "335037af-2b11-4d83-ae47-803b1d436cd9"
PARAMETERS = "/api/workflows/hello.1/parameters"
POOL = "QueuePool limit of size 5 overflow 10 reached (Background on this error at: https://sqlalche.me/e/20/3o7r)"
Source = Callable[..., ReanaSource]


def said(reana: Replay, source: ReanaSource, kind: type[SourceError]) -> str:
    """The sentence of the error that asking for hello.1 raises."""
    with pytest.raises(kind) as problem:
        source.fetch("hello.1")
    assert type(problem.value) is kind
    assert str(problem.value).startswith(reana.url)
    assert TOKEN not in str(problem.value)
    return str(problem.value)


def test_without_a_token(reana: Replay, open_source: Source):
    assert "answers to nobody without credentials (it says: User not signed in)" in said(
        reana, open_source(token=""), KeyRefused
    )


def test_with_a_token_that_is_none(reana: Replay, open_source: Source):
    sentence = said(reana, open_source(token="wrong-token-2"), KeyRefused)
    assert "does not accept the access token that is stored (it says: Token not valid.)" in sentence


@pytest.mark.parametrize(
    ("status", "body", "kind", "expected"),
    [
        (401, {"message": "User has no active tokens"}, KeyRefused, "does not accept the access token"),
        (403, {"message": "User 7 is not allowed to access workflow 9"}, NotReadable, "Have it shared"),
        (404, recorded("err-404.json"), NotFound, "shows no run nosuch.1 to the owner of the token"),
        (404, recorded("err-404uuid.json"), NotFound, "256b25f4-4cfb-4684-b7a8-73872ef455a1 to the owner"),
        (404, NO_PAGE, NotFound, "knows nothing under"),
        (409, recorded("err-409.json"), AnswerNotUnderstood, "is just doing something else with this run"),
        (400, {"message": "Malformed request."}, AnswerNotUnderstood, "refused the request (400)"),
        (200, b"<!doctype html><p>Sign in", AnswerNotUnderstood, "not the API of a REANA server"),
        (200, ["no", "object"], AnswerNotUnderstood, "another shape"),
        (200, {"id": "no uuid"}, AnswerNotUnderstood, "does not tell the UUID"),
        (200, b'{"id": "335037af-2b11', AnswerNotUnderstood, "not the API of a REANA server"),
        (429, {"message": "Slow down"}, SourceUnavailable, "429: Slow down"),
        (502, b"<html>Bad gateway", SourceUnavailable, "status 502"),
        (500, {"message": POOL}, SourceUnavailable, "500: its database is too busy, or away"),
        (500, {"message": f"Bad url /x?access_token={TOKEN}&a"}, SourceUnavailable, "access_token=…"),
    ],
)
def test_a_refusal_says_what_to_do(reana: Replay, open_source: Source, status, body, kind, expected):
    for call in ("parameters", "status"):
        reana.change(f"/api/workflows/hello.1/{call}", body, status)
    sentence = said(reana, open_source(), kind)
    assert expected in sentence
    assert "sqlalche" not in sentence.lower()
    assert "REANA_WORKON" not in sentence


@pytest.mark.parametrize(
    ("status", "message", "asked"), [(500, POOL, 4), (500, "Something", 1), (503, "", 4)]
)
def test_a_busy_database_is_asked_again(reana: Replay, open_source: Source, status, message, asked):
    reana.change(PARAMETERS, {"message": message}, status)
    said(reana, open_source(), SourceUnavailable)
    assert reana.counts[PARAMETERS] == asked


def test_logs_that_break_off(reana: Replay, open_source: Source):
    reana.change(f"/api/workflows/{HELLO_1}/logs", {"logs": '{"job_logs": {"a7859'})
    assert "sent logs that break off" in said(reana, open_source(), AnswerNotUnderstood)


def test_too_many_files_is_told_apart(open_source: Source):
    problem = open_source().session.refusal(
        400, {"message": "Too many files to display (limit=100000)"}, "/x"
    )
    assert isinstance(problem, TooManyFiles)


def test_what_may_not_be_read_of_a_run_is_missing_and_told(reana: Replay, open_source: Source):
    for call in ("specification", "parameters", "retention_rules", "share-status", "disk_usage", "workspace"):
        reana.change(f"/api/workflows/{HELLO_1}/{call}", {"message": "no"}, 403)
    run = open_source().fetch(HELLO_1)
    assert (len(run.record.jobs), run.record.datasets, run.files) == (2, (), {})
    assert any("does not show the specification" in remark for remark in run.remarks)
    assert any("files of the workspace are not known" in remark for remark in run.remarks)


def test_a_run_whose_jobs_cannot_be_read_is_not_imported_without_them(reana: Replay, open_source: Source):
    reana.change(f"/api/workflows/{HELLO_1}/logs", {"message": "no"}, 403)
    said(reana, open_source(), NotReadable)


def test_a_private_server_is_asked_only_if_it_is_listed(reana: Replay):
    source = ReanaSource(Access(reana.url, {"token": TOKEN}))
    with pytest.raises(AddressForbidden) as problem:
        source.fetch("hello.1")
    assert TOKEN not in str(problem.value)
    assert not reana.asked


def test_a_certificate_that_is_none_is_refused():
    with pytest.raises(CertificateRefused, match="no certificate in PEM"):
        ReanaSource(Access("https://reana.example.org", {"token": TOKEN, "ca_certificate": "nonsense"}))


def test_a_short_token_is_not_looked_for_in_answers():
    assert ReanaSession("https://reana.example.org", "a").words_of({"message": "a b a"}) == "a b a"
