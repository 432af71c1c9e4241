"""The log of a run: what comes into it, in which order, and how it is read and followed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from accounts.models import ApiToken, Membership, User
from common.streaming import Places
from tests.conftest import Api
from tests.factories import a_job, a_run
from tests.records import RNASEQ
from tests.workflows.conftest import RUNS
from workflows import event_views, events
from workflows.event_looks import Looker
from workflows.events import append_events
from workflows.models import RunEvent, SentBatch, WorkflowRun
from workflows.records import EventRecord, RunStatus
from workflows.services import record_run

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def events_of(run: WorkflowRun) -> str:
    return f"{RUNS}{run.pk}/events/"


def several(count: int, **facts: Any) -> Iterator[EventRecord]:
    for number in range(count):
        at = NOON + timedelta(seconds=number)
        yield replace(EventRecord(at, "job", "job.told", f"message {number}", key=f"k{number}"), **facts)


@pytest.fixture
def run(ada: User) -> WorkflowRun:
    return a_run(ada, status="RUNNING")


# --- adding -----------------------------------------------------------------------------------------------------


def test_events_are_numbered_without_a_gap_and_kept_once(
    run: WorkflowRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "EVENTS_AT_ONCE", 3)
    assert append_events(run=run, events=several(7)) == 7
    assert append_events(run=run, events=[*several(9), *several(9)]) == 2
    told = RunEvent.objects.filter(workflowrun=run).values_list("sequence", "key", "at")
    assert list(told) == [(n + 1, f"k{n}", NOON + timedelta(seconds=n)) for n in range(9)]
    assert append_events(run=run, events=several(2, key="")) == 2  # without a key each is one of its own
    assert append_events(run=run, events=[]) == 0


def test_events_are_taken_as_they_are_written(run: WorkflowRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "EVENTS_AT_ONCE", 2)

    def breaks_off() -> Iterator[EventRecord]:
        yield from several(5)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        append_events(run=run, events=breaks_off())
    assert run.events.count() == 4
    assert append_events(run=run, events=several(6)) == 2


def test_what_cannot_be_kept_is_cut_or_written_otherwise(run: WorkflowRun) -> None:
    odd = EventRecord(
        at=NOON.replace(tzinfo=None),
        category="c" * 99,
        type="t" * 199,
        message="a\0b\ud800",
        level="loud",
        data={"n": 2**70, "s": ["x\0y"], 5: NOON},
        job="j" * 300,
        key="k" * 300,
    )
    assert append_events(run=run, events=[odd]) == 1
    assert append_events(run=run, events=[odd]) == 0
    assert append_events(run=run, events=[replace(odd, key="k" * 301)]) == 1
    kept = RunEvent.objects.filter(workflowrun=run)[0]
    assert (kept.at, len(kept.category), len(kept.type), kept.level) == (NOON, 60, 100, "info")
    assert (kept.message, len(kept.job_external_id)) == ("ab?", 255)
    assert kept.data == {"n": str(2**70), "s": ["xy"], "5": str(NOON.replace(tzinfo=UTC))}


def test_an_event_finds_its_job_also_where_that_comes_later(ada_api: Api, run: WorkflowRun) -> None:
    first, last = a_job(run, "one", external_id="4711"), a_job(run, "one", external_id="4711", attempt=2)
    append_events(run=run, events=[*several(1, job="4711"), *several(2, job="4712")])
    later = a_job(run, "two", external_id="4712")
    told = ada_api.get(events_of(run)).json()["results"]
    assert [one["job"] for one in told] == [str(last.pk), str(later.pk)]
    for asked, count in ((later.pk, 1), ("4712", 1), (last.pk, 1), (first.pk, 0)):
        assert ada_api.get(events_of(run), {"job": str(asked)}).json()["count"] == count


def test_what_the_registry_does_to_a_run_is_in_its_log(ada: User) -> None:
    going = replace(RNASEQ, status=RunStatus.RUNNING, is_imported=True, jobs=())
    run, _ = record_run(record=going, owner=ada)
    record_run(record=going, owner=ada)
    record_run(record=replace(going, status=RunStatus.FAILED), owner=ada)
    told = RunEvent.objects.filter(workflowrun=run).values_list("sequence", "category", "type", "level")
    assert list(told) == [
        (1, "registry", "run.imported", "info"),
        (2, "registry", "status.changed", "error"),
        (3, "registry", "run.updated", "info"),
    ]


def test_a_run_that_is_registered_costs_no_event(ada: User) -> None:
    run, _ = record_run(record=replace(RNASEQ, is_imported=False), owner=ada)
    assert not run.events.exists()


# --- reading ----------------------------------------------------------------------------------------------------


def test_a_log_is_read_on_behind_a_cursor_and_by_time(ada_api: Api, run: WorkflowRun) -> None:
    append_events(run=run, events=several(5))

    def sequences(**asked: Any) -> list[int]:
        answer = ada_api.get(events_of(run), asked)
        assert answer.status_code == 200, answer.content
        return [one["sequence"] for one in answer.json()["results"]]

    milliseconds = int(NOON.timestamp() * 1000)
    assert sequences() == [1, 2, 3, 4, 5]
    assert sequences(after=3) == [4, 5]
    assert sequences(after=1, before=4, ordering="-sequence") == [3, 2]
    assert sequences(after_time=milliseconds + 2500) == [4, 5]
    assert sequences(after_time="2026-11-21T12:00:02Z", before_time=milliseconds + 4000) == [4]
    assert sequences(search="message 3") == [4]
    assert sequences(type="job.told", category="job", level="info", page_size=2) == [1, 2]
    assert sequences(level="error") == []
    page = ada_api.get(events_of(run), {"cursor": "", "page_size": 2}).json()
    append_events(run=run, events=several(6))
    assert [one["sequence"] for one in ada_api.get(page["next"]).json()["results"]] == [3, 4]


@pytest.mark.parametrize("asked", ["after=-1", "after=x", f"after={2**63}", "after_time=noon", f"after_time={10**20}",
                                   "level=loud", "ordering=message", "colour=red", "stream=1"])  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(ada_api: Api, run: WorkflowRun, asked: str) -> None:
    assert ada_api.get(f"{events_of(run)}?{asked}").status_code == 400


def test_where_a_log_ends_is_told_for_little(
    ada_api: Api, run: WorkflowRun, django_assert_num_queries: Any
) -> None:
    empty = ada_api.get(f"{events_of(run)}latest/")
    assert empty.json() == {"cursor": 0, "at": None, "timestamp_ms": None}
    append_events(run=run, events=reversed(list(several(3))))
    with django_assert_num_queries(3):  # who asks, whether the run may be seen, the two ends
        told = ada_api.get(f"{events_of(run)}latest/")
    assert told.json() == {"cursor": 3, "at": "2026-11-21T12:00:02Z", "timestamp_ms": 1795262402000}
    assert ada_api.get(f"{events_of(run)}latest/", HTTP_IF_NONE_MATCH=told["ETag"]).status_code == 304


def test_an_entry_can_be_read_and_never_changed(ada_api: Api, run: WorkflowRun) -> None:
    append_events(run=run, events=several(1))
    address = f"{events_of(run)}{run.events.get().pk}/"
    assert ada_api.get(address).json()["message"] == "message 0"
    assert [ada_api.put(address, {}).status_code, ada_api.delete(address).status_code] == [405, 405]


# --- posting ----------------------------------------------------------------------------------------------------


def test_engines_post_one_event_a_list_or_lines(ada_api: Api, run: WorkflowRun) -> None:
    one = ada_api.post(events_of(run), {"type": "started"})
    assert (one.status_code, one.json()) == (201, {"received": 1, "added": 1, "known": 0, "cursor": 1})
    told = {"at": "2026-11-21T12:00:00+01:00", "type": "job.failed", "category": "job", "level": "error",
            "message": " killed\n", "data": {"code": 137}, "job": "4711", "key": "k1"}  # fmt: skip
    assert ada_api.post(events_of(run), [told, told, {"message": "m"}]).json()["known"] == 1
    kept = RunEvent.objects.get(workflowrun=run, key="k1")
    assert (kept.sequence, kept.at, kept.message) == (2, NOON - timedelta(hours=1), " killed\n")
    assert (kept.level, kept.data, kept.job_external_id) == ("error", {"code": 137}, "4711")
    lines = b'{"type": "a"}\n\n{"type": "b"}\n'
    answer = ada_api.generic("POST", events_of(run), lines, content_type="application/x-ndjson")
    assert answer.json() == {"received": 2, "added": 2, "known": 0, "cursor": 5}


def test_every_wrong_row_is_named_and_then_nothing_is_written(ada_api: Api, run: WorkflowRun) -> None:
    rows = [{"type": "fine"}, {}, 5, {"type": "x", "colour": "red"}, {"type": "x", "level": "loud"},
            {"type": "x", "at": "noon"}, {"type": "x", "data": []}, {"type": 5},
            {"type": "x", "data": {"a": "b" * 70_000}}]  # fmt: skip
    answer = ada_api.post(events_of(run), rows)
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == [
        "events[1].type", "events[2]", "events[3].colour", "events[4].level", "events[5].at", "events[6].data",
        "events[7].type", "events[7].type", "events[8].data",
    ]  # fmt: skip
    assert ada_api.post(events_of(run), {"level": "info"}).json()["errors"][0]["field"] == "type"
    assert ada_api.post(events_of(run), []).status_code == 400
    assert ada_api.post(events_of(run), [{"type": "x"}] * 10_001).status_code == 400
    broken = ada_api.generic(
        "POST", events_of(run), b'{"type": "a"}\n{"type"', content_type="application/x-ndjson"
    )
    assert broken.json()["errors"][0]["field"] == "events[1]"
    assert not run.events.exists()


def test_ten_thousand_events_take_no_more_statements_than_their_portions(
    ada_api: Api, run: WorkflowRun, django_assert_max_num_queries: Any
) -> None:
    body = orjson.dumps([{"type": "t", "key": str(number)} for number in range(10_000)])
    with django_assert_max_num_queries(80):
        answer = ada_api.generic("POST", events_of(run), body, content_type="application/json")
    assert answer.json() == {"received": 10_000, "added": 10_000, "known": 0, "cursor": 10_000}


def test_a_request_with_a_key_is_done_once(ada_api: Api, run: WorkflowRun) -> None:
    body = [{"type": "a"}, {"type": "b"}]
    first = ada_api.post(events_of(run), body, HTTP_IDEMPOTENCY_KEY="batch 1")
    again = ada_api.post(events_of(run), body, HTTP_IDEMPOTENCY_KEY="batch 1")
    other = ada_api.post(events_of(run), body[:1], HTTP_IDEMPOTENCY_KEY="batch 1")
    assert (first.json(), again.status_code, other.status_code) == (again.json(), 201, 409)
    assert (run.events.count(), SentBatch.objects.get().kind) == (2, "events")


def test_who_may_only_see_a_run_does_not_write_into_its_log(run: WorkflowRun, bob: User, eve: User) -> None:
    assert Api(bob).post(events_of(run), {"type": "a"}).status_code == 403
    assert Api(bob).get(events_of(run)).status_code == 200
    assert Api(eve).post(events_of(run), {"type": "a"}).status_code == 404
    assert [Api(eve).get(f"{events_of(run)}{end}").status_code for end in ("", "latest/", "stream/")] == [
        404
    ] * 3


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> Places:
    """Three places for streams, two of them for one person."""
    places = Places(3, 2)
    monkeypatch.setattr(event_views, "PLACES", places)
    return places


# --- following --------------------------------------------------------------------------------------------------


def test_a_look_sees_what_is_behind_the_cursor_as_long_as_one_may(
    run: WorkflowRun, bob: User, django_assert_num_queries: Any
) -> None:
    append_events(run=run, events=several(3))
    token, _ = ApiToken.issue(user=bob, name="t")
    looker = Looker(run.pk, bob, token)
    with django_assert_num_queries(3):  # the person with the groups of now, the run, its events
        seen = looker.look(1)
    assert seen is not None
    assert [one["sequence"] for one in seen.events] == [2, 3]
    assert (seen.run["status"], seen.is_over, seen.more) == ("RUNNING", False, False)
    Membership.objects.filter(user=bob).delete()
    assert looker.look(1) is None


@pytest.mark.parametrize("what", ["token", "person", "run"])
def test_nothing_is_seen_when_token_person_or_run_is_gone(run: WorkflowRun, ada: User, what: str) -> None:
    token, _ = ApiToken.issue(user=ada, name="t")
    looker = Looker(run.pk, ada, token)
    assert looker.look(0) is not None
    if what == "token":
        ApiToken.objects.filter(pk=token.pk).update(revoked_at=NOON)
    elif what == "person":
        User.objects.filter(pk=ada.pk).update(is_active=False)
    else:
        run.mark_deleted(by=ada)
    assert looker.look(0) is None


def test_a_stream_begins_behind_what_was_received_and_leaves_its_place(
    ada_api: Api, run: WorkflowRun, places: Places
) -> None:
    append_events(run=run, events=several(3))
    stream = ada_api.get(f"{events_of(run)}stream/", HTTP_LAST_EVENT_ID="2", HTTP_ACCEPT="text/event-stream")
    assert (stream.status_code, stream["Content-Type"]) == (200, "text/event-stream; charset=utf-8")
    assert places.taken == 1
    frames = iter(stream)
    assert next(frames) == b"retry: 2000\n\n"
    assert next(frames).startswith(b"id: 3\nevent: event\n")
    stream.close()
    assert places.taken == 0


def test_a_stream_that_nobody_read_leaves_its_place_too(
    ada_api: Api, run: WorkflowRun, places: Places
) -> None:
    ada_api.get(f"{events_of(run)}stream/?after=latest").close()
    assert places.taken == 0


def test_there_is_nothing_to_wait_for_when_a_run_is_over(ada_api: Api, ada: User, places: Places) -> None:
    run = a_run(ada, status="FAILED")
    append_events(run=run, events=several(2))
    assert ada_api.get(f"{events_of(run)}stream/?after=latest").status_code == 204
    assert ada_api.get(f"{events_of(run)}stream/?after=2").status_code == 204
    assert ada_api.get(f"{events_of(run)}stream/?after=soon").status_code == 400
    ada_api.get(f"{events_of(run)}stream/").close()


def test_too_many_streams_are_told_to_come_again(ada_api: Api, run: WorkflowRun, places: Places) -> None:
    streams = [ada_api.get(f"{events_of(run)}stream/") for _ in range(2)]
    refused = ada_api.get(f"{events_of(run)}stream/", HTTP_ACCEPT="text/event-stream")
    assert (refused.status_code, refused["Retry-After"]) == (503, "15")
    assert (refused["Content-Type"], refused.json()["code"]) == ("application/json", "busy")
    for stream in streams:
        stream.close()
