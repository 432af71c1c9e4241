"""Measuring: ours and the floor take turns in the same minutes, and the least of the repetitions counts.

The least CPU is what a request takes when no neighbour on the machine spoils the caches; the wall time is the
median of all, and tells more about the neighbours.
"""

import gc
import statistics
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.cases import Ask, Case
from benchmarks.client import Client
from benchmarks.fill import token_of
from benchmarks.processes import forget_peak, peak_rss_bytes
from benchmarks.server import Server


@dataclass(slots=True)
class Cost:
    """What one request cost: CPU in milliseconds of the web tier and of the database, wall in milliseconds."""

    server_ms: float
    database_ms: float
    p50_ms: float
    body_bytes: int
    peak_rss_bytes: int | None = None

    @property
    def cpu_ms(self) -> float:
        """Both together."""
        return self.server_ms + self.database_ms


@dataclass(slots=True)
class Outcome:
    """One case, measured."""

    name: str
    title: str
    ours: Cost
    floor: Cost
    aim: float | None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Ours over the floor."""
        return self.ours.cpu_ms / max(self.floor.cpu_ms, 0.001)

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {**asdict(self), "ratio": round(self.ratio, 3)}


def measure(server: Server, case: Case, *, hurry: bool = False) -> Outcome:
    """Let both sides answer by turns; ``hurry`` takes a tenth of the requests, for a look."""
    client = server.client(token_of(case.person))
    requests = max(1, case.requests // 10) if hurry else case.requests
    repetitions = min(2, case.repetitions) if hurry else case.repetitions
    for ask in (case.ours, case.floor):
        _block(server, client, case, ask, requests=min(requests, 10))
    ours, floor = [], []
    for _ in range(repetitions):
        ours.append(_block(server, client, case, case.ours, requests=requests))
        floor.append(_block(server, client, case, case.floor, requests=requests))
    return Outcome(case.name, case.title, _least(ours), _least(floor), case.aim, case.facts)


def _block(server: Server, client: Client, case: Case, ask: Ask, *, requests: int) -> Cost:
    if case.watch_memory:
        forget_peak(server.workers())
    walls, before = [], server.costs()
    client.connection.close()  # the server closes what rests too long; each block begins with a new one
    for number in range(requests):
        request = ask(number)
        start = time.perf_counter()
        answer = client.send(request)
        walls.append(time.perf_counter() - start)
        if answer.status != case.status:
            raise RuntimeError(f"{case.name}: {request.path} answered {answer.status}: {answer.body[:500]!r}")
    after = server.costs()
    gc.collect()
    return Cost(
        server_ms=_spent(before["server"], after["server"]) / requests * 1000,
        database_ms=_spent(before["database"], after["database"]) / requests * 1000,
        p50_ms=statistics.median(walls) * 1000,
        body_bytes=len(answer.body),
        peak_rss_bytes=peak_rss_bytes(server.workers()) if case.watch_memory else None,
    )


def _spent(before: dict[int, float], after: dict[int, float]) -> float:
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def _least(costs: list[Cost]) -> Cost:
    """The repetition that took the least CPU, with the median wall time and the greatest memory of all."""
    best = min(costs, key=lambda one: one.cpu_ms)
    best.p50_ms = statistics.median(one.p50_ms for one in costs)
    if best.peak_rss_bytes is not None:
        best.peak_rss_bytes = max(one.peak_rss_bytes or 0 for one in costs)
    return best
