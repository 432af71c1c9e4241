"""The stream of a run's events, frame by frame; the time in it is told, not waited for."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from common.streaming import Listener, NoPlace, Places
from workflows.event_stream import EventStream, Pace, Seen, cursor_of, frame

RUNNING = {"status": "RUNNING"}
FAILED = {"status": "FAILED"}


def an_event(number: int) -> dict[str, Any]:
    return {"sequence": number, "message": f"line\nbreak {number}"}


class Time:
    """A clock that goes on by waiting."""

    def __init__(self) -> None:
        self.now = 0.0

    def wait(self, seconds: float) -> bool:
        self.now += seconds
        return True


def sent(
    look: Callable[[int], Seen | None], *, serving: Callable[[], bool] = lambda: True, **pace: Any
) -> list[str]:
    time = Time()
    stream = EventStream(look, 0, time.wait, Pace(**pace), lambda: time.now, serving)
    return [one.decode() for one in stream.frames()]


def names(frames: list[str]) -> list[str]:
    return [
        line.removeprefix("event: ")
        for one in frames
        for line in one.split("\n")
        if line.startswith("event: ")
    ]


def test_a_frame_is_one_message_whatever_is_in_it() -> None:
    assert frame("event", an_event(7), 7) == (
        b'id: 7\nevent: event\ndata: {"sequence":7,"message":"line\\nbreak 7"}\n\n'
    )


def test_what_is_behind_the_cursor_is_sent_once_and_then_what_comes() -> None:
    asked: list[int] = []

    def look(cursor: int) -> Seen:
        asked.append(cursor)
        news = {0: [an_event(1), an_event(2)], 2: [an_event(3)] if len(asked) > 4 else []}
        return Seen(RUNNING, False, news.get(cursor, []))

    frames = sent(look, life=8)
    assert frames[0] == "retry: 2000\n\n"
    assert names(frames) == ["event", "event", "run", "event"]
    assert asked == [0, 2, 2, 2, 2, 3, 3, 3]  # once a second


def test_a_full_portion_is_followed_by_the_next_without_waiting() -> None:
    def look(cursor: int) -> Seen:
        return Seen(RUNNING, False, [an_event(cursor + 1)], more=cursor < 40)

    assert len(names(sent(look, life=1))) == 42


def test_how_the_run_stands_is_told_when_it_changes() -> None:
    states = iter([RUNNING, RUNNING, FAILED])
    frames = sent(lambda cursor: Seen(next(states, FAILED), True), life=5)
    assert [one for one in frames if "event: run" in one] == [
        'event: run\ndata: {"status":"RUNNING"}\n\n',
        'event: run\ndata: {"status":"FAILED"}\n\n',
    ]


def test_a_run_that_is_over_is_waited_for_a_little_and_then_the_stream_ends() -> None:
    looks = []

    def look(cursor: int) -> Seen:
        looks.append(cursor)
        return Seen(FAILED, True)

    frames = sent(look)
    assert frames[-1] == 'event: end\ndata: {"reason":"over"}\n\n'
    assert len(looks) == 11


def test_who_may_see_the_run_no_longer_is_told_nothing_more() -> None:
    looks = iter([Seen(RUNNING, False, [an_event(1)]), None, Seen(RUNNING, False, [an_event(2)])])
    assert names(sent(lambda cursor: next(looks))) == ["event", "run", "end"]


def test_silence_is_broken_so_that_a_listener_who_left_is_noticed() -> None:
    frames = sent(lambda cursor: Seen(RUNNING, False), life=20)
    assert frames.count(": still here\n\n") == 1


def test_nobody_is_looked_for_when_the_listener_has_left() -> None:
    looks = []

    def look(cursor: int) -> Seen:
        looks.append(cursor)
        return Seen(RUNNING, False)

    stream = EventStream(look, 0, lambda seconds: False)
    assert names([one.decode() for one in stream.frames()]) == ["run"]
    assert looks == [0]


def test_a_listener_is_there_until_the_connection_ends() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        listener = Listener({"gunicorn.socket": ours})
        assert listener.wait(0)
        theirs.send(b"GET")
        assert listener.wait(0)
        assert ours.recv(3) == b"GET"  # what came is not lost
        theirs.close()
        assert not listener.wait(60)
    assert Listener({}).wait(0)


def test_a_stream_lasts_a_minute_and_not_longer_than_its_server() -> None:
    assert names(sent(lambda cursor: Seen(RUNNING, False))) == ["run"]
    answers = iter([True, False])
    assert sent(lambda cursor: Seen(RUNNING, False), serving=lambda: next(answers))[-1].startswith(
        "event: run"
    )


@pytest.mark.parametrize(
    ("text", "cursor"), [("17", 17), ("", 0), ("abc", 0), ("-1", 0), ("٣", 0), ("9" * 30, 0)]
)
def test_a_foreign_last_event_id_means_the_beginning(text: str, cursor: int) -> None:
    assert cursor_of(text) == cursor


def test_a_process_has_so_many_places_and_a_person_fewer() -> None:
    places = Places(3, 2)
    first, _ = places.take("ada"), places.take("ada")
    with pytest.raises(NoPlace, match="You have 2 streams open") as refused:
        places.take("ada")
    assert refused.value.headers["Retry-After"] == "15"
    places.take("bob")
    with pytest.raises(NoPlace, match="All streams are taken"):
        places.take("eve")
    first.leave()
    first.leave()
    assert places.taken == 2
    places.take("eve")
