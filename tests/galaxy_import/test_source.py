"""Galaxy as a source of runs, asked through a server that answers as a real one did."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from galaxy_import import fetching as source
from galaxy_import.client import GalaxyClient
from galaxy_import.fetching import Fetcher
from tests.galaxy_import.carrying_out.conftest import A_LINEAR, goes_on
from tests.galaxy_import.replay import Replay
from workflows.records import RunRecord, RunStatus

B_MAPPED = "1b4302472ee7ee70"
LAST_JOB = ("c98242f4d0e4bc63", "2026-11-21T02:47:54.318081")


class Told:
    """Writes down what it is told of progress."""

    def __init__(self) -> None:
        self.phases: list[str] = []
        self.totals: dict[str, int] = {}
        self.done = {"steps": 0, "jobs": 0}
        self.is_complete = False

    def begin(self, phase: str, *, steps: int, jobs: int) -> None:
        self.phases.append(phase)
        self.totals = {"steps": steps, "jobs": jobs}

    def enter(self, phase: str) -> None:
        self.phases.append(phase)

    def add(self, *, steps: int = 0, jobs: int = 0) -> None:
        self.done = {"steps": self.done["steps"] + steps, "jobs": self.done["jobs"] + jobs}

    def complete(self) -> None:
        self.is_complete = True


@pytest.fixture
def open_source(galaxy: Callable[..., Replay]) -> Iterator[Callable[..., Fetcher]]:
    """Makes sources over recorded cases."""
    clients: list[GalaxyClient] = []

    def make(
        case: str = "26.1/a_linear", server: Replay | None = None, key: str = "owner-key", **options: Any
    ) -> Fetcher:
        url = (server or galaxy(case)).url
        clients.append(GalaxyClient(url, key, allow_private=True, pause=lambda seconds: None))
        return Fetcher(clients[-1], **options)

    yield make
    for client in clients:
        client.close()


def test_it_is_a_source_of_runs(open_source: Callable[..., Fetcher]) -> None:
    galaxy = open_source()
    run = galaxy.fetch_run(A_LINEAR)
    assert galaxy.name == run.origin.source == "galaxy"
    assert isinstance(run, RunRecord)
    assert (run.status, len(run.jobs), len(run.steps)) == (RunStatus.SUCCESS, 3, 3)


def test_it_lists_the_invocations_of_whoever_asks(open_source: Any, galaxy: Any) -> None:
    server = galaxy("26.1/a_linear")
    path = "/api/invocations?view=collection&include_nested_invocations=false&limit=100&offset=0"
    server.replaced |= {path: [{"id": A_LINEAR}, {"id": B_MAPPED}]}
    assert list(open_source(server=server).list_run_ids()) == [A_LINEAR, B_MAPPED]


def test_fetching_twice_gives_the_same(open_source: Callable[..., Fetcher]) -> None:
    galaxy = open_source("26.1/b_mapped")
    assert galaxy.fetch(B_MAPPED) == galaxy.fetch(B_MAPPED)


def test_it_says_how_far_it_is_by_steps_and_jobs(open_source: Callable[..., Fetcher]) -> None:
    told = Told()
    fetched = open_source("26.1/b_mapped", progress=told).fetch(B_MAPPED)
    assert told.phases == ["ASKING", "JOBS", "DATASETS"]
    assert told.done == told.totals == {"steps": len(fetched.run.record.steps), "jobs": 21}
    assert told.is_complete


def test_a_private_dataset_in_a_shared_history_says_what_would_open_it(open_source: Any) -> None:
    run = open_source("26.1/i_restricted", key="bob-key").fetch("bee64e85c097b066").run
    assert {one.label: str(one.condition) for one in run.data} == {
        "table": "RESTRICTED", "head": "READY", "checked": "RESTRICTED", "counts": "READY"
    }  # fmt: skip
    for one in run.data:
        assert ("Sharing its history is not enough" in one.note) == (one.condition == "RESTRICTED")
        assert "Have its history shared" not in one.note


def test_jobs_that_did_not_change_are_not_asked_for_again(open_source: Any, galaxy: Any) -> None:
    server = galaxy("26.1/a_linear")
    first = open_source(server=server).fetch(A_LINEAR)
    path = f"/api/jobs/{LAST_JOB[0]}"
    detail, metrics = server.recorded(f"{path}?full=true"), server.recorded(f"{path}/metrics")
    server.asked.clear()
    known = {LAST_JOB: json.dumps([detail, metrics]).encode()}
    second = open_source(server=server).fetch(A_LINEAR, known_jobs=lambda server: known)
    assert second.run == first.run
    asked = [one for one in server.counts if one.startswith("/api/jobs/")]
    assert len(asked) == 4
    assert path not in asked


def test_jobs_that_changed_since_are_asked_for_again(open_source: Any, galaxy: Any) -> None:
    server = galaxy("26.1/a_linear")
    known = {(LAST_JOB[0], "2026-11-21T02:47:00.000000"): b"[{}, []]"}
    fetched = open_source(server=server).fetch(A_LINEAR, known_jobs=lambda server: known)
    assert server.counts[f"/api/jobs/{LAST_JOB[0]}"] == 1
    assert all(job.status == RunStatus.SUCCESS for job in fetched.run.record.jobs)


def test_what_jobs_printed_is_bounded_for_all_of_them_together(
    open_source: Any, galaxy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = galaxy("26.1/a_linear")
    for entry in server.recorded(f"/api/jobs?invocation_id={A_LINEAR}"):
        path = f"/api/jobs/{entry['id']}?full=true"
        long = dict.fromkeys(("stdout", "tool_stdout", "stderr", "tool_stderr"), "x" * 100000)
        server.replaced[path] = {**server.recorded(path), **long}

    def longest() -> set[int]:
        jobs = open_source(server=server).fetch(A_LINEAR).run.record.jobs
        return {len(text) for job in jobs for text in (job.stdout, job.stderr)}

    assert max(longest()) <= source.LONGEST_TEXT == 20_000
    monkeypatch.setattr(source, "TOTAL_TEXT", 3 * 2 * 1000)
    assert 500 < max(longest()) <= 1000


def test_the_crate_is_asked_for_only_when_the_run_has_ended(open_source: Any, galaxy: Any) -> None:
    server, asked = galaxy("26.1/a_linear"), []

    def crate(plan: Any) -> None:
        asked.append(plan.has_ended)

    goes_on(server)
    open_source(server=server).fetch(A_LINEAR, crate=crate)
    assert asked == []
    server.replaced.clear()
    open_source(server=server).fetch(A_LINEAR, crate=crate)
    assert asked == [True]


def test_a_source_that_is_stopped_leaves_no_thread_behind(open_source: Any) -> None:
    class Stop(Exception): ...

    class Stopping(Told):
        def add(self, *, steps: int = 0, jobs: int = 0) -> None:
            if jobs:
                raise Stop

    with pytest.raises(Stop):
        open_source("26.1/b_mapped", progress=Stopping()).fetch(B_MAPPED)
    assert [each.name for each in threading.enumerate() if each.name.startswith("galaxy")] == []
