"""What every list and every record costs in queries: the same for twenty rows as for one."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiToken, Group, User
from common.models import Annotation, HistoryEvent, Note
from rocrate_export.models import StoredCrate
from tests.conftest import Api, member
from tests.factories import (
    a_collection,
    a_crate_import,
    a_dataset,
    a_file,
    a_galaxy_dataset,
    a_galaxy_import,
    a_galaxy_server,
    a_job,
    a_link,
    a_node,
    a_parameter,
    a_run,
    a_step,
    a_transfer,
    a_version,
    a_workflow,
    a_workflow_file,
    an_annotation_type,
    an_event,
    an_export,
    an_invocation,
    sha256_of,
    shared,
)
from tests.test_doors import API_ROUTES, methods_of
from workflows.logs import keep_log
from workflows.models import JobFileLink

pytestmark = pytest.mark.django_db
UNPAGED = (
    "history/", "notes/", "annotations/", "shares/", "attempts/", "upstream/", "downstream/", "sources/",
)  # not as CSV  # fmt: skip
NOT_LISTS = {"ping/", "health/", "version/", "schema/", "swagger/", "redoc/", "me/", "dropbox/", "browse/"}
NOT_LISTS |= {"stream/"}  # tests/workflows/test_events.py counts a look
NOT_LISTS |= {"definition/", "readme/"}  # one file of each, of a version
NOT_LISTS |= {"whence/", "lineage/", "compare/"}  # tests/provenance counts theirs
NOT_LISTS |= {"credentials/"}  # whose they are, of one server
NOT_LISTS |= {"content/", "search/"}  # tests/workflows counts what they ask
ONE_RECORD = ("download/", "rocrate/", "metadata/", "validation/", "galaxy/", "imported/", "answers/")


class Rows:
    """Some of everything, all of it Ada's; each call of ``more`` adds one of each."""

    def __init__(self, ada: User) -> None:
        self.ada = ada
        self.kind = an_annotation_type("tag", multiple=True)
        self.workflow, self.run = a_workflow(ada), a_run(ada)
        self.version = a_version(self.workflow)
        self.dataset, self.collection = a_dataset(ada), a_collection(ada)
        self.invocation = an_invocation(self.run)
        self.job = a_job(self.run, "first", external_id="0")
        self.number = 0

    def more(self) -> None:
        """One more of everything, with owners and authors of its own."""
        self.number += 1
        n, ada = self.number, self.ada
        other = member(f"user {n}", ada.primary_group)
        version = a_version(a_workflow(other, f"w {n}"))
        dataset = a_dataset(other, f"d {n}")
        file = a_file(dataset, f"f {n}")
        a_run(other, f"r {n}", workflowversion=version)
        a_collection(other, dataset, name=f"c {n}")
        a_workflow_file(version)
        a_transfer(other)
        a_link(self.run, dataset)
        a_parameter(self.run, f"p {n}", n)
        step = a_step(self.run, f"s {n}")
        job = a_job(self.run, f"j {n}", step=step, after=["0"])
        a_node(self.run, f"n {n}")
        an_event(self.run, job=job)
        an_event(self.run, job_external_id=f"later {n}")
        JobFileLink.objects.create(job=job, datafile=file, role="USED")
        keep_log(run=self.run, job=job, name="stdout", text="x")
        an_annotation_type(f"type {n}")
        ApiToken.issue(user=ada, name=str(n))
        self.run.status_changes.create(status="RUNNING", by=other)
        a_crate_import(other, sha256=sha256_of(b"%d" % n), workflowrun=self.run)
        history = a_galaxy_import(other, kind="HISTORY", server=a_galaxy_server(f"https://g{n}.example.org"))
        a_galaxy_import(other, parent=history, workflowrun=self.run)
        a_galaxy_dataset(self.invocation, f"x {n}", dataset=dataset, datafile=file)
        an_export(self.run, ada, fingerprint=sha256_of(b"%d" % n))
        kept = {"name": f"c {n}", "storage_key": f"c {n}", "sha256": sha256_of(b"%d" % n), "size": 1}
        StoredCrate.objects.create(run=self.run, created_by=other, **kept)
        StoredCrate.objects.create(version=self.version, created_by=other, **kept)
        for record in (self.run, self.workflow, self.version, self.dataset, self.collection):
            about = {"kind": record.record_kind(), "object_id": record.pk}
            Note.objects.create(content="x", created_by=other, **about)
            Annotation.objects.create(annotation_type=self.kind, value=str(n), created_by=other, **about)
            HistoryEvent.objects.create(action="updated", by=other, **about)
            shared(record, other)

    def address(self, route: str) -> str:
        """The address behind a route."""
        record = next(
            (
                row.pk
                for name, row in (
                    ("/jobs/<uuid:pk>/", self.job),
                    ("workflowversions/", self.version),
                    ("workflowruns/", self.run),
                    ("datasetcollections/", self.collection),
                    ("datasets/", self.dataset),
                    ("groups/", self.ada.primary_group),
                    ("workflows/workflows/", self.workflow),
                )
                if name in route
            ),
            "",
        )
        route = route.replace("<uuid:pk>", str(record)).replace("<uuid:job_pk>", str(self.job.pk))
        return "/" + route.replace("<uuid:run_pk>", str(self.run.pk))


def routes() -> list[str]:
    """Every address that answers with many rows: lists, and a run and a group with what is in them."""
    found = [
        route
        for route, pattern in API_ROUTES.items()
        if "GET" in methods_of(pattern) and "data_management" not in route
    ]
    lists = [
        route
        for route in found
        if not route.endswith("<uuid:pk>/")
        and route.rstrip("/").rpartition("/")[2] + "/" not in NOT_LISTS
        and not route.endswith(ONE_RECORD)
    ]
    return [
        *lists,
        "api/v2/workflows/workflowruns/<uuid:pk>/",
        "api/v2/groups/<uuid:pk>/",
        "api/v2/users/me/",
    ]


class Costs:
    """How many queries each address takes: of two rows as it was (``few``), of twenty when it is asked for."""

    def __init__(self) -> None:
        self.rows = Rows(member("ada", Group.objects.create(name="Genomics Core")))
        self.api = Api(self.rows.ada)
        self._more(2)
        self.few = {route: self.of(self.rows.address(route)) for route in routes()}
        self._more(18)

    def _more(self, count: int) -> None:
        for _ in range(count):
            self.rows.more()

    def of(self, address: str) -> int:
        """What an address takes now; what the request did is undone."""
        cache.clear()
        with transaction.atomic():
            with CaptureQueriesContext(connection) as queries:
                answer = self.api.get(address)
                assert answer.status_code == 200, (address, answer.content)
                b"".join(answer.streaming_content) if answer.streaming else answer.content
            transaction.set_rollback(True)
        return len(queries)


@pytest.fixture(scope="module")
def costs(django_db_setup: None, django_db_blocker: Any) -> Iterator[Costs]:
    """The rows are made once, as they are only read."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Costs()
        transaction.set_rollback(True)


@pytest.mark.parametrize("route", routes())
def test_twenty_rows_cost_as_many_queries_as_one(costs: Costs, route: str) -> None:
    address = costs.rows.address(route)
    assert costs.of(address) == costs.few[route]
    if not address.endswith(("rocrate/", *UNPAGED)) and "count" in costs.api.get(address).json():
        assert costs.of(f"{address}?format=csv") <= costs.few[route] + 1
