"""Many answers, a few requests at a time, in order; what is to be asked again is, by who consumes."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from run_sources.errors import SourceError, SourceUnavailable
from run_sources.http.session import Answer, HttpSession

AHEAD = 2  # items for each request in flight, that are read before they are asked for
LOOK_EVERY = 0.5  # seconds

Asked = Answer | SourceError
Found = TypeVar("Found")


def in_order(
    work: Callable[[str], Found], items: Iterable[str], session: HttpSession
) -> Iterator[tuple[str, Found]]:
    """Each item with what the work makes of it, in order, with few of them in memory.

    The work runs in threads and may only use ``ask_once``. Whoever stops reading leaves nothing running behind.
    """
    waiting: deque[tuple[str, Future[Found]]] = deque()
    remaining = iter(items)
    pool = ThreadPoolExecutor(session.at_once, thread_name_prefix="source")
    try:
        while True:
            room = session.at_once * AHEAD - len(waiting)
            waiting.extend((each, pool.submit(work, each)) for each in islice(remaining, room))
            if not waiting:
                return
            item, future = waiting.popleft()
            yield item, _outcome(future, session)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def ask_once(session: HttpSession, path: str) -> Asked:
    """The answer, or why there is none."""
    try:
        return session.ask(path)
    except SourceError as problem:
        return problem


def settle(session: HttpSession, asked: Asked, path: str) -> Answer:
    """Where consumed: the answer, asked for again where that can help; else the error that it means."""
    if isinstance(asked, SourceUnavailable):
        return session.take(session.again(asked, path))
    if isinstance(asked, SourceError):
        raise asked
    return session.take(asked)


def _outcome(future: Future[Found], session: HttpSession) -> Found:
    while True:
        session.check()
        try:
            return future.result(timeout=LOOK_EVERY)
        except TimeoutError:
            if future.done():
                raise
