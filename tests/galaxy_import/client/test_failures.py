"""A Galaxy on a bad day: everything ends, nothing is left behind, and each failure has its sentence."""

import io
import logging
import threading
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from common.outgoing import Limits
from galaxy_import.client import GalaxyClient, invocations, reading
from run_sources.errors import (
    AnswerNotUnderstood,
    KeyRefused,
    NotFound,
    NotReadable,
    ServerTooOld,
    SourceError,
    SourceUnavailable,
    TooLarge,
)
from tests.galaxy_import.failing import (
    FailingGalaxy,
    breaks_off,
    drips,
    floods,
    hangs_up,
    is_silent,
    page,
    says,
    sends_to,
)

KEY = "a-key-nobody-may-see"
SHORT = Limits(connect=2, silence=0.3, total=0.6)
VERSION = {"version_major": "26.1", "version_minor": "2"}
INVOCATION = "351a9b2758cde034"


@pytest.fixture
def pauses() -> list[float]:
    """How long was waited, in seconds."""
    return []


@pytest.fixture
def client(failing_galaxy: FailingGalaxy, pauses: list[float]) -> Iterator[GalaxyClient]:
    with GalaxyClient(
        failing_galaxy.url, KEY, allow_private=True, limits=SHORT, pause=pauses.append
    ) as client:
        yield client


@pytest.fixture(autouse=True)
def _nothing_is_left_running() -> Iterator[None]:
    yield
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and _workers():
        threading.Event().wait(0.02)
    assert _workers() == []


def _workers() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith("galaxy")]


def refusal_of(client: GalaxyClient, code: str) -> str:
    with pytest.raises(SourceError) as raised:
        client.server()
    assert raised.value.code == code
    return str(raised.value)


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (drips(0.05), "did not come in time"),
        (drips(0.05, head=True), "did not come in time"),
        (is_silent(), "did not come in time"),
        (hangs_up(), "was cut"),
        (breaks_off(b'{"version_major": "26.1"}', after=10), "broke off"),
        (says({"err_msg": "database is locked"}, 500), "500: database is locked"),
        (says(b"Internal Server Error", 500, content_type="text/plain"), "status 500"),
        (page(502), "status 502"),
        (page(503), "status 503"),
        (says({"err_msg": "Slow down"}, 429), "429: Slow down"),
    ],
)
def test_a_server_that_cannot_answer_is_told_to_be_away(failing_galaxy, client, behaviour, words):
    failing_galaxy.on("/api/version", behaviour)
    began = time.monotonic()
    sentence = refusal_of(client, "unavailable")
    assert words in sentence
    assert failing_galaxy.url in sentence
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("behaviour", "code", "words"),
    [
        (page(), "not_understood", "is not the API of a Galaxy server"),
        (says([1, 2]), "not_understood", "other than an object"),
        (says(b'{"version_major": '), "not_understood", "is not the API of a Galaxy server"),
        (says({}), "not_understood", "look whether it is one"),
        (says({"err_msg": "no"}, 401), "key_refused", "does not accept the API key"),
        (says({"version_major": "20.09"}), "too_old", "is Galaxy 20.09"),
        (says(b"not packed", content_encoding="gzip"), "not_understood", "cannot be unpacked"),
        (says({"err_msg": "Teapot"}, 418), "not_understood", "refused the request (418): Teapot"),
    ],
)
def test_an_answer_that_is_none_has_its_sentence(failing_galaxy, client, behaviour, code, words):
    failing_galaxy.on("/api/version", behaviour)
    assert words in refusal_of(client, code)
    assert len(failing_galaxy.asked) == 1  # asking again would not help


def test_what_refuses_a_thing_is_told_apart(failing_galaxy, client):
    unknown = {"err_msg": "Could not decode", "err_code": 400009}
    failing_galaxy.on(
        "/api/invocations/a.*", says({"err_msg": "History is not accessible", "err_code": 403002}, 403)
    )
    failing_galaxy.on("/api/invocations/b.*", says(unknown, 400))
    failing_galaxy.on("/api/invocations/c.*", says({"message": "Not here", "code": "404 Not Found"}, 404))
    client.server()
    with pytest.raises(NotReadable, match=r"account alice@example.org \(Galaxy: History is not accessible\)"):
        client.invocation("a")
    with pytest.raises(NotFound, match="/api/invocations/b"):
        client.invocation("b")
    with pytest.raises(NotFound, match="/api/invocations/c"):
        client.invocation("c")


def test_without_a_key_a_refusal_says_that_one_is_needed(failing_galaxy):
    failing_galaxy.on("/api/invocations/.*", says({"err_msg": "No", "err_code": 403002}, 403))
    client = GalaxyClient(failing_galaxy.url, allow_private=True)
    with client, pytest.raises(NotReadable, match="Store your API key"):
        client.invocation(INVOCATION)
    assert "x-api-key" not in failing_galaxy.asked[0].headers


def test_the_older_routes_refuse_a_key_in_their_own_way(failing_galaxy, client):
    body = b'{"err_msg": "Provided API key is not valid.", "err_code": 403001}'
    failing_galaxy.on("/api/version", says(body, 403, content_type="text/html; charset=UTF-8"))
    refusal_of(client, "key_refused")


def test_a_key_of_nobody_is_refused(failing_galaxy, client):
    failing_galaxy.on("/api/users/current", says({"total_disk_usage": 0.0}))
    with pytest.raises(KeyRefused, match="for anybody's"):
        client.whoami()


@pytest.mark.parametrize("packed", [False, True])
def test_a_flood_of_json_is_cut_off(failing_galaxy, packed):
    failing_galaxy.on("/api/version", floods(100, packed))
    limits = Limits(silence=5, total=60, most_bytes=8 * 1024 * 1024)
    tracemalloc.start()
    with GalaxyClient(failing_galaxy.url, KEY, allow_private=True, limits=limits) as client:
        assert "larger than 8388608 bytes" in refusal_of(client, "not_understood")
    assert tracemalloc.get_traced_memory()[1] < 40 * 1024 * 1024
    tracemalloc.stop()


# --- pauses ------------------------------------------------------------------------------------------------


def test_a_busy_server_is_asked_again_after_growing_pauses(failing_galaxy, client, pauses):
    failing_galaxy.on("/api/version", page(502), hangs_up(), says({}, 429), says(VERSION))
    assert client.server().version == "26.1.2"
    assert failing_galaxy.counts["/api/version"] == 4
    assert 10 < sum(pauses) < 17  # about 1, 3 and 9 seconds
    assert max(pauses) <= 1  # somebody may want to stop meanwhile


@pytest.mark.parametrize("given", ["20", "date"])
def test_a_server_is_left_alone_for_as_long_as_it_asks(failing_galaxy, client, pauses, given):
    later = format_datetime(datetime.fromtimestamp(time.time(), UTC) + timedelta(seconds=21), usegmt=True)
    failing_galaxy.on(
        "/api/version", says({}, 429, retry_after=later if given == "date" else given), says(VERSION)
    )
    assert client.server().version == "26.1.2"
    assert 18 < sum(pauses) < 22


def test_what_a_server_fails_over_is_not_asked_for_again_at_once(failing_galaxy, client, pauses):
    failing_galaxy.on("/api/version", says({"err_msg": "database is locked"}, 500))
    refusal_of(client, "unavailable")
    assert (len(failing_galaxy.asked), pauses) == (1, [])


def test_a_server_that_wants_a_longer_rest_gets_it_from_who_asks(failing_galaxy, client, pauses):
    failing_galaxy.on("/api/version", says({}, 503, retry_after="3600"))
    with pytest.raises(SourceUnavailable) as raised:
        client.server()
    assert raised.value.retry_after == 3600
    assert pauses == []


def test_work_that_is_called_off_stops_in_a_pause(failing_galaxy, pauses):
    failing_galaxy.on("/api/version", page(502))

    def check() -> None:
        if pauses:
            raise InterruptedError

    with (
        GalaxyClient(failing_galaxy.url, KEY, allow_private=True, pause=pauses.append, check=check) as client,
        pytest.raises(InterruptedError),
    ):
        client.server()
    assert len(pauses) == 1


# --- elsewhere ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_place_is_not_followed(failing_galaxy, client, status):
    with FailingGalaxy() as elsewhere:
        failing_galaxy.on("/api/version", sends_to(f"{elsewhere.url}/api/version", status))
        sentence = refusal_of(client, "forbidden_address")
        assert elsewhere.asked == []
    assert elsewhere.url in sentence


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost/",
        "file:///etc/passwd",
        "//metadata.google.internal/",
        "http://user@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://[::1/",
        "gopher://127.0.0.1/",
    ],
)
def test_a_redirect_to_somewhere_inside_is_not_followed(failing_galaxy, client, target):
    failing_galaxy.on("/api/version", sends_to(target))
    assert "sends on to" in refusal_of(client, "forbidden_address")


def test_a_redirect_within_the_server_is_followed_a_few_times(failing_galaxy, client):
    failing_galaxy.on("/api/version", sends_to("/api/version/"))
    failing_galaxy.on("/api/version/", says(VERSION))
    assert client.server().version == "26.1.2"
    failing_galaxy.on("/api/version/", sends_to("/api/version"))
    assert "without an end" in refusal_of(client, "forbidden_address")


def test_a_private_address_is_asked_only_if_it_is_listed(failing_galaxy):
    with GalaxyClient(failing_galaxy.url, KEY) as client:
        assert "not a public address" in refusal_of(client, "forbidden_address")
    assert failing_galaxy.asked == []


# --- the key -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("behaviour", [page(502), says({}, 401), says([]), sends_to("http://other.example/")])
def test_the_key_goes_into_a_header_and_nowhere_else(failing_galaxy, client, caplog, behaviour):
    caplog.set_level(logging.DEBUG)
    failing_galaxy.on("/api/version", behaviour)
    with pytest.raises(SourceError) as raised:
        client.server()
    told: Any = raised.value
    while told is not None:
        assert KEY not in repr(told) + str(told)
        told = told.__cause__ or told.__context__
    assert KEY not in repr(client) + repr(client.session) + caplog.text
    assert all(KEY not in each.path and each.headers["x-api-key"] == KEY for each in failing_galaxy.asked)


@pytest.mark.parametrize("key", ["two words", "line\r\nX-Other: 1", "schlüssel"])
def test_a_key_that_no_header_can_hold_is_refused_without_being_told(key):
    with pytest.raises(KeyRefused) as raised:
        GalaxyClient("https://usegalaxy.eu", key)
    assert key not in str(raised.value)
    assert raised.value.__context__ is None


def test_an_old_server_is_told_its_version(failing_galaxy, client):
    failing_galaxy.on("/api/version", says({"version_major": "22.01"}))
    with pytest.raises(ServerTooOld, match=r"22\.01.*22\.05"):
        client.server()


# --- shapes, and many jobs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [[], {"id": INVOCATION}, {"id": INVOCATION, "steps": [1]}, "text", 7])
def test_what_is_no_invocation_is_not_taken_for_one(failing_galaxy, client, body):
    failing_galaxy.on("/api/invocations/.*", says(body))
    with pytest.raises(AnswerNotUnderstood):
        client.invocation(INVOCATION)


def test_subworkflows_that_lead_back_to_themselves_are_left(failing_galaxy, client):
    step = {"subworkflow_invocation_id": INVOCATION, "jobs": []}
    failing_galaxy.on("/api/invocations/.*", says({"id": INVOCATION, "steps": [step]}))
    with pytest.raises(AnswerNotUnderstood, match="lead back to themselves"):
        client.invocation(INVOCATION)
    assert failing_galaxy.counts[f"/api/invocations/{INVOCATION}"] == 1


def test_jobs_come_in_order_with_few_requests_at_once(failing_galaxy, client):
    for number in range(20):
        failing_galaxy.on(f"/api/jobs/{number}\\?full=true", says({"id": str(number), "job_metrics": None}))
        failing_galaxy.on(f"/api/jobs/{number}/metrics", says([{"name": "n", "raw_value": number}]))
    found = list(client.jobs(str(number) for number in range(20)))
    assert [detail["id"] for detail, _ in found] == [str(number) for number in range(20)]
    assert [metrics[0]["raw_value"] for _, metrics in found] == list(range(20))
    assert failing_galaxy.most_at_once <= 3


def test_jobs_are_read_only_a_little_ahead(failing_galaxy, client):
    failing_galaxy.on("/api/jobs/.*", says({"id": "1", "job_metrics": []}))
    taken = []

    def references() -> Iterator[str]:
        for number in range(1000):
            taken.append(number)
            yield str(number)

    found = client.jobs(references())
    next(found)
    found.close()
    assert len(taken) <= 7


def test_a_job_that_cannot_be_read_does_not_keep_the_others(failing_galaxy, client):
    failing_galaxy.on("/api/jobs/.*full=true", says({"id": "1", "job_metrics": []}))
    failing_galaxy.on("/api/jobs/2.*", says({"err_msg": "gone"}, 404))
    failing_galaxy.on("/api/jobs/3.*", says({"err_msg": "broken"}, 500))
    assert [bool(detail) for detail, _ in client.jobs("1234")] == [True, False, False, True]


def test_a_server_that_fails_over_every_job_is_away(failing_galaxy, client):
    failing_galaxy.on("/api/jobs/.*", says({"err_msg": "broken"}, 500))
    with pytest.raises(SourceUnavailable, match="broken"):
        list(client.jobs(str(number) for number in range(50)))


def test_calling_off_stops_between_jobs(failing_galaxy):
    failing_galaxy.on("/api/jobs/.*", says({"id": "1", "job_metrics": []}))
    is_off = threading.Event()

    def check() -> None:
        if is_off.is_set():
            raise InterruptedError

    with GalaxyClient(failing_galaxy.url, KEY, allow_private=True, check=check) as client:
        found = client.jobs(str(number) for number in range(1000))
        next(found)
        is_off.set()
        with pytest.raises(InterruptedError):
            next(found)
    assert len(failing_galaxy.asked) < 15


def test_answers_are_told_in_the_thread_that_reads(failing_galaxy):
    failing_galaxy.on("/api/jobs/.*full=true", says({"id": "1", "job_metrics": None}))
    failing_galaxy.on("/api/jobs/.*/metrics", says([]))
    told: list[tuple[str, int, str]] = []
    client = GalaxyClient(
        failing_galaxy.url, KEY, allow_private=True,
        on_answer=lambda path, status, body: told.append((path, status, threading.current_thread().name)),
    )  # fmt: skip
    list(client.jobs("12"))
    here = threading.current_thread().name
    assert told == [
        ("/api/jobs/1?full=true", 200, here), ("/api/jobs/1/metrics", 200, here),
        ("/api/jobs/2?full=true", 200, here), ("/api/jobs/2/metrics", 200, here),
    ]  # fmt: skip


def test_a_dataset_that_is_too_large_is_left(failing_galaxy, client):
    failing_galaxy.on("/api/datasets/1/display", says(b"x" * 1000))
    with pytest.raises(TooLarge, match="1000 bytes"):
        client.download("1", io.BytesIO(), limit=999)
    failing_galaxy.on("/api/datasets/1/display", floods(2))
    with pytest.raises(TooLarge):
        client.download("1", io.BytesIO(), limit=1024 * 1024)


def test_an_answer_of_nothing_but_brackets_does_not_fill_the_memory(failing_galaxy, client):
    failing_galaxy.on("/api/invocations/.*", says(b'{"id": "1", "steps": [' + b"{}," * 6_000_000 + b"{}]}"))
    client.session.limits = Limits()
    tracemalloc.start()
    try:
        with pytest.raises(AnswerNotUnderstood):
            client.invocation(INVOCATION)
        assert tracemalloc.get_traced_memory()[1] < 128 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_more_steps_than_any_run_has_are_refused(failing_galaxy, client, monkeypatch):
    monkeypatch.setattr(invocations, "MOST_STEPS", 10)
    failing_galaxy.on("/api/invocations/.*", says({"id": INVOCATION, "steps": [{}] * 11}))
    with pytest.raises(AnswerNotUnderstood, match="11 steps"):
        client.invocation(INVOCATION)


def test_a_list_of_jobs_without_an_end_is_left(failing_galaxy, client, monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 1_000)
    failing_galaxy.on("/api/invocations/.*", says({"id": INVOCATION, "steps": []}))
    failing_galaxy.on("/api/jobs.*", lists_for_ever)
    with pytest.raises(AnswerNotUnderstood, match="more than 1000 under /api/jobs"):
        client.invocation(INVOCATION)
    assert failing_galaxy.counts["/api/jobs"] == 6


def test_what_is_no_id_is_not_listed(failing_galaxy, client):
    rows = [{"id": each} for each in ("../../users", "a" * 65, "a\0b", None, 7, INVOCATION)]
    failing_galaxy.on("/api/invocations.*", says(rows))
    assert list(client.invocations_of_history("1")) == ["7", INVOCATION]


@pytest.mark.parametrize("id", ["..", ".", "", "../..", "%2e%2e", "..?x=y", "..#x"])
def test_no_id_leads_to_another_place_of_the_server(failing_galaxy, client, id):
    with pytest.raises(NotFound):
        client.invocation(id)
    assert [asked.path.count("/") for asked in failing_galaxy.asked] == [3]
    assert failing_galaxy.asked[0].path.startswith("/api/invocations/")


def lists_for_ever(handler, double):
    """A page of 200 jobs that nobody has seen before."""
    offset = int(parse_qs(urlsplit(handler.path).query)["offset"][0])
    says([{"id": f"{offset + n:016x}"} for n in range(200)])(handler, double)


def test_what_no_database_keeps_is_not_in_a_sentence(failing_galaxy, client):
    failing_galaxy.on("/api/invocations/.*", says({"err_msg": "not\0yours" + "!" * 10_000}, 403))
    with pytest.raises(NotReadable, match="not yours!!") as raised:
        client.invocation(INVOCATION)
    assert "\0" not in str(raised.value)
    assert len(str(raised.value)) < 1_000


def test_what_no_database_keeps_is_not_in_the_version(failing_galaxy, client):
    failing_galaxy.on(
        "/api/version", says({"version_major": "26.1\0" + "9" * 5_000, "version_minor": {"a": 1}})
    )
    assert client.server().version.startswith("26.199")
    assert len(client.server().version) <= 60
