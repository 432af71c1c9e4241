"""What lies beside the runs and the data of a page of lineage: two statements, however many there are.

Rows tell what may be seen and what may not; of the latter nobody but the counts hears.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from provenance.conditions import Condition, Sight, as_stored, as_text, many_stored
from provenance.walking import DATASET, FILE, LINK, RUN, SAME_CONTENT, Direction, Start, as_id, looked_up

MOST_ROWS = 50_000
FACTS = ("name", "dataset_type", "status", "size", "file_count")
_FACTS = ", ".join(f"{DATASET}.{name}" for name in FACTS)


@dataclass(frozen=True, slots=True)
class Near:
    """A run and a dataset that it took in (up) or gave out (down)."""

    run: str
    dataset: str
    data_type: str
    is_seen: bool
    facts: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Far:
    """Data of the page (``here``), a dataset that is or holds it (``there``), and a run beyond."""

    here: str
    there: str
    run: str
    data_type: str
    is_seen: bool
    facts: tuple[Any, ...]


def near_runs(runs: Iterable[str], direction: Direction, sight: Sight) -> list[Near]:
    """The datasets on the near side of these runs; at most MOST_ROWS of them."""
    given = many_stored(runs)
    sql = (
        f"SELECT near.workflowrun_id, near.dataset_id, near.data_type, {_as_flag(sight.dataset.sql)}, {_FACTS} "
        f"FROM {given.sql} CROSS JOIN {LINK} near CROSS JOIN {DATASET} "
        f"WHERE {looked_up('near.workflowrun_id', 'given.id')} AND near.data_type IN ({direction.near}) "
        f"AND {looked_up(f'{DATASET}.id', 'near.dataset_id')} AND NOT {DATASET}.deleted LIMIT {MOST_ROWS}"
    )
    rows = _fetched(sql, [*sight.dataset.parameters, *given.parameters])
    return [
        Near(as_text(run), as_text(data), kind, bool(flag), facts) for run, data, kind, flag, *facts in rows
    ]


def beyond(datasets: Iterable[str], start: Start, direction: Direction, sight: Sight) -> list[Far]:
    """The runs on the far side of these datasets, and of the file of the start; at most MOST_ROWS of them."""
    pairs = _pairs(datasets, start)
    both = f"{sight.dataset.sql} AND {sight.run.sql}"
    sql = (
        f"WITH pair AS ({pairs.sql}) "
        f"SELECT pair.here, pair.there, far.workflowrun_id, far.data_type, {_as_flag(both)}, {_FACTS} "
        f"FROM pair CROSS JOIN {_links_of('pair.there', direction)} CROSS JOIN {DATASET} CROSS JOIN {RUN} "
        f"WHERE {looked_up('far.dataset_id', 'pair.there')} AND far.data_type IN ({direction.far}) "
        f"AND {looked_up(f'{DATASET}.id', 'pair.there')} AND NOT {DATASET}.deleted "
        f"AND {looked_up(f'{RUN}.id', 'far.workflowrun_id')} AND NOT {RUN}.deleted LIMIT {MOST_ROWS}"
    )
    rights = (*sight.dataset.parameters, *sight.run.parameters)
    return [
        Far(as_text(here), as_text(there), as_text(run), kind, bool(flag), facts)
        for here, there, run, kind, flag, *facts in _fetched(sql, [*pairs.parameters, *rights])
    ]


def _links_of(dataset: str, direction: Direction) -> str:
    """The links of a dataset, as ``far``. PostgreSQL would rather read all links once than look up a thousand."""
    if connection.vendor != "postgresql":
        return f"{LINK} far"
    return (
        f"LATERAL (SELECT * FROM {LINK} link WHERE link.dataset_id = {dataset} "
        f"AND link.data_type IN ({direction.far}) OFFSET 0) far"
    )


def _pairs(datasets: Iterable[str], start: Start) -> Condition:
    """A query for each piece of data and every dataset that is or holds it, itself included."""
    given = many_stored(datasets)
    own = f"SELECT given.id AS here, given.id AS there FROM {given.sql}"
    twins = (
        f"SELECT given.id, other.dataset_id FROM {given.sql} CROSS JOIN {FILE} one CROSS JOIN {FILE} other "
        f"WHERE {looked_up('one.dataset_id', 'given.id')} AND {looked_up('other.sha256', 'one.sha256')} "
        f"AND {SAME_CONTENT}"
    )
    parts = [Condition(own, given.parameters), Condition(twins, given.parameters)]
    if start.kind == "datafile":
        parts += _pairs_of_file(start)
    return Condition(
        " UNION ".join(one.sql for one in parts), tuple(v for one in parts for v in one.parameters)
    )


def _pairs_of_file(start: Start) -> list[Condition]:
    file, dataset = as_stored(start.id), as_stored(start.dataset or start.id)
    own = Condition(f"SELECT {as_id('%s')}, {as_id('%s')}", (file, dataset))
    sql = f"SELECT {as_id('%s')}, other.dataset_id FROM {FILE} one CROSS JOIN {FILE} other WHERE one.id = {as_id('%s')}"
    return [own, Condition(f"{sql} AND {SAME_CONTENT}", (file, file))]


def _as_flag(condition: str) -> str:
    return f"CASE WHEN {condition} THEN 1 ELSE 0 END"


def _fetched(sql: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
