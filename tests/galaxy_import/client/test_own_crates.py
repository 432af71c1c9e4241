"""Galaxy's own RO-Crate: packed by its task queue, or not."""

import io
from typing import Any
from zipfile import ZipFile

import pytest

from galaxy_import.client import CrateUnavailable, GalaxyClient
from tests.galaxy_import.failing import FailingGalaxy, page, says

INVOCATION = "351a9b2758cde034"
READY, STATE, CRATE = "/api/short_term_storage/s1/ready", "/api/tasks/t1/state", "/api/short_term_storage/s1"


def client_of(server: Any, pauses: list[float] | None = None) -> GalaxyClient:
    pauses = [] if pauses is None else pauses
    return GalaxyClient(server.url, "owner-key", allow_private=True, pause=pauses.append)


@pytest.fixture
def packing(failing_galaxy: FailingGalaxy) -> FailingGalaxy:
    """A Galaxy that packs a crate, which is ready when it is asked for the second time."""
    told = {"storage_request_id": "s1", "task": {"id": "t1"}}
    failing_galaxy.on("/api/invocations/.*/prepare_store_download", says(told))
    failing_galaxy.on(READY, says(False), says(True)).on(STATE, says("STARTED"), says("SUCCESS"))
    return failing_galaxy.on(CRATE, says(b"PK crate", content_type="application/zip"))


def test_a_crate_is_waited_for_and_fetched(packing):
    client, into, pauses = client_of(packing, pauses := []), io.BytesIO(), pauses
    client.fetch_crate(client.request_crate(INVOCATION), into, limit=1000)
    assert into.getvalue() == b"PK crate"
    assert pauses == [1.0]
    assert b'"include_files": false' in packing.asked[0].body


def test_a_recorded_crate_is_fetched(galaxy):
    server = galaxy("26.1/b_mapped")
    client, into = client_of(server), io.BytesIO()
    client.fetch_crate(client.request_crate("1b4302472ee7ee70"), into, limit=10**7)
    assert {"ro-crate-metadata.json", "jobs_attrs.txt"} <= set(ZipFile(into).namelist())


def test_a_server_without_a_task_queue_says_so(galaxy):
    with pytest.raises(CrateUnavailable, match="requires asynchronous tasks"):
        client_of(galaxy("26.1/z_no_celery")).request_crate(INVOCATION)


@pytest.mark.parametrize("told", [{}, [], {"storage_request_id": "s1", "task": None}])
def test_a_server_that_does_not_say_where_the_crate_will_be(failing_galaxy, told):
    failing_galaxy.on("/api/invocations/.*/prepare_store_download", says(told))
    with pytest.raises(CrateUnavailable, match="does not say where"):
        client_of(failing_galaxy).request_crate(INVOCATION)


def test_a_crate_that_failed_is_not_fetched_although_it_is_said_to_be_ready(packing):
    packing.on(STATE, says("FAILURE")).on(READY, says(True))
    client = client_of(packing)
    with pytest.raises(CrateUnavailable, match="failed to pack"):
        client.fetch_crate(client.request_crate(INVOCATION), io.BytesIO(), limit=1000)
    assert CRATE not in packing.counts


def test_a_crate_that_nobody_packs_is_given_up(packing):
    packing.on(STATE, says("PENDING")).on(READY, says(False))
    client = client_of(packing)
    with pytest.raises(CrateUnavailable, match="within 0 seconds"):
        client.fetch_crate(client.request_crate(INVOCATION), io.BytesIO(), limit=1000, patience=0)


def test_a_server_that_hides_its_tasks_is_believed(packing):
    packing.on(STATE, says({"message": "No"}, 404))
    client, into = client_of(packing), io.BytesIO()
    client.fetch_crate(client.request_crate(INVOCATION), into, limit=1000)
    assert into.getvalue() == b"PK crate"


@pytest.mark.parametrize("answer", [says({"err_msg": "Unknown error"}, 500), page(404), says(b"x" * 2000)])
def test_a_crate_that_cannot_be_fetched_is_told(packing, answer):
    packing.on(CRATE, answer)
    client = client_of(packing)
    with pytest.raises(CrateUnavailable, match="cannot be fetched"):
        client.fetch_crate(client.request_crate(INVOCATION), io.BytesIO(), limit=1000)
