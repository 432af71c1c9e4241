"""The events of a run as they happen: server-sent events (HTML Living Standard, section 9.2).

What is sent: ``run`` tells how the run stands, at first and whenever that changes; ``event`` is an entry of the log,
whose ``id`` is its cursor; ``end`` says that nothing will follow, and why. Comments keep the connection alive.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.api.renderers import to_json
from common.streaming import is_serving


@dataclass(frozen=True, slots=True)
class Pace:
    """How often is looked, in seconds; ``quiet`` is how long a run that is over is waited for."""

    look: float = 1.0
    heartbeat: float = 10.0
    life: float = 60.0
    quiet: float = 10.0
    retry: float = 2.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look found: how the run stands, and the first entries behind the cursor; ``more`` may follow them."""

    run: Mapping[str, Any]
    is_over: bool
    events: Sequence[Mapping[str, Any]] = ()
    more: bool = False


@dataclass(slots=True)
class EventStream:
    """The frames of one answer.

    ``look`` gives what is behind a cursor, None where the run may be seen no longer. ``wait`` waits so many seconds
    and says whether anybody still listens.
    """

    look: Callable[[int], Seen | None]
    cursor: int
    wait: Callable[[float], bool]
    pace: Pace = field(default_factory=Pace)
    clock: Callable[[], float] = time.monotonic
    goes_on: Callable[[], bool] = is_serving

    def frames(self) -> Iterator[bytes]:
        """All that is sent."""
        yield b"retry: %d\n\n" % round(self.pace.retry * 1000)
        began = sent = news = self.clock()
        told: Mapping[str, Any] | None = None
        while self.clock() - began < self.pace.life and self.goes_on():
            seen = self.look(self.cursor)
            if seen is None:
                yield frame("end", {"reason": "gone"})
                return
            frames = list(self._frames_of(seen, told))
            told = seen.run
            yield from frames
            if frames:
                sent = news = self.clock()
            elif seen.is_over and self.clock() - news >= self.pace.quiet:
                yield frame("end", {"reason": "over"})
                return
            elif self.clock() - sent >= self.pace.heartbeat:
                yield b": still here\n\n"
                sent = self.clock()
            if not seen.more and not self.wait(self.pace.look):
                return

    def _frames_of(self, seen: Seen, told: Mapping[str, Any] | None) -> Iterator[bytes]:
        for event in seen.events:
            self.cursor = event["sequence"]
            yield frame("event", event, self.cursor)
        if seen.run != told:
            yield frame("run", seen.run)


def frame(name: str, data: Any, cursor: int | None = None) -> bytes:
    """One message. JSON has no line break in it, so one line of data is enough."""
    head = b"" if cursor is None else b"id: %d\n" % cursor
    return b"%sevent: %s\ndata: %s\n\n" % (head, name.encode(), to_json(data))


def cursor_of(text: str) -> int:
    """The cursor in a ``Last-Event-ID``; a foreign one means the beginning, for no event may be left out."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
