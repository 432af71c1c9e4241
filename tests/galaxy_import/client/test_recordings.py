"""Every case that real servers were recorded in, walked through as an import does."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from galaxy_import.answers import InvocationAnswer
from galaxy_import.client import GalaxyClient
from galaxy_import.client.collections import elements_of
from galaxy_import.values import DataReference
from run_sources.errors import KeyRefused, NotReadable
from tests.galaxy_import.replay import Replay
from workflows.records import DataType

# The case, the version of its server, its jobs with those of subworkflows, its datasets with elements, and requests.
CASES = [
    ("26.1/a_linear", "26.1.2", 3, 3, 15),
    ("26.1/b_mapped", "26.1.2", 21, 17, 77),
    ("26.1/c_failed", "26.1.2", 4, 3, 17),
    ("26.1/d_cancelled", "26.1.2", 3, 2, 14),
    ("26.1/g_scheduling_failed", "26.1.2", 1, 1, 9),
    ("24.2/a_linear", "24.2.4", 3, 3, 16),
    ("24.2/c_failed", "24.2.4", 4, 3, 17),
]
RUNNING = ["26.1/d2_while_running", "24.2/d2_while_running"]


def client_of(server: Replay, key: str = "owner-key", **options: Any) -> GalaxyClient:
    return GalaxyClient(server.url, key, allow_private=True, pause=lambda seconds: None, **options)


def invocation_id(server: Replay) -> str:
    suffix = "?step_details=true"
    entry = next(e for e in server.entries if e["path"].endswith(suffix) and e["status"] == 200)
    return str(entry["path"].removesuffix(suffix).rpartition("/")[2])


def all_of(root: InvocationAnswer) -> Iterator[InvocationAnswer]:
    yield root
    for each in root.nested.values():
        yield from all_of(each)


def jobs_of(root: InvocationAnswer) -> list[dict[str, Any]]:
    return [job for each in all_of(root) for step in each.invocation["steps"] for job in step["jobs"]]


def data_of(root: InvocationAnswer) -> list[DataReference]:
    told = root.invocation
    found = [*told["inputs"].values(), *told["outputs"].values(), *told["output_collections"].values()]
    return [DataReference(each["src"], each["id"], DataType.OUTPUT, "") for each in found]


@pytest.mark.parametrize(("case", "version", "jobs", "datasets", "requests"), CASES)
def test_a_recorded_run_is_read_whole(galaxy, case, version, jobs, datasets, requests):
    server = galaxy(case)
    with client_of(server) as client:
        assert client.server().version == version
        root = client.invocation(invocation_id(server))
        references = [job["id"] for job in jobs_of(root)]
        details = list(client.jobs(references))
        data = client.data(data_of(root))
    assert [detail["id"] for detail, _ in details] == references
    assert len(references) == jobs
    assert len(data.datasets) == datasets
    assert len(server.asked) == requests
    assert (server.missing, data.refused) == ([], {})


@pytest.mark.parametrize("case", [case for case, *_ in CASES])
def test_the_version_that_ran_is_fetched_with_its_definition(galaxy, case):
    server = galaxy(case)
    with client_of(server) as client:
        root = client.invocation(invocation_id(server))
    for each in all_of(root):
        path = f"/api/workflows/{each.invocation['workflow_id']}"
        assert each.workflow == server.recorded(f"{path}?instance=true")
        assert each.definition.startswith(b"{")
        assert each.job_rows == tuple(server.recorded(f"/api/jobs?invocation_id={each.id}"))


@pytest.mark.parametrize("case", RUNNING)
def test_a_run_that_goes_on_is_read_as_far_as_it_is(galaxy, case):
    server = galaxy(case)
    with client_of(server) as client:
        root = client.invocation(invocation_id(server))
        details = [detail for detail, _ in client.jobs(job["id"] for job in jobs_of(root))]
        data = client.data(data_of(root))
    assert root.workflow is None  # the workflow of this moment was not recorded: as one that may not be read
    assert {detail["state"] for detail in details} & {"new", "queued", "running"}
    assert set(data.refused) == {("hda", each.id) for each in data_of(root)}


def test_two_hundred_elements_cost_pages_and_not_requests_each(galaxy):
    server = galaxy("26.1/e_big_done")
    with client_of(server) as client:
        root = client.invocation(invocation_id(server))
        data = client.data(data_of(root))
    assert [len(each.elements) for each in data.collections.values()] == [200, 200, 200]
    assert len(data.datasets) == 601
    assert len(jobs_of(root)) == len(root.job_rows) == 401
    bulk = [each for each in server.asked if "type_id-in" in each.path]
    assert len(bulk) == 7  # a hundred each
    assert len(server.asked) < 35


@pytest.mark.parametrize("case", ["26.1/b_mapped"])
def test_elements_are_those_of_the_collection_in_order(galaxy, case):
    server = galaxy(case)
    with client_of(server) as client:
        data = client.data(data_of(client.invocation(invocation_id(server))))
    for id, collection in data.collections.items():
        whole = server.recorded(f"/api/dataset_collections/{id}")["elements"]
        assert [each["element_identifier"] for each in collection.elements] == [
            each["element_identifier"] for each in whole
        ]
        assert all(data.datasets[each["id"]]["file_size"] is not None for each in elements_of(collection))


@pytest.mark.parametrize("case", ["26.1/a_linear", "26.1/b_mapped"])
def test_an_administrator_is_told_metrics_with_the_jobs(galaxy, case):
    server = galaxy(case)
    wanted = [
        m[1]
        for e in server.entries
        if (m := re.match(r"/api/jobs/(\w+)\?full", e["path"])) and e["who"] == "admin"
    ]
    with client_of(server, "admin-key") as client:
        assert client.server().is_admin
        found = list(client.jobs(wanted))
    assert all(any(metric["name"] == "hostname" for metric in metrics) for _, metrics in found)
    assert not any(each.path.endswith("/metrics") for each in server.asked)


@pytest.mark.parametrize("case", [case for case, *_ in CASES])
def test_a_stranger_and_nobody_are_refused_differently(galaxy, case):
    server = galaxy(case)
    id = invocation_id(server)
    with client_of(server, "bob-key") as client:
        bob = client.server().user["email"]
        with pytest.raises(NotReadable, match=f"the account {bob}"):
            client.invocation(id)
    with client_of(server, "") as client, pytest.raises(NotReadable, match="Store your API key"):
        client.invocation(id)
    with client_of(server, "replaced-key") as client, pytest.raises(KeyRefused, match="does not accept"):
        client.server()


@pytest.mark.parametrize(("scene", "sees_workflow"), [("history-link", False), ("published", True)])
def test_a_shared_run_is_read_by_anybody_with_its_workflow_or_without(galaxy, scene, sees_workflow):
    server = galaxy("26.1/y_access", scene)
    for key in ("", "bob-key"):
        with client_of(server, key) as client:
            root = client.invocation(invocation_id(server))
            assert client.history(root.invocation["history_id"])["id"] == root.invocation["history_id"]
        assert (root.workflow is not None, root.definition is not None) == (sees_workflow, sees_workflow)


def test_the_invocations_of_a_history_are_listed(galaxy):
    server = galaxy("26.1/b_mapped")
    with client_of(server) as client:
        found = list(client.invocations_of_history("1b4302472ee7ee70"))
    listed = server.recorded("/api/invocations?history_id=1b4302472ee7ee70&view=collection")
    assert found == [each["id"] for each in listed]
    assert "include_nested_invocations=false" in server.asked[-1].path


def test_every_answer_is_told_to_who_keeps_them(galaxy):
    server = galaxy("26.1/a_linear")
    kept: dict[str, Any] = {}
    with client_of(server, on_answer=lambda path, status, body: kept.update({path: body})) as client:
        root = client.invocation(invocation_id(server))
        list(client.jobs(job["id"] for job in jobs_of(root)))
    assert set(kept) == {each.path for each in server.asked}
    assert kept[f"/api/invocations/{root.id}?step_details=true"] == root.invocation
