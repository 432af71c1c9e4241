"""The benchmark's own Galaxy server: what it says hangs together."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from benchmarks.galaxy.invocation import MadeInvocation
from benchmarks.galaxy.numbering import HISTORY, INVOCATION, encoded
from benchmarks.galaxy.standin import answer_to

MADE = MadeInvocation.of(401)


def ask(address: str) -> Any:
    """What the server says at an address."""
    parts = urlsplit(address)
    kind, status, said = answer_to(MADE, parts.path, parse_qs(parts.query))
    assert status == 200, (kind, said)
    return said


def elements(collection: str) -> list[str]:
    """The ids of the datasets of a collection, asked for page by page."""
    at = ask(f"/api/dataset_collections/{collection}?view=collection")["contents_url"]
    pages = [ask(f"{at}?limit=150&offset={offset}") for offset in (0, 150, 300)]
    assert [len(page) for page in pages] == [150, 50, 0]
    return [element["object"]["id"] for page in pages for element in page]


def test_two_jobs_for_each_sample_and_one_that_joins_them() -> None:
    said = ask(f"/api/invocations/{INVOCATION}?step_details=true")
    assert [len(step["jobs"]) for step in said["steps"]] == [0, 200, 200, 1]
    told = [job["id"] for step in said["steps"] for job in step["jobs"]]
    rows = [row for offset in (0, 200, 400) for row in ask(f"/api/jobs?limit=200&offset={offset}")]
    assert [row["id"] for row in rows] == told[::-1]


def test_each_job_takes_what_the_step_before_made_of_its_sample() -> None:
    said = ask(f"/api/invocations/{INVOCATION}?step_details=true")
    samples = elements(said["inputs"]["0"]["id"])
    for label, step in zip(("cut", "counts"), said["steps"][1:], strict=False):
        jobs = [ask(f"/api/jobs/{job['id']}?full=true") for job in step["jobs"]]
        assert [one["id"] for job in jobs for one in job["inputs"].values()] == samples
        samples = elements(said["output_collections"][label]["id"])
        assert [one["id"] for job in jobs for one in job["outputs"].values()] == samples
        makers = [ask(f"/api/datasets/{one}")["creating_job"] for one in samples]
        assert makers == [job["id"] for job in jobs]
    joining = ask(f"/api/jobs/{said['steps'][3]['job_id']}?full=true")
    assert [one["id"] for one in joining["inputs"].values()] == [samples[0], *samples]
    assert joining["outputs"]["output"]["id"] == said["outputs"]["all"]["id"]


def test_a_page_of_datasets_is_of_those_that_are_asked_for() -> None:
    contents = f"/api/histories/{HISTORY}/contents"
    wanted = [f"dataset-{encoded(601)}", f"dataset_collection-{encoded(2)}", f"dataset-{encoded(7)}"]
    found = ask(f"{contents}?v=dev&q=type_id-in&qv={','.join(wanted)}&limit=100")
    assert [row["type_id"] for row in found] == wanted
    assert len(ask(f"{contents}?limit=500&offset=200")) == MADE.datasets + 3 - 200


@pytest.mark.parametrize("address", [f"/api/jobs/{encoded(402)}", f"/api/datasets/{encoded(602)}"])
def test_what_is_not_there_is_refused_as_galaxy_does(address: str) -> None:
    kind, status, said = answer_to(MADE, address, {})
    assert (status, said["err_code"]) == (400, 400009)
    assert kind.endswith("unknown id")
