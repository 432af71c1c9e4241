"""``python -m benchmarks.jobs``: thousands of jobs of a run in one request, beside one by one and rows written by hand.

All take turns in one process on one database; the figures are CPU milliseconds of that process for one job, the least
of the repetitions. What is written is undone each time. Nothing is judged here.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.each_database import add_to, on_each_database
from benchmarks.fill import MANY, token_of, user_id

FLOOR = "by hand"
ONE_BY_ONE = 50  # requests of one repetition
Deed = Callable[[list[dict[str, Any]]], int]


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.jobs", description=__doc__)
    parser.add_argument("--jobs", type=int, default=10_000, help="jobs of one request")
    parser.add_argument("--repetitions", type=int, default=3)
    add_to(parser)
    return parser.parse_args(given)


def rows_of(count: int) -> list[dict[str, Any]]:
    """Jobs as an engine tells them."""
    return [
        {
            "external_id": str(number),
            "name": f"align ({number})",
            "status": "SUCCESS",
            "exit_code": 0,
            "after": [str(number - 1)],
            "resources": {"max_rss_bytes": 2**30 + number, "cpu_seconds": 12.5},
            "requested": {"memory_bytes": 2**32, "cpus": 4},
        }
        for number in range(count)
    ]


def deeds_of(user: Any, token: str) -> dict[str, Deed]:
    """The ways to write jobs of one run; each says how many there are afterwards."""
    from rest_framework.test import APIClient

    from workflows.models import WorkflowRun

    run = WorkflowRun.objects.create(name="benchmark", owner_id=user)
    client = APIClient(HTTP_AUTHORIZATION=f"Token {token}", HTTP_HOST="localhost")
    address = f"/api/v2/workflows/workflowruns/{run.pk}/jobs/"

    def by_hand(rows: list[dict[str, Any]]) -> int:
        _insert(run.pk, rows)
        return run.jobs.count()

    def one_request(rows: list[dict[str, Any]]) -> int:
        answer = client.post(f"{address}bulk/", rows, format="json")
        assert answer.status_code == 200, answer.content
        return run.jobs.count()

    def one_by_one(rows: list[dict[str, Any]]) -> int:
        for row in rows:
            answer = client.post(address, row, format="json")
            assert answer.status_code == 201, answer.content
        return run.jobs.count()

    return {FLOOR: by_hand, "one request": one_request, "one by one": one_by_one}


def _insert(run_id: Any, rows: list[dict[str, Any]]) -> None:
    """The rows as a statement takes them, without a question asked."""
    from common.bulk import insert_rows
    from common.identifiers import uuid7_batch
    from workflows.models import WorkflowRunJob

    names = tuple(rows[0])
    values = ((key, *row.values()) for key, row in zip(uuid7_batch(len(rows)), rows, strict=True))
    insert_rows(WorkflowRunJob, ("id", *names), values, workflowrun_id=run_id)


def measured(asked: argparse.Namespace) -> dict[str, float]:
    """CPU milliseconds of one job, in each way."""
    import django

    django.setup()
    deeds, rows = deeds_of(user_id(MANY), token_of(MANY)), rows_of(asked.jobs)
    costs: dict[str, list[float]] = {name: [] for name in deeds}
    for _ in range(asked.repetitions):
        for name, deed in deeds.items():
            some = rows[:ONE_BY_ONE] if name == "one by one" else rows
            costs[name].append(cost_of(deed, some))
    return {name: min(found) for name, found in costs.items()}


def cost_of(deed: Deed, rows: list[dict[str, Any]]) -> float:
    """CPU milliseconds of one row; what was written is undone."""
    from django.db import transaction

    with transaction.atomic():
        start = time.process_time()
        found = deed(rows)
        spent = time.process_time() - start
        assert found == len(rows)
        transaction.set_rollback(True)
    return spent / len(rows) * 1000


def table(series: dict[str, dict[str, float]]) -> str:
    """One line for each way and database."""
    lines = ["| Database | How | CPU ms a job | × by hand |", "|---|---|--|--|"]
    for vendor, costs in series.items():
        for name, cost in costs.items():
            lines.append(f"| {vendor} | {name} | {cost:.3f} | {cost / max(costs[FLOOR], 0.0001):.1f} |")
    return "\n".join(lines)


def main() -> None:
    """Run what the command line asks for."""
    asked = arguments()
    if asked.child:
        print(json.dumps(measured(asked)))
        return
    print(table(on_each_database("jobs", asked, runs=100, options=("jobs", "repetitions"))))


if __name__ == "__main__":
    main()
