"""``python -m benchmarks.pages``: how long the server takes for the list of runs, beside the API's own list.

Each filter and each order is asked for by three people: one who sees a seventh of all runs, one who sees few, and
an administrator. A page is asked for in this process, without a network: the time is that of everything from the
request to the last byte of HTML, statements included. The API's list answers the same query in the same run;
the ratio of the two says what the page adds, whatever else the machine is doing. The aim for a page is 300 ms.
The first request of each, for which the database reads from the disk and nothing is remembered, is told apart.
A page that was given up in place of making a person wait is marked: it is no success. ``CPU`` is what a page takes
of the processors, here and in the database's process on this machine: it says what a page costs when the machine is
busy with something else, and the time is none of the page's own.

``--url`` names a database that is filled already; without it one with ``--runs`` runs is made on the PostgreSQL of
this machine, and kept. ``--only`` asks for the cases whose name contains a text.
"""

import argparse
import os
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.databases import LOCAL_POSTGRES, ROOT, PostgresDatabase
from benchmarks.fill import ADMIN, FEW, MANY, user_id

API = "/api/v2/workflows/workflowruns/"
PEOPLE = {"many": MANY, "few": FEW, "admin": ADMIN}
ORDERINGS = (
    "name", "status", "workflow", "engine", "started_at", "duration", "owner", "group", "completed_at", "modified",
    "source", "inputs", "outputs",
)  # fmt: skip
# What is named by an id: that of the record which the first run of the database has.
OF_ONE = {
    "workflow": "workflow={workflow}",
    "version": "workflowversion={version}",
    "group": "owned_by={group}",
    "who": "owner={owner}",
    "dataset": "dataset={dataset}",
    "used": "used={dataset}",
    "file": "datafile={datafile}",
    "checksum": "checksum={checksum}",
}
QUERIES = {
    "newest": "",
    "page 1,000": "page=1000",
    "status of many": "status=SUCCESS",
    "status of few": "status=PENDING",
    "two statuses": "status=FAILED&status=RUNNING",
    "engine": "engine=CWL",
    "imported": "is_imported=true",
    "public": "public=true",
    "a month": "started_after=2022-03-01T00:00:00Z&started_before=2022-04-01T00:00:00Z",
    "long runs": "duration_min=35000",
    "old ones": "started_before=2022-02-01T00:00:00Z",
    "registered long ago": "created_before=2022-02-01T00:00:00Z",
    "changed lately": "modified_after=2024-12-01T00:00:00Z",
    "source": "source=GALAXY",
    "source, nothing": "source=REANA",
    "engine and status": "engine=CWL&status=FAILED",
    "name, frequent": "name=rnaseq",
    "name, rare": "name=S000123",
    "status by duration": "status=FAILED&ordering=-duration",
    "search, frequent": "search=rnaseq",
    "search, rare": "search=S000123",
    "search, nothing": "search=nosuchthing",
    "search, two letters": "search=rn",
    "parameter, frequent": "parameter=k:31",
    "parameter, rare": "parameter=seed:4242",
    "search in status": "search=rnaseq&status=FAILED&engine=CWL",
    "search among old ones": "search=rnaseq&started_before=2022-02-01T00:00:00Z",
    "search by name": "search=rnaseq&ordering=name",
    "parameter and status": "parameter=k:31&status=FAILED",
    "trash": "deleted=true",
    "tag, nothing": "tag=organism:human",
    "annotation, nothing": "annotation=organism:human",
    "source status, nothing": "source_status=paused",
    "ID at the source, nothing": "external_id=nosuchthing",
    "checksum, nothing": f"checksum={'ab' * 32}",
    "ended in a month": "completed_after=2022-03-01T00:00:00Z&completed_before=2022-04-01T00:00:00Z",
    **OF_ONE,
    **{f"by {sign}{name}": f"ordering={sign}{name}" for name in ORDERINGS for sign in ("", "-")},
}
SEARCHES = {
    f"{kind}, {name}": f"{address}?q={text}"
    for kind, address in {"all": "/search/", "suggestions": "/search/suggestions/"}.items()
    for name, text in {
        "frequent": "rnaseq",
        "rare": "S000123",
        "nothing": "nosuchthing",
        "two letters": "rn",
        "file": "S000123-3.bam",
        "checksum": "{checksum}",
        "ID": "{run}",
        "ID at the source": "invocation-00000003",
    }.items()
}
STRIPS = {
    "bars, a day chosen": "started_after=2022-03-05T00:00:00Z&started_before=2022-03-06T00:00:00Z",
    "bars of 30 days": "",
    "bars of a month": "started_after=2022-03-01T00:00:00Z&started_before=2022-04-01T00:00:00Z",
    "bars of 5 years": "days=1825",
    "bars of a year": "started_after=2022-01-01T00:00:00Z&started_before=2023-01-01T00:00:00Z",
}


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--url", default="", help="a filled database")
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5, help="requests of each after the first")
    parser.add_argument("--only", default="", help="what the names of the cases contain")
    parser.add_argument("--who", default=",".join(PEOPLE), help="who asks")
    return parser.parse_args()


def database_url(asked: argparse.Namespace) -> str:
    """Of the database that is named, or that is made."""
    if asked.url:
        return str(asked.url)
    directory = ROOT / "benchmarks/results"
    directory.mkdir(parents=True, exist_ok=True)
    database = PostgresDatabase(runs=asked.runs, directory=directory, server_url=LOCAL_POSTGRES)
    database.prepare(lambda line: print(line, file=sys.stderr, flush=True))
    return database.url


def set_up(url: str) -> None:
    """Django on that database, in this process."""
    data = Path(ROOT / "benchmarks/results/data")
    (data / "static").mkdir(parents=True, exist_ok=True)
    os.environ.update(DATABASE_URL=url, RUNSTEAD_DATA=str(data), LOG_LEVEL="ERROR")
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    import django

    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]


GIVEN_UP = (b"too much to look through", b"too many runs to count")


def browser_of(number: int) -> Any:
    """A browser in which a person of the filled registry is signed in."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    browser = Client()
    browser.force_login(get_user_model().objects.get(pk=user_id(number)))
    return browser


@dataclass(slots=True)
class Times:
    """Milliseconds of several requests of one address."""

    walls: list[float] = field(default_factory=list)
    works: list[float] = field(default_factory=list)
    given_up: int = 0

    @property
    def page(self) -> float:
        """The usual time after the first request."""
        return statistics.median(self.walls[1:])

    @property
    def work(self) -> float:
        """What of it the processors worked."""
        return statistics.median(self.works[1:])

    @property
    def said(self) -> str:
        """How many requests had no success."""
        return f"given up {self.given_up} of {len(self.walls)}" if self.given_up else ""


def times(browser: Any, address: str, repeat: int) -> Times:
    """Ask once, and then ``repeat`` times more."""
    found = Times()
    for _ in range(repeat + 1):
        work, start = worked(), time.perf_counter()
        answer = browser.get(address)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        found.walls.append((time.perf_counter() - start) * 1000)
        found.works.append(worked() - work)
        found.given_up += any(words in content for words in GIVEN_UP)
        if answer.status_code not in (200, 404):  # a page that few people have is no page of theirs
            raise RuntimeError(f"{address} answered {answer.status_code}")
    return found


def worked() -> float:
    """Milliseconds that this process and the one of the database have worked so far."""
    from django.db import connection

    here = time.process_time() * 1000
    if connection.vendor != "postgresql":
        return here
    connection.ensure_connection()
    try:
        told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text()
    except OSError:  # it works on another machine
        return here
    return here + int(told.split()[0]) / 1e6


def named() -> dict[str, Any]:
    """The records that filters name by their ids."""
    from workflows.models import WorkflowRun

    run = WorkflowRun.objects.select_related("workflowversion").order_by("id")[1000]
    link = run.dataset_links.filter(data_type="INPUT").select_related("dataset").first()
    file = link.dataset.datafiles.first()
    return {
        "run": run.pk,
        "workflow": run.workflowversion.workflow_id,
        "version": run.workflowversion_id,
        "group": run.owned_by_id,
        "owner": run.owner_id,
        "dataset": link.dataset_id,
        "datafile": file.pk,
        "checksum": file.sha256,
    }


def addresses(ids: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """The address of each case, and that of the API's list of the same, where there is one."""
    lists = {name: query.format(**ids) if name in OF_ONE else query for name, query in QUERIES.items()}
    found = {name: (f"/?{query}", f"{API}?{query}") for name, query in lists.items()}
    found |= {name: (f"/runs/strip/?{query}", "") for name, query in STRIPS.items()}
    return found | {name: (address.format(**ids), "") for name, address in SEARCHES.items()}


def measure(asked: argparse.Namespace) -> None:
    """Print a line for each person and case."""
    print(f"load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print(f"{'who':6} {'what':28} {'first':>7} {'page':>7} {'CPU':>7} {'API':>7} {'ratio':>6}")
    ids = named()
    for who in asked.who.split(","):
        browser = browser_of(PEOPLE[who])
        times(browser, "/?search=warming-up", 1)
        for name, (address, api_address) in addresses(ids).items():
            if asked.only not in name:
                continue
            page = times(browser, address, asked.repeat)
            line = f"{who:6} {name:28} {page.walls[0]:7.0f} {page.page:7.0f} {page.work:7.0f}"
            if api_address:
                api = times(browser, api_address, max(1, asked.repeat // 2)).page
                line += f" {api:7.0f} {page.page / api:6.1f}"
            print(f"{line}  {page.said}".rstrip(), flush=True)
    print(f"load of this machine: {os.getloadavg()[0]:.1f}")


def main() -> None:
    """Measure what the command line asks for."""
    asked = arguments()
    set_up(database_url(asked))
    measure(asked)


if __name__ == "__main__":
    main()
