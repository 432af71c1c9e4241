"""Waiting for the server's background work: asking as often as it says, and stopping without harm."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from time import time
from typing import TYPE_CHECKING, Any

import click

from runstead_cli.progress import Bar
from runstead_cli.session import Session

if TYPE_CHECKING:
    import requests

SECONDS = 2.0
LONGEST = 60.0


def retry_after(headers: Any) -> float:
    """The seconds of a ``Retry-After``, which holds a number or a date."""
    given = headers.get("Retry-After", "")
    try:
        seconds = float(given) if given.isdigit() else parsedate_to_datetime(given).timestamp() - time()
    except ValueError:
        seconds = SECONDS
    return min(max(seconds, 0.0), LONGEST)


def until_ready(
    session: Session, ask: Callable[[], "requests.Response"], tell: Callable[[Any], None]
) -> "requests.Response":
    """Ask until the answer is no 202; ``tell`` gets what each of those says."""
    while True:
        answer = ask()
        if answer.status_code != 202:
            return answer
        tell(answer.json())
        answer.close()
        session.pause(retry_after(answer.headers))


@contextmanager
def goes_on_without_us(session: Session, sentence: str) -> Iterator[None]:
    """On Ctrl-C say that the work goes on all the same."""
    try:
        yield
    except (KeyboardInterrupt, click.Abort):
        session.output.say(sentence)
        raise


def show_work(bar: Bar, work: dict[str, Any]) -> None:
    """Draw what a row of background work tells of its bytes, or else of its files."""
    if work.get("bytes_total"):
        bar.update(work["bytes_done"], work["bytes_total"], work["state"].lower())
    elif "state" in work:
        bar.update(0, None, work["state"].lower())
