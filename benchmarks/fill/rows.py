"""Filling the tables of a migrated, empty database."""

from collections.abc import Callable
from typing import Any

from benchmarks.fill import population, statements
from benchmarks.fill.dialects import Dialect
from benchmarks.fill.writer import Writer

BATCH = 50_000

BIG_TABLES = [
    "workflows_workflowrun",
    "data_management_dataset",
    "data_management_datafile",
    "workflows_workflowrundataset",
    "workflows_workflowrunparameter",
    "workflows_runtext",
    "workflows_statuschange",
]


def fill_rows(
    cursor: Any, *, dialect: Dialect, runs: int, say: Callable[[str], None] = lambda line: None
) -> None:
    """Write people, workflows and ``runs`` runs with all that hangs on them. Commits nothing itself."""
    writer = Writer(dialect, runs)
    population.insert_people(cursor, literal=dialect.literal)
    cursor.execute(statements.workflows(writer))
    cursor.execute(statements.versions(writer))
    for first in range(0, runs, BATCH):
        last = min(first + BATCH, runs) - 1
        for statement in statements.RUNS_AND_THEIR_PARTS:
            cursor.execute(statement(writer, first, last))
        say(f"  {last + 1:,} of {runs:,} runs with their datasets")
    cursor.execute(statements.shares(writer))
