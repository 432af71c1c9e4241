"""Each way in which asking can fail has its sentence, and no sentence has a key in it."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError, SSLError

from run_sources.errors import (
    AnswerNotUnderstood,
    KeyRefused,
    NotFound,
    NotReadable,
    SourceError,
    SourceUnavailable,
)
from run_sources.healthomics.source import HealthOmicsSource
from tests.run_sources.healthomics.wire import BASE, CREDENTIALS, Wire, recorded, refused, tasks

pytestmark = pytest.mark.once
TABLE: list[tuple[str, int, type[SourceError], str]] = [
    ("ResourceNotFoundException", 404, NotFound, "does not know the run 1 in this region"),
    ("AccessDeniedException", 403, NotReadable, "They need omics:GetRun"),
    ("SomethingNewException", 403, NotReadable, "may not read the run 1"),
    ("UnrecognizedClientException", 403, KeyRefused, "does not accept the credentials"),
    ("InvalidSignatureException", 403, KeyRefused, "does not accept the credentials"),
    ("SignatureDoesNotMatch", 403, KeyRefused, "does not accept the credentials"),
    ("ExpiredTokenException", 403, KeyRefused, "have expired"),
    ("MissingAuthenticationTokenException", 403, KeyRefused, "does not accept the credentials"),
    ("ValidationException", 400, AnswerNotUnderstood, "does not accept the question"),
    ("ServiceQuotaExceededException", 402, SourceUnavailable, "quota"),
    ("ThrottlingException", 429, SourceUnavailable, "asked too often"),
    ("RequestTimeoutException", 408, SourceUnavailable, "took too long"),
    ("ConflictException", 409, SourceUnavailable, "being changed"),
    ("InternalServerException", 500, SourceUnavailable, "failed inside"),
    ("Odd", 502, SourceUnavailable, "status 502"),
    ("Odd", 418, AnswerNotUnderstood, "refused the question for the run 1"),
]


@pytest.mark.parametrize(("code", "status", "error", "sentence"), TABLE)
def test_every_code_has_its_sentence(
    wire: Wire, source: HealthOmicsSource, code: str, status: int, error: type[SourceError], sentence: str
) -> None:
    wire.answers["/run/1"] = refused(code, status, "it is so")
    with pytest.raises(error, match=sentence) as caught:
        source.fetch("1")
    assert type(caught.value) is error
    assert str(caught.value).endswith((".", "Dashboard."))


def test_every_error_of_the_services_model_is_in_the_table(source: HealthOmicsSource) -> None:
    model = source.client._client("omics").meta.service_model
    asked = ("GetRun", "ListRuns", "ListRunTasks", "GetRunTask", "GetWorkflow", "GetWorkflowVersion")
    named = {one.name for operation in asked for one in model.operation_model(operation).error_shapes}
    assert named <= {code for code, *_ in TABLE}


@pytest.mark.parametrize("name", ["err_404.error", "err_workflow_404.error"])
def test_recorded_errors_are_read(wire: Wire, source: HealthOmicsSource, name: str) -> None:
    told = recorded(name)
    wire.answers["/run/999"] = refused(told["Error"]["Code"], 404, told["Error"]["Message"])
    with pytest.raises(NotFound, match=rf"it says: {told['Error']['Message']}"):
        source.fetch("999")


@pytest.mark.parametrize("number", ["", "abc", "1/../2", "1234567890123456789"])
def test_what_is_no_number_of_a_run_is_not_found(wire: Wire, source: HealthOmicsSource, number: str) -> None:
    with pytest.raises(SourceError):
        source.fetch(number)
    assert not [path for path in wire.asked if path == "/run"]


def test_who_asks_too_often_waits_as_long_as_it_is_told(
    wire: Wire, source: HealthOmicsSource, pauses: list[float]
) -> None:
    busy = refused("ThrottlingException", 429, **{"retry-after": "7"})
    wire.answers["/run/1"] = [busy, busy, recorded("get_run_1")]
    assert source.client.run("1")["id"] == "1"
    assert sum(pauses) >= 14
    assert wire.asked == ["/run/1"] * 3


@pytest.mark.parametrize(("wait", "tries"), [("", 4), ("3600", 1)])
def test_nobody_waits_forever(
    wire: Wire, source: HealthOmicsSource, pauses: list[float], wait: str, tries: int
) -> None:
    wire.answers["/run/1"] = refused("ThrottlingException", 429, **({"retry-after": wait} if wait else {}))
    with pytest.raises(SourceUnavailable) as caught:
        source.fetch("1")
    assert (caught.value.retry_after, caught.value.status) == (float(wait) if wait else None, 429)
    assert wire.asked == ["/run/1"] * tries
    assert sum(pauses) < 60


def test_a_pause_ends_when_the_work_is_to_stop(
    wire: Wire, source_of: Callable[..., HealthOmicsSource], pauses: list[float]
) -> None:
    class Stopped(Exception):
        pass

    def check() -> None:
        if pauses:
            raise Stopped

    wire.answers["/run/1"] = refused("ThrottlingException", 429, **{"retry-after": "20"})
    with pytest.raises(Stopped):
        source_of(check=check).fetch("1")
    assert len(pauses) == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"<!DOCTYPE html><p>Sign in</p>", "/run/1"),
        (b'{"id": "1", "status": "COMPL', "/run/1"),
        (b"", "/run/1"),
        (b"[]", "/run/1"),
        (b'{"something": "else"}', "/run/1"),
        (b"<html>", "/run/1/task"),
        (b'{"items": 3}', "/run/1/task"),
    ],
)
def test_what_is_no_answer_of_the_service_is_said_so(
    wire: Wire, source: HealthOmicsSource, body: bytes, path: str
) -> None:
    wire.has_run(recorded("get_run_1")).answers[path] = (200, body)
    wire.answers["/workflow/1234567"] = recorded("get_workflow_noexport")
    with pytest.raises(AnswerNotUnderstood, match="not the API of HealthOmics"):
        source.fetch("1")


def test_a_list_without_an_end_is_not_read_forever(wire: Wire, source: HealthOmicsSource) -> None:
    wire.answers["/run/1/task"] = {"items": tasks(1, 1), "nextToken": "again"}
    with pytest.raises(AnswerNotUnderstood):
        list(source.client.tasks("1"))
    assert len(wire.asked) == 2


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (EndpointConnectionError(endpoint_url=BASE), "nothing answers there"),
        (ReadTimeoutError(endpoint_url=BASE), "did not come in time"),
        (SSLError(endpoint_url=BASE, error="x"), "certificate"),
    ],
)
def test_a_service_that_cannot_be_reached_is_asked_again_then_said_so(
    wire: Wire, source: HealthOmicsSource, problem: Exception, words: str
) -> None:
    wire.answers["/run/1"] = problem
    with pytest.raises(SourceUnavailable, match=words):
        source.fetch("1")
    assert len(wire.asked) == 4
    wire.answers["/run/1"] = [problem, recorded("get_run_1")]
    assert source.client.run("1")["id"] == "1"


def test_our_own_mistakes_are_not_taken_for_theirs(wire: Wire, source: HealthOmicsSource) -> None:
    wire.answers["/run/1"] = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        source.fetch("1")


def test_no_key_is_in_an_error_or_in_what_is_kept(
    wire: Wire, source_of: Callable[..., HealthOmicsSource]
) -> None:
    kept: list[Any] = []
    secrets = CREDENTIALS | {"session_token": "FwoGZXIvYXdzEA"}
    said = f"The Canonical String was: x-amz-security-token:FwoGZXIvYXdzEA {secrets['secret_access_key']}"
    source = source_of(credentials=secrets, on_answer=lambda *one: kept.append(one))
    for code in ("SignatureDoesNotMatch", "AccessDeniedException", "ValidationException", "Odd"):
        wire.answers["/run/1"] = refused(code, 400, said)
        with pytest.raises(SourceError) as caught:
            source.fetch("1")
        kept.append((caught.value, repr(source.client), caught.value.__cause__))
    assert not any(one in repr(kept) for one in (secrets["session_token"], secrets["secret_access_key"]))
