"""Following a run: looking again until it has ended."""

from collections.abc import Iterator

from runstead_cli.naming import RUNS
from runstead_cli.session import Session
from runstead_cli.waiting import SECONDS


def each_look(session: Session, run_id: str) -> Iterator[bool]:
    """Whether the run is over, once for each time to look, with a pause between; the last time it is."""
    while True:
        # Asked before the look: what comes between the two is not missed.
        is_over = session.api.get(f"{RUNS}{run_id}/status/")["is_terminal"]
        yield is_over
        if is_over:
            return
        session.pause(SECONDS)
