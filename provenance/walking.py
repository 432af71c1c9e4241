"""All runs above or below some data, in one recursive statement.

What is walked is the set of runs: a run leads to the data that it took in, these to the same data wherever it is
recorded (the same dataset, or one with a file of the same SHA-256), and these to the runs that made them. A set has
no paths, so that diamonds cost nothing and cycles end. Only what may be seen is walked, so that nothing is reached
through what is hidden.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection

from provenance.conditions import (
    INTO_RUN,
    OUT_OF_RUN,
    SHA256_OF_NOTHING,
    Condition,
    Sight,
    as_stored,
    as_text,
    words,
)

FEW_STEPS = 5
LINK = "workflows_workflowrundataset"
RUN = "workflows_workflowrun"
DATASET = "data_management_dataset"
FILE = "data_management_datafile"
# "NOT (… = '')" is how the index by SHA-256 says it: SQLite takes a partial index by its words.
SAME_CONTENT = (
    "other.sha256 = one.sha256 AND NOT (one.sha256 = '') AND NOT (other.sha256 = '') "
    f"AND one.sha256 <> '{SHA256_OF_NOTHING}'"
)


class Direction(StrEnum):
    """Against the arrow of time, or along it."""

    UP = "up"
    DOWN = "down"

    @property
    def near(self) -> str:
        """The data types by which one leaves a run this way."""
        return words(INTO_RUN if self is Direction.UP else OUT_OF_RUN)

    @property
    def far(self) -> str:
        """The data types by which one comes to the next run."""
        return words(OUT_OF_RUN if self is Direction.UP else INTO_RUN)


@dataclass(frozen=True, slots=True)
class Start:
    """Where a walk begins: at a run, at a dataset, or at one file of a dataset."""

    kind: str
    id: str
    dataset: str | None = None


def reached(start: Start, direction: Direction, sight: Sight, *, limit: int, depth: int | None) -> list[str]:
    """The nearest ``limit`` runs that may be seen, nearest first.

    Few steps are counted by the database. For many it would have to keep each run once for each number of steps in
    which it can be reached; then it walks as far as ``limit`` allows, and the caller counts.
    """
    counted = depth is not None and depth <= FEW_STEPS
    statement = _Statement(direction, sight, steps=depth if counted else None)
    sql, parameters = statement.whole(start)
    wanted = limit * (depth or 1) if counted else limit
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT %s", [*parameters, wanted])
        found = dict.fromkeys(row[0] for row in cursor.fetchall())
    return [as_text(key) for key in found][:limit]


class _Statement:
    """The statement and its parameters, put together in the order in which they stand in it."""

    def __init__(self, direction: Direction, sight: Sight, *, steps: int | None) -> None:
        self.direction, self.sight, self.steps = direction, sight, steps

    def whole(self, start: Start) -> tuple[str, list[Any]]:
        """The walk from a start."""
        columns = "run_id" if self.steps is None else "run_id, steps"
        parts = [self._first(start), self._next()]
        body = " UNION ".join(part.sql for part in parts)
        parameters = [one for part in parts for one in part.parameters]
        return f"WITH RECURSIVE walk({columns}) AS ({body}) SELECT run_id FROM walk", parameters

    def _first(self, start: Start) -> Condition:
        if start.kind == "run":
            return Condition(f"SELECT {as_id('%s')}{self._count('0')}", (as_stored(start.id),))
        seeds = seeds_of(start, self.sight)
        run = self.sight.run
        sql = (
            f"SELECT far.workflowrun_id{self._count('1')} FROM {LINK} far "
            f"WHERE far.dataset_id IN ({seeds.sql}) AND far.data_type IN ({self.direction.far}) "
            f"AND {seen(RUN, run, 'far.workflowrun_id')}"
        )
        return Condition(sql, (*seeds.parameters, *run.parameters))

    def _next(self) -> Condition:
        dataset, run = self.sight.dataset, self.sight.run
        until = "" if self.steps is None else f" AND walk.steps < {self.steps}"
        between, comes = _hop(_twins(dataset, "near.dataset_id"))
        sql = (
            f"SELECT far.workflowrun_id{self._count('walk.steps + 1')} "
            f"FROM walk CROSS JOIN {LINK} near {between} CROSS JOIN {LINK} far "
            f"WHERE {looked_up('near.workflowrun_id', 'walk.run_id')} "
            f"AND near.data_type IN ({self.direction.near}){until} AND {seen(DATASET, dataset, 'near.dataset_id')} "
            f"AND {comes} AND far.data_type IN ({self.direction.far}) "
            f"AND {seen(RUN, run, 'far.workflowrun_id')}"
        )
        # Twice: for the dataset itself and for its twins, whichever of them the statement names first.
        return Condition(sql, (*dataset.parameters, *dataset.parameters, *run.parameters))

    def _count(self, expression: str) -> str:
        return "" if self.steps is None else f", {expression}"


def _hop(twins: str) -> tuple[str, str]:
    """How to come from a dataset to the same data in ``far``: what to join, and on which condition.

    SQLite has no LATERAL; and for a plain equality it would read all links into a Bloom filter on each call, once it
    knows from ANALYZE how many there are. It makes none for IN.
    """
    if connection.vendor == "postgresql":
        return f"CROSS JOIN LATERAL ({twins} OFFSET 0) twin", "far.dataset_id = twin.dataset_id"
    return "", f"far.dataset_id IN ({twins})"


def looked_up(column: str, value: str) -> str:
    """An equality that SQLite looks up in an index and makes no Bloom filter for."""
    return f"{column} = {value}" if connection.vendor == "postgresql" else f"{column} IN (SELECT {value})"


def _twins(dataset: Condition, column: str) -> str:
    """A query for a dataset and for those that may be seen and have a file of the same content."""
    return (
        f"SELECT {column} AS dataset_id UNION ALL SELECT other.dataset_id "
        f"FROM {FILE} one CROSS JOIN {FILE} other WHERE one.dataset_id = {column} AND {SAME_CONTENT} "
        f"AND other.dataset_id <> {column} AND {seen(DATASET, dataset, 'other.dataset_id')}"
    )


def seeds_of(start: Start, sight: Sight) -> Condition:
    """A query for the datasets that hold the data of a start: its own, and those that may be seen."""
    own = as_stored(start.dataset or start.id)
    of_file = start.kind == "datafile"
    given = Condition(f"one.{'id' if of_file else 'dataset_id'} = {as_id('%s')}", (as_stored(start.id),))
    sql = (
        f"SELECT {as_id('%s')} UNION SELECT other.dataset_id FROM {FILE} one CROSS JOIN {FILE} other "
        f"WHERE {given.sql} AND {SAME_CONTENT} AND {seen(DATASET, sight.dataset, 'other.dataset_id')}"
    )
    return Condition(sql, (own, *given.parameters, *sight.dataset.parameters))


def seen(table: str, condition: Condition, column: str) -> str:
    """Whether the row of a table that a column names fulfils a condition."""
    return f"EXISTS (SELECT 1 FROM {table} WHERE {table}.id = {column} AND {condition.sql})"


def as_id(value: str) -> str:
    """A placeholder for an id, of which PostgreSQL must be told that it is one."""
    return f"{value}::uuid" if connection.vendor == "postgresql" else value
