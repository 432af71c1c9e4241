"""``python -m benchmarks.lineage``: all ancestors through 1,000 runs with two inputs each, beside queries by hand.

Each run takes the outputs of the two before it, in a registry that is filled with other runs. Ours and what is written
by hand take turns in one process; the CPU is that of the process and of its database backend together, the least of the
repetitions. Nothing is judged here.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.each_database import add_to, on_each_database
from benchmarks.fill import MANY, token_of, user_id
from benchmarks.processes import cpu_seconds

WOVEN = 1000
Deed = Callable[[], Any]
# What is measured, and the deed beside which it stands.
BESIDE = {
    "links by hand": "links by hand",
    "same by hand": "links by hand",
    "walk": "same by hand",
    "walk, by checksum": "same by hand, by checksum",
    "page by hand": "page by hand",
    "page": "page by hand",
    "HTTP": "page by hand",
}


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lineage", description=__doc__)
    parser.add_argument("--runs", type=int, default=20_000, help="runs that the registry is filled with")
    parser.add_argument("--woven", type=int, default=WOVEN, help="runs of the lineage")
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--calls", type=int, default=10, help="calls in a repetition")
    add_to(parser)
    return parser.parse_args(given)


def table(series: dict[str, dict[str, Any]]) -> str:
    """One line for each deed and database."""
    lines = ["| Database | What | CPU ms | wall ms | beside | × CPU |", "|---|---|--|--|---|--|"]
    for vendor, deeds in series.items():
        for name, cost in deeds.items():
            other = BESIDE.get(name, "links by hand")
            ratio = cost["cpu"] / max(deeds[other]["cpu"], 0.001)
            beside = f"{other} | {ratio:.2f}" if other != name else " | "
            lines.append(
                f"| {vendor} | {name} ({cost['found']}) | {cost['cpu']:.1f} | {cost['wall']:.1f} | {beside} |"
            )
    return "\n".join(lines)


# --- in the child ---------------------------------------------------------------------------------------------


def measured(asked: argparse.Namespace) -> dict[str, Any]:
    """Weave, then let all deeds take turns."""
    import django

    django.setup()
    from benchmarks.lineage_deeds import deeds_of

    deeds = deeds_of(asked.woven, user_id(MANY), token_of(MANY))
    found = {name: deed() for name, deed in deeds.items()}  # the first call warms what can be warm
    costs: dict[str, list[tuple[float, float]]] = {name: [] for name in deeds}
    for _ in range(asked.repetitions):
        for name, deed in deeds.items():
            costs[name].append(_cost(deed, asked.calls))
    return {
        name: {
            "cpu": min(cpu for cpu, _ in spent),
            "wall": statistics.median(wall for _, wall in spent),
            "found": found[name],
        }
        for name, spent in costs.items()
    }


def _cost(deed: Deed, calls: int) -> tuple[float, float]:
    """CPU and wall milliseconds of one call."""
    backend = _backend()
    before, start = cpu_seconds(backend) + time.process_time(), time.perf_counter()
    for _ in range(calls):
        deed()
    wall, after = time.perf_counter() - start, cpu_seconds(backend) + time.process_time()
    return (after - before) / calls * 1000, wall / calls * 1000


def _backend() -> list[int]:
    """The process of PostgreSQL that serves us."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return [cursor.fetchone()[0]]


def main() -> None:
    """Run what the command line asks for."""
    asked = arguments()
    if asked.child:
        print(json.dumps(measured(asked)))
        return
    print(
        table(on_each_database("lineage", asked, runs=asked.runs, options=("woven", "repetitions", "calls")))
    )


if __name__ == "__main__":
    main()
