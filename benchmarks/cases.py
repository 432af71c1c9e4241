"""What is measured: each case is a request of the product beside the floor's for the same rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson

from benchmarks.client import Client, Request
from benchmarks.fill import ADMIN, FEW, MANY, token_of
from benchmarks.payloads import BIG, ONE_RUN, body_of, dropbox_of, give_dropbox, make_files
from benchmarks.server import Server

RUNS = "/api/v2/workflows/workflowruns/"
FLOOR_RUNS = "/floor/runs/"
REGISTER = "/api/v2/data-management/datasetcollections/register/"
FLOOR_REGISTER = "/floor/register/"
DEEP_PAGE, PAGE_SIZE, STRIDE = 1000, 50, 500
JSON = {"Content-Type": "application/json"}

Ask = Callable[[int], Request]  # the n-th request of a case


@dataclass(frozen=True, slots=True)
class Case:
    """Two requests that answer the same. ``aim`` is the largest ratio wanted, None where none is named."""

    name: str
    title: str
    ours: Ask
    floor: Ask
    person: int = MANY
    aim: float | None = None
    requests: int = 200
    repetitions: int = 5
    status: int = 200
    facts: dict[str, Any] = field(default_factory=dict)
    watch_memory: bool = False


def cases_of(server: Server) -> dict[str, Callable[[], Iterator[Case]]]:
    """The cases by the names that ``--only`` takes; each is made when its turn comes."""
    client = server.client(token_of(MANY))
    return {
        "list": _lists,
        "fetch": lambda: _fetch(client),
        "pages": lambda: _pages(client),
        "search": lambda: _searches(client),
        "unchanged": lambda: _unchanged(client),
        "register": lambda: _register(server),
        "payload": lambda: _payload(server),
    }


def _lists() -> Iterator[Case]:
    wanted = {"status": "SUCCESS", "page_size": PAGE_SIZE}
    yield _list("list", "list 50 of a status, by page", wanted, aim=1.5)
    yield _list("list-cursor", "list 50 of a status, by cursor", {**wanted, "cursor": ""}, aim=1.5)
    yield _list("list-few", "the same, who sees few", {**wanted, "cursor": ""}, aim=1.5, person=FEW)
    yield _list("list-all", "the same, an administrator", {**wanted, "cursor": ""}, aim=1.5, person=ADMIN)


def _fetch(client: Client) -> Iterator[Case]:
    keys = [one["id"] for one in client.get(f"{RUNS}?cursor=&page_size=50").json()["results"]]
    yield Case(
        "fetch",
        "fetch a run with its 6 datasets",
        lambda n: Request(f"{RUNS}{keys[n % len(keys)]}/"),
        lambda n: Request(f"{FLOOR_RUNS}{keys[n % len(keys)]}/"),
        aim=1.5,
    )


def _pages(client: Client) -> Iterator[Case]:
    number, cursor = _deepest(client)
    yield _list("page-1", "page 1 by cursor", {"page_size": PAGE_SIZE, "cursor": ""})
    deep = {"page_size": PAGE_SIZE, "cursor": cursor}
    yield _list("page-deep", f"page {number:,} by cursor", deep, facts={"page": number})


def _deepest(client: Client) -> tuple[int, str]:
    """Page 1,000 or the last full page before it: its number and its cursor."""
    rows, cursor, last = 0, "", (1, "")
    while rows < (DEEP_PAGE - 1) * PAGE_SIZE:
        size = min(STRIDE, (DEEP_PAGE - 1) * PAGE_SIZE - rows)
        page = client.get(f"{RUNS}?{urlencode({'page_size': size, 'cursor': cursor})}").json()
        if not page["next"]:
            break
        rows += size
        cursor = parse_qs(urlsplit(page["next"]).query)["cursor"][0]
        last = (rows // PAGE_SIZE + 1, cursor)
    return last


def _searches(client: Client) -> Iterator[Case]:
    newest = client.get(f"{RUNS}?cursor=&page_size=20&status=SUCCESS").json()["results"][-1]
    words = newest["name"].split()
    seed = int(words[-1][1:]) + 1000
    yield _list("search-rare", "search a rare word", {"search": words[-1]})
    yield _list("search-common", "search a common word", {"search": words[0]})
    yield _list("parameter-rare", "by a rare parameter", {"parameter": f"seed:{seed}"})
    yield _list("parameter-common", "by a common parameter", {"parameter": "k:31"})


def _unchanged(client: Client) -> Iterator[Case]:
    floor = Request("/floor/unchanged/")
    listed = f"{RUNS}?status=SUCCESS&cursor=&page_size={PAGE_SIZE}"
    one = f"{RUNS}{client.get(listed).json()['results'][0]['id']}/"
    for name, title, path in (
        ("304-list", "an unchanged list", listed),
        ("304-run", "an unchanged run", one),
    ):
        same = Request(path, headers={"If-None-Match": client.get(path).etag})
        yield Case(name, f"{title} (304)", _always(same), _always(floor), status=304)


def _register(server: Server) -> Iterator[Case]:
    dropbox = dropbox_of(server.database)
    give_dropbox(server.database, dropbox)
    make_files(ONE_RUN, dropbox)
    body = orjson.dumps(body_of(ONE_RUN, dropbox))
    yield Case(
        "register",
        "register a run with 6 datasets",
        _always(Request(REGISTER, "POST", body, JSON)),
        _always(Request(FLOOR_REGISTER, "POST", body, JSON)),
        aim=1.5,
        requests=60,
        status=201,
    )


def _payload(server: Server) -> Iterator[Case]:
    dropbox = dropbox_of(server.database)
    give_dropbox(server.database, dropbox)
    make_files(BIG, dropbox)
    body = orjson.dumps(body_of(BIG, dropbox))
    yield Case(
        "payload",
        "register 10,000 datasets with 100,000 files",
        _always(Request(REGISTER, "POST", body, JSON)),
        _always(Request(FLOOR_REGISTER, "POST", body, JSON)),
        aim=2.0,
        requests=1,
        repetitions=3,
        status=201,
        facts={"body_bytes": len(body)},
        watch_memory=True,
    )


def _list(name: str, title: str, query: dict[str, Any], **options: Any) -> Case:
    text = urlencode(query)
    ours, floor = Request(f"{RUNS}?{text}"), Request(f"{FLOOR_RUNS}?{text}")
    return Case(name, title, _always(ours), _always(floor), **options)


def _always(request: Request) -> Ask:
    return lambda number: request
