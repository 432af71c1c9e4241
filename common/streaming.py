"""Answers that stay open: how many at once, for how long, and that they end with the server.

An open answer takes a thread of its process. So a process has a fixed number of places for them, of which one person
gets a few, and no answer lasts: whoever wants more comes again.
"""

import select
import socket
import time
from collections import Counter
from collections.abc import Callable, Mapping
from threading import Event, Lock
from typing import Any

from common.errors import RegistryError

COME_AGAIN_AFTER = 15  # seconds
_nothing = Event()  # that nobody sets: waiting for it is waiting for the time alone
_is_serving: list[Callable[[], bool]] = [lambda: True]


class NoPlace(RegistryError):
    """All places for open answers are taken."""

    status = 503
    code = "busy"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.headers = {"Retry-After": str(COME_AGAIN_AFTER)}


class Place:
    """A place that was taken; leaving it twice is leaving it once."""

    def __init__(self, places: "Places", person: Any) -> None:
        self._places, self._person, self._is_left = places, person, False

    def leave(self) -> None:
        """Make room."""
        if not self._is_left:
            self._is_left = True
            self._places.free(self._person)


class Places:
    """The places of this process: ``most`` in all, ``most_each`` for one person."""

    def __init__(self, most: int, most_each: int) -> None:
        self._most, self._most_each = most, most_each
        self._taken: Counter[Any] = Counter()
        self._lock = Lock()

    def take(self, person: Any) -> Place:
        """A place; NoPlace where there is none."""
        with self._lock:
            if self._taken[person] >= self._most_each:
                raise NoPlace(
                    f"You have {self._most_each} streams open here already: close one, or ask without a stream."
                )
            if self._taken.total() >= self._most:
                raise NoPlace("All streams are taken: try again later, or ask without a stream.")
            self._taken[person] += 1
        return Place(self, person)

    def free(self, person: Any) -> None:
        """Somebody has left."""
        with self._lock:
            self._taken[person] -= 1
            self._taken = +self._taken  # without those who have none

    @property
    def taken(self) -> int:
        """How many are taken."""
        return self._taken.total()


def serve_while(is_serving: Callable[[], bool]) -> None:
    """Be told by the web server how to know that it goes on; open answers end when it does not."""
    _is_serving[0] = is_serving


def is_serving() -> bool:
    """Whether the web server goes on."""
    return _is_serving[0]()


class Listener:
    """Who an open answer is for. Waiting holds nothing, and ends as soon as the listener has left."""

    def __init__(self, environ: Mapping[str, Any]) -> None:
        self._socket: socket.socket | None = environ.get("gunicorn.socket")

    def wait(self, seconds: float) -> bool:
        """Whether the listener is still there; where the web server does not tell, that shows in writing alone."""
        if self._socket is None:
            _nothing.wait(seconds)
            return True
        until = time.monotonic() + seconds
        if not _is_readable(self._socket, seconds):
            return True
        if not _has_more(self._socket):
            return False
        _nothing.wait(max(0.0, until - time.monotonic()))  # a next request came already; it is not read yet
        return True


def _is_readable(connection: socket.socket, seconds: float) -> bool:
    waiting = select.poll()
    waiting.register(connection, select.POLLIN)
    return bool(waiting.poll(seconds * 1000))


def _has_more(connection: socket.socket) -> bool:
    """Whether there is anything to read: the end of a connection is readable, and holds nothing."""
    try:
        return bool(connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except BlockingIOError:
        return True
    except OSError:
        return False
