"""What the benchmark of lineages does by turns: queries written by hand, ours, and requests."""

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from common.api.renderers import to_json
from common.identifiers import uuid7
from data_management.models import DataFile, Dataset
from provenance.conditions import Sight, as_stored
from provenance.lineage import lineage
from provenance.walking import Direction, Start, reached
from workflows.models import WorkflowRun, WorkflowRunDataset

LINK = "workflows_workflowrundataset"
IN, OUT = "('INPUT', 'PARAMETER', 'CONFIG')", "('OUTPUT', 'REPORT', 'LOG')"
LARGEST_PAGE = 2_000


def deeds_of(woven: int, person: UUID, token: str) -> dict[str, Callable[[], int]]:
    """What is measured; each deed says how much it found."""
    user = User.objects.get(pk=person)
    linked, copied = (weave(user, woven, copies=copies) for copies in (False, True))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    address = f"/api/v2/data-management/datasets/{linked}/lineage/?direction=up&limit={LARGEST_PAGE}"
    client = Client(headers={"Authorization": f"Token {token}", "Host": "localhost"})
    return {
        "links by hand": lambda: len(_asked(links_by_hand(), [as_stored(linked)])),
        "same by hand": lambda: len(_by_hand(same_by_hand(), linked, user)),
        "walk": lambda: len(_walked(linked, user)),
        "same by hand, by checksum": lambda: len(_by_hand(same_by_hand(), copied, user)),
        "walk, by checksum": lambda: len(_walked(copied, user)),
        "page by hand": lambda: len(orjson.dumps(_by_hand(page_by_hand(), linked, user), default=str)),
        "page": lambda: len(to_json(_page(linked, user))),
        "HTTP": lambda: len(_answer(client, address)),
    }


# --- ours -----------------------------------------------------------------------------------------------------


def _walked(dataset: UUID, user: User) -> list[str]:
    sight = Sight.of(user)
    return reached(Start("dataset", str(dataset)), Direction.UP, sight, limit=LARGEST_PAGE, depth=None)


def _page(dataset: UUID, user: User) -> dict[str, Any]:
    about = {"kind": "dataset", "id": dataset, "name": "", "status": "NEW"}
    start = Start("dataset", str(dataset))
    return lineage(start, about, user, directions=[Direction.UP], depth=None, limit=LARGEST_PAGE)


def _answer(client: Client, address: str) -> bytes:
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}: {answer.content[:500]!r}")
    return answer.content


# --- by hand --------------------------------------------------------------------------------------------------


def links_by_hand() -> str:
    """The least: ids of runs over links, whoever may see them, and no checksums."""
    return f"""WITH RECURSIVE walk(run_id) AS (
        SELECT o.workflowrun_id FROM {LINK} o WHERE o.dataset_id = %s AND o.data_type IN {OUT}
        UNION
        SELECT o.workflowrun_id FROM walk CROSS JOIN {LINK} i CROSS JOIN {LINK} o
        WHERE {_is("i.workflowrun_id", "walk.run_id")} AND i.data_type IN {IN}
          AND {_is("o.dataset_id", "i.dataset_id")} AND o.data_type IN {OUT}
    ) SELECT run_id FROM walk"""


def same_by_hand() -> str:
    """The same question as ours: what a member of a group may see, and the same data by its checksum."""
    return f"WITH RECURSIVE {_walk()} SELECT run_id FROM walk"


def page_by_hand() -> str:
    """The same, with the runs' and their inputs' names; no counts, and not which run made which input."""
    return f"""WITH RECURSIVE {_walk()}
        SELECT r.id, r.name, r.status, r.started_at, r.completed_at, r.duration, i.data_type,
               d.id, d.name, d.dataset_type, d.status, d.size, d.file_count
        FROM walk CROSS JOIN workflows_workflowrun r CROSS JOIN {LINK} i CROSS JOIN data_management_dataset d
        WHERE {_is("r.id", "walk.run_id")} AND {_is("i.workflowrun_id", "r.id")} AND i.data_type IN {IN}
          AND {_is("d.id", "i.dataset_id")} AND {_may("d")}"""


def _walk() -> str:
    twins = f"""SELECT i.dataset_id AS id UNION ALL
        SELECT g.dataset_id FROM data_management_datafile f CROSS JOIN data_management_datafile g
        CROSS JOIN data_management_dataset e
        WHERE f.dataset_id = i.dataset_id AND {_is("g.sha256", "f.sha256")} AND NOT (f.sha256 = '')
          AND NOT (g.sha256 = '') AND g.dataset_id <> i.dataset_id AND {_is("e.id", "g.dataset_id")} AND {_may("e")}"""
    lateral = f"CROSS JOIN LATERAL ({twins}) twin" if _on_postgres() else ""
    comes = "o.dataset_id = twin.id" if _on_postgres() else f"o.dataset_id IN ({twins})"
    return f"""walk(run_id) AS (
        SELECT o.workflowrun_id FROM {LINK} o CROSS JOIN workflows_workflowrun r
        WHERE o.dataset_id = %(start)s AND o.data_type IN {OUT} AND r.id = o.workflowrun_id AND {_may("r")}
        UNION
        SELECT o.workflowrun_id FROM walk CROSS JOIN {LINK} i CROSS JOIN data_management_dataset d {lateral}
        CROSS JOIN {LINK} o CROSS JOIN workflows_workflowrun r
        WHERE {_is("i.workflowrun_id", "walk.run_id")} AND i.data_type IN {IN}
          AND {_is("d.id", "i.dataset_id")} AND {_may("d")} AND {comes} AND o.data_type IN {OUT}
          AND {_is("r.id", "o.workflowrun_id")} AND {_may("r")}
    )"""


def _may(table: str) -> str:
    return f"NOT {table}.deleted AND ({table}.owner_id = %(me)s OR {table}.public OR {table}.owned_by_id = %(group)s)"


def _is(column: str, value: str) -> str:
    """SQLite makes no Bloom filter over the whole table for IN."""
    return f"{column} = {value}" if _on_postgres() else f"{column} IN (SELECT {value})"


def _on_postgres() -> bool:
    return connection.vendor == "postgresql"


def _by_hand(sql: str, dataset: UUID, user: User) -> list[Any]:
    keys = {"start": dataset, "me": user.pk, "group": user.group_ids()[0]}
    return _asked(sql, {name: as_stored(key) for name, key in keys.items()})


def _asked(sql: str, parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


# --- what is walked -------------------------------------------------------------------------------------------


@transaction.atomic
def weave(user: User, runs: int, *, copies: bool) -> UUID:
    """Runs of which each takes the outputs of the two before it, or copies of them; the last one's output."""
    own = {"owner": user, "owned_by": user.default_group()}
    made = [WorkflowRun(id=uuid7(), name=f"woven {n}", status="SUCCESS", **own) for n in range(runs)]
    outputs = [Dataset(id=uuid7(), name=f"data {n}", **own) for n in range(runs)]
    digests = [hashlib.sha256(f"woven {copies} {n}".encode()).hexdigest() for n in range(runs)]
    files = [
        DataFile(dataset=one, name="data", sha256=digest)
        for one, digest in zip(outputs, digests, strict=True)
    ]
    links = [_link(run, one, "OUTPUT") for run, one in zip(made, outputs, strict=True)]
    extra = []
    for number, run in enumerate(made):
        for back in range(max(0, number - 2), number):
            taken = outputs[back]
            if copies:
                taken = Dataset(id=uuid7(), name=f"copy of data {back}", **own)
                extra.append(taken)
                files.append(DataFile(dataset=taken, name="copy", sha256=digests[back]))
            links.append(_link(run, taken, "INPUT"))
    tables: Any = (
        (WorkflowRun, made),
        (Dataset, [*outputs, *extra]),
        (DataFile, files),
        (WorkflowRunDataset, links),
    )
    for model, rows in tables:
        model.objects.bulk_create(rows, batch_size=500)
    return outputs[-1].pk


def _link(run: WorkflowRun, dataset: Dataset, data_type: str) -> WorkflowRunDataset:
    return WorkflowRunDataset(
        id=uuid7(),
        workflowrun=run,
        dataset=dataset,
        data_type=data_type,
        owner=run.owner,
        owned_by=run.owned_by,
    )
